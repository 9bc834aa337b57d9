"""Changing areas: several at once below one, name and figures, moving, taking away."""

import re

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.community.area_changes import (
    MOST_STATED,
    Change,
    change_area,
    clean_change,
    move_area,
    remove_area,
)
from core.community.area_tree import Around, areas_to_choose, around
from core.community.areas import KINDS, Area, NewArea, add_areas
from web.ask import Ask
from web.pages.office import Errors, area_kind, field, form_page, look_again, whole_or_none, wrong
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, FormField
from web.views import ConfirmView

PERMISSION = "area.write"
MOST_AT_ONCE = 500
_LONGEST = 40_000
_COMMAS = re.compile(r"[\t,，;；]")


async def _here(ask: Ask) -> Around:
    return await around(ask.viewer, ask.path["area"])


def _base(ask: Ask, area: Area) -> str:
    return f"{ask.home}/areas/{area.public_id}"


# -- adding ------------------------------------------------------------------------------------------------


@get("/c/{slug}/areas/{area}/new", name="area.new", permission=PERMISSION)
async def new(ask: Ask) -> Answer:
    return _new_form(ask, await _here(ask), {})


@post("/c/{slug}/areas/{area}/new", name="area.add", permission=PERMISSION, body=256 * 1024)
async def add(ask: Ask) -> Answer:
    found = await _here(ask)
    try:
        items = _typed(ask)

        async def work(unit: Unit) -> dict[str, object]:
            return {"areas": await add_areas(unit, found.area.id, items)}

        inputs = [found.area.public_id, ask.form.raw("kind"), ask.form.raw("names")]
        await act(ask.viewer, "area.add", ask.form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _new_form(ask, found, errors, status)
    return ask.redirect(_base(ask, found.area) + "?done=added")


def _kind(ask: Ask) -> str:
    """The kind typed: one of the house's by what it is called in the reader's language, or another."""
    typed = ask.form.text("kind", most=60)
    return next((key for key in KINDS if area_kind(ask, key) == typed), typed)


def _typed(ask: Ask) -> list[NewArea]:
    """One area a line: its name, and after commas (or a tab, as copied from a table) its figures."""
    form = ask.form
    kind = _kind(ask)
    lines = [line for line in form.text("names", most=_LONGEST).splitlines() if line.strip()]
    if len(lines) > MOST_AT_ONCE:
        raise Invalid({"names": Message("At most %(most)s at once.", most=MOST_AT_ONCE)})
    items = []
    for number, line in enumerate(lines, 1):
        parts = [part.strip() for part in _COMMAS.split(line)]
        try:
            change = clean_change(Change(kind, parts[0], *(_figure(part) for part in parts[1:3])))
        except Invalid as invalid:
            if "kind" in invalid.fields:
                raise
            message = next(iter(invalid.fields.values()))
            told = Message("Line %(number)s: %(what)s", number=number, what=message)
            raise Invalid({"names": told}) from invalid
        items.append(NewArea(change.kind, change.name, change.households, change.residents))
    return items


def _figure(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):  # digits of a bigint
        raise Invalid({"households": Message("Give a whole number, or leave it empty.")})
    return int(text)


def _kind_field(ask: Ask, errors: Errors, value: str = "") -> FormField:
    kinds = tuple(area_kind(ask, kind) for kind in KINDS)
    hint = ask._("Choose one of those offered, or type another.")
    title = ask._("Kind of area")
    return field(ask, errors, "kind", title, value, suggestions=kinds, hint=hint, required=True)


def _new_form(ask: Ask, found: Around, errors: Errors, status: int = 200) -> Answer:
    order = list(KINDS)
    place = order.index(found.area.kind) + 1 if found.area.kind in order else len(order)
    usual = area_kind(ask, order[place]) if place < len(order) else ""
    base = _base(ask, found.area)
    names = field(
        ask,
        errors,
        "names",
        ask._("Areas, one a line"),
        kind="textarea",
        rows=8,
        required=True,
        hint=ask._("The name; after a comma the households, after another the residents, if you like."),
    )
    return form_page(
        ask,
        heading=ask._("Add areas below %(area)s", area=found.area.name),
        action=base + "/new",
        fields=(_kind_field(ask, errors, usual), names),
        submit=ask._("Add"),
        back=base,
        current=ask.home + "/areas",
        errors=errors,
        status=status,
    )


# -- name and figures --------------------------------------------------------------------------------------


@get("/c/{slug}/areas/{area}/edit", name="area.edit", permission=PERMISSION)
async def edit(ask: Ask) -> Answer:
    return _edit_form(ask, (await _here(ask)).area, {})


@post("/c/{slug}/areas/{area}/edit", name="area.change", permission=PERMISSION)
async def change(ask: Ask) -> Answer:
    area = (await _here(ask)).area
    form = ask.form
    try:
        stated = [whole_or_none(form, name, most=MOST_STATED) for name in ("households", "residents")]
        wanted = clean_change(Change(_kind(ask), form.raw("name"), *stated))

        async def work(unit: Unit) -> dict[str, object]:
            await change_area(unit, area.id, wanted)
            return {}

        inputs = [area.public_id, wanted.kind, wanted.name, *stated]
        await act(ask.viewer, "area.change", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _edit_form(ask, area, errors, status)
    return ask.redirect(_base(ask, area) + "?done=changed")


def _edit_form(ask: Ask, area: Area, errors: Errors, status: int = 200) -> Answer:
    base = _base(ask, area)
    figures = [
        field(
            ask,
            errors,
            name,
            label,
            "" if value is None else str(value),
            inputmode="numeric",
            hint=ask._("As stated by the office, not counted by Linli."),
        )
        for name, label, value in (
            ("households", ask._("Households"), area.households),
            ("residents", ask._("Residents"), area.residents),
        )
    ]
    return form_page(
        ask,
        heading=ask._("Change %(area)s", area=area.name),
        action=base + "/edit",
        fields=(
            field(ask, errors, "name", ask._("Name"), area.name, required=True),
            _kind_field(ask, errors, area_kind(ask, area.kind)),
            *figures,
        ),
        submit=ask._("Save"),
        back=base,
        current=ask.home + "/areas",
        errors=errors,
        status=status,
    )


# -- moving ------------------------------------------------------------------------------------------------


@get("/c/{slug}/areas/{area}/move", name="area.where", permission=PERMISSION)
async def where(ask: Ask) -> Answer:
    return await _move_form(ask, await _here(ask), {})


@post("/c/{slug}/areas/{area}/move", name="area.move", permission=PERMISSION)
async def move(ask: Ask) -> Answer:
    found = await _here(ask)
    shown = ask.form.raw("parent")
    try:
        choice = {area.public_id: area for area, _ in await areas_to_choose(ask.viewer)}
        if shown not in choice:
            raise Invalid({"parent": Message("Please choose one of these.")})

        async def work(unit: Unit) -> dict[str, object]:
            await move_area(unit, found.area.id, choice[shown].id)
            return {}

        await act(ask.viewer, "area.move", ask.form.request_id, [found.area.public_id, shown], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _move_form(ask, found, errors, status)
    return ask.redirect(_base(ask, found.area) + "?done=moved")


async def _move_form(ask: Ask, found: Around, errors: Errors, status: int = 200) -> Answer:
    area, base = found.area, _base(ask, found.area)
    options = tuple(
        FieldOption(value=a.public_id, label="　" * depth + a.name)
        for a, depth in await areas_to_choose(ask.viewer)
        if not a.path.startswith(area.path)
    )
    now = found.above[-1].public_id if found.above else ""
    parent = field(
        ask, errors, "parent", ask._("Below which area?"), now, kind="select", options=options, required=True
    )
    return form_page(
        ask,
        heading=ask._("Move %(area)s", area=area.name),
        intro=ask._("All areas below it move along. People, posts and teams stay where they are in it."),
        action=base + "/move",
        fields=(parent,),
        submit=ask._("Move it there"),
        back=base,
        current=ask.home + "/areas",
        errors=errors,
        status=status,
    )


# -- taking away -------------------------------------------------------------------------------------------


@get("/c/{slug}/areas/{area}/remove", name="area.look", permission=PERMISSION)
async def look(ask: Ask) -> Answer:
    return _look(ask, await _here(ask))


@post("/c/{slug}/areas/{area}/remove", name="area.remove", permission=PERMISSION)
async def remove(ask: Ask) -> Answer:
    request_id = ask.form.request_id

    async def work(unit: Unit) -> dict[str, object]:
        # Looked up inside the act: sent again, when the area is gone, it gets the same answer.
        found = await _here(ask)
        await remove_area(unit, found.area.id)
        return {"parent": found.above[-1].public_id}

    try:
        done = await act(ask.viewer, "area.remove", request_id, ask.path["area"], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _look(ask, await _here(ask), errors.get("", ""), status)
    return ask.redirect(f"{ask.home}/areas/{done.answer['parent']}?done=removed")


def _look(ask: Ask, found: Around, error: str = "", status: int = 200) -> Answer:
    base = _base(ask, found.area)
    view = ConfirmView(
        heading=ask._("Take %(area)s away?", area=found.area.name),
        facts=(
            Fact(label=ask._("Kind"), text=area_kind(ask, found.area.kind)),
            Fact(label=ask._("Areas below"), text=str(len(found.below))),
            Fact(
                label=ask._("Only an empty area can go"),
                text=ask._("No areas, people, posts or teams in it."),
            ),
        ),
        action=base + "/remove",
        request_id=ask.new_request_id(),
        button=ask._("Take it away"),
        back_href=base,
        error=error,
    )
    return look_again(ask, view, ask.home + "/areas", status)


ROUTES = (new, add, edit, change, where, move, look, remove)
