"""Looks at the counter: for minutes, on one screen, written down; and no guessing."""

from dataclasses import replace

import pytest

from core.base.clock import DAY, HOUR, MINUTE, SECOND, FixedClock
from core.base.errors import Invalid, NotFound, TooMany
from core.base.ids import request_id
from core.base.viewer import Viewer
from core.community import visits
from core.community.numbers import new_number
from core.community.visits import close_visit, look, open_visit
from core.points.home import home
from core.points.statement import balance
from tests.support.cast import Cast
from tests.support.ways import PIN, give_card, give_pin, shut_out

WRONG = {"pin": visits.WRONG}


@pytest.fixture
async def desk(cast: Cast) -> Viewer:
    """The clerk's screen; 李阿姨 has card and PIN."""
    await give_pin(cast, "李阿姨")
    return await cast.viewer("孙店员")


async def test_card_or_number_and_pin_show_the_account_and_no_other(cast: Cast, desk: Viewer) -> None:
    token = await give_card(cast, "李阿姨")
    for typed in (f"https://linli.example/k/{token}", cast["李阿姨"].number):
        visit = await open_visit(desk, request_id(), typed, PIN, "10.0.0.1")
        found, eyes = await look(desk, visit, "account")
        assert (found.number, found.name) == (cast["李阿姨"].number, "李阿姨")
        assert (await home(eyes)).balance.available == 0
        with pytest.raises(NotFound):
            await balance(eyes, cast["赵叔叔"].volunteer or 0)
        assert not eyes.may_somewhere("redemption.make")
    rows = await cast.house.db.fetch("select by_card from visit order by id")
    assert [r["by_card"] for r in rows] == [1, 0]


