"""Caps: the most a person may earn by one programme, or one of its rules, in a day, a week … at one activity.

A cap is counted in a row per volunteer and window (`cap_counter`). The window is that of the day the service
counts for, not of the day it was entered, and an earlier award is never cut again by a later entry.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from core.base.errors import N_, Message

Limit = int | None


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Most points per person and window; None is no limit."""

    activity: Limit = None
    day: Limit = None
    week: Limit = None
    month: Limit = None
    quarter: Limit = None
    year: Limit = None

    def __post_init__(self) -> None:
        if any(limit < 0 for _, limit in self.set_ones()):
            raise ValueError("a cap cannot be less than nothing")

    def set_ones(self) -> list[tuple[str, int]]:
        """The limits there are, by the name of their window, the shortest first."""
        every = ((name, getattr(self, name)) for name in SENTENCES)
        return [(name, limit) for name, limit in every if limit is not None]


class Caps(Limits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of one programme, and of single rules of it by their key. A field of every rules struct."""

    rules: dict[str, Limits] = {}

    def sentences(self) -> list[Message]:
        """The caps as a volunteer reads them. A rule's key is its name in words, as for its figures."""
        said = [Message(SENTENCES[name].id, points=limit) for name, limit in self.set_ones()]
        for rule, limits in self.rules.items():
            title = Message(rule.replace("_", " ").capitalize())
            said += [
                Message(OF_RULE, rule=title, limit=Message(SENTENCES[name].id, points=limit))
                for name, limit in limits.set_ones()
            ]
        return said


SENTENCES = {
    "activity": Message("At most %(points)s points for one activity."),
    "day": Message("At most %(points)s points a day."),
    "week": Message("At most %(points)s points a week."),
    "month": Message("At most %(points)s points a month."),
    "quarter": Message("At most %(points)s points a quarter."),
    "year": Message("At most %(points)s points a year."),
}


OF_RULE = N_("%(rule)s: %(limit)s")


class Window(NamedTuple):
    """One counter: `cap` is '<programme>.<name>' or '<programme>.<rule>.<name>', `span` the window.

    `most` is what may be earned in it.
    """

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


def windows(caps: Caps, programme: str, rule: str, day: str, activity: int) -> list[Window]:
    """The counters an award of this rule, day and activity moves: the rule's own, then the programme's."""
    own = caps.rules.get(rule, _NONE).set_ones()
    found = [(f"{programme}.{rule}.{name}", name, limit) for name, limit in own]
    found += [(f"{programme}.{name}", name, limit) for name, limit in caps.set_ones()]
    return [Window(cap, span(name, day, activity), limit) for cap, name, limit in found]


_NONE = Limits()


def cut(points: int, counters: Iterable[Window], used: Mapping[tuple[str, str], int]) -> Cut:
    """Cuts a line to the room its tightest cap leaves. `used` is by (cap, span)."""
    left, bit = points, None
    for window in counters:
        room = max(0, window.most - used.get((window.cap, window.span), 0))
        if room < left:
            left, bit = room, window.cap
    return Cut(left, bit, points - left)
