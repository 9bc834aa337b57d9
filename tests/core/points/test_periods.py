"""Closing months, what comes late, and opening one again."""

from datetime import datetime
from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock, moment
from core.base.database import Retry
from core.base.errors import ConstraintBroken, Invalid, NotFound, Refused, Unavailable
from core.community.approvals import decide
from core.lifecycle.approval_kinds import KINDS
from core.points import periods, statement
from tests.core.points.test_hold import capture, hold
from tests.support.town import ZONE, Town

DECEMBER = moment(datetime(2026, 12, 1), ZONE)  # a wall-clock time of the zone


async def close(town: Town, month: str) -> str:
    async def work(unit: Unit) -> dict[str, Any]:
        return await periods.close(unit, month)

    return str((await town.do(town.as_worker(), work)).answer["period"])


async def reopen(town: Town, shown: str, reason: str = "漏了一张单子") -> str:
    async def work(unit: Unit) -> dict[str, Any]:
        return await periods.ask_reopening(unit, shown, reason)

    town.house.approvals = KINDS
    return str((await town.do(town.as_worker(), work)).answer["approval"])


async def approve(town: Town, asked: str) -> None:
    await town.do(town.as_second(), lambda unit: decide(unit, asked, "approved"))


@pytest.fixture
async def november(town: Town, clock: FixedClock) -> Town:
    """October and November are over; 9 points in October, 5 in November of which 3 are spent."""
    await town.earn([(0, 9)], "2026-10-10")
    await town.earn([(0, 5), (1, 2)], "2026-11-10")
    await capture(town, await hold(town, 3))
    clock.at = DECEMBER + 2 * DAY
    return town


async def test_months_that_are_over_can_be_closed_one_or_several_at_a_time(november: Town) -> None:
    town = november
    assert (await periods.ready(town.as_worker())).months == ("2026-10", "2026-11")
    with pytest.raises(Invalid):
        await close(town, "2026-12")
    october = await periods.one(town.as_worker(), await close(town, "2026-10"))
    assert (october.first_day, october.last_day, october.posted) == ("2026-10-01", "2026-10-31", 9)
    assert await periods.ready(town.as_worker()) == periods.Ready(("2026-11",), "2026-10-31")
    both = await periods.one(town.as_worker(), await close(town, "2026-11"))
    assert (both.posted, both.accounts, both.latest) == (13, 2, True)
    sums = {s.kind: (s.lines, s.came, s.went) for s in both.sums}
    assert sums == {"earn": (2, 7, 0), "hold": (1, 0, 3), "capture": (1, 0, 3)}
    with pytest.raises(Invalid):
        await close(town, "2026-10")
    assert [c.last_day for c in await periods.closed(town.as_worker())] == ["2026-11-30", "2026-10-31"]
    assert [b[2:] for b in await periods.balances(town.as_worker(), both.public_id)] == [
        (11, 0, 0),
        (2, 0, 0),
    ]


async def test_a_quarter_is_closed_at_once(november: Town, clock: FixedClock) -> None:
    clock.advance(40 * DAY)
    shown = await periods.one(november.as_worker(), await close(november, "2026-12"))
    assert (shown.first_day, shown.last_day) == ("2026-10-01", "2026-12-31")


async def test_what_comes_late_keeps_its_day_and_is_booked_when_the_book_is_open(november: Town) -> None:
    town = november
    shown = await close(town, "2026-11")
    attendances, _ = await town.earn([(0, 4)], "2026-11-20")
    late = (await statement.lines(town.system, town.volunteers[0]))[0]
    assert (late.effective_at < DECEMBER, late.booked_at) == (True, DECEMBER)
    assert (await periods.one(town.as_worker(), shown)).posted == 13
    await town.take_back(attendances)
    assert (await statement.lines(town.system, town.volunteers[0]))[0].booked_at == DECEMBER


async def test_the_database_takes_no_line_into_a_closed_month(november: Town) -> None:
    await close(november, "2026-11")

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute(
            "insert into transfer (community, public_id, act, kind, debit, credit, amount, effective_at, "
            "recorded_at, account, version, posted_after, held_after, message, text) "
            "select community, 'late', act, 'opening', debit, credit, amount, effective_at, recorded_at, "
            "account, 99, posted_after, held_after, message, text from transfer "
            "where kind = 'earn' and community = :community order by id limit 1",
            community=unit.community,
        )
        return {}

    with pytest.raises((ConstraintBroken, Retry, Unavailable)):
        await november.do(november.system, work)


async def test_two_persons_open_the_latest_again(november: Town) -> None:
    town = november
    await town.appoint()
    first, last = await close(town, "2026-10"), await close(town, "2026-11")
    with pytest.raises(Refused):
        await reopen(town, first)
    with pytest.raises(Invalid):
        await reopen(town, last, " ")
    asked = await reopen(town, last)
    with pytest.raises(Refused):
        await town.do(town.as_worker(), lambda unit: decide(unit, asked, "approved"))
    await approve(town, asked)
    assert (await periods.one(town.as_worker(), last)).reopened_at is not None
    await town.earn([(0, 4)], "2026-11-20")
    assert (await statement.lines(town.system, town.volunteers[0]))[0].booked_at is None
    again = await close(town, "2026-11")
    assert (await periods.one(town.as_worker(), again)).posted == 17


async def test_the_database_opens_nothing_that_nobody_approved(november: Town) -> None:
    town = november
    await town.appoint()
    shown = await close(town, "2026-11")
    await reopen(town, shown)

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute(
            "insert into period_reopened (period, community, approval, act, at) "
            "select p.id, p.community, a.id, :act, :at from period p join approval a "
            "on a.community = p.community where p.community = :community",
            community=unit.community,
            act=unit.act,
            at=unit.now,
        )
        return {}

    with pytest.raises(ConstraintBroken, match="reopened_by_two"):
        await town.do(town.system, work)


async def test_others_see_and_close_nothing(november: Town) -> None:
    shown = await close(november, "2026-10")
    with pytest.raises(NotFound):
        await november.do(november.as_clerk(), lambda unit: periods.close(unit, "2026-11"))
    for look in (periods.ready(november.as_clerk()), periods.one(november.as_clerk(), shown)):
        with pytest.raises(NotFound):
            await look


async def test_closing_costs_the_same_for_one_and_for_hundreds(town: Town, clock: FixedClock) -> None:
    from tests.support.town import found_town  # a larger one, here alone

    counts = []
    for slug, people in (("one", 1), ("many", 200)):
        large = await found_town(town.house, volunteers=people, slug=slug)
        await large.earn([(n, 1) for n in range(people)], "2026-10-10")
        with town.house.db.watch() as log:
            await close(large, "2026-10")
        counts.append(len(log))
    assert counts[0] == counts[1]
