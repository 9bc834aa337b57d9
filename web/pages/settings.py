"""The community's settings: name, words for newcomers, holidays, kinds of posts, programmes."""

from core.activity.policy import LONG
from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.errors import Message, Refused
from core.community.communities import (
    LANGUAGES,
    Holiday,
    change_community,
    change_settings,
    holidays_of,
)
from core.community.post_kinds import PostKind, kinds_of
from core.points import rules
from core.points.rules import Sheet
from web.ask import Ask
from web.pages.office import (
    Errors,
    cells,
    columns,
    day_words,
    done,
    field,
    form_page,
    whole_or_none,
    wrong,
)
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, FormField, NavItem
from web.views_office import Cell, Grid, GridRow, Press, RecordView, Section

PERMISSION = "community.settings"
LONGEST_INTRO = 1000
ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Macau",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "UTC",
)
OWN_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
_DONE = {
    "changed": Message("Changed."),
    "added": Message("Added."),
    "removed": Message("Taken away."),
}


@get("/c/{slug}/settings", name="settings", permission=PERMISSION)
async def settings(ask: Ask) -> Answer:
    today = day_of(ask.now, ask.zone)
    holidays = await holidays_of(ask.viewer)
    kinds = await kinds_of(ask.viewer)
    sheets = await rules.all_in_force(ask.viewer, today)
    view = RecordView(
        heading=ask._("Settings"),
        sections=(_community(ask), _programmes(ask, sheets), _holidays(ask, holidays), _posts(ask, kinds)),
    )
    return ask.page("record.html", view, title=ask._("Settings"), flash=done(ask, _DONE))


def _community(ask: Ask) -> Section:
    here = ask.community
    assert here is not None  # noqa: S101  # the door lets nobody in without one
    return Section(
        title=ask._("Community"),
        facts=(
            Fact(label=ask._("Name"), text=here.name),
            Fact(label=ask._("Help telephone"), text=here.help_phone or "—"),
            Fact(label=ask._("Time zone"), text=here.zone),
            Fact(label=ask._("Language"), text=OWN_NAMES.get(here.locale, here.locale)),
            Fact(label=ask._("Words for newcomers"), text=here.settings.get("intro", "") or "—"),
            Fact(
                label=ask._("Exchanges of more points need a second person"),
                text=str(here.settings.get("large_redemption", "—")),
            ),
            Fact(
                label=ask._("Service of more hours in one go needs a second person"),
                text=str(here.settings.get("long_service", LONG)),
            ),
        ),
        links=(NavItem(title=ask._("Edit"), href=ask.home + "/settings/community", icon="edit"),),
    )


def _programmes(ask: Ask, sheets: dict[str, Sheet]) -> Section:
    here, registry = ask.community, ask.house.registry
    enabled = here.plugins if here is not None else frozenset()
    rows = []
    for plugin in registry or ():
        sheet = sheets.get(plugin.name)
        version = ask._("Version %(version)s", version=sheet.version) if sheet else ask._("no rules yet")
        on = plugin.name in enabled
        state = Cell(text=ask._("On") if on else ask._("Off"), tone="ok" if on else "", tag=True)
        rows.append(
            GridRow(
                href=f"{ask.home}/settings/programmes/{plugin.name}",
                cells=(Cell(text=ask.render(plugin.manifest.title)), state, Cell(text=version)),
            )
        )
    rows += [
        GridRow(cells=(Cell(text=name), Cell(text=ask._("cannot run"), tone="bad"), Cell(text="—")))
        for name in (registry.broken if registry is not None else ())
    ]
    grid = Grid(
        caption=ask._("Programmes"),
        columns=columns(ask._("Programme"), ask._("State"), ask._("Rules in force")),
        rows=tuple(rows),
        empty=ask._("No programme is installed. The operator installs them."),
    )
    return Section(title=ask._("Programmes"), grid=grid)


def _holidays(ask: Ask, holidays: list[Holiday]) -> Section:
    words = {"holiday": ask._("day off"), "workday": ask._("make-up workday")}
    rows = tuple(
        GridRow(
            cells=cells(day_words(ask, holiday.day), holiday.name, words[holiday.kind]),
            presses=(
                Press(
                    label=ask._("Take away"),
                    action=ask.home + "/settings/holidays/remove",
                    about=day_words(ask, holiday.day),
                    hidden=(("day", holiday.day),),
                    request_id=ask.new_request_id(),
                ),
            ),
        )
        for holiday in holidays
    )
    grid = Grid(
        caption=ask._("Holidays"),
        columns=columns(ask._("Day"), ask._("Name"), ask._("Kind")),
        rows=rows,
        empty=ask._("No holidays are entered."),
    )
    add = NavItem(title=ask._("Add holidays"), href=ask.home + "/settings/holidays/new", icon="plus")
    return Section(id="holidays", title=ask._("Holidays"), grid=grid, links=(add,))


