"""Leaving a community, and coming back. Hours, points and history stay; what he led or decided ends."""

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.days import clean_day, today_here
from core.community.roles import access_changed
from core.community.ties import end_ties
from core.community.volunteers import lock_volunteer

PERMISSION = "volunteer.write"
WHY = {
    "own_wish": Message("At his own wish"),
    "moved": Message("Moved away"),
    "other": Message("Another reason"),
}

_LEAVE = """
update volunteer set status = 'left', left_why = :why, left_on = :day
where id = :volunteer and +community = :community
"""

_STOP_CODES = """
update relocation set expires_at = :now
where volunteer = :volunteer and +community = :community and arrived_at is null and expires_at > :now
"""

_RETURN = """
update volunteer set status = 'active', left_why = null, left_on = null
where id = :volunteer and +community = :community
"""

# What a look at a farewell shows: what he has, and what will end.
_STANDING = """
select v.minutes, v.joined_on, coalesce(a.posted - a.held, 0) as points,
    (select count(*) from team_member m where m.volunteer = v.id and m.to_day is null) as teams,
    (select count(*) from post o where o.person = v.person and +o.community = v.community
        and o.to_day is null) as posts,
    (select count(*) from role_grant g where g.person = v.person and +g.community = v.community
        and (g.to_at is null or g.to_at > :now)) as roles,
    (select count(distinct h.person) from household_member mine
        join household_member h on h.household = mine.household and h.to_day is null
        where mine.person = v.person and mine.community = v.community and mine.to_day is null
          and h.person <> v.person) as household
from volunteer v left join points_account a on a.volunteer = v.id
where v.id = :volunteer and +v.community = :community
"""


class Standing(msgspec.Struct, frozen=True):
    """What somebody has here and what ends when he goes; minutes, points, and how many of each."""

    minutes: int
    joined_on: str
    points: int
    teams: int
    posts: int
    roles: int
    household: int


async def standing(viewer: Viewer, volunteer: int) -> Standing:
    """What a look-again page tells before a farewell; one's own, or with `volunteer.write`. One statement."""
    if viewer.volunteer != volunteer:
        viewer.require(PERMISSION)
    row = await viewer.house.db.one(
        _STANDING, volunteer=volunteer, community=viewer.community, now=viewer.house.clock.now()
    )
    if row is None:
        raise NotFound
    return Standing(**{name: row[name] for name in Standing.__struct_fields__})


async def leave(unit: Unit, volunteer: int, why: str, day: str = "") -> None:
    """A volunteer leaves: memberships, posts and roles of this community end; hours and points stay his.

    He himself may do it, or a worker. Roles only an operator may take stay. `why` is one of WHY, `day` ''
    for today. Raises Invalid (why, day), NotFound, Refused where he is not active.
    """
    if unit.viewer.volunteer != volunteer:
        unit.viewer.require(PERMISSION)
    if why not in WHY:
        raise Invalid({"why": Message("Please choose one of these.")})
    row = await lock_volunteer(unit, volunteer)
    if row["status"] != "active":
        raise Refused(Message("This person is not an active volunteer here."))
    last = clean_day(day, "day", await today_here(unit), row["joined_on"])
    here = {"volunteer": volunteer, "community": place(unit)}
    await unit.execute(_LEAVE, why=why, day=last, **here)
    await unit.execute(_STOP_CODES, now=unit.now, **here)
    await end_ties(unit, row["person"], [volunteer], [place(unit)], last)
    await unit.audit("volunteer.leave", "volunteer", volunteer, why=why)


async def come_back(unit: Unit, volunteer: int) -> None:
    """Somebody who left is a volunteer again, under the same number; teams and posts are given anew.

    Raises NotFound, Refused for whoever did not leave, was merged, refused, or has passed away.
    """
    unit.viewer.require(PERMISSION)
    row = await lock_volunteer(unit, volunteer)
    if row["status"] != "left" or row["left_why"] not in WHY or row["merged_into"] is not None:
        raise Refused(Message("This person did not leave."))
    await unit.execute(_RETURN, volunteer=volunteer, community=place(unit))
    await access_changed(unit, [row["person"]])
    await unit.audit("volunteer.return", "volunteer", volunteer)
