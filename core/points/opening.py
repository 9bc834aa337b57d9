"""Openings: points and hours that stood in a paper book when the community began.

They are no earnings: they count in no month and under no cap. One opening of a volunteer and a book stands at
a time; it is taken back by a reversal, never changed.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from core.base.act import Unit
from core.base.clock import moment
from core.base.database import Row
from core.base.errors import Message, Refused
from core.points import ledger
from core.points.page import Lot, Note, Page, open_page
from core.points.tallies import add_minutes

_STANDING = """
select o.volunteer, o.source from opening o
where o.volunteer in ids(:volunteers) and +o.community = :community and o.reverses is null
    and not exists (select 1 from opening r where r.reverses = o.id)
"""

_ADD = """
insert into opening (community, volunteer, points, minutes, day, source, reverses, transfer, act, at)
select cast(:community as bigint), r.volunteer, r.points, r.minutes, r.day, r.source, r.reverses, r.transfer,
    cast(:act as bigint), cast(:at as bigint)
from rows(:items; volunteer bigint, points bigint, minutes bigint, day text, source text, reverses bigint,
    transfer bigint) as r
returning id
"""

# `first` and `last` are the ids the act gave out: the way in to its rows.
_OF_ACT = """
select o.id, coalesce(v.merged_into, v.id) as volunteer, o.points, o.minutes, o.day, o.source, o.transfer
from opening o join volunteer v on v.id = o.volunteer
where o.id between :first and :last and o.act = :act and +o.community = :community and o.reverses is null
    and not exists (select 1 from opening r where r.reverses = o.id)
order by o.id
"""

MANY = 200  # openings from which plans are worth making anew

_BROUGHT = Message("Brought over from the paper book")
_TAKEN_BACK = Message("Entry from the paper book taken back")


class Opening(msgspec.Struct, frozen=True):
    """What stood in the book `source` on a day ('YYYY-MM-DD'). Points or minutes, or both."""

    volunteer: int
    points: int
    minutes: int
    day: str
    source: str


class Span(NamedTuple):
    """The ids an act gave out in a table, first and last; others of the same time may lie between."""

    first: int
    last: int


async def add_openings(unit: Unit, items: Sequence[Opening]) -> Span:
    """Posts openings: points as a line with a lot of its own, minutes to the confirmed service.

    A visible debt is repaid first. The same number of statements for one and for thousands. Raises NotFound
    (a volunteer of another community; permission `import.run`), Refused (one stands already).
    """
    unit.viewer.require("import.run")
    page = await open_page(unit, [item.volunteer for item in items])
    volunteers = [item.volunteer for item in items]
    rows = await unit.fetch(_STANDING, volunteers=volunteers, community=unit.community)
    keys = [(item.volunteer, item.source) for item in items]
    if len(set(keys)) < len(keys) or {(r["volunteer"], r["source"]) for r in rows} & set(keys):
        raise Refused(Message("Somebody's entry of this paper book stands already."))
    posted = _post(page, items)
    if len(items) > MANY:
        await unit.plan_anew()
    await page.write()
    span = await _write(unit, [_row(i, page.ids[key] if key else None) for i, key in posted])
    await _move_minutes(page, [(item.volunteer, item.minutes) for item in items])
    await unit.audit("points.opening", "act", unit.act, count=len(items))
    return span


def _post(page: Page, items: Sequence[Opening]) -> list[tuple[Opening, tuple[int, int] | None]]:
    """Adds the lines; returns each opening with its line's key."""
    posted: list[tuple[Opening, tuple[int, int] | None]] = []
    lots: defaultdict[int, list[Lot]] = defaultdict(list)
    notes: dict[int, Note] = {}
    text = page.words(_BROUGHT)
    for item in items:
        if not item.points:
            posted.append((item, None))
            continue
        at = moment(datetime.fromisoformat(item.day), page.accounts.zone)
        note = Note(message=_BROUGHT, text=text, effective_at=at, actor=page.unit.actor)
        line = page.add(
            page.member(item.volunteer),
            "opening",
            item.points,
            note,
            other=page.accounts.openings,
            posted=item.points,
            into=True,
        )
        # They last as if they had been earned on the day they were brought over.
        lots[item.volunteer].append(page.open_lot(line, page.end(page.unit.now)))
        notes[item.volunteer] = note
        posted.append((item, line.key))
    for volunteer, opened in lots.items():
        ledger.repay(page, page.member(volunteer), opened, notes[volunteer])
    return posted


def _row(item: Opening, transfer: int | None) -> dict[str, object]:
    return {**msgspec.structs.asdict(item), "reverses": None, "transfer": transfer}


async def _write(unit: Unit, rows: list[dict[str, object]]) -> Span:
    ids = [
        row["id"]
        for row in await unit.fetch(_ADD, community=unit.community, act=unit.act, at=unit.now, items=rows)
    ]
    return Span(min(ids), max(ids))


async def _move_minutes(page: Page, pairs: Sequence[tuple[int, int]]) -> None:
    total: defaultdict[int, int] = defaultdict(int)
    for volunteer, minutes in pairs:
        total[volunteer] += minutes
    await add_minutes(page.unit, page.accounts.policy, total)


async def take_back_openings(unit: Unit, act: int, span: Span) -> int:
    """Reverses what still stands of an act's openings; returns how many.

    Points come out of their own lots first; what was spent becomes a visible debt. Raises NotFound.
    """
    unit.viewer.require("import.run")
    rows = await unit.fetch(_OF_ACT, first=span.first, last=span.last, act=act, community=unit.community)
    if not rows:
        return 0
    page = await open_page(unit, [row["volunteer"] for row in rows])
    with_points = [row for row in rows if row["transfer"] is not None]
    # Lines come back in the order of what they reverse.
    with_points.sort(key=_transfer_of)
    lines = await ledger.reverse(page, [row["transfer"] for row in with_points], _TAKEN_BACK, "opening")
    await page.write()
    reversal = {row["id"]: page.ids[line.key] for row, line in zip(with_points, lines, strict=True)}
    await _write(
        unit,
        [
            {
                "volunteer": row["volunteer"],
                "points": -row["points"],
                "minutes": -row["minutes"],
                "day": row["day"],
                "source": row["source"],
                "reverses": row["id"],
                "transfer": reversal.get(row["id"]),
            }
            for row in rows
        ],
    )
    await _move_minutes(page, [(row["volunteer"], -row["minutes"]) for row in rows])
    await unit.audit("points.opening_back", "act", act, count=len(rows))
    return len(rows)


def _transfer_of(row: Row) -> int:
    return int(row["transfer"])
