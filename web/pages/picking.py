"""Naming a person on a form: a volunteer's number or name, and a choice where several fit."""

from dataclasses import dataclass, field

from core.base.errors import Invalid, Message, NotFound
from core.community.posts import staff_named
from core.community.search import Found, Wanted, browse
from core.community.volunteers import Volunteer, by_number
from web.ask import Ask
from web.pages import office
from web.pages.office import Errors
from web.view_parts import FieldOption, FormField

_MOST = 10
_LONGEST = 60
_STAFF = "staff:"  # before the public id of somebody who is no volunteer


@dataclass
class Choice:
    """Who fits what was typed: volunteers, and people who work here without being one."""

    volunteers: list[Found] = field(default_factory=list)
    staff: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.volunteers) + len(self.staff)


async def volunteer(ask: Ask, choice: Choice, permission: str = "volunteer.read") -> Volunteer:
    """The active volunteer the form names. Raises Invalid, with `choice` filled where several fit."""
    which, text = ask.form.raw("which"), _typed(ask)
    if which:
        return await _of_number(ask, which, permission)
    await _look(ask, choice, text, permission)
    if not choice.count:
        raise Invalid({"who": Message("Nobody here fits this. Look at the number, or type another part.")})
    _only(choice)
    return choice.volunteers[0].volunteer


async def person(ask: Ask, choice: Choice) -> int:
    """The person the form names, also one who works here without being a volunteer. Raises Invalid."""
    which, text = ask.form.raw("which"), _typed(ask)
    if which.startswith(_STAFF):
        choice.staff = await staff_named(ask.viewer, text)
        found = [one for one, shown, _ in choice.staff if _STAFF + shown == which]
        if found:
            return found[0]
        raise Invalid({"who": Message("Nobody here has this number.")})
    if which:
        return (await _of_number(ask, which, "volunteer.read")).person
    await _look(ask, choice, text, "volunteer.read")
    choice.staff = await staff_named(ask.viewer, text)
    if not choice.count:
        message = Message("Nobody here fits this. Look at the number, or enter somebody new below.")
        raise Invalid({"who": message})
    _only(choice)
    return choice.staff[0][0] if choice.staff else choice.volunteers[0].volunteer.person


def _typed(ask: Ask) -> str:
    text = ask.form.text("who", most=_LONGEST, required=False)
    if not text and not ask.form.raw("which"):
        raise Invalid({"who": Message("Type a number or a name.")})
    return text


async def _of_number(ask: Ask, number: str, permission: str) -> Volunteer:
    try:
        return await by_number(ask.viewer, number, permission)
    except Invalid as wrong:
        raise Invalid({"who": Message("Nobody here has this number.")}) from wrong
    except NotFound as absent:
        raise Invalid({"who": Message("Nobody here has this number.")}) from absent


async def _look(ask: Ask, choice: Choice, text: str, permission: str) -> None:
    choice.volunteers = await browse(ask.viewer, Wanted(text=text), most=_MOST + 1, permission=permission)


def _only(choice: Choice) -> None:
    """Raises Invalid unless exactly one fits."""
    if len(choice.volunteers) > _MOST:
        choice.volunteers = []
        choice.staff = []
        raise Invalid({"who": Message("Many people fit this. Type more of the name, or the number.")})
    if choice.count > 1:
        raise Invalid({"which": Message("Several people fit. Choose one of them.")})


def who_fields(ask: Ask, errors: Errors, choice: Choice | None) -> tuple[FormField, ...]:
    """The field for a number or a name and, where several fit, the choice."""
    hint = ask._("Number, name or initials.")
    who = office.field(ask, errors, "who", ask._("Who"), hint=hint, autocomplete="off", required=True)
    if choice is None or choice.count < 2:  # nothing to choose between
        return (who,)
    options = [
        FieldOption(
            value=f.volunteer.number,
            label=f.volunteer.name,
            hint=" · ".join(part for part in (f.volunteer.number, f.team, f.area) if part),
        )
        for f in choice.volunteers
    ]
    options += [
        FieldOption(value=_STAFF + shown, label=name, hint=ask._("works here"))
        for _, shown, name in choice.staff
    ]
    label = ask._("Who of these?")
    which = office.field(ask, errors, "which", label, kind="radio", options=tuple(options), required=True)
    return (who, which)
