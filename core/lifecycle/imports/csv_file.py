"""A CSV file as a grid: UTF-8, GB18030 or a spreadsheet's UTF-16; commas, semicolons or tabs."""

import csv
import io

from core.base.errors import Message
from core.lifecycle.imports.faults import unreadable
from core.lifecycle.imports.grids import Grid, Line, cut

_LOOKED_AT = 20  # lines that decide about the separator


def read_csv(content: bytes) -> Grid:
    """The rows that are not blank, each with the line it begins on. Raises BadFile."""
    text = _decode(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    lines: list[Line] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                lines.append(_line(begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(
            Message("A quotation mark is missing or in the wrong place, or a cell is too long."),
            Message("Open the file in the spreadsheet and save it anew as XLSX."),
            begins,
        ) from error
    return Grid("", lines)


def _decode(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise unreadable(
        Message("The file cannot be read."),
        Message("In the spreadsheet, save it as XLSX, or as CSV (UTF-8)."),
    )


def _separator(text: str) -> str:
    head = "".join(text.splitlines(keepends=True)[:_LOOKED_AT]) if len(text) < 1 << 16 else text[: 1 << 14]
    return max(",;\t", key=head.count)


def _line(number: int, cells: list[str]) -> Line:
    while cells and not cells[-1].strip():
        cells.pop()
    if max(map(len, cells)) < 1024:
        return Line(number, cells)
    cutted = [cut(cell) for cell in cells]
    return Line(number, [text for text, _ in cutted], {at: odd for at, (_, odd) in enumerate(cutted) if odd})
