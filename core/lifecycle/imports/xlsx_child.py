"""The process that opens a stranger's XLSX file: bytes in, rows out, and nothing else within its reach.

`python -m core.lifecycle.imports.xlsx_child < file > rows`. It gives itself little memory and little time
first, so that a file made to use up the machine uses up this process. It answers with Grids (MessagePack),
or ends with one of the codes below. Merged cells are filled with the text of their first; formulas, errors
and overlong cells are marked.
"""

import io
import resource
import sys
from datetime import datetime, time, timedelta
from typing import Any

import msgspec

from core.lifecycle.imports.grids import ERROR, FORMULA, MOST_COLUMNS, MOST_ROWS, SPARE_ROWS, Grid, Line, cut

BROKEN, TOO_MUCH, UNSAFE = 3, 4, 5  # how it ends when the file cannot be read
MEMORY = 1_200_000_000  # bytes
SECONDS = 60  # of processor time
MOST_SHEETS = 60
_EXACT = 10**15  # larger whole numbers have lost digits in the spreadsheet
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # a spreadsheet's times have no zone
_FIRST_REAL_YEAR = 1905  # dates before are lengths of time that were shown as dates


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    content = sys.stdin.buffer.read()
    try:
        grids = read(content)
    except MemoryError:
        return TOO_MUCH
    except Exception as error:
        # Whatever a file does to the library: that it cannot be read is all there is to say.
        return UNSAFE if _is_unsafe(error) else BROKEN
    sys.stdout.buffer.write(msgspec.msgpack.encode(grids))
    return 0


def _is_unsafe(error: BaseException | None) -> bool:
    """Whether the safe parser refused it; the library wraps that in errors of its own."""
    while error is not None:
        if type(error).__module__.startswith("defusedxml"):
            return True
        error = error.__cause__ or error.__context__
    return False


def read(content: bytes) -> list[Grid]:
    """The visible sheets. Raises whatever the library raises for a file that is none."""
    import openpyxl  # noqa: PLC0415  # after the limits

    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise RuntimeError("the XML parser is not the safe one")
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return [_grid(sheet) for sheet in sheets[:MOST_SHEETS]]


def _grid(sheet: Any) -> Grid:
    merged = _merged(sheet)
    lines: list[Line] = []
    for row in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS + 1)):
        if len(lines) > MOST_ROWS + SPARE_ROWS:
            break
        line = _line(sheet, row, merged)
        if line is not None:
            lines.append(line)
    return Grid(sheet.title, lines)


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell in a merged range the first cell of the range; as far as we read at all."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        first = (area.min_row, area.min_col)
        for row in range(area.min_row, min(area.max_row, sheet.max_row, MOST_ROWS + 2 * SPARE_ROWS) + 1):
            for column in range(area.min_col, min(area.max_col, MOST_COLUMNS) + 1):
                found[row, column] = first
    return found


def _line(sheet: Any, row: Any, merged: dict[tuple[int, int], tuple[int, int]]) -> Line | None:
    cells: list[str] = []
    odd: dict[int, str] = {}
    own = False
    for at, cell in enumerate(row):
        first = merged.get((row[0].row, at + 1)) if merged else None
        source = cell if first is None else sheet.cell(*first)
        text, mark = _text(source)
        if text and not text.isspace() and (first is None or first[0] == row[0].row):
            own = True
        cells.append(text)
        if mark:
            odd[at] = mark
    if not own:  # nothing but what a range reaching down from above says: blank
        return None
    while cells and not cells[-1].strip():
        cells.pop()
    return Line(row[0].row, cells, odd)


def _text(cell: Any) -> tuple[str, str]:
    """A cell's value as a person would read it, and what is odd about it."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return "", ""
    if kind == "f":
        return "=…", FORMULA
    if kind == "e":
        return str(value), ERROR
    if isinstance(value, str):
        indent = int(cell.alignment.indent) if cell.has_style and cell.alignment.indent else 0
        text, mark = cut(value)
        return "  " * indent + text, mark
    return _written(value), ""


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    return _length(value) if isinstance(value, timedelta) else str(value)


def _number(value: int | float) -> str:
    if float(value).is_integer():
        return str(int(value)) if abs(value) < _EXACT else f"{value:.10E}"
    return repr(value)


def _moment(value: datetime) -> str:
    if value.year < _FIRST_REAL_YEAR:
        # The calendar of spreadsheets has a 29 February 1900; days before it count from a day later.
        zero = _DAY_ZERO + timedelta(days=1) if value < datetime(1900, 3, 1) else _DAY_ZERO  # noqa: DTZ001
        return _length(value - zero)
    if (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.strftime("%Y-%m-%d")
    return value.strftime("%Y-%m-%d %H:%M")


def _length(value: timedelta) -> str:
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


if __name__ == "__main__":
    sys.exit(main())
