"""The whole way of a file at once, without pages: for the command line and the demo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from core.base.act import Unit
from core.base.errors import Message, Refused
from core.base.ids import public_id
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.numbers import digits_of
from core.community.roles import people_with
from core.lifecycle.imports.content import digest_of
from core.lifecycle.imports.faults import BadFile, Fault, unreadable
from core.lifecycle.imports.flow import KINDS, Checked, Imported, Told, Wish, check, nobody_listens, take_in
from core.lifecycle.imports.grids import Grid
from core.lifecycle.imports.headings import heading_key
from core.lifecycle.imports.kind import Kind, check_choice, suggest
from core.lifecycle.imports.reading import read_file
from core.lifecycle.imports.runs import Report, remembered
from core.lifecycle.imports.table import Table, find_table, known_headings

_NOBODY = Message("Nobody knows this column.")
_NOBODY_CURE = Message("Check its name, or remove the column.")

_KEEP = """
insert into import_run (community, public_id, person, kind, file_name, digest, state, report, done, whole,
    act, created_at, changed_at)
values (:community, :public_id, cast(:person as bigint), :kind, :file_name, :digest, 'done', :report, :whole,
    :whole, :act, :now, :now)
"""


_NAMED = """
select v.person from volunteer v where v.number = :number and v.community = :community
union select l.person from person_lookup l where l.kind = 'phone' and l.hash = :phone
"""

_OPERATORS = """
select g.person from role_grant g join role o on o.id = g.role and o.community is null
where o.key = 'operator' and g.community is null and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
order by g.person
"""


class Brought(msgspec.Struct, frozen=True):
    """A file that was read and whose columns are known."""

    file_name: str
    wish: Wish


async def bring(
    viewer: Viewer,
    file_name: str,
    content: bytes,
    kind: str = "",
    columns: Mapping[str, str] | None = None,
) -> Brought:
    """Reads a file; without a kind it is guessed from the headings. `columns`: heading → column key.

    A column nobody knows is refused, so that a misspelt heading is not silently lost. Raises BadFile.
    """
    grids = await read_file(viewer.house, content)
    found = KINDS[kind] if kind else guess(grids)
    chosen = {
        **await remembered(viewer.house.db, viewer.community, found),
        **{heading_key(heading): key for heading, key in (columns or {}).items()},
    }
    table = find_table(grids, {**found.known(), **chosen})
    keys = suggest(found, table, chosen)
    _refuse_unknown(table, keys)
    check_choice(found, table, keys)
    return Brought(file_name, Wish(found, table, keys, {}, digest_of(content)))


def guess(grids: Sequence[Grid]) -> Kind:
    """The kind that knows the most headings, of those that find all they need. Raises BadFile."""
    best: tuple[int, Kind] | None = None
    for kind in KINDS.values():
        keys = known_headings(grids, kind.known())
        complete = all(keys & set(group) for group in kind.required)
        if complete and (best is None or len(keys) > best[0]):
            best = (len(keys), kind)
    if best is None:
        raise unreadable(
            Message("No line has the headings of a list we know."),
            Message("Say which kind of list it is, or take the file to download on the imports page."),
        )
    return best[1]


def _refuse_unknown(table: Table, keys: Sequence[str]) -> None:
    faults: list[Fault] = []
    header = table.rows[0].line - 1
    for at, key in enumerate(keys):
        if key:
            continue
        if table.headings[at]:
            faults.append(Fault(header, table.headings[at], _NOBODY, _NOBODY_CURE))
            continue
        row = next(row for row in table.rows if row.cells[at].strip())
        message = Message("This line has more cells than the header.")
        cure = Message("Is there a comma too many? Give the column a heading, or remove it.")
        faults.append(Fault(row.line, "", message, cure, table.sheet(row)))
    if faults:
        raise BadFile(faults)


async def in_whose_name(viewer: Viewer, who: str = "") -> Viewer:
    """The house's own viewer, acting in the name of somebody who may import here.

    `who` is his volunteer number or telephone number; without it, whoever may is taken, the longest known
    first. Raises Refused when nobody fits.
    """
    digits = digits_of(who)
    rows = await viewer.house.db.fetch(
        _NAMED, community=viewer.community, number=digits, phone=viewer.house.vault.hash("phone", digits)
    )
    named = {row["person"] for row in rows}
    allowed = [p for p in await people_with(viewer, "import.run") if not who or p in named]
    if not allowed:
        allowed = [
            row["person"]
            for row in await viewer.house.db.fetch(_OPERATORS, now=viewer.house.clock.now())
            if not who or row["person"] in named
        ]
    if not allowed:
        raise Refused(Message("Nobody here may import under this number. Name a community worker."))
    return replace(viewer, person=allowed[0])


async def look_through(viewer: Viewer, brought: Brought, told: Told = nobody_listens) -> Checked:
    """The dry run. Raises NotFound."""
    return await check(viewer, brought.wish, told)


async def import_brought(
    viewer: Viewer, brought: Brought, told: Told = nobody_listens, checked: Checked | None = None
) -> Imported:
    """Takes it in, in one act; what is asked is answered as proposed. Raises BadFile, NotFound, Refused."""

    async def finish(unit: Unit, counts: dict[str, int], wrote: dict[str, Any]) -> None:
        wish = brought.wish
        await unit.execute(
            _KEEP,
            community=unit.community,
            public_id=public_id(),
            person=unit.actor,
            kind=wish.kind.key,
            file_name=brought.file_name[-200:],
            digest=wish.digest,
            report=to_json(
                Report(
                    counts=counts,
                    left_out=len(wish.table.left_out),
                    skipped=len(wish.table.skipped),
                    wrote=wrote,
                )
            ),
            whole=len(wish.table.rows),
            act=unit.act,
            now=unit.now,
        )

    return await take_in(viewer, brought.wish, finish, checked=checked, told=told)


async def import_file(viewer: Viewer, file_name: str, content: bytes, kind: str = "") -> Imported:
    """Reads and takes in a file, or nothing of it. Raises BadFile (every bad row), NotFound, Refused."""
    return await import_brought(viewer, await bring(viewer, file_name, content, kind))
