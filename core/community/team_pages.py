"""Reading teams for the office and for their leaders: lists, one team, its members now and before."""

import msgspec

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer

READ = "team.read"
MOST = 1000  # teams of one community

_LIST = """
select t.id, t.public_id, t.name, t.category, t.closed_at, a.name as area, a.public_id as area_public,
    d.least, d.most, d.minutes
from team t left join area a on a.id = t.area
left join team_duty d on d.team = t.id and d.from_month = (
    select max(o.from_month) from team_duty o where o.team = t.id and o.from_month <= :month)
where t.community = :community and (:everything = 1 or t.id in ids(:teams))
order by t.name, t.id limit :most
"""

_LEADERS = """
select m.team, p.name, m.role from team_member m
join volunteer v on v.id = m.volunteer and v.status = 'active' join person p on p.id = v.person
where m.team in ids(:teams) and +m.community = :community and m.to_day is null and m.role <> 'member'
order by m.team, case m.role when 'leader' then 0 else 1 end, m.id
"""

_ONE = """
select t.id, t.public_id, t.name, t.category, t.closed_at, a.name as area, a.public_id as area_public,
    d.least, d.most, d.minutes
from team t left join area a on a.id = t.area
left join team_duty d on d.team = t.id and d.from_month = (
    select max(o.from_month) from team_duty o where o.team = t.id and o.from_month <= :month)
where t.public_id = :public_id and +t.community = :community
"""

_MEMBERS = """
select m.id, v.id as volunteer, v.person, v.number, p.name, p.search, m.role, m.from_day, m.to_day, v.status
from team_member m join volunteer v on v.id = m.volunteer join person p on p.id = v.person
where m.team = :team and +m.community = :community and (m.to_day is null or :past = 1)
order by case when m.to_day is null then 0 else 1 end,
    case m.role when 'leader' then 0 when 'deputy' then 1 else 2 end, v.sort, m.id
limit 3000
"""


class Goal(msgspec.Struct, frozen=True):
    """What a team has set itself a month: so many activities, so many minutes each on average."""

    least: int
    most: int
    minutes: int


class TeamRow(msgspec.Struct, frozen=True):
    """A team as lists and its own page show it; `area` '' for none, `goal` None where it has none."""

    id: int
    public_id: str
    name: str
    category: str
    closed_at: int | None
    area: str
    area_public: str
    goal: Goal | None


class MemberRow(msgspec.Struct, frozen=True):
    """A membership, now or before; days 'YYYY-MM-DD'."""

    volunteer: int
    person: int
    number: str
    name: str
    role: str
    from_day: str
    to_day: str | None
    status: str  # of the volunteer


def team_row(row: Row) -> TeamRow:
    goal = Goal(row["least"], row["most"], row["minutes"]) if row["most"] else None
    return TeamRow(
        row["id"],
        row["public_id"],
        row["name"],
        row["category"],
        row["closed_at"],
        row["area"] or "",
        row["area_public"] or "",
        goal,
    )


async def teams_here(viewer: Viewer, month: str) -> list[TeamRow]:
    """The teams one may read, by name, closed ones too, with the goal of a month. Raises NotFound."""
    teams = viewer.teams(READ)
    if teams is not None and not teams:
        raise NotFound
    rows = await viewer.house.db.fetch(
        _LIST,
        community=viewer.community,
        everything=int(teams is None),
        teams=sorted(teams or ()),
        month=month,
        most=MOST,
    )
    return [team_row(row) for row in rows]


async def leaders_of(viewer: Viewer, teams: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Names and roles of those who lead, by team; for verbs that have checked the scope."""
    rows = await viewer.house.db.fetch(_LEADERS, community=viewer.community, teams=teams)
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["team"], []).append((row["name"], row["role"]))
    return found


async def team_of(viewer: Viewer, shown: str, month: str, permission: str = READ) -> TeamRow:
    """One team of this community, open or closed, with the goal of a month. Raises NotFound."""
    row = await viewer.house.db.one(_ONE, community=viewer.community, public_id=shown, month=month)
    if row is None:
        raise NotFound
    viewer.require(permission, team=row["id"])
    return team_row(row)


async def members_of(viewer: Viewer, team: int, *, past: bool = False) -> list[MemberRow]:
    """Who is in a team, leaders first, then who was. Raises NotFound."""
    viewer.require(READ, team=team)
    rows = await viewer.house.db.fetch(_MEMBERS, community=viewer.community, team=team, past=int(past))
    return [MemberRow(**{k: row[k] for k in MemberRow.__struct_fields__}) for row in rows]
