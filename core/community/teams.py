"""Volunteer teams: members, leaders, deputies."""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.base.clock import day_of
from core.base.database import Reads
from core.base.errors import Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.roles import access_changed

ROLES = ("member", "leader", "deputy")

_CREATE = """
insert into team (community, public_id, area, name, category, created_at, act)
select cast(:community as bigint), r.public_id, a.id, r.name, r.category, coalesce(r.created_at, :at),
       cast(:act as bigint)
from rows(:items; public_id text, name text, category text, area bigint, created_at bigint) as r
left join area a on a.id = r.area and +a.community = :community where true
on conflict do nothing returning id, name
"""

_ENTER = """
insert into team_member (community, team, volunteer, role, from_day, act)
select cast(:community as bigint), t.id, v.id, r.role, r.from_day, cast(:act as bigint)
from rows(:items; team bigint, volunteer bigint, role text, from_day text) as r
join team t on t.id = r.team and t.community = :community and t.closed_at is null
join volunteer v on v.id = r.volunteer and +v.community = :community and v.status = 'active'
where true on conflict do nothing returning volunteer
"""

_LEADERS = """
select v.person from volunteer v where +v.community = :community and v.id in ids(:volunteers)
"""

_LEAVE = """
update team_member set to_day = case when from_day > :day then from_day else :day end
where community = :community and team = :team and volunteer = :volunteer and to_day is null
returning id
"""

_ROSTER = """
select m.volunteer, v.person, v.number, p.name, p.search, m.role
from team_member m
join volunteer v on v.id = m.volunteer and v.community = m.community and v.status = 'active'
join person p on p.id = v.person
where m.community = :community and m.team = :team and m.to_day is null
order by case m.role when 'leader' then 0 when 'deputy' then 1 else 2 end, p.search, m.volunteer
"""

_TEAMS = """
select t.id, t.public_id, t.name, t.category,
       (select count(*) from team_member m where m.team = t.id and m.to_day is null) as members
from team t where t.community = :community and t.closed_at is null
  and (:everything = 1 or t.id in ids(:teams))
order by t.name, t.id
"""


class NewTeam(msgspec.Struct, frozen=True):
    """A team to be created; `created_at` in milliseconds where it is older than this act."""

    name: str
    category: str = ""
    area: int | None = None
    created_at: int | None = None


class NewMember(msgspec.Struct, frozen=True):
    """A volunteer who joins a team; `from_day` '' is today."""

    team: int
    volunteer: int
    role: str = "member"
    from_day: str = ""


class Team(msgspec.Struct, frozen=True):
    """A team as lists show it."""

    id: int
    public_id: str
    name: str
    category: str
    members: int


class Member(msgspec.Struct, frozen=True):
    """A row of a roster; `search` is what typing finds him by (name, pinyin, initials)."""

    volunteer: int
    person: int
    number: str
    name: str
    search: str
    role: str


async def create_teams(unit: Unit, teams: Sequence[NewTeam], area: int | None = None) -> dict[str, int]:
    """Creates teams; returns name → id. Raises Invalid (name) where one is there already, NotFound."""
    unit.viewer.require("team.write")
    if not all(team.name.strip() for team in teams):
        raise Invalid({"name": Message("Please give the name.")})
    items = [
        {
            "public_id": public_id(),
            "name": team.name.strip(),
            "category": team.category,
            "area": team.area if team.area is not None else area,
            "created_at": team.created_at,
        }
        for team in teams
    ]
    rows = await unit.fetch(_CREATE, community=place(unit), items=items, at=unit.now, act=unit.act)
    if len(rows) != len(teams):
        raise Invalid({"name": Message("There is a team of this name already.")})
    await unit.audit("team.create", "team", None, count=len(rows))
    return {row["name"]: row["id"] for row in rows}


async def create_team(unit: Unit, name: str, category: str = "", area: int | None = None) -> int:
    """Creates one team; returns its id. Raises Invalid (name), NotFound."""
    return (await create_teams(unit, [NewTeam(name, category)], area))[name.strip()]


