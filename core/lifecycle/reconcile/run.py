"""Proving a community's book: every check, the same number of statements whatever its size.

(The seals: two for each twenty thousand rows.) What differs is looked at twice, so that nobody is accused of
what was just on its way.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from core.base.database import Row
from core.base.house import House
from core.base.seals import OWN
from core.lifecycle.reconcile import book, service, timed
from core.lifecycle.reconcile.chain import chain
from core.lifecycle.reconcile.faults import Check, Fault, differing
from core.lifecycle.reconcile.windows import caps, months

# Pieces that wait for a second person's look, by the requests that are open.
_SET_ASIDE = """
select a.id, a.inputs from approval_open o join approval a on a.id = o.approval and a.community = o.community
where o.community = :community and o.kind = 'redemption.large'
"""

_SHELVES = """
select r.id, r.held from reward r
where r.community = :community and (r.held > 0 or r.id in ids(:rewards))
"""

_COMMUNITIES = "select id, slug, name from community order by id"


class _Wanted(msgspec.Struct):
    reward: int
    quantity: int


async def communities(house: House) -> list[Row]:
    """id, slug and name of each."""
    return await house.db.fetch(_COMMUNITIES)


async def prove(house: House, community: int, *, whole: bool = True) -> list[Fault]:
    """What differs from the journal in one community's book, check after check.

    `whole` also reads every sealed row; else the latest, and older ones in turn.
    """
    faults: list[Fault] = []
    for look in _looks(house, community, whole):
        found = await look()
        if found:
            # Statements of one check may have stood before and after somebody's act: what is wrong stays.
            again = await look()
            found = [fault for fault in found if fault in again]
        faults += found
    return faults


async def prove_own(house: House) -> list[Fault]:
    """What is wrong with the seals over what is written in no community."""
    return await chain(house, OWN, whole=True)


Look = Callable[[], Awaitable[list[Fault]]]


def _looks(house: House, community: int, whole: bool) -> list[Look]:
    def of(check: Check) -> Look:
        return lambda: differing(house, check, community)

    return [
        *(of(check) for check in (*book.CHECKS, *service.CHECKS, *timed.CHECKS)),
        lambda: months(house, community),
        lambda: caps(house, community),
        lambda: timed.stars(house, community),
        lambda: _set_aside(house, community),
        lambda: chain(house, community, whole=whole),
    ]


async def _set_aside(house: House, community: int) -> list[Fault]:
    said: dict[int, int] = {}
    for row in await house.db.fetch(_SET_ASIDE, community=community):
        wanted = msgspec.json.decode(row["inputs"], type=_Wanted)
        said[wanted.reward] = said.get(wanted.reward, 0) + wanted.quantity
    rows: Any = await house.db.fetch(_SHELVES, community=community, rewards=sorted(said))
    return [
        Fault("set aside", "reward", str(r["id"]), f"held {r['held']}", f"held {said.get(r['id'], 0)}")
        for r in rows
        if r["held"] != said.get(r["id"], 0)
    ]
