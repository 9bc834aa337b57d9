"""Totals of communities for those above them, such as the street office: figures, and never a person."""

from core.community.figures import Figures
from core.community.overview import Overview, overview
from web.ask import Ask
from web.pages.office import (
    as_file,
    as_of,
    cells,
    columns,
    counted,
    exports,
    file_wanted,
    hours,
    number,
)
from web.routes import Answer, get
from web.view_parts import NavItem
from web.views_office import Grid, GridRow, ListView

_ADDRESS = "/areas"
_NAMES = ("volunteers", "members", "teams", "activities_year")


@get(_ADDRESS, name="overview", tenant="none")
async def show(ask: Ask) -> Answer:
    found = await overview(ask.viewer)
    form = file_wanted(ask)
    if form:
        return _file(ask, form, found)
    titles = (
        ask._("Community"),
        ask._("Below"),
        "#" + ask._("Households"),
        "#" + ask._("Residents"),
        "#" + ask._("Volunteers"),
        "#" + ask._("In teams"),
        "#" + ask._("Teams"),
        "#" + ask._("Activities this year"),
        "#" + ask._("Service this year"),
    )
    grid = Grid(
        caption=ask._("Communities"),
        columns=columns(*titles),
        rows=tuple(_row(ask, one) for one in found),
        sums=_sums(ask, found),
    )
    view = ListView(
        heading=ask._("Totals of all communities"),
        lead=ask._("Households and residents are stated by the communities; the rest is counted."),
        back=NavItem(title=ask._("Communities"), href="/"),
        action=_ADDRESS,
        grid=grid,
        empty_title=ask._("No community yet"),
        exports=exports(ask, _ADDRESS),
        as_of=as_of(ask, [one.figures for one in found]),
    )
    return ask.page("list.html", view, title=view.heading)


def _row(ask: Ask, one: Overview) -> GridRow:
    texts = (
        one.name,
        one.above,
        number(one.households),
        number(one.residents),
        *(counted(one.figures, name) for name in _NAMES),
        hours(ask, one.figures),
    )
    return GridRow(href=f"/c/{one.slug}/areas", cells=cells(*texts))


def _sums(ask: Ask, found: list[Overview]) -> tuple[str, ...]:
    if len(found) < 2:  # one row is its own sum
        return ()
    known = [one.figures for one in found if one.figures.as_of]
    names = (*_NAMES, "minutes_year")
    whole = Figures(
        {name: sum(f[name] for f in known) for name in names}, min((f.as_of for f in known), default=0)
    )
    return (
        ask._("Together"),
        "",
        number(sum(one.households or 0 for one in found)),
        number(sum(one.residents or 0 for one in found)),
        *(counted(whole, name) for name in _NAMES),
        hours(ask, whole),
    )


def _file(ask: Ask, form: str, found: list[Overview]) -> Answer:
    head = [
        ask._("Community"),
        ask._("Below"),
        ask._("Households"),
        ask._("Residents"),
        ask._("Volunteers"),
        ask._("In teams"),
        ask._("Teams"),
        ask._("Activities this year"),
        ask._("Minutes this year"),
    ]
    rows = [
        (
            one.name,
            one.above,
            one.households,
            one.residents,
            *(one.figures[name] if one.figures.as_of else None for name in (*_NAMES, "minutes_year")),
        )
        for one in found
    ]
    return as_file(ask, form, ask._("Totals of all communities"), head, rows)


ROUTES = (show,)
