"""Decisions about attendance, as rows: the queue of what waits, and what was decided."""

from collections.abc import Sequence

from core.base.act import Unit
from core.base.errors import Message, Refused
from core.points import awards
from core.points.awards import Confirmed

_QUEUE = """
insert into attendance_pending (attendance, community, volunteer, programme, team, since_at)
select a.id, a.community, a.volunteer, cast(:programme as text), cast(:team as bigint), cast(:now as bigint)
from attendance a where a.id in ids(:waiting) and +a.community = :community
"""

# Taking the row out is the lock: of two people who decide at once, one finds it gone.
_TAKE = """
delete from attendance_pending where attendance in ids(:attendances) and +community = :community
returning attendance
"""

_DECIDE = """
insert into attendance_decision (community, attendance, decision, decider, reason, act, at)
select cast(:community as bigint), r.id, cast(:decision as text), cast(:decider as bigint),
    cast(:reason as text), cast(:act as bigint), cast(:now as bigint)
from rows(:attendances; id bigint) as r
"""


async def queue_up(unit: Unit, programme: str, team: int | None, attendances: Sequence[int]) -> None:
    """Puts attendances into the queue for a second person."""
    if attendances:
        await unit.execute(
            _QUEUE,
            community=unit.community,
            programme=programme,
            team=team,
            now=unit.now,
            waiting=attendances,
        )


async def take(unit: Unit, attendances: Sequence[int]) -> None:
    """Takes attendances out of the queue. Raises Refused when one is not there (any more)."""
    rows = await unit.fetch(_TAKE, attendances=attendances, community=unit.community)
    if len(rows) < len(set(attendances)):
        raise Refused(Message("Somebody else has just decided about one of these. Look again."))


async def decide(
    unit: Unit, attendances: Sequence[int], decision: str, *, reason: str = "", by_policy: bool = False
) -> Confirmed:
    """Writes a decision about each attendance; a confirmed one is booked."""
    if not attendances:
        return Confirmed()
    await unit.execute(
        _DECIDE,
        community=unit.community,
        decision=decision,
        decider=None if by_policy else unit.actor,
        reason=reason,
        act=unit.act,
        now=unit.now,
        attendances=[{"id": a} for a in attendances],
    )
    if decision != "confirmed":
        return Confirmed()
    return await awards.confirm(unit, attendances, approver=None if by_policy else unit.actor)
