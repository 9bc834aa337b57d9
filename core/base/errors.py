"""The few ways the core says no. One place in `web` turns them into pages."""

from collections.abc import Mapping
from typing import Any


def N_(text: str) -> str:
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return text


class Message:
    """A text for people, kept as its English id and arguments until the reader's language is known."""

    __slots__ = ("args", "id")

    def __init__(self, id: str, /, **args: Any) -> None:
        self.id = id
        self.args = args

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.id, self.args) == (other.id, other.args)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Message({self.id!r}, {self.args!r})"

    def __str__(self) -> str:
        return self.id % self.args if self.args else self.id


class Refused(Exception):
    """A rule says no; nothing was changed."""

    status = 409

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Invalid(Refused):
    """What was typed cannot be used. `fields` names the form's fields ('' is the form as a whole)."""

    status = 422

    def __init__(self, fields: Mapping[str, Message]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class NotFound(Refused):
    """Absent, foreign and not permitted look the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(Message("This page does not exist, or is not open to you."))


class NotSignedIn(Refused):
    status = 401

    def __init__(self) -> None:
        super().__init__(Message("Please sign in first."))


class NotProved(Refused):
    """Signed in, but this wants to be shown once more who it is (a step up)."""

    status = 403

    def __init__(self) -> None:
        super().__init__(Message("Please show once more that it is you."))


class Conflict(Refused):
    """The same request id came with other inputs."""

    def __init__(self) -> None:
        super().__init__(Message("This form was already sent with other contents. Open it again."))


class TooMany(Refused):
    """Too many tries; `seconds` until the next is looked at."""

    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            Message("Too many tries. Please wait %(minutes)s minutes and try again.", minutes=minutes)
        )
        self.seconds = seconds


class Unavailable(Refused):
    """The database did not answer in time; nothing is known to be lost."""

    status = 503

    def __init__(self) -> None:
        super().__init__(Message("The system is very busy. Please try again in a moment."))


class ConstraintBroken(Exception):
    """The database refused a row. `constraint` is the rule's name (PostgreSQL) or text (SQLite)."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint
