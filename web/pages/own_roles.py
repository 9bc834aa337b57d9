"""What each role may do, and roles of the community's own: copied from one of the core's, ticked to fit."""

from core.base.act import Unit, act
from core.base.errors import Message, Refused
from core.community import grants, own_roles
from core.community.grants import READ, WRITE, Role
from core.community.own_roles import BASES, OwnRole
from core.community.permissions import spelled_out, titles
from core.community.roles import CORE_ROLES
from web.ask import Ask
from web.pages.office import Errors, done, field, form_page, wrong
from web.pages.roles import role_name
from web.routes import Answer, get, post
from web.view_parts import FieldOption, FormField, NavItem
from web.views_office import Press, RecordView, Section

_DONE = {
    "made": Message("The role can be given now."),
    "changed": Message("Changed, at once for everybody who holds it."),
    "closed": Message("Taken out of use."),
}


@get("/c/{slug}/roles/kinds", name="roles.kinds", permission=READ)
async def kinds(ask: Ask) -> Answer:
    return await _kinds(ask)


async def _kinds(ask: Ask, *, error: str = "", status: int = 200) -> Answer:
    here = ask.community.plugins if ask.community is not None else frozenset()
    found = await grants.roles_here(ask.viewer, here)
    base = ask.home + "/roles"
    may = ask.viewer.may(WRITE)
    view = RecordView(
        heading=ask._("What each role may do"),
        back=NavItem(title=ask._("Roles"), href=base),
        lead=ask._("A role of your own is a copy of one of these, with more or less in it."),
        error=error,
        sections=tuple(_section(ask, role, may) for role in found),
    )
    return ask.page(
        "record.html", view, title=view.heading, current=base, flash=done(ask, _DONE), status=status
    )


def _section(ask: Ask, role: Role, may: bool) -> Section:
    words = titles(ask.house)
    base = f"{ask.home}/roles/kinds"
    links: tuple[NavItem, ...] = ()
    presses: tuple[Press, ...] = ()
    if may and role.own:
        links = (NavItem(title=ask._("Change"), href=f"{base}/{role.key}/edit"),)
        presses = (
            Press(
                label=ask._("Take out of use"),
                about=role.name,
                action=f"{base}/{role.key}/close",
                request_id=ask.new_request_id(),
            ),
        )
    elif may and role.key in BASES:
        links = (NavItem(title=ask._("Make one of our own from it"), href=f"{base}/new?base={role.key}"),)
    based = CORE_ROLES.get(role.based_on)
    return Section(
        title=role_name(ask, role.name, own=role.own),
        text=ask._("Made from: %(role)s", role=ask._(based[0])) if based else "",
        lines=tuple(ask.render(words[key]) for key in spelled_out(role.permissions, words)),
        note=ask._("Given and taken by an operator only.") if role.high else "",
        links=links,
        presses=presses,
    )


@get("/c/{slug}/roles/kinds/new", name="roles.copy", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return _copy_form(ask, ask.query.raw("base"), {})


@post("/c/{slug}/roles/kinds/new", name="roles.copy.make", permission=WRITE)
async def make(ask: Ask) -> Answer:
    form = ask.form
    base, name, ticked = form.raw("base"), form.raw("name"), form.many("permissions")

    async def work(unit: Unit) -> dict[str, object]:
        return {"role": await own_roles.copy_role(unit, base, name, ticked)}

    try:
        await act(ask.viewer, "role.copy", form.request_id, [base, name, sorted(ticked)], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _copy_form(ask, base, errors, status)
    return ask.redirect(ask.home + "/roles/kinds?done=made")


def _copy_form(ask: Ask, base: str, errors: Errors, status: int = 200) -> Answer:
    has = own_roles.base_permissions(ask.viewer, base)
    return form_page(
        ask,
        heading=ask._("A role of our own, from: %(role)s", role=ask._(CORE_ROLES[base][0])),
        intro=ask._("You can add what you may do yourself."),
        action=ask.home + "/roles/kinds/new",
        fields=(
            field(ask, errors, "name", ask._("Name of the role"), required=True),
            _ticks(ask, errors, has),
        ),
        hidden=(("base", base),),
        submit=ask._("Make the role"),
        back=ask.home + "/roles/kinds",
        current=ask.home + "/roles",
        errors=errors,
        status=status,
    )


def _ticks(ask: Ask, errors: Errors, has: list[str]) -> FormField:
    words = titles(ask.house)
    offered = own_roles.can_tick(ask.viewer, has)
    ticked = ask.form.many("permissions") if ask.rule.method == "POST" else has
    return FormField(
        name="permissions",
        label=ask._("Whoever has the role may"),
        kind="checkbox",
        required=True,
        values=tuple(ticked),
        options=tuple(FieldOption(value=key, label=ask.render(words[key])) for key in offered),
        error=errors.get("permissions", ""),
    )


@get("/c/{slug}/roles/kinds/{role}/edit", name="roles.own", permission=WRITE)
async def edit(ask: Ask) -> Answer:
    return _edit_form(ask, await own_roles.own_role(ask.viewer, ask.path["role"]), {})


@post("/c/{slug}/roles/kinds/{role}/edit", name="roles.own.change", permission=WRITE)
async def change(ask: Ask) -> Answer:
    form = ask.form
    found = await own_roles.own_role(ask.viewer, ask.path["role"])
    name, ticked = form.raw("name"), form.many("permissions")

    async def work(unit: Unit) -> dict[str, object]:
        await own_roles.change_role(unit, found.key, name, ticked)
        return {}

    try:
        await act(ask.viewer, "role.change", form.request_id, [found.key, name, sorted(ticked)], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _edit_form(ask, found, errors, status)
    return ask.redirect(ask.home + "/roles/kinds?done=changed")


def _edit_form(ask: Ask, found: OwnRole, errors: Errors, status: int = 200) -> Answer:
    return form_page(
        ask,
        heading=ask._("Change the role: %(role)s", role=found.name),
        intro=ask._("You can add what you may do yourself."),
        action=f"{ask.home}/roles/kinds/{found.key}/edit",
        fields=(
            field(ask, errors, "name", ask._("Name of the role"), found.name, required=True),
            _ticks(ask, errors, list(found.permissions)),
        ),
        submit=ask._("Change"),
        back=ask.home + "/roles/kinds",
        current=ask.home + "/roles",
        errors=errors,
        status=status,
    )


@post("/c/{slug}/roles/kinds/{role}/close", name="roles.own.close", permission=WRITE)
async def close(ask: Ask) -> Answer:
    key = ask.path["role"]

    async def work(unit: Unit) -> dict[str, object]:
        await own_roles.close_role(unit, key)
        return {}

    try:
        await act(ask.viewer, "role.close", ask.form.request_id, key, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _kinds(ask, error=next(iter(errors.values())), status=status)
    return ask.redirect(ask.home + "/roles/kinds?done=closed")


ROUTES = (kinds, new, make, edit, change, close)
