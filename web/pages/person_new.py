"""Adding one person in ten seconds: a name, a telephone, Enter; and a look at who may be here already."""

from typing import Any

from core.base.act import Unit
from core.community.choices import choices
from core.community.joining import Newcomer, PerhapsKnown, add_newcomer
from web.ask import Ask
from web.pages.people_words import (
    WRITE,
    address,
    area_options,
    attempt,
    likeness,
    summary,
    team_options,
)
from web.routes import Answer, get, post
from web.view_parts import FieldOption, FormField
from web.views_people import Likeness, NewPersonView

_LONGEST = 200
_MORE = ("number", "area", "team", "joined")


@get("/c/{slug}/people/new", name="people.new", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return await _page(ask, {}, ())


@post("/c/{slug}/people/new", name="people.add", permission=WRITE)
async def add(ask: Ask) -> Answer:
    """Adds, or asks whether it is one of those who are here; what was typed and the form's id stay."""
    form = ask.form
    newcomer = Newcomer(
        **{name: form.raw(name)[:_LONGEST] for name in ("name", "phone", "number", "area", "team", "joined")}
    )
    sure = form.raw("sure") == "1"

    async def work(unit: Unit) -> dict[str, Any]:
        added = await add_newcomer(unit, newcomer, sure=sure)
        return {"volunteer": added.id, "number": added.number}

    # `sure` is no part of what is added: the form sent again, sure or not, is answered and not done again.
    tried = await attempt(ask, "volunteer.new", list(_typed(ask).values()), work)
    if tried.done is not None:
        return ask.redirect(address(ask, str(tried.done.answer["number"]), "/card?done=added"))
    if isinstance(tried.refusal, PerhapsKnown):
        return await _page(ask, {}, tuple(likeness(ask, one) for one in tried.refusal.found), tried.status)
    return await _page(ask, tried.errors, (), tried.status)


def _typed(ask: Ask) -> dict[str, str]:
    return {name: ask.form.raw(name)[:_LONGEST] for name in ("name", "phone", *_MORE)}


async def _page(ask: Ask, errors: dict[str, str], alike: tuple[Likeness, ...], status: int = 200) -> Answer:
    offered = await choices(ask.viewer)
    typed = _typed(ask)
    none = FieldOption(value="", label="—")
    more = (
        FormField(
            name="number",
            label=ask._("Number on an earlier card"),
            value=typed["number"],
            hint=ask._("Leave this empty to get a new one."),
            error=errors.get("number", ""),
            required=False,
            inputmode="numeric",
        ),
        FormField(
            name="area",
            label=ask._("Lives in"),
            kind="select",
            value=typed["area"],
            error=errors.get("area", ""),
            required=False,
            options=area_options(offered, none),
        ),
        FormField(
            name="team",
            label=ask._("Team"),
            kind="select",
            value=typed["team"],
            error=errors.get("team", ""),
            required=False,
            options=team_options(offered, none),
        ),
        FormField(
            name="joined",
            label=ask._("Joined on"),
            kind="date",
            value=typed["joined"],
            hint=ask._("Empty: today."),
            error=errors.get("joined", ""),
            required=False,
        ),
    )
    base = ask.home + "/people"
    view = NewPersonView(
        action=base + "/new",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        name=typed["name"],
        phone=typed["phone"],
        name_error=errors.get("name", ""),
        phone_error=errors.get("phone", ""),
        more=more,
        more_open=any(typed[name] for name in _MORE) or any(name in errors for name in _MORE),
        errors=summary(errors),
        alike=alike,
        back_href=base,
    )
    return ask.page("person_new.html", view, title=ask._("Add a person"), current=base, status=status)


ROUTES = (new, add)
