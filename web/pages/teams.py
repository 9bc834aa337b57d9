"""The office's teams: the list, and one team with its members now and before."""

from collections.abc import Mapping, Sequence

from core.activity.duty import month_before, state_of
from core.base.errors import Message
from core.community.figures import NONE, Figures, figures_of
from core.community.team_pages import (
    Goal,
    MemberRow,
    TeamRow,
    leaders_of,
    members_of,
    team_of,
    teams_here,
)
from web.ask import Ask
from web.frame import plugin_entries
from web.pages.office import (
    address,
    as_file,
    as_of,
    cells,
    columns,
    counted,
    day_words,
    done,
    exports,
    field,
    file_wanted,
    hours,
    this_month,
)
from web.routes import Answer, get
from web.view_parts import Fact, FieldOption, Flash, FormField, NavItem, Tone
from web.views_office import Cell, Grid, GridRow, ListView, RecordView, Section

READ, WRITE = "team.read", "team.write"
ROLES = {
    "leader": Message("Team leader"),
    "deputy": Message("Deputy leader"),
    "member": Message("Plain member"),
}
_DONE = {
    "added": Message("The team is there. Now add its members."),
    "changed": Message("Changed."),
    "closed": Message("The team is closed. Its record stays."),
    "reopened": Message("The team is open again. Its members have to be added anew."),
    "joined": Message("Added to the team."),
    "left": Message("The membership has ended."),
    "role": Message("Changed. It holds at once."),
    "goal": Message("The goal is set."),
}
_STATES: Mapping[str, tuple[Message, Tone]] = {
    "met": (Message("on target"), "ok"),
    "few": (Message("under target: too few"), "bad"),
    "short": (Message("under target: too short"), "bad"),
    "more": (Message("over target"), "info"),
    "none": (Message("no target"), ""),
}


def goal_words(ask: Ask, goal: Goal | None) -> str:
    """每月 2–3 次，平均 3 小时以上."""
    if goal is None:
        return "—"
    times = str(goal.least) if goal.least == goal.most else f"{goal.least}–{goal.most}"
    if not goal.minutes:
        return ask._("%(times)s a month", times=times)
    average = ask.duration(goal.minutes)
    return ask._("%(times)s a month, at least %(average)s on average", times=times, average=average)


def state_cell(ask: Ask, state: str) -> Cell:
    text, tone = _STATES[state]
    return Cell(text=ask.render(text), tone=tone)


# -- the list ----------------------------------------------------------------------------------------------


@get("/c/{slug}/teams", name="teams", permission=READ, tenant="team")
async def teams(ask: Ask) -> Answer:
    everything = await teams_here(ask.viewer, month_before(this_month(ask)))
    found = _chosen(ask, everything)
    ids = [team.id for team in found]
    leaders = await leaders_of(ask.viewer, ids)
    figures = await figures_of(ask.viewer, "team", ids)
    form = file_wanted(ask)
    if form:
        return _file(ask, form, found, leaders, figures)
    base = ask.home + "/teams"
    wishes = {name: ask.query.raw(name)[:60] for name in ("q", "category", "state")}
    view = ListView(
        heading=ask._("Teams"),
        action=base,
        filters=_filters(ask, everything),
        actions=_actions(ask, base),
        grid=_grid(ask, found, leaders, figures),
        empty_title=ask._("No team here"),
        empty_text=ask._("No team fits what is looked for.") if any(wishes.values()) else "",
        reset_href=base if any(wishes.values()) else "",
        exports=exports(ask, base, **wishes),
        as_of=as_of(ask, figures.values()),
    )
    return ask.page("list.html", view, title=ask._("Teams"), current=base)


def categories(everything: Sequence[TeamRow]) -> list[str]:
    """The categories in use, in order."""
    return sorted({team.category for team in everything if team.category})


def _chosen(ask: Ask, everything: Sequence[TeamRow]) -> list[TeamRow]:
    text, category = ask.query.raw("q").lower()[:60], ask.query.raw("category")
    closed = ask.query.raw("state") == "closed"
    return [
        team
        for team in everything
        if (team.closed_at is not None) is closed
        and (not category or team.category == category)
        and (not text or text in team.name.lower())
    ]


