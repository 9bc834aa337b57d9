"""An empty list to fill in: the columns of a kind, and a line that shows how, which is never taken in."""

from collections.abc import Callable

from core.base import sheets
from core.base.errors import Message
from core.lifecycle.imports.headings import heading_key
from core.lifecycle.imports.kind import Column, Kind

_EXAMPLE = Message("e.g.: %(text)s")


def template(kind: Kind, say: Callable[[Message], str]) -> sheets.File:
    """The list as XLSX; `say` renders in the reader's language."""
    known = kind.known()
    head = [_heading(column, known, say) for column in kind.columns]
    samples = [column.sample for column in kind.columns]
    first = next(at for at, text in enumerate(samples) if text)
    row = list(samples)
    row[0] = say(Message(_EXAMPLE.id, text=samples[0] if first == 0 else ""))
    return sheets.write("xlsx", say(kind.title), head, [row])


def _heading(column: Column, known: dict[str, str], say: Callable[[Message], str]) -> str:
    """What the column is called so that we know it again: its title, if that is known, else a heading."""
    title = say(column.title)
    return title if known.get(heading_key(title)) == column.key else column.headings.split()[0]
