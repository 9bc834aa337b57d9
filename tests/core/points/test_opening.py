"""What stood in a paper book: posted once, spendable, in no month; taken back whole."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import NotFound, Refused
from core.base.house import House
from core.points import statement
from core.points.opening import Opening, Span, add_openings, take_back_openings
from core.reward import redemption
from tests.support.town import Town, found_town


async def brought_over(town: Town, items: list[Opening]) -> tuple[int, Span]:
    """The act that added openings, and the span of ids it gave out."""
    spans: list[Span] = []

    async def work(unit: Unit) -> dict[str, Any]:
        spans.append(await add_openings(unit, items))
        return {}

    done = await town.do(town.system, work)
    return done.act, spans[-1]


async def taken_back(town: Town, act: int, span: Span) -> int:
    counts: list[int] = []

    async def work(unit: Unit) -> dict[str, Any]:
        counts.append(await take_back_openings(unit, act, span))
        return {}

    await town.do(town.system, work)
    return counts[-1]


def of(town: Town, number: int, points: int, minutes: int = 0, book: str = "book") -> Opening:
    return Opening(town.volunteers[number], points, minutes, "2025-12-31", book)


async def test_an_opening_can_be_spent_and_counts_in_no_month(town: Town) -> None:
    await brought_over(town, [of(town, 0, 100, 600), of(town, 1, 0, 90)])
    mine = town.as_volunteer(0)
    found = await statement.balance(mine, town.volunteers[0])
    assert (found.available, found.minutes) == (100, 600)
    assert (await statement.balance(town.as_volunteer(1), town.volunteers[1])).minutes == 90
    assert await statement.months(mine, town.volunteers[0]) == []
    (line,) = await statement.lines(mine, town.volunteers[0], kind="other")
    assert (line.kind, line.amount, line.posted_after) == ("opening", 100, 100)
    assert await statement.lines(mine, town.volunteers[0], kind="earned") == []
    rice = await town.stock("Rice", 60, 5)

    async def buy(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], rice.id)

    assert (await town.do(town.as_clerk(), buy)).answer["left"] == 40


async def test_one_opening_of_a_book_stands_at_a_time(town: Town) -> None:
    act, span = await brought_over(town, [of(town, 0, 100), of(town, 0, 50, book="other")])
    for again in ([of(town, 0, 100)], [of(town, 0, 30)], [of(town, 1, 5), of(town, 1, 5)]):
        with pytest.raises(Refused):
            await brought_over(town, again)
    assert await taken_back(town, act, span) == 2
    await brought_over(town, [of(town, 0, 30)])
    assert (await statement.balance(town.as_volunteer(0), town.volunteers[0])).posted == 30


async def test_taking_back_is_done_once_and_touches_its_own_act_only(town: Town) -> None:
    act, span = await brought_over(town, [of(town, 0, 100, 60)])
    await brought_over(town, [of(town, 1, 7)])
    assert await taken_back(town, act, Span(1, 10_000)) == 1
    assert await taken_back(town, act, span) == 0
    assert (await statement.balance(town.as_volunteer(1), town.volunteers[1])).posted == 7
    lines = await statement.lines(town.as_volunteer(0), town.volunteers[0])
    assert [(line.kind, line.amount) for line in lines] == [("reverse", -100), ("opening", 100)]
    assert (await statement.balance(town.as_volunteer(0), town.volunteers[0])).minutes == 0


async def test_a_debt_is_paid_from_an_opening_first(town: Town) -> None:
    attendances, _ = await town.earn([(0, 20)])
    soap = await town.stock("Soap", 15, 5)

    async def buy(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], soap.id)

    await town.do(town.as_clerk(), buy)
    await town.take_back(attendances)
    await brought_over(town, [of(town, 0, 100)])
    found = await statement.balance(town.as_volunteer(0), town.volunteers[0])
    assert (found.posted, found.debt) == (85, 0)


async def test_foreign_volunteers_and_people_without_the_permission_get_nothing(
    town: Town, house: House
) -> None:
    other = await found_town(house, slug="xinxing")
    foreign = Opening(other.volunteers[0], 5, 0, "2025-12-31", "book")
    with pytest.raises(NotFound):
        await brought_over(town, [of(town, 0, 5), foreign])
    for viewer in (town.as_worker(), town.as_volunteer(0), town.as_clerk()):
        with pytest.raises(NotFound):
            await town.do(viewer, lambda unit: add_openings(unit, [of(town, 0, 5)]))
    act, span = await brought_over(town, [of(town, 0, 5)])
    assert await taken_back(other, act, span) == 0
    assert await house.db.value("select count(*) from opening") == 1


async def test_one_and_two_hundred_cost_the_same_statements(house: House) -> None:
    town = await found_town(house, volunteers=203)
    counts = []
    for first, last in ((0, 1), (1, 203)):
        with house.db.watch() as log:
            act, span = await brought_over(town, [of(town, n, 10, 30) for n in range(first, last)])
        counts.append(len(log))
        with house.db.watch() as log:
            await taken_back(town, act, span)
        counts.append(len(log))
    assert counts[:2] == counts[2:]