def _filters(ask: Ask, everything: Sequence[TeamRow]) -> tuple[FormField, ...]:
    raw = ask.query.raw
    words = categories(everything)
    kinds = (
        FieldOption(value="", label=ask._("all")),
        *(FieldOption(value=category, label=ask._(category)) for category in words),
    )
    states = (
        FieldOption(value="", label=ask._("open")),
        FieldOption(value="closed", label=ask._("closed")),
    )
    more = {"required": True}
    category, state = ask._("Category"), ask._("State")
    return (
        field(ask, {}, "q", ask._("Name of the team"), raw("q")[:60], kind="search", **more),
        field(ask, {}, "category", category, raw("category"), kind="select", options=kinds, **more),
        field(ask, {}, "state", state, raw("state"), kind="select", options=states, **more),
    )


def _actions(ask: Ask, base: str) -> tuple[NavItem, ...]:
    goals = NavItem(title=ask._("Monthly targets"), href=base + "/duty", icon="calendar")
    if not ask.viewer.may(WRITE):
        return (goals,)
    new = NavItem(title=ask._("New team"), href=base + "/new", icon="plus", current=True)
    return (new, goals)


Leaders = Mapping[int, list[tuple[str, str]]]


def _named(leaders: Leaders, team: int) -> str:
    return "、".join(name for name, _ in leaders.get(team, ()))


def _grid(ask: Ask, found: Sequence[TeamRow], leaders: Leaders, figures: Mapping[int, Figures]) -> Grid:
    titles = (
        ask._("Team"),
        ask._("Category"),
        ask._("Leaders"),
        "#" + ask._("Members"),
        "#" + ask._("Activities this year"),
        "#" + ask._("Service this year"),
        ask._("Last month's target"),
    )
    rows = tuple(
        GridRow(
            href=f"{ask.home}/teams/{team.public_id}",
            cells=(
                Cell(text=team.name, note=team.area),
                Cell(text=ask._(team.category) if team.category else "—"),
                Cell(text=_named(leaders, team.id) or "—"),
                Cell(text=counted(figures.get(team.id, NONE), "members")),
                Cell(text=counted(figures.get(team.id, NONE), "activities_year")),
                Cell(text=hours(ask, figures.get(team.id, NONE))),
                _last_month(ask, team, figures.get(team.id, NONE)),
            ),
            idle=team.closed_at is not None,
        )
        for team in found
    )
    return Grid(caption=ask._("Teams"), columns=columns(*titles), rows=rows)


def _last_month(ask: Ask, team: TeamRow, figures: Figures) -> Cell:
    """Whether the goal of the last whole month was met, as far as that month was counted already."""
    if team.goal is None or team.closed_at is not None:
        return state_cell(ask, "none") if team.closed_at is None else Cell(text="—")
    if figures["last_month"] != int(month_before(this_month(ask)).replace("-", "")):
        return Cell(text="—")
    times = figures["month_times"]
    average = figures["month_minutes"] // times if times else 0
    return state_cell(ask, state_of(team.goal, figures["month_activities"], average))


def _file(
    ask: Ask, form: str, found: Sequence[TeamRow], leaders: Leaders, figures: Mapping[int, Figures]
) -> Answer:
    head = [
        ask._("Team"),
        ask._("Category"),
        ask._("Area"),
        ask._("Leaders"),
        ask._("Members"),
        ask._("Activities this year"),
        ask._("Minutes this year"),
        ask._("Target"),
    ]
    rows = []
    for team in found:
        kept = figures.get(team.id, NONE)
        told = ("members", "activities_year", "minutes_year")
        rows.append(
            (
                team.name,
                ask._(team.category) if team.category else "",
                team.area,
                _named(leaders, team.id),
                *(kept[name] if kept.as_of else None for name in told),
                goal_words(ask, team.goal),
            )
        )
    return as_file(ask, form, ask._("Teams"), head, rows)


# -- one team ----------------------------------------------------------------------------------------------


@get("/c/{slug}/teams/{team}", name="team", permission=READ, tenant="team")
async def team(ask: Ask) -> Answer:
    found = await team_of(ask.viewer, ask.path["team"], this_month(ask))
    members = await members_of(ask.viewer, found.id, past=True)
    form = file_wanted(ask)
    if form:
        return _members_file(ask, form, found, members)
    figures = (await figures_of(ask.viewer, "team", [found.id])).get(found.id, NONE)
    base = f"{ask.home}/teams/{found.public_id}"
    now = [m for m in members if m.to_day is None]
    past = [m for m in members if m.to_day is not None]
    closed = found.closed_at is not None
    sections = [
        Section(
            id="members",
            title=ask.ngettext("%(n)s member", "%(n)s members", len(now)),
            grid=_members_grid(ask, found, now),
            links=_member_links(ask, base, closed=closed),
        ),
        _goal(ask, found, base),
    ]
    if past:
        sections.append(
            Section(title=ask._("Former members"), grid=_members_grid(ask, found, past), folded=True)
        )
    view = RecordView(
        heading=found.name,
        kind=ask._(found.category) if found.category else ask._("Team"),
        back=NavItem(title=ask._("Teams"), href=ask.home + "/teams"),
        tags=(Flash(text=ask._("closed"), tone="warn"),) if closed else (),
        facts=_facts(ask, found, figures),
        as_of=as_of(ask, [figures]),
        actions=_team_actions(ask, found, base),
        sections=tuple(sections),
        exports=exports(ask, base),
        printable=True,
    )
    current = ask.home + "/teams"
    return ask.page("record.html", view, title=found.name, current=current, flash=done(ask, _DONE))


