"""Sheets as they were read: rows of text, before anybody knows which of them is the header."""

import msgspec

from core.base.errors import Message
from core.lifecycle.imports.faults import BadFile, unreadable

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CELL = 4096  # bytes of UTF-8
SPARE_ROWS = 50  # titles, headers and remarks around the rows

FORMULA, ERROR, LONG = "formula", "error", "long"
Odd = dict[int, str]


class Line(msgspec.Struct, frozen=True, array_like=True):
    """A row: its line as the spreadsheet counts, its cells, and the cells that hold no plain value."""

    number: int
    cells: list[str]
    odd: Odd = {}


class Grid(msgspec.Struct, frozen=True, array_like=True):
    """One sheet without its blank rows; `name` is '' for a CSV file."""

    name: str
    lines: list[Line]


def check_size(grids: list[Grid]) -> list[Grid]:
    """The sheets that have rows. Raises BadFile when there is nothing in them, or too much."""
    filled = [grid for grid in grids if grid.lines]
    if not filled:
        raise unreadable(Message("The file is empty."), Message("Choose the file with the rows in it."))
    for grid in filled:
        if max(len(line.cells) for line in grid.lines) > MOST_COLUMNS:
            raise unreadable(
                Message("There are more than %(most)s columns.", most=MOST_COLUMNS),
                Message("Delete the columns that are not needed, also the empty ones to the right."),
            )
    if sum(len(grid.lines) for grid in filled) > MOST_ROWS + SPARE_ROWS:
        raise too_many_rows()
    return filled


def too_many_rows() -> BadFile:
    return unreadable(
        Message("There are more than %(most)s rows.", most=MOST_ROWS),
        Message("Cut the file into several, each with its header, and import one after the other."),
        MOST_ROWS,
    )


def cut(text: str) -> tuple[str, str]:
    """A cell's text, and LONG when there is more of it than we take."""
    if len(text) <= MOST_CELL // 4 or len(text.encode()) <= MOST_CELL:
        return text, ""
    return text[:100], LONG
