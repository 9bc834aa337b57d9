"""Reading activities for the office, leaders and the auditor: lists by day, one with who was there."""

from typing import Any, NamedTuple

import msgspec

from core.activity.review import PERMISSION as REVIEW
from core.base.errors import NotFound
from core.base.viewer import Viewer

READ = "activity.read"
_LAST = 9_223_372_036_854_775_807

# People and minutes are those that stand: neither sent back nor reversed. Each text enters by an index of its
# own; a list goes on below a moment and an id.
_BY_TIME = """
select y.id, y.public_id, y.title, y.programme, y.place, y.from_at, y.to_at, t.name as team,
    (select count(*) from attendance x where x.activity = y.id and not exists (
        select 1 from attendance_decision d where d.attendance = x.id
            and d.decision in ('returned', 'reversed'))) as people,
    (select coalesce(sum(x.minutes), 0) from attendance x where x.activity = y.id and not exists (
        select 1 from attendance_decision d where d.attendance = x.id
            and d.decision in ('returned', 'reversed'))) as minutes,
    (select count(*) from attendance x join attendance_pending p on p.attendance = x.id
        where x.activity = y.id) as waiting
from activity y left join team t on t.id = y.team
where y.community = :community and y.from_at >= :since and y.from_at < :until and y.from_at <= :mark
    and (y.from_at < :mark or y.id < :last)
order by y.from_at desc, y.id desc limit :most
"""

_BY_PROGRAMME = """
select y.id, y.public_id, y.title, y.programme, y.place, y.from_at, y.to_at, t.name as team,
    (select count(*) from attendance x where x.activity = y.id and not exists (
        select 1 from attendance_decision d where d.attendance = x.id
            and d.decision in ('returned', 'reversed'))) as people,
    (select coalesce(sum(x.minutes), 0) from attendance x where x.activity = y.id and not exists (
        select 1 from attendance_decision d where d.attendance = x.id
            and d.decision in ('returned', 'reversed'))) as minutes,
    (select count(*) from attendance x join attendance_pending p on p.attendance = x.id
        where x.activity = y.id) as waiting
from activity y left join team t on t.id = y.team
where y.community = :community and y.programme = :programme
    and y.from_at >= :since and y.from_at < :until and y.from_at <= :mark
    and (y.from_at < :mark or y.id < :last)
order by y.from_at desc, y.id desc limit :most
"""

_BY_TEAMS = """
select y.id, y.public_id, y.title, y.programme, y.place, y.from_at, y.to_at, t.name as team,
    (select count(*) from attendance x where x.activity = y.id and not exists (
        select 1 from attendance_decision d where d.attendance = x.id
            and d.decision in ('returned', 'reversed'))) as people,
    (select coalesce(sum(x.minutes), 0) from attendance x where x.activity = y.id and not exists (
        select 1 from attendance_decision d where d.attendance = x.id
            and d.decision in ('returned', 'reversed'))) as minutes,
    (select count(*) from attendance x join attendance_pending p on p.attendance = x.id
        where x.activity = y.id) as waiting
from activity y join team t on t.id = y.team
where y.team in ids(:teams) and +y.community = :community and (:programme = '' or y.programme = :programme)
    and y.from_at >= :since and y.from_at < :until and y.from_at <= :mark
    and (y.from_at < :mark or y.id < :last)
order by y.from_at desc, y.id desc limit :most
"""

_ONE = """
select y.id, y.public_id, y.title, y.programme, y.kind, y.place, y.from_at, y.to_at, y.status, y.team,
    t.name as team_name, t.public_id as team_public, a.name as area_name, a.public_id as area_public
from activity y left join team t on t.id = y.team left join area a on a.id = y.area
where y.public_id = :public_id and +y.community = :community
"""

