"""Records a shift, with its people and findings, in one act; and reads shifts back."""

from collections.abc import Sequence
from typing import Any

import msgspec

from core.api import (
    Attended,
    Done,
    Event,
    Invalid,
    Message,
    NotFound,
    Row,
    Unit,
    Viewer,
    act,
    create_activity,
    notify,
    once,
    people_with,
    public_id,
    record_attendance,
    score,
)
from plugins.patrol.tables import PatrolShift

KIND = "patrol"
RECORD, READ, FINDINGS = "patrol.record", "patrol.read", "patrol.findings"
MOST_FINDINGS = 20
MOST_CLUES = 1000

_SHIFT = """
insert into patrol_shift (community, public_id, activity, route, clues, act)
values (:community, :public_id, :activity, :route, :clues, :act)
returning id
"""

_PAIRS = """
insert into patrol_pair (shift, community, pair, volunteer)
select cast(:shift as bigint), cast(:community as bigint), r.pair, r.volunteer
from rows(:pairs; pair bigint, volunteer bigint) as r
"""

_FINDINGS = """
insert into patrol_finding (community, shift, text)
select cast(:community as bigint), cast(:shift as bigint), r.text from rows(:findings; text text) as r
"""

_LIST = """
select s.id, s.public_id, s.route, s.clues, a.title, a.from_at, a.to_at, t.name as team_name,
    (select count(*) from attendance x where x.activity = a.id) as people,
    (select coalesce(sum(x.minutes), 0) from attendance x where x.activity = a.id) as minutes,
    (select count(*) from patrol_finding f where f.shift = s.id) as findings,
    (select count(*) from attendance x join attendance_pending p on p.attendance = x.id
     where x.activity = a.id) as waiting
from patrol_shift s
join activity a on a.id = s.activity and a.community = s.community
left join team t on t.id = a.team
where s.community = :community and (:everything = 1 or a.team in ids(:teams))
    and s.id < coalesce(cast(:before as bigint), 9223372036854775807)
order by s.id desc limit :most
"""

_ONE = """
select s.id, s.public_id, s.activity, s.route, s.clues, a.title, a.from_at, a.to_at, a.team,
    t.name as team_name
from patrol_shift s
join activity a on a.id = s.activity and a.community = s.community
left join team t on t.id = a.team
where s.community = :community and s.public_id = :public_id
"""

_MINE = """
select x.from_at, x.to_at, x.minutes, s.route, a.title,
    coalesce((select d.decision from attendance_decision d where d.attendance = x.id
              order by d.id desc limit 1), 'waiting') as status,
    coalesce((select sum(o.points) from award w join award_outcome o on o.award = w.id
              where w.attendance = x.id), 0) as points
from attendance x
join patrol_shift s on s.activity = x.activity and s.community = x.community
join activity a on a.id = x.activity
where x.community = :community and x.volunteer = cast(:volunteer as bigint)
order by x.id desc limit :most
"""

