"""Past service, from lists kept before: hours that count, with no award.

Records of one title, day, team, place and time are one activity of the programme `past`, which no plugin
owns.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from core.base.act import Unit
from core.base.clock import moment
from core.base.errors import ConstraintBroken, Message, NotFound, Refused
from core.base.ids import public_id
from core.points import stars
from core.points.policy import policy_of

PROGRAMME = KIND = "past"
MANY = 200  # records from which plans are worth making anew

_ACTIVITIES = """
insert into activity (community, public_id, programme, kind, team, title, place, from_at, to_at, act)
select cast(:community as bigint), r.public_id, cast(:programme as text), cast(:programme as text), t.id,
    r.title, r.place, r.from_at, r.to_at, cast(:act as bigint)
from rows(:items; public_id text, team bigint, title text, place text, from_at bigint, to_at bigint) as r
left join team t on t.id = r.team and t.community = :community
where r.team is null or t.id is not null
returning id
"""

_ATTENDANCE = """
insert into attendance (community, public_id, activity, volunteer, person, from_at, to_at, minutes, evidence,
    recorder, recorded_at, day, act)
select cast(:community as bigint), r.public_id, y.id, v.id, v.person, r.from_at, r.to_at, r.minutes,
    'imported', cast(:recorder as bigint), cast(:now as bigint), r.day, cast(:act as bigint)
from rows(:items; public_id text, activity text, volunteer bigint, from_at bigint, to_at bigint,
    minutes bigint, day text) as r
join activity y on y.public_id = r.activity and +y.community = :community
join volunteer v on v.id = r.volunteer and +v.community = :community
returning id
"""

# What follows from the attendances is told to the database once: by the ids the act gave out.
_DECIDE = """
insert into attendance_decision (community, attendance, decision, decider, act, at)
select a.community, a.id, 'confirmed', null, a.act, cast(:now as bigint) from attendance a
where a.id between :first and :last and a.act = :act and +a.community = :community
"""

_INTERVALS = """
insert into interval (attendance, person, community, from_at, to_at)
select a.id, a.person, a.community, a.from_at, a.to_at from attendance a
where a.id between :first and :last and a.act = :act and +a.community = :community
    and a.from_at is not null
order by a.person, a.from_at
"""

_MONTHS = """
insert into volunteer_month (community, volunteer, month, minutes)
select a.community, a.volunteer, substr(a.day, 1, 7), cast(sum(a.minutes) as bigint) from attendance a
where a.id between :first and :last and a.act = :act and +a.community = :community
group by a.community, a.volunteer, substr(a.day, 1, 7)
on conflict (volunteer, month) do update set minutes = volunteer_month.minutes + excluded.minutes
"""

_MINUTES = """
update volunteer as v set minutes = v.minutes + s.moved from (
    select a.volunteer, cast(sum(a.minutes) as bigint) as moved from attendance a
    where a.id between :first and :last and a.act = :act and +a.community = :community
    group by a.volunteer
) as s where v.id = s.volunteer and +v.community = :community
returning id, person, minutes, stars
"""

_REVERSE = """
insert into attendance_decision (community, attendance, decision, decider, reason, act, at)
select a.community, a.id, 'reversed', cast(:decider as bigint), 'other', cast(:now_act as bigint),
    cast(:now as bigint)
from attendance a
where a.id between :first and :last and a.act = :act and +a.community = :community
    and not exists (select 1 from attendance_decision d
                    where d.attendance = a.id and d.decision = 'reversed')
"""

_FREE = """
delete from interval where attendance between :first and :last and +community = :community
    and exists (select 1 from attendance a where a.id = interval.attendance and a.act = :act)
"""

_MONTHS_BACK = """
update volunteer_month as m set minutes = m.minutes - s.minutes from (
    select a.volunteer, substr(a.day, 1, 7) as month, cast(sum(a.minutes) as bigint) as minutes
    from attendance a join attendance_decision d on d.attendance = a.id and d.decision = 'reversed'
    where a.id between :first and :last and a.act = :act and +a.community = :community and d.act = :now_act
    group by a.volunteer, substr(a.day, 1, 7)
) as s where m.volunteer = s.volunteer and m.month = s.month and +m.community = :community
"""

_MINUTES_BACK = """
update volunteer as v set minutes = v.minutes - s.moved from (
    select a.volunteer, cast(sum(a.minutes) as bigint) as moved
    from attendance a join attendance_decision d on d.attendance = a.id and d.decision = 'reversed'
    where a.id between :first and :last and a.act = :act and +a.community = :community and d.act = :now_act
    group by a.volunteer
) as s where v.id = s.volunteer and +v.community = :community
returning id, person, minutes, stars
"""

_CANCEL = """
update activity set status = 'cancelled'
where id between :first and :last and act = :act and +community = :community and status = 'held'
"""


class Past(msgspec.Struct, frozen=True):
    """One person's past service on a day; from and to (milliseconds since 1970 UTC) both or neither."""

    volunteer: int
    day: str
    minutes: int
    title: str
    place: str = ""
    team: int | None = None
    from_at: int | None = None
    to_at: int | None = None


