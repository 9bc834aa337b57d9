"""A mail server of a test's own: speaks as much SMTP as a client needs, keeps what it is handed."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Letter:
    """What was handed in: the envelope, the message, and how it came."""

    sender: str
    to: list[str]
    message: EmailMessage
    encrypted: bool
    login: str

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class Post:
    """The server. `refuses` are recipients it does not take; `commands` is all it was told.

    A `silent` one takes connections and never says a word.
    """

    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    silent: bool = False
    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    calls: int = 0
    _talks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listens; a second time at the port it had."""
        context = None if self.starttls else self.tls
        self._server = await asyncio.start_server(self._talk, self.host, self.port, ssl=context)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            await asyncio.gather(*self._talks)
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        self.calls += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await (reader.read() if self.silent else _Talk(self, reader, writer).run())
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


class _Talk:
    """One connection."""

    def __init__(self, post: Post, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.post, self.reader, self.writer = post, reader, writer
        self.sender, self.login = "", ""
        self.to: list[str] = []
        self.encrypted = post.tls is not None and not post.starttls

    def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())

    async def run(self) -> None:
        self.say("220 ready")
        while line := (await self.reader.readline()).decode().strip():
            self.post.commands.append(line)
            verb = line[:4].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            await getattr(self, "on_" + verb.lower(), self.on_other)(line)

    async def on_other(self, line: str) -> None:
        self.say("502 what?")

    async def on_ehlo(self, line: str) -> None:
        offers = ["here", "AUTH PLAIN"]
        if self.post.starttls and not self.encrypted:
            offers.append("STARTTLS")
        for place, offer in enumerate(offers, 1):
            self.say(f"250{' ' if place == len(offers) else '-'}{offer}")

    async def on_star(self, line: str) -> None:
        assert self.post.tls is not None
        self.say("220 go")
        await self.writer.start_tls(self.post.tls)
        self.encrypted = True

    async def on_auth(self, line: str) -> None:
        self.login = base64.b64decode(line.split()[2]).decode().strip("\0").replace("\0", ":")
        self.say("235 welcome")

    async def on_mail(self, line: str) -> None:
        self.sender, self.to = line.partition("<")[2].partition(">")[0], []
        self.say("250 ok")

    async def on_rcpt(self, line: str) -> None:
        address = line.partition("<")[2].partition(">")[0]
        if address in self.post.refuses:
            self.say(f"550 no such mailbox: {address}")
            return
        self.to.append(address)
        self.say("250 ok")

    async def on_rset(self, line: str) -> None:
        self.say("250 ok")

    async def on_data(self, line: str) -> None:
        self.say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        message = message_from_bytes(raw[:-3], policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.post.letters.append(Letter(self.sender, self.to, message, self.encrypted, self.login))
        self.say("250 kept")


@asynccontextmanager
async def post_office(
    host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None, starttls: bool = False
) -> AsyncIterator[Post]:
    """A server for an `async with` block."""
    post = Post(host, tls, starttls)
    await post.open()
    try:
        yield post
    finally:
        await post.close()


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for this address, and the file of who signs it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "tests.pem", folder / "tests.key"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem
