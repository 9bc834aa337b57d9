"""A lost telephone and a lost card: what was lost opens nothing any more."""

from typing import Any

from core.base.act import Unit
from core.community.lost import lose_phone, new_card
from core.community.volunteers import Volunteer
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, address, attempt
from web.routes import Answer, get, post
from web.view_parts import Fact, FormField
from web.views_people import LookAgainView


@get("/c/{slug}/people/{number}/phone-lost", name="person.phone_lost", permission=WRITE)
async def phone(ask: Ask) -> Answer:
    return _phone(ask, await words.person_of(ask), {})


@post("/c/{slug}/people/{number}/phone-lost", name="person.phone_lost.do", permission=WRITE)
async def lost_phone(ask: Ask) -> Answer:
    typed = ask.form.raw("phone")[:60]

    async def work(unit: Unit) -> dict[str, Any]:
        await lose_phone(unit, await words.person_of(ask), typed)
        return {}

    tried = await attempt(ask, "person.phone_lost", [ask.path["number"], typed], work)
    if tried.done is None:
        return _phone(ask, await words.person_of(ask), tried.errors, tried.status)
    return ask.redirect(address(ask, ask.path["number"], "?done=phone"))


def _phone(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    back = address(ask, who.number)
    view = LookAgainView(
        heading=ask._("%(name)s has lost the telephone?", name=who.name),
        points=(
            ask._("Signed in anywhere, he is signed out at once."),
            ask._("The lost number finds nobody and signs nobody in any more."),
            ask._("The volunteer number and the password stay as they are."),
        ),
        fields=(
            FormField(
                name="phone",
                label=ask._("New telephone number"),
                kind="tel",
                value=ask.form.raw("phone"),
                hint=ask._("If there is one already. It can be entered later too."),
                error=errors.get("phone", ""),
                required=False,
                inputmode="tel",
                autocomplete="off",
            ),
        ),
        errors=words.summary(errors),
        action=back + "/phone-lost",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        button=ask._("The telephone is lost"),
        danger=True,
        back_href=back,
        back_label=ask._("Back, change nothing"),
    )
    return words.look_again(ask, view, status)


@get("/c/{slug}/people/{number}/card-lost", name="person.card_lost", permission=WRITE)
async def card(ask: Ask) -> Answer:
    return _card(ask, await words.person_of(ask), {})


@post("/c/{slug}/people/{number}/card-lost", name="person.card_lost.do", permission=WRITE)
async def lost_card(ask: Ask) -> Answer:
    """The form sent again leads to the new card, though the old number leads nowhere by then."""

    async def work(unit: Unit) -> dict[str, Any]:
        return {"number": await new_card(unit, await words.person_of(ask))}

    tried = await attempt(ask, "volunteer.card_lost", [ask.path["number"]], work)
    if tried.done is None:
        return _card(ask, await words.person_of(ask), tried.errors, tried.status)
    return ask.redirect(address(ask, str(tried.done.answer["number"]), "/card?done=lost"))


def _card(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    back = address(ask, who.number)
    view = LookAgainView(
        heading=ask._("Give %(name)s a new number?", name=who.name),
        facts=(Fact(label=ask._("Number now"), text=words.spaced(who.number)),),
        points=(
            ask._("The old number leads nowhere any more, and nobody is ever given it again."),
            ask._("Points, hours, teams and password stay."),
            ask._("The new number is shown next, with a card to print."),
        ),
        errors=words.summary(errors),
        action=back + "/card-lost",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        button=ask._("Give a new number"),
        danger=True,
        back_href=back,
        back_label=ask._("Back, change nothing"),
    )
    return words.look_again(ask, view, status)


ROUTES = (phone, lost_phone, card, lost_card)
