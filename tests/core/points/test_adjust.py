"""Adjustments by two persons: up, down, their limits, and what each refuses."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import ConstraintBroken, Invalid, NotFound, Refused
from core.base.house import House
from core.community.approvals import decide
from core.lifecycle.approval_kinds import KINDS
from core.points import statement
from core.points.adjust import ask_adjustment
from core.points.ledger import InsufficientPoints
from tests.core.points.test_expire import ends, settle
from tests.support.town import Town


@pytest.fixture(autouse=True)
async def two_workers(town: Town) -> None:
    town.house.approvals = KINDS
    await town.appoint()


async def number(town: Town, n: int = 0) -> str:
    found = await town.house.db.value("select number from volunteer where id = :v", v=town.volunteers[n])
    return str(found)


async def ask(town: Town, points: int, reason: str = "漏记", evidence: str = "签到表第三页") -> str:
    who = await number(town)

    async def work(unit: Unit) -> dict[str, Any]:
        return await ask_adjustment(unit, who, points, reason, evidence)

    return str((await town.do(town.as_worker(), work)).answer["approval"])


async def approve(town: Town, shown: str, viewer: Any = None) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        return await decide(unit, shown, "approved")

    await town.do(viewer or town.as_second(), work)


async def free(town: Town) -> int:
    return (await statement.balance(town.system, town.volunteers[0])).available


async def test_points_are_added_once_a_second_person_approves(town: Town) -> None:
    await settle(town, expiry="year_end")
    shown = await ask(town, 30)
    assert await free(town) == 0
    await approve(town, shown)
    assert (await free(town), await ends(town)) == (30, ["2026-12-31"])
    (line,) = await statement.lines(town.as_volunteer(0), town.volunteers[0], kind="other")
    facts = (await statement.line(town.as_volunteer(0), line.public_id)).facts
    assert (facts["actor"], facts["approver"]) == (town.worker, town.clerk)
    assert (facts["asked_why"], facts["asked_evidence"]) == ("漏记", "签到表第三页")


async def test_points_are_taken_off_the_lots_that_end_first(town: Town) -> None:
    await town.earn([(0, 5)])
    await settle(town, expiry="year_end")
    await town.earn([(0, 5)])
    await approve(town, await ask(town, -6))
    rows = await town.house.db.fetch("select remaining from lot order by id")
    assert [row["remaining"] for row in rows] == [4, 0]


async def test_added_points_pay_a_debt_first(town: Town) -> None:
    from tests.core.points.test_hold import capture, hold  # used here alone

    attendances, _ = await town.earn([(0, 5)])
    await capture(town, await hold(town, 5))
    await town.take_back(attendances)
    await approve(town, await ask(town, 7))
    balance = await statement.balance(town.system, town.volunteers[0])
    assert (balance.available, balance.debt) == (2, 0)


async def test_nobody_approves_what_he_asked_for(town: Town) -> None:
    shown = await ask(town, 30)
    with pytest.raises(Refused):
        await approve(town, shown, town.as_worker())
    assert await free(town) == 0


async def test_it_is_done_once(town: Town) -> None:
    shown = await ask(town, 30)
    await approve(town, shown)
    with pytest.raises(Refused):
        await approve(town, shown)
    assert await free(town) == 30


async def test_what_is_gone_meanwhile_cannot_be_taken_off(town: Town) -> None:
    from tests.core.points.test_hold import capture, hold  # used here alone

    await town.earn([(0, 5)])
    shown = await ask(town, -5)
    await capture(town, await hold(town, 3))
    with pytest.raises(InsufficientPoints):
        await approve(town, shown)
    assert await free(town) == 2


@pytest.mark.parametrize(
    ("points", "reason", "evidence", "field"),
    [
        (0, "a", "b", "points"),
        (501, "a", "b", "points"),
        (-501, "a", "b", "points"),
        (5, " ", "b", "reason"),
        (5, "a", "", "evidence"),
    ],
)
async def test_what_is_missing_is_said_at_its_field(
    town: Town, points: int, reason: str, evidence: str, field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        await ask(town, points, reason, evidence)
    assert set(wrong.value.fields) == {field}


async def test_no_more_is_taken_off_than_there_is(town: Town) -> None:
    with pytest.raises(InsufficientPoints):
        await ask(town, -1)


async def test_whoever_may_not_finds_nobody_to_adjust(town: Town) -> None:
    who = await number(town)

    async def work(unit: Unit) -> dict[str, Any]:
        return await ask_adjustment(unit, who, 5, "a", "b")

    with pytest.raises(NotFound):
        await town.do(town.as_clerk(), work)


async def test_the_database_refuses_an_adjustment_of_one(town: Town, house: House) -> None:
    await approve(town, await ask(town, 3))

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute(
            "insert into transfer (community, public_id, act, kind, debit, credit, amount, effective_at, "
            "recorded_at, account, version, posted_after, held_after, message, text) "
            "select community, 'x', act, kind, debit, credit, amount, effective_at, recorded_at, account, "
            "version + 1, posted_after, held_after, message, text from transfer "
            "where kind = 'adjust' and community = :community",
            community=unit.community,
        )
        return {}

    with pytest.raises(ConstraintBroken, match="adjusted_by_two"):
        await town.do(town.system, work)
