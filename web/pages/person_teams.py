"""The teams of one person: join with days, leave, lead or lead no more."""

from typing import Any

from core.base.act import Unit
from core.base.clock import day_of
from core.base.database import Row
from core.community.choices import Choices, choices
from core.community.membership import PERMISSION, Joining, become, join, leave_team, memberships
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import ROLES, Tried, address, attempt
from web.routes import Answer, get, post
from web.view_parts import FieldOption, Flash, FormField
from web.views_people import MembershipRow, TeamsOfView


@get("/c/{slug}/people/{number}/teams", name="person.teams", permission=PERMISSION)
async def teams(ask: Ask) -> Answer:
    texts = {
        "joined": ask._("Joined."),
        "left": ask._("Left the team."),
        "role": ask._("Changed."),
        "same": ask._("The application is settled. Here is what it asked for."),
    }
    text = texts.get(ask.query.raw("done"))
    return await _page(ask, {}, flash=Flash(text=text) if text else None)


@post("/c/{slug}/people/{number}/teams", name="person.teams.join", permission=PERMISSION)
async def joins(ask: Ask) -> Answer:
    """Several teams may be ticked where an application asked for them; each is joined, or none."""
    form = ask.form
    wanted = form.many("team") or [""]
    joining = [
        Joining(team=team, role=form.raw("role"), from_day=form.raw("from_day"), to_day=form.raw("to_day"))
        for team in wanted[:20]
    ]

    async def work(unit: Unit) -> dict[str, Any]:
        who = await words.person_of(ask, PERMISSION)
        return {"teams": [await join(unit, who, one) for one in joining]}

    return await _after(ask, await attempt(ask, "team.join", [ask.path["number"], joining], work), "joined")


@post("/c/{slug}/people/{number}/teams/leave", name="person.teams.leave", permission=PERMISSION)
async def leaves(ask: Ask) -> Answer:
    form = ask.form
    team = form.raw("team")
    day = form.raw(f"day-{team}")

    async def work(unit: Unit) -> dict[str, Any]:
        await leave_team(unit, await words.person_of(ask, PERMISSION), team, day)
        return {}

    tried = await attempt(ask, "team.leave", [ask.path["number"], team, day], work)
    return await _after(ask, _at(tried, "day", team), "left")


@post("/c/{slug}/people/{number}/teams/role", name="person.teams.role", permission=PERMISSION)
async def becomes(ask: Ask) -> Answer:
    form = ask.form
    team = form.raw("team")
    role = form.raw(f"role-{team}")

    async def work(unit: Unit) -> dict[str, Any]:
        await become(unit, await words.person_of(ask, PERMISSION), team, role)
        return {}

    tried = await attempt(ask, "team.role", [ask.path["number"], team, role], work)
    return await _after(ask, _at(tried, "role", team), "role")


def _at(tried: Tried, field: str, team: str) -> Tried:
    """An error of one of several forms, at the field of that form."""
    errors = {f"{field}-{team}" if name == field else name: text for name, text in tried.errors.items()}
    return tried._replace(errors=errors)


async def _after(ask: Ask, tried: Tried, done: str) -> Answer:
    if tried.done is None:
        return await _page(ask, tried.errors, status=tried.status)
    return ask.redirect(address(ask, ask.path["number"], f"/teams?done={done}"))


async def _page(ask: Ask, errors: dict[str, str], *, status: int = 200, flash: Flash | None = None) -> Answer:
    who = await words.person_of(ask, PERMISSION)
    rows = await memberships(ask.viewer, who)
    offered = await choices(ask.viewer)
    base = address(ask, who.number)
    view = TeamsOfView(
        heading=ask._("Teams of %(name)s", name=who.name),
        errors=words.summary(errors),
        now=tuple(
            MembershipRow(
                id=r["b"],
                name=r["a"],
                href=f"{ask.home}/teams/{r['b']}",
                role=r["e"],
                since=words.between(ask, r["c"], None),
                day_error=errors.get(f"day-{r['b']}", ""),
                role_error=errors.get(f"role-{r['b']}", ""),
                request_id=ask.new_request_id(),
            )
            for r in rows
            if r["d"] is None
        ),
        before=words.dated_teams(ask, [r for r in rows if r["d"] is not None], linked=False),
        roles=words.options(ask, ROLES),
        today=day_of(ask.now, ask.zone),
        join_action=base + "/teams",
        leave_action=base + "/teams/leave",
        role_action=base + "/teams/role",
        request_id=ask.form.raw("request_id") if "from_day" in ask.form.names() else ask.new_request_id(),
        fields=_fields(ask, rows, offered, errors) if who.status == "active" else (),
        back_href=base,
    )
    title = view.heading
    current = ask.home + "/people"
    return ask.page("person_teams.html", view, title=title, current=current, status=status, flash=flash)


def _fields(ask: Ask, rows: list[Row], offered: Choices, errors: dict[str, str]) -> tuple[FormField, ...]:
    """The form for joining; what an application asked for is ticked, otherwise one team is chosen."""
    is_in = {r["b"] for r in rows if r["d"] is None}
    free = Choices([t for t in offered.teams if t.public_id not in is_in], [])
    asked = [t for t in ask.query.many("team") or ask.form.many("team") if free.team(t) is not None]
    several = len(asked) > 1 or bool(ask.query.many("team"))
    today = day_of(ask.now, ask.zone)
    return (
        FormField(
            name="team",
            label=ask._("Team"),
            required=True,
            kind="checkbox" if several else "select",
            value=asked[0] if asked else "",
            values=tuple(asked),
            error=errors.get("team", ""),
            options=words.team_options(free)
            if several
            else words.team_options(free, FieldOption(value="", label=ask._("Choose a team"))),
        ),
        FormField(
            name="role",
            label=ask._("As"),
            required=True,
            kind="select",
            value=ask.form.raw("role") or "member",
            error=errors.get("role", ""),
            options=words.options(ask, ROLES),
        ),
        FormField(
            name="from_day",
            label=ask._("Member from"),
            required=True,
            kind="date",
            value=ask.form.raw("from_day") or today,
            error=errors.get("from_day", ""),
        ),
        FormField(
            name="to_day",
            label=ask._("Member until"),
            kind="date",
            value=ask.form.raw("to_day"),
            hint=ask._("Empty: still there. With a day: an earlier membership, for the record."),
            error=errors.get("to_day", ""),
            required=False,
        ),
    )


ROUTES = (teams, joins, leaves, becomes)
