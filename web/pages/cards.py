"""Cards with a code and PINs: made and stopped by the office, set by their owner at the counter."""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Invalid, NotFound, Refused
from core.community import cards, pins
from core.community.names import masked_name
from core.community.volunteers import Volunteer, by_number
from web.ask import Ask
from web.pages.people_words import look_again, spaced
from web.pages.security import pin_fields, same
from web.qr import code as qr
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, Flash
from web.views import MessageView
from web.views_access import CardView, PlainFormView
from web.views_people import LookAgainView


async def _volunteer(ask: Ask, number: str, permission: str) -> Volunteer:
    """An active volunteer of this community. Raises NotFound."""
    try:
        found = await by_number(ask.viewer, number[:40], permission)
    except Invalid as invalid:
        raise NotFound from invalid
    if found.status != "active":
        raise NotFound
    return found


# -- the card ------------------------------------------------------------------------------------------------


@get("/c/{slug}/cards/{number}", name="card", permission=cards.MAKE)
async def card(ask: Ask) -> Answer:
    who = await _volunteer(ask, ask.path["number"], cards.MAKE)
    token = await cards.card_of(ask.viewer, who)
    texts = {
        "made": ask._("The new card is ready to print. An earlier one opens nothing any more."),
        "stopped": ask._("The card opens nothing any more."),
    }
    text = texts.get(ask.query.raw("done"))
    place = ask.community
    base = f"{ask.home}/cards/{who.number}"
    view = CardView(
        community=place.name if place is not None else "",
        name=who.name,
        number=spaced(who.number),
        help_phone=place.help_phone if place is not None else "",
        qr=qr(ask.public_url(f"/k/{token}"), "q") if token else None,
        action=base,
        stop_action=base + "/stop" if token else "",
        request_id=ask.new_request_id(),
        stop_id=ask.new_request_id(),
        back_href=f"{ask.home}/slips/new?number={who.number}",
    )
    title = f"{ask._('Card with code')} {who.name}"
    flash = Flash(text=text) if text else None
    return ask.page("card.html", view, title=title, current=ask.home + "/slips", flash=flash)


@post("/c/{slug}/cards/{number}", name="card.make", permission=cards.MAKE)
async def make(ask: Ask) -> Answer:
    async def work(unit: Unit) -> dict[str, Any]:
        await cards.make_card(unit, await _volunteer(ask, ask.path["number"], cards.MAKE))
        return {}

    await act(ask.viewer, "card.make", ask.form.request_id, ask.path["number"], work)
    return ask.redirect(f"{ask.home}/cards/{ask.path['number']}?done=made")


@post("/c/{slug}/cards/{number}/stop", name="card.stop")
async def stop(ask: Ask) -> Answer:
    """A lost card; whoever serves at the counter stops it at once."""
    office = ask.viewer.may(cards.MAKE)

    async def work(unit: Unit) -> dict[str, Any]:
        who = await _volunteer(ask, ask.path["number"], cards.MAKE if office else cards.STOP)
        await cards.stop_card(unit, who)
        return {}

    await act(ask.viewer, "card.stop", ask.form.request_id, ask.path["number"], work)
    after = f"/cards/{ask.path['number']}" if office else "/on-behalf"
    return ask.redirect(f"{ask.home}{after}?done=stopped")


@get("/k/{token}", name="card.found", tenant="none", anonymous=True)
async def found(ask: Ask) -> Answer:
    """What the card's code opens for whoever scans it: the same words for every card, and for none."""
    view = MessageView(
        heading=ask._("A volunteer card"),
        text=ask._(
            "At the service desk the card and a PIN show its owner the account. Found it? Please hand it in."
        ),
        tone="info",
        href="/",
        label=ask._("To the home page"),
    )
    return ask.page("message.html", view, title=view.heading)


# -- the PIN -------------------------------------------------------------------------------------------------


