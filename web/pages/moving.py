"""Moving from one community to another: a code is made here, and typed there."""

from typing import Any

from core.base.act import Unit
from core.base.errors import Invalid
from core.community import moving_code, relocation
from core.community.relocation import Mover
from core.community.volunteers import Volunteer
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, Tried, address, attempt
from web.routes import Answer, get, post
from web.view_parts import Fact, FormField
from web.views_people import CodeView, LookAgainView

_LONGEST = 40


@get("/c/{slug}/people/{number}/move", name="person.move", permission=WRITE)
async def move(ask: Ask) -> Answer:
    return await code_page(ask, await words.person_of(ask), address(ask, ask.path["number"]))


@post("/c/{slug}/people/{number}/move", name="person.move.code", permission=WRITE)
async def make(ask: Ask) -> Answer:
    return await made(ask, await words.person_of(ask), address(ask, ask.path["number"]))


@post("/c/{slug}/people/{number}/move/cancel", name="person.move.cancel", permission=WRITE)
async def cancel(ask: Ask) -> Answer:
    base = address(ask, ask.path["number"])
    return await cancelled(ask, await words.person_of(ask), base, base + "?done=cancelled")


async def code_page(
    ask: Ask, who: Volunteer, base: str, *, code: str = "", error: str = "", status: int = 200
) -> Answer:
    """The page of a volunteer's moving code, for the office and for himself (`base` and /move)."""
    out = await relocation.code_out(ask.viewer, who.id)
    until = ask._("Good until %(time)s.", time=ask.when_full(out)) if out else ""
    view = CodeView(
        heading=ask._("Moving to another community"),
        name=f"{who.name} {words.spaced(who.number)}",
        code=code,
        until=until,
        waiting=ask._("A code is out. %(until)s", until=until) if out and not code else "",
        points=(
            ask._("The new community types the code; from then on he is at home there, with a new number."),
            ask._("Name and telephone go along. Teams, posts and roles here end."),
            ask._("The points stay with this community; they may still be spent here."),
            ask._("The hours stay his: the new community sees their sum."),
            ask._("The code is good for 30 days, once, and can be cancelled before it is used."),
        ),
        make_action=base + "/move" if not code else "",
        cancel_action=base + "/move/cancel" if out else "",
        request_id=ask.new_request_id(),
        error=error,
        back_href=base,
    )
    return ask.page("moving_code.html", view, title=view.heading, current=_current(ask, base), status=status)


def _current(ask: Ask, base: str) -> str:
    return base if base.endswith("/me") else ask.home + "/people"


async def made(ask: Ask, who: Volunteer, base: str) -> Answer:
    """Makes a code and shows it; the form sent again shows the same."""

    async def work(unit: Unit) -> dict[str, Any]:
        return {"volunteer": await relocation.make_code(unit, who.id)}

    tried = await attempt(ask, "relocation.code", [who.number], work)
    if tried.done is None:
        return await code_page(ask, who, base, error=_said(tried), status=tried.status)
    code = moving_code.code_of(ask.house, tried.done.act, who.id)
    return await code_page(ask, who, base, code=moving_code.grouped(code))


async def cancelled(ask: Ask, who: Volunteer, base: str, after: str) -> Answer:
    async def work(unit: Unit) -> dict[str, Any]:
        await relocation.cancel_code(unit, who.id)
        return {}

    tried = await attempt(ask, "relocation.cancel", [who.number], work)
    if tried.done is None:
        return await code_page(ask, who, base, error=_said(tried), status=tried.status)
    return ask.redirect(after)


def _said(tried: Tried) -> str:
    return next(iter(tried.errors.values()), "")


# -- arriving ------------------------------------------------------------------------------------------------


@get("/c/{slug}/people/arrive", name="people.arrive", permission=WRITE)
async def arrive(ask: Ask) -> Answer:
    return _type_it(ask, {})


def _type_it(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    base = ask.home + "/people"
    view = LookAgainView(
        heading=ask._("Somebody moves here"),
        lead=ask._("The old community gives a code of ten characters to take along."),
        fields=(
            FormField(
                name="code",
                label=ask._("Moving code"),
                required=True,
                value=ask.form.raw("code")[:_LONGEST],
                hint=ask._("Large or small letters, with or without blanks."),
                error=errors.get("code", ""),
                autocomplete="off",
            ),
        ),
        errors=words.summary(errors),
        action=base + "/arrive/confirm",
        button=ask._("Look who it is"),
        back_href=base,
        back_label=ask._("Back to the list"),
    )
    return words.look_again(ask, view, status)


@post("/c/{slug}/people/arrive/confirm", name="people.arrive.confirm", permission=WRITE)
async def look(ask: Ask) -> Answer:
    typed = ask.form.raw("code")[:_LONGEST]
    await moving_code.spend_try(ask.house, ask.viewer.person, ask.viewer.community)
    try:
        found = await relocation.mover(ask.viewer, typed)
    except Invalid as invalid:
        return _type_it(ask, ask.error_texts(invalid), invalid.status)
    return _who(ask, found, typed)


def _who(ask: Ask, found: Mover, typed: str) -> Answer:
    base = ask.home + "/people"
    view = LookAgainView(
        heading=ask._("Take %(name)s in as a volunteer here?", name=found.name),
        facts=(
            Fact(label=ask._("Comes from"), text=found.community),
            Fact(label=ask._("Number there"), text=words.spaced(found.number)),
            Fact(label=ask._("Volunteer there since"), text=found.joined_on),
            Fact(label=ask._("Confirmed service there"), text=ask.duration(found.minutes)),
        ),
        points=(
            ask._("He gets a number of this community; name and telephone go along."),
            ask._("There he has moved away; his teams, posts and roles there end."),
            ask._("The points of the old community stay there."),
        ),
        action=base + "/arrive",
        request_id=ask.new_request_id(),
        hidden=(("code", typed),),
        button=ask._("Take in"),
        back_href=base,
        back_label=ask._("Back, change nothing"),
    )
    return words.look_again(ask, view)


@post("/c/{slug}/people/arrive", name="people.arrive.do", permission=WRITE)
async def arrives(ask: Ask) -> Answer:
    typed = ask.form.raw("code")[:_LONGEST]
    await moving_code.spend_try(ask.house, ask.viewer.person, ask.viewer.community)

    async def work(unit: Unit) -> dict[str, Any]:
        here = await relocation.arrive(unit, typed)
        return {"volunteer": here.volunteer, "number": here.number}

    tried = await attempt(ask, "relocation.arrive", [moving_code.read_code(typed)], work)
    if tried.done is None:
        return _type_it(ask, tried.errors, tried.status)
    return ask.redirect(address(ask, str(tried.done.answer["number"]), "/card?done=arrived"))


ROUTES = (move, make, cancel, arrive, look, arrives)
