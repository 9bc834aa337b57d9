"""The shared roster: who was there, from when to when, with exceptions; from form fields to plain values.

Fields: `from` and `to` (datetime-local, for all), `who` (once per person, the volunteer number), and for
exceptions `from-<number>` and `to-<number>` (a time of day; empty is as all; earlier than the start is the
next day).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.base.clock import DAY, MINUTE, moment
from core.base.errors import Invalid, Message
from core.community.teams import Member
from web.ask import Ask
from web.forms import Form
from web.views import RosterRow, RosterView

LONGEST = DAY  # one entry of a roster, in milliseconds
_ROLES = {"leader": Message("Team leader"), "deputy": Message("Deputy leader")}
_NO_TIME = Message("Give the day and the time.")
_NO_CLOCK = Message("Give the time as hours and minutes, such as 20:30.")


@dataclass(frozen=True, slots=True)
class Ticked:
    """One person who was there; times in milliseconds since 1970 UTC."""

    volunteer: int
    person: int
    number: str
    name: str
    from_at: int
    to_at: int

    @property
    def minutes(self) -> int:
        return (self.to_at - self.from_at) // MINUTE


@dataclass(frozen=True, slots=True)
class Roster:
    """What the form said, for reading (`people`, `from_at`, `to_at`) and for showing again (`view`)."""

    members: Sequence[Member]
    form: Form
    people: tuple[Ticked, ...]
    from_at: int
    to_at: int
    errors: Mapping[str, Message]

    def check(self) -> None:
        """Raises Invalid with everything that is wrong: `from`, `to`, `who`, `who-<number>`."""
        if self.errors:
            raise Invalid(self.errors)

    def view(
        self,
        ask: Ask,
        errors: Mapping[str, Message] | None = None,
        warnings: Mapping[str, Message] | None = None,
        *,
        from_value: str = "",
        to_value: str = "",
    ) -> RosterView:
        """The roster as it was typed, with its own errors and the given ones (keyed like `errors`).

        `from_value` and `to_value` (datetime-local) fill a form nobody has typed into yet.
        """
        form = self.form
        texts = {name: ask.render(m) for name, m in {**self.errors, **(errors or {})}.items()}
        told = {name: ask.render(m) for name, m in (warnings or {}).items()}
        ticked = set(form.many("who"))
        typed = bool(form.names())
        return RosterView(
            rows=tuple(
                RosterRow(
                    number=m.number,
                    name=m.name,
                    note=ask.render(_ROLES[m.role]) if m.role in _ROLES else "",
                    search=f"{m.search} {m.number}".lower(),
                    ticked=m.number in ticked,
                    from_time=form.raw("from-" + m.number)[:8],
                    to_time=form.raw("to-" + m.number)[:8],
                    error=texts.get("who-" + m.number, ""),
                    warning=told.get("who-" + m.number, ""),
                )
                for m in self.members
            ),
            from_value=form.raw("from")[:25] if typed else from_value,
            to_value=form.raw("to")[:25] if typed else to_value,
            from_error=texts.get("from", ""),
            to_error=texts.get("to", ""),
            who_error=texts.get("who", ""),
        )


def parse_roster(form: Form, members: Sequence[Member], zone: str) -> Roster:
    """Reads a roster form; `members` are the people who may stand on it. Never raises: see `Roster.check`.

    An empty form (a page opened for the first time) has nobody ticked and no errors.
    """
    if not form.names():
        return Roster(members, form, (), 0, 0, {})
    errors: dict[str, Message] = {}
    start = _wall(form.raw("from"), "from", errors)
    end = _wall(form.raw("to"), "to", errors)
    if start is not None and end is not None:
        if end <= start:
            errors["to"] = Message("The end must be after the start.")
        elif moment(end, zone) - moment(start, zone) > LONGEST:
            errors["to"] = Message("At most 24 hours can be recorded in one go.")
    by_number = {m.number: m for m in members}
    numbers = list(dict.fromkeys(form.many("who")))
    if not numbers:
        errors["who"] = Message("Tick at least one person.")
    elif any(number not in by_number for number in numbers):
        errors["who"] = Message("Somebody you ticked is not on this list any more. Please look at it again.")
    people: list[Ticked] = []
    if start is not None and end is not None and "to" not in errors and "who" not in errors:
        for number in numbers:
            ticked = _person(form, by_number[number], (start, end), zone, errors)
            if ticked is not None:
                people.append(ticked)
    usable = start is not None and end is not None
    return Roster(
        members,
        form,
        tuple(people),
        moment(start, zone) if usable and start else 0,
        moment(end, zone) if usable and end else 0,
        errors,
    )


def _wall(text: str, field: str, errors: dict[str, Message]) -> datetime | None:
    """A datetime-local value as a wall-clock time of the community."""
    try:
        if len(text) not in (16, 19):
            raise ValueError(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        errors[field] = _NO_TIME
        return None
    if found.tzinfo is not None or not 2000 <= found.year <= 2200:  # years a record may have
        errors[field] = _NO_TIME
        return None
    return found


def _person(
    form: Form, member: Member, shift: tuple[datetime, datetime], zone: str, errors: dict[str, Message]
) -> Ticked | None:
    start, end = shift
    field = "who-" + member.number
    try:
        came = _clock(form.raw("from-" + member.number), start, start)
        left = _clock(form.raw("to-" + member.number), start, end)
    except ValueError:
        errors[field] = _NO_CLOCK
        return None
    if left <= came:
        errors[field] = Message("The end must be after the start.")
        return None
    if came < start or left > end:
        errors[field] = Message("This is outside the time given for all.")
        return None
    return Ticked(
        member.volunteer, member.person, member.number, member.name, moment(came, zone), moment(left, zone)
    )


def _clock(text: str, start: datetime, default: datetime) -> datetime:
    """A time of day within the shift; one before the shift's start is on the next day."""
    if not text:
        return default
    if len(text) not in (5, 8):
        raise ValueError(text)
    clock = datetime.strptime(text[:5], "%H:%M").time()  # noqa: DTZ007  # a wall-clock time of the community
    found = datetime.combine(start.date(), clock)
    return found if found >= start.replace(second=0, microsecond=0) else found + timedelta(days=1)
