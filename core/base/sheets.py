"""Tables to take home: CSV and XLSX, in which no cell can be taken for a formula.

A spreadsheet runs what begins with = + - @ (or a tab, a carriage return, their full-width twins); a name
typed that way would run on the computer of whoever opens the list. Such text gets an apostrophe before it,
and every text of an XLSX file is stored as text. Source: OWASP, "CSV Injection".
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as _ILLEGAL
from openpyxl.utils import get_column_letter

Cell = str | int | None
FORMATS = ("xlsx", "csv")
_DANGEROUS = tuple("=+-@\t\r\n\x00＝＋－＠")
_LONGEST = 32_767  # characters a cell of XLSX may have
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class File:
    """A finished file: its bytes, its media type, and the ending of its name."""

    content: bytes
    media_type: str
    ending: str


def neutral(text: str) -> str:
    """The text as no program takes it for a formula."""
    return "'" + text if text.startswith(_DANGEROUS) else text


def write(form: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> File:
    """A table as a file of one of FORMATS. Whole numbers stay numbers; CSV is UTF-8 as Excel expects it."""
    return _xlsx(title, head, rows) if form == "xlsx" else _csv(head, rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> File:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([neutral(c) if isinstance(c, str) else "" if c is None else c for c in row])
    return File(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", "csv")


def _xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> File:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    body = [list(row) for row in rows]
    for number, name in enumerate(head):
        longest = max([_width(name), *(_width(row[number]) for row in body[:500])])
        letter = get_column_letter(number + 1)
        sheet.column_dimensions[letter].width = min(_WIDEST, longest + 2)
    for row in (head, *body):
        sheet.append([_typed(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return File(out.getvalue(), media, "xlsx")


def _typed(sheet: object, value: Cell) -> object:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, neutral(_ILLEGAL.sub("", value))[:_LONGEST])
    cell.data_type = "s"
    return cell


def _width(value: Cell) -> int:
    """About how wide a cell is shown: Chinese characters take two places."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in str(value or "")[:_WIDEST])


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "1"
