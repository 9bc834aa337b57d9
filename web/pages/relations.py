"""Guardians and collectors: entered and ended by the office; a child's account, read by the guardian."""

from typing import Any

from core.base.act import Unit
from core.base.clock import day_of
from core.base.errors import NotFound
from core.community.relations import KINDS, WRITE, end_relation, enter_relation, relation_of, ward
from core.points import statement
from web.ask import Ask
from web.pages import people_words as words
from web.pages.office import Errors, field, form_page
from web.pages.people_words import address, attempt
from web.pages.roles import LARGEST_ID
from web.pages.words import line_row
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, grouped
from web.views_people import LookAgainView, WardView

_LINES = 20


@get("/c/{slug}/people/{number}/relations", name="relation.new", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return await _form(ask, {})


@post("/c/{slug}/people/{number}/relations", name="relation.enter", permission=WRITE)
async def enter(ask: Ask) -> Answer:
    form = ask.form
    kind, other, from_day = (form.raw(name)[:60] for name in ("kind", "other", "from_day"))

    async def work(unit: Unit) -> dict[str, Any]:
        subject = await words.person_of(ask)
        return {"relation": await enter_relation(unit, subject, kind, other, from_day)}

    tried = await attempt(ask, "relation.enter", [ask.path["number"], kind, other, from_day], work)
    if tried.done is None:
        return await _form(ask, tried.errors, tried.status)
    return ask.redirect(address(ask, ask.path["number"], "?done=related"))


async def _form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    who = await words.person_of(ask)
    back = address(ask, who.number)
    kinds = tuple(FieldOption(value=kind.key, label=ask.render(kind.does)) for kind in KINDS.values())
    return form_page(
        ask,
        heading=ask._("Who may do something for %(name)s?", name=who.name),
        intro=ask._("Enter only what you have seen on paper: household register, or a signed authorisation."),
        action=back + "/relations",
        fields=(
            field(ask, errors, "kind", ask._("May do what"), kind="radio", options=kinds, required=True),
            field(
                ask,
                errors,
                "other",
                ask._("Volunteer number of the guardian or collector"),
                hint=ask._("8 digits, on the card. Who has none is entered as a volunteer first."),
                inputmode="numeric",
                required=True,
                autocomplete="off",
            ),
            field(ask, errors, "from_day", ask._("From which day"), day_of(ask.now, ask.zone), kind="date"),
        ),
        submit=ask._("Enter"),
        back=back,
        current=ask.home + "/people",
        errors=errors,
        status=status,
    )


@get("/c/{slug}/relations/{relation}/end", name="relation.end", permission=WRITE)
async def end(ask: Ask) -> Answer:
    return await _look(ask)


@post("/c/{slug}/relations/{relation}/end", name="relation.end.do", permission=WRITE)
async def ends(ask: Ask) -> Answer:
    relation = _id(ask)
    back = ask.form.raw("number")[:20]

    async def work(unit: Unit) -> dict[str, Any]:
        return await end_relation(unit, relation)

    tried = await attempt(ask, "relation.end", [relation], work)
    if tried.done is None:
        return await _look(ask, tried.errors.get("", ""), tried.status)
    rest = f"/people/{back}?done=unrelated" if back.isascii() and back.isdecimal() else "/people"
    return ask.redirect(ask.home + rest)


def _id(ask: Ask) -> int:
    text = ask.path["relation"]
    if not text.isascii() or not text.isdecimal() or int(text) > LARGEST_ID:
        raise NotFound
    return int(text)


async def _look(ask: Ask, error: str = "", status: int = 200) -> Answer:
    row = await relation_of(ask.viewer, _id(ask))
    kind = KINDS.get(row["kind"])
    back = address(ask, row["subject_number"])
    view = LookAgainView(
        heading=ask._("End it today?"),
        facts=(
            Fact(label=ask.render(kind.title) if kind else row["kind"], text=row["person_name"]),
            Fact(label=ask._("For"), text=row["subject_name"]),
            Fact(label=ask._("Since"), text=row["from_day"]),
        ),
        points=(
            ask._("From now on %(name)s sees and fetches nothing any more.", name=row["person_name"]),
            ask._("What was seen and fetched until now stays in the log."),
        ),
        hidden=(("number", row["subject_number"]),),
        error=error,
        action=f"{ask.home}/relations/{row['id']}/end",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        button=ask._("End it"),
        danger=True,
        back_href=back,
        back_label=ask._("Back, change nothing"),
    )
    return words.look_again(ask, view, status)


@get("/c/{slug}/me/wards/{number}", name="me.ward", tenant="own")
async def my_ward(ask: Ask) -> Answer:
    """The account of somebody the reader is guardian of: to read, three statements."""
    child = await ward(ask.viewer, ask.path["number"])
    balance = await statement.balance(ask.viewer, child.id)
    lines = await statement.lines(ask.viewer, child.id, limit=_LINES)
    facts = [Fact(label=ask._("Confirmed service"), text=ask.duration(balance.minutes))]
    if balance.debt:
        facts.append(Fact(label=ask._("Points owed"), text=grouped(balance.debt)))
    view = WardView(
        name=child.name,
        number=words.spaced(child.number),
        usable=grouped(balance.available),
        facts=tuple(facts),
        lines=tuple(line_row(ask, entry) for entry in lines),
        back_href=ask.home + "/me",
    )
    title = ask._("Points of %(name)s", name=child.name)
    return ask.page("ward.html", view, title=title, current=ask.home + "/me")


ROUTES = (new, enter, end, ends, my_ward)
