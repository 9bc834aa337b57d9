"""A browser without a browser: sends requests to the application itself, keeps cookies, fills in forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Litestar

Fields = dict[str, str | list[str]]


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.header("location")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def form(self, action: str) -> Fields:
        """The fields of the first form with this action, as a browser would send them untouched."""
        reader = _Forms()
        reader.feed(self.text)
        return next(fields for found, fields in reader.forms if found == action)

    @property
    def csrf(self) -> str:
        """The page's form token."""
        return str(self.form("/prefs")["_csrf_token"])


class _Forms(HTMLParser):
    """Collects forms with their fields; buttons are left to whoever presses them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self.choosing = (
            ""  # the select whose options are being read; its first is chosen unless one is marked
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "option" and self.choosing and self.forms:
            fields = self.forms[-1][1]
            if "selected" in given or not isinstance(fields.get(self.choosing), str):
                fields[self.choosing] = given.get("value", "")
        elif tag == "select" and "name" in given:
            self.choosing = given["name"]
        elif tag in ("input", "textarea") and self.forms and "name" in given:
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            fields = self.forms[-1][1]
            if given.get("type") == "checkbox":
                ticked = fields.setdefault(given["name"], [])
                if isinstance(ticked, list):
                    ticked.append(given.get("value", "on"))
            else:
                fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.choosing = ""


@dataclass
class Guest:
    """Somebody's browser."""

    app: Litestar
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "zh-CN"
    address: str = "192.0.2.1"
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Reply:
        return await self.send("GET", path, b"", headers)

    async def post(self, path: str, fields: Fields | bytes, **headers: str) -> Reply:
        body = fields if isinstance(fields, bytes) else urlencode(fields, doseq=True).encode()
        return await self.send(
            "POST", path, body, {"content-type": "application/x-www-form-urlencoded", **headers}
        )

    async def upload(self, path: str, fields: Fields, name: str, content: bytes | None) -> Reply:
        """Sends a form with a file, as a browser does; without content no file was chosen."""
        edge = "----linli-edge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, values in fields.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        shown = name if content is not None else ""
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n")
        body = b"".join(parts) + (content or b"") + f"\r\n--{edge}--\r\n".encode()
        return await self.send("POST", path, body, {"content-type": f"multipart/form-data; boundary={edge}"})

    async def submit(self, page: Reply, action: str, **changes: str | list[str]) -> Reply:
        """Fills in the form of a page and sends it. `from_` stands for the field `from`."""
        fields = page.form(action)
        fields.update({name.rstrip("_"): value for name, value in changes.items()})
        return await self.post(action, fields)

    async def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        parts = urlsplit(path)
        sent = {"host": "linli.test", "accept-language": self.language, **self.headers, **headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in sent.items()]
        if method == "POST":
            raw.append((b"content-length", str(len(body)).encode()))
        got: list[Any] = []
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": raw,
            "client": (self.address, 40000),
            "server": ("linli.test", 80),
            "state": {},
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def take(message: Any) -> None:
            got.append(message)

        await self.app(scope, receive, take)  # type: ignore[arg-type]  # plain dictionaries, as servers send
        reply = Reply(
            got[0]["status"],
            [(name.decode().lower(), value.decode("latin-1")) for name, value in got[0]["headers"]],
            b"".join(message.get("body", b"") for message in got[1:]),
        )
        for cookie in reply.all("set-cookie"):
            name, _, rest = cookie.partition("=")
            value = rest.partition(";")[0]
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return reply
