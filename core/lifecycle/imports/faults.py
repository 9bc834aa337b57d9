"""What is wrong in a file, where, and how it is put right."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.base.errors import Message, Refused


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a line and column ('' for the whole line), and the cure.

    Lines are counted as the spreadsheet counts them; `sheet` is '' where there is one only.
    """

    line: int
    column: str
    message: Message
    cure: Message | None = None
    sheet: str = ""


class Wrong(Exception):
    """One cell cannot be used: what is wrong with it, and the cure."""

    def __init__(self, message: Message, cure: Message) -> None:
        super().__init__(str(message))
        self.message = message
        self.cure = cure


class BadFile(Refused):
    """A file that cannot be taken in; nothing of it was. `faults` say where and why."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].message)
        self.faults = list(faults)


def unreadable(message: Message, cure: Message | None = None, line: int = 1) -> BadFile:
    """The refusal of a whole file."""
    return BadFile([Fault(line, "", message, cure)])


def short(text: str) -> str:
    """A cell's text as it is quoted in a complaint."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 30 else flat[:29] + "…"
