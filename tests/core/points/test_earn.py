"""Earning: lines, lots, versions, months and hours move in one act."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import ConstraintBroken, NotFound, Refused
from core.base.house import House
from core.points import awards, statement
from core.points.caps import Caps
from tests.support.book import check_book
from tests.support.town import Town, found_town


async def test_a_confirmed_attendance_earns_its_points_and_its_minutes(town: Town) -> None:
    await town.earn([(0, 3)], minutes=90)
    balance = await statement.balance(town.as_volunteer(0), town.volunteers[0])
    assert (balance.posted, balance.available, balance.debt, balance.minutes) == (3, 3, 0, 90)


async def test_several_lines_of_one_volunteer_in_one_act_keep_their_order(town: Town) -> None:
    await town.earn([(0, 3), (1, 2), (0, 5)])
    lines = await statement.lines(town.as_volunteer(0), town.volunteers[0])
    assert [(line.amount, line.posted_after) for line in lines] == [(5, 8), (3, 3)]


async def test_two_hundred_people_take_as_many_statements_as_one(house: House) -> None:
    town = await found_town(house, volunteers=200)
    await town.rule(Caps(day=50, month=400), "2027-01-01")
    await town.earn([(n, 1) for n in range(200)])  # accounts are open from here on
    with house.db.watch() as one:
        await town.earn([(0, 4)])
    with house.db.watch() as many:
        await town.earn([(n, 4) for n in range(200)])
    assert [s.sql for s in one] == [s.sql for s in many]
    assert len(many) <= 22
    assert await check_book(house.db) == []


async def test_what_was_sent_twice_earns_once(town: Town) -> None:
    first, _ = await town.earn([(0, 3)], request="the same request")
    again, _ = await town.earn([(0, 3)], request="the same request")
    assert first == again
    assert (await statement.balance(town.system, town.volunteers[0])).posted == 3


async def test_an_attendance_cannot_earn_twice(town: Town) -> None:
    attendances, _ = await town.earn([(0, 3)])

    async def again(unit: Unit) -> dict[str, Any]:
        return {"points": (await awards.settle(unit, [])).points}

    await town.do(town.system, again)
    with pytest.raises(ConstraintBroken):

        async def twice(unit: Unit) -> dict[str, Any]:
            await town.decide(unit, attendances, "confirmed")
            return {}

        await town.do(town.system, twice)
    assert (await statement.balance(town.system, town.volunteers[0])).posted == 3


async def test_nobody_confirms_what_he_recorded_himself(town: Town) -> None:
    with pytest.raises(Refused, match="Somebody else"):
        await town.earn([(0, 3)], approver=town.worker)
    assert (await statement.balance(town.system, town.volunteers[0])).posted == 0


async def test_the_line_names_recorder_and_confirmer(town: Town) -> None:
    await town.earn([(0, 3)], approver=town.clerk)
    entry = (await statement.lines(town.as_volunteer(0), town.volunteers[0]))[0]
    facts = (await statement.line(town.as_volunteer(0), entry.public_id)).facts
    assert (facts["actor"], facts["approver"]) == (town.worker, town.clerk)


async def test_a_volunteer_of_another_community_earns_nothing_here(town: Town, house: House) -> None:
    other = await found_town(house, slug="xinxing")

    async def work(unit: Unit) -> dict[str, Any]:
        from core.points.page import open_page

        await open_page(unit, [other.volunteers[0]])
        return {}

    with pytest.raises(NotFound):
        await town.do(town.system, work)


@pytest.mark.parametrize(
    "statement_text",
    [
        "update transfer set amount = amount + 1",
        "delete from transfer",
        "update award_outcome set points = points + 1",
        "delete from award",
        "update rule_sheet set rules = '{}'",
    ],
)
async def test_the_book_cannot_be_rewritten(town: Town, statement_text: str) -> None:
    await town.earn([(0, 3)])

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute(statement_text)
        return {}

    with pytest.raises(Exception, match=r"append-only|permission denied"):
        await town.do(town.system, work)


async def test_an_account_cannot_go_below_what_is_held(town: Town) -> None:
    await town.earn([(0, 3)])

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute("update points_account set held = 4 where volunteer = :v", v=town.volunteers[0])
        return {}

    with pytest.raises(ConstraintBroken):
        await town.do(town.system, work)
