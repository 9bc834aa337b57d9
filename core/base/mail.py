"""Sending one message by the operator's mail server, where he has named one (LINLI_SMTP).

The standard library's client in a thread, always under TLS unless the server is this very machine. What goes
wrong is said without the server's words, because they repeat the recipient's address.
"""

import asyncio
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid, parseaddr
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from core.base.clock import SECOND

if TYPE_CHECKING:
    from core.base.house import House

WORD = 10.0  # seconds the server may take for each of its answers
WHOLE = 30.0  # seconds for a message; what still hangs then is left to its thread
PAUSE = 15 * SECOND  # a server that is away is not tried again for so long: other events wait behind it
_AWAY = "mail.away"  # key of house.cache: until when the server counts as away
_HERE = ("localhost", "127.0.0.1", "::1")
_PORTS = {"smtp": 587, "smtps": 465}
_ABOUT_THIS_ONE = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)
_SENDER = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class BadServer(ValueError):
    """A setting cannot be used; the text names it and repeats nothing of it."""


class NotSent(Exception):
    """A message was not taken by the server; the text says why, without addresses."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where messages are handed in. `sender` is the From line."""

    host: str
    port: int
    sender: str
    implicit_tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def sender_address(self) -> str:
        return parseaddr(self.sender)[1]

    @property
    def sender_domain(self) -> str:
        return self.sender_address.rpartition("@")[2]


def mail_server(url: str, sender: str) -> MailServer:
    """Reads LINLI_SMTP and LINLI_MAIL_FROM. Raises BadServer."""
    shape = BadServer("LINLI_SMTP must look like smtp://user:password@mail.example.org:587 or smtps://…")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise shape from None
    if parts.scheme not in _PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise shape
    if bool(parts.username) != bool(parts.password):
        raise BadServer("LINLI_SMTP names a user without a password, or a password without a user")
    if not sender.isprintable() or not _SENDER.fullmatch(parseaddr(sender)[1]):
        raise BadServer("LINLI_MAIL_FROM must be an e-mail address, with or without a name before it")
    return MailServer(
        host=host,
        port=port or _PORTS[parts.scheme],
        sender=sender,
        implicit_tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


async def send(house: "House", to: str, subject: str, text: str) -> None:
    """Hands a message in. Raises NotSent: no server is named, it is away, or it does not take this one."""
    server = house.settings.mail
    if server is None:
        raise NotSent("no mail server is named")
    if house.clock.now() < house.cache.get(_AWAY, 0):
        raise NotSent("the mail server was away a moment ago")
    try:
        message = _message(server, to, subject, text)
    except (MessageError, ValueError):
        raise NotSent("the address cannot be written to") from None
    try:
        async with asyncio.timeout(WHOLE):
            await asyncio.to_thread(_hand_in, server, to, message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        if not isinstance(error, _ABOUT_THIS_ONE):
            house.cache[_AWAY] = house.clock.now() + PAUSE
        raise NotSent(f"{type(error).__name__} ({_code(error)})") from None
    house.cache.pop(_AWAY, None)


def _message(server: MailServer, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = server.sender
    # Taken apart by the library, so that no address brings a second recipient along.
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=server.sender_domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")  # any server on the way takes it
    return message


def _hand_in(server: MailServer, to: str, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    # Named after the sender's domain: looking up this machine's name may hang, and it is nobody's business.
    name = server.sender_domain
    if server.implicit_tls:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=WORD, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=WORD)
    with client:
        if not server.implicit_tls and server.host not in _HERE:
            client.starttls(context=context)  # a server without it gets nothing: the code would be open
        if server.user:
            client.login(server.user, server.password)
        client.send_message(message, server.sender_address, [to])


def _code(error: BaseException) -> str:
    """The number of an SMTP answer; '' where the server gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in error.recipients.values())
    return str(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else "no answer"
