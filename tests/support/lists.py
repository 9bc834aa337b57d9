"""Lists as communities keep them, made by code; and the ways a test takes them in."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl
import pytest

from core.base.act import Unit
from core.base.viewer import Viewer
from core.lifecycle.imports.faults import BadFile, Fault
from core.lifecycle.imports.flow import Checked, Imported, Wish
from core.lifecycle.imports.runs import Run, runs
from core.lifecycle.imports.undo import undo
from core.lifecycle.imports.whole import Brought, bring, import_brought, import_file, look_through
from tests.support.cast import Cast

Rows = Iterable[Sequence[Any]]


def xlsx(rows: Rows, merge: Sequence[str] = (), others: Mapping[str, Rows] | None = None) -> bytes:
    """A workbook: its first sheet with merged ranges, and other sheets by name."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    for name, more in (others or {}).items():
        other = book.create_sheet(name)
        for row in more:
            other.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(*lines: str) -> bytes:
    """A CSV file in UTF-8."""
    return "\n".join(lines).encode()


async def take(viewer: Viewer, content: bytes, kind: str = "") -> Imported:
    return await import_file(viewer, "list", content, kind)


async def dry(
    viewer: Viewer, content: bytes, kind: str = "", same: Mapping[str, bool] | None = None
) -> Checked:
    """The dry run, with answers to what is asked."""
    brought = await bring(viewer, "list", content, kind)
    return await look_through(viewer, answered(brought, same or {}))


async def take_with(viewer: Viewer, content: bytes, kind: str, same: Mapping[str, bool]) -> Imported:
    """Takes a list in with answers of one's own."""
    return await import_brought(viewer, answered(await bring(viewer, "list", content, kind), same))


def answered(brought: Brought, same: Mapping[str, bool]) -> Brought:
    wish = brought.wish
    return Brought(brought.file_name, Wish(wish.kind, wish.table, wish.chosen, same, wish.digest))


async def complaints(viewer: Viewer, content: bytes, kind: str = "") -> list[Fault]:
    """What is wrong with a list. The dry run and the import say the same, and nothing is changed."""
    before = await everything(viewer)
    with pytest.raises(BadFile) as refused:
        await take(viewer, content, kind)
    assert await everything(viewer) == before
    return refused.value.faults


def told(faults: Iterable[Fault]) -> list[tuple[int, str, str]]:
    """Faults as (line, column, message)."""
    return [(fault.line, fault.column, str(fault.message)) for fault in faults]


async def everything(viewer: Viewer) -> list[int]:
    """How many rows there are of all that an import may write."""
    row = await viewer.house.db.one(
        "select (select count(*) from person) as a, (select count(*) from volunteer) as b, "
        "(select count(*) from team) as c, (select count(*) from team_member) as d, "
        "(select count(*) from area) as e, (select count(*) from residence) as f, "
        "(select count(*) from opening) as g, (select count(*) from attendance) as h, "
        "(select count(*) from activity) as i, (select count(*) from transfer) as j, "
        "(select count(*) from volunteer_word) as k, (select count(*) from person_lookup) as l, "
        "(select count(*) from person_secret) as m, (select count(*) from interval) as n, "
        "(select count(*) from act) as o, (select count(*) from import_run) as p"
    )
    return list(row) if row is not None else []


async def last_run(viewer: Viewer) -> Run:
    return (await runs(viewer))[0]


async def take_out(cast: Cast, viewer: Viewer) -> None:
    """Undoes the latest import."""
    run = await last_run(viewer)

    async def work(unit: Unit) -> dict[str, int]:
        await undo(unit, run)
        return {}

    await cast.do(viewer, work)
