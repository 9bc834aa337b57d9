"""What the office's pages show: lists and records described by data, drawn by `list.html` and `record.html`.

A list has filters in its address, columns and rows; a record has facts, sections and what can be done with
it. All strings are finished, as everywhere (see `web.views`).
"""

from web.view_parts import Fact, Flash, FormField, NavItem, Tone, View


class Cell(View, frozen=True, kw_only=True):
    """One value of a table. With a `tone` it is drawn as a word on a tint, so that colour is never alone."""

    text: str
    note: str = ""  # smaller, below
    tone: Tone = ""
    tag: bool = False  # drawn as a tag even without a tone
    href: str = ""


class Column(View, frozen=True, kw_only=True):
    """A column's heading; `kind` "n" sets numbers flush right."""

    title: str
    kind: str = ""


class Press(View, frozen=True, kw_only=True):
    """A button that is a form of its own: sends `hidden` to `action`."""

    label: str
    action: str
    about: str = ""  # what it is about, for those who hear the button alone
    hidden: tuple[tuple[str, str], ...] = ()
    request_id: str = ""
    kind: str = ""  # "", "primary", "danger"
    icon: str = ""


class GridRow(View, frozen=True, kw_only=True):
    """One row; its first cell leads to `href`."""

    cells: tuple[Cell, ...]
    href: str = ""
    presses: tuple[Press, ...] = ()
    links: tuple[NavItem, ...] = ()
    tick: str = ""  # value of the row's box where rows can be ticked
    idle: bool = False  # of the past, or taken back


class Grid(View, frozen=True, kw_only=True):
    """A table. On a phone each row is a small card of labelled values."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...] = ()
    sums: tuple[str, ...] = ()  # a last row, one text for each column
    empty: str = ""  # said instead of a table without rows


class Picking(View, frozen=True, kw_only=True):
    """Rows of a grid can be ticked and sent: fields `pick` (once for each), then those given here."""

    action: str
    fields: tuple[FormField, ...] = ()
    error: str = ""
    button: str
    danger: bool = False


class Section(View, frozen=True, kw_only=True):
    """A part of a record."""

    id: str = ""
    title: str
    text: str = ""
    facts: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()  # sentences, one below the other
    grid: Grid | None = None
    picking: Picking | None = None
    links: tuple[NavItem, ...] = ()
    presses: tuple[Press, ...] = ()
    note: str = ""
    folded: bool = False


class RecordView(View, frozen=True, kw_only=True):
    """`record.html`: one thing with its facts, its lists, and what can be done with it."""

    heading: str
    kind: str = ""  # above the heading: "服务队", "网格"
    tags: tuple[Flash, ...] = ()  # states: text and tone
    lead: str = ""
    back: NavItem | None = None
    facts: tuple[Fact, ...] = ()
    actions: tuple[NavItem, ...] = ()  # links drawn as buttons; the first is the page's main one
    presses: tuple[Press, ...] = ()
    sections: tuple[Section, ...] = ()
    exports: tuple[NavItem, ...] = ()
    printable: bool = False
    error: str = ""  # what was just refused
    as_of: str = ""


class ListView(View, frozen=True, kw_only=True):
    """`list.html`: a list with its filters in the address."""

    heading: str
    lead: str = ""
    back: NavItem | None = None
    action: str  # address of the list, where the filters are sent
    filters: tuple[FormField, ...] = ()
    chips: tuple[NavItem, ...] = ()
    actions: tuple[NavItem, ...] = ()
    presses: tuple[Press, ...] = ()
    facts: tuple[Fact, ...] = ()  # totals above the list
    grid: Grid
    empty_title: str = ""
    empty_text: str = ""
    reset_href: str = ""  # without filters; "" when there is none to take off
    first_href: str = ""  # back to the beginning
    more_href: str = ""
    exports: tuple[NavItem, ...] = ()
    as_of: str = ""
    error: str = ""
