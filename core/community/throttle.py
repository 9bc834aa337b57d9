"""Budgets and waits that survive a rollback and hold across workers.

A `Budget` is so many in so long, for everybody behind an address or in the house. A `Patience` is for one
secret: some tries are free, after that each makes the next wait longer, up to a bound, so that guessing is
hopeless and nobody is locked out for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.base.act import Unit, note
from core.base.clock import DAY, MINUTE, SECOND
from core.base.errors import TooMany
from core.base.house import House

_HIT = """
insert into throttle (bucket, count, until_at)
select r.bucket, 1, :now + r.span from rows(:items; bucket text, span bigint) as r where true
on conflict (bucket) do update set
    count = case when throttle.until_at <= :now then 1 else throttle.count + 1 end,
    until_at = case when throttle.until_at <= :now then excluded.until_at else throttle.until_at end
returning bucket, count, until_at
"""

# A try within the wait is refused and moves nothing. The wait grows with the square of the tries: with a step
# of ten seconds 10, 40, 90, 160 … seconds. (`excluded` carries the rule and the time it is forgotten.)
_TRY = """
insert into guess (bucket, free, step, longest, count, next_at, forget_at)
select r.bucket, r.free, r.step, r.longest, 1, :now, :now + r.memory
from rows(:items; bucket text, free bigint, step bigint, longest bigint, memory bigint) as r where true
on conflict (bucket) do update set
    refused = case when guess.next_at > :now then guess.refused + 1 else 0 end,
    count = case when guess.next_at > :now then guess.count when guess.forget_at <= :now then 1
        else guess.count + 1 end,
    next_at = case when guess.next_at > :now then guess.next_at
        when guess.forget_at <= :now or guess.count + 1 < excluded.free then :now
        when (guess.count + 2 - excluded.free) * (guess.count + 2 - excluded.free) * excluded.step
            < excluded.longest
        then :now + (guess.count + 2 - excluded.free) * (guess.count + 2 - excluded.free) * excluded.step
        else :now + excluded.longest end,
    forget_at = case when guess.next_at > :now then guess.forget_at else excluded.forget_at end
returning bucket, next_at, refused
"""

_FORGET = """
delete from throttle where bucket in (select r.bucket from rows(:items; bucket text) as r)
"""

_FORGET_TRIES = """
delete from guess where bucket in (select r.bucket from rows(:items; bucket text) as r)
"""

_GIVE_BACK = """
update throttle set count = count - 1 where count > 0
and bucket in (select r.bucket from rows(:items; bucket text) as r)
"""


@dataclass(frozen=True)
class Budget:
    """`most` hits of a bucket within `span` milliseconds of its first."""

    bucket: str
    most: int
    span: int


@dataclass(frozen=True)
class Patience:
    """`free` tries without waiting; then `step`, four steps, nine … milliseconds, at most `longest`.

    Forgotten `memory` milliseconds after the last try that was looked at.
    """

    bucket: str
    free: int = 5
    step: int = 10 * SECOND
    longest: int = 15 * MINUTE
    memory: int = DAY


Bucket = TypeVar("Bucket", Budget, Patience)


async def spend(house: House, budgets: Sequence[Budget], patience: Sequence[Patience] = ()) -> None:
    """Counts one hit in every bucket, in one note. Raises TooMany when one has no room.

    A refused hit does not move the end of a wait, so nobody can be locked out for ever. The first patience is
    the narrowest: what a budget or that one refuses is no try for the wider, or one stranger who hammers from
    one place would keep the owner out everywhere.
    """

    async def work(unit: Unit) -> list[int]:
        waits = []
        if budgets:
            most = {b.bucket: b.most for b in budgets}
            items = [{"bucket": b.bucket, "span": b.span} for b in _in_order(budgets)]
            rows = await unit.fetch(_HIT, items=items, now=unit.now)
            waits += [r["until_at"] - unit.now for r in rows if r["count"] > most[r["bucket"]]]
        waits = waits or await _try(unit, patience[:1])
        return waits or await _try(unit, patience[1:])

    waits = await note(house, work)
    if waits:
        raise TooMany(max(1, -(-max(waits) // SECOND)))


async def _try(unit: Unit, patience: Sequence[Patience]) -> list[int]:
    """Milliseconds to wait, one for each that refuses."""
    if not patience:
        return []
    items = [
        {"bucket": p.bucket, "free": p.free, "step": p.step, "longest": p.longest, "memory": p.memory}
        for p in _in_order(patience)
    ]
    rows = await unit.fetch(_TRY, items=items, now=unit.now)
    return [r["next_at"] - unit.now for r in rows if r["refused"]]


def _in_order(buckets: Sequence[Bucket]) -> list[Bucket]:
    """In one order everywhere, so that two hits cannot wait for each other."""
    return sorted(buckets, key=lambda b: b.bucket)


async def forget(house: House, own: Sequence[Budget | Patience], shared: Sequence[Budget]) -> None:
    """The person has shown who he is: empties his own buckets, and takes his hit out of the shared ones.

    So the neighbours who sign in behind one address do not use up each other's budget.
    """

    async def work(unit: Unit) -> None:
        items = [{"bucket": b.bucket} for b in own]
        await unit.execute(_FORGET, items=items)
        await unit.execute(_FORGET_TRIES, items=items)
        await unit.execute(_GIVE_BACK, items=[{"bucket": b.bucket} for b in shared])

    await note(house, work)


async def sweep(house: House) -> int:
    """Removes budgets nobody has touched for a day, and forgotten tries; returns how many. A job."""

    async def work(unit: Unit) -> int:
        budgets = await unit.execute("delete from throttle where until_at < :before", before=unit.now - DAY)
        return budgets + await unit.execute("delete from guess where forget_at < :now", now=unit.now)

    return await note(house, work)
