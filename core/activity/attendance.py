"""Records who was there: a fixed number of statements, whatever the number of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.activity import decisions
from core.activity.policy import policy_of
from core.activity.scoring import Scored
from core.base.act import Unit
from core.base.clock import DAY, MINUTE, day_of
from core.base.errors import ConstraintBroken, Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.sql import to_json
from core.community.communities import place
from core.community.teams import zone_here
from core.community.workdays import special_days, working_days
from core.points import awards

# Recorded after more than so many working days an entry is a late one (Order 67, article 11).
LATE = 10

BUSY = "This person was recorded elsewhere at this time."
OUTSIDE = "This is outside the time of the activity."

_ACTIVITY = """
select a.id, a.programme, a.kind, a.team, a.from_at, a.to_at, c.settings
from activity a join community c on c.id = a.community
where a.community = :community and a.id = :activity and a.status = 'held'
"""

# One person's rows are written by one act at a time, so that the look for overlaps below sees the last one's.
_LOCK = "select id from person where id in ids(:persons) order by id for_update"

_PEOPLE = """
select r.volunteer, v.status,
    exists (select 1 from team_member m where m.community = :community and m.team = :team
            and m.volunteer = r.volunteer and (m.to_day is null or m.to_day >= r.day)) as member,
    -- everywhere (interval): nobody is in two places at once, in whatever community
    exists (select 1 from interval i where i.person = r.person
            and i.from_at < r.to_at and i.to_at > r.from_at) as busy
from rows(:people; volunteer bigint, person bigint, day text, from_at bigint, to_at bigint) as r
join volunteer v on v.id = r.volunteer and +v.person = r.person and +v.community = :community
"""

_ATTENDANCE = """
insert into attendance (community, public_id, activity, volunteer, person, from_at, to_at, minutes, counts,
    fields, evidence, recorder, recorded_at, day, late, act)
select cast(:community as bigint), r.public_id, cast(:activity as bigint), r.volunteer, r.person, r.from_at,
    r.to_at, r.minutes, r.counts, r.fields, cast(:evidence as text), cast(:recorder as bigint),
    cast(:now as bigint), r.day, r.late, cast(:act as bigint)
from rows(:people; public_id text, volunteer bigint, person bigint, from_at bigint, to_at bigint,
    minutes bigint, counts text, fields text, day text, late bigint) as r
order by r.person
returning id, volunteer
"""

_INTERVALS = """
insert into interval (attendance, person, community, from_at, to_at)
select r.attendance, r.person, cast(:community as bigint), r.from_at, r.to_at
from rows(:people; attendance bigint, person bigint, from_at bigint, to_at bigint) as r
order by r.person
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the people recorded: ids of attendances, and the points booked at once.

    `confirmed` are booked, `waiting` wait for a second person, `unscored` are recorded but their award could
    not be reckoned yet (they may be among either of the others).
    """

    attendances: dict[int, int]  # by volunteer
    confirmed: tuple[int, ...]
    waiting: tuple[int, ...]
    unscored: tuple[int, ...]
    points: int


async def record_attendance(unit: Unit, activity: int, scored: Sequence[Scored], evidence: str) -> Recorded:
    """Writes who was at an activity, with the proposed lines; books what needs no second person.

    Raises NotFound (activity, a person of another community, permission `activity.record`), Invalid (`who`,
    and `who-<number>` for each person that cannot be recorded), each with nothing changed.
    """
    viewer = unit.viewer
    found = await unit.one(_ACTIVITY, community=unit.community, activity=activity)
    if viewer.person is None or found is None:
        raise NotFound
    viewer.require("activity.record", team=found["team"])
    policy = policy_of(unit.house, found["programme"], found["kind"], found["settings"])
    if not policy.accepts(evidence):
        raise NotFound
    await _check_people(unit, found, scored)
    late = await _late(unit, scored)
    attendances = await _write(unit, activity, scored, evidence, late)
    pairs = [(s, attendances[s.attended.volunteer]) for s in scored]
    unscored = await _propose(unit, found["programme"], pairs)
    second = policy.second_person(evidence)
    waits = sorted(
        a
        for s, a in pairs
        if second
        or s.attended.person == unit.actor
        or s.attended.volunteer in late
        or s.attended.minutes > policy.longest
    )
    confirmed = [a for _, a in pairs if a not in set(waits)]
    await decisions.queue_up(unit, found["programme"], found["team"], waits)
    booked = await decisions.decide(unit, confirmed, "confirmed", by_policy=True)
    await unit.audit("attendance.record", "activity", activity, people=len(pairs), waiting=len(waits))
    return Recorded(attendances, tuple(confirmed), tuple(waits), unscored, booked.points)


async def _check_people(unit: Unit, activity: Any, scored: Sequence[Scored]) -> None:
    if not scored:
        raise Invalid({"who": Message("Tick at least one person.")})
    errors = _own_errors(activity, scored, unit.now)
    if errors:
        raise Invalid(errors)
    people = [
        {
            "volunteer": s.attended.volunteer,
            "person": s.attended.person,
            "day": s.day,
            "from_at": s.attended.from_at,
            "to_at": s.attended.to_at,
        }
        for s in scored
    ]
    await unit.fetch(_LOCK, persons=sorted({s.attended.person for s in scored}))
    rows = await unit.fetch(_PEOPLE, community=unit.community, team=activity["team"], people=people)
    found = {row["volunteer"]: row for row in rows}
    if any(s.attended.volunteer not in found for s in scored):
        raise NotFound
    # Somebody who may record anywhere in the community may also record a guest of the team.
    team_only = not unit.viewer.may("activity.record")
    for s in scored:
        row = found[s.attended.volunteer]
        field = f"who-{s.attended.number}"
        if team_only and not row["member"]:
            errors[field] = Message("This person is not in the team.")
        elif row["status"] != "active":
            errors[field] = Message("This person is not an active volunteer here.")
        elif row["busy"]:
            errors[field] = Message(BUSY)
    if errors:
        raise Invalid(errors)


def _own_errors(activity: Any, scored: Sequence[Scored], now: int) -> dict[str, Message]:
    """What is wrong with people's times by themselves, by form field."""
    errors: dict[str, Message] = {}
    seen: set[int] = set()
    for s in scored:
        who = s.attended
        field = f"who-{who.number}"
        if who.person in seen:
            errors[field] = Message("This person is on the list twice.")
        seen.add(who.person)
        if who.minutes < 0 or (who.from_at is None) != (who.to_at is None):
            errors[field] = Message("These times do not fit together.")
        elif who.from_at is None or who.to_at is None:
            if who.minutes * MINUTE > activity["to_at"] - activity["from_at"]:
                errors[field] = Message("This is longer than the activity.")
        elif who.to_at - who.from_at < MINUTE:
            errors[field] = Message("The end must be after the start.")
        elif who.to_at > now:
            errors[field] = Message("This is still to come. Record it when it is over.")
        elif who.from_at < activity["from_at"] or who.to_at > activity["to_at"]:
            errors[field] = Message(OUTSIDE)
        elif who.minutes * MINUTE > who.to_at - who.from_at:
            errors[field] = Message("This is longer than the activity.")
    return errors


