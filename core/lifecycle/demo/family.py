"""Who does something for whom, for the demo: a pupil with a guardian, a grandmother with a collector."""

from core.base.act import Unit
from core.community.details import keep_details
from core.community.relations import COLLECTOR, GUARDIAN, enter_relation
from core.community.volunteers import by_number
from core.lifecycle.demo.ways_in import COUPLE

BORN = "2011-04-12"  # a pupil of middle school

# Somebody with points who lives with nobody and leads nobody.
_PUPIL = """
select v.number, v.person from volunteer v join points_account a on a.volunteer = v.id
join team_member m on m.volunteer = v.id and m.to_day is null and m.role = 'member'
where v.community = :community and v.status = 'active' and v.number <> :known and a.posted > 0
  and not exists (select 1 from household_member h where h.person = v.person and h.community = v.community)
order by v.id desc limit 1
"""

_GRANDMOTHER = """
select v.number from volunteer v join person p on p.id = v.person
where v.community = :community and p.name = :name and v.status = 'active' order by v.id limit 1
"""


async def relate(unit: Unit, known: str) -> None:
    """The demo's volunteer with the number `known` is guardian of the one and collects for the other."""
    pupil = await unit.one(_PUPIL, community=unit.community, known=known)
    if pupil is not None:
        await keep_details(unit, pupil["person"], {"birth_date": BORN})
        child = await by_number(unit.viewer, pupil["number"])
        await enter_relation(unit, child, GUARDIAN, known)
    grandmother = await unit.value(_GRANDMOTHER, community=unit.community, name=COUPLE[1])
    if grandmother is not None:
        await enter_relation(unit, await by_number(unit.viewer, grandmother), COLLECTOR, known)