@get("/c/{slug}/pins/new", name="pin.new")
async def new_pin(ask: Ask) -> Answer:
    return _pin(ask, await _volunteer(ask, ask.query.raw("number"), pins.SET), {})


def _pin(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    """Its owner types it on this screen himself, so nothing else is on it."""
    view = PlainFormView(
        heading=ask._("Choose a PIN"),
        intro=f"{masked_name(who.name)} · {spaced(who.number)}",
        notes=(
            ask._("Please let the volunteer type the PIN himself, and look away."),
            ask._("With card and PIN the account can be looked at here. The PIN is never shown to anybody."),
        ),
        action=ask.home + "/pins",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        hidden=(("number", who.number),),
        fields=pin_fields(ask, errors),
        errors=tuple(FieldError(field=f or "pin", text=text) for f, text in errors.items()),
        submit=ask._("Keep this PIN"),
        back_href=ask.home + "/on-behalf",
        back_label=ask._("Back, change nothing"),
    )
    return ask.page("access_form.html", view, title=view.heading, status=status, bare=True)


@post("/c/{slug}/pins", name="pin.set")
async def set_pin(ask: Ask) -> Answer:
    who = await _volunteer(ask, ask.form.raw("number"), pins.SET)
    community = ask.viewer.community
    if community is None:
        raise NotFound
    try:
        same(ask, "pin")
        request_id = ask.form.request_id
        own = await pins.own_numbers(ask.house, ask.house.db, who.person)
        plain = pins.clean_pin(ask.form.raw("pin"), *own)
        prepared = await pins.prepare_pin(ask.house, who.person, community, plain)

        async def work(unit: Unit) -> dict[str, Any]:
            await pins.set_first_pin(unit, who, prepared)
            return {}

        await act(ask.viewer, "pin.set", request_id, who.number, work)
    except Invalid as invalid:
        return _pin(ask, who, ask.error_texts(invalid), invalid.status)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status != Refused.status:
            raise
        return _pin(ask, who, {"": ask.render(refusal.message)}, refusal.status)
    return ask.redirect(ask.home + "/on-behalf?done=pin")


@get("/c/{slug}/pins/remove", name="pin.ask_remove", permission=pins.REMOVE)
async def ask_remove(ask: Ask) -> Answer:
    return _remove(ask, await _volunteer(ask, ask.query.raw("number"), pins.REMOVE))


def _remove(ask: Ask, who: Volunteer, error: str = "", status: int = 200) -> Answer:
    view = LookAgainView(
        heading=ask._("Remove the PIN of %(name)s?", name=who.name),
        facts=(Fact(label=ask._("Number"), text=spaced(who.number)),),
        points=(
            ask._("The PIN opens nothing any more. A new one can be set at the service desk."),
            ask._("The volunteer is told by a notice."),
        ),
        action=ask.home + "/pins/remove",
        request_id=ask.new_request_id(),
        hidden=(("number", who.number),),
        button=ask._("Remove the PIN"),
        danger=True,
        back_href=f"{ask.home}/slips/new?number={who.number}",
        back_label=ask._("Back, change nothing"),
        error=error,
    )
    return look_again(ask, view, status, "/slips")


@post("/c/{slug}/pins/remove", name="pin.remove", permission=pins.REMOVE)
async def remove_pin(ask: Ask) -> Answer:
    who = await _volunteer(ask, ask.form.raw("number"), pins.REMOVE)

    async def work(unit: Unit) -> dict[str, Any]:
        await pins.remove_pin(unit, who)
        return {}

    try:
        await act(ask.viewer, "pin.remove", ask.form.request_id, who.number, work)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status != Refused.status:
            raise
        return _remove(ask, who, ask.render(refusal.message), refusal.status)
    return ask.redirect(f"{ask.home}/slips/new?number={who.number}")


ROUTES = (card, make, stop, found, new_pin, set_pin, ask_remove, remove_pin)
