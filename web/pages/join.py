"""The page for new volunteers, open to anybody: what it is, and a form. The answer is always the same."""

from typing import Any

from core.base.act import Unit
from core.base.errors import Message
from core.community.applications import AGES, MOST_NOTE, Application, apply
from core.community.choices import Choices, choices
from core.community.communities import takes_applications
from core.community.notices import notify
from core.community.roles import people_with
from web.ask import Ask
from web.pages.people_words import WRITE, Tried, area_options, attempt, summary
from web.routes import Answer, get, post
from web.view_parts import FieldOption, FormField
from web.views import MessageView
from web.views_people import JoinView

_LONGEST = 200
_AGES = {"adult": Message("18 or older"), "minor": Message("14 to 17")}


@get("/c/{slug}/join", name="join", tenant="public", anonymous=True)
async def show(ask: Ask) -> Answer:
    return await _page(ask, Tried(None, {}))


@post("/c/{slug}/join", name="join.send", tenant="public", anonymous=True, rate="apply")
async def send(ask: Ask) -> Answer:
    """Whether somebody is known here or not, what he reads is the same."""
    form = ask.form
    if ask.community is None or not takes_applications(ask.community.settings):
        return await _page(ask, Tried(None, {}))
    application = Application(
        name=form.raw("name")[:_LONGEST],
        phone=form.raw("phone")[:_LONGEST],
        area=form.raw("area"),
        teams=tuple(form.many("team")),
        age=form.raw("age"),
        note=form.raw("note")[: 2 * MOST_NOTE],
        agreed=form.raw("agreed") == "1",
    )
    office = await people_with(ask.viewer, WRITE)

    async def work(unit: Unit) -> dict[str, Any]:
        if await apply(unit, application):
            told = Message("Somebody would like to volunteer: an application waits.")
            await notify(unit, office, "application", told, ask.home + "/applications")
        return {}

    tried = await attempt(ask, "application.enter", application, work)
    if tried.done is None:
        return await _page(ask, tried)
    return ask.redirect(ask.home + "/join/thanks")


@get("/c/{slug}/join/thanks", name="join.thanks", tenant="public", anonymous=True)
async def thanks(ask: Ask) -> Answer:
    phone = ask.community.help_phone if ask.community is not None else ""
    text = ask._("The community calls you, usually within a few days.")
    view = MessageView(
        heading=ask._("Thank you. Your application has arrived."),
        text=f"{text} {ask._('Questions? Call %(phone)s.', phone=phone)}" if phone else text,
        href="/",
        label=ask._("To the first page"),
    )
    return ask.page("message.html", view, title=ask._("Thank you"))


async def _page(ask: Ask, tried: Tried) -> Answer:
    place = ask.community
    opened = place is not None and takes_applications(place.settings)
    offered = await choices(ask.viewer) if opened else Choices([], [])
    base = ask.home + "/join"
    view = JoinView(
        community=place.name if place is not None else "",
        action=base if opened else "",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        fields=tuple(_fields(ask, offered, tried.errors)) if opened else (),
        consent_error=tried.errors.get("agreed", ""),
        agreed=ask.form.raw("agreed") == "1",
        errors=summary(tried.errors),
        known_as=ask.viewer.name,
        help_phone=place.help_phone if place is not None else "",
    )
    return ask.page("join.html", view, title=ask._("Become a volunteer"), status=tried.status)


def _who(ask: Ask, errors: dict[str, str]) -> list[FormField]:
    """Name and telephone, of somebody who is not signed in."""
    if ask.viewer.person is not None:
        return []
    return [
        FormField(
            name="name",
            label=ask._("Your name"),
            required=True,
            value=ask.form.raw("name"),
            error=errors.get("name", ""),
            autocomplete="name",
        ),
        FormField(
            name="phone",
            label=ask._("Telephone"),
            required=True,
            kind="tel",
            value=ask.form.raw("phone"),
            error=errors.get("phone", ""),
            autocomplete="tel",
            inputmode="tel",
        ),
    ]


def _fields(ask: Ask, offered: Choices, errors: dict[str, str]) -> list[FormField]:
    form = ask.form
    fields = _who(ask, errors)
    fields.append(
        FormField(
            name="age",
            label=ask._("Your age"),
            required=True,
            kind="radio",
            value=form.raw("age"),
            hint=ask._(
                "From 14 to 17 a guardian's consent on paper is needed; the community brings the form."
            ),
            error=errors.get("age", ""),
            options=tuple(FieldOption(value=age, label=ask.render(_AGES[age])) for age in AGES),
        )
    )
    if len(offered.areas) > 1:
        fields.append(
            FormField(
                name="area",
                label=ask._("Where do you live?"),
                kind="select",
                value=form.raw("area"),
                error=errors.get("area", ""),
                required=False,
                options=area_options(offered, FieldOption(value="", label="—")),
            )
        )
    if offered.teams:
        fields.append(
            FormField(
                name="team",
                label=ask._("What would you like to help with?"),
                kind="checkbox",
                values=tuple(form.many("team")),
                hint=ask._("As many as you like. The community talks it over with you."),
                required=False,
                options=tuple(FieldOption(value=t.public_id, label=t.name) for t in offered.teams),
            )
        )
    fields.append(
        FormField(
            name="note",
            label=ask._("Anything else?"),
            kind="textarea",
            value=form.raw("note"),
            hint=ask._("What you are good at, when you have time."),
            error=errors.get("note", ""),
            required=False,
        )
    )
    return fields


ROUTES = (show, send, thanks)
