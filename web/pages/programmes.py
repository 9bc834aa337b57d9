"""A programme in a community: on or off, how strictly it is confirmed, what is set for it, its rules."""

from typing import Any

import msgspec

from core.activity.policy import set_review
from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.errors import Message, NotFound, Refused
from core.extension import switch
from core.extension.registry import Plugin
from core.points import rules
from core.points.rules import Sheet
from web.ask import Ask
from web.pages.office import Errors, day_typed, day_words, done, field, form_page, look_again, wrong
from web.routes import Answer, get, post
from web.struct_form import form_fields, hidden_of, inputs_of, read_struct
from web.view_parts import Fact, Flash, NavItem
from web.views import ConfirmView
from web.views_office import Cell, Column, Grid, GridRow, Press, RecordView, Section

PERMISSION, MANAGE = "community.settings", "plugin.manage"
_DONE = {
    "on": Message("Switched on."),
    "off": Message("Switched off. What was recorded stays."),
    "review": Message("Changed."),
    "set": Message("Saved."),
    "published": Message("The rules are published."),
}


def _plugin(ask: Ask) -> Plugin:
    registry = ask.house.registry
    found: Plugin | None = registry.get(ask.path["programme"]) if registry is not None else None
    if found is None:
        raise NotFound
    return found


def _base(ask: Ask, plugin: Plugin) -> str:
    return f"{ask.home}/settings/programmes/{plugin.name}"


def _is_on(ask: Ask, plugin: Plugin) -> bool:
    return ask.community is not None and plugin.name in ask.community.plugins


def _strict(ask: Ask, plugin: Plugin) -> bool:
    review = ask.community.settings.get("review", {}) if ask.community is not None else {}
    return isinstance(review, dict) and review.get(plugin.name) == "second"


def _rules_of(plugin: Plugin, sheet: Sheet) -> Any:
    return msgspec.json.decode(sheet.rules, type=plugin.manifest.rules)


def _sentences(ask: Ask, struct: Any) -> tuple[str, ...]:
    return tuple(ask.render(message) for message in struct.sentences())


@get("/c/{slug}/settings/programmes/{programme}", name="programme", permission=PERMISSION)
async def show(ask: Ask) -> Answer:
    plugin = _plugin(ask)
    title = ask.render(plugin.manifest.title)
    on = _is_on(ask, plugin)
    sections = [_review(ask, plugin)]
    if plugin.manifest.rules is not None:
        sections.insert(0, _rules(ask, plugin, await rules.versions(ask.viewer, plugin.name)))
    if plugin.manifest.settings is not None and ask.viewer.may(MANAGE):
        sections.append(_set(ask, plugin, await switch.settings_of(ask.viewer, plugin.name)))
    label = ask._("Switch off") if on else ask._("Switch on")
    move = NavItem(title=label, href=_base(ask, plugin) + "/switch", current=not on)
    view = RecordView(
        heading=title,
        kind=ask._("Programme"),
        back=NavItem(title=ask._("Settings"), href=ask.home + "/settings"),
        tags=(Flash(text=ask._("On") if on else ask._("Off"), tone="ok" if on else ""),),
        actions=(move,) if ask.viewer.may(MANAGE) else (),
        sections=tuple(sections),
    )
    current = ask.home + "/settings"
    return ask.page("record.html", view, title=title, current=current, flash=done(ask, _DONE))


def _rules(ask: Ask, plugin: Plugin, sheets: list[Sheet]) -> Section:
    today = day_of(ask.now, ask.zone)
    now = next((sheet for sheet in sheets if sheet.from_day <= today), None)
    rows = tuple(
        GridRow(
            cells=(
                Cell(text=ask._("Version %(version)s", version=sheet.version)),
                Cell(text=day_words(ask, sheet.from_day)),
                _state(ask, sheet, now, today),
            )
        )
        for sheet in sheets
    )
    grid = Grid(
        caption=ask._("Versions"),
        columns=(
            Column(title=ask._("Version")),
            Column(title=ask._("From day")),
            Column(title=ask._("State")),
        ),
        rows=rows,
    )
    label = ask._("Publish new rules") if sheets else ask._("Publish the first rules")
    return Section(
        id="rules",
        title=ask._("Rules"),
        text=ask._("What holds today, as a volunteer reads it:")
        if now
        else ask._("No rules are in force: what is recorded earns nothing until there are some."),
        lines=_sentences(ask, _rules_of(plugin, now)) if now else (),
        grid=grid if rows else None,
        links=(NavItem(title=label, href=_base(ask, plugin) + "/rules", icon="edit", current=not sheets),),
    )


def _state(ask: Ask, sheet: Sheet, now: Sheet | None, today: str) -> Cell:
    if sheet.from_day > today:
        return Cell(text=ask._("to come"), tone="info")
    if now is not None and sheet.version == now.version:
        return Cell(text=ask._("in force"), tone="ok")
    return Cell(text=ask._("past"))


