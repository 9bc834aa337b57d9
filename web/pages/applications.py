"""Applications that wait: accept, refuse, or see that it is somebody who is here already."""

from typing import Any
from urllib.parse import urlencode

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.community.admission import REASONS, accept, refuse, same_person
from core.community.applicants import MOST, Applicant, waiting
from core.community.applicants import applicant as read_applicant
from core.community.choices import Choices, choices
from core.community.volunteers import by_number
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, Tried, address, attempt
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, Flash, FormField
from web.views_people import ApplicationRow, ApplicationsView, ApplicationView


@get("/c/{slug}/applications", name="applications", permission=WRITE)
async def applications(ask: Ask) -> Answer:
    after = ask.query.raw("after")
    found = await waiting(
        ask.viewer, int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else 0, MOST + 1
    )
    rows, more = found[:MOST], len(found) > MOST
    base = ask.home + "/applications"
    view = ApplicationsView(
        rows=tuple(
            ApplicationRow(
                href=f"{base}/{one.volunteer.number}",
                name=one.volunteer.name,
                when=one.volunteer.joined_on,
                note=ask._("14 to 17") if one.wish.age == "minor" else "",
                alike=ask._("Perhaps here already") if one.alike else "",
            )
            for one in rows
        ),
        more_href=f"{base}?after={rows[-1].volunteer.id}" if more else "",
        join_href=ask.home + "/join",
        back_href=ask.home + "/people",
    )
    texts = {
        "refused": ask._("Refused; what was written in it is erased."),
        "same": ask._("The application is settled."),
    }
    text = texts.get(ask.query.raw("done"))
    return ask.page(
        "applications.html",
        view,
        title=ask._("Applications"),
        current=ask.home + "/people",
        flash=Flash(text=text) if text else None,
    )


async def _applicant(ask: Ask) -> Applicant:
    try:
        return await read_applicant(ask.viewer, ask.path["number"])
    except Invalid as invalid:
        raise NotFound from invalid


@get("/c/{slug}/applications/{number}", name="application", permission=WRITE)
async def application(ask: Ask) -> Answer:
    return await _page(ask, await _applicant(ask), Tried(None, {}))


@post("/c/{slug}/applications/{number}/accept", name="application.accept", permission=WRITE)
async def accepts(ask: Ask) -> Answer:
    teams, guardian = ask.form.many("team"), ask.form.raw("guardian") == "yes"

    async def work(unit: Unit) -> dict[str, Any]:
        found = await _applicant(ask)
        await accept(unit, found.volunteer, teams, guardian_agreed=guardian)
        return {"volunteer": found.volunteer.id}

    tried = await attempt(ask, "application.accept", [ask.path["number"], sorted(teams), guardian], work)
    if tried.done is None:
        return await _page(ask, await _applicant(ask), tried)
    return ask.redirect(address(ask, ask.path["number"], "/card?done=accepted"))


@post("/c/{slug}/applications/{number}/refuse", name="application.refuse", permission=WRITE)
async def refuses(ask: Ask) -> Answer:
    reason = ask.form.raw("reason")

    async def work(unit: Unit) -> dict[str, Any]:
        await refuse(unit, (await _applicant(ask)).volunteer, reason)
        return {}

    tried = await attempt(ask, "application.refuse", [ask.path["number"], reason], work)
    if tried.done is None:
        return await _page(ask, await _applicant(ask), tried)
    return ask.redirect(ask.home + "/applications?done=refused")


@post("/c/{slug}/applications/{number}/same", name="application.same", permission=WRITE)
async def is_the_same(ask: Ask) -> Answer:
    """The application is dropped; the teams it asked for are offered to the one who is known."""
    known = ask.form.raw("known")

    async def work(unit: Unit) -> dict[str, Any]:
        try:
            other = await by_number(ask.viewer, known, WRITE)
        except Invalid as invalid:
            raise NotFound from invalid
        return {"teams": await same_person(unit, (await _applicant(ask)).volunteer, other)}

    tried = await attempt(ask, "application.same", [ask.path["number"], known], work)
    if tried.done is None:
        return await _page(ask, await _applicant(ask), tried)
    teams: list[str] = tried.done.answer["teams"]
    if not teams or not ask.viewer.may("team.write"):
        return ask.redirect(ask.home + "/applications?done=same")
    wanted = urlencode([("done", "same"), *(("team", team) for team in teams)])
    return ask.redirect(address(ask, known, f"/teams?{wanted}"))


async def _page(ask: Ask, found: Applicant, tried: Tried) -> Answer:
    who, wish = found.volunteer, found.wish
    offered = await choices(ask.viewer) if wish.teams or wish.area else Choices([], [])
    base = f"{ask.home}/applications/{who.number}"
    asked = [team for t in wish.teams if (team := offered.team(t)) is not None]
    area = offered.area(wish.area)
    facts = [
        Fact(label=ask._("Applied on"), text=who.joined_on),
        Fact(label=ask._("Telephone"), text=found.phone or ask._("Not recorded.")),
        Fact(
            label=ask._("Age"),
            text=ask._("14 to 17") if wish.age == "minor" else ask._("18 or older"),
        ),
    ]
    if area is not None:
        facts.append(Fact(label=ask._("Lives in"), text=area.name))
    if wish.note:
        facts.append(Fact(label=ask._("Would like to"), text=wish.note))
    view = ApplicationView(
        name=who.name,
        facts=tuple(facts),
        alike=tuple(words.likeness(ask, one) for one in found.alike),
        same_action=base + "/same",
        accept_action=base + "/accept",
        refuse_action=base + "/refuse",
        teams=FormField(
            name="team",
            label=ask._("Joins these teams"),
            kind="checkbox",
            required=False,
            values=tuple(ask.form.many("team")) if ask.form.names() else tuple(t.public_id for t in asked),
            options=tuple(FieldOption(value=t.public_id, label=t.name) for t in asked),
        )
        if asked
        else None,
        guardian=_guardian(ask, tried) if wish.age == "minor" else None,
        reasons=FormField(
            name="reason",
            label=ask._("Reason"),
            required=True,
            kind="radio",
            value=ask.form.raw("reason"),
            error=tried.errors.get("reason", ""),
            options=words.options(ask, REASONS),
        ),
        request_id=ask.new_request_id(),
        errors=words.summary(tried.errors),
        back_href=ask.home + "/applications",
    )
    return ask.page(
        "application.html", view, title=who.name, current=ask.home + "/people", status=tried.status
    )


def _guardian(ask: Ask, tried: Tried) -> FormField:
    return FormField(
        name="guardian",
        label=ask._("A minor"),
        required=True,
        kind="checkbox",
        error=tried.errors.get("guardian", ""),
        options=(FieldOption(value="yes", label=ask._("The guardian's consent is here on paper.")),),
    )


ROUTES = (applications, application, accepts, refuses, is_the_same)
