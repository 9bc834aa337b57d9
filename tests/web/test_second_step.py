"""The second step on the pages: set up, asked at sign-in, each code once, off only with both."""

from dataclasses import replace

import pytest

from core.base.clock import FixedClock
from tests.support.cast import PASSWORD, Cast
from tests.support.ways import make_slip
from tests.web.conftest import BOTH, Enter
from tests.web.entering import NEW, app_code, is_in, set_up_factor, sign_in, slip_and_use, step_up, use_slip
from tests.web.guest import Guest
from web.app import create_app

HALF_MINUTE = 30_000
PAGE = "/account/second-step"


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_after_the_password_a_code_is_asked_for(enter: Enter, cast: Cast, clock: FixedClock) -> None:
    worker = await enter("陈社工")
    secret, _ = await set_up_factor(worker, cast)
    clock.advance(HALF_MINUTE)
    fresh = Guest(worker.app)
    asked = await sign_in(fresh, cast["陈社工"].phone, next_page="/c/hongqi/people")
    assert (asked.status, is_in(asked)) == (200, False)
    wrong = await fresh.submit(asked, "/sign-in/code", code="000000")
    assert (wrong.status, is_in(wrong)) == (422, False)
    done = await fresh.submit(wrong, "/sign-in/code", code=app_code(secret, cast))
    assert is_in(done)
    assert done.location == "/c/hongqi/people"


