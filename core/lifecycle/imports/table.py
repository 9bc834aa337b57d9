"""From sheets to one table: where the header is, what the columns are called, which rows are rows.

Title rows above the header, a header of two rows, headers repeated on every printed page, lines of sums and
remarks: all that is no row of the table is left out, and counted.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from core.base.errors import Message
from core.lifecycle.imports.faults import unreadable
from core.lifecycle.imports.grids import MOST_ROWS, Grid, Line, Odd, too_many_rows
from core.lifecycle.imports.headings import COMMON, heading_key

HEADER_WITHIN = 15  # rows from the top
_SURE = 2  # known headings that make a sheet one of those meant
_SUMS = frozenset(("合计", "总计", "小计", "共计", "合計", "總計", "小計", "共計", "total", "sum"))
_REMARKS = ("填表", "制表", "製表", "审核", "審核", "备注:", "备注：", "注:", "注：", "说明:", "说明：")
_EXAMPLES = ("例:", "例：", "示例:", "示例：", "e.g.:")  # the line that shows how it is filled in
_DITTO = frozenset(("同上", "〃", "″", "''", '"', "″″", "〞", "同前"))
_FEW = 4  # cells of a remark at most
_WHOLE_LINE = 3  # cells of one text from which it was merged over the line


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A row: where it stands, a text for each column, and the cells that hold no plain value."""

    line: int
    sheet: int
    cells: list[str]
    odd: Odd = {}


class Table(msgspec.Struct, frozen=True, array_like=True):
    """What a file holds. `left_out`: (sheet, line) of sums and remarks; `skipped`: sheets without a table."""

    headings: list[str]
    rows: list[Row]
    sheets: list[str]
    left_out: list[tuple[int, int]] = []
    skipped: list[str] = []

    def sheet(self, row: Row) -> str:
        """The name of a row's sheet, where there are several."""
        return self.sheets[row.sheet] if len(self.sheets) > 1 else ""


class _Header(NamedTuple):
    known: int
    headings: list[str]
    first: int  # index of the first line below


def known_headings(grids: Sequence[Grid], known: Mapping[str, str]) -> set[str]:
    """The column keys that the likeliest header of the sheets has."""
    best = max((_header(grid, known) for grid in grids), key=lambda header: header.known)
    return {key for heading in best.headings if heading and (key := known.get(heading_key(heading), ""))}


def find_table(grids: Sequence[Grid], known: Mapping[str, str]) -> Table:
    """Puts the sheets that have a header together. Raises BadFile when there is no row below any.

    `known` is heading key → column key. Where none is known, the fullest of the first rows is the header.
    """
    headers = [_header(grid, known) for grid in grids]
    best = max(header.known for header in headers)
    chosen = [
        (grid, header)
        for grid, header in zip(grids, headers, strict=True)
        if header.known >= min(best, _SURE) and (best > 0 or grid is grids[0])
    ]
    places: dict[tuple[str, int], int] = {}
    rows: list[Row] = []
    left_out: list[tuple[int, int]] = []
    for sheet, (grid, header) in enumerate(chosen):
        columns = _places(header.headings, places)
        found, out = _rows(grid.lines[header.first :], header.headings, columns, sheet)
        rows += found
        left_out += [(sheet, number) for number in out]
    if not rows:
        message = Message("There is no row below the header.")
        raise unreadable(message, Message("Choose the file with the rows in it."))
    if len(rows) > MOST_ROWS:
        raise too_many_rows()
    names = [grid.name for grid, _ in chosen]
    skipped = [grid.name for grid in grids if grid.name not in names]
    return _narrow(Table([name for name, _ in places], rows, names, left_out, skipped))


def _header(grid: Grid, known: Mapping[str, str]) -> _Header:
    """The row, or the two rows one above the other, with the most known headings among the first."""
    top = grid.lines[:HEADER_WITHIN]
    fullest = max(top, key=lambda line: sum(1 for cell in line.cells if cell.strip()))
    best = _Header(0, _clean(fullest.cells), top.index(fullest) + 1)
    for at, line in enumerate(top):
        single = _clean(line.cells)
        candidates = [_Header(_count(single, known), single, at + 1)]
        if at + 1 < len(top):
            double = _two_rows(single, _clean(top[at + 1].cells), known)
            candidates.append(_Header(_count(double, known), double, at + 2))
        for candidate in candidates:
            if candidate.known > best.known:
                best = candidate
    return best


