"""Households: who lives together. A clerk serves neither himself nor his own household."""

from core.base.act import Unit
from core.base.clock import day_of
from core.base.database import Reads
from core.base.errors import NotFound
from core.base.ids import public_id
from core.community.communities import place
from core.community.teams import zone_here

_CREATE = """
insert into household (community, public_id, area, created_at)
values (:community, :public_id, cast(:area as bigint), :at) returning id
"""

_ENTER = """
insert into household_member (community, household, person, kinship, from_day)
select h.community, h.id, r.person, r.kinship, :day
from household h join rows(:items; person bigint, kinship text) as r on true
where h.community = :community and h.id = :household
on conflict do nothing
"""

_TOGETHER = """
select 1 from household_member mine
join household_member other on other.household = mine.household and other.to_day is null
where mine.community = :community and mine.person = :person and mine.to_day is null and other.person = :other
limit 1
"""


async def create_household(unit: Unit, members: dict[int, str], area: int | None = None) -> int:
    """Enters a household with its members (person → kinship, '' for none); returns its id."""
    unit.viewer.require("volunteer.write")
    household: int = await unit.value(
        _CREATE, community=place(unit), public_id=public_id(), area=area, at=unit.now
    )
    await add_to_household(unit, household, members)
    return household


async def add_to_household(unit: Unit, household: int, members: dict[int, str]) -> int:
    """Enters persons into a household of this community; returns how many are new. Raises NotFound."""
    unit.viewer.require("volunteer.write")
    there = await unit.value(
        "select id from household where community = :community and id = :household",
        community=place(unit),
        household=household,
    )
    if there is None:
        raise NotFound
    entered = await unit.execute(
        _ENTER,
        community=place(unit),
        household=household,
        day=day_of(unit.now, await zone_here(unit)),
        items=[{"person": person, "kinship": kinship} for person, kinship in members.items()],
    )
    await unit.audit("household.join", "household", household, count=entered)
    return entered


async def live_together(reads: Reads, community: int, person: int, other: int) -> bool:
    """Whether two persons are in one household of this community now (or are the same person)."""
    if person == other:
        return True
    found = await reads.value(_TOGETHER, community=community, person=person, other=other)
    return found is not None
