"""The office's areas: the tree, one area with its chain of responsibility, and the public contact card."""

from collections.abc import Mapping

from core.base.errors import Message
from core.community.area_tree import LONGEST, Around, Node, around, find_areas, open_area, tree
from core.community.areas import Area
from core.community.figures import FEW, NONE, Figures, figures_of
from core.community.posts import Entry, Holder, Posts, Seat, card_of, posts_of, sees_people
from web.ask import Ask
from web.pages.office import (
    address,
    area_kind,
    as_file,
    as_of,
    cells,
    columns,
    counted,
    day_words,
    done,
    exports,
    file_wanted,
    hours,
    number,
)
from web.routes import Answer, get
from web.view_parts import Fact, NavItem
from web.views_areas import AreaNode, AreasView, AreaView, CardLine, CardView, HolderLine, SeatLine
from web.views_office import Grid, GridRow, Section

PERMISSION, CHANGE = "area.read", "area.write"
_OPEN = 2  # levels of the tree that are open at first
_DONE = {
    "added": Message("Added."),
    "changed": Message("Changed."),
    "moved": Message("It has moved, with all below it."),
    "removed": Message("Taken away."),
    "post": Message("The post is given."),
    "ended": Message("The post has ended."),
}
Counted = Mapping[int, Figures]


@get("/c/{slug}/areas", name="areas", permission=PERMISSION)
async def areas(ask: Ask) -> Answer:
    text = ask.query.raw("q")[:LONGEST]
    if text:
        return await _found(ask, text)
    root = await tree(ask.viewer)
    flat = _flat(root)
    figures = await figures_of(ask.viewer, "area", [node.area.id for node in flat])
    form = file_wanted(ask)
    if form:
        return _file(ask, form, flat, figures)
    base = ask.home + "/areas"
    view = AreasView(
        action=base,
        root=_node(ask, root, figures, 0),
        lead="" if sees_people(ask.viewer) else _totals_only(ask),
        as_of=as_of(ask, figures.values()),
        exports=exports(ask, base),
    )
    title = ask._("Areas and posts")
    return ask.page("areas.html", view, title=title, current=base, flash=done(ask, _DONE))


def _totals_only(ask: Ask) -> str:
    return ask._("You see totals. Groups of fewer than %(few)s people are not shown.", few=FEW)


async def _found(ask: Ask, text: str) -> Answer:
    base = ask.home + "/areas"
    rows = await find_areas(ask.viewer, text)
    found = Grid(
        caption=ask._("Areas found"),
        columns=columns(ask._("Area"), ask._("Kind"), ask._("Below")),
        rows=tuple(
            GridRow(href=f"{base}/{area.public_id}", cells=cells(area.name, area_kind(ask, area.kind), above))
            for area, above in rows
        ),
    )
    view = AreasView(action=base, query=text, found=found, reset_href=base)
    return ask.page("areas.html", view, title=ask._("Areas and posts"), current=base)


def _flat(node: Node) -> list[Node]:
    return [node, *(below for child in node.nodes for below in _flat(child))]


def _node(ask: Ask, node: Node, figures: Counted, depth: int) -> AreaNode:
    area = node.area
    return AreaNode(
        name=area.name,
        kind=area_kind(ask, area.kind),
        href=f"{ask.home}/areas/{area.public_id}",
        stated=_stated(ask, area),
        counted=_counted(ask, figures.get(area.id, NONE)),
        nodes=tuple(_node(ask, below, figures, depth + 1) for below in node.nodes),
        deeper=ask.ngettext("%(n)s area below", "%(n)s areas below", node.below) if node.below else "",
        open=depth < _OPEN,
    )


def _stated(ask: Ask, area: Area) -> str:
    parts = []
    if area.households is not None:
        parts.append(ask._("%(n)s households", n=number(area.households)))
    if area.residents is not None:
        parts.append(ask._("%(n)s residents", n=number(area.residents)))
    return ask._(", ").join(parts)


def _hidden(ask: Ask, figures: Figures) -> bool:
    """Whether a group is so small that its figures would tell of somebody, to one who sees totals only."""
    return not sees_people(ask.viewer) and 0 < figures["volunteers"] < FEW