async def add_members(unit: Unit, members: Sequence[NewMember]) -> int:
    """Enters volunteers into teams; returns how many are new. Leaders may record for the team at once.

    Two statements, whatever their number. A volunteer or team of another community is left out.
    """
    unit.viewer.require("team.write")
    if any(m.role not in ROLES for m in members):
        raise Invalid({"role": Message("There is no such role.")})
    today = day_of(unit.now, await zone_here(unit))
    items = [
        {"team": m.team, "volunteer": m.volunteer, "role": m.role, "from_day": m.from_day or today}
        for m in members
    ]
    rows = await unit.fetch(_ENTER, community=place(unit), items=items, act=unit.act)
    await _access_changed(unit, [m.volunteer for m in members if m.role != "member"])
    await unit.audit("team.join", "team", None, count=len(rows))
    return len(rows)


async def change_role(unit: Unit, team: int, volunteer: int, role: str) -> None:
    """Makes a member a leader, a deputy or a plain member. Raises Invalid (role), NotFound."""
    unit.viewer.require("team.write")
    if role not in ROLES:
        raise Invalid({"role": Message("There is no such role.")})
    done = await unit.execute(
        "update team_member set role = :role "
        "where community = :community and team = :team and volunteer = :volunteer and to_day is null",
        role=role,
        community=place(unit),
        team=team,
        volunteer=volunteer,
    )
    if not done:
        raise NotFound
    await _access_changed(unit, [volunteer])
    await unit.audit("team.role", "volunteer", volunteer, team=team, role=role)


async def leave(unit: Unit, team: int, volunteer: int, to_day: str = "") -> None:
    """Ends a membership, today or with an earlier day. Raises Invalid (to_day: still to come), NotFound."""
    unit.viewer.require("team.write")
    today = day_of(unit.now, await zone_here(unit))
    if to_day > today:
        raise Invalid({"to_day": Message("This day is still to come.")})
    day = to_day or today
    done = await unit.value(_LEAVE, community=place(unit), team=team, volunteer=volunteer, day=day)
    if done is None:
        raise NotFound
    await _access_changed(unit, [volunteer])
    await unit.audit("team.leave", "volunteer", volunteer, team=team)


async def _access_changed(unit: Unit, volunteers: list[int]) -> None:
    if volunteers:
        rows = await unit.fetch(_LEADERS, community=place(unit), volunteers=volunteers)
        await access_changed(unit, [row["person"] for row in rows])


async def zone_here(unit: Unit) -> str:
    """The time zone of the act's community."""
    zone: str | None = await unit.value("select zone from community where id = :id", id=place(unit))
    if zone is None:
        raise NotFound
    return zone


async def team_by_public_id(reads: Reads, community: int | None, public: str) -> int:
    """A team's id from what its address shows. Raises NotFound (absent, closed, of another community)."""
    team: int | None = await reads.value(
        "select id from team where community = :community and public_id = :public and closed_at is null",
        community=community,
        public=public,
    )
    if team is None:
        raise NotFound
    return team


async def members_for_roster(viewer: Viewer, team: int) -> list[Member]:
    """Who is in a team now, leaders first; for who may record for it or read teams. Raises NotFound."""
    if not viewer.may("activity.record", team=team):
        viewer.require("team.read", team=team)
    rows = await viewer.house.db.fetch(_ROSTER, community=viewer.community, team=team)
    if not rows:
        raise NotFound
    return [Member(**{k: row[k] for k in Member.__struct_fields__}) for row in rows]


async def my_teams(viewer: Viewer, permission: str = "activity.record") -> list[Team]:
    """The teams one holds a permission for: all of the community, or those one leads."""
    teams = viewer.teams(permission)
    rows = await viewer.house.db.fetch(
        _TEAMS, community=viewer.community, everything=int(teams is None), teams=sorted(teams or ())
    )
    return [Team(**{k: row[k] for k in Team.__struct_fields__}) for row in rows]
