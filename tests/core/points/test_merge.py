"""Two accounts of one person become one."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY
from core.base.errors import NotFound, Refused
from core.base.house import House
from core.points import awards, ledger, statement
from core.points.caps import Caps
from core.points.merging import Merged, merge_accounts
from core.points.page import Note, open_page
from core.reward import redemption
from tests.support.book import check_book
from tests.support.town import Town, found_town


@pytest.fixture
async def town(house: House) -> Town:
    town = await found_town(house)
    await town.rule(Caps(day=50))
    return town


async def merge(town: Town, old: int = 0, new: int = 1) -> Merged:
    """What the layer above does besides: the volunteer row says where it went."""
    made: list[Merged] = []

    async def work(unit: Unit) -> dict[str, Any]:
        made.append(await merge_accounts(unit, town.volunteers[old], town.volunteers[new]))
        await unit.execute(
            "update volunteer set merged_into = :into where id = :old and community = :community",
            into=town.volunteers[new],
            old=town.volunteers[old],
            community=unit.community,
        )
        return {}

    await town.do(town.system, work)
    return made[-1]


async def has(town: Town, who: int) -> tuple[int, int, int]:
    """Points, debt and minutes of a volunteer."""
    found = await statement.balance(town.system, town.volunteers[who])
    return found.available, found.debt, found.minutes


async def spend(town: Town, who: int, points: int) -> int:
    """Buys something of that price; the redemption."""
    reward = await town.stock(f"Soap {points}", points, 5)

    async def buy(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[who], reward.id)

    return int((await town.do(town.as_clerk(), buy)).answer["redemption"])


async def test_points_minutes_and_months_move_and_the_book_holds(town: Town) -> None:
    await town.earn([(0, 12), (1, 5)], minutes=90)
    assert await merge(town) == Merged(12, 0)
    assert await has(town, 0) == (0, 0, 0)
    assert await has(town, 1) == (17, 0, 180)
    (month,) = await statement.months(town.system, town.volunteers[1])
    assert (month.earned, month.minutes) == (17, 180)
    assert await statement.months(town.system, town.volunteers[0]) == []
    assert await check_book(town.house.db) == []


async def test_an_empty_account_leaves_nothing_behind(town: Town) -> None:
    await town.earn([(1, 5)])
    assert await merge(town) == Merged(0, 0)
    assert await has(town, 1) == (5, 0, 60)
    assert await check_book(town.house.db) == []


async def test_lots_keep_the_day_on_which_they_expire(town: Town) -> None:
    now = town.house.clock.now()

    async def work(unit: Unit) -> dict[str, Any]:
        page = await open_page(unit, town.volunteers[:2])
        note = Note(message=ledger.InsufficientPoints(1).message, text="", effective_at=now)
        ends = (now + 9 * DAY, None, now + 3 * DAY, now + 9 * DAY)
        ledger.post_batch(
            page,
            [
                ledger.Earning(volunteer=town.volunteers[0], amount=10 + i, note=note)
                for i, _ in enumerate(ends)
            ],
        )
        await page.write()
        for i, end in enumerate(ends):
            await unit.execute(
                "update lot set expires_at = cast(:end as bigint) "
                "where amount = :n and community = :community",
                end=end,
                n=10 + i,
                community=unit.community,
            )
        return {}

    await town.do(town.system, work)
    assert (await merge(town)).points == 46
    rows = await town.house.db.fetch(
        "select l.amount, l.expires_at from lot l join points_account a on a.id = l.account "
        "where a.volunteer = :volunteer order by l.id",
        volunteer=town.volunteers[1],
    )
    assert [(r["amount"], r["expires_at"]) for r in rows] == [
        (12, now + 3 * DAY),
        (23, now + 9 * DAY),
        (11, None),
    ]


@pytest.mark.parametrize("wealth", [0, 4, 30])
async def test_a_debt_moves_and_is_paid_as_far_as_points_go(town: Town, wealth: int) -> None:
    attendances, _ = await town.earn([(0, 10)])
    await spend(town, 0, 10)
    await town.take_back(attendances)
    if wealth:
        await town.earn([(1, wealth)])
    assert (await has(town, 0))[:2] == (0, 10)
    assert await merge(town) == Merged(0, 10)
    assert (await has(town, 0))[:2] == (0, 0)
    assert (await has(town, 1))[:2] == (max(0, wealth - 10), max(0, 10 - wealth))
    assert await check_book(town.house.db) == []


async def test_what_comes_in_pays_the_debt_of_the_account_that_stays(town: Town) -> None:
    attendances, _ = await town.earn([(1, 10)])
    await spend(town, 1, 10)
    await town.take_back(attendances)
    await town.earn([(0, 7)])
    await merge(town)
    assert (await has(town, 1))[:2] == (0, 3)
    assert await check_book(town.house.db) == []


async def test_what_happened_before_is_put_right_on_the_account_that_stays(town: Town) -> None:
    attendances, _ = await town.earn([(0, 20)])
    bought = await spend(town, 0, 8)
    await merge(town)

    async def undo(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, bought, "a mistake")

    await town.do(town.as_worker(), undo)
    assert (await has(town, 1))[0] == 20
    assert await check_book(town.house.db) == []
    await town.take_back(attendances)
    assert await has(town, 1) == (0, 0, 0)
    assert await check_book(town.house.db) == []


async def test_what_waited_for_a_second_person_is_booked_on_the_account_that_stays(town: Town) -> None:
    waiting: list[int] = []

    async def record(unit: Unit) -> dict[str, Any]:
        waiting.extend(await town.attend(unit, [(0, 6)], "2026-11-23"))
        return {}

    await town.do(town.system, record)
    await merge(town)

    async def confirm(unit: Unit) -> dict[str, Any]:
        await town.decide(unit, waiting, "confirmed", town.clerk)
        return {"points": (await awards.confirm(unit, waiting, town.clerk)).points}

    assert (await town.do(town.as_worker(), confirm)).answer["points"] == 6
    assert await has(town, 1) == (6, 0, 60)
    assert await check_book(town.house.db) == []


async def test_caps_both_had_used_count_together(town: Town) -> None:
    await town.earn([(0, 40), (1, 40)])
    await merge(town)
    await town.earn([(1, 10)])
    assert (await has(town, 1))[0] == 80
    assert await check_book(town.house.db) == []


async def test_the_closed_account_takes_nothing_more(town: Town) -> None:
    await town.earn([(0, 5)])
    await merge(town)

    async def work(unit: Unit) -> dict[str, Any]:
        await open_page(unit, [town.volunteers[0]])
        return {}

    with pytest.raises(NotFound):
        await town.do(town.system, work)
    with pytest.raises(NotFound):
        await merge(town)


async def test_points_set_aside_hold_the_merge_up(town: Town) -> None:
    await town.earn([(0, 5)])

    async def hold(unit: Unit) -> dict[str, Any]:
        page = await open_page(unit, [town.volunteers[0]])
        note = Note(message=ledger.InsufficientPoints(1).message, text="", effective_at=unit.now)
        await ledger.hold(page, town.volunteers[0], 3, note)
        await page.write()
        return {}

    await town.do(town.system, hold)
    with pytest.raises(Refused):
        await merge(town)
    assert await check_book(town.house.db) == []


async def test_a_merge_costs_the_same_whatever_the_history(town: Town) -> None:
    await town.earn([(0, 2), (1, 2)])
    with town.house.db.watch() as short:
        await merge(town)
    for _ in range(12):
        await town.earn([(2, 1)])
    await town.earn([(1, 1)])
    with town.house.db.watch() as long:
        await merge(town, 2, 1)
    assert len(short) == len(long)
