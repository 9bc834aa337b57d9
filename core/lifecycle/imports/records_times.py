"""When a row of past service was, and how long: from and to, one column for both, or a length of time."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from core.base.clock import MINUTE, moment
from core.base.errors import Message
from core.lifecycle.imports.days import day
from core.lifecycle.imports.faults import Wrong
from core.lifecycle.imports.kind import Cells, Setting
from core.lifecycle.imports.times import DAY_MINUTES, Clock

EARLIEST = "1949-10-01"

_COMPLETE = Message("Write from and to, or the hours.")
_SHORTER = Message("Correct the hours, or the times from and to.")


class When(NamedTuple):
    """A row's day ('YYYY-MM-DD'), minutes, and from and to (milliseconds) where they are known."""

    day: str
    minutes: int
    from_at: int | None
    to_at: int | None


class _Has(NamedTuple):
    day: str
    start: Clock | None
    end: Clock | None
    span: tuple[int, int] | None
    hours: int | None
    minutes: int | None


def times_of(cells: Cells, setting: Setting) -> list[When | None]:
    """When each row was; None for a row with a fault."""
    keys = ("day", "from", "to", "span", "hours", "minutes")
    rows = zip(*(cells.of(key, "" if key == "day" else None) for key in keys), strict=True)
    found: list[When | None] = []
    seen: dict[tuple[object, ...], When | _At] = {}  # many people were there at the same time
    for row, given in enumerate(rows):
        if row in cells.bad and any((row, key) in cells.bad_cells for key in keys):
            found.append(None)
            continue
        when = seen.get(given)
        if when is None:
            when = seen[given] = _try(_Has(*given), setting)
        if isinstance(when, _At):
            cells.fault(row, when.key, when.wrong.message, when.wrong.cure)
        found.append(when if isinstance(when, When) else None)
    return found


def _try(has: "_Has", setting: Setting) -> "When | _At":
    try:
        return _when(has, setting)
    except _At as at:
        return at


class _At(Exception):
    """What is wrong, and at which column."""

    def __init__(self, key: str, wrong: Wrong) -> None:
        super().__init__(key)
        self.key = key
        self.wrong = wrong


def _wrong(key: str, message: Message, cure: Message) -> _At:
    return _At(key, Wrong(message, cure))


def _when(has: _Has, setting: Setting) -> When:
    on = has.day or _day_of(has.start, setting)
    given = has.hours if has.hours is not None else has.minutes
    start, end = _bounds(has)
    if start is None or end is None:
        if given is None:
            raise _wrong("hours", Message("It does not say how long it was."), _COMPLETE)
        return When(on, _whole(given), None, None)
    if end == start:
        raise _wrong("to", Message("From and to are the same time."), _COMPLETE)
    if end < start:  # over midnight
        end += DAY_MINUTES
    minutes = _whole(given if given is not None else end - start)
    if minutes > end - start:
        raise _wrong("hours", Message("The hours are more than from and to allow."), _SHORTER)
    from_at = _at(on, start, setting.zone)
    to_at = from_at + (end - start) * MINUTE
    if to_at > setting.now:
        message = Message("This is still to come.")
        raise _wrong("to", message, Message("Take in what has been; record the rest when it is over."))
    return When(on, minutes, from_at, to_at)


def _day_of(start: Clock | None, setting: Setting) -> str:
    """The day where it stands with the time only."""
    if start is None or not start.day:
        raise _wrong("day", Message("The day is missing."), Message("Write the day, or delete the line."))
    try:
        return day(start.day, setting.today, EARLIEST)
    except Wrong as wrong:
        raise _At("from", wrong) from wrong


def _bounds(has: _Has) -> tuple[int | None, int | None]:
    if has.start is not None and has.end is not None:
        return has.start.minutes, has.end.minutes
    if has.span is not None:
        return has.span
    if has.start is not None or has.end is not None:
        if has.hours is not None or has.minutes is not None:
            return None, None
        missing = "to" if has.end is None else "from"
        raise _wrong(missing, Message("Only one of from and to is there."), _COMPLETE)
    return None, None


def _whole(minutes: int) -> int:
    if not 0 < minutes <= DAY_MINUTES:
        raise _wrong(
            "hours",
            Message("A record has more than nothing and at most 24 hours."),
            Message("Cut it into one line for each day."),
        )
    return minutes


@lru_cache(maxsize=8192)
def _at(on: str, minutes: int, zone: str) -> int:
    return moment(datetime.fromisoformat(on) + timedelta(minutes=minutes), zone)