async def _late(unit: Unit, scored: Sequence[Scored]) -> set[int]:
    """The volunteers whose service lies more than LATE working days back, by the community's holidays.

    Such an entry waits for a second person, whatever the programme says. One statement, where any is old.
    """
    ends = {s.attended.volunteer: s.attended.to_at for s in scored if s.attended.to_at is not None}
    if not ends or unit.now - min(ends.values()) <= LATE * DAY:
        return set()
    zone = await zone_here(unit)
    today = day_of(unit.now, zone)
    first = day_of(min(ends.values()), zone)
    special = await special_days(unit, place(unit), first, today)
    days = {day: working_days(day, today, special) for day in {day_of(at, zone) for at in ends.values()}}
    return {volunteer for volunteer, at in ends.items() if days[day_of(at, zone)] > LATE}


async def _write(
    unit: Unit, activity: int, scored: Sequence[Scored], evidence: str, late: set[int]
) -> dict[int, int]:
    """Writes attendance and intervals; returns the attendance of each volunteer."""
    people = [
        {
            "public_id": public_id(),
            "volunteer": s.attended.volunteer,
            "person": s.attended.person,
            "from_at": s.attended.from_at,
            "to_at": s.attended.to_at,
            "minutes": s.attended.minutes,
            "counts": to_json(s.attended.counts),
            "fields": to_json(s.attended.fields),
            "day": s.day,
            "late": int(s.attended.volunteer in late),
        }
        for s in scored
    ]
    rows = await unit.fetch(
        _ATTENDANCE,
        community=unit.community,
        activity=activity,
        people=people,
        evidence=evidence,
        recorder=unit.actor,
        now=unit.now,
        act=unit.act,
    )
    attendances = {row["volunteer"]: row["id"] for row in rows}
    intervals = [
        {
            "attendance": attendances[s.attended.volunteer],
            "person": s.attended.person,
            "from_at": s.attended.from_at,
            "to_at": s.attended.to_at,
        }
        for s in scored
        if s.attended.from_at is not None
    ]
    if intervals:
        try:
            await unit.execute(_INTERVALS, community=unit.community, people=intervals)
        except ConstraintBroken as broken:
            # Somebody wrote past the lock. The database does not say whose row it was.
            if "interval_no_overlap" not in broken.constraint:
                raise
            message = Message("Somebody on the list was recorded elsewhere at this time.")
            raise Invalid({"who": message}) from broken
    return attendances


async def _propose(unit: Unit, programme: str, pairs: Sequence[tuple[Scored, int]]) -> tuple[int, ...]:
    """Writes the proposed lines; returns the attendances whose award waits."""
    items = [
        s.proposed(attendance, programme, s.sheet)
        for s, attendance in pairs
        if s.sheet is not None and s.lines
    ]
    await awards.propose(unit, items)
    errors = {attendance: s.error for s, attendance in pairs if s.error}
    await awards.wait(unit, programme, errors)
    return tuple(errors)
