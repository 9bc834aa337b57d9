"""Session fixation: no id an attacker knew before is ever somebody's session."""

import pytest

from core.community.roles import NewGrant, grant_roles
from tests.support.cast import PASSWORD, Cast
from tests.support.ways import make_slip
from tests.web.conftest import BOTH, Enter
from tests.web.entering import is_in, set_up_factor, sign_in, step_up, use_slip
from tests.web.guest import Guest

PLANTED = "attackers-own-choice-of-a-session-id-0123456"


async def signed_in(guest: Guest) -> bool:
    return (await guest.get("/account")).status == 200


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_an_attackers_cookie_is_never_adopted_by_any_way_in(visitor: Guest, cast: Cast) -> None:
    zhao = cast["赵叔叔"].number
    for way in ("password", "slip"):
        visitor.cookies = {"linli": PLANTED}
        if way == "password":
            reply = await sign_in(visitor, zhao)
        else:
            reply = await use_slip(visitor, zhao, await make_slip(cast, "赵叔叔"), PASSWORD)
        assert is_in(reply)
        assert visitor.cookies["linli"] != PLANTED
        assert await signed_in(visitor)
        assert not await signed_in(Guest(visitor.app, {"linli": PLANTED}))


async def test_the_attackers_own_session_does_not_become_the_victims(visitor: Guest, cast: Cast) -> None:
    """The attacker signs in, plants his cookie, and the victim signs in over it."""
    attacker = Guest(visitor.app)
    await sign_in(attacker, cast["钱奶奶"].number)
    visitor.cookies = dict(attacker.cookies)
    page = await visitor.get("/account")
    fields = {"_csrf_token": page.csrf, "login": cast["赵叔叔"].number, "password": PASSWORD}
    assert is_in(await visitor.post("/sign-in", fields))
    assert not await signed_in(attacker), "the planted session ended with it"
    assert "赵叔叔" in (await visitor.get("/account")).text


async def test_the_token_changes_at_step_up_and_the_old_one_is_worth_nothing(
    enter: Enter, cast: Cast
) -> None:
    member = await enter("赵叔叔")
    old = dict(member.cookies)
    assert (await step_up(member)).status == 303
    assert member.cookies["linli"] != old["linli"]
    assert await signed_in(member)
    assert not await signed_in(Guest(member.app, old))


async def test_the_token_changes_with_password_and_second_step(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    before = dict(worker.cookies)
    await set_up_factor(worker, cast)
    between = dict(worker.cookies)
    page = await worker.get("/account/password")
    reply = await worker.submit(
        page, "/account/password", old=PASSWORD, password="another-lantern-77", again="another-lantern-77"
    )
    assert reply.location == "/account?done=password"
    assert len({before["linli"], between["linli"], worker.cookies["linli"]}) == 3
    for cookies in (before, between):
        assert not await signed_in(Guest(worker.app, cookies))
    assert await signed_in(worker)


async def test_a_role_of_the_office_wants_a_new_sign_in(enter: Enter, cast: Cast) -> None:
    member = await enter("吴大爷")
    old = dict(member.cookies)
    cast.house.clock.advance(1)  # type: ignore[attr-defined]  # the tests' clock
    grant = NewGrant(cast["吴大爷"].person, "worker", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    assert not await signed_in(member)
    await sign_in(member, cast["吴大爷"].number)
    assert member.cookies["linli"] != old["linli"]
    assert (await member.get("/c/hongqi/people")).status == 200
    assert not await signed_in(Guest(member.app, old))


async def test_the_cookie_cannot_be_read_or_sent_by_others(visitor: Guest, cast: Cast) -> None:
    for login, kept in ((cast["赵叔叔"].number, True), (cast["陈社工"].phone, False)):
        visitor.cookies.clear()
        reply = await sign_in(visitor, login)
        (cookie,) = [c for c in reply.all("set-cookie") if c.startswith("linli=")]
        for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        assert ("Max-Age" in cookie) == kept, "in the office it goes with the browser's window"
