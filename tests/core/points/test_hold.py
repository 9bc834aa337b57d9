"""Holds: points set aside are resolved once, whole or in part, and never spent twice."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Message, NotFound, Refused
from core.points import ledger, statement
from core.points.ledger import InsufficientPoints
from core.points.page import Note, open_page
from tests.support.town import Town


def note(unit: Unit) -> Note:
    return Note(message=Message("A reservation"), text="预留", effective_at=unit.now, actor=unit.actor)


async def hold(town: Town, amount: int) -> int:
    async def work(unit: Unit) -> dict[str, Any]:
        page = await open_page(unit, [town.volunteers[0]])
        held = await ledger.hold(page, town.volunteers[0], amount, note(unit))
        await page.write()
        assert isinstance(held.ref, tuple)
        return {"hold": page.ids[held.ref]}

    return int((await town.do(town.as_clerk(), work)).answer["hold"])


async def capture(town: Town, transfer: int, amount: int | None = None) -> int:
    async def work(unit: Unit) -> dict[str, Any]:
        page, held = await ledger.standing_hold(unit, transfer)
        line = ledger.capture(page, held, note(unit), amount)
        await page.write()
        return {"capture": page.ids[line.key]}

    return int((await town.do(town.as_clerk(), work)).answer["capture"])


async def release(town: Town, transfer: int) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        page, held = await ledger.standing_hold(unit, transfer)
        ledger.release(page, held, note(unit))
        await page.write()
        return {}

    await town.do(town.as_clerk(), work)


async def refund(town: Town, transfer: int) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await ledger.refund(unit, transfer, Message("Given back"))
        return {}

    await town.do(town.as_clerk(), work)


async def have(town: Town) -> tuple[int, int]:
    balance = await statement.balance(town.system, town.volunteers[0])
    return balance.posted, balance.available


async def remaining(town: Town) -> list[int]:
    return [row["remaining"] for row in await town.house.db.fetch("select remaining from lot order by id")]


async def test_held_points_stay_posted_but_cannot_be_spent(town: Town) -> None:
    await town.earn([(0, 5)])
    await hold(town, 4)
    assert await have(town) == (5, 1)
    with pytest.raises(InsufficientPoints) as refusal:
        await hold(town, 3)
    assert refusal.value.short == 2


async def test_nobody_without_an_account_has_points(town: Town) -> None:
    with pytest.raises(InsufficientPoints):
        await hold(town, 1)


async def test_a_capture_spends_what_was_held(town: Town) -> None:
    await town.earn([(0, 5)])
    await capture(town, await hold(town, 4))
    assert await have(town) == (1, 1)


async def test_a_part_is_captured_and_the_rest_released_to_the_latest_lot(town: Town) -> None:
    await town.earn([(0, 5)])
    await town.earn([(0, 5)])
    await capture(town, await hold(town, 8), 6)
    assert await have(town) == (4, 4)
    assert await remaining(town) == [0, 4]


async def test_a_release_gives_everything_back(town: Town) -> None:
    await town.earn([(0, 5)])
    await release(town, await hold(town, 4))
    assert (await have(town), await remaining(town)) == ((5, 5), [5])


@pytest.mark.parametrize("first", [capture, release])
@pytest.mark.parametrize("second", [capture, release])
async def test_a_hold_is_resolved_once(town: Town, first: Any, second: Any) -> None:
    await town.earn([(0, 5)])
    held = await hold(town, 4)
    await first(town, held)
    with pytest.raises(Refused):
        await second(town, held)


async def test_a_hold_that_does_not_exist_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound):
        await capture(town, 12345)


async def test_no_more_than_was_held_can_be_captured(town: Town) -> None:
    await town.earn([(0, 5)])
    with pytest.raises(ValueError, match="capture"):
        await capture(town, await hold(town, 4), 5)


async def test_a_refund_returns_to_the_lots_the_points_came_from(town: Town) -> None:
    await town.earn([(0, 5)])
    await town.earn([(0, 5)])
    spent = await capture(town, await hold(town, 8), 6)
    await town.earn([(0, 1)])
    await refund(town, spent)
    assert (await have(town), await remaining(town)) == ((11, 11), [5, 5, 1])


async def test_a_refund_is_given_once(town: Town) -> None:
    await town.earn([(0, 5)])
    spent = await capture(town, await hold(town, 4))
    await refund(town, spent)
    with pytest.raises(Refused, match="already"):
        await refund(town, spent)


async def test_only_a_capture_is_refunded(town: Town) -> None:
    await town.earn([(0, 5)])
    with pytest.raises(NotFound):
        await refund(town, await hold(town, 4))
