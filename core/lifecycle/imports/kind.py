"""What can be taken in, as data: columns with their known headings, how each is read, and what is needed."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Message
from core.base.house import House
from core.lifecycle.imports.faults import BadFile, Fault, Wrong, short
from core.lifecycle.imports.grids import ERROR, FORMULA
from core.lifecycle.imports.headings import COMMON, heading_key, known_as
from core.lifecycle.imports.table import Row, Table

LEFT_OUT = "-"  # the key of a column that is not taken in
Progress = Callable[[int, int], None]
Answers = Mapping[str, bool]  # proposal key → the same person


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a file is taken in: what readers of cells and planners need besides the file."""

    house: House
    community: int
    zone: str
    today: str
    now: int  # milliseconds since 1970 UTC
    locale: str = "zh-Hans"

    def words(self, message: Message) -> str:
        """A text of ours in the community's language, for what is kept as if somebody had typed it."""
        texts = self.house.texts
        said: str = texts.render(self.locale, message) if texts is not None else str(message)
        return said


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind. `read` turns a cell that is not empty into a value, or raises Wrong.

    `headings` are known ones, separated by blanks; `many`: several columns may hold it, their values come as
    a tuple; `raw`: blanks before the text mean something. `sample` stands in the file to download.
    """

    key: str
    title: Message
    headings: str
    read: Callable[[str, Setting], Any]
    empty: Any = ""
    many: bool = False
    raw: bool = False
    sample: str = ""


@dataclass(slots=True)
class Cells:
    """A table's cells as values, column by column; `bad` are the rows that have a fault."""

    table: Table
    columns: dict[str, list[Any]]
    used: dict[str, str]  # column key → its heading in the file
    places: dict[str, int]  # column key → its first place among the columns
    faults: list[Fault] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    bad_cells: set[tuple[int, str]] = field(default_factory=set)

    def of(self, key: str, empty: Any = "") -> Sequence[Any]:
        """A column's values by row; of a column the file has not got, as many empty ones."""
        return self.columns.get(key) or [empty] * len(self.table.rows)

    def fault(self, row: int, key: str, message: Message, cure: Message | None = None) -> None:
        """Notes what is wrong in a row, at a column of ours ('' for the whole line)."""
        where = self.table.rows[row]
        self.bad.add(row)
        self.bad_cells.add((row, key))
        heading = self.used.get(key, "")
        self.faults.append(Fault(where.line, heading, message, cure, self.table.sheet(where)))

    def repeat(self, row: int, faults: Sequence[Fault]) -> None:
        """The same faults at another row."""
        where = self.table.rows[row]
        self.bad.add(row)
        self.faults += [
            Fault(where.line, f.column, f.message, f.cure, self.table.sheet(where)) for f in faults
        ]

    def line(self, row: int) -> int:
        return self.table.rows[row].line

    def is_blank(self, row: int, key: str) -> bool:
        """Whether nothing stands there (something unusable is something)."""
        at = self.places.get(key)
        return at is None or not self.table.rows[row].cells[at].strip()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whether a row means somebody known, or of an earlier line. `answer` is what this plan goes by."""

    key: str
    row: int
    line: int
    name: str
    other_name: str
    other_number: str  # '' for somebody new of line `other_line`
    other_line: int
    why: str  # 'phone', 'id_number' or 'name'
    default: bool
    answer: bool
    sheet: str = ""


@dataclass(slots=True)
class Plan:
    """What taking a file in would do. Nothing of it is done while there are faults."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    outline: list[Any] = field(default_factory=list)  # JSON-able: equal when two plans would do the same
    adds: int = 0  # rows that bring something new

    @property
    def empty(self) -> bool:
        return not self.adds


class Kind(ABC):
    """One kind of file. Its steps: understand the rows, look into the database, plan, prepare, write."""

    key: str
    title: Message
    about: Message
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]  # of each group one column must be there
    permissions: tuple[str, ...]
    signed: bool = False  # what it writes names who recorded it, so somebody must do it

    @abstractmethod
    def entries(self, cells: Cells, setting: Setting) -> Any:
        """The rows put together from their cells, each by itself; faults go to the cells."""

    @abstractmethod
    async def look(self, reads: Reads, cells: Cells, entries: Any, answers: Answers, setting: Setting) -> Any:
        """What the database knows of them, in a fixed number of statements."""

    @abstractmethod
    def plan(self, cells: Cells, entries: Any, known: Any, answers: Answers, setting: Setting) -> Plan:
        """What would be done; faults are the cells'. Reads and writes nothing."""

    @abstractmethod
    def prepare(self, plan: Any, setting: Setting) -> Any:
        """Works out what the act need not wait for."""

    @abstractmethod
    async def write(self, unit: Unit, plan: Any, ready: Any) -> dict[str, Any]:
        """Does it; returns what `take_back` needs to find it again."""

    @abstractmethod
    async def take_back(self, unit: Unit, act: int, wrote: Mapping[str, Any]) -> None:
        """Takes back what `write` did in that act. Raises BuiltOn."""

    def known(self) -> dict[str, str]:
        """Heading → column key, of everybody's lists."""
        return known_as((column.key, column.headings) for column in self.columns)

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


