"""Points that end by the community's rule, and what stops them from ending."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock, day_of
from core.base.errors import Invalid
from core.base.house import House
from core.community.notices import inbox
from core.points import expiry, statement
from core.points.policy import Policy, change_policy, last_day
from core.reward import redemption
from tests.core.points.test_hold import capture, hold, refund, release
from tests.support.town import ZONE, Town, found_town


async def settle(town: Town, **settings: Any) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await change_policy(unit, Policy(**settings))
        return {}

    await town.do(town.as_worker(), work)


async def free(town: Town, n: int = 0) -> int:
    return (await statement.balance(town.system, town.volunteers[n])).available


async def ends(town: Town) -> list[str | None]:
    rows = await town.house.db.fetch("select expires_at from lot order by id")
    return [None if r["expires_at"] is None else day_of(r["expires_at"] - 1, ZONE) for r in rows]


@pytest.mark.parametrize(
    ("rule", "months", "day", "last"),
    [
        ("never", 1, "2026-11-23", None),
        ("months", 1, "2026-01-31", "2026-02-28"),
        ("months", 12, "2028-02-29", "2029-02-28"),
        ("months", 14, "2026-11-23", "2028-01-23"),
        ("year_end", 1, "2026-12-31", "2026-12-31"),
        ("next_year_end", 1, "2026-01-01", "2027-12-31"),
    ],
)
def test_the_last_day_follows_the_rule(rule: str, months: int, day: str, last: str | None) -> None:
    assert last_day(rule, months, day) == last


async def test_points_last_to_the_end_of_their_last_day(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="months", expiry_months=1)
    await town.earn([(0, 5), (1, 2)], "2026-11-10")
    await town.earn([(0, 3)], "2026-11-20")
    assert await ends(town) == ["2026-12-10", "2026-12-10", "2026-12-20"]
    clock.advance(17 * DAY)  # the tenth of December
    assert await expiry.expire(town.house) == 0
    assert await free(town) == 8
    clock.advance(DAY)
    assert await expiry.expire(town.house) == 2
    assert (await free(town), await free(town, 1)) == (3, 0)
    line = (await statement.lines(town.system, town.volunteers[0]))[0]
    assert (line.kind, line.amount, line.message.args["day"]) == ("expire", -5, "2026-12-10")


async def test_a_second_run_does_nothing(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="months", expiry_months=1)
    await town.earn([(0, 5)], "2026-11-10")
    clock.advance(30 * DAY)
    assert await expiry.is_due(town.house)
    await expiry.expire(town.house)
    before = await town.house.db.value("select count(*) from transfer")
    assert not await expiry.is_due(town.house)
    assert await expiry.expire(town.house) == 0
    assert await town.house.db.value("select count(*) from transfer") == before


async def test_the_soonest_to_end_is_spent_first(town: Town) -> None:
    await town.earn([(0, 5)])
    await settle(town, expiry="year_end")
    await town.earn([(0, 5)])
    await capture(town, await hold(town, 6))
    rows = await town.house.db.fetch("select remaining from lot order by id")
    assert [row["remaining"] for row in rows] == [4, 0]


async def test_points_set_aside_do_not_end_and_come_back_for_some_days(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="year_end", grace_days=10)
    await town.earn([(0, 5)])
    held = await hold(town, 3)
    clock.advance(60 * DAY)
    await expiry.expire(town.house)
    balance = await statement.balance(town.system, town.volunteers[0])
    assert (balance.posted, balance.held) == (3, 3)
    await release(town, held)
    assert await free(town) == 3
    clock.advance(10 * DAY)
    assert await expiry.expire(town.house) == 0
    clock.advance(DAY)
    await expiry.expire(town.house)
    assert await free(town) == 0


async def test_a_refund_into_a_lot_that_is_over_says_how_long_it_lasts(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="year_end", grace_days=7)
    await town.earn([(0, 5)])
    spent = await capture(town, await hold(town, 4))
    clock.advance(60 * DAY)
    await expiry.expire(town.house)
    await refund(town, spent)
    line = (await statement.lines(town.system, town.volunteers[0]))[0]
    assert line.message.args == {
        "grace_points": 4,
        "grace_day": day_of(clock.now() + 7 * DAY, ZONE),
    }
    assert line.message.args["grace_day"] in line.text
    assert await free(town) == 4
    assert await ends(town) == [line.message.args["grace_day"]]


async def test_service_entered_long_after_lasts_the_days_of_grace(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="months", expiry_months=1, grace_days=5)
    await town.earn([(0, 5)], "2026-01-10")
    assert await ends(town) == [day_of(clock.now() + 5 * DAY, ZONE)]
    assert await expiry.expire(town.house) == 0


async def test_everybody_is_told_once_some_weeks_before(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="year_end", expiry_notice_days=14)
    await town.earn([(0, 5), (1, 2)])
    await town.earn([(0, 4)])
    assert await expiry.tell(town.house) == 0
    clock.advance(30 * DAY)
    assert await expiry.is_untold(town.house)
    assert await expiry.tell(town.house) == 2
    assert not await expiry.is_untold(town.house)
    clock.advance(DAY)
    assert await expiry.tell(town.house) == 0
    (told,) = await inbox(town.as_volunteer(0))
    assert told.message.args == {"points": 9, "day": "2026-12-31"}


async def test_the_account_says_what_ends_next(town: Town) -> None:
    await settle(town, expiry="year_end")
    await town.earn([(0, 5)])
    await settle(town, expiry="never")
    await town.earn([(0, 4)])
    balance = await statement.balance(town.as_volunteer(0), town.volunteers[0])
    assert balance.ends_at is not None
    assert (balance.ending, day_of(balance.ends_at - 1, ZONE)) == (5, "2026-12-31")


async def test_ten_thousand_lots_cost_as_many_statements_as_two(house: House, clock: FixedClock) -> None:
    counts = []
    for slug, people, times in (("few", 2, 1), ("many", 100, 100)):
        town = await found_town(house, volunteers=people, slug=slug)
        await settle(town, expiry="year_end")

        async def work(unit: Unit, town: Town = town, people: int = people, times: int = times) -> Any:
            served = [(n, 1) for n in range(people)] * times
            return await town.earning(unit, served, "2026-11-23")

        await town.do(town.system, work)
        at = clock.at
        clock.advance(60 * DAY)
        with house.db.watch() as log:
            assert await expiry.expire(house) == people
        clock.at = at
        counts.append(len(log))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("field", "value"), [("expiry", "sometimes"), ("expiry_months", 0), ("grace_days", 0), ("gift_days", 61)]
)
async def test_what_cannot_be_settled_is_said_at_its_field(town: Town, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as wrong:
        await settle(town, **{field: value})
    assert set(wrong.value.fields) == {field}


async def test_spending_what_ends_today_wins_over_ending(town: Town, clock: FixedClock) -> None:
    await settle(town, expiry="year_end")
    await town.earn([(0, 5)])
    soap = await town.stock("Soap", 5, 1)
    clock.advance(60 * DAY)

    async def buy(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], soap.id)

    await town.do(town.as_clerk(), buy)
    assert await expiry.expire(town.house) == 0
