"""Members of a team: joining, leaving, leading."""

from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.team_pages import MemberRow, TeamRow, members_of
from core.community.teams import ROLES as ROLE_KEYS
from core.community.teams import NewMember, add_members, change_role, leave
from web.ask import Ask
from web.pages import picking
from web.pages.office import Errors, day_typed, day_words, field, form_page, wrong
from web.pages.picking import Choice, who_fields
from web.pages.team_edit import base_of, own_team
from web.pages.teams import ROLES, WRITE
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, NavItem
from web.views_office import Press, RecordView


@get("/c/{slug}/teams/{team}/members/new", name="member.new", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return _join_form(ask, await own_team(ask), {})


@post("/c/{slug}/teams/{team}/members/new", name="member.join", permission=WRITE)
async def join(ask: Ask) -> Answer:
    team, form, choice = await own_team(ask), ask.form, Choice()
    if team.closed_at is not None:
        raise NotFound
    today = day_of(ask.now, ask.zone)
    try:
        role = form.choice("role", ROLE_KEYS)
        day = day_typed(form, "from_day")
        if day > today:
            raise Invalid({"from_day": Message("This day is still to come.")})
        who = await picking.volunteer(ask, choice)

        async def work(unit: Unit) -> dict[str, object]:
            if not await add_members(unit, [NewMember(team.id, who.id, role, day)]):
                raise Invalid({"who": Message("%(name)s is in this team already.", name=who.name)})
            return {}

        inputs = [team.public_id, who.number, role, day]
        await act(ask.viewer, "team.join", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _join_form(ask, team, errors, choice=choice, status=status)
    return ask.redirect(base_of(ask, team) + "?done=joined")


def _join_form(
    ask: Ask, team: TeamRow, errors: Errors, *, choice: Choice | None = None, status: int = 200
) -> Answer:
    roles = tuple(FieldOption(value=key, label=ask.render(ROLES[key])) for key in ROLE_KEYS)
    title = ask._("Role in the team")
    today = day_of(ask.now, ask.zone)
    base = base_of(ask, team)
    return form_page(
        ask,
        heading=ask._("Add a member to %(team)s", team=team.name),
        intro=ask._("Leaders and deputies can record for the team at once."),
        action=base + "/members/new",
        fields=(
            *who_fields(ask, errors, choice),
            field(ask, errors, "role", title, "member", kind="radio", options=roles, required=True),
            field(ask, errors, "from_day", ask._("Since"), today, kind="date"),
        ),
        submit=ask._("Add to the team"),
        back=base,
        current=ask.home + "/teams",
        errors=errors,
        status=status,
    )


async def _member(ask: Ask) -> tuple[TeamRow, MemberRow]:
    """The team and the current member of the address. Raises NotFound."""
    team = await own_team(ask)
    for member in await members_of(ask.viewer, team.id):
        if member.number == ask.path["number"]:
            return team, member
    raise NotFound


@get("/c/{slug}/teams/{team}/members/{number}", name="member", permission=WRITE)
async def show(ask: Ask) -> Answer:
    team, member = await _member(ask)
    base = f"{base_of(ask, team)}/members/{member.number}"
    labels = {
        "leader": ask._("Make team leader"),
        "deputy": ask._("Make deputy leader"),
        "member": ask._("Make plain member"),
    }
    presses = tuple(
        Press(
            label=labels[role],
            action=base + "/role",
            hidden=(("role", role),),
            request_id=ask.new_request_id(),
        )
        for role in ROLE_KEYS
        if role != member.role
    )
    person = f"{ask.home}/people/{member.number}" if ask.viewer.may("volunteer.read") else ""
    view = RecordView(
        heading=member.name or member.number,
        kind=team.name,
        back=NavItem(title=team.name, href=base_of(ask, team)),
        facts=(
            Fact(label=ask._("Number"), text=member.number, href=person),
            Fact(label=ask._("Role in the team"), text=ask.render(ROLES[member.role])),
            Fact(label=ask._("Since"), text=day_words(ask, member.from_day)),
        ),
        actions=(NavItem(title=ask._("Leaves the team"), href=base + "/leave", icon="leave"),),
        presses=presses,
    )
    return ask.page("record.html", view, title=view.heading, current=ask.home + "/teams")


@post("/c/{slug}/teams/{team}/members/{number}/role", name="member.role", permission=WRITE)
async def role(ask: Ask) -> Answer:
    team, member = await _member(ask)
    wanted = ask.form.choice("role", ROLE_KEYS)

    async def work(unit: Unit) -> dict[str, object]:
        await change_role(unit, team.id, member.volunteer, wanted)
        return {}

    inputs = [team.public_id, member.number, wanted]
    await act(ask.viewer, "team.role", ask.form.request_id, inputs, work)
    return ask.redirect(base_of(ask, team) + "?done=role")


@get("/c/{slug}/teams/{team}/members/{number}/leave", name="member.until", permission=WRITE)
async def until(ask: Ask) -> Answer:
    team, member = await _member(ask)
    return _leave_form(ask, team, member, {})


@post("/c/{slug}/teams/{team}/members/{number}/leave", name="member.leave", permission=WRITE)
async def go(ask: Ask) -> Answer:
    team = await own_team(ask)
    number = ask.path["number"]
    member: MemberRow | None = None
    try:
        day = day_typed(ask.form, "to_day")

        async def work(unit: Unit) -> dict[str, object]:
            # Looked up inside the act: sent again, when he has left, it gets the same answer.
            _, found = await _member(ask)
            await leave(unit, team.id, found.volunteer, day)
            return {}

        await act(ask.viewer, "team.leave", ask.form.request_id, [team.public_id, number, day], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        _, member = await _member(ask)
        return _leave_form(ask, team, member, errors, status)
    return ask.redirect(base_of(ask, team) + "?done=left")


def _leave_form(ask: Ask, team: TeamRow, member: MemberRow, errors: Errors, status: int = 200) -> Answer:
    base = f"{base_of(ask, team)}/members/{member.number}"
    today = day_of(ask.now, ask.zone)
    return form_page(
        ask,
        heading=ask._("%(name)s leaves %(team)s", name=member.name, team=team.name),
        intro=ask._("Hours, points and everything recorded stay. He or she can be added again at any time."),
        action=base + "/leave",
        fields=(field(ask, errors, "to_day", ask._("Last day"), today, kind="date", required=True),),
        submit=ask._("End the membership"),
        back=base,
        current=ask.home + "/teams",
        errors=errors,
        status=status,
    )


ROUTES = (new, join, show, role, until, go)