def suggest(kind: Kind, table: Table, remembered: Mapping[str, str]) -> list[str]:
    """For each column of the table what it most likely holds: a key, LEFT_OUT, or '' for nobody knows.

    What a community chose before (`remembered`: heading key → column key) goes first.
    """
    known = {**kind.known(), **remembered}
    found: list[str] = []
    for heading in table.headings:
        word = heading_key(heading)
        key = known.get(word, LEFT_OUT if word in COMMON else "")
        column = kind.column(key)
        if key in found and column is not None and not column.many:
            key = LEFT_OUT
        found.append(key)
    return found


def check_choice(kind: Kind, table: Table, chosen: Sequence[str]) -> None:
    """Raises BadFile when the chosen columns do not do: one twice, or one missing."""
    header = table.rows[0].line - 1
    faults = []
    for at, key in enumerate(chosen):
        column = kind.column(key)
        if column is not None and not column.many and key in chosen[:at]:
            message = Message("This column is there twice.")
            faults.append(Fault(header, table.headings[at], message, Message("Keep one of the two.")))
    for group in kind.required:
        if not set(group) & set(chosen):
            names = [title for key in group if (c := kind.column(key)) for title in [c.title]]
            message = Message("The column “%(column)s” is missing.", column=names[0])
            faults.append(Fault(header, "", message, Message("Say which column holds it, or add it.")))
    if faults:
        raise BadFile(faults)


def read_cells(
    kind: Kind, table: Table, chosen: Sequence[str], setting: Setting, progress: Progress | None = None
) -> Cells:
    """Reads the chosen columns, each text once: lists repeat themselves. Takes a second for 20,000 rows."""
    places: dict[str, int] = {}
    for at, key in enumerate(chosen):
        places.setdefault(key, at)
    cells = Cells(table, {}, {key: table.headings[at] for key, at in places.items()}, places)
    for done, at in enumerate(at for at, key in enumerate(chosen) if kind.column(key) is not None):
        column = kind.column(chosen[at])
        if column is None:
            continue
        values = _column(cells, column, at, setting)
        if column.many:
            before = cells.columns.get(column.key) or [()] * len(values)
            values = [had + ((v,) if v else ()) for had, v in zip(before, values, strict=True)]
        cells.columns[column.key] = values
        if progress is not None:
            progress(done + 1, len(chosen))
    cells.faults.sort(key=lambda fault: fault.line)
    return cells


def _column(cells: Cells, column: Column, at: int, setting: Setting) -> list[Any]:
    seen: dict[str, Any] = {}
    values: list[Any] = []
    for number, row in enumerate(cells.table.rows):
        text = row.cells[at]
        if row.odd and at in row.odd:
            _name_odd(cells, number, column.key, row, at)
            values.append(column.empty)
            continue
        if text not in seen:
            seen[text] = _value(column, text, setting)
        value = seen[text]
        if type(value) is Wrong:
            cells.fault(number, column.key, value.message, value.cure)
            value = column.empty
        values.append(value)
    return values


def _value(column: Column, text: str, setting: Setting) -> Any:
    if not text or text.isspace():
        return column.empty
    try:
        return column.read(text if column.raw else text.strip(), setting)
    except Wrong as wrong:
        return wrong


def _name_odd(cells: Cells, number: int, key: str, row: Row, at: int) -> None:
    if row.odd[at] == FORMULA:
        cells.fault(
            number,
            key,
            Message("This cell holds a formula."),
            Message("Copy the column and paste it as values, then save."),
        )
    elif row.odd[at] == ERROR:
        text = short(row.cells[at])
        cells.fault(
            number,
            key,
            Message("This cell holds an error: %(text)s.", text=text),
            Message("Type what should stand there."),
        )
    else:
        cells.fault(
            number,
            key,
            Message("The cell is too long."),
            Message("Write at most %(most)s characters.", most=1000),
        )
