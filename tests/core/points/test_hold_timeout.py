"""Holds that nobody captured in time."""

from typing import Any

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.community.notices import inbox
from core.points import holds, ledger, statement
from core.points.page import open_page
from tests.core.points.test_hold import capture, note
from tests.support.town import Town


async def hold(town: Town, amount: int, days: int) -> int:
    async def work(unit: Unit) -> dict[str, Any]:
        page = await open_page(unit, [town.volunteers[0]])
        held = await ledger.hold(page, town.volunteers[0], amount, note(unit), until=unit.now + days * DAY)
        await page.write()
        assert isinstance(held.ref, tuple)
        return {"hold": page.ids[held.ref]}

    return int((await town.do(town.as_clerk(), work)).answer["hold"])


async def test_a_hold_nobody_captured_is_released_at_its_time(town: Town, clock: FixedClock) -> None:
    await town.earn([(0, 9)])
    await hold(town, 4, 3)
    await hold(town, 2, 5)
    assert not await holds.is_due(town.house)
    clock.advance(3 * DAY)
    assert await holds.is_due(town.house)
    assert await holds.release_overdue(town.house) == 1
    assert (await statement.balance(town.system, town.volunteers[0])).held == 2
    assert await holds.release_overdue(town.house) == 0
    (told,) = await inbox(town.as_volunteer(0))
    assert told.message.args == {"points": 4}


async def test_what_was_captured_in_time_stays_spent(town: Town, clock: FixedClock) -> None:
    await town.earn([(0, 9)])
    await capture(town, await hold(town, 4, 3), 3)
    clock.advance(4 * DAY)
    assert await holds.release_overdue(town.house) == 0
    assert (await statement.balance(town.system, town.volunteers[0])).available == 6
