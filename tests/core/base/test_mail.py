"""Handing a message in: encrypted or not at all, to one recipient, and nothing secret in what is said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.base.house import House
from core.base.mail import BadServer, MailServer, NotSent, mail_server, send
from core.base.settings import BadSetting, from_environment
from tests.support.smtp import Post, certificate, post_office

SENDER = "邻里 <noreply@linli.example.org>"
ELSEWHERE = "127.0.0.2"  # this machine by an address that does not count as this machine
WORD = "s3cret/pass@word"


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """Mail asks nothing of the database."""
    return str(request.param)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with post_office() as office:
        yield office


def named(house: House, post: Post, **more: object) -> None:
    server = MailServer(host=post.host, port=post.port, sender=SENDER)
    house.settings = replace(house.settings, mail=replace(server, **more))  # type: ignore[arg-type]


async def test_a_message_arrives_whole(house: House, post: Post) -> None:
    named(house, post, user="linli", password=WORD)
    await send(house, "li@example.org", "重设密码", "一\n.\n二")
    (letter,) = post.letters
    assert (letter.to, letter.sender, letter.login) == (
        ["li@example.org"],
        "noreply@linli.example.org",
        f"linli:{WORD}",
    )
    assert letter.message["Subject"] == "重设密码"
    assert letter.message["From"] == SENDER
    assert letter.text.replace("\r\n", "\n") == "一\n.\n二\n"
    assert post.commands[0] == "ehlo linli.example.org", "this machine's own name is nobody's business"


@pytest.mark.parametrize("starttls", [True, False])
async def test_elsewhere_it_goes_encrypted(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starttls: bool
) -> None:
    tls, signer = certificate(tmp_path, ELSEWHERE)
    async with post_office(ELSEWHERE, tls=tls, starttls=starttls) as office:
        named(house, office, implicit_tls=not starttls)
        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            await send(house, "li@example.org", "x", "y")
        house.cache.clear()
        monkeypatch.setenv("SSL_CERT_FILE", str(signer))
        await send(house, "li@example.org", "x", "y")
        assert [letter.encrypted for letter in office.letters] == [True]


async def test_a_server_without_tls_elsewhere_gets_nothing(house: House) -> None:
    async with post_office(ELSEWHERE) as office:
        named(house, office, user="linli", password=WORD)
        with pytest.raises(NotSent):
            await send(house, "li@example.org", "x", "y")
        assert [line.split()[0].lower() for line in office.commands] == ["ehlo", "quit"]


@pytest.mark.parametrize(
    "address", ["a,b@example.org", "a>,<c@example.org", "no-address", "x@y.org\nBcc: z@y.org"]
)
async def test_an_odd_address_brings_no_second_recipient(house: House, post: Post, address: str) -> None:
    named(house, post)
    with pytest.raises(NotSent):
        await send(house, address, "x", "y")
    assert post.letters == []
    await send(house, "li@example.org", "x", "y")
    assert [letter.to for letter in post.letters] == [["li@example.org"]]


async def test_what_went_wrong_repeats_no_address(house: House, post: Post) -> None:
    named(house, post)
    post.refuses.add("li@example.org")
    with pytest.raises(NotSent) as refused:
        await send(house, "li@example.org", "x", "y")
    assert "550" in str(refused.value)
    assert "example" not in str(refused.value)
    await send(house, "chen@example.org", "x", "y")  # about that one only: the server counts as there


async def test_a_silent_server_is_left_after_a_while_and_not_tried_at_once(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.base.mail.WORD", 0.2)
    post.silent = True
    named(house, post)
    for _ in range(2):
        with pytest.raises(NotSent):
            await send(house, "li@example.org", "x", "y")
    assert post.calls == 1


async def test_without_a_server_nothing_is_sent(house: House) -> None:
    with pytest.raises(NotSent):
        await send(house, "li@example.org", "x", "y")


def test_an_address_of_a_server_is_read() -> None:
    plain = mail_server("smtp://linli:s3cret%2Fpass%40word@mail.example.org", SENDER)
    assert (plain.host, plain.port, plain.implicit_tls) == ("mail.example.org", 587, False)
    assert (plain.user, plain.password) == ("linli", WORD)
    assert (plain.sender_address, plain.sender_domain) == ("noreply@linli.example.org", "linli.example.org")
    assert WORD not in repr(plain)
    sealed = mail_server("smtps://mail.example.org:4650", "noreply@example.org")
    assert (sealed.port, sealed.implicit_tls, sealed.user) == (4650, True, "")


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://linli:s3cret@mail.example.org", SENDER),
        ("smtp://linli:s3cret/x@mail.example.org:587", SENDER),
        ("smtp://linli:s3cret@mail.example.org:port", SENDER),
        ("smtp://linli:s3cret@", SENDER),
        ("smtp://s3cret@mail.example.org", SENDER),
        ("s3cret", SENDER),
        ("smtp://linli:s3cret@mail.example.org", "nobody"),
        ("smtp://linli:s3cret@mail.example.org", "noreply@example.org\nBcc: a@example.org"),
    ],
)
def test_a_wrong_one_is_named_and_never_repeated(tmp_path: Path, url: str, sender: str) -> None:
    with pytest.raises(BadServer):
        mail_server(url, sender)
    env = {"LINLI_DATA_DIR": str(tmp_path), "LINLI_BASE_URL": "https://x.example.org"}
    with pytest.raises(BadSetting, match=r"LINLI_(SMTP|MAIL_FROM)") as refused:
        from_environment(env | {"LINLI_SMTP": url, "LINLI_MAIL_FROM": sender})
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_both_or_neither_and_never_without_the_houses_address(tmp_path: Path) -> None:
    data = {"LINLI_DATA_DIR": str(tmp_path)}
    both = {"LINLI_SMTP": "smtp://linli:s3cret@mail.example.org", "LINLI_MAIL_FROM": SENDER}
    for missing in both:
        env = {name: text for name, text in both.items() if name != missing}
        with pytest.raises(BadSetting, match="both or neither"):
            from_environment(data | env | {"LINLI_BASE_URL": "https://x.example.org"})
    with pytest.raises(BadSetting, match="LINLI_BASE_URL"):
        from_environment(data | both)
    settings = from_environment(data | both | {"LINLI_BASE_URL": "https://x.example.org/"})
    assert settings.mail is not None
    assert settings.mail.password == "s3cret"
    assert "s3cret" not in repr(settings)
    assert from_environment(data).mail is None
