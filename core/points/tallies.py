"""A volunteer's months and his hours: kept, and moved in the same act as the lines they sum up."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.base.act import Unit
from core.points import stars
from core.points.policy import Policy

_MONTHS = """
insert into volunteer_month (community, volunteer, month, earned, spent, minutes)
select cast(:community as bigint), r.volunteer, r.month, r.earned, r.spent, r.minutes
from rows(:months; volunteer bigint, month text, earned bigint, spent bigint, minutes bigint) as r where true
on conflict (volunteer, month) do update set earned = volunteer_month.earned + excluded.earned,
    spent = volunteer_month.spent + excluded.spent, minutes = volunteer_month.minutes + excluded.minutes
"""

_HOURS = """
update volunteer as v set minutes = v.minutes + r.moved
from rows(:hours; volunteer bigint, moved bigint) as r where v.id = r.volunteer
    and +v.community = :community
returning id, person, minutes, stars
"""


@dataclass(slots=True)
class Moved:
    earned: int = 0
    spent: int = 0
    minutes: int = 0


@dataclass(slots=True)
class Months:
    """What an act moves in its volunteers' months (by volunteer and 'YYYY-MM')."""

    _moved: defaultdict[tuple[int, str], Moved] = field(default_factory=lambda: defaultdict(Moved))

    def add(self, volunteer: int, month: str, *, earned: int = 0, spent: int = 0, minutes: int = 0) -> None:
        moved = self._moved[volunteer, month]
        moved.earned += earned
        moved.spent += spent
        moved.minutes += minutes

    async def write(self, unit: Unit, policy: Policy) -> None:
        """The months, the confirmed minutes on the volunteer, and the star levels they bring or take."""
        if not self._moved:
            return
        months = [
            {"volunteer": v, "month": m, "earned": x.earned, "spent": x.spent, "minutes": x.minutes}
            for (v, m), x in sorted(self._moved.items())
        ]
        await unit.execute(_MONTHS, community=unit.community, months=months)
        hours: defaultdict[int, int] = defaultdict(int)
        for (volunteer, _), moved in self._moved.items():
            hours[volunteer] += moved.minutes
        await add_minutes(unit, policy, hours)
        self._moved.clear()


async def add_minutes(unit: Unit, policy: Policy, hours: Mapping[int, int]) -> None:
    """Moves volunteers' confirmed minutes, and the star levels that follow; four statements at most."""
    changed = [{"volunteer": v, "moved": n} for v, n in sorted(hours.items()) if n]
    if changed:
        rows = await unit.fetch(_HOURS, community=unit.community, hours=changed)
        await stars.follow(unit, policy, rows)
