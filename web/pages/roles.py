"""Who holds which role: the list, giving one, taking it away, and what was."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from core.base.act import Unit, act
from core.base.clock import day_of, moment
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community import grants
from core.community.grants import READ, WRITE, Held, Place, Role, Somebody
from core.community.roles import NewGrant
from web.ask import Ask
from web.pages.office import (
    Errors,
    address,
    as_file,
    columns,
    day_typed,
    day_words,
    done,
    exports,
    field,
    file_wanted,
    form_page,
    wrong,
)
from web.routes import Answer, get, post
from web.view_parts import FieldOption, FormField, NavItem
from web.views_office import Cell, Grid, GridRow, ListView

PAGE = 50
LARGEST_ID = 10**15
_MANY = 10  # people to choose from
_DONE = {
    "given": Message("The role is given."),
    "taken": Message("The role is taken away."),
}
_PARTS = {
    "team": Message("Team: %(name)s"),
    "area": Message("Area: %(name)s"),
    "counter": Message("Service desk: %(name)s"),
}


def role_name(ask: Ask, name: str, *, own: bool) -> str:
    """What a role is called; the community's own word stays as it was typed."""
    return name if own else ask.render(Message(name))


def scope(ask: Ask, held: Held) -> str:
    """How far a role reaches, in words."""
    named = [
        ask.render(Message(_PARTS[part].id, name=getattr(held, part)))
        for part in _PARTS
        if getattr(held, part)
    ]
    if held.above:
        return named[0] if named else ask._("All communities")
    return named[0] if named else ask._("The whole community")


def days(ask: Ask, held: Held) -> str:
    """From which day to which."""
    first = day_words(ask, day_of(held.from_at, ask.zone))
    if held.to_at is None:
        return (
            ask._("since %(day)s", day=first) if held.from_at <= ask.now else ask._("from %(day)s", day=first)
        )
    last = day_words(ask, day_of(max(held.to_at - 1, held.from_at), ask.zone))
    return f"{first} – {last}"


# -- the list ----------------------------------------------------------------------------------------------


@get("/c/{slug}/roles", name="roles", permission=READ)
async def roles(ask: Ask) -> Answer:
    found = await grants.held(ask.viewer)
    form = file_wanted(ask)
    if form:
        return _file(ask, form, found)
    found.sort(key=lambda h: (h.above, h.key, h.from_at, h.id))
    base = ask.home + "/roles"
    may = ask.viewer.may(WRITE)
    view = ListView(
        heading=ask._("Roles"),
        lead=ask._("Who may do what here. Leaders and deputies of teams are entered on the team's page."),
        action=base,
        chips=_chips(ask, "now"),
        actions=(NavItem(title=ask._("Give a role"), href=base + "/new", icon="plus"),) if may else (),
        grid=Grid(
            caption=ask._("Roles"),
            columns=columns(ask._("Person"), ask._("Role"), ask._("Reach"), ask._("Days"), ask._("Given by")),
            rows=tuple(_row(ask, held, may) for held in found),
        ),
        empty_title=ask._("Nobody holds a role yet"),
        exports=exports(ask, base),
    )
    return ask.page("list.html", view, title=view.heading, current=base, flash=done(ask, _DONE))


def _chips(ask: Ask, current: str) -> tuple[NavItem, ...]:
    base = ask.home + "/roles"
    chips = {
        "now": (ask._("Now"), base),
        "past": (ask._("Earlier"), base + "/past"),
        "kinds": (ask._("What each role may do"), base + "/kinds"),
    }
    return tuple(
        NavItem(title=title, href=href, current=key == current) for key, (title, href) in chips.items()
    )


def _row(ask: Ask, held: Held, may: bool) -> GridRow:
    links: tuple[NavItem, ...] = ()
    if may and may_take(ask, held):
        href = f"{ask.home}/roles/{held.id}/end"
        links = (NavItem(title=ask._("Take it away"), href=href, icon="x"),)
    begins = held.from_at > ask.now
    return GridRow(
        cells=(
            Cell(text=held.name, note=held.number),
            Cell(text=role_name(ask, held.role, own=held.own)),
            Cell(text=scope(ask, held)),
            Cell(text=days(ask, held), note=ask._("has not begun") if begins else ""),
            Cell(text=held.given_by or "—"),
        ),
        links=links,
    )


