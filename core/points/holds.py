"""Holds that nobody captured: released by a job at their time, each once."""

from typing import Any

from core.base.act import SYSTEM, Unit, act
from core.base.errors import Message
from core.base.house import House
from core.base.viewer import Viewer
from core.community.notices import notify
from core.points import ledger
from core.points.page import Note

MOST = 200

_DUE = """
-- everywhere (hold_open): one job lets go of what nobody took, in all communities
select community, hold from hold_open where until_at <= :now order by until_at limit :most
"""

_STANDS = "select 1 from hold_open where hold = :hold and +community = :community and until_at <= :now"

_WHOSE = "select person from volunteer where id = :volunteer and +community = :community"

FREE = Message("The time for it is over. %(points)s points that were set aside are free again.")


async def is_due(house: House) -> bool:
    """Whether a hold has outlived its time."""
    return bool(await house.db.fetch(_DUE, now=house.clock.now(), most=1))


async def release_overdue(house: House) -> int:
    """Lets go what nobody captured in time, and tells whose points they are. A job."""
    rows = await house.db.fetch(_DUE, now=house.clock.now(), most=MOST)
    for row in rows:
        viewer = Viewer(house=house, community=row["community"], system=True)
        hold: int = row["hold"]

        async def work(unit: Unit, hold: int = hold) -> dict[str, Any]:
            # Somebody may have taken it between the look and the act.
            here = {"hold": hold, "community": unit.community, "now": unit.now}
            if await unit.value(_STANDS, **here) is None:
                return {}
            page, held = await ledger.standing_hold(unit, hold)
            message = Message(FREE.id, points=held.amount)
            note = Note(message=message, text=page.words(message), effective_at=unit.now)
            ledger.release(page, held, note)
            await page.write()
            whose = {"volunteer": held.member.volunteer, "community": unit.community}
            await notify(unit, [await unit.value(_WHOSE, **whose)], "points.hold", message)
            await unit.audit("points.hold_timeout", "transfer", hold, points=held.amount)
            return {}

        await act(viewer, "points.hold_timeout", f"{SYSTEM}hold:{hold}:timeout", None, work)
    return len(rows)