def _clean(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split())[:60] for cell in cells]


def _count(headings: Sequence[str], known: Mapping[str, str]) -> int:
    keys = {known.get(heading_key(heading), "") for heading in headings if heading}
    return len(keys - {""}) + len(COMMON & {heading_key(heading) for heading in headings}) // 2


def _two_rows(above: Sequence[str], below: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Of 队长 above 姓名 the heading is 队长姓名 where that is known; else the lower, else the upper."""
    width = max(len(above), len(below))
    found = []
    parent = ""
    for at in range(width):
        upper = above[at] if at < len(above) else ""
        lower = below[at] if at < len(below) else ""
        # Without merged cells a parent stands over its first child only.
        parent = upper or (parent if lower else "")
        both = parent + lower
        found.append(both if lower and heading_key(both) in known else lower or upper)
    return found


def _places(headings: Sequence[str], places: dict[tuple[str, int], int]) -> list[int]:
    """Where each column of a sheet stands in the whole table; sheets share columns of one heading."""
    seen: dict[str, int] = {}
    found = []
    for heading in headings:
        nth = seen[heading] = seen.get(heading, 0) + 1
        found.append(places.setdefault((heading, nth), len(places)))
    return found


def _rows(
    lines: Sequence[Line], headings: list[str], columns: list[int], sheet: int
) -> tuple[list[Row], list[int]]:
    rows: list[Row] = []
    out: list[int] = []
    straight = columns == list(range(len(headings)))
    width = max(columns) + 1
    above: list[str] = []
    for line in lines:
        cells = line.cells[: len(columns)]
        if len(line.cells) > len(columns) and any(cell.strip() for cell in line.cells[len(columns) :]):
            cells = line.cells  # more cells than headings: kept, so that the line can be named
        if _is_remark(cells):
            out.append(line.number)
            continue
        if cells[0].strip() == headings[0] and _clean(cells) == headings[: len(cells)]:
            continue  # the header again, as on every printed page
        cells = _without_dittos(cells, above)
        above = cells
        if straight:
            rows.append(Row(line.number, sheet, cells, line.odd))
        else:
            spread = [""] * max(width, len(cells))
            for at, cell in enumerate(cells):
                spread[columns[at] if at < len(columns) else at] = cell
            odd = {columns[at] if at < len(columns) else at: mark for at, mark in line.odd.items()}
            rows.append(Row(line.number, sheet, spread, odd))
    return rows, out


def _without_dittos(cells: list[str], above: list[str]) -> list[str]:
    if not _DITTO.intersection(cells):
        return cells
    return [
        above[at] if cell.strip() in _DITTO and at < len(above) else cell for at, cell in enumerate(cells)
    ]


def _is_remark(cells: Sequence[str]) -> bool:
    """A line of sums, a signature line, a note, or one text merged over the whole line."""
    filled = [cell.strip() for cell in cells if cell and not cell.isspace()]
    if not filled:
        return True
    first = filled[0].lower()
    if first.replace(" ", "").replace("\u3000", "") in _SUMS or first.startswith(_EXAMPLES):
        return True
    if len(filled) <= _FEW and first.startswith(_REMARKS):
        return True
    return len(filled) >= _WHOLE_LINE and filled.count(filled[0]) == len(filled) and not first.isdecimal()


def _narrow(table: Table) -> Table:
    """Without the columns that have neither a heading nor a text."""
    width = max(len(table.headings), *(len(row.cells) for row in table.rows))
    headings = [*table.headings, *[""] * (width - len(table.headings))]
    empty = [at for at, heading in enumerate(headings) if not heading]
    dead = {
        at for at in empty if not any(at < len(row.cells) and row.cells[at].strip() for row in table.rows)
    }
    kept = [at for at in range(width) if at not in dead]
    if len(kept) == width == len(table.headings) and all(len(row.cells) == width for row in table.rows):
        return table
    place = {at: n for n, at in enumerate(kept)}
    rows = [
        Row(
            row.line,
            row.sheet,
            [row.cells[at] if at < len(row.cells) else "" for at in kept],
            {place[at]: mark for at, mark in row.odd.items() if at in place},
        )
        for row in table.rows
    ]
    return Table([headings[at] for at in kept], rows, table.sheets, table.left_out, table.skipped)