_PEOPLE = """
select x.id, v.number, p.name, x.from_at, x.to_at, x.minutes, x.evidence, x.late, x.recorded_at, x.person,
    x.recorder, r.name as recorder_name,
    coalesce((select d.decision from attendance_decision d where d.attendance = x.id
              order by d.id desc limit 1), 'waiting') as status,
    coalesce((select d.reason from attendance_decision d where d.attendance = x.id
              order by d.id desc limit 1), '') as reason,
    coalesce((select sum(o.points) from award w join award_outcome o on o.award = w.id
              where w.attendance = x.id), 0) as points,
    (select count(*) from award_waiting w where w.attendance = x.id) as waits
from attendance x join volunteer v on v.id = x.volunteer join person p on p.id = x.person
join person r on r.id = x.recorder
where x.activity = :activity and +x.community = :community
order by v.sort, x.id limit 2000
"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to: a span of time (ms since 1970 UTC), a team's id (0: any), a programme."""

    since: int = 0
    until: int = _LAST
    team: int = 0
    programme: str = ""


class Mark(NamedTuple):
    """Where a list ended: the moment an activity began, and its id."""

    from_at: int = _LAST
    last: int = _LAST


BEGIN = Mark()


class ActivityRow(msgspec.Struct, frozen=True):
    """An activity in a list; `people` and `minutes` are what stands, `waiting` what nobody confirmed yet."""

    id: int
    public_id: str
    title: str
    programme: str
    place: str
    from_at: int
    to_at: int
    team: str
    people: int
    minutes: int
    waiting: int

    @property
    def mark(self) -> Mark:
        return Mark(self.from_at, self.id)


class Activity(msgspec.Struct, frozen=True):
    """One activity with what it belongs to."""

    id: int
    public_id: str
    title: str
    programme: str
    kind: str
    place: str
    from_at: int
    to_at: int
    status: str
    team: int | None
    team_name: str | None
    team_public: str | None
    area_name: str | None
    area_public: str | None


class Present(msgspec.Struct, frozen=True):
    """One attendance. `status` is 'waiting', 'confirmed', 'returned' or 'reversed'; `waits`: points follow.

    `may_reverse`: the one who looks may take it back.
    """

    id: int
    number: str
    name: str
    from_at: int | None
    to_at: int | None
    minutes: int
    evidence: str
    late: int
    recorded_at: int
    recorder_name: str
    status: str
    reason: str
    points: int
    waits: int
    may_reverse: bool


async def activities(
    viewer: Viewer, wanted: Wanted, after: Mark = BEGIN, most: int = 50
) -> list[ActivityRow]:
    """Activities one may read, the latest first, after a mark. One statement. Raises NotFound."""
    teams = viewer.teams(READ)
    if teams is not None and not teams:
        raise NotFound
    if wanted.team and teams is not None and wanted.team not in teams:
        raise NotFound
    reach = [wanted.team] if wanted.team else sorted(teams or ())
    text = _BY_TEAMS if reach else _BY_PROGRAMME if wanted.programme else _BY_TIME
    rows = await viewer.house.db.fetch(
        text,
        community=viewer.community,
        teams=reach,
        programme=wanted.programme,
        since=wanted.since,
        until=wanted.until,
        mark=after.from_at,
        last=after.last,
        most=most,
    )
    return [
        ActivityRow(
            row["id"],
            row["public_id"],
            row["title"],
            row["programme"],
            row["place"],
            row["from_at"],
            row["to_at"],
            row["team"] or "",
            row["people"],
            int(row["minutes"]),
            row["waiting"],
        )
        for row in rows
    ]


async def activity_of(viewer: Viewer, shown: str) -> Activity:
    """One activity of this community. Raises NotFound."""
    row = await viewer.house.db.one(_ONE, community=viewer.community, public_id=shown)
    if row is None:
        raise NotFound
    viewer.require(READ, team=row["team"])
    return Activity(**{k: row[k] for k in Activity.__struct_fields__})


async def present_at(viewer: Viewer, activity: Activity) -> list[Present]:
    """Who was there, by name, with what became of it. One statement. Raises NotFound."""
    viewer.require(READ, team=activity.team)
    rows = await viewer.house.db.fetch(_PEOPLE, community=viewer.community, activity=activity.id)
    reviewer = viewer.may(REVIEW, team=activity.team)
    return [_present(row, viewer, reviewer=reviewer) for row in rows]


def _present(row: Any, viewer: Viewer, *, reviewer: bool) -> Present:
    own = viewer.person in (row["recorder"], row["person"])
    may = reviewer and not own and row["status"] == "confirmed"
    values = {k: row[k] for k in Present.__struct_fields__ if k != "may_reverse"}
    return Present(**{**values, "points": int(row["points"]), "may_reverse": may})
