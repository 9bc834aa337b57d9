"""Taking earnings back: own lot first, then other free lots, the rest becomes a visible debt that is
repaid."""

import pytest

from core.base.errors import Refused
from core.points import statement
from core.reward import redemption
from tests.support.town import Town


async def spend(town: Town, price: int) -> None:
    reward = await town.stock(f"thing {price}", price, 1)

    async def work(unit: object) -> dict[str, object]:
        return await redemption.redeem(unit, town.volunteers[0], reward.id)  # type: ignore[arg-type]

    await town.do(town.as_clerk(), work)


async def lots(town: Town) -> list[tuple[int, int]]:
    rows = await town.house.db.fetch("select amount, remaining from lot order by id")
    return [(row["amount"], row["remaining"]) for row in rows]


async def have(town: Town) -> tuple[int, int]:
    balance = await statement.balance(town.system, town.volunteers[0])
    return balance.posted, balance.debt


async def test_its_own_lot_goes_first(town: Town) -> None:
    await town.earn([(0, 5)])
    second, _ = await town.earn([(0, 4)], minutes=30)
    done = await town.take_back(second)
    assert (done.points, done.minutes) == (4, 30)
    assert await lots(town) == [(5, 5), (4, 0)]
    assert await have(town) == (5, 0)


async def test_then_other_free_lots(town: Town) -> None:
    first, _ = await town.earn([(0, 5)])
    await town.earn([(0, 4)])
    await spend(town, 3)
    await town.take_back(first)
    assert await lots(town) == [(5, 0), (4, 1)]
    assert await have(town) == (1, 0)


async def test_what_was_spent_already_becomes_a_debt(town: Town) -> None:
    first, _ = await town.earn([(0, 5)])
    await spend(town, 4)
    await town.take_back(first)
    assert await have(town) == (0, 4)
    lines = await statement.lines(town.as_volunteer(0), town.volunteers[0])
    assert [(line.kind, line.amount) for line in lines] == [
        ("reverse", -5),
        ("debt", 4),
        ("capture", -4),
        ("earn", 5),
    ]


async def test_the_next_earnings_repay_the_debt(town: Town) -> None:
    first, _ = await town.earn([(0, 5)])
    await spend(town, 4)
    await town.take_back(first)
    await town.earn([(0, 3)])
    assert await have(town) == (0, 1)
    await town.earn([(0, 2), (0, 2), (1, 2)])
    assert await have(town) == (3, 0)


async def test_hours_and_months_go_back_with_the_points(town: Town) -> None:
    first, _ = await town.earn([(0, 5)], "2026-10-30", minutes=120)
    await town.take_back(first)
    assert (await statement.balance(town.system, town.volunteers[0])).minutes == 0
    months = await statement.months(town.as_volunteer(0), town.volunteers[0])
    assert [(m.month, m.earned, m.minutes) for m in months] == [("2026-10", 0, 0)]


async def test_several_lines_are_taken_back_at_once(town: Town) -> None:
    attendances, _ = await town.earn([(0, 5), (1, 2), (0, 4), (2, 3)])
    await spend(town, 7)
    await town.take_back([attendances[0], attendances[2], attendances[3]])
    assert await have(town) == (0, 7)
    assert (await statement.balance(town.system, town.volunteers[2])).posted == 0


async def test_a_line_is_taken_back_once(town: Town) -> None:
    first, _ = await town.earn([(0, 5)])
    await town.take_back(first)
    with pytest.raises(Exception) as refusal:  # the decision row or the book refuses, both are right
        await town.take_back(first)
    assert not isinstance(refusal.value, AssertionError)
    assert isinstance(refusal.value, Refused) or "attendance_decision" in str(refusal.value)
    assert await have(town) == (0, 0)
