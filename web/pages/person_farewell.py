"""Leaving and coming back: a form, and a page to look at it once more before anything happens."""

from typing import Any

from core.base.act import Unit
from core.base.clock import day_of
from core.base.errors import Invalid
from core.community.days import clean_day
from core.community.volunteers import Volunteer
from core.lifecycle import farewell
from core.lifecycle.farewell import WHY, Standing
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, Tried, address, attempt
from web.routes import Answer, get, post
from web.view_parts import Fact, FormField, grouped
from web.views_people import LookAgainView

CLEAN = Tried(None, {})


def standing_facts(ask: Ask, found: Standing) -> tuple[Fact, ...]:
    """What somebody has here, before he goes."""
    rows = [
        Fact(label=ask._("Joined"), text=found.joined_on),
        Fact(label=ask._("Confirmed service"), text=ask.duration(found.minutes)),
        Fact(label=ask._("Points to use"), text=grouped(found.points)),
        Fact(label=ask._("Teams"), text=grouped(found.teams)),
    ]
    if found.posts:
        rows.append(Fact(label=ask._("Posts"), text=grouped(found.posts)))
    if found.roles:
        rows.append(Fact(label=ask._("Roles here"), text=grouped(found.roles)))
    return tuple(rows)


def leaving_points(ask: Ask, found: Standing) -> tuple[str, ...]:
    """What leaving means, sentence by sentence."""
    kept = (
        ask._("%(points)s points stay his: he may fetch rewards for them.", points=grouped(found.points))
        if found.points
        else ask._("The hours stay his, and what is recorded stays.")
    )
    return (
        ask._("Memberships in teams, posts and roles in this community end."),
        ask._("Nothing more is recorded for him."),
        kept,
        ask._("He may come back at any time, under the same number."),
    )


def today(ask: Ask) -> str:
    return day_of(ask.now, ask.zone)


def day_field(ask: Ask, label: str, errors: dict[str, str]) -> FormField:
    return FormField(
        name="day",
        label=label,
        required=True,
        kind="date",
        value=ask.form.raw("day") or today(ask),
        error=errors.get("day", ""),
    )


def again(ask: Ask, who: Volunteer, errors: dict[str, str], **more: Any) -> LookAgainView:
    return LookAgainView(
        errors=words.summary(errors),
        back_href=address(ask, who.number),
        back_label=ask._("Back, change nothing"),
        **more,
    )


# -- leaving -----------------------------------------------------------------------------------------------


@get("/c/{slug}/people/{number}/leave", name="person.leave", permission=WRITE)
async def leave(ask: Ask) -> Answer:
    return _leave(ask, await words.person_of(ask), {})


def _leave(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    view = again(
        ask,
        who,
        errors,
        heading=ask._("%(name)s leaves", name=who.name),
        fields=(
            FormField(
                name="why",
                label=ask._("Why?"),
                required=True,
                kind="radio",
                value=ask.form.raw("why"),
                error=errors.get("why", ""),
                options=words.options(ask, WHY),
            ),
            day_field(ask, ask._("Last day"), errors),
        ),
        action=address(ask, who.number, "/leave/confirm"),
        button=ask._("Go on"),
    )
    return words.look_again(ask, view, status)


@post("/c/{slug}/people/{number}/leave/confirm", name="person.leave.confirm", permission=WRITE)
async def leave_confirm(ask: Ask) -> Answer:
    who = await words.person_of(ask)
    try:
        why = ask.form.choice("why", WHY)
        day = clean_day(ask.form.raw("day"), "day", today(ask), who.joined_on)
    except Invalid as invalid:
        return _leave(ask, who, ask.error_texts(invalid), invalid.status)
    return await _leave_again(ask, who, why, day)


async def _leave_again(ask: Ask, who: Volunteer, why: str, day: str, tried: Tried = CLEAN) -> Answer:
    found, reason = await farewell.standing(ask.viewer, who.id), ask.render(WHY[why])
    view = again(
        ask,
        who,
        tried.errors,
        heading=ask._("%(name)s leaves on %(day)s: %(why)s", name=who.name, day=day, why=reason),
        facts=standing_facts(ask, found),
        points=leaving_points(ask, found),
        action=address(ask, who.number, "/leave"),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        hidden=(("why", why), ("day", day)),
        button=ask._("Leaves"),
        danger=True,
    )
    return words.look_again(ask, view, tried.status)


@post("/c/{slug}/people/{number}/leave", name="person.leave.do", permission=WRITE)
async def leaves(ask: Ask) -> Answer:
    why, day = ask.form.raw("why"), ask.form.raw("day")

    async def work(unit: Unit) -> dict[str, Any]:
        await farewell.leave(unit, (await words.person_of(ask)).id, why, day)
        return {}

    tried = await attempt(ask, "volunteer.leave", [ask.path["number"], why, day], work)
    if tried.done is not None:
        return ask.redirect(address(ask, ask.path["number"], "?done=left"))
    who = await words.person_of(ask)
    if why not in WHY or "day" in tried.errors:
        return _leave(ask, who, tried.errors, tried.status)
    return await _leave_again(ask, who, why, day, tried)


@get("/c/{slug}/people/{number}/return", name="person.return", permission=WRITE)
async def back(ask: Ask) -> Answer:
    return _back(ask, await words.person_of(ask), {})


def _back(ask: Ask, who: Volunteer, errors: dict[str, str], status: int = 200) -> Answer:
    view = again(
        ask,
        who,
        errors,
        heading=ask._("Take %(name)s back in?", name=who.name),
        facts=(
            Fact(label=ask._("Number"), text=words.spaced(who.number)),
            Fact(label=ask._("Confirmed service"), text=ask.duration(who.minutes)),
        ),
        points=(
            ask._("The number, the hours and the points are those of before."),
            ask._("Teams and posts are given anew."),
        ),
        action=address(ask, who.number, "/return"),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        button=ask._("Take back in"),
    )
    return words.look_again(ask, view, status)


@post("/c/{slug}/people/{number}/return", name="person.return.do", permission=WRITE)
async def comes_back(ask: Ask) -> Answer:
    async def work(unit: Unit) -> dict[str, Any]:
        await farewell.come_back(unit, (await words.person_of(ask)).id)
        return {}

    tried = await attempt(ask, "volunteer.return", [ask.path["number"]], work)
    return await ended(ask, tried, "back", _back)


async def ended(ask: Ask, tried: Tried, done: str, page: Any) -> Answer:
    if tried.done is None:
        answer: Answer = page(ask, await words.person_of(ask), tried.errors, tried.status)
        return answer
    return ask.redirect(address(ask, ask.path["number"], f"?done={done}"))


ROUTES = (leave, leave_confirm, leaves, back, comes_back)