def _counted(ask: Ask, figures: Figures) -> str:
    if not figures.as_of:
        return ""
    if _hidden(ask, figures):
        return ask._("fewer than %(few)s volunteers", few=FEW)
    return ask._(
        "%(volunteers)s volunteers, %(hours)s this year",
        volunteers=counted(figures, "volunteers"),
        hours=hours(ask, figures),
    )


def _file(ask: Ask, form: str, nodes: list[Node], figures: Counted) -> Answer:
    head = [
        ask._("Area"),
        ask._("Kind"),
        ask._("Households"),
        ask._("Residents"),
        ask._("Volunteers"),
        ask._("In teams"),
        ask._("Minutes this year"),
    ]
    rows = []
    depth = {nodes[0].area.id: 0}
    for node in nodes:
        area, kept = node.area, figures.get(node.area.id, NONE)
        depth.setdefault(area.id, depth.get(area.parent or 0, 0) + 1)
        told = ("volunteers", "members", "minutes_year")
        few = _hidden(ask, kept)
        rows.append(
            (
                "　" * depth[area.id] + area.name,
                area_kind(ask, area.kind),
                area.households,
                area.residents,
                *(None if few or not kept.as_of else kept[name] for name in told),
            )
        )
    return as_file(ask, form, ask._("Areas"), head, rows)


# -- one area ----------------------------------------------------------------------------------------------


@get("/c/{slug}/areas/{area}", name="area", permission=PERMISSION)
async def area(ask: Ask) -> Answer:
    found = await around(ask.viewer, ask.path["area"])
    here = found.area
    ids = [here.id, *(node.area.id for node in found.below)]
    figures = await figures_of(ask.viewer, "area", ids)
    posts = await posts_of(ask.viewer, here, past=True)
    base = f"{ask.home}/areas/{here.public_id}"
    may = ask.viewer.may(CHANGE)
    view = AreaView(
        crumbs=tuple(_crumb(ask, above) for above in found.above),
        heading=here.name,
        kind=area_kind(ask, here.kind),
        facts=_facts(ask, here, figures.get(here.id, NONE)),
        as_of=as_of(ask, [figures.get(here.id, NONE)]),
        actions=_people_here(ask, here),
        chain=tuple(_seat(ask, seat, found, may=may) for seat in posts.chain),
        stewards=tuple(_seat(ask, seat, found, may=may) for seat in posts.stewards),
        others=tuple(_seat(ask, seat, found, may=may) for seat in posts.others),
        post_href=base + "/posts/new" if may else "",
        card_href=base + "/card",
        sections=_sections(ask, found, posts, figures),
        manage=_manage(ask, base, found) if may else (),
    )
    current = ask.home + "/areas"
    return ask.page("area.html", view, title=here.name, current=current, flash=done(ask, _DONE))


def _crumb(ask: Ask, area: Area) -> NavItem:
    own = area.community is not None
    return NavItem(title=area.name, href=f"{ask.home}/areas/{area.public_id}" if own else "")


def _people_here(ask: Ask, area: Area) -> tuple[NavItem, ...]:
    if not ask.viewer.may("volunteer.read"):
        return ()
    href = address(ask.home + "/people", area=area.public_id)
    return (NavItem(title=ask._("Volunteers living here"), href=href, icon="users"),)


def _manage(ask: Ask, base: str, found: Around) -> tuple[NavItem, ...]:
    add = NavItem(title=ask._("Add areas below"), href=base + "/new", icon="plus")
    edit = NavItem(title=ask._("Change name and figures"), href=base + "/edit", icon="edit")
    if not found.above or found.above[-1].community is None:
        return (add, edit)  # the community itself stays where it is
    move = NavItem(title=ask._("Move"), href=base + "/move", icon="next")
    away = NavItem(title=ask._("Take away"), href=base + "/remove", icon="close")
    return (add, edit, move, away)


def _facts(ask: Ask, area: Area, figures: Figures) -> tuple[Fact, ...]:
    few = ask._("fewer than %(few)s", few=FEW) if _hidden(ask, figures) else ""
    return (
        Fact(label=ask._("Households (stated)"), text=number(area.households)),
        Fact(label=ask._("Residents (stated)"), text=number(area.residents)),
        Fact(label=ask._("Volunteers (counted)"), text=few or counted(figures, "volunteers")),
        Fact(label=ask._("Of them in a team"), text=few or counted(figures, "members")),
        Fact(label=ask._("Service this year"), text=(few and "—") or hours(ask, figures)),
        Fact(label=ask._("Service in all"), text=(few and "—") or hours(ask, figures, "minutes")),
    )


