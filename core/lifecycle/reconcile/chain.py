"""The seals of one chain: blocks that hang together, signed by this house, over rows as they were."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.base import merkle
from core.base.clock import HOUR
from core.base.database import Row
from core.base.house import House
from core.base.seal_form import Header, audit_row, canonical, is_signed, transfer_row
from core.base.seals import OWN, seal_key
from core.lifecycle.reconcile.faults import MOST, Check, Fault, faults_of

_PAGE = 20_000  # blocks or rows read at a time
_RECENT = 20_000  # rows looked at each hour, and as many older ones, in turn

_BLOCKS = """
select b.community, b.number, b.first, b.last, b.root, b.previous, b.at, b.head, b.signature from seal_block b
where b.community = :community and b.number > :after order by b.number limit :most
"""

_LINES = """
select s.sequence, s.block, s.digest, s.transfer as of_row, t.community, t.id, t.public_id, t.act, t.kind,
    t.debit, t.credit, t.amount, t.effective_at, t.booked_at, t.recorded_at, t.award, t.redemption, t.hold,
    t.reverses,
    t.approval, t.actor, t.approver, t.account, t.version, t.posted_after, t.held_after, t.message,
    t.arguments, t.text,
    coalesce((select g.was_at from lot_grace g
        where g.lot = l.id and +g.community = l.community
        order by g.id limit 1), l.expires_at) as expires_at
from seal s left join transfer t on t.id = s.transfer and t.community = s.community
left join lot l on l.transfer = s.transfer and l.community = s.community
where s.community = :community and s.sequence between :first and :last and s.transfer is not null
order by s.sequence
"""

_ENTRIES = """
select s.sequence, s.block, s.digest, s.audit as of_row, a.community, a.id, a.act, a.actor, a.on_behalf,
    a.action, a.subject, a.subject_id, a.result, a.detail, a.at
from seal s left join audit a on a.id = s.audit
    and (a.community = s.community or (a.community is null and s.community = 0))
where s.community = :community and s.sequence between :first and :last and s.audit is not null
order by s.sequence
"""

_LOOSE = Check(
    "seals",
    "seal",
    """
select s.sequence as at_row, s.block as block_kept, null as block_said from seal s
where s.community = :community and not exists (select 1 from seal_block b
    where b.community = s.community and s.sequence between b.first and b.last)
