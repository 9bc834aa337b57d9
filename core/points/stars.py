"""Star levels: they follow confirmed minutes, never points. Kept on the volunteer, with each change a row."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message
from core.community.communities import change_settings, place
from core.community.notices import Told, notify_each
from core.points.policy import MOST_STARS, PERMISSION, Policy, read

LARGEST = 100_000  # hours

_SET = """
update volunteer as v set stars = r.stars from rows(:items; volunteer bigint, stars bigint) as r
where v.id = r.volunteer and +v.community = :community
"""

_NOTE = """
insert into star_change (community, volunteer, stars, minutes, act, at)
select cast(:community as bigint), r.volunteer, r.stars, r.minutes, cast(:act as bigint), cast(:at as bigint)
from rows(:items; volunteer bigint, stars bigint, minutes bigint) as r
"""

_OF = """
select id, person, minutes, stars from volunteer where id in ids(:volunteers) and +community = :community
"""

# Whose level is another under the new hours: those between an old and a new threshold.
_ALL = """
select v.id, v.person, v.minutes, v.stars from volunteer v
where v.community = :community and v.merged_into is null and v.stars <> (
    select count(*) from rows(:levels; minutes bigint) as l where l.minutes <= v.minutes)
"""

RISEN = Message("You have reached %(stars)s stars, for %(hours)s hours of confirmed service.")
FALLEN = Message("Hours were taken back. Your star level is now %(stars)s.")
_OTHERWISE = Message("The community counts star levels anew. Yours is now %(stars)s.")


async def follow(unit: Unit, policy: Policy, rows: Iterable[Row], message: Message | None = None) -> int:
    """Sets the levels of volunteers (rows with id, person, minutes, stars) where another is due, and tells
    them; returns how many. Nothing is written where none changes, else three statements.
    """
    moved = [(row, policy.stars(row["minutes"])) for row in rows]
    moved = [(row, stars) for row, stars in moved if stars != row["stars"]]
    if not moved:
        return 0
    items = [{"volunteer": r["id"], "stars": stars, "minutes": r["minutes"]} for r, stars in moved]
    await unit.execute(_SET, community=unit.community, items=items)
    await unit.execute(_NOTE, community=unit.community, act=unit.act, at=unit.now, items=items)
    told = []
    for row, stars in moved:
        kind = message or (RISEN if stars > row["stars"] else FALLEN)
        hours = policy.star_hours[stars - 1] if stars else 0
        told.append(Told(row["person"], Message(kind.id, stars=stars, hours=hours)))
    await notify_each(unit, "stars", told)
    return len(moved)


async def settle(unit: Unit, policy: Policy, volunteers: Sequence[int]) -> None:
    """Sets the levels of volunteers whose minutes were moved otherwise."""
    await follow(unit, policy, await unit.fetch(_OF, volunteers=volunteers, community=unit.community))


async def change_hours(unit: Unit, hours: Sequence[int]) -> int:
    """Sets how many hours each star needs, and the levels of everybody whose changes; returns how many.

    Raises NotFound, Invalid (hours): 1 to 10 whole numbers, each larger than the one before.
    """
    unit.viewer.require(PERMISSION)
    rising = all(a < b for a, b in pairwise(hours))
    if not 1 <= len(hours) <= MOST_STARS or not rising or hours[0] < 1 or hours[-1] > LARGEST:
        raise Invalid({"hours": Message("Each star needs more hours than the one before.")})
    place(unit)
    await change_settings(unit, star_hours=list(hours))
    policy = read({"star_hours": list(hours)})
    levels = [{"minutes": n * 60} for n in hours]
    rows = await unit.fetch(_ALL, community=unit.community, levels=levels)
    changed = await follow(unit, policy, rows, _OTHERWISE)
    await unit.audit("points.stars", "community", unit.community, levels=len(hours), changed=changed)
    return changed