def _review(ask: Ask, plugin: Plugin) -> Section:
    strict = _strict(ask, plugin)
    usual = ask._("As the programme has it: at once where that is safe, by a second person where not.")
    second = ask._("Everything waits until a second person has confirmed it.")
    return Section(
        id="review",
        title=ask._("Confirming"),
        facts=(Fact(label=ask._("At present"), text=second if strict else usual),),
        presses=(
            Press(
                label=ask._("As the programme has it") if strict else ask._("Always by a second person"),
                action=_base(ask, plugin) + "/review",
                hidden=(("review", "usual" if strict else "second"),),
                request_id=ask.new_request_id(),
            ),
        ),
        note=ask._("A community may be stricter than the programme, never laxer."),
    )


def _set(ask: Ask, plugin: Plugin, held: Any) -> Section:
    fields = form_fields(ask, inputs_of(type(held)), held, {})
    facts = tuple(Fact(label=f.label, text=f.value.replace("\n", "、") or "—") for f in fields)
    link = NavItem(title=ask._("Edit"), href=_base(ask, plugin) + "/settings", icon="edit")
    return Section(title=ask._("What is set here"), facts=facts, links=(link,) if facts else ())


# -- on and off --------------------------------------------------------------------------------------------


@get("/c/{slug}/settings/programmes/{programme}/switch", name="programme.switch", permission=MANAGE)
async def look(ask: Ask) -> Answer:
    plugin = _plugin(ask)
    on, title, base = _is_on(ask, plugin), ask.render(plugin.manifest.title), _base(ask, plugin)
    if on:
        happens = ask._("Its pages close at once for everybody here, and nothing new can be recorded.")
        stays = ask._("All that was recorded, its points and its rules; switched on again it goes on.")
    else:
        happens = ask._("Its pages open for everybody whose role allows them.")
        stays = ask._("Points are earned only from the day its rules are published.")
    view = ConfirmView(
        heading=ask._("Switch %(programme)s off?", programme=title)
        if on
        else ask._("Switch %(programme)s on?", programme=title),
        facts=(
            Fact(label=ask._("What happens"), text=happens),
            Fact(label=ask._("What stays") if on else ask._("Good to know"), text=stays),
        ),
        action=base + "/switch",
        request_id=ask.new_request_id(),
        hidden=(("to", "off" if on else "on"),),
        button=ask._("Switch off") if on else ask._("Switch on"),
        back_href=base,
    )
    return look_again(ask, view, ask.home + "/settings")


@post("/c/{slug}/settings/programmes/{programme}/switch", name="programme.turn", permission=MANAGE)
async def turn(ask: Ask) -> Answer:
    plugin, to = _plugin(ask), ask.form.choice("to", ("on", "off"))

    async def work(unit: Unit) -> dict[str, object]:
        await (switch.enable if to == "on" else switch.disable)(unit, plugin.name)
        return {}

    await act(ask.viewer, "plugin.switch", ask.form.request_id, [plugin.name, to], work)
    return ask.redirect(f"{_base(ask, plugin)}?done={to}")


@post("/c/{slug}/settings/programmes/{programme}/review", name="programme.review", permission=PERMISSION)
async def review(ask: Ask) -> Answer:
    plugin, wanted = _plugin(ask), ask.form.choice("review", ("second", "usual"))

    async def work(unit: Unit) -> dict[str, object]:
        await set_review(unit, plugin.name, second=wanted == "second")
        return {}

    await act(ask.viewer, "programme.review", ask.form.request_id, [plugin.name, wanted], work)
    return ask.redirect(_base(ask, plugin) + "?done=review")


# -- what is set -------------------------------------------------------------------------------------------


@get("/c/{slug}/settings/programmes/{programme}/settings", name="programme.set", permission=MANAGE)
async def set_form(ask: Ask) -> Answer:
    return await _set_form(ask, _plugin(ask), {})