async def test_every_page_is_written_down_with_both(cast: Cast, desk: Viewer) -> None:
    visit = await open_visit(desk, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")
    await look(desk, visit, "account")
    await look(desk, visit, "account")
    await cast.do(desk, lambda unit: close_visit(unit, visit))
    rows = await cast.house.db.fetch(
        "select action, actor, on_behalf, result from audit where action like 'visit.%' order by id"
    )
    both = (cast["孙店员"].person, cast["李阿姨"].person, "done")
    assert [(r["action"], r["actor"], r["on_behalf"], r["result"]) for r in rows] == [
        ("visit.open", *both),
        ("visit.look", *both),
        ("visit.look", *both),
        ("visit.close", *both),
    ]


async def test_it_is_over_after_five_minutes_when_closed_and_on_any_other_screen(
    cast: Cast, desk: Viewer, clock: FixedClock
) -> None:
    visit = await open_visit(desk, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")
    others = (
        await cast.viewer("孙店员"),  # another session of the same clerk
        await cast.viewer("陈社工"),
        await cast.viewer("何社工", "xinxing"),
        await cast.viewer("李阿姨"),
    )
    for viewer in others:
        with pytest.raises(NotFound):
            await look(viewer, visit, "account")
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: close_visit(unit, visit))
    clock.advance(5 * MINUTE - 1)
    await look(desk, visit, "account")
    clock.advance(1)
    with pytest.raises(NotFound):
        await look(desk, visit, "account")
    again = await open_visit(desk, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")
    await cast.do(desk, lambda unit: close_visit(unit, again))
    with pytest.raises(NotFound):
        await look(desk, again, "account")
    with pytest.raises(NotFound):
        await cast.do(desk, lambda unit: close_visit(unit, again))


async def test_who_is_shut_out_is_shown_nothing(cast: Cast, desk: Viewer) -> None:
    visit = await open_visit(desk, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")
    await shut_out(cast, "李阿姨")
    with pytest.raises(NotFound):
        await look(desk, visit, "account")


async def test_wrong_unknown_foreign_and_without_pin_look_alike(cast: Cast, desk: Viewer) -> None:
    seen = []
    cases = (
        (cast["李阿姨"].number, "917253"),
        (cast["赵叔叔"].number, PIN),
        (new_number(), PIN),
        (cast["冯阿姨"].number, PIN),
        (cast["李阿姨"].number, ""),
    )
    for typed, pin in cases:
        with cast.house.db.watch() as log, pytest.raises(Invalid) as refused:
            await open_visit(desk, request_id(), typed, pin, "10.0.0.1")
        assert refused.value.fields == WRONG
        seen.append([statement.sql for statement in log])
    assert all(statements == seen[0] for statements in seen)
    refusals = "select count(*) from audit where action = 'visit.open' and result = 'refused'"
    assert await cast.house.db.value(refusals) == len(cases)


async def test_the_form_sent_twice_is_one_look_and_needs_the_pin_each_time(cast: Cast, desk: Viewer) -> None:
    request = request_id()
    first = await open_visit(desk, request, cast["李阿姨"].number, PIN, "10.0.0.1")
    assert await open_visit(desk, request, cast["李阿姨"].number, PIN, "10.0.0.1") == first
    with pytest.raises(Invalid):
        await open_visit(desk, request, cast["李阿姨"].number, "000000", "10.0.0.1")
    assert await cast.house.db.value("select count(*) from visit") == 1


async def test_guessing_one_pin_waits_longer_and_longer_whoever_guesses(
    cast: Cast, desk: Viewer, clock: FixedClock
) -> None:
    number = cast["李阿姨"].number
    token = await give_card(cast, "李阿姨")
    screens = [desk, await cast.viewer("陈社工")]
    for n in range(5):
        with pytest.raises(Invalid):
            await open_visit(screens[n % 2], request_id(), (number, token)[n % 2], f"70000{n}", "10.0.0.1")
    waits = []
    for n in range(4):
        with pytest.raises(TooMany) as late:
            await open_visit(screens[n % 2], request_id(), (token, number)[n % 2], PIN, f"10.0.0.{n}")
        waits.append(late.value.seconds)
        clock.advance(late.value.seconds * SECOND)
        with pytest.raises(Invalid):
            await open_visit(screens[0], request_id(), number, "700009", "10.0.0.1")
    assert waits == [30, 120, 270, 480]
    clock.advance(HOUR)
    assert await open_visit(desk, request_id(), number, PIN, "10.0.0.1")


async def test_a_day_of_guessing_one_pin_is_a_handful_of_tries(
    cast: Cast, desk: Viewer, clock: FixedClock
) -> None:
    looked_at = 0
    until = clock.now() + DAY
    while clock.now() < until:
        try:
            await open_visit(desk, request_id(), cast["李阿姨"].number, "700001", "10.0.0.1")
        except Invalid:
            looked_at += 1
        except TooMany as late:
            clock.advance(late.seconds * SECOND)
    assert looked_at < 45, "a million PINs would take sixty years"


async def test_one_clerk_cannot_try_one_pin_on_many(cast: Cast, desk: Viewer) -> None:
    looked_at = 0
    with pytest.raises(TooMany):
        while True:
            try:
                await open_visit(desk, request_id(), new_number(), "804172", f"10.1.0.{looked_at}")
            except Invalid:
                looked_at += 1
    assert looked_at == 30
    other = await cast.viewer("陈社工")
    assert await open_visit(other, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")


async def test_right_pins_do_not_use_up_the_clerk(cast: Cast, desk: Viewer) -> None:
    for _ in range(35):
        await open_visit(desk, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")


@pytest.mark.parametrize("name", ["李阿姨", "王队长", "周审计"])
async def test_only_who_serves_at_the_counter_shows_accounts(cast: Cast, desk: Viewer, name: str) -> None:
    viewer = await cast.viewer(name)
    with pytest.raises(NotFound):
        await open_visit(viewer, request_id(), cast["李阿姨"].number, PIN, "10.0.0.1")
    with pytest.raises(NotFound):
        await open_visit(
            replace(viewer, community=cast.xinxing), request_id(), cast["李阿姨"].number, PIN, "10.0.0.1"
        )