def may_take(ask: Ask, held: Held) -> bool:
    """Whether this reader may take the role away."""
    if held.person == ask.viewer.person:
        return False
    high = held.above or grants.is_high(held.key)
    return ask.viewer.may("operator") or not high


def _file(ask: Ask, form: str, found: Sequence[Held]) -> Answer:
    head = [
        ask._("Person"),
        ask._("Number"),
        ask._("Role"),
        ask._("Reach"),
        ask._("First day"),
        ask._("Last day"),
        ask._("Given by"),
    ]
    rows = [
        [
            held.name,
            held.number,
            role_name(ask, held.role, own=held.own),
            scope(ask, held),
            day_of(held.from_at, ask.zone),
            day_of(held.to_at - 1, ask.zone) if held.to_at else "",
            held.given_by,
        ]
        for held in found
    ]
    return as_file(ask, form, ask._("Roles"), head, rows)


@get("/c/{slug}/roles/past", name="roles.past", permission=READ)
async def past(ask: Ask) -> Answer:
    text = ask.query.raw("before")
    before = int(text) if text.isascii() and text.isdecimal() and int(text) < LARGEST_ID else None
    found = await grants.held(ask.viewer, past=True, before=before, most=PAGE + 1)
    rows, base = found[:PAGE], ask.home + "/roles/past"
    view = ListView(
        heading=ask._("Roles of the past"),
        action=base,
        chips=_chips(ask, "past"),
        grid=Grid(
            caption=ask._("Roles of the past"),
            columns=columns(ask._("Person"), ask._("Role"), ask._("Reach"), ask._("Days"), ask._("Given by")),
            rows=tuple(_past_row(ask, held) for held in rows),
        ),
        empty_title=ask._("No role has ended yet"),
        first_href=base if before is not None else "",
        more_href=address(base, before=str(rows[-1].id)) if len(found) > PAGE else "",
    )
    return ask.page("list.html", view, title=view.heading, current=ask.home + "/roles")


def _past_row(ask: Ask, held: Held) -> GridRow:
    ended = ask._("taken away by %(name)s", name=held.ended_by) if held.ended_by else ""
    return GridRow(
        cells=(
            Cell(text=held.name, note=held.number),
            Cell(text=role_name(ask, held.role, own=held.own)),
            Cell(text=scope(ask, held)),
            Cell(text=days(ask, held), note=ended),
            Cell(text=held.given_by or "—"),
        ),
        idle=True,
    )


# -- giving one --------------------------------------------------------------------------------------------