@post("/c/{slug}/settings/programmes/{programme}/settings", name="programme.keep", permission=MANAGE)
async def keep(ask: Ask) -> Answer:
    plugin = _plugin(ask)
    held = await switch.settings_of(ask.viewer, plugin.name)
    try:
        struct = read_struct(ask.form, inputs_of(type(held)), held)

        async def work(unit: Unit) -> dict[str, object]:
            await switch.set_settings(unit, plugin.name, msgspec.to_builtins(struct))
            return {}

        inputs = [plugin.name, msgspec.to_builtins(struct)]
        await act(ask.viewer, "plugin.settings", ask.form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _set_form(ask, plugin, errors, status)
    return ask.redirect(_base(ask, plugin) + "?done=set")


async def _set_form(ask: Ask, plugin: Plugin, errors: Errors, status: int = 200) -> Answer:
    held = await switch.settings_of(ask.viewer, plugin.name)
    base = _base(ask, plugin)
    return form_page(
        ask,
        heading=ask._("Settings of %(programme)s", programme=ask.render(plugin.manifest.title)),
        action=base + "/settings",
        fields=form_fields(ask, inputs_of(type(held)), held, errors),
        submit=ask._("Save"),
        back=base,
        current=ask.home + "/settings",
        errors=errors,
        status=status,
    )


# -- rules -------------------------------------------------------------------------------------------------


@get("/c/{slug}/settings/programmes/{programme}/rules", name="programme.rules", permission=PERMISSION)
async def rules_form(ask: Ask) -> Answer:
    plugin = _plugin(ask)
    return _rules_form(ask, plugin, await _latest(ask, plugin), {})


async def _latest(ask: Ask, plugin: Plugin) -> tuple[Any, bool]:
    """The rules a form begins with: the last ones published, or the programme's own; and whether any were."""
    if plugin.manifest.rules is None:
        raise NotFound
    sheets = await rules.versions(ask.viewer, plugin.name)
    return (_rules_of(plugin, sheets[0]), True) if sheets else (plugin.manifest.rules(), False)


def _rules_form(
    ask: Ask, plugin: Plugin, latest: tuple[Any, bool], errors: Errors, status: int = 200
) -> Answer:
    struct, some = latest
    base = _base(ask, plugin)
    hint = (
        ask._("Today or later: finished service keeps its rules.")
        if some
        else ask._("The first rules may also start in the past, for records from before.")
    )
    day = field(
        ask,
        errors,
        "from_day",
        ask._("In force from"),
        day_of(ask.now, ask.zone),
        kind="date",
        hint=hint,
        required=True,
    )
    title = ask.render(plugin.manifest.title)
    return form_page(
        ask,
        heading=ask._("Rules of %(programme)s", programme=title),
        intro=ask._("You see them in words before they are published. Published rules cannot be changed."),
        action=base + "/rules",
        fields=(*form_fields(ask, inputs_of(type(struct)), struct, errors), day),
        submit=ask._("Look at them in words"),
        back=base,
        current=ask.home + "/settings",
        errors=errors,
        status=status,
    )


def _typed(ask: Ask, latest: tuple[Any, bool]) -> tuple[Any, str]:
    """The rules and the day of the form. Raises Invalid."""
    struct = read_struct(ask.form, inputs_of(type(latest[0])), latest[0])
    day = day_typed(ask.form, "from_day") or day_of(ask.now, ask.zone)
    if latest[1]:
        rules.check_from_day(day, day_of(ask.now, ask.zone))
    return struct, day


@post("/c/{slug}/settings/programmes/{programme}/rules", name="programme.preview", permission=PERMISSION)
async def preview(ask: Ask) -> Answer:
    plugin = _plugin(ask)
    latest = await _latest(ask, plugin)
    try:
        struct, day = _typed(ask, latest)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _rules_form(ask, plugin, latest, errors, status)
    if ask.form.raw("again"):
        return _rules_form(ask, plugin, latest, {})
    base = _base(ask, plugin)
    kept = (*hidden_of(ask.form, inputs_of(type(struct))), ("from_day", day))
    view = RecordView(
        heading=ask._("Publish these rules?"),
        kind=ask.render(plugin.manifest.title),
        facts=(Fact(label=ask._("In force from"), text=day_words(ask, day)),),
        sections=(Section(title=ask._("The rules in words"), lines=_sentences(ask, struct)),),
        presses=(
            Press(
                label=ask._("Publish"),
                action=base + "/publish",
                hidden=kept,
                request_id=ask.new_request_id(),
                kind="primary",
            ),
            Press(label=ask._("Change them again"), action=base + "/rules", hidden=(*kept, ("again", "1"))),
        ),
    )
    title = ask._("Look at it once more")
    return ask.page("record.html", view, title=title, current=ask.home + "/settings")


@post("/c/{slug}/settings/programmes/{programme}/publish", name="programme.publish", permission=PERMISSION)
async def publish(ask: Ask) -> Answer:
    plugin = _plugin(ask)
    latest = await _latest(ask, plugin)
    try:
        struct = read_struct(ask.form, inputs_of(type(latest[0])), latest[0])
        day = day_typed(ask.form, "from_day") or day_of(ask.now, ask.zone)

        async def work(unit: Unit) -> dict[str, object]:
            return {"version": await rules.publish(unit, plugin.name, struct, day)}

        inputs = [plugin.name, msgspec.to_builtins(struct), day]
        await act(ask.viewer, "rules.publish", ask.form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _rules_form(ask, plugin, latest, errors, status)
    return ask.redirect(_base(ask, plugin) + "?done=published#rules")


ROUTES = (show, look, turn, review, set_form, keep, rules_form, preview, publish)
