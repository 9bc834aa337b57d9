"""Caps: the most a person may earn by one programme in a day, a week … or at one activity.

A cap is counted in a row per volunteer and window (`cap_counter`). The window is that of the day the service
counts for, not of the day it was entered, and an earlier award is never cut again by a later entry.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from core.base.errors import Message

Limit = int | None


class Caps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Most points of one programme per person and window; None is no limit. A field of every rules struct."""

    activity: Limit = None
    day: Limit = None
    week: Limit = None
    month: Limit = None
    quarter: Limit = None
    year: Limit = None

    def __post_init__(self) -> None:
        if any(limit is not None and limit < 0 for limit in msgspec.structs.astuple(self)):
            raise ValueError("a cap cannot be less than nothing")

    def sentences(self) -> list[Message]:
        """The caps as a volunteer reads them."""
        return [
            Message(SENTENCES[name].id, points=limit)
            for name, limit in msgspec.structs.asdict(self).items()
            if limit is not None
        ]


SENTENCES = {
    "activity": Message("At most %(points)s points for one activity."),
    "day": Message("At most %(points)s points a day."),
    "week": Message("At most %(points)s points a week."),
    "month": Message("At most %(points)s points a month."),
    "quarter": Message("At most %(points)s points a quarter."),
    "year": Message("At most %(points)s points a year."),
}


class Window(NamedTuple):
    """One counter: `cap` is '<programme>.<name>', `span` the window, `most` what may be earned in it."""

    cap: str
    span: str
    most: int


class Cut(NamedTuple):
    """What the caps left of a line: `points` may be earned, `lost` may not, because of `cap`."""

    points: int
    cap: str | None
    lost: int


def span(name: str, day: str, activity: int) -> str:
    """The window of a cap that a day (or an activity) falls into: '2026-W48', '2026-Q4', 'activity:17' …"""
    if name == "activity":
        return f"activity:{activity}"
    if name == "week":
        iso = date.fromisoformat(day).isocalendar()
        return f"{iso.year}-W{iso.week:02d}"
    if name == "quarter":
        return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"
    return day[: {"day": 10, "month": 7, "year": 4}[name]]


def windows(caps: Caps, programme: str, day: str, activity: int) -> list[Window]:
    """The counters an award of this day and activity moves, the shortest window first."""
    return [
        Window(f"{programme}.{name}", span(name, day, activity), limit)
        for name, limit in msgspec.structs.asdict(caps).items()
        if limit is not None
    ]


def cut(points: int, counters: Iterable[Window], used: Mapping[tuple[str, str], int]) -> Cut:
    """Cuts a line to the room its tightest cap leaves. `used` is by (cap, span)."""
    left, bit = points, None
    for window in counters:
        room = max(0, window.most - used.get((window.cap, window.span), 0))
        if room < left:
            left, bit = room, window.cap
    return Cut(left, bit, points - left)
