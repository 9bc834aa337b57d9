"""One's own page: what is recorded of me, what I agreed to, my record to print; moving and leaving."""

from typing import Any

from core.activity.own import own_record
from core.base.act import Unit
from core.base.errors import NotFound
from core.community.consent import PURPOSES, VOLUNTEERING, take_consent_back
from core.community.relations import GUARDIAN, KINDS
from core.community.volunteers import Volunteer
from core.lifecycle import farewell
from core.lifecycle.profile import Profile, own_profile
from web.ask import Ask
from web.pages import moving
from web.pages import people_words as words
from web.pages.people_words import Tried, attempt
from web.pages.person_farewell import leaving_points, standing_facts
from web.routes import Answer, get, post
from web.view_parts import Fact, Flash, FormField, NavItem
from web.views_people import ConsentRow, LookAgainView, MeView, RecordRow, RecordView, Tie

_RECORD = 300  # services on the printed record
_WHY = ("own_wish", "moved")


def _volunteer(ask: Ask) -> int:
    if ask.viewer.volunteer is None:
        raise NotFound
    return ask.viewer.volunteer


@get("/c/{slug}/me", name="me", tenant="own")
async def me(ask: Ask) -> Answer:
    if ask.viewer.volunteer is None:
        return ask.redirect(ask.home)
    found = await own_profile(ask.viewer)
    texts = {"taken_back": ask._("Taken back."), "cancelled": ask._("The code is worth nothing any more.")}
    text = texts.get(ask.query.raw("done"))
    return ask.page(
        "me.html", _view(ask, found), title=ask._("About me"), flash=Flash(text=text) if text else None
    )


def _view(ask: Ask, found: Profile) -> MeView:
    base, facts = ask.home + "/me", found.facts
    return MeView(
        name=facts["name"],
        number=words.spaced(facts["number"]),
        facts=(
            Fact(label=ask._("Volunteer since"), text=facts["joined_on"]),
            Fact(label=ask._("Confirmed service"), text=ask.duration(facts["minutes"])),
        ),
        contact=(
            *words.contact(ask, found.sealed, opened=False),
            *(Fact(label=ask._("Lives in"), text=r["a"]) for r in found.of("home") if r["d"] is None),
        ),
        teams=words.dated_teams(ask, found.of("team"), linked=False),
        posts=words.dated_posts(ask, found.of("post"), linked=False),
        household=tuple(Fact(label=words.kinship(ask, r["c"]), text=r["a"]) for r in found.of("together")),
        wards=tuple(
            Tie(
                what=words.spaced(r["b"]),
                name=r["a"],
                when=words.between(ask, r["d"], None),
                href=f"{base}/wards/{r['b']}",
            )
            for r in found.of("helped")
            if r["n"] in ask.viewer.wards and r["c"] == GUARDIAN
        ),
        helpers=tuple(
            Fact(label=ask.render(KINDS[r["c"]].title), text=r["a"])
            for r in found.of("helper")
            if r["c"] in KINDS
        ),
        earlier=tuple(Fact(label=one.community, text=ask.duration(one.minutes)) for one in found.earlier),
        consents=tuple(
            ConsentRow(
                title=ask.render(PURPOSES[r["a"]].title),
                when=ask._("agreed %(day)s", day=ask.when(r["n"])),
                href=f"{base}/consents/{r['a']}",
            )
            for r in found.of("consent")
            if r["a"] in PURPOSES
        ),
        actions=(
            NavItem(title=ask._("My points"), href=ask.home + "/points", icon="list"),
            NavItem(title=ask._("My record"), href=base + "/record", icon="print"),
            NavItem(title=ask._("Notices"), href=ask.home + "/notices", icon="bell"),
        ),
        more=(
            NavItem(title=ask._("I move to another community"), href=base + "/move", icon="next"),
            NavItem(title=ask._("I want to stop volunteering"), href=base + "/leave", icon="leave"),
        ),
    )


# -- what I agreed to ----------------------------------------------------------------------------------------


@get("/c/{slug}/me/consents/{purpose}", name="me.consent", tenant="own")
async def consent(ask: Ask) -> Answer:
    purpose = PURPOSES.get(ask.path["purpose"])
    if purpose is None:
        raise NotFound
    base = ask.home + "/me"
    found = await own_profile(ask.viewer)
    if not any(r["a"] == purpose.key for r in found.of("consent")):
        raise NotFound
    stops = purpose.key == VOLUNTEERING
    view = LookAgainView(
        heading=ask._("Take back: %(what)s?", what=ask.render(purpose.title)),
        lead=ask.render(purpose.words),
        points=(
            ask._("Without it nothing can be recorded for you, so you would stop being a volunteer here."),
            ask._("Your hours and points stay yours."),
        )
        if stops
        else (ask._("It ends at once. You may agree again at any time."),),
        action=f"{base}/consents/{purpose.key}",
        request_id=ask.new_request_id(),
        button=ask._("Take back"),
        danger=True,
        back_href=base,
        back_label=ask._("Back, change nothing"),
    )
    return words.look_again(ask, view, current="/me")


