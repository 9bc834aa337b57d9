"""Our cookies: the session, a visitor's random one that form tokens hang on, and how he likes to read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.base.i18n import LANGUAGES

YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def parse(header: bytes) -> dict[str, str]:
    """Name and value of each cookie; the first of a name wins, as browsers send the narrowest first."""
    found: dict[str, str] = {}
    for part in header.decode("latin-1").split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name not in found:
            found[name] = value
    return found


@dataclass(frozen=True, slots=True)
class Likes:
    """How somebody likes to read: '' is no wish."""

    lang: str = ""
    size: str = ""
    theme: str = ""

    def text(self) -> str:
        return f"{self.lang}.{self.size}.{self.theme}"


SIZES = ("", "elder")
THEMES = ("", "light", "dark")


def likes(text: str) -> Likes:
    """Reads the cookie; anything unknown in it is no wish."""
    lang, size, theme = (*text.split("."), "", "", "")[:3]
    return Likes(
        lang if lang in LANGUAGES else "", size if size in SIZES else "", theme if theme in THEMES else ""
    )


class Cookies:
    """Names and attributes; with https the names carry the __Host- prefix, so no sub-domain can plant one."""

    def __init__(self, *, secure: bool) -> None:
        prefix = "__Host-" if secure else ""
        self.session = prefix + "linli"
        self.visitor = prefix + "linli-visitor"
        self.likes = "linli-likes"
        self._secure = "; Secure" if secure else ""

    def set(self, name: str, value: str, age: int | None = None) -> tuple[str, str]:
        """A Set-Cookie header; `age` in seconds, None: until the browser closes, 0: gone."""
        life = "" if age is None else f"; Max-Age={age}"
        return "set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{life}{self._secure}"

    def token(self, cookies: Mapping[str, str], name: str) -> str:
        """A cookie's value if it looks like one of our random tokens, else ''."""
        value = cookies.get(name, "")
        return value if _TOKEN.fullmatch(value) else ""