def _facts(ask: Ask, found: TeamRow, figures: Figures) -> tuple[Fact, ...]:
    area_href = f"{ask.home}/areas/{found.area_public}" if ask.viewer.may("area.read") else ""
    return (
        Fact(label=ask._("Area"), text=found.area or "—", href=area_href if found.area else ""),
        Fact(label=ask._("Activities this year"), text=counted(figures, "activities_year")),
        Fact(label=ask._("Service this year"), text=hours(ask, figures)),
        Fact(label=ask._("Points this year"), text=counted(figures, "points_year")),
    )


def _team_actions(ask: Ask, found: TeamRow, base: str) -> tuple[NavItem, ...]:
    links = []
    if found.closed_at is None:
        for entry in plugin_entries(ask, "team"):
            links.append(
                NavItem(title=entry.title, href=address(entry.href, team=found.public_id), icon=entry.icon)
            )
    if ask.viewer.may_somewhere("activity.read"):
        href = address(ask.home + "/activities", team=found.public_id)
        links.append(NavItem(title=ask._("Activities"), href=href, icon="calendar"))
    if ask.viewer.may(WRITE):
        links.append(NavItem(title=ask._("Edit"), href=base + "/edit", icon="edit"))
        if found.closed_at is None:
            links.append(NavItem(title=ask._("Close"), href=base + "/close", icon="close"))
        else:
            links.append(NavItem(title=ask._("Open again"), href=base + "/reopen", icon="undo"))
    return tuple(links)


def _member_links(ask: Ask, base: str, *, closed: bool) -> tuple[NavItem, ...]:
    if closed or not ask.viewer.may(WRITE):
        return ()
    return (NavItem(title=ask._("Add a member"), href=base + "/members/new", icon="plus"),)


def _members_grid(ask: Ask, found: TeamRow, members: Sequence[MemberRow]) -> Grid:
    may = ask.viewer.may(WRITE)
    base = f"{ask.home}/teams/{found.public_id}/members/"
    past = bool(members) and members[0].to_day is not None
    titles = [ask._("Name of a person"), ask._("Number"), ask._("Role in the team"), ask._("Since")]
    if past:
        titles.append(ask._("Until"))
    rows = []
    for member in members:
        texts = [
            member.name or "—",
            member.number,
            ask.render(ROLES[member.role]),
            day_words(ask, member.from_day),
            *([day_words(ask, member.to_day)] if past else []),
        ]
        href = base + member.number if may and not past else ""
        rows.append(GridRow(href=href, cells=cells(*texts), idle=past))
    return Grid(
        caption=ask._("Former members") if past else ask._("Members"),
        columns=columns(*titles),
        rows=tuple(rows),
        empty=ask._("Nobody is in this team yet."),
    )


def _goal(ask: Ask, found: TeamRow, base: str) -> Section:
    links = [NavItem(title=ask._("How it went"), href=base + "/duty", icon="calendar")]
    if ask.viewer.may(WRITE) and found.closed_at is None:
        links.append(NavItem(title=ask._("Set the target"), href=base + "/duty/set", icon="edit"))
    return Section(
        id="duty",
        title=ask._("Monthly target"),
        facts=(Fact(label=ask._("This month"), text=goal_words(ask, found.goal)),),
        links=tuple(links),
    )


def _members_file(ask: Ask, form: str, found: TeamRow, members: Sequence[MemberRow]) -> Answer:
    head = [
        ask._("Number"),
        ask._("Name of a person"),
        ask._("Role in the team"),
        ask._("Since"),
        ask._("Until"),
    ]
    rows = [(m.number, m.name, ask.render(ROLES[m.role]), m.from_day, m.to_day) for m in members]
    return as_file(ask, form, found.name, head, rows)


ROUTES = (teams, team)
