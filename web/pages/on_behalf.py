"""At the counter: somebody without a telephone looks at his account with card and PIN, for some minutes."""

from typing import Any

from core.base.act import Unit, act
from core.base.clock import SECOND
from core.base.errors import Invalid, NotFound, TooMany
from core.community import visits
from core.community.names import masked_name
from core.points.home import home as read_home
from core.reward import catalogue
from web.ask import Ask
from web.pages.people_words import spaced
from web.pages.words import line_row
from web.routes import Answer, get, post
from web.view_parts import FieldError, Flash, grouped
from web.views_access import BehalfLine, BehalfReward, BehalfView, VisitView

PERMISSION = visits.PERMISSION
_LONGEST = 200
_REWARDS = 6  # shown of those that can be had


@get("/c/{slug}/on-behalf", name="behalf", permission=PERMISSION)
async def begin(ask: Ask) -> Answer:
    texts = {
        "closed": ask._("Closed. Nothing of the account is on this screen any more."),
        "pin": ask._("The PIN is set. It works from now on, together with card or number."),
        "stopped": ask._("The card opens nothing any more."),
    }
    text = texts.get(ask.query.raw("done"))
    return _begin(ask, {}, flash=Flash(text=text) if text else None)


def _begin(
    ask: Ask, errors: dict[str, str], *, over: str = "", flash: Flash | None = None, status: int = 200
) -> Answer:
    view = BehalfView(
        action=ask.home + "/on-behalf",
        query=ask.form.raw("q")[:_LONGEST],
        errors=tuple(FieldError(field=f or "pin", text=text) for f, text in errors.items()),
        query_error=errors.get("q", ""),
        pin_error=errors.get("pin", ""),
        request_id=ask.new_request_id(),
        over=over,
        back_href=ask.home + "/counter",
    )
    title = ask._("Card and PIN")
    return ask.page("on_behalf.html", view, title=title, status=status, flash=flash, bare=True)


@post("/c/{slug}/on-behalf", name="behalf.open", permission=PERMISSION)
async def open_up(ask: Ask) -> Answer:
    form = ask.form
    try:
        _filled_in(ask)
        visit = await visits.open_visit(
            ask.viewer, form.request_id, form.raw("q"), form.raw("pin"), ask.address
        )
    except Invalid as invalid:
        return _begin(ask, ask.error_texts(invalid), status=invalid.status)
    except TooMany as refusal:
        answer = _begin(ask, {"": ask.render(refusal.message)}, status=refusal.status)
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    return ask.redirect(f"{ask.home}/on-behalf/{visit}")


def _filled_in(ask: Ask) -> None:
    found: dict[str, Any] = {}
    for field in ("q", "pin"):
        try:
            ask.form.text(field, most=_LONGEST)
        except Invalid as invalid:
            found.update(invalid.fields)
    if found:
        raise Invalid(found)


@get("/c/{slug}/on-behalf/{visit}", name="behalf.look", permission=PERMISSION)
async def look(ask: Ask) -> Answer:
    """Everything on one screen. When the time is over, or it never was, the same words say so."""
    try:
        visit, eyes = await visits.look(ask.viewer, ask.path["visit"], "account")
    except NotFound:
        return _over(ask)
    found = await read_home(eyes)
    shelf = await catalogue.affordable(eyes, visit.volunteer)
    view = VisitView(
        name=masked_name(visit.name),
        number=spaced(visit.number),
        until=ask._("It closes by itself at %(time)s.", time=ask.when(visit.expires_at)),
        usable=grouped(found.balance.available),
        pending=grouped(found.pending) if found.pending else "",
        hours=ask.duration(found.balance.minutes) if found.balance.minutes else "",
        lines=tuple(
            BehalfLine(what=row.what, when=row.when, amount=row.amount)
            for row in (line_row(ask, entry) for entry in found.lines)
        ),
        rewards=tuple(
            BehalfReward(title=reward.name, cost=grouped(reward.price))
            for reward in shelf.affordable[:_REWARDS]
        ),
        close_action=f"{ask.home}/on-behalf/{visit.public_id}/close",
        request_id=ask.new_request_id(),
    )
    # The screen is cleared without anybody's doing, with or without a script.
    seconds = max(1, -(-(visit.expires_at - ask.now) // SECOND))
    leave = [("refresh", f"{seconds}; url={ask.home}/on-behalf?done=closed")]
    return ask.page("visit.html", view, title=ask._("My account"), headers=leave, bare=True)


def _over(ask: Ask) -> Answer:
    text = ask._("The time is over. To look again, scan the card and type the PIN.")
    return _begin(ask, {}, over=text, status=NotFound.status)


@post("/c/{slug}/on-behalf/{visit}/close", name="behalf.close", permission=PERMISSION)
async def close(ask: Ask) -> Answer:
    visit = ask.path["visit"]

    async def work(unit: Unit) -> dict[str, Any]:
        await visits.close_visit(unit, visit)
        return {}

    try:
        await act(ask.viewer, "visit.close", ask.form.request_id, visit, work)
    except NotFound:
        return _over(ask)
    return ask.redirect(ask.home + "/on-behalf?done=closed")


ROUTES = (begin, open_up, look, close)
