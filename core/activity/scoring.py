"""Asks a programme's rules what each attendance earns: before the act, one plugin call for each person.

A rule that raises or answers nonsense costs nobody the record: the attendance is written all the same, and
its award waits (`core.activity.retry`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from core.base.clock import day_of
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.extension.calls import BadAnswer, ask
from core.extension.registry import Plugin
from core.extension.types import Attendance, Line
from core.points import awards
from core.points.rules import Sheet, in_force

MOST_LINES = 20
MOST_POINTS = 1_000_000_000
_ZONE = "select zone from community where id = :community"
NO_RULES = "no rules are in force on that day"


class Attended(msgspec.Struct, frozen=True, kw_only=True):
    """One person's attendance as it was typed or scanned.

    `volunteer`, `person` and `number` are one and the same human; `from_at`, `to_at` milliseconds since 1970
    UTC (both or neither), `minutes` what counts of it; `day` the day it counts for, "" for the day it began.
    """

    volunteer: int
    person: int
    number: str
    minutes: int
    from_at: int | None = None
    to_at: int | None = None
    day: str = ""
    counts: dict[str, int] = {}
    fields: dict[str, Any] = {}


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """An attendance and what the rules say to it. `error`: why the award waits, "" when it does not."""

    attended: Attended
    day: str
    sheet: int | None
    lines: tuple[Line, ...]
    error: str = ""

    def proposed(self, attendance: int, programme: str, sheet: int) -> awards.Proposed:
        """What the book keeps of it until a decision; `sheet` is the rule sheet it was reckoned under."""
        return awards.Proposed(
            attendance=attendance,
            volunteer=self.attended.volunteer,
            person=self.attended.person,
            programme=programme,
            sheet=sheet,
            day=self.day,
            lines=self.lines,
        )


async def score(viewer: Viewer, programme: str, kind: str, items: Iterable[Attended]) -> list[Scored]:
    """Scores attendances under the rules in force on each one's day. Reads only; call it before the act.

    Raises NotFound for a programme that does not run, or a kind it does not have.
    """
    plugin = viewer.house.registry.get(programme)
    if plugin is None or plugin.manifest.kind(kind) is None or viewer.community is None:
        raise NotFound
    zone = await viewer.house.db.value(_ZONE, community=viewer.community)
    wanted = [(item, _day(item, zone)) for item in items]
    sheets = {
        day: await in_force(viewer.house, viewer.community, programme, day)
        for day in sorted({day for _, day in wanted})
    }
    rules = {day: _read(plugin, sheet) for day, sheet in sheets.items()}
    return [
        _score(plugin, item, _what_counts(programme, kind, zone, day, item), sheets[day], rules[day])
        for item, day in wanted
    ]


def _day(item: Attended, zone: str) -> str:
    return item.day or day_of(item.from_at or 0, zone)


def _what_counts(programme: str, kind: str, zone: str, day: str, item: Attended) -> Attendance:
    return Attendance(
        programme=programme,
        kind=kind,
        zone=zone,
        day=day,
        minutes=item.minutes,
        from_at=item.from_at,
        to_at=item.to_at,
        counts=dict(item.counts),
        fields=dict(item.fields),
    )


def _read(plugin: Plugin, sheet: Sheet | None) -> Any:
    """The sheet as the plugin's own struct, or a text: why it cannot be read."""
    if sheet is None:
        return NO_RULES
    try:
        return msgspec.json.decode(sheet.rules, type=plugin.manifest.rules)
    except (msgspec.DecodeError, ValueError) as error:
        return f"version {sheet.version} of the rules cannot be read: {error}"


def _score(plugin: Plugin, item: Attended, attendance: Attendance, sheet: Sheet | None, rules: Any) -> Scored:
    if sheet is None or isinstance(rules, str):
        return Scored(attended=item, day=attendance.day, sheet=None, lines=(), error=str(rules))
    outcome = ask(plugin, "score", checked_lines, attendance=attendance, rules=rules)
    return Scored(
        attended=item, day=attendance.day, sheet=sheet.id, lines=outcome.value or (), error=outcome.error
    )


def checked_lines(answer: Any) -> tuple[Line, ...]:
    """The lines of an answer. Raises BadAnswer for anything the book could not take."""
    if not isinstance(answer, Sequence) or isinstance(answer, str | bytes) or len(answer) > MOST_LINES:
        raise BadAnswer(f"score must answer with a sequence of at most {MOST_LINES} lines")
    for line in answer:
        if not isinstance(line, Line) or not isinstance(line.message, Message):
            raise BadAnswer(f"score answered with {type(line).__name__} where a Line was due")
        if type(line.points) is not int or not 1 <= line.points <= MOST_POINTS:
            raise BadAnswer(f"line {line.rule!r} has points {line.points!r}, not a whole number from 1")
        try:
            msgspec.json.encode([line.inputs, line.message.args])
            str(line.message)
        except (TypeError, ValueError, KeyError) as error:
            raise BadAnswer(f"line {line.rule!r} cannot be written down: {error}") from error
    if len({line.rule for line in answer}) < len(answer):
        raise BadAnswer("two lines have the same rule")
    return tuple(answer)
