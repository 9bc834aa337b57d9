"""An activity: what a team did, where, and from when to when."""

from typing import Any

from core.base.act import Unit
from core.base.clock import MINUTE
from core.base.errors import Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer

LONGEST = 44_640 * MINUTE  # 31 days, what one attendance row can hold

_CREATE = """
insert into activity (community, public_id, programme, kind, team, title, place, from_at, to_at, act)
select cast(:community as bigint), :public_id, :programme, :kind, t.id, :title, :place, :from_at, :to_at, :act
from (select cast(:team as bigint) as wanted) as w
left join team t on t.id = w.wanted and t.community = :community and t.closed_at is null
where w.wanted is null or t.id is not null
returning id
"""


async def create_activity(
    unit: Unit,
    *,
    programme: str,
    kind: str,
    team: int | None,
    title: str,
    place: str,
    from_at: int,
    to_at: int,
) -> int:
    """Writes an activity that was held; returns its id. Times are milliseconds since 1970 UTC.

    Raises NotFound (the kind, the team, or the permission `activity.record` in it), Invalid (from, to).
    """
    viewer = unit.viewer
    if unit.house.registry.kind(programme, kind) is None:
        raise NotFound
    viewer.require("activity.record", team=team)
    _check_times(from_at, to_at, unit.now)
    activity: int | None = await unit.value(
        _CREATE,
        community=unit.community,
        public_id=public_id(),
        programme=programme,
        kind=kind,
        team=team,
        title=title,
        place=place,
        from_at=from_at,
        to_at=to_at,
        act=unit.act,
    )
    if activity is None:
        raise NotFound
    return activity


def _check_times(from_at: int, to_at: int, now: int) -> None:
    if to_at - from_at < MINUTE:
        raise Invalid({"to": Message("The end must be after the start.")})
    if to_at - from_at > LONGEST:
        raise Invalid({"to": Message("One activity cannot last longer than 31 days.")})
    if to_at > now:
        raise Invalid({"to": Message("This is still to come. Record it when it is over.")})


async def attendance_of(viewer: Viewer, activity: int) -> list[dict[str, Any]]:
    """Who was there, with names and what became of it, for a page about the activity.

    Each row: volunteer, number, name, from_at, to_at, minutes, status ('waiting', 'confirmed', 'returned' or
    'reversed'), points (booked), waits (1 while the award could not be reckoned). Raises NotFound.
    """
    rows = await viewer.house.db.fetch(_ATTENDANCE, community=viewer.community, activity=activity)
    if not rows:
        raise NotFound
    viewer.require("activity.record", team=rows[0]["team"])
    return [dict(row) for row in rows]


_ATTENDANCE = """
select a.id as attendance, ac.team, v.id as volunteer, v.number, p.name, a.from_at, a.to_at, a.minutes,
    coalesce((select d.decision from attendance_decision d where d.attendance = a.id
              order by d.id desc limit 1), 'waiting') as status,
    coalesce((select sum(o.points) from award w join award_outcome o on o.award = w.id
              where w.attendance = a.id), 0) as points,
    (select count(*) from award_waiting w where w.attendance = a.id) as waits
from activity ac
join attendance a on a.activity = ac.id and a.community = ac.community
join volunteer v on v.id = a.volunteer
join person p on p.id = a.person
where ac.community = :community and ac.id = :activity
order by a.id
"""