def _seat(ask: Ask, seat: Seat, found: Around, *, may: bool) -> SeatLine:
    names = {area.id: area.name for area in found.above}
    level = ask._("Level %(n)s", n=seat.level) if seat.level is not None else ""
    return SeatLine(
        title=ask._(seat.name),
        level=level,
        holders=tuple(_holder(ask, holder, found, names, may=may) for holder in seat.holders),
    )


def _holder(ask: Ask, holder: Holder, found: Around, names: Mapping[int, str], *, may: bool) -> HolderLine:
    base = f"{ask.home}/areas/{found.area.public_id}/posts/"
    return HolderLine(
        name=holder.name or ask._("Filled"),
        href=base + holder.public_id if may and holder.name else "",
        since=ask._("since %(day)s", day=day_words(ask, holder.from_day)),
        where=names.get(holder.area, ""),
        on_card=holder.agreed,
    )


def _sections(ask: Ask, found: Around, posts: Posts, figures: Counted) -> tuple[Section, ...]:
    sections = []
    if found.teams:
        team_may = ask.viewer.may_somewhere("team.read")
        rows = tuple(
            GridRow(
                href=f"{ask.home}/teams/{team.public_id}" if team_may else "",
                cells=cells(team.name, team.category),
            )
            for team in found.teams
        )
        grid = Grid(caption=ask._("Teams here"), columns=columns(ask._("Team"), ask._("Category")), rows=rows)
        sections.append(Section(title=ask._("Teams here"), grid=grid))
    if found.below:
        sections.append(Section(title=ask._("Areas below"), grid=_below(ask, found, figures)))
    if posts.past and sees_people(ask.viewer):
        sections.append(Section(title=ask._("Earlier posts"), grid=_past(ask, posts), folded=True))
    return tuple(sections)


def _below(ask: Ask, found: Around, figures: Counted) -> Grid:
    rows = tuple(
        GridRow(
            href=f"{ask.home}/areas/{node.area.public_id}",
            cells=cells(
                node.area.name,
                area_kind(ask, node.area.kind),
                _stated(ask, node.area) or "—",
                _counted(ask, figures.get(node.area.id, NONE)) or "—",
            ),
        )
        for node in found.below
    )
    titles = (ask._("Area"), ask._("Kind"), ask._("Stated"), ask._("Counted"))
    return Grid(caption=ask._("Areas below"), columns=columns(*titles), rows=rows)


def _past(ask: Ask, posts: Posts) -> Grid:
    rows = tuple(
        GridRow(
            cells=cells(
                ask._(seat.name),
                holder.name,
                day_words(ask, holder.from_day),
                day_words(ask, holder.to_day),
            ),
            idle=True,
        )
        for seat in posts.past
        for holder in seat.holders
    )
    titles = (ask._("Post"), ask._("Who"), ask._("From day"), ask._("To day"))
    return Grid(caption=ask._("Earlier posts"), columns=columns(*titles), rows=rows)


# -- the card ----------------------------------------------------------------------------------------------


@get("/c/{slug}/areas/{area}/card", name="area.card", tenant="public", anonymous=True)
async def card(ask: Ask) -> Answer:
    here = await open_area(ask.viewer, ask.path["area"])
    entries = await card_of(ask.viewer, here)
    phone = ask.community.help_phone if ask.community is not None else ""
    may = ask.viewer.person is not None and ask.viewer.may_somewhere(PERMISSION)
    view = CardView(
        heading=here.name,
        place=ask.community.name if ask.community is not None else "",
        lines=tuple(_line(ask, entry) for entry in entries),
        help_phone=phone,
        help_tel=_tel(phone),
        note=ask._("Names and telephone numbers stand here with their owners' consent."),
        back_href=f"{ask.home}/areas/{here.public_id}" if may else "",
    )
    return ask.page("area_card.html", view, title=ask._("Who is there for you: %(area)s", area=here.name))


def _line(ask: Ask, entry: Entry) -> CardLine:
    return CardLine(post=ask._(entry.post), name=entry.name, phone=entry.phone, tel=_tel(entry.phone))


def _tel(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit() or c == "+")


ROUTES = (areas, area, card)
