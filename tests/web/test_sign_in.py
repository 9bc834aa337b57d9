"""Signing in and out: a new session every time, nothing taken from the browser, nothing told to guessers."""

from dataclasses import replace

import pytest

from core.community.sessions import hash_of
from tests.support.cast import PASSWORD, Cast
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply
from web.app import create_app


async def sign_in(guest: Guest, login: str, password: str = PASSWORD, next_page: str = "") -> Reply:
    page = await guest.get("/sign-in")
    return await guest.submit(page, "/sign-in", login=login, password=password, next=next_page)


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_with_number_or_telephone_and_password(visitor: Guest, cast: Cast) -> None:
    for login in (cast["赵叔叔"].number, cast["赵叔叔"].phone):
        reply = await sign_in(visitor, login, next_page="/c/hongqi/points")
        assert (reply.status, reply.location) == (303, "/c/hongqi/points")
        assert (await visitor.get("/c/hongqi/points")).status == 200
        visitor.cookies.clear()


async def test_a_session_id_brought_along_is_never_taken_over(visitor: Guest, cast: Cast) -> None:
    planted = "attackers-own-choice-of-a-session-id-0123456"
    visitor.cookies["linli"] = planted
    assert (await visitor.get("/c/hongqi")).status == 303, "an unknown id is nobody"
    assert (await sign_in(visitor, cast["赵叔叔"].number)).status == 303
    assert visitor.cookies["linli"] != planted
    thief = Guest(visitor.app, {"linli": planted})
    assert (await thief.get("/c/hongqi")).status == 303


async def test_signing_in_again_ends_the_session_before(visitor: Guest, cast: Cast) -> None:
    await sign_in(visitor, cast["赵叔叔"].number)
    before = visitor.cookies["linli"]
    page = await visitor.get("/c/hongqi")
    fields = {"_csrf_token": page.csrf, "login": cast["钱奶奶"].number, "password": PASSWORD}
    assert (await visitor.post("/sign-in", fields)).status == 303
    assert (await Guest(visitor.app, {"linli": before}).get("/c/hongqi")).status == 303


async def test_only_the_hash_of_a_session_is_kept(visitor: Guest, cast: Cast) -> None:
    await sign_in(visitor, cast["赵叔叔"].number)
    kept = await cast.house.db.fetch("select token_hash from session")
    assert [row["token_hash"] for row in kept] == [hash_of(visitor.cookies["linli"])]


async def test_signing_out_ends_it_everywhere(visitor: Guest, cast: Cast) -> None:
    await sign_in(visitor, cast["赵叔叔"].number)
    copied = Guest(visitor.app, dict(visitor.cookies))
    reply = await visitor.submit(await visitor.get("/c/hongqi"), "/sign-out")
    assert (reply.status, reply.location) == (303, "/sign-in")
    assert "linli" not in visitor.cookies
    assert (await copied.get("/c/hongqi")).status == 303


async def test_wrong_and_unknown_look_the_same(visitor: Guest, cast: Cast) -> None:
    seen = []
    for login in (cast["赵叔叔"].number, "13912345678"):
        with cast.house.db.watch() as log:
            reply = await sign_in(visitor, login, "not-the-password")
        text = reply.text.replace(login, "LOGIN")
        seen.append((reply.status, text, [statement.sql for statement in log]))
    assert seen[0] == seen[1]
    assert seen[0][0] == 422
    assert "不对" in seen[0][1]


async def test_what_was_typed_stays_but_not_the_password(visitor: Guest) -> None:
    reply = await sign_in(visitor, "13912345678", "my-secret-password")
    assert reply.form("/sign-in")["login"] == "13912345678"
    assert "my-secret-password" not in reply.text


@pytest.mark.parametrize(
    ("login", "password"), [("", ""), ("", "x" * 9), ("123", ""), ("a" * 300, "b" * 300)]
)
async def test_empty_and_overlong_fields_are_named(visitor: Guest, login: str, password: str) -> None:
    reply = await sign_in(visitor, login, password)
    assert reply.status == 422
    for field, typed in (("login", login), ("password", password)):
        assert (f'id="{field}-error"' in reply.text) == (not 0 < len(typed) <= 200)


async def test_guessing_is_slowed_down_in_the_readers_language(visitor: Guest, cast: Cast) -> None:
    visitor.language = "en"
    replies = [await sign_in(visitor, cast["赵叔叔"].number, f"guess-{n}") for n in range(7)]
    assert replies[-1].status == 429
    assert int(replies[-1].header("retry-after")) > 0
    assert "Too many tries" in replies[-1].text
    assert replies[-1].form("/sign-in")["login"] == cast["赵叔叔"].number


@pytest.mark.parametrize(
    "wish",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb: c", ""],
)
async def test_after_signing_in_nobody_is_led_out_of_the_house(visitor: Guest, cast: Cast, wish: str) -> None:
    reply = await sign_in(visitor, cast["赵叔叔"].number, next_page=wish)
    assert (reply.status, reply.location) == (303, "/")
    page = await visitor.get("/sign-in?next=https://evil.example/")
    assert page.location == "/"


async def test_behind_https_cookies_are_locked_to_the_host(cast: Cast) -> None:
    house = replace(cast.house, settings=replace(cast.house.settings, secure_cookies=True))
    guest = Guest(create_app(house))
    page = await guest.get("/sign-in")
    reply = await guest.submit(page, "/sign-in", login=cast["赵叔叔"].number, password=PASSWORD)
    (session,) = [c for c in reply.all("set-cookie") if c.startswith("__Host-linli=")]
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in session
    assert "Domain" not in session
    assert "max-age=31536000" in page.header("strict-transport-security")


async def test_a_visitor_gets_no_row_in_the_database(visitor: Guest, cast: Cast) -> None:
    for path in ("/", "/sign-in", "/nothing-here"):
        with cast.house.db.watch() as log:
            await visitor.get(path)
        assert all(statement.sql.lstrip().startswith("select") for statement in log)
    assert await cast.house.db.value("select count(*) from session") == 0


async def test_somebody_signed_in_is_not_asked_again(enter: Enter) -> None:
    member = await enter("赵叔叔")
    assert (await member.get("/sign-in?next=/c/hongqi/points")).location == "/c/hongqi/points"
    assert (await member.get("/")).location == "/c/hongqi"