@post("/c/{slug}/me/consents/{purpose}", name="me.consent.end", tenant="own")
async def end_consent(ask: Ask) -> Answer:
    """Taking back the consent to being recorded is leaving."""
    purpose, person = ask.path["purpose"], ask.viewer.person
    if purpose not in PURPOSES or person is None:
        raise NotFound

    async def work(unit: Unit) -> dict[str, Any]:
        if not await take_consent_back(unit, person, purpose):
            raise NotFound
        if purpose == VOLUNTEERING and ask.viewer.volunteer is not None:
            await farewell.leave(unit, ask.viewer.volunteer, "own_wish")
        return {}

    tried = await attempt(ask, "consent.end", [purpose], work)
    if tried.done is None:
        raise NotFound
    return ask.redirect("/" if purpose == VOLUNTEERING else ask.home + "/me?done=taken_back")


# -- leaving and moving --------------------------------------------------------------------------------------


@get("/c/{slug}/me/leave", name="me.leave", tenant="own")
async def leave(ask: Ask) -> Answer:
    return await _leave(ask, Tried(None, {}))


async def _leave(ask: Ask, tried: Tried) -> Answer:
    found = await farewell.standing(ask.viewer, _volunteer(ask))
    base = ask.home + "/me"
    view = LookAgainView(
        heading=ask._("Stop volunteering here?"),
        lead=ask._("Thank you for all you have done for your neighbours."),
        facts=standing_facts(ask, found),
        points=(*leaving_points(ask, found), ask._("You cannot look into this account any more.")),
        fields=(
            FormField(
                name="why",
                label=ask._("Why?"),
                required=True,
                kind="radio",
                value=ask.form.raw("why"),
                error=tried.errors.get("why", ""),
                options=words.options(ask, {key: farewell.WHY[key] for key in _WHY}),
            ),
        ),
        errors=words.summary(tried.errors),
        action=base + "/leave",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        button=ask._("Stop"),
        danger=True,
        back_href=base,
        back_label=ask._("Back, change nothing"),
    )
    return words.look_again(ask, view, tried.status, "/me")


@post("/c/{slug}/me/leave", name="me.leave.do", tenant="own")
async def leaves(ask: Ask) -> Answer:
    why, volunteer = ask.form.raw("why"), _volunteer(ask)

    async def work(unit: Unit) -> dict[str, Any]:
        await farewell.leave(unit, volunteer, why if why in _WHY else "")
        return {}

    tried = await attempt(ask, "volunteer.leave", ["me", why], work)
    return await _leave(ask, tried) if tried.done is None else ask.redirect("/")


async def _me(ask: Ask) -> Volunteer:
    """The viewer's own volunteer row, as the pages about moving need it."""
    viewer, volunteer = ask.viewer, _volunteer(ask)
    person = viewer.person or 0
    return Volunteer(volunteer, person, viewer.number, viewer.name, "active", 0, "")


@get("/c/{slug}/me/move", name="me.move", tenant="own")
async def move(ask: Ask) -> Answer:
    return await moving.code_page(ask, await _me(ask), ask.home + "/me")


@post("/c/{slug}/me/move", name="me.move.code", tenant="own")
async def make(ask: Ask) -> Answer:
    return await moving.made(ask, await _me(ask), ask.home + "/me")


@post("/c/{slug}/me/move/cancel", name="me.move.cancel", tenant="own")
async def cancel(ask: Ask) -> Answer:
    base = ask.home + "/me"
    return await moving.cancelled(ask, await _me(ask), base, base + "?done=cancelled")


# -- the record ----------------------------------------------------------------------------------------------


@get("/c/{slug}/me/record", name="me.record", tenant="own")
async def record(ask: Ask) -> Answer:
    found = await own_record(ask.viewer, _RECORD + 1)
    rows, more = found.rows[:_RECORD], len(found.rows) > _RECORD
    view = RecordView(
        name=ask.viewer.name,
        number=words.spaced(ask.viewer.number),
        community=ask.community.name if ask.community is not None else "",
        facts=(
            Fact(label=ask._("Volunteer since"), text=found.joined_on),
            Fact(label=ask._("Confirmed service"), text=ask.duration(found.minutes)),
            Fact(label=ask._("Printed on"), text=ask.when_full(ask.now)),
        ),
        rows=tuple(
            RecordRow(
                day=r["day"],
                what=r["title"],
                where="，".join(part for part in (r["team"] or "", r["place"]) if part),
                time=ask.duration(r["minutes"]),
            )
            for r in rows
        ),
        more=ask._("The latest %(most)s services are listed; the sum counts all.", most=_RECORD)
        if more
        else "",
        back_href=ask.home + "/me",
    )
    return ask.page("me_record.html", view, title=ask._("My service record"), current=ask.home + "/me")


ROUTES = (me, consent, end_consent, leave, leaves, move, make, cancel, record)
