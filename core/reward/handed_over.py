"""What was handed over: a month's exchanges, by clerk, undone ones marked."""

from typing import NamedTuple

import msgspec

from core.base.viewer import Viewer

READ = "reward.write"
_LAST = 9_223_372_036_854_775_807

_LIST = """
select e.id, e.public_id, e.reward_name, e.quantity, e.points, e.at, v.number, p.name, k.name as clerk,
    n.name as counter, s.at as undone_at
from redemption e join volunteer v on v.id = e.volunteer join person p on p.id = v.person
join person k on k.id = e.clerk left join counter n on n.id = e.counter
left join redemption_step s on s.redemption = e.id and s.step = 'undone'
where e.community = :community and e.at >= :since and e.at < :until and e.at <= :mark
    and (e.at < :mark or e.id < :last) and (:clerk = '' or k.public_id = :clerk)
order by e.at desc, e.id desc limit :most
"""

# Who handed something over in the month, and the month's sums of what stands.
_MONTH = """
select k.public_id, k.name, count(*) as times,
    sum(case when s.at is null then 1 else 0 end) as standing,
    sum(case when s.at is null then e.points else 0 end) as points
from redemption e join person k on k.id = e.clerk
left join redemption_step s on s.redemption = e.id and s.step = 'undone'
where e.community = :community and e.at >= :since and e.at < :until
group by k.id, k.public_id, k.name order by k.name
"""


class Mark(NamedTuple):
    """Where a list ended: a moment in milliseconds since 1970 UTC, and the exchange's id."""

    at: int = _LAST
    last: int = _LAST


BEGIN = Mark()


class HandedOver(msgspec.Struct, frozen=True):
    """One exchange in a list."""

    id: int
    public_id: str
    reward_name: str
    quantity: int
    points: int
    at: int
    number: str
    name: str
    clerk: str
    counter: str | None
    undone_at: int | None


class ClerkMonth(msgspec.Struct, frozen=True):
    """What one clerk handed over in a month; `standing` and `points` without what was undone."""

    public_id: str
    name: str
    times: int
    standing: int
    points: int


async def handed_over(
    viewer: Viewer, since: int, until: int, clerk: str = "", *, after: Mark = BEGIN, most: int = 50
) -> list[HandedOver]:
    """Exchanges between two moments, the latest first, by a clerk's public id ('': anybody's).

    One statement. Raises NotFound.
    """
    viewer.require(READ)
    rows = await viewer.house.db.fetch(
        _LIST,
        community=viewer.community,
        since=since,
        until=until,
        clerk=clerk,
        mark=after.at,
        last=after.last,
        most=most,
    )
    return [HandedOver(**{k: row[k] for k in HandedOver.__struct_fields__}) for row in rows]


async def clerks_of(viewer: Viewer, since: int, until: int) -> list[ClerkMonth]:
    """Who handed something over between two moments, with sums. One statement. Raises NotFound."""
    viewer.require(READ)
    rows = await viewer.house.db.fetch(_MONTH, community=viewer.community, since=since, until=until)
    return [
        ClerkMonth(r["public_id"], r["name"], r["times"], int(r["standing"]), int(r["points"])) for r in rows
    ]
