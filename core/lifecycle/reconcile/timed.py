"""What the book keeps about time: gifts that wait, holds that end, lots that last longer, star levels."""

from core.base.house import House
from core.lifecycle.reconcile.faults import Check, Fault, differing
from core.points.policy import read

_GIFTS = """
select x.gift as at_row, cast(sum(x.kept) as bigint) as waits_kept, cast(sum(x.said) as bigint) as waits_said
from (
    select o.gift, 1 as kept, 0 as said from gift_open o where o.community = :community
    union all
    select g.id, 0, 1 from gift g where g.community = :community
        and not exists (select 1 from gift_end e where e.gift = g.id and +e.community = g.community)
) as x
group by x.gift having sum(x.kept) <> sum(x.said) order by x.gift limit :most
"""

_HOLDS = """
select o.hold as at_row, 1 as stands_kept, 0 as stands_said
from hold_open o
where o.community = :community and exists (select 1 from transfer t
    where t.hold = o.hold and +t.community = o.community and t.kind in ('capture', 'release'))
order by o.hold limit :most
"""

_ENDS = """
select l.id as at_row, l.expires_at as end_kept, g.expires_at as end_said
from lot_grace g join lot l on l.id = g.lot and l.community = g.community
where g.community = :community and g.id = (
        select max(o.id) from lot_grace o where o.lot = g.lot and +o.community = g.community)
    and (l.expires_at is null or l.expires_at <> g.expires_at)
order by l.id limit :most
"""

_STARS = """
select s.id as at_row, s.stars as stars_kept, s.said as stars_said from (
    select v.id, v.stars, (select count(*) from rows(:levels; minutes bigint) as n
        where n.minutes <= v.minutes) as said
    from volunteer v where v.community = :community
) as s
where s.stars <> s.said order by s.id limit :most
"""

_SETTINGS = "select settings from community where id = :community"

CHECKS = (
    Check("gifts that wait", "gift_open", _GIFTS),
    Check("holds that stand", "hold_open", _HOLDS),
    Check("ends of lots", "lot", _ENDS),
)
STARS = Check("star levels", "volunteer", _STARS)


async def stars(house: House, community: int) -> list[Fault]:
    """Star levels, by the community's own hours."""
    policy = read(await house.db.value(_SETTINGS, community=community))
    levels = [{"minutes": hours * 60} for hours in policy.star_hours]
    return await differing(house, STARS, community, levels=levels)
