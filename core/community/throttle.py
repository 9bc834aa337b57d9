"""Budgets that survive a rollback and hold across workers: so many in so long, then wait."""

from dataclasses import dataclass

from core.base.act import Unit, note
from core.base.clock import DAY, SECOND
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


@dataclass(frozen=True)
class Budget:
    """`most` hits of a bucket within `span` milliseconds of its first."""

    bucket: str
    most: int
    span: int


async def spend(house: House, budgets: list[Budget]) -> None:
    """Counts one hit in every bucket, in one statement. Raises TooMany when one is overdrawn.

    A refused hit does not move the end of the wait, so nobody can be locked out for ever.
    """

    async def work(unit: Unit) -> tuple[int, dict[str, tuple[int, int]]]:
        # In one order everywhere, so that two hits cannot wait for each other.
        items = sorted(
            ({"bucket": b.bucket, "span": b.span} for b in budgets), key=lambda i: str(i["bucket"])
        )
        rows = await unit.fetch(_HIT, items=items, now=unit.now)
        return unit.now, {r["bucket"]: (r["count"], r["until_at"]) for r in rows}

    now, counts = await note(house, work)
    waits = [counts[b.bucket][1] - now for b in budgets if counts[b.bucket][0] > b.most]
    if waits:
        raise TooMany(max(1, -(-max(waits) // SECOND)))


async def forget(house: House, own: list[Budget], shared: list[Budget]) -> None:
    """The person has shown who he is: empties his own buckets, and takes his hit out of the shared ones.

    So the neighbours who sign in behind one address do not use up each other's budget.
    """

    async def work(unit: Unit) -> None:
        await unit.execute(
            "delete from throttle where bucket in (select r.bucket from rows(:items; bucket text) as r)",
            items=[{"bucket": b.bucket} for b in own],
        )
        await unit.execute(
            "update throttle set count = count - 1 where count > 0 "
            "and bucket in (select r.bucket from rows(:items; bucket text) as r)",
            items=[{"bucket": b.bucket} for b in shared],
        )

    await note(house, work)


async def sweep(house: House) -> int:
    """Removes budgets nobody has touched for a day; returns how many. A job."""

    async def work(unit: Unit) -> int:
        return await unit.execute("delete from throttle where until_at < :before", before=unit.now - DAY)

    return await note(house, work)
