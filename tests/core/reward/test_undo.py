"""Undoing an exchange: the clerk within ten minutes, the office at any time, never twice."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import MINUTE, FixedClock
from core.base.errors import Invalid, NotFound, Refused
from core.base.viewer import Viewer
from core.points import statement
from core.reward import catalogue, receipts, redemption
from tests.support.town import Town


@pytest.fixture
async def sold(town: Town) -> dict[str, Any]:
    await town.earn([(0, 50)])
    soap = await town.stock("Soap", 15, 5)

    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], soap.id, 2)

    return (await town.do(town.as_clerk(), work)).answer


async def undo(town: Town, sold: dict[str, Any], viewer: Viewer, reason: str = "dropped") -> dict[str, Any]:
    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, sold["redemption"], reason)

    return (await town.do(viewer, work)).answer


async def test_points_and_pieces_come_back(town: Town, sold: dict[str, Any]) -> None:
    answer = await undo(town, sold, town.as_clerk())
    assert (answer["points"], answer["stock"]) == (30, 5)
    assert (await statement.balance(town.system, town.volunteers[0])).available == 50
    months = await statement.months(town.as_volunteer(0), town.volunteers[0])
    assert [m.spent for m in months] == [0]


async def test_after_ten_minutes_the_clerk_is_sent_to_the_office(
    town: Town, sold: dict[str, Any], clock: FixedClock
) -> None:
    clock.advance(10 * MINUTE + 1)
    with pytest.raises(Refused, match="ten minutes"):
        await undo(town, sold, town.as_clerk())
    await undo(town, sold, town.as_worker())


async def test_another_clerk_cannot_undo_it(town: Town, sold: dict[str, Any]) -> None:
    other = Viewer(
        town.house, person=town.persons[2], community=town.community, grants=town.as_clerk().grants
    )
    with pytest.raises(NotFound):
        await undo(town, sold, other)


async def test_it_is_undone_once(town: Town, sold: dict[str, Any]) -> None:
    await undo(town, sold, town.as_clerk())
    for viewer in (town.as_clerk(), town.as_worker()):
        with pytest.raises(Refused, match="already"):
            await undo(town, sold, viewer)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
async def test_a_reason_is_asked_for(town: Town, sold: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await undo(town, sold, town.as_clerk(), reason)
    assert list(refusal.value.fields) == ["reason"]


async def test_the_receipt_tells_clerk_volunteer_and_undoing(town: Town, sold: dict[str, Any]) -> None:
    receipt = await receipts.receipt(town.as_volunteer(0), sold["public_id"])
    assert (receipt.facts["reward_name"], receipt.facts["points"], receipt.facts["available"]) == (
        "Soap",
        30,
        20,
    )
    assert (receipt.facts["clerk_name"], receipt.facts["volunteer_name"]) == ("某0", "某2")
    assert not receipt.may_undo
    assert (await receipts.receipt(town.as_clerk(), sold["public_id"])).may_undo
    await undo(town, sold, town.as_clerk())
    after = await receipts.receipt(town.as_clerk(), sold["public_id"])
    assert (after.may_undo, after.facts["undone_reason"]) == (False, "dropped")


async def test_a_strangers_receipt_looks_absent(town: Town, sold: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        await receipts.receipt(town.as_volunteer(1), sold["public_id"])
    with pytest.raises(NotFound):
        await receipts.receipt(town.as_volunteer(0), "0" * 12)


async def test_refunded_points_go_back_to_a_lot_that_was_taken_back(town: Town) -> None:
    attendances, _ = await town.earn([(0, 15)])
    soap = await town.stock("Soap", 15, 1)
    done = await town.do(town.as_clerk(), lambda unit: redemption.redeem(unit, town.volunteers[0], soap.id))
    await town.take_back(attendances)
    await undo(town, done.answer, town.as_clerk())
    balance = await statement.balance(town.system, town.volunteers[0])
    assert (balance.available, balance.debt) == (15, 15)
    await town.earn([(0, 20)])
    balance = await statement.balance(town.system, town.volunteers[0])
    assert (balance.available, balance.debt) == (20, 0)


async def test_the_catalogue_lists_what_one_can_afford(town: Town, sold: dict[str, Any]) -> None:
    await town.stock("Rice", 44, 5)
    await town.stock("Cup", 20, 1)
    shelf = await catalogue.affordable(town.as_clerk(), town.volunteers[0])
    assert (shelf.available, [r.name for r in shelf.affordable]) == (20, ["Soap", "Cup"])
    assert [r.name for r in shelf.others] == ["Rice"]
    assert [r.name for r in await catalogue.offered(town.as_volunteer(1))] == ["Soap", "Cup", "Rice"]
