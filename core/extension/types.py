"""What goes through the hooks: frozen values, no database rows and nobody's name.

The third, `Event`, is the outbox's own (core.base.outbox).
"""

from typing import Any, Protocol

import msgspec

from core.base.errors import Message


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """What `score` reads about one person's attendance: everything that counts, nothing that identifies.

    `from_at` and `to_at` are milliseconds since 1970 UTC (both or neither), `minutes` whole minutes,
    `day` the day it counts for in the community's zone, `counts` named whole numbers,
    `fields` whatever the programme's own page put there.
    """

    programme: str
    kind: str
    zone: str
    day: str
    minutes: int
    from_at: int | None = None
    to_at: int | None = None
    counts: dict[str, int] = {}
    fields: dict[str, Any] = {}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line a rule proposes: `points` whole points, at least 1; `inputs` all that the rule read.

    `message` explains the line to the volunteer. It is stored as id and arguments and rendered once, so it
    must not contain names. `rule` is unique within one attendance.
    """

    rule: str
    points: int
    inputs: dict[str, Any]
    message: Message


class Rules(Protocol):
    """What a programme's rules struct offers besides its parameters."""

    def sentences(self) -> list[Message]:
        """The rules as a volunteer reads them, one sentence each."""
        ...
