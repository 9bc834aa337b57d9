"""Members' accounts and the community's own: opened on demand, locked in id order, moved under a guard."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.base.act import Unit
from core.base.errors import NotFound
from core.points.policy import Policy, read

SYSTEM = ("issued", "redeemed", "expired", "debt", "adjusted", "opening")
OWN = (
    "issued",
    "redeemed",
    "expired",
    "debts",
    "adjusted",
    "openings",
)  # those lines stand against, as in `Accounts`

# A plus before a community keeps SQLite from entering by the community's index, which walks
# through all of its rows; the ids asked for are the way in (tests/core/points/test_plans.py).
_LOCK = """
select a.id, a.volunteer, a.posted, a.held, a.debt, a.version, a.closed_at,
    (select zone from community where id = :community) as zone,
    (select locale from community where id = :community) as locale,
    case when a.volunteer = cast(:first as bigint)  -- once: they are a text of some length
        then (select settings from community where id = :community) end as settings,
    (select shut.until_at from period shut where shut.community = :community
        and not exists (select 1 from period_reopened r where r.period = shut.id)
        order by shut.until_at desc limit 1) as closed_to,
    (select id from points_account where community = :community and kind = 'issued'
        and volunteer is null) as issued,
    (select id from points_account where community = :community and kind = 'redeemed'
        and volunteer is null) as redeemed,
    (select id from points_account where community = :community and kind = 'expired'
        and volunteer is null) as expired,
    (select id from points_account where community = :community and kind = 'debt'
        and volunteer is null) as debts,
    (select id from points_account where community = :community and kind = 'adjusted'
        and volunteer is null) as adjusted,
    (select id from points_account where community = :community and kind = 'opening'
        and volunteer is null) as openings
from points_account a
where a.volunteer in ids(:volunteers) and +a.community = :community
order by a.id for_update
"""

_OPEN = """
insert into points_account (community, kind, volunteer)
select v.community, 'member', v.id from volunteer v
where v.id in ids(:volunteers) and v.community = :community and v.merged_into is null
    and not exists (select 1 from points_account a where a.volunteer = v.id)
union all
select cast(:community as bigint), k.kind, cast(null as bigint) from rows(:kinds; kind text) as k
where not exists (select 1 from points_account a
                  where a.community = :community and a.kind = k.kind and a.volunteer is null)
on conflict do nothing
"""

_MOVE = """
update points_account as a set posted = r.posted, held = r.held, debt = r.debt, version = r.version
from rows(:members; id bigint, was bigint, posted bigint, held bigint, debt bigint, version bigint) as r
where a.id = r.id and a.version = r.was and +a.community = :community
"""


@dataclass(slots=True)
class Member:
    """A member's account as this act sees it; locked, so nobody else moves it until the act is done."""

    account: int
    volunteer: int
    posted: int
    held: int
    debt: int
    version: int
    was: int = field(default=0)

    def __post_init__(self) -> None:
        self.was = self.version

    @property
    def available(self) -> int:
        """Points that can be spent: posted and not held."""
        return self.posted - self.held


@dataclass(frozen=True, slots=True)
class Accounts:
    """The locked members by volunteer, and the community's own accounts (which are never locked)."""

    members: dict[int, Member]
    issued: int
    redeemed: int
    expired: int
    debts: int
    adjusted: int
    openings: int
    zone: str
    locale: str
    policy: Policy
    closed_to: int  # the moment before which the book is closed


async def lock(unit: Unit, volunteers: Iterable[int]) -> Accounts:
    """Locks the accounts of volunteers of this community, opening those that are missing.

    Three statements at most, whatever the number. Raises NotFound if one is not of this community.
    """
    wanted = sorted(set(volunteers))
    here = {"community": unit.community, "volunteers": wanted, "first": wanted[0] if wanted else None}
    rows = await unit.fetch(_LOCK, **here)
    if len(rows) < len(wanted) or any(rows[0][name] is None for name in OWN):
        kinds = [{"kind": kind} for kind in SYSTEM]
        await unit.execute(_OPEN, community=unit.community, volunteers=wanted, kinds=kinds)
        rows = await unit.fetch(_LOCK, **here)
    if not rows or len(rows) < len(wanted) or any(row["closed_at"] is not None for row in rows):
        raise NotFound
    members = {
        row["volunteer"]: Member(
            row["id"], row["volunteer"], row["posted"], row["held"], row["debt"], row["version"]
        )
        for row in rows
    }
    first = rows[0]
    return Accounts(
        members,
        issued=first["issued"],
        redeemed=first["redeemed"],
        expired=first["expired"],
        debts=first["debts"],
        adjusted=first["adjusted"],
        openings=first["openings"],
        zone=first["zone"],
        locale=first["locale"],
        policy=read(next(row["settings"] for row in rows if row["settings"] is not None)),
        closed_to=first["closed_to"] or 0,
    )


async def move(unit: Unit, members: Iterable[Member]) -> None:
    """Writes the moved balances; each row must still be at the version that was locked."""
    moved = [m for m in members if m.version != m.was]
    if not moved:
        return
    rows = [
        {
            "id": m.account,
            "was": m.was,
            "posted": m.posted,
            "held": m.held,
            "debt": m.debt,
            "version": m.version,
        }
        for m in moved
    ]
    if await unit.execute(_MOVE, community=unit.community, members=rows) != len(rows):
        raise RuntimeError("an account moved under its lock")
    for member in moved:
        member.was = member.version
