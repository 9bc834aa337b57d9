"""The second person's look: the queue, confirming, sending back, and reversing what was confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.activity import decisions
from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.notices import notify
from core.points import awards
from core.points.awards import Confirmed

PERMISSION = "attendance.review"

# Why something is sent back or reversed: a choice, so that no remark about a person stays in the book.
REASONS = {
    "times": Message("The times are not right."),
    "absent": Message("This person was not there."),
    "twice": Message("This was recorded twice."),
    "person": Message("This is the wrong person."),
    "other": Message("Please talk to me about it."),
}

_SENT_BACK = {
    "times": Message("Something you recorded was sent back: the times are not right."),
    "absent": Message("Something you recorded was sent back: somebody was not there."),
    "twice": Message("Something you recorded was sent back: it was there already."),
    "person": Message("Something you recorded was sent back: it is the wrong person."),
    "other": Message("Something you recorded was sent back. Please ask the community office."),
}

_QUEUE = """
select p.attendance, p.since_at, p.team, p.programme, a.public_id, a.from_at, a.to_at, a.minutes, a.evidence,
    a.late, a.day, a.recorder, a.person, pe.name, v.number, re.name as recorder_name, ac.title, ac.place,
    c.zone, coalesce((select sum(w.points) from award w where w.attendance = a.id), 0) as points,
    (select count(*) from award_waiting w where w.attendance = a.id) as unscored
from attendance_pending p
join attendance a on a.id = p.attendance
join activity ac on ac.id = a.activity
join volunteer v on v.id = a.volunteer
join person pe on pe.id = a.person
join person re on re.id = a.recorder
join community c on c.id = p.community
where p.community = :community and (:everywhere = 1 or p.team in ids(:teams))
    and (p.since_at > :since or (p.since_at = :since and p.attendance > :last))
order by p.since_at, p.attendance limit :most
"""

_FOUND = """
select a.id, a.recorder, a.person, ac.team, ac.id as activity
from attendance a join activity ac on ac.id = a.activity
where a.community = :community and a.id in ids(:attendances)
"""

_FREE = "delete from interval where attendance in ids(:attendances) and +community = :community"
_FORGET = "delete from award_waiting where attendance in ids(:attendances) and +community = :community"

_STANDS = """
select count(*) from attendance_decision d
where d.community = :community and d.attendance in ids(:attendances) and d.decision = 'confirmed'
    and not exists (select 1 from attendance_decision r
                    where r.attendance = d.attendance and r.decision = 'reversed')
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """One attendance that waits. `blocked`: this viewer may see it but not decide it."""

    row: Row
    blocked: bool


async def queue(viewer: Viewer, since: int = 0, last: int = 0, limit: int = 50) -> list[Pending]:
    """What waits for a second person in the viewer's teams, oldest first.

    `since` and `last` are the `since_at` and `attendance` of the row to go on after. Rows
    have attendance, since_at, name, number, title, place, zone, from_at, to_at, minutes, evidence, late,
    points (proposed), unscored, recorder_name. One statement. Raises NotFound without the permission.
    """
    if not viewer.may_somewhere(PERMISSION):
        raise NotFound
    teams = viewer.teams(PERMISSION)
    rows = await viewer.house.db.fetch(
        _QUEUE,
        community=viewer.community,
        everywhere=int(teams is None),
        teams=sorted(teams or ()),
        since=since,
        last=last,
        most=limit,
    )
    return [Pending(row, viewer.person in (row["recorder"], row["person"])) for row in rows]


async def confirm(unit: Unit, attendances: Iterable[int]) -> Confirmed:
    """Confirms attendances that wait, and books them.

    Raises NotFound (foreign, absent or not permitted), Refused (one's own record; somebody was quicker).
    """
    ids = sorted(set(attendances))
    await _may_decide(unit, ids)
    await decisions.take(unit, ids)
    done = await decisions.decide(unit, ids, "confirmed")
    await unit.audit("attendance.confirm", "attendance", ids[0], people=len(ids), points=done.points)
    return done


async def send_back(unit: Unit, attendances: Iterable[int], reason: str) -> int:
    """Sends attendances back to whoever recorded them; returns how many. They can be recorded anew.

    Raises Invalid (reason), NotFound, Refused.
    """
    ids = sorted(set(attendances))
    if reason not in REASONS:
        raise Invalid({"reason": Message("Say why.")})
    found = await _may_decide(unit, ids)
    await decisions.take(unit, ids)
    await decisions.decide(unit, ids, "returned", reason=reason)
    await unit.execute(_FREE, attendances=ids, community=unit.community)
    await unit.execute(_FORGET, attendances=ids, community=unit.community)
    recorders = sorted({row["recorder"] for row in found})
    await notify(unit, recorders, "attendance.returned", _SENT_BACK[reason])
    await unit.audit("attendance.return", "attendance", ids[0], people=len(ids), reason=reason)
    return len(ids)


async def reverse(unit: Unit, attendances: Iterable[int], reason: str) -> Confirmed:
    """Takes confirmed attendances back: points are reversed, minutes no longer count, the time is free.

    Raises Invalid (reason), NotFound, Refused (not confirmed, reversed already, or one's own).
    """
    ids = sorted(set(attendances))
    if reason not in REASONS:
        raise Invalid({"reason": Message("Say why.")})
    await _may_decide(unit, ids)
    if await unit.value(_STANDS, attendances=ids, community=unit.community) < len(ids):
        raise Refused(Message("Only what was confirmed can be reversed, and only once."))
    await decisions.decide(unit, ids, "reversed", reason=reason)
    await unit.execute(_FREE, attendances=ids, community=unit.community)
    await unit.execute(_FORGET, attendances=ids, community=unit.community)
    done = await awards.take_back(unit, ids, REASONS[reason])
    await unit.audit("attendance.reverse", "attendance", ids[0], people=len(ids), reason=reason)
    return done


async def _may_decide(unit: Unit, ids: Sequence[int]) -> list[Row]:
    """The attendances, if this viewer may decide about each. Raises Invalid (none), NotFound, Refused."""
    if not ids:
        raise Invalid({"attendance": Message("Tick at least one entry.")})
    found = await unit.fetch(_FOUND, attendances=ids, community=unit.community)
    if len(found) < len(ids):
        raise NotFound
    for row in found:
        unit.viewer.require(PERMISSION, team=row["team"])
    if any(unit.actor in (row["recorder"], row["person"]) for row in found):
        raise Refused(Message("Somebody else has to confirm what is your own or was recorded by you."))
    return found