def _posts(ask: Ask, kinds: list[PostKind]) -> Section:
    base = ask.home + "/settings/posts"
    rows = tuple(
        GridRow(
            href=f"{base}/{kind.key}",
            cells=cells(
                ask._(kind.name),
                ask._("Level %(n)s", n=kind.level) if kind.level is not None else ask._("beside the chain"),
                ask._("in use") if kind.used else "—",
            ),
        )
        for kind in kinds
    )
    grid = Grid(
        caption=ask._("Kinds of posts"),
        columns=columns(ask._("Post"), ask._("Place in the chain"), ask._("State")),
        rows=rows,
        empty=ask._("No posts are kept yet."),
    )
    usual = Press(
        label=ask._("Enter the usual posts"), action=base + "/usual", request_id=ask.new_request_id()
    )
    add = NavItem(title=ask._("Add a kind of post"), href=base + "/new", icon="plus")
    presses = () if kinds else (usual,)
    return Section(id="posts", title=ask._("Kinds of posts"), grid=grid, links=(add,), presses=presses)


# -- name, telephone, zone, language, words for newcomers --------------------------------------------------


@get("/c/{slug}/settings/community", name="settings.community", permission=PERMISSION)
async def community(ask: Ask) -> Answer:
    return _community_form(ask, {})


@post("/c/{slug}/settings/community", name="settings.community.change", permission=PERMISSION)
async def change(ask: Ask) -> Answer:
    form = ask.form
    names = ("name", "help_phone", "zone", "locale")
    values = {name: form.raw(name) for name in names}
    try:
        intro = form.text("intro", most=LONGEST_INTRO, required=False)
        large = whole_or_none(form, "large_redemption", least=1)
        long = whole_or_none(form, "long_service", least=1, most=24)
        limits = {"large_redemption": large, "long_service": long}

        async def work(unit: Unit) -> dict[str, object]:
            await change_community(unit, **values)
            await change_settings(unit, intro=intro or None, **limits)
            return {}

        inputs = [*values.values(), intro, large, long]
        await act(ask.viewer, "community.change", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _community_form(ask, errors, status)
    return ask.redirect(ask.home + "/settings?done=changed")


def zone_options(now: str = "") -> tuple[FieldOption, ...]:
    zones = ZONES if not now or now in ZONES else (*ZONES, now)
    return tuple(FieldOption(value=zone, label=zone) for zone in zones)


def _phone_field(ask: Ask, errors: Errors, held: str) -> FormField:
    hint = ask._("Stands on every page and on contact cards.")
    title = ask._("Help telephone")
    return field(ask, errors, "help_phone", title, held, kind="tel", inputmode="tel", hint=hint)


def _large_field(ask: Ask, errors: Errors, held: object) -> FormField:
    hint = ask._("Empty: none does. Who may approve them follows from the roles.")
    title = ask._("Exchanges of more points need a second person")
    return field(ask, errors, "large_redemption", title, str(held), inputmode="numeric", hint=hint)


def _long_field(ask: Ask, errors: Errors, held: object) -> FormField:
    hint = ask._("Hours. Empty: %(hours)s. Whoever confirms records looks at it first.", hours=LONG)
    title = ask._("Service of more hours in one go needs a second person")
    return field(ask, errors, "long_service", title, str(held), inputmode="numeric", hint=hint)


def _community_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    here = ask.community
    assert here is not None  # noqa: S101  # the door lets nobody in without one
    languages = tuple(FieldOption(value=key, label=OWN_NAMES[key]) for key in LANGUAGES)
    zones = zone_options(here.zone)
    base = ask.home + "/settings"
    intro = str(here.settings.get("intro", ""))
    return form_page(
        ask,
        heading=ask._("Change the community"),
        action=base + "/community",
        fields=(
            field(ask, errors, "name", ask._("Name"), here.name, required=True),
            _phone_field(ask, errors, here.help_phone),
            field(
                ask,
                errors,
                "zone",
                ask._("Time zone"),
                here.zone,
                kind="select",
                options=zones,
                required=True,
            ),
            field(
                ask,
                errors,
                "locale",
                ask._("Language"),
                here.locale,
                kind="select",
                options=languages,
                hint=ask._("For visitors and for notices; each reader chooses his own."),
                required=True,
            ),
            field(
                ask,
                errors,
                "intro",
                ask._("Words for newcomers"),
                intro,
                kind="textarea",
                rows=5,
                hint=ask._("Shown where somebody applies to join."),
            ),
            _large_field(ask, errors, here.settings.get("large_redemption", "")),
            _long_field(ask, errors, here.settings.get("long_service", "")),
        ),
        submit=ask._("Save"),
        back=base,
        current=base,
        errors=errors,
        status=status,
    )


ROUTES = (settings, community, change)
