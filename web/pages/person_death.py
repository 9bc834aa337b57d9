"""The gentle pages for somebody who has passed away: written down, looked at again, put right."""

from typing import Any

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.community.days import clean_day
from core.community.volunteers import Volunteer
from core.lifecycle import death, farewell
from core.lifecycle.profile import profile
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, address, attempt
from web.pages.person_farewell import again, day_field, ended, standing_facts, today
from web.routes import Answer, get, post


@get("/c/{slug}/people/{number}/death", name="person.death", permission=WRITE)
async def died(ask: Ask) -> Answer:
    return _died(ask, await words.person_of(ask), {})


def _died(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    view = again(
        ask,
        who,
        errors,
        heading=ask._("%(name)s has passed away", name=who.name),
        lead=ask._("We are sorry. Nothing happens yet; the next page says what will."),
        fields=(day_field(ask, ask._("Day of passing"), errors),),
        action=address(ask, who.number, "/death/confirm"),
        button=ask._("Go on"),
    )
    return words.look_again(ask, view, status)


@post("/c/{slug}/people/{number}/death/confirm", name="person.death.confirm", permission=WRITE)
async def died_confirm(ask: Ask) -> Answer:
    who = await words.person_of(ask)
    try:
        day = clean_day(ask.form.raw("day"), "day", today(ask))
    except Invalid as invalid:
        return _died(ask, who, ask.error_texts(invalid), invalid.status)
    return await _died_again(ask, who, day, {})


async def _died_again(
    ask: Ask, who: Volunteer, day: str, errors: dict[str, str], status: int = 200
) -> Answer:
    found = await farewell.standing(ask.viewer, who.id)
    household = (
        ask.ngettext(
            "%(n)s person of the household gets one quiet notice, without a name.",
            "%(n)s people of the household get one quiet notice, without a name.",
            found.household,
        )
        if found.household
        else ask._("No household is recorded; nobody gets a notice.")
    )
    view = again(
        ask,
        who,
        errors,
        heading=ask._("In memory of %(name)s", name=who.name),
        lead=ask._("Passed away on %(day)s. Please read it once more.", day=day),
        facts=standing_facts(ask, found)[:2],
        points=(
            ask._("Nobody signs in with this account any more, and nothing more is sent."),
            ask._("Memberships, posts and roles end; the name stands on no roster any more."),
            household,
            ask._("What was done for the neighbours is kept and can be looked up."),
            ask._("The points rest; rewards are given for them no more."),
            ask._("If it was a mistake, it is put right on this person's page, all of it."),
        ),
        action=address(ask, who.number, "/death"),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        hidden=(("day", day),),
        button=ask._("Write it down"),
    )
    return words.look_again(ask, view, status)


@post("/c/{slug}/people/{number}/death", name="person.death.do", permission=WRITE)
async def write_down(ask: Ask) -> Answer:
    day = ask.form.raw("day")

    async def work(unit: Unit) -> dict[str, Any]:
        await death.record_death(unit, (await words.person_of(ask)).id, day)
        return {}

    tried = await attempt(ask, "person.died", [ask.path["number"], day], work)
    if tried.done is not None:
        return ask.redirect(address(ask, ask.path["number"]))
    who = await words.person_of(ask)
    if "day" in tried.errors:
        return _died(ask, who, tried.errors, tried.status)
    return await _died_again(ask, who, day, tried.errors, tried.status)


@get("/c/{slug}/people/{number}/death/undo", name="person.alive", permission=WRITE)
async def alive(ask: Ask) -> Answer:
    """Only for somebody of whom it is written."""
    found = await profile(ask.viewer, (await words.person_of(ask)).number)
    if not found.died:
        raise NotFound
    return _alive(ask, await words.person_of(ask), {})


def _alive(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    view = again(
        ask,
        who,
        errors,
        heading=ask._("It was a mistake: %(name)s is alive?", name=who.name),
        points=(
            ask._("The account is open again; he signs in as before."),
            ask._("Memberships, posts and roles that ended with it are as they were."),
            ask._("Please call the household: they were told."),
        ),
        action=address(ask, who.number, "/death/undo"),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        button=ask._("Put it right"),
    )
    return words.look_again(ask, view, status)


@post("/c/{slug}/people/{number}/death/undo", name="person.alive.do", permission=WRITE)
async def put_right(ask: Ask) -> Answer:
    async def work(unit: Unit) -> dict[str, Any]:
        await death.take_back(unit, (await words.person_of(ask)).id)
        return {}

    tried = await attempt(ask, "person.alive", [ask.path["number"]], work)
    return await ended(ask, tried, "alive", _alive)


ROUTES = (died, died_confirm, write_down, alive, put_right)