order by s.sequence limit :most
""",
)


class Block(NamedTuple):
    """A block as it stands in the database."""

    header: Header
    head: str
    signature: str


class Sealed(NamedTuple):
    """A seal, and the digest its row has now; '' where the row is gone."""

    sequence: int
    block: int
    kept: str
    now: str
    table: str
    row: int


async def blocks_of(house: House, community: int) -> list[Block]:
    """All blocks of a chain in their order (community 0: the house's own)."""
    found: list[Block] = []
    while True:
        after = found[-1].header.number if found else -1  # 0 is no number, but damage may write it
        rows = await house.db.fetch_apart(_BLOCKS, community=community, after=after, most=_PAGE)
        found += [
            Block(Header(*(row[name] for name in Header._fields)), row["head"], row["signature"])
            for row in rows
        ]
        if len(rows) < _PAGE:
            return found


async def chain(house: House, community: int, *, whole: bool) -> list[Fault]:
    """What is wrong with a chain. Not `whole`: the links of all blocks, but the rows only of the latest and
    of some older ones, other ones each hour."""
    blocks = await blocks_of(house, community)
    key = seal_key(house).public
    faults = await asyncio.to_thread(lambda: list(_links(blocks, key, whole)))
    if faults:
        return faults[:MOST]  # blocks that do not hang together say nothing about rows
    loose = await house.db.fetch_apart(_LOOSE.sql, community=community, most=MOST)
    faults = faults_of(_LOOSE, loose)
    wanted = blocks if whole else _some(blocks, house.clock.now() // HOUR)
    for group in _groups(wanted):
        first, last = group[0].header.first, group[-1].header.last
        span = {"community": community, "first": first, "last": last}
        lines = await house.db.fetch_apart(_LINES, **span)
        entries = await house.db.fetch_apart(_ENTRIES, **span)
        faults += await asyncio.to_thread(_rows, group, lines, entries)
        if len(faults) >= MOST:
            break
    return faults[:MOST]


def _links(blocks: Sequence[Block], key: str, whole: bool) -> Iterator[Fault]:
    previous, first = "", 1
    for number, block in enumerate(blocks, 1):
        header = block.header
        kept = (header.number, header.first, header.previous)
        if kept != (number, first, previous):
            yield _fault("seal_block", header, f"block {kept}", f"block {(number, first, previous)}")
            return
        if block.head != header.head():
            yield _fault("seal_block", header, f"head {block.head}", f"head {header.head()}")
        signed = not whole and number < len(blocks)  # the signature of the last holds for all before it
        if not signed and not is_signed(header, block.signature, key):
            yield _fault("seal_block", header, "a signature", "it was not made by this house over this block")
        previous, first = header.head(), header.last + 1


def _fault(table: str, header: Header, says: str, journal: str) -> Fault:
    place = "the house" if header.community == OWN else f"community {header.community}"
    return Fault("seals", table, f"{header.number} of {place}", says, journal)


def _some(blocks: list[Block], turn: int) -> list[Block]:
    """The latest blocks, and a stretch of older ones: the next stretch the next time."""
    at, rows = len(blocks), 0
    while at and rows < _RECENT:
        at -= 1
        rows += blocks[at].header.last - blocks[at].header.first + 1
    older = blocks[:at]
    stretches: list[list[Block]] = list(_groups(older))
    return [*(stretches[turn % len(stretches)] if stretches else []), *blocks[at:]]


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks that follow each other, as many as hold about a page of rows."""
    group: list[Block] = []
    for block in blocks:
        follows = group and group[-1].header.number + 1 == block.header.number
        if group and (not follows or block.header.last - group[0].header.first >= _PAGE):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _rows(group: Sequence[Block], lines: Sequence[Row], entries: Sequence[Row]) -> list[Fault]:
    seals = [_sealed(row, "transfer", merkle.leaf(canonical(transfer_row(row)))) for row in lines]
    seals += [_sealed(row, "audit", merkle.leaf(canonical(audit_row(row)))) for row in entries]
    by_sequence = {seal.sequence: seal for seal in seals}
    faults: list[Fault] = []
    for block in group:
        faults += _block(block.header, by_sequence)
    return faults


def _sealed(row: Row, table: str, now: str) -> Sealed:
    here = row["id"] is not None
    return Sealed(row["sequence"], row["block"], row["digest"], now if here else "", table, row["of_row"])


def _block(header: Header, seals: dict[int, Sealed]) -> Iterator[Fault]:
    mine = [seals.get(sequence) for sequence in range(header.first, header.last + 1)]
    for sequence, seal in enumerate(mine, header.first):
        if seal is None:
            yield Fault("seals", "seal", str(sequence), "nothing", f"a row of block {header.number}")
        elif seal.block != header.number:
            yield Fault("seals", "seal", str(sequence), f"block {seal.block}", f"block {header.number}")
    there = [seal for seal in mine if seal is not None]
    whole = len(there) == len(mine) and merkle.root([seal.kept for seal in there]) == header.root
    if whole:
        for seal in there:
            if seal.now != seal.kept:
                says = f"digest {seal.now}" if seal.now else "nothing, it is gone"
                yield Fault("seals", seal.table, str(seal.row), says, f"digest {seal.kept}, sealed")
    elif len(there) == len(mine):
        wrong = [seal for seal in there if seal.now != seal.kept]
        for seal in wrong:
            yield Fault("seals", "seal", str(seal.sequence), f"digest {seal.kept}", f"digest {seal.now}")
        if not wrong:
            yield _fault("seal_block", header, f"root {header.root}", "its rows have another one")
