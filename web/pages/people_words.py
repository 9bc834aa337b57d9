"""What the pages about people say in the same words, and how they run an act and tell what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from core.base.act import Done, Work, act
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.alike import Alike
from core.community.choices import Choice, Choices
from core.community.details import SEXES
from core.community.id_number import masked_id_number
from core.community.names import masked_phone
from core.community.volunteers import Volunteer, by_number
from core.lifecycle.farewell import WHY
from web.ask import Ask
from web.routes import Answer
from web.view_parts import Fact, FieldError, FieldOption, Tone
from web.views_people import Dated, Likeness, LookAgainView

WRITE = "volunteer.write"
ROLES = {
    "member": Message("Team member"),
    "leader": Message("Team leader"),
    "deputy": Message("Deputy leader"),
}
STATUS = {"active": Message("Active"), "left": Message("Has left"), "applied": Message("Has applied")}
ALIKE = {
    "phone": Message("Same telephone number"),
    "id_number": Message("Same ID number"),
    "name": Message("Same name"),
}


class Tried(NamedTuple):
    """How an act went: done, or what is wrong by field ('' for the whole) in the reader's language."""

    done: Done | None
    errors: dict[str, str]
    status: int = 200
    refusal: Refused | None = None


async def attempt(ask: Ask, name: str, inputs: Any, work: Work) -> Tried:
    """Runs an act under the form's request id. Raises NotFound; any other refusal comes back as words."""
    try:
        return Tried(await act(ask.viewer, name, ask.form.request_id, inputs, work), {})
    except Invalid as invalid:
        return Tried(None, ask.error_texts(invalid), invalid.status, invalid)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status != Refused.status:
            raise
        return Tried(None, {"": ask.render(refusal.message)}, refusal.status, refusal)


def summary(errors: Mapping[str, str]) -> tuple[FieldError, ...]:
    return tuple(FieldError(field=field, text=text) for field, text in errors.items())


async def person_of(ask: Ask, permission: str = WRITE) -> Volunteer:
    """The volunteer of the address. Raises NotFound: absent, foreign, not permitted, or only an applicant."""
    try:
        found = await by_number(ask.viewer, ask.path["number"], permission)
    except Invalid as invalid:
        raise NotFound from invalid
    if found.status == "applied":
        raise NotFound
    return found


def look_again(ask: Ask, view: LookAgainView, status: int = 200, current: str = "/people") -> Answer:
    """The page before something happens to a person."""
    return ask.page("look_again.html", view, title=view.heading, current=ask.home + current, status=status)


def address(ask: Ask, number: str, rest: str = "") -> str:
    return f"{ask.home}/people/{number}{rest}"


def spaced(number: str) -> str:
    """A volunteer number as it is read out: 2345 6789."""
    return f"{number[:4]} {number[4:]}"


def between(ask: Ask, first: str, last: str | None) -> str:
    if last is None:
        return ask._("since %(day)s", day=first)
    return ask._("%(first)s to %(last)s", first=first, last=last)


def status_word(ask: Ask, status: str, why: str | None) -> tuple[str, Tone]:
    if status == "left" and why in WHY:
        return f"{ask.render(STATUS['left'])} · {ask.render(WHY[why])}", ""
    return ask.render(STATUS.get(status, STATUS["left"])), "ok" if status == "active" else "warn"


def contact(ask: Ask, sealed: Mapping[str, str], *, opened: bool) -> tuple[Fact, ...]:
    """What is kept under seal: masked, or in full for somebody whose look is logged."""
    labels = {
        "phone": ask._("Telephone"),
        "address": ask._("Home address"),
        "email": ask._("E-mail"),
        "birth_date": ask._("Birth date"),
        "sex": ask._("Sex"),
        "id_number": ask._("ID number"),
    }
    return tuple(
        Fact(label=label, text=shown(ask, field, sealed[field], opened=opened))
        for field, label in labels.items()
        if sealed.get(field)
    )


def shown(ask: Ask, field: str, text: str, *, opened: bool = False) -> str:
    """One sealed value as it may be read."""
    if field == "sex":
        return ask.render(SEXES[text]) if text in SEXES else ""
    return text if opened else _MASKS[field](text)


_MASKS: dict[str, Callable[[str], str]] = {
    "phone": masked_phone,
    "id_number": masked_id_number,
    "email": lambda text: f"{text[:1]}***@{text.partition('@')[2]}",
    "birth_date": lambda text: text[:4] + "-**-**",
    "address": lambda text: text[:2] + "****",
}


def likeness(ask: Ask, one: Alike, merge_with: str = "") -> Likeness:
    """`merge_with`: the number of the one the two may be merged into."""
    why = "、".join(ask.render(ALIKE[w]) for w in one.why if w in ALIKE)
    href = address(ask, one.number)
    return Likeness(
        name=one.name,
        number=one.number,
        why=why,
        href=href,
        merge_href=address(ask, merge_with, f"/merge?with={one.number}") if merge_with else "",
        note="" if one.status == "active" else ask.render(STATUS["left"]),
    )


def dated_teams(ask: Ask, rows: Iterable[Any], *, linked: bool) -> tuple[Dated, ...]:
    """Memberships of a profile, those of now first."""
    ordered = sorted(rows, key=lambda r: r["d"] is not None)
    return tuple(
        Dated(
            what=r["a"],
            when=between(ask, r["c"], r["d"]),
            href=f"{ask.home}/teams/{r['b']}" if linked and not r["n"] else "",
            note=ask.render(ROLES[r["e"]]) if r["e"] != "member" else "",
            over=r["d"] is not None,
        )
        for r in ordered
    )


def dated_posts(ask: Ask, rows: Iterable[Any], *, linked: bool) -> tuple[Dated, ...]:
    ordered = sorted(rows, key=lambda r: r["e"] is not None)
    return tuple(
        Dated(
            what=f"{ask._(r['a'])} · {r['b']}",
            when=between(ask, r["d"], r["e"]),
            href=f"{ask.home}/areas/{r['c']}" if linked else "",
            note=ask._("Level %(level)s", level=r["n"]) if r["n"] else "",
            over=r["e"] is not None,
        )
        for r in ordered
    )


def kinship(ask: Ask, word: str) -> str:
    known = {
        "spouse": ask._("Spouse"),
        "child": ask._("Child"),
        "parent": ask._("Parent"),
        "grandchild": ask._("Grandchild"),
    }
    return known.get(word, word or ask._("Lives there too"))


def options(ask: Ask, texts: Mapping[str, Message]) -> tuple[FieldOption, ...]:
    return tuple(FieldOption(value=key, label=ask.render(text)) for key, text in texts.items())


def team_options(found: Choices, *first: FieldOption) -> tuple[FieldOption, ...]:
    return (*first, *(FieldOption(value=t.public_id, label=t.name) for t in found.teams))


def area_options(found: Choices, *first: FieldOption) -> tuple[FieldOption, ...]:
    """Areas with what lies in them below, set in."""
    return (*first, *(FieldOption(value=a.public_id, label=_set_in(a)) for a in found.areas))


def _set_in(area: Choice) -> str:
    return "　" * area.depth + area.name
