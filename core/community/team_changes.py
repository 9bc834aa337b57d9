"""A team over the years: renamed, moved to another area, closed, opened again."""

from core.base.act import Unit
from core.base.clock import day_of
from core.base.errors import ConstraintBroken, Invalid, Message, NotFound
from core.community.communities import place
from core.community.roles import access_changed
from core.community.teams import zone_here

LONGEST = 60

_CHANGE = """
update team set name = :name, category = :category, area = cast(:area as bigint)
where community = :community and id = :team and closed_at is null
"""

_CLOSE = """
update team set closed_at = :now where community = :community and id = :team and closed_at is null
"""

_LEAVE_ALL = """
update team_member set to_day = case when from_day > :day then from_day else :day end
where community = :community and team = :team and to_day is null returning volunteer, role
"""

_LEADERS = "select v.person from volunteer v where v.id in ids(:volunteers) and +v.community = :community"

_REOPEN = """
update team set closed_at = null where community = :community and id = :team and closed_at is not null
"""

_SAME_NAME = Message("There is a team of this name already.")


def clean_team(name: str, category: str) -> tuple[str, str]:
    """Name and category without stray blanks. Raises Invalid (name, category)."""
    name, category = " ".join(name.split()), " ".join(category.split())
    wrong: dict[str, Message] = {}
    if not 1 <= len(name) <= LONGEST:
        wrong["name"] = Message("Give a name of at most %(most)s characters.", most=LONGEST)
    if len(category) > LONGEST:
        wrong["category"] = Message("This is too long: at most %(most)s characters.", most=LONGEST)
    if wrong:
        raise Invalid(wrong)
    return name, category


async def change_team(unit: Unit, team: int, name: str, category: str, area: int | None) -> None:
    """Changes what an open team is called, its category and its area. Raises Invalid, NotFound."""
    unit.viewer.require("team.write")
    name, category = clean_team(name, category)
    try:
        done = await unit.execute(
            _CHANGE, community=place(unit), team=team, name=name, category=category, area=area
        )
    except ConstraintBroken as broken:
        if "team_name" in broken.constraint or "team.name" in broken.constraint:
            raise Invalid({"name": _SAME_NAME}) from broken
        raise NotFound from broken  # an area of elsewhere
    if not done:
        raise NotFound
    await unit.audit("team.change", "team", team)


async def close_team(unit: Unit, team: int) -> int:
    """Closes a team: memberships end today, its record stays. Returns how many left. Raises NotFound."""
    unit.viewer.require("team.write")
    if not await unit.execute(_CLOSE, community=place(unit), team=team, now=unit.now):
        raise NotFound
    day = day_of(unit.now, await zone_here(unit))
    left = await unit.fetch(_LEAVE_ALL, community=place(unit), team=team, day=day)
    leaders = [row["volunteer"] for row in left if row["role"] != "member"]
    rows = await unit.fetch(_LEADERS, community=place(unit), volunteers=leaders)
    await access_changed(unit, [row["person"] for row in rows])
    await unit.audit("team.close", "team", team, count=len(left))
    return len(left)


async def reopen_team(unit: Unit, team: int) -> None:
    """Opens a closed team again, without members. Raises Invalid (another has its name), NotFound."""
    unit.viewer.require("team.write")
    try:
        done = await unit.execute(_REOPEN, community=place(unit), team=team)
    except ConstraintBroken as broken:
        raise Invalid({"name": _SAME_NAME}) from broken
    if not done:
        raise NotFound
    await unit.audit("team.reopen", "team", team)
