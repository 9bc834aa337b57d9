"""Changing teams: a new one, its name, category and area; closing it and opening it again."""

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.community.area_tree import areas_to_choose
from core.community.team_changes import change_team, clean_team, close_team, reopen_team
from core.community.team_pages import TeamRow, team_of, teams_here
from core.community.teams import create_team
from web.ask import Ask
from web.pages.office import Errors, field, form_page, look_again, this_month, wrong
from web.pages.teams import WRITE, categories
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, FormField
from web.views import ConfirmView


async def own_team(ask: Ask) -> TeamRow:
    """The team of the address, for who may change it. Raises NotFound."""
    return await team_of(ask.viewer, ask.path["team"], this_month(ask), WRITE)


def base_of(ask: Ask, team: TeamRow) -> str:
    return f"{ask.home}/teams/{team.public_id}"


async def _fields(ask: Ask, errors: Errors, team: TeamRow | None) -> tuple[FormField, ...]:
    here = await teams_here(ask.viewer, this_month(ask))
    suggestions = tuple(ask._(word) for word in categories(here))
    areas = (
        FieldOption(value="", label=ask._("none")),
        *(
            FieldOption(value=area.public_id, label="　" * depth + area.name)
            for area, depth in await areas_to_choose(ask.viewer)
        ),
    )
    hint = ask._("Your own word, such as patrol or culture. Those in use are offered.")
    name, category, area = (team.name, team.category, team.area_public) if team else ("", "", "")
    shown = ask._(category) if category else ""
    return (
        field(ask, errors, "name", ask._("Name"), name, required=True),
        field(ask, errors, "category", ask._("Category"), shown, suggestions=suggestions, hint=hint),
        field(ask, errors, "area", ask._("Area"), area, kind="select", options=areas),
    )


async def _area(ask: Ask) -> int | None:
    """The area chosen. Raises Invalid."""
    shown = ask.form.raw("area")
    if not shown:
        return None
    found = [area.id for area, _ in await areas_to_choose(ask.viewer) if area.public_id == shown]
    if not found:
        raise Invalid({"area": Message("Please choose one of these.")})
    return found[0]


# -- a new one ---------------------------------------------------------------------------------------------


@get("/c/{slug}/teams/new", name="team.new", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return await _new_form(ask, {})


@post("/c/{slug}/teams/new", name="team.create", permission=WRITE)
async def create(ask: Ask) -> Answer:
    form = ask.form
    try:
        name, category = clean_team(form.raw("name"), form.raw("category"))
        area = await _area(ask)

        async def work(unit: Unit) -> dict[str, object]:
            team = await create_team(unit, name, category, area)
            return {
                "team": await unit.value(
                    "select public_id from team where community = :community and id = :id",
                    community=unit.community,
                    id=team,
                )
            }

        done = await act(ask.viewer, "team.create", form.request_id, [name, category, area], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _new_form(ask, errors, status)
    return ask.redirect(f"{ask.home}/teams/{done.answer['team']}?done=added")


async def _new_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    base = ask.home + "/teams"
    return form_page(
        ask,
        heading=ask._("New team"),
        action=base + "/new",
        fields=await _fields(ask, errors, None),
        submit=ask._("Create the team"),
        back=base,
        current=base,
        errors=errors,
        status=status,
    )


# -- name, category, area ----------------------------------------------------------------------------------


@get("/c/{slug}/teams/{team}/edit", name="team.edit", permission=WRITE)
async def edit(ask: Ask) -> Answer:
    return await _edit_form(ask, await own_team(ask), {})


@post("/c/{slug}/teams/{team}/edit", name="team.change", permission=WRITE)
async def change(ask: Ask) -> Answer:
    team, form = await own_team(ask), ask.form
    try:
        name, category = clean_team(form.raw("name"), form.raw("category"))
        if team.category and category == ask._(team.category):
            category = team.category  # shown translated, left as it was
        area = await _area(ask)

        async def work(unit: Unit) -> dict[str, object]:
            await change_team(unit, team.id, name, category, area)
            return {}

        inputs = [team.public_id, name, category, area]
        await act(ask.viewer, "team.change", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _edit_form(ask, team, errors, status)
    return ask.redirect(base_of(ask, team) + "?done=changed")


async def _edit_form(ask: Ask, team: TeamRow, errors: Errors, status: int = 200) -> Answer:
    base = base_of(ask, team)
    return form_page(
        ask,
        heading=ask._("Change %(area)s", area=team.name),
        action=base + "/edit",
        fields=await _fields(ask, errors, team),
        submit=ask._("Save"),
        back=base,
        current=ask.home + "/teams",
        errors=errors,
        status=status,
    )


# -- closing and opening again -----------------------------------------------------------------------------


@get("/c/{slug}/teams/{team}/close", name="team.look", permission=WRITE)
async def look(ask: Ask) -> Answer:
    team = await own_team(ask)
    if team.closed_at is not None:
        return ask.redirect(base_of(ask, team))
    view = ConfirmView(
        heading=ask._("Close %(team)s?", team=team.name),
        facts=(
            Fact(
                label=ask._("What happens"),
                text=ask._("All memberships end today; nobody leads it any more."),
            ),
            Fact(
                label=ask._("What stays"),
                text=ask._("Its activities, hours and points, and who was in it."),
            ),
        ),
        action=base_of(ask, team) + "/close",
        request_id=ask.new_request_id(),
        button=ask._("Close the team"),
        back_href=base_of(ask, team),
    )
    return look_again(ask, view, ask.home + "/teams")


@post("/c/{slug}/teams/{team}/close", name="team.close", permission=WRITE)
async def close(ask: Ask) -> Answer:
    team = await own_team(ask)

    async def work(unit: Unit) -> dict[str, object]:
        return {"left": await close_team(unit, team.id)}

    await act(ask.viewer, "team.close", ask.form.request_id, team.public_id, work)
    return ask.redirect(base_of(ask, team) + "?done=closed")


@get("/c/{slug}/teams/{team}/reopen", name="team.again", permission=WRITE)
async def again(ask: Ask) -> Answer:
    return _again(ask, await own_team(ask))


@post("/c/{slug}/teams/{team}/reopen", name="team.reopen", permission=WRITE)
async def reopen(ask: Ask) -> Answer:
    team = await own_team(ask)

    async def work(unit: Unit) -> dict[str, object]:
        await reopen_team(unit, team.id)
        return {}

    try:
        await act(ask.viewer, "team.reopen", ask.form.request_id, team.public_id, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _again(ask, team, next(iter(errors.values())), status)
    return ask.redirect(base_of(ask, team) + "?done=reopened")


def _again(ask: Ask, team: TeamRow, error: str = "", status: int = 200) -> Answer:
    view = ConfirmView(
        heading=ask._("Open %(team)s again?", team=team.name),
        facts=(
            Fact(label=ask._("What happens"), text=ask._("It can have members and be recorded for again.")),
        ),
        action=base_of(ask, team) + "/reopen",
        request_id=ask.new_request_id(),
        button=ask._("Open again"),
        back_href=base_of(ask, team),
        error=error,
    )
    return look_again(ask, view, ask.home + "/teams", status)


ROUTES = (new, create, edit, change, look, close, again, reopen)
