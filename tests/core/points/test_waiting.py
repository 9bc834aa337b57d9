"""Awards that wait: the attendance stands, its points come when its rules can be read again."""

from typing import Any

from core.base.act import Unit
from core.base.clock import DAY, MINUTE, FixedClock
from core.base.errors import Message
from core.extension.types import Line
from core.points import awards, statement
from tests.support.town import PROGRAMME, Town

TODAY = "2026-11-23"


async def record_unscored(town: Town, *, confirmed: bool) -> int:
    async def work(unit: Unit) -> dict[str, Any]:
        (attendance,) = await town.attend(unit, [(0, 1)], TODAY)
        await awards.wait(unit, PROGRAMME, {attendance: "ValueError"})
        if confirmed:
            await town.decide(unit, [attendance], "confirmed", town.clerk)
        return {"attendance": attendance}

    # The town proposes a line for each attendance; a programme that failed proposes none.
    propose = awards.propose
    awards.propose = lambda unit, items: propose(unit, [])  # type: ignore[assignment]
    try:
        return int((await town.do(town.system, work)).answer["attendance"])
    finally:
        awards.propose = propose


async def settle(town: Town, attendance: int, points: int = 4) -> awards.Confirmed:
    item = awards.Proposed(
        attendance=attendance,
        volunteer=town.volunteers[0],
        person=town.persons[0],
        programme=PROGRAMME,
        sheet=town.sheet,
        day=TODAY,
        lines=[Line(rule="hours", points=points, inputs={}, message=Message("Watch"))],
    )
    result: list[awards.Confirmed] = []

    async def work(unit: Unit) -> dict[str, Any]:
        result.append(await awards.settle(unit, [item]))
        return {}

    await town.do(town.system, work)
    return result[-1]


async def posted(town: Town) -> int:
    return (await statement.balance(town.system, town.volunteers[0])).posted


async def confirm_minutes(town: Town, attendance: int) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await awards.confirm(unit, [attendance], town.clerk)
        return {}

    await town.do(town.system, work)


async def test_a_waiting_award_is_posted_once_its_rules_answer(town: Town) -> None:
    attendance = await record_unscored(town, confirmed=True)
    await confirm_minutes(town, attendance)
    assert await posted(town) == 0
    assert (await settle(town, attendance)).points == 4
    assert await posted(town) == 4
    assert (await settle(town, attendance)).points == 0  # a second run changes nothing
    assert await posted(town) == 4


async def test_an_unconfirmed_award_is_only_proposed(town: Town) -> None:
    attendance = await record_unscored(town, confirmed=False)
    assert (await settle(town, attendance)).points == 0
    assert await posted(town) == 0
    assert await town.house.db.value("select points from award where attendance = :a", a=attendance) == 4


async def test_a_waiting_award_comes_up_again_later_and_later(town: Town, clock: FixedClock) -> None:
    attendance = await record_unscored(town, confirmed=False)
    assert await awards.waiting(town.house, clock.now()) == []
    clock.advance(2 * MINUTE)
    (due,) = await awards.waiting(town.house, clock.now())
    assert (due["attendance"], due["error"], due["attempts"]) == (attendance, "ValueError", 1)

    async def fail_again(unit: Unit) -> dict[str, Any]:
        await awards.wait(unit, PROGRAMME, {attendance: "KeyError"})
        return {}

    await town.do(town.system, fail_again)
    clock.advance(2 * MINUTE)
    assert await awards.waiting(town.house, clock.now()) == []
    clock.advance(DAY)
    (due,) = await awards.waiting(town.house, clock.now())
    assert (due["error"], due["attempts"]) == ("KeyError", 2)