async def test_a_reused_code_and_a_reused_code_on_paper_let_nobody_in(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    worker = await enter("陈社工")
    secret, codes = await set_up_factor(worker, cast)
    clock.advance(HALF_MINUTE)
    for code in (app_code(secret, cast), codes[0]):
        first, second = Guest(worker.app), Guest(worker.app)
        pages = [await sign_in(g, cast["陈社工"].phone) for g in (first, second)]
        assert is_in(await first.submit(pages[0], "/sign-in/code", code=code))
        again = await second.submit(pages[1], "/sign-in/code", code=code)
        assert (again.status, is_in(again)) == (422, False)


async def test_the_step_cannot_be_left_out_lent_or_kept(enter: Enter, cast: Cast, clock: FixedClock) -> None:
    worker = await enter("陈社工")
    secret, _ = await set_up_factor(worker, cast)
    clock.advance(HALF_MINUTE)
    fresh = Guest(worker.app)
    asked = await sign_in(fresh, cast["陈社工"].phone)
    assert (await fresh.get("/c/hongqi/people")).status == 303
    ticket = asked.form("/sign-in/code")["ticket"]
    other = Guest(worker.app)
    token = (await other.get("/sign-in")).csrf
    fields = {"_csrf_token": token, "ticket": ticket, "code": app_code(secret, cast)}
    assert not is_in(await other.post("/sign-in/code", fields)), "lent to another browser"
    who = await fresh.submit(asked, "/sign-in/code", ticket="", code=app_code(secret, cast))
    assert (who.status, is_in(who)) == (422, False)
    as_choice = {**asked.form("/sign-in/code"), "who": "0"}
    assert not is_in(await fresh.post("/sign-in/who", as_choice)), "a ticket is good for its own step"
    clock.advance(10 * 60_000)
    assert not is_in(await fresh.submit(asked, "/sign-in/code", code=app_code(secret, cast)))


async def test_a_password_changed_meanwhile_ends_the_step(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    clerk = await enter("孙店员")
    secret, _ = await set_up_factor(clerk, cast)
    clock.advance(HALF_MINUTE)
    thief = Guest(clerk.app)
    asked = await sign_in(thief, cast["孙店员"].phone)
    clock.advance(1000)
    await slip_and_use_by_phone(clerk, cast)
    assert not is_in(await thief.submit(asked, "/sign-in/code", code=app_code(secret, cast, 1)))


async def slip_and_use_by_phone(guest: Guest, cast: Cast) -> None:
    await use_slip(Guest(guest.app), cast["孙店员"].phone, await make_slip(cast, "孙店员"))


async def test_guessing_the_code_waits_whatever_the_browser(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    worker = await enter("陈社工")
    await set_up_factor(worker, cast)
    clock.advance(HALF_MINUTE)
    statuses = []
    for n in range(7):
        thief = Guest(worker.app, address=f"198.51.100.{n}")
        asked = await sign_in(thief, cast["陈社工"].phone)
        statuses.append((await thief.submit(asked, "/sign-in/code", code=f"00000{n}")).status)
    assert statuses == [422] * 5 + [429] * 2


async def test_off_only_with_password_and_code(enter: Enter, cast: Cast, clock: FixedClock) -> None:
    member = await enter("赵叔叔")
    secret, codes = await set_up_factor(member, cast)
    clock.advance(HALF_MINUTE)
    page = await member.get(PAGE)
    for password, code in (("", codes[0]), (NEW, codes[0]), (PASSWORD, ""), (PASSWORD, "000000")):
        reply = await member.submit(page, PAGE + "/off", password=password, code=code)
        assert reply.status == 422, (password, code)
    assert await cast.house.db.value("select count(*) from second_factor") == 1
    reply = await member.submit(page, PAGE + "/off", password=PASSWORD, code=app_code(secret, cast))
    assert reply.location == "/account?done=off"
    assert is_in(await sign_in(Guest(member.app), cast["赵叔叔"].number))


async def test_the_codes_on_paper_are_shown_once_and_made_anew_after_a_step_up(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    member = await enter("赵叔叔")
    _, codes = await set_up_factor(member, cast)
    page = await member.get(PAGE)
    assert not any(code in page.text for code in codes)
    clock.advance(11 * 60_000)
    assert (await member.submit(page, PAGE + "/codes")).location.startswith("/step-up")
    await step_up(member)
    renewed = await member.submit(await member.get(PAGE), PAGE + "/codes")
    assert renewed.status == 200
    assert not any(code in renewed.text for code in codes)


async def test_setting_up_proves_the_app_and_keeps_nothing_before(enter: Enter, cast: Cast) -> None:
    member = await enter("赵叔叔")
    await step_up(member)
    page = await member.get(PAGE)
    reply = await member.submit(page, PAGE, code="000000")
    assert reply.status == 422
    assert reply.form(PAGE)["ticket"] == page.form(PAGE)["ticket"], "the app need not be set up again"
    assert await cast.house.db.value("select count(*) from person_secret where field = 'totp'") == 0
    other = await enter("钱奶奶")
    await step_up(other)
    lent = await other.submit(await other.get(PAGE), PAGE, ticket=str(page.form(PAGE)["ticket"]), code="1")
    assert lent.status == 303, "the ticket of another session begins again"


async def test_where_the_operator_asks_for_it_the_office_sets_it_up_first(enter: Enter, cast: Cast) -> None:
    strict = replace(cast.house, settings=replace(cast.house.settings, staff_totp=True), cache={})
    app = create_app(strict)
    worker = Guest(app)
    assert is_in(await sign_in(worker, cast["陈社工"].phone))
    for path in ("/c/hongqi", "/c/hongqi/people", "/c/hongqi/counter", "/"):
        assert (await worker.get(path)).location == PAGE, path
    token = (await worker.get(PAGE)).csrf
    assert (await worker.post("/c/hongqi/counter", {"_csrf_token": token, "q": "1"})).location == PAGE
    secret, _ = await set_up_factor(worker, cast)
    assert (await worker.get("/c/hongqi/people")).status == 200
    assert secret
    for name in ("李阿姨", "王队长"):
        member = Guest(app)
        await sign_in(member, cast[name].number)
        assert (await member.get("/c/hongqi")).status == 200


async def test_a_slip_of_somebody_without_a_second_step_needs_none(visitor: Guest, cast: Cast) -> None:
    assert is_in(await slip_and_use(visitor, cast, "赵叔叔"))
