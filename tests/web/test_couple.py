"""Two who share a telephone: told apart by the password, asked only after a right one."""

import re

import pytest

from core.community.people import change_phone
from tests.support.cast import PASSWORD, Cast
from tests.web.entering import NEW, is_in, sign_in, slip_and_use
from tests.web.guest import Guest, Reply


@pytest.fixture
async def phone(cast: Cast) -> str:
    """赵叔叔 and 钱奶奶 share it, and so far the password."""
    shared = cast["赵叔叔"].phone
    await cast.do(cast.system(), lambda unit: change_phone(unit, cast["钱奶奶"].person, shared))
    return shared


async def who_is_in(guest: Guest) -> str:
    page = await guest.get("/c/hongqi")
    return next((name for name in ("赵叔叔", "钱奶奶") if name in page.text), "")


def rows(reply: Reply) -> list[str]:
    return re.findall(r'name="who" value="(\d)"', reply.text)


async def test_with_one_password_one_is_asked_who_one_is(visitor: Guest, cast: Cast, phone: str) -> None:
    reply = await sign_in(visitor, phone, next_page="/c/hongqi/points")
    assert reply.status == 200
    assert not is_in(reply)
    assert rows(reply) == ["0", "1"]
    assert "赵*叔" in reply.text
    assert "赵叔叔" not in reply.text
    assert cast["钱奶奶"].number[-4:] in reply.text
    assert cast["钱奶奶"].number not in reply.text
    chosen = await visitor.submit(reply, "/sign-in/who", who="1")
    assert (chosen.status, chosen.location) == (303, "/c/hongqi/points")
    assert await who_is_in(visitor) == "钱奶奶"


async def test_without_the_password_nobody_is_asked_and_nobody_named(visitor: Guest, phone: str) -> None:
    reply = await sign_in(visitor, phone, "not-the-password")
    assert reply.status == 422
    assert "赵" not in reply.text
    assert rows(reply) == []


async def test_with_passwords_of_their_own_nobody_is_asked(visitor: Guest, cast: Cast, phone: str) -> None:
    await slip_and_use(Guest(visitor.app), cast, "钱奶奶")
    for password, name in ((PASSWORD, "赵叔叔"), (NEW, "钱奶奶")):
        visitor.cookies.clear()
        assert is_in(await sign_in(visitor, phone, password))
        assert await who_is_in(visitor) == name


async def test_the_choice_is_nobody_elses_and_nothing_else(visitor: Guest, cast: Cast, phone: str) -> None:
    reply = await sign_in(visitor, phone)
    ticket = str(reply.form("/sign-in/who")["ticket"])
    stranger = Guest(visitor.app)
    token = (await stranger.get("/sign-in")).csrf
    lent = await stranger.post("/sign-in/who", {"_csrf_token": token, "ticket": ticket, "who": "0"})
    assert (lent.status, is_in(lent)) == (422, False), "a ticket is good in its own browser only"
    changed = ticket[:-4] + ("AAAA" if ticket[-4:] != "AAAA" else "BBBB")
    for wrong in (changed, "", "x", "中文"):
        tried = await visitor.submit(reply, "/sign-in/who", ticket=wrong, who="0")
        assert (tried.status, is_in(tried)) == (422, False)
    for who in ("2", "-1", "", "00", "x", str(cast["施运维"].person)):
        tried = await visitor.submit(reply, "/sign-in/who", who=who)
        assert (tried.status, is_in(tried)) == (422, False)
    as_code = await visitor.submit(reply, "/sign-in/who", who="0")
    assert is_in(as_code)


async def test_a_ticket_is_worth_nothing_when_old_or_the_password_changed(
    visitor: Guest, cast: Cast, phone: str
) -> None:
    reply = await sign_in(visitor, phone)
    cast.house.clock.advance(10 * 60_000)  # type: ignore[attr-defined]  # the tests' clock
    assert not is_in(await visitor.submit(reply, "/sign-in/who", who="0"))
    reply = await sign_in(visitor, phone)
    cast.house.clock.advance(1000)  # type: ignore[attr-defined]  # the tests' clock
    await slip_and_use(Guest(visitor.app), cast, "赵叔叔")
    assert not is_in(await visitor.submit(reply, "/sign-in/who", who="0"))
    assert is_in(await visitor.submit(reply, "/sign-in/who", who="1"))
