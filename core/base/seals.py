"""Sealing: a job gives new rows of the book and of the log their numbers, and signs them block by block.

It looks for rows without a seal (an anti-join: ids commit out of order, so no cursor would do). Nobody who
writes waits for it. Two that seal at once cannot fork a chain: of two blocks of one number the second is
refused.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from core.base import merkle
from core.base.act import Unit, note
from core.base.clock import DAY
from core.base.database import Row
from core.base.errors import ConstraintBroken
from core.base.house import House
from core.base.seal_form import Header, SealKey, audit_row, canonical, transfer_row

MOST = 10_000  # rows a pass takes, of each kind; and so twice as many in a block
PASSES = 50  # in one run of the job: a big import is sealed at once
OWN = 0  # the chain of what is written in no community

# Up to these, rows were sealed a day before the latest block: what was being written then has long ended.
_FLOORS = """
select coalesce(max(s.transfer), 0) as transfers, coalesce(max(s.audit), 0) as audits
-- everywhere (seal_block, seal): one job seals for all communities
from (select community, first, last from seal_block
    where at < (select max(b.at) from seal_block b) - :day order by at desc limit 20) as b
join seal s on s.community = b.community and s.sequence between b.first and b.last
"""

_TRANSFERS = """
select t.community, t.id, t.public_id, t.act, t.kind, t.debit, t.credit, t.amount, t.effective_at,
    t.booked_at, t.recorded_at, t.award, t.redemption, t.hold, t.reverses, t.approval, t.actor, t.approver,
    t.account,
    t.version, t.posted_after, t.held_after, t.message, t.arguments, t.text,
    coalesce((select g.was_at from lot_grace g
        where g.lot = l.id and +g.community = l.community
        order by g.id limit 1), l.expires_at) as expires_at
-- everywhere (transfer, lot, lot_grace, seal): one job seals for all communities
from transfer t left join lot l on l.transfer = t.id
where t.id > :floor and not exists (select 1 from seal s where s.transfer = t.id)
order by t.id limit :most
"""

_AUDITS = """
select a.community, a.id, a.act, a.actor, a.on_behalf, a.action, a.subject, a.subject_id, a.result,
    a.detail, a.at
-- everywhere (audit, seal): one job seals for all communities
from audit a where a.id > :floor and not exists (select 1 from seal s where s.audit = a.id)
order by a.id limit :most
"""

_HEADS = """
select b.community, b.number, b.last, b.head from seal_block b
where b.community in ids(:communities)
    and b.number = (select max(x.number) from seal_block x where x.community = b.community)
"""

_BLOCKS = """
insert into seal_block (community, number, first, last, root, previous, at, head, signature)
select r.community, r.number, r.first, r.last, r.root, r.previous, r.at, r.head, r.signature
from rows(:items; community bigint, number bigint, first bigint, last bigint, root text, previous text,
    at bigint, head text, signature text) as r
"""

_SEALS = """
insert into seal (community, sequence, block, transfer, audit, digest)
select r.community, r.sequence, r.block, r.transfer, r.audit, r.digest
from rows(:items; community bigint, sequence bigint, block bigint, transfer bigint, audit bigint,
    digest text) as r
"""


class Leaf(NamedTuple):
    """A row that waits for its seal."""

    transfer: int | None
    audit: int | None
    digest: str


class Waiting(NamedTuple):
    """The rows of one community that go into its next block, and their root."""

    leaves: list[Leaf]
    root: str


def seal_key(house: House) -> SealKey:
    """The house's key for seals; made once a process."""
    key = house.cache.get(SealKey)
    if key is None:
        key = house.cache[SealKey] = SealKey(house.vault)
    made: SealKey = key
    return made


async def is_waiting(house: House) -> bool:
    """Whether any row waits for its seal."""
    return any(await _look(house, 1))


async def seal(house: House) -> int:
    """Seals what has no seal yet; returns how many rows. A job: a second run changes nothing."""
    sealed = 0
    for _ in range(PASSES):
        found = await _look(house, MOST)
        count = sum(map(len, found))
        if not count:
            break
        waiting = await asyncio.to_thread(_gather, *found)
        try:
            await note(house, _write(house, waiting))
        except ConstraintBroken:
            break  # another one sealed the same rows just now; what is left is found the next time
        sealed += count
    return sealed


async def _look(house: House, most: int) -> tuple[list[Row], list[Row]]:
    (floor,) = await house.db.fetch(_FLOORS, day=DAY)
    transfers = await house.db.fetch_apart(_TRANSFERS, floor=floor["transfers"], most=most)
    return transfers, await house.db.fetch_apart(_AUDITS, floor=floor["audits"], most=most)


def _gather(transfers: Sequence[Row], audits: Sequence[Row]) -> dict[int, Waiting]:
    leaves: defaultdict[int, list[Leaf]] = defaultdict(list)
    for row in transfers:
        leaves[row["community"]].append(Leaf(row["id"], None, merkle.leaf(canonical(transfer_row(row)))))
    for row in audits:
        leaves[row["community"] or OWN].append(Leaf(None, row["id"], merkle.leaf(canonical(audit_row(row)))))
    return {place: Waiting(found, merkle.root([x.digest for x in found])) for place, found in leaves.items()}


def _write(house: House, waiting: dict[int, Waiting]) -> Callable[[Unit], Any]:
    key = seal_key(house)

    async def work(unit: Unit) -> None:
        rows = await unit.fetch(_HEADS, communities=sorted(waiting))
        heads = {row["community"]: row for row in rows}
        blocks: list[dict[str, Any]] = []
        seals: list[dict[str, Any]] = []
        for place, (leaves, root) in sorted(waiting.items()):
            head = heads.get(place)
            first = head["last"] + 1 if head is not None else 1
            header = Header(
                community=place,
                number=head["number"] + 1 if head is not None else 1,
                first=first,
                last=first + len(leaves) - 1,
                root=root,
                previous=head["head"] if head is not None else "",
                at=unit.now,
            )
            blocks.append({**header._asdict(), "head": header.head(), "signature": key.sign(header)})
            seals += [
                {"community": place, "sequence": first + n, "block": header.number, **leaf._asdict()}
                for n, leaf in enumerate(leaves)
            ]
        await unit.execute(_BLOCKS, items=blocks)
        await unit.execute(_SEALS, items=seals)

    return work