# Pair 0 stands for what was found: both in one statement.
_DETAILS = """
select p.pair, p.volunteer as place, pe.name as text from patrol_pair p
join volunteer v on v.id = p.volunteer
join person pe on pe.id = v.person
where p.community = :community and p.shift = :shift
union all
select 0, f.id, f.text from patrol_finding f where f.community = :community and f.shift = :shift
order by 1, 2
"""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift as it was typed. Times in ms since 1970 UTC; `pairs` are groups of volunteer numbers."""

    team: int
    route: str
    from_at: int
    to_at: int
    clues: int = 0
    findings: tuple[str, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()


async def record_shift(
    viewer: Viewer, request_id: str, title: str, shift: Shift, people: Sequence[Attended]
) -> Done:
    """Writes the shift, who walked, and what was found, once for each request id.

    The answer has shift (public id), activity, people, confirmed, waiting, unscored and points.
    Raises NotFound, Invalid (to, who, who-<number>, pairs), Conflict.
    """
    viewer.require(RECORD, team=shift.team)
    pairs = _pairs(shift, people)
    scored = await score(viewer, "patrol", KIND, people)

    async def work(unit: Unit) -> dict[str, Any]:
        activity = await create_activity(
            unit,
            programme="patrol",
            kind=KIND,
            team=shift.team,
            title=title,
            place=shift.route,
            from_at=shift.from_at,
            to_at=shift.to_at,
        )
        recorded = await record_attendance(unit, activity, scored, "roster")
        public = await _write(unit, activity, shift, pairs)
        return {
            "shift": public,
            "activity": activity,
            "people": len(people),
            "confirmed": len(recorded.confirmed),
            "waiting": len(recorded.waiting),
            "unscored": len(recorded.unscored),
            "points": recorded.points,
        }

    return await act(viewer, RECORD, request_id, [shift, list(people)], work)


def _pairs(shift: Shift, people: Sequence[Attended]) -> list[dict[str, int]]:
    """The pairs by volunteer. Raises Invalid where one is not on the list, or is named twice."""
    volunteers = {who.number: who.volunteer for who in people}
    named = [number for pair in shift.pairs for number in pair]
    if any(number not in volunteers for number in named):
        raise Invalid({"pairs": Message("Somebody named here is not ticked above.")})
    if len(set(named)) < len(named):
        raise Invalid({"pairs": Message("Somebody is named here twice.")})
    return [
        {"pair": place, "volunteer": volunteers[number]}
        for place, pair in enumerate(shift.pairs, 1)
        for number in pair
    ]


async def _write(unit: Unit, activity: int, shift: Shift, pairs: list[dict[str, int]]) -> str:
    public = public_id()
    row = await unit.value(
        _SHIFT,
        community=unit.community,
        public_id=public,
        activity=activity,
        route=shift.route,
        clues=shift.clues,
        act=unit.act,
    )
    if pairs:
        await unit.execute(_PAIRS, shift=row, community=unit.community, pairs=pairs)
    if shift.findings:
        found = [{"text": text} for text in shift.findings]
        await unit.execute(_FINDINGS, shift=row, community=unit.community, findings=found)
    if shift.findings or shift.clues:
        await unit.emit(
            "patrol.found", f"shift:{row}", shift=row, findings=len(shift.findings), clues=shift.clues
        )
    return public


async def shifts(viewer: Viewer, before: int | None = None, most: int = 20) -> list[Row]:
    """Shifts of the teams the viewer may see, newest first, older than the shift `before` (its id).

    Rows have id, public_id, title, team_name, route, from_at, to_at, people, minutes, findings, clues and
    waiting.
    """
    teams = viewer.teams(READ)
    return await viewer.house.db.fetch(
        _LIST,
        community=viewer.community,
        everything=int(teams is None),
        teams=sorted(teams or ()),
        before=before,
        most=most,
    )


async def own_patrols(viewer: Viewer, most: int = 50) -> list[Row]:
    """The viewer's own last patrols: title, route, from_at, to_at, minutes, status, points. One statement."""
    return await viewer.house.db.fetch(
        _MINE, community=viewer.community, volunteer=viewer.volunteer, most=most
    )


async def shift_by(viewer: Viewer, public: str) -> Row:
    """One shift: id, activity, title, team, route, clues, times. Raises NotFound (absent or out of reach)."""
    row = await viewer.house.db.one(_ONE, community=viewer.community, public_id=public)
    if row is None:
        raise NotFound
    viewer.require(READ, team=row["team"])
    return row


async def details_of(viewer: Viewer, shift: int) -> tuple[list[str], list[list[str]]]:
    """What was found on a shift, as typed, and the names of those who walked together, pair by pair."""
    rows = await viewer.house.db.fetch(_DETAILS, community=viewer.community, shift=shift)
    groups: dict[int, list[str]] = {}
    for row in rows:
        groups.setdefault(row["pair"], []).append(row["text"])
    return groups.pop(0, []), list(groups.values())


async def tell_workers(viewer: Viewer, event: Event) -> None:
    """Sends the community's workers a notice about what a patrol found."""
    query = PatrolShift.select(PatrolShift.public_id).where(
        (PatrolShift.community == viewer.community) & (PatrolShift.id == event.payload["shift"])
    )
    shift = await query.first().run()
    slug = await viewer.house.db.value("select slug from community where id = :id", id=viewer.community)
    people = await people_with(viewer, FINDINGS)
    if shift is None or not people:
        return
    message = Message(
        "A patrol reported something: findings %(findings)s, clues %(clues)s. Please look at it.",
        findings=event.payload["findings"],
        clues=event.payload["clues"],
    )
    href = f"/c/{slug}/x/patrol/shifts/{shift['public_id']}"

    async def work(unit: Unit) -> dict[str, Any]:
        return {"told": await notify(unit, people, "patrol.found", message, href)}

    await act(viewer, "patrol.tell", once(event, "patrol.tell"), event.payload, work)
