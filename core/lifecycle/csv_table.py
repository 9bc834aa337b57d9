"""A CSV file as rows of known columns, with a place for every complaint."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from core.base.errors import Message, Refused

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
MOST_CELL = 4096  # bytes of UTF-8


@dataclass(frozen=True)
class Fault:
    """What is wrong at a line (1 is the header) and column ('' for the whole line), and the cure."""

    line: int
    column: str
    message: Message


class BadFile(Refused):
    """A file that cannot be imported; nothing of it was. `faults` say where and why."""

    status = 422

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


@dataclass(frozen=True)
class Line:
    """One row: its line in the file, and its cells by column key ('' where the column is missing)."""

    number: int
    cells: Mapping[str, str]


def read_table(content: bytes, headers: Mapping[str, str], required: tuple[str, ...]) -> list[Line]:
    """Rows of a CSV file in UTF-8 (with or without a byte order mark) or GB18030.

    `headers` maps accepted header texts (lower case) to column keys. Columns nobody knows are refused, so
    that a misspelt header is not silently lost. Raises BadFile.
    """
    if len(content) > MOST_BYTES:
        message = Message("The file is too large: at most %(most)s MB.", most=MOST_BYTES // 1_000_000)
        raise BadFile([Fault(1, "", message)])
    text = _decode(content)
    rows = _rows(text)
    if not rows:
        raise BadFile([Fault(1, "", Message("The file is empty."))])
    keys = _columns(rows[0], headers, required)
    if len(rows) - 1 > MOST_ROWS:
        raise BadFile([Fault(MOST_ROWS + 2, "", Message("At most %(most)s rows at a time.", most=MOST_ROWS))])
    faults: list[Fault] = []
    lines = [_line(number, cells, rows[0][1], keys, faults) for number, cells in rows[1:]]
    if faults:
        raise BadFile(faults)
    return lines


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    message = Message("The file cannot be read. In the spreadsheet, save it as CSV (UTF-8).")
    raise BadFile([Fault(1, "", message)])


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Non-empty rows with the line each begins on. A semicolon or tab serves as separator too."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, [cell.strip() for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error as error:
        message = Message("A quotation mark is missing or in the wrong place, or a cell is too long.")
        raise BadFile([Fault(begins, "", message)]) from error
    return rows


def _columns(
    header: tuple[int, list[str]], headers: Mapping[str, str], required: tuple[str, ...]
) -> list[str]:
    number, cells = header
    keys = [headers.get(cell.lower(), "") for cell in cells]
    faults = [
        Fault(number, cell, Message("Nobody knows this column. Check its name, or remove the column."))
        for cell, key in zip(cells, keys, strict=True)
        if not key and cell
    ]
    faults += [
        Fault(number, cell, Message("This column is there twice."))
        for place, (cell, key) in enumerate(zip(cells, keys, strict=True))
        if key and key in keys[:place]
    ]
    for key in required:
        if key not in keys:
            name = next(text for text, known in headers.items() if known == key)
            faults.append(Fault(number, name, Message("The column “%(column)s” is missing.", column=name)))
    if faults:
        raise BadFile(faults)
    return keys


def _line(number: int, cells: list[str], names: list[str], keys: list[str], faults: list[Fault]) -> Line:
    if len(cells) > len(keys) and any(cells[len(keys) :]):
        message = Message("This line has more cells than the header. Is there a comma too many?")
        faults.append(Fault(number, "", message))
    for name, cell in zip(names, cells, strict=False):
        if len(cell.encode()) > MOST_CELL:
            faults.append(Fault(number, name, Message("The cell is too long.")))
    filled = dict.fromkeys(keys, "") | dict(zip(keys, cells, strict=False))
    return Line(number, {key: cell for key, cell in filled.items() if key})