class Ready(msgspec.Struct, frozen=True):
    """Records put together into activities, before the act; rows that know each other by public ids."""

    activities: list[dict[str, object]]
    attendances: list[dict[str, object]]


class Written(NamedTuple):
    """What an act wrote: how many, and the first and last id it gave out in both tables."""

    activities: int
    attendances: int
    first_activity: int
    last_activity: int
    first: int
    last: int


def make_ready(items: Sequence[Past], zone: str) -> Ready:
    """Groups records into activities; `zone` is the community's."""
    activities: dict[tuple[object, ...], dict[str, object]] = {}
    attendances: list[dict[str, object]] = []
    for item in items:
        key = (item.title, item.day, item.team, item.place, item.from_at, item.to_at)
        activity = activities.get(key)
        if activity is None:
            from_at, to_at = _when(item, zone)
            activity = activities[key] = {
                "public_id": public_id(),
                "team": item.team,
                "title": item.title,
                "place": item.place,
                "from_at": from_at,
                "to_at": to_at,
            }
        attendances.append(
            {
                "public_id": public_id(),
                "activity": activity["public_id"],
                "volunteer": item.volunteer,
                "from_at": item.from_at,
                "to_at": item.to_at,
                "minutes": item.minutes,
                "day": item.day,
            }
        )
    return Ready(list(activities.values()), attendances)


def _when(item: Past, zone: str) -> tuple[int, int]:
    """The activity's time: as recorded, else the whole day."""
    if item.from_at is not None and item.to_at is not None:
        return item.from_at, item.to_at
    start = datetime.fromisoformat(item.day)
    return moment(start, zone), moment(start + timedelta(days=1), zone)


async def record_past(unit: Unit, ready: Ready) -> Written:
    """Writes past service, confirmed by the community's policy. A dozen statements, whatever the number.

    Raises NotFound (a volunteer or team of another community, permission `import.run`, nobody signed in),
    Refused (somebody was recorded elsewhere at one of the times).
    """
    unit.viewer.require("import.run")
    if unit.actor is None:
        raise NotFound
    here = {"community": unit.community, "act": unit.act}
    made = await unit.fetch(_ACTIVITIES, **here, programme=PROGRAMME, items=ready.activities)
    if len(ready.attendances) > MANY:
        await unit.plan_anew()
    rows = await unit.fetch(_ATTENDANCE, **here, recorder=unit.actor, now=unit.now, items=ready.attendances)
    if len(made) < len(ready.activities) or len(rows) < len(ready.attendances):
        raise NotFound
    activities, attendances = [row["id"] for row in made], [row["id"] for row in rows]
    written = Written(
        len(made), len(rows), min(activities), max(activities), min(attendances), max(attendances)
    )
    new = {**here, "first": written.first, "last": written.last}
    await unit.execute(_DECIDE, **new, now=unit.now)
    try:
        await unit.execute(_INTERVALS, **new)
    except ConstraintBroken as broken:
        if "interval_no_overlap" not in broken.constraint:
            raise
        message = Message("Somebody on the list was recorded elsewhere at this time.")
        raise Refused(message) from broken
    await unit.execute(_MONTHS, **new)
    await stars.follow(unit, await policy_of(unit), await unit.fetch(_MINUTES, **new))
    await unit.audit("attendance.past", "act", unit.act, people=written.attendances)
    return written


async def take_back_past(unit: Unit, act: int, written: Written) -> int:
    """Reverses what still stands of an act's past service; returns how many. Ten statements.

    Its activities are cancelled: nobody is left in them. Raises NotFound.
    """
    unit.viewer.require("import.run")
    here = {"community": unit.community, "act": act, "first": written.first, "last": written.last}
    count = await unit.execute(_REVERSE, **here, decider=unit.actor, now_act=unit.act, now=unit.now)
    await unit.execute(_FREE, **here)
    await unit.execute(_MONTHS_BACK, **here, now_act=unit.act)
    moved = await unit.fetch(_MINUTES_BACK, **here, now_act=unit.act)
    await stars.follow(unit, await policy_of(unit), moved)
    await unit.execute(
        _CANCEL,
        community=unit.community,
        act=act,
        first=written.first_activity,
        last=written.last_activity,
    )
    await unit.audit("attendance.past_back", "act", act, people=count)
    return count
