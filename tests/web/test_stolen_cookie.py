"""A stolen cookie is worth nothing after sign-out, a new password, disabling; in every worker."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from litestar import Litestar

from core.base.clock import MINUTE, FixedClock
from core.community.lost import lose_phone
from core.community.volunteers import by_number
from tests.support.cast import PASSWORD, Cast
from tests.support.ways import shut_out
from tests.web.conftest import BOTH, Enter
from tests.web.entering import NEW, set_up_factor, slip_and_use
from tests.web.guest import Guest
from web.app import create_app

Ends = Callable[[Guest, Cast], Awaitable[object]]


async def signs_out(owner: Guest, cast: Cast) -> None:
    await owner.submit(await owner.get("/c/hongqi"), "/sign-out")


async def changes_password(owner: Guest, cast: Cast) -> None:
    page = await owner.get("/account/password")
    await owner.submit(page, "/account/password", old=PASSWORD, password=NEW, again=NEW)


async def sets_up_a_second_step(owner: Guest, cast: Cast) -> None:
    await set_up_factor(owner, cast)


async def signs_out_elsewhere(owner: Guest, cast: Cast) -> None:
    fresh = Guest(owner.app, {"linli": await cast.token("赵叔叔")})
    await fresh.submit(await fresh.get("/account"), "/account/sessions/end-others")


async def uses_a_slip(owner: Guest, cast: Cast) -> None:
    await slip_and_use(Guest(owner.app), cast, "赵叔叔")


async def is_disabled(owner: Guest, cast: Cast) -> None:
    await shut_out(cast, "赵叔叔")


async def loses_the_phone(owner: Guest, cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    who = await by_number(worker, cast["赵叔叔"].number)
    await cast.do(worker, lambda unit: lose_phone(unit, who))


@pytest.mark.parametrize(
    "ends",
    [
        signs_out, changes_password, sets_up_a_second_step, signs_out_elsewhere, uses_a_slip, is_disabled,
        loses_the_phone,
    ],
)  # fmt: skip
async def test_a_stolen_cookie_is_worth_nothing_afterwards_in_any_worker(
    app: Litestar, enter: Enter, cast: Cast, ends: Ends
) -> None:
    owner = await enter("赵叔叔")
    other_worker = create_app(replace(cast.house, cache={}))
    thieves = [Guest(app, dict(owner.cookies)), Guest(other_worker, dict(owner.cookies))]
    for thief in thieves:
        assert (await thief.get("/c/hongqi/points")).status == 200
    await ends(owner, cast)
    for thief in thieves:
        assert (await thief.get("/c/hongqi/points")).status == 303
        assert (await thief.get("/account")).status == 303


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_thief_of_an_open_session_gets_no_further(enter: Enter, cast: Cast) -> None:
    """He has the cookie but not the password: nothing that would make the account his own."""
    thief = await enter("赵叔叔")
    page = await thief.get("/account/password")
    for old in ("", "guess-guess", "000000"):
        reply = await thief.submit(page, "/account/password", old=old, password=NEW, again=NEW)
        assert reply.status == 422
    assert (await thief.get("/account/pin")).location.startswith("/step-up")
    assert (await thief.get("/account/second-step")).location.startswith("/step-up")
    token = (await thief.get("/account")).csrf
    fields = {"_csrf_token": token, "request_id": "A" * 26, "pin": "804172", "again": "804172", "ticket": "x"}
    for path in ("/account/pin", "/account/second-step"):
        assert (await thief.post(path, fields)).location == "/step-up?next=" + path.replace("/", "%2F")
    assert await cast.house.db.value("select count(*) from pin") == 0
    assert await cast.house.db.value("select count(*) from second_factor") == 0


async def test_guessing_the_password_in_an_open_session_waits(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    thief = await enter("赵叔叔")
    page = await thief.get("/step-up")
    statuses = [(await thief.submit(page, "/step-up", secret=f"guess-{n}-guess")).status for n in range(6)]
    assert statuses == [422] * 5 + [429]
    page = await thief.get("/account/password")
    reply = await thief.submit(page, "/account/password", old=PASSWORD, password=NEW, again=NEW)
    assert reply.status == 429
    clock.advance(MINUTE)
    assert (await thief.submit(await thief.get("/step-up"), "/step-up", secret=PASSWORD)).status == 303


async def test_signing_out_tells_the_browser_to_forget(enter: Enter) -> None:
    owner = await enter("赵叔叔")
    reply = await owner.submit(await owner.get("/account"), "/sign-out")
    assert any(c.startswith("linli=;") and "Max-Age=0" in c for c in reply.all("set-cookie"))
    assert "cache" in reply.header("clear-site-data")
