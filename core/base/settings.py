"""Settings: environment variables into one frozen value. Each is documented in docs/operators.md."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.base.mail import BadServer, MailServer, mail_server


class BadSetting(Exception):
    """A setting cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """What the operator decides. Field order is the order of docs/operators.md."""

    data_dir: Path
    database: str
    secret: bytes = field(repr=False)
    owner_database: str = ""
    plugins: tuple[str, ...] = ("patrol",)
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    base_url: str = ""
    secure_cookies: bool = False
    staff_totp: bool = False
    mail: MailServer | None = None

    @property
    def engine(self) -> str:
        return "sqlite" if self.database.startswith("sqlite:") else "postgres"

    @property
    def sqlite_path(self) -> Path:
        return Path(self.database.removeprefix("sqlite:///"))


HELP = {
    "LINLI_DATA_DIR": "folder for the SQLite file, the key and backups (default: data)",
    "LINLI_DATABASE": "sqlite:///path or postgresql://user@host/name (default: linli.db there)",
    "LINLI_SECRET": "master key, at least 32 characters (default: made once and kept in secret.key)",
    "LINLI_OWNER_DATABASE": "PostgreSQL: address with the owner's role, for `linli migrate` only",
    "LINLI_PLUGINS": "names of allowed plugins, separated by commas (default: patrol)",
    "LINLI_HOST": "address to listen on (default: 127.0.0.1)",
    "LINLI_PORT": "port to listen on (default: 8000)",
    "LINLI_WORKERS": "number of server processes (default: 1)",
    "LINLI_BASE_URL": "public address, for links in messages (default: none)",
    "LINLI_SECURE_COOKIES": "true when served over https: cookies are Secure and __Host- (default: false)",
    "LINLI_STAFF_TOTP": "true: who works in the office needs an authenticator app (default: false)",
    "LINLI_SMTP": "mail server: smtp://user:password@host:587 or smtps://… (default: none, no mail)",
    "LINLI_MAIL_FROM": "address messages come from; set together with LINLI_SMTP",
}


# The test suite's own variables, which a server it starts inherits.
_TESTS = ("LINLI_REQUIRE", "LINLI_TEST", "LINLI_TORTURE", "LINLI_BENCH")


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, "").strip() or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise BadSetting(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _yes_no(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "").strip().lower() or "false"
    if text not in ("true", "false"):
        raise BadSetting(f"{name} must be true or false, not {text!r}")
    return text == "true"


def _mail(env: Mapping[str, str], base_url: str) -> MailServer | None:
    """Both settings or neither. No text repeats the server's address: a password stands in it."""
    server, sender = env.get("LINLI_SMTP", "").strip(), env.get("LINLI_MAIL_FROM", "").strip()
    if not server and not sender:
        return None
    if not server or not sender:
        raise BadSetting("LINLI_SMTP and LINLI_MAIL_FROM belong together: set both or neither")
    if not base_url:
        raise BadSetting("LINLI_SMTP needs LINLI_BASE_URL: a message says where its code is typed")
    try:
        return mail_server(server, sender)
    except BadServer as error:
        raise BadSetting(str(error)) from None


def _secret(env: Mapping[str, str], data_dir: Path) -> bytes:
    given = env.get("LINLI_SECRET", "")
    if given:
        if len(given) < 32:
            raise BadSetting("LINLI_SECRET must have at least 32 characters")
        return given.encode()
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes().strip()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
    return path.read_bytes().strip()


def from_environment(env: Mapping[str, str]) -> Settings:
    """Reads LINLI_* variables. Raises BadSetting for a value that cannot be used or an unknown name."""
    unknown = sorted(n for n in env if n.startswith("LINLI_") and n not in HELP and not n.startswith(_TESTS))
    if unknown:
        raise BadSetting(f"unknown setting {unknown[0]}; known are: {', '.join(HELP)}")
    data_dir = Path(env.get("LINLI_DATA_DIR", "").strip() or "data").absolute()
    database = env.get("LINLI_DATABASE", "").strip() or f"sqlite:///{data_dir / 'linli.db'}"
    if not database.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise BadSetting("LINLI_DATABASE must begin with sqlite:/// or postgresql://")
    names = env.get("LINLI_PLUGINS", "patrol").split(",")
    base_url = env.get("LINLI_BASE_URL", "").strip().rstrip("/")
    return Settings(
        data_dir=data_dir,
        database=database,
        secret=_secret(env, data_dir),
        owner_database=env.get("LINLI_OWNER_DATABASE", "").strip(),
        plugins=tuple(n.strip() for n in names if n.strip()),
        host=env.get("LINLI_HOST", "").strip() or "127.0.0.1",
        port=_whole(env, "LINLI_PORT", 8000, 0, 65535),
        workers=_whole(env, "LINLI_WORKERS", 1, 1, 64),
        base_url=base_url,
        secure_cookies=_yes_no(env, "LINLI_SECURE_COOKIES"),
        staff_totp=_yes_no(env, "LINLI_STAFF_TOTP"),
        mail=_mail(env, base_url),
    )