@get("/c/{slug}/roles/new", name="roles.new", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return await _form(ask, {})


@post("/c/{slug}/roles/new", name="roles.give", permission=WRITE)
async def give(ask: Ask) -> Answer:
    form = ask.form
    fitting: list[Somebody] = []
    try:
        found = await _roles(ask)
        part = await _place(ask)
        first, last = day_typed(form, "from"), day_typed(form, "until")
        who = await _who(ask, fitting)
        wanted = NewGrant(
            person=who or 0,
            role=form.raw("role"),
            community=ask.viewer.community,
            from_at=_begins(ask, first),
            to_at=ends(ask, last),
            **({part.part: part.id} if part is not None else {}),
        )

        async def work(unit: Unit) -> dict[str, object]:
            person = who or await grants.staff(unit, form.raw("name"), form.raw("phone"))
            granted = await grants.give(unit, replace(wanted, person=person), found)
            return {"grant": granted}

        inputs = [who, form.raw("name"), form.raw("role"), form.raw("scope"), first, last]
        await act(ask.viewer, "role.give", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _form(ask, errors, status, fitting)
    return ask.redirect(ask.home + "/roles?done=given")


def _begins(ask: Ask, day: str) -> int | None:
    """The first moment of a day to come; None for today, which is now."""
    return moment(datetime.fromisoformat(day), ask.zone) if day and day != day_of(ask.now, ask.zone) else None


def ends(ask: Ask, day: str) -> int | None:
    """The moment after the last day."""
    if not day:
        return None
    after = date.fromisoformat(day) + timedelta(days=1)
    return moment(datetime(after.year, after.month, after.day), ask.zone)  # noqa: DTZ001  # a wall-clock time


async def _roles(ask: Ask) -> list[Role]:
    here = ask.community.plugins if ask.community is not None else frozenset()
    found = await grants.roles_here(ask.viewer, here, WRITE)
    return [role for role in found if not role.high or ask.viewer.may("operator")]


async def _place(ask: Ask) -> Place | None:
    """What the role is narrowed to; None for the whole community. Raises Invalid."""
    wanted = ask.form.raw("scope")
    if not wanted:
        return None
    for found in await grants.places_here(ask.viewer):
        if f"{found.part}:{found.shown}" == wanted:
            return found
    raise Invalid({"scope": Message("Please choose one of these.")})


async def _who(ask: Ask, fitting: list[Somebody]) -> int | None:
    """The person the form names; None for one who is not known here yet. Raises Invalid."""
    form = ask.form
    if form.raw("which"):
        try:
            return (await grants.somebody(ask.viewer, form.raw("which"))).person
        except NotFound as gone:
            raise Invalid({"who": Message("Nobody here fits this.")}) from gone
    if form.raw("name") or form.raw("phone"):
        return None
    fitting += await grants.people_named(ask.viewer, form.raw("who"), _MANY + 1)
    if not fitting:
        message = Message("Nobody here fits this. Look at the number, or enter somebody new below.")
        raise Invalid({"who": message})
    if len(fitting) > 1:
        message = Message("Several people fit. Choose the right one.")
        raise Invalid({"which" if len(fitting) <= _MANY else "who": message})
    return fitting[0].person


async def _form(ask: Ask, errors: Errors, status: int = 200, fitting: Sequence[Somebody] = ()) -> Answer:
    found, parts = await _roles(ask), await grants.places_here(ask.viewer)
    today = day_of(ask.now, ask.zone)
    options = tuple(FieldOption(value=r.key, label=role_name(ask, r.name, own=r.own)) for r in found)
    narrow = (
        FieldOption(value="", label=ask._("The whole community")),
        *(
            FieldOption(
                value=f"{p.part}:{p.shown}", label=ask.render(Message(_PARTS[p.part].id, name=p.name))
            )
            for p in parts
        ),
    )
    late = ask._("Empty: until it is taken away.")
    return form_page(
        ask,
        heading=ask._("Give a role"),
        intro=ask._("It holds at once, on every device. Everything about roles is written into the log."),
        action=ask.home + "/roles/new",
        fields=(
            *_who_fields(ask, errors, fitting),
            field(ask, errors, "role", ask._("Role"), kind="select", options=options, required=True),
            field(ask, errors, "scope", ask._("Only for"), kind="select", options=narrow),
            field(ask, errors, "from", ask._("First day"), today, kind="date"),
            field(ask, errors, "until", ask._("Last day"), kind="date", hint=late),
        ),
        submit=ask._("Give the role"),
        back=ask.home + "/roles",
        current=ask.home + "/roles",
        errors=errors,
        status=status,
    )


def _who_fields(ask: Ask, errors: Errors, fitting: Sequence[Somebody]) -> list[FormField]:
    hint = ask._("Volunteer number, telephone number or the beginning of the name.")
    fields = [field(ask, errors, "who", ask._("Person"), hint=hint)]
    if 1 < len(fitting) <= _MANY:
        options = tuple(
            FieldOption(value=one.shown, label=" · ".join(filter(None, (one.name, one.number))))
            for one in fitting
        )
        fields.append(field(ask, errors, "which", ask._("Which one?"), kind="radio", options=options))
    new = ask._("Only for somebody who is not known here yet.")
    fields += [
        field(ask, errors, "name", ask._("Name of somebody new"), hint=new),
        field(ask, errors, "phone", ask._("Telephone number"), kind="tel", inputmode="tel"),
    ]
    return fields


ROUTES = (roles, past, new, give)
