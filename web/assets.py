"""Static files: read once, served from memory, under addresses that carry their hash."""

import base64
import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HASH = 10  # characters of the digest in an address
PREFIX = "/static/"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_SERVED = frozenset({".js", ".css", ".svg", ".png", ".webp", ".jpg", ".ico", ".woff2", ".webmanifest"})


class NoAsset(LookupError):
    """A template names a static file that does not exist."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: where it is served, and its bytes."""

    url: str
    body: bytes
    media_type: str
    integrity: str


class Assets:
    """All static files of the house and of the plugins (those below `<plugin>/`)."""

    def __init__(self, own: Path, plugins: Iterable[tuple[str, Path]] = ()) -> None:
        self._by_name: dict[str, Asset] = {}
        self._by_url: dict[str, Asset] = {}
        self._read(own, "")
        for name, folder in plugins:
            self._read(folder, name + "/")

    def _read(self, folder: Path, prefix: str) -> None:
        if not folder.is_dir():
            return
        root = folder.resolve()
        for path in sorted(folder.rglob("*")):
            # A link that leads out of the folder is not served.
            if path.suffix in _SERVED and path.is_file() and path.resolve().is_relative_to(root):
                self._add(prefix + path.relative_to(folder).as_posix(), path.read_bytes())

    def _add(self, name: str, body: bytes) -> None:
        pure = PurePosixPath(name)
        digest = hashlib.sha384(body).digest()
        short = hashlib.sha256(body).hexdigest()[:HASH]
        url = PREFIX + str(pure.with_name(f"{pure.stem}.{short}{pure.suffix}"))
        media_type = _TYPES.get(pure.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        asset = Asset(url, body, media_type, "sha384-" + base64.b64encode(digest).decode())
        self._by_name[name] = self._by_url[url] = asset

    def url(self, name: str) -> str:
        """The address of a file, by its name below static/. Raises NoAsset."""
        try:
            return self._by_name[name].url
        except KeyError:
            raise NoAsset(name) from None

    def integrity(self, name: str) -> str:
        """The file's sha384 for an `integrity` attribute. Raises NoAsset."""
        try:
            return self._by_name[name].integrity
        except KeyError:
            raise NoAsset(name) from None

    def has(self, name: str) -> bool:
        return name in self._by_name

    def at(self, url: str) -> Asset | None:
        """The file served at an address; only addresses with the right hash exist."""
        return self._by_url.get(url)
