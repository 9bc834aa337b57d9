"""The office's activities: the list by month, team and programme."""

from collections.abc import Sequence

from core.activity.duty import span_of
from core.activity.listing import (
    BEGIN,
    READ,
    ActivityRow,
    Mark,
    Wanted,
    activities,
)
from core.base.clock import day_of
from core.community.team_pages import TeamRow, teams_here
from web import format as written
from web.ask import Ask
from web.pages.office import (
    address,
    as_file,
    columns,
    exports,
    field,
    file_wanted,
    is_month,
    month_options,
    this_month,
)
from web.routes import Answer, get
from web.view_parts import FieldOption, FormField, grouped
from web.views_office import Cell, Grid, GridRow, ListView

_PAGE = 50
_MOST_IN_FILE = 5000


@get("/c/{slug}/activities", name="activities", permission=READ, tenant="team")
async def show(ask: Ask) -> Answer:
    month, programme, shown = _wishes(ask)
    teams = await _teams(ask)
    chosen = next((team for team in teams if team.public_id == shown), None)
    base = ask.home + "/activities"
    wishes = {"month": month, "programme": programme, "team": shown if chosen else ""}
    span = span_of(month, ask.zone) if month else None
    wanted = Wanted(
        team=chosen.id if chosen else 0,
        programme=programme,
        **({"since": span.since, "until": span.until} if span else {}),
    )
    form = file_wanted(ask)
    if form:
        rows = await activities(ask.viewer, wanted, most=_MOST_IN_FILE)
        return _file(ask, form, rows)
    after = _after(ask)
    found = await activities(ask.viewer, wanted, after or BEGIN, _PAGE + 1)
    rows, more = found[:_PAGE], len(found) > _PAGE
    mark = f"{rows[-1].mark.from_at}-{rows[-1].mark.last}" if rows and more else ""
    view = ListView(
        heading=ask._("Activities"),
        action=base,
        filters=_filters(ask, teams, wishes),
        grid=_grid(ask, rows),
        empty_title=ask._("No activity here"),
        empty_text=ask._("What teams do stands here as soon as it is recorded."),
        reset_href=base if any(wishes.values()) or after else "",
        first_href=address(base, **wishes) if after else "",
        more_href=address(base, **wishes, after=mark) if mark else "",
        exports=exports(ask, base, **wishes),
    )
    return ask.page("list.html", view, title=ask._("Activities"), current=base)


def _wishes(ask: Ask) -> tuple[str, str, str]:
    """Month, programme and team of the address; '' for none."""
    month, programme = ask.query.raw("month"), ask.query.raw("programme")
    known = ask.house.registry is not None and ask.house.registry.get(programme) is not None
    return month if is_month(month) else "", programme if known else "", ask.query.raw("team")[:20]


async def _teams(ask: Ask) -> list[TeamRow]:
    return await teams_here(ask.viewer, this_month(ask)) if ask.viewer.may_somewhere("team.read") else []


def _after(ask: Ask) -> Mark | None:
    since, _, last = ask.query.raw("after").partition("-")
    if since.isdecimal() and last.isdecimal() and len(since) < 16 and len(last) < 16:  # bigint
        return Mark(int(since), int(last))
    return None


def _filters(ask: Ask, teams: Sequence[TeamRow], wishes: dict[str, str]) -> tuple[FormField, ...]:
    months = month_options(ask, wishes["month"], any_title=ask._("all months"))
    registry = ask.house.registry
    programmes = (
        FieldOption(value="", label=ask._("all programmes")),
        *(FieldOption(value=p.name, label=ask.render(p.manifest.title)) for p in registry or ()),
    )
    options = (
        FieldOption(value="", label=ask._("all teams")),
        *(FieldOption(value=team.public_id, label=team.name) for team in teams),
    )
    chosen = (
        ("month", ask._("Month"), months),
        ("team", ask._("Team"), options),
        ("programme", ask._("Programme"), programmes),
    )
    return tuple(
        field(ask, {}, name, label, wishes[name], kind="select", options=choice, required=True)
        for name, label, choice in chosen
    )


def programme_title(ask: Ask, name: str) -> str:
    """What a programme is called; its key once it is gone."""
    registry = ask.house.registry
    plugin = registry.get(name) if registry is not None else None
    return ask.render(plugin.manifest.title) if plugin is not None else name


def _grid(ask: Ask, rows: Sequence[ActivityRow]) -> Grid:
    titles = (
        ask._("Activity"),
        ask._("When"),
        ask._("Team"),
        "#" + ask._("People"),
        "#" + ask._("Time in all"),
        ask._("State"),
    )
    table = tuple(
        GridRow(
            href=f"{ask.home}/activities/{row.public_id}",
            cells=(
                Cell(text=row.title, note=row.place),
                Cell(text=ask.span(row.from_at, row.to_at)),
                Cell(text=row.team or "—"),
                Cell(text=grouped(row.people)),
                Cell(text=ask.duration(row.minutes) if row.minutes else "—"),
                Cell(text=ask.ngettext("%(n)s waits", "%(n)s wait", row.waiting), tone="warn")
                if row.waiting
                else Cell(text="—"),
            ),
        )
        for row in rows
    )
    return Grid(caption=ask._("Activities"), columns=columns(*titles), rows=table)


def _file(ask: Ask, form: str, rows: Sequence[ActivityRow]) -> Answer:
    head = [
        ask._("Day"),
        ask._("From"),
        ask._("To"),
        ask._("Activity"),
        ask._("Place"),
        ask._("Programme"),
        ask._("Team"),
        ask._("People"),
        ask._("Minutes in all"),
        ask._("Waiting"),
    ]
    table = [
        (
            day_of(row.from_at, ask.zone),
            written.clock(row.from_at, ask.zone),
            written.clock(row.to_at, ask.zone),
            row.title,
            row.place,
            programme_title(ask, row.programme),
            row.team,
            row.people,
            row.minutes,
            row.waiting,
        )
        for row in rows
    ]
    return as_file(ask, form, ask._("Activities"), head, table)


ROUTES = (show,)
