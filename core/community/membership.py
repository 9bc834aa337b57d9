"""Joining and leaving teams with days, and what somebody is in a team; from the person's side."""

import msgspec

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.days import clean_day, today_here
from core.community.roles import access_changed
from core.community.teams import ROLES, change_role, team_by_public_id
from core.community.volunteers import Volunteer, lock_volunteer

PERMISSION = "team.write"

# Days count as half open: who left on the fifth may join again on the fifth.
_OVERLAPS = """
select m.from_day, m.to_day from team_member m
where m.volunteer = :volunteer and +m.team = :team and +m.community = :community
  and (m.to_day is null or m.to_day > m.from_day)
  and (m.to_day is null or m.to_day > :from_day)
  and (m.from_day < :to_day or m.from_day = :from_day) limit 1
"""

_JOIN = """
insert into team_member (community, team, volunteer, role, from_day, to_day, act)
values (:community, :team, :volunteer, :role, :from_day, cast(:to_day as text), :act)
"""

_LEAVE = """
update team_member set to_day = :day
where volunteer = :volunteer and +team = :team and +community = :community and to_day is null
  and from_day <= :day returning id
"""

_SINCE = """
select m.from_day from team_member m
where m.volunteer = :volunteer and +m.team = :team and +m.community = :community and m.to_day is null
"""


_OF = """
select t.name as a, t.public_id as b, m.from_day as c, m.to_day as d, m.role as e,
    case when t.closed_at is null then 0 else 1 end as n
from team_member m join team t on t.id = m.team
where m.volunteer = :volunteer and +m.community = :community order by m.id desc
"""


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """Who joins: the team's public id, as what, from when ('' today), until when ('' still there)."""

    team: str
    role: str = "member"
    from_day: str = ""
    to_day: str = ""


async def memberships(viewer: Viewer, volunteer: Volunteer) -> list[Row]:
    """All memberships, the latest first: name, team's public id, from, to, role, closed (a, b, c, d, e, n).

    For pages that found the volunteer within their reach. One statement.
    """
    return await viewer.house.db.fetch(_OF, volunteer=volunteer.id, community=viewer.community)


async def join(unit: Unit, volunteer: Volunteer, joining: Joining) -> int:
    """Enters a membership of a volunteer of this community; returns the team's id. A leader leads at once.

    Raises Invalid (team, role, from_day, to_day), NotFound, Refused for somebody who is no active volunteer.
    """
    unit.viewer.require(PERMISSION)
    if joining.role not in ROLES:
        raise Invalid({"role": Message("There is no such role.")})
    try:
        team = await team_by_public_id(unit, unit.community, joining.team)
    except NotFound as absent:
        raise Invalid({"team": Message("Please choose one of these.")}) from absent
    today = await today_here(unit)
    first = clean_day(joining.from_day, "from_day", today)
    last = clean_day(joining.to_day, "to_day", today, first) if joining.to_day else None
    # Two who enter the same membership wait for each other here.
    if (await lock_volunteer(unit, volunteer.id))["status"] != "active":
        raise Refused(Message("This person is not an active volunteer here."))
    overlap = await unit.one(
        _OVERLAPS,
        volunteer=volunteer.id,
        team=team,
        community=place(unit),
        from_day=first,
        to_day=last or "9999-12-31",
    )
    if overlap is not None:
        raise Invalid({"from_day": _is_there(overlap["from_day"], overlap["to_day"])})
    await unit.execute(
        _JOIN,
        community=place(unit),
        team=team,
        volunteer=volunteer.id,
        role=joining.role,
        from_day=first,
        to_day=last,
        act=unit.act,
    )
    if joining.role != "member":
        await access_changed(unit, [volunteer.person])
    await unit.audit("team.join", "volunteer", volunteer.id, team=team, role=joining.role)
    return team


def _is_there(first: str, last: str | None) -> Message:
    if last is None:
        return Message("Is in this team already, since %(day)s.", day=first)
    return Message("Was in this team from %(first)s to %(last)s already.", first=first, last=last)


async def leave_team(unit: Unit, volunteer: Volunteer, team: str, day: str = "") -> None:
    """Ends a membership on a day ('' today); what he led he leads no more, at once.

    `team` is its public id. Raises Invalid (day), NotFound.
    """
    unit.viewer.require(PERMISSION)
    which = await team_by_public_id(unit, unit.community, team)
    here = {"volunteer": volunteer.id, "team": which, "community": place(unit)}
    since = await unit.value(_SINCE, **here)
    if since is None:
        raise NotFound
    last = clean_day(day, "day", await today_here(unit), since)
    if await unit.value(_LEAVE, day=last, **here) is None:
        raise NotFound
    await access_changed(unit, [volunteer.person])
    await unit.audit("team.leave", "volunteer", volunteer.id, team=which)


async def become(unit: Unit, volunteer: Volunteer, team: str, role: str) -> None:
    """Makes a member of a team (its public id) a leader, a deputy or a plain member, at once.

    A team may have several leaders. Raises Invalid (role), NotFound.
    """
    unit.viewer.require(PERMISSION)
    await change_role(unit, await team_by_public_id(unit, unit.community, team), volunteer.id, role)
