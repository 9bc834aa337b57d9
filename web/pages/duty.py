"""Monthly targets of teams: how a month went, for all and for one; setting them; reminding the leaders."""

from core.activity.duty import (
    MemberMonth,
    TeamMonth,
    duties_of,
    members_month,
    month_before,
    remind,
    report,
    set_duty,
    span_of,
)
from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.community.team_pages import Goal, TeamRow, team_of
from web import format as written
from web.ask import Ask
from web.pages.office import (
    Errors,
    address,
    as_file,
    cells,
    columns,
    done,
    exports,
    field,
    file_wanted,
    form_page,
    is_month,
    month_options,
    month_wanted,
    this_month,
    wrong,
)
from web.pages.team_edit import base_of, own_team
from web.pages.teams import READ, WRITE, goal_words, state_cell
from web.routes import Answer, get, post
from web.view_parts import Fact, FormField, NavItem, grouped
from web.views_office import Cell, Grid, GridRow, ListView, Press

_DONE = {"reminded": Message("The leaders have been told."), "none": Message("They had been told already.")}
_USUAL = Goal(2, 3, 180)  # what the field's own text asks for


def _month(ask: Ask) -> str:
    return month_wanted(ask, month_before(this_month(ask)))


def _month_field(ask: Ask, month: str) -> FormField:
    options = month_options(ask, month)
    return field(ask, {}, "month", ask._("Month"), month, kind="select", options=options, required=True)


# -- all teams ---------------------------------------------------------------------------------------------


@get("/c/{slug}/teams/duty", name="duty", permission=READ, tenant="team")
async def show(ask: Ask) -> Answer:
    month = _month(ask)
    rows = await report(ask.viewer, span_of(month, ask.zone))
    form = file_wanted(ask)
    if form:
        return _file(ask, form, month, rows)
    base = ask.home + "/teams/duty"
    under = [row for row in rows if row.under]
    told = written.month(month, ask.lang)
    presses: tuple[Press, ...] = ()
    if under and ask.viewer.may(WRITE) and month < this_month(ask):
        presses = (
            Press(
                label=ask.ngettext("Remind %(n)s team", "Remind %(n)s teams", len(under)),
                action=base + "/remind",
                hidden=(("month", month),),
                request_id=ask.new_request_id(),
                icon="bell",
            ),
        )
    view = ListView(
        heading=ask._("Monthly targets: %(month)s", month=told),
        lead=ask._("Only confirmed attendance counts. The average is what those who came served each time."),
        back=NavItem(title=ask._("Teams"), href=ask.home + "/teams"),
        action=base,
        filters=(_month_field(ask, month),),
        presses=presses,
        facts=_summary(ask, rows),
        grid=_grid(ask, month, rows),
        empty_title=ask._("No team here"),
        exports=exports(ask, base, month=month),
    )
    current = ask.home + "/teams"
    return ask.page("list.html", view, title=view.heading, current=current, flash=done(ask, _DONE))


def _summary(ask: Ask, rows: list[TeamMonth]) -> tuple[Fact, ...]:
    met = sum(row.state in ("met", "more") for row in rows)
    under = sum(row.under for row in rows)
    return (
        Fact(label=ask._("on target or over"), text=grouped(met)),
        Fact(label=ask._("under target"), text=grouped(under)),
        Fact(label=ask._("no target"), text=grouped(len(rows) - met - under)),
    )


def _grid(ask: Ask, month: str, rows: list[TeamMonth]) -> Grid:
    titles = (
        ask._("Team"),
        ask._("Target"),
        "#" + ask._("Activities"),
        "#" + ask._("Average"),
        "#" + ask._("Person-times"),
        "#" + ask._("Time in all"),
        ask._("State"),
    )
    return Grid(
        caption=ask._("Teams"),
        columns=columns(*titles),
        rows=tuple(
            GridRow(
                href=address(f"{ask.home}/teams/{row.public_id}/duty", month=month),
                cells=(
                    Cell(text=row.name, note=ask._(row.category) if row.category else ""),
                    Cell(text=goal_words(ask, row.goal)),
                    Cell(text=grouped(row.activities)),
                    Cell(text=ask.duration(row.average) if row.times else "—"),
                    Cell(text=grouped(row.times)),
                    Cell(text=ask.duration(row.minutes) if row.minutes else "—"),
                    state_cell(ask, row.state),
                ),
            )
            for row in rows
        ),
    )


def _file(ask: Ask, form: str, month: str, rows: list[TeamMonth]) -> Answer:
    head = [
        ask._("Month"),
        ask._("Team"),
        ask._("Category"),
        ask._("Target"),
        ask._("Activities"),
        ask._("Average in minutes"),
        ask._("Person-times"),
        ask._("Minutes in all"),
        ask._("State"),
    ]
    table = [
        (
            month,
            row.name,
            ask._(row.category) if row.category else "",
            goal_words(ask, row.goal),
            row.activities,
            row.average,
            row.times,
            row.minutes,
            state_cell(ask, row.state).text,
        )
        for row in rows
    ]
    return as_file(ask, form, f"{ask._('Monthly targets')} {month}", head, table)


@post("/c/{slug}/teams/duty/remind", name="duty.remind", permission=WRITE)
async def remind_all(ask: Ask) -> Answer:
    month = ask.form.raw("month")
    if not is_month(month) or month >= this_month(ask):
        raise Invalid({"": Message("This form is out of date. Open it again.")})
    span = span_of(month, ask.zone)

    async def work(unit: Unit) -> dict[str, object]:
        return {"told": await remind(unit, span, ask.home + "/teams")}

    result = await act(ask.viewer, "duty.remind", ask.form.request_id, month, work)
    said = "reminded" if result.answer["told"] else "none"
    return ask.redirect(address(ask.home + "/teams/duty", month=month, done=said))


# -- one team ----------------------------------------------------------------------------------------------


@get("/c/{slug}/teams/{team}/duty", name="team.duty", permission=READ, tenant="team")
async def one(ask: Ask) -> Answer:
    month = _month(ask)
    team = await team_of(ask.viewer, ask.path["team"], month)
    rows = await members_month(ask.viewer, team.id, span_of(month, ask.zone))
    form = file_wanted(ask)
    if form:
        return _members_file(ask, form, team, month, rows)
    base = base_of(ask, team)
    history = await duties_of(ask.viewer, team.id)
    facts = [Fact(label=ask._("Target"), text=goal_words(ask, team.goal))]
    facts += [
        Fact(label=ask._("since %(day)s", day=written.month(since, ask.lang)), text=goal_words(ask, goal))
        for since, goal in history[:6]
        if len(history) > 1
    ]
    view = ListView(
        heading=ask._("%(team)s: %(month)s", team=team.name, month=written.month(month, ask.lang)),
        lead=ask._("Who was there how often and how long; whose attendance is confirmed."),
        back=NavItem(title=team.name, href=base),
        action=base + "/duty",
        filters=(_month_field(ask, month),),
        actions=(NavItem(title=ask._("Set the target"), href=base + "/duty/set", icon="edit"),)
        if ask.viewer.may(WRITE) and team.closed_at is None
        else (),
        facts=tuple(facts),
        grid=_members_grid(ask, team, rows),
        empty_title=ask._("Nobody was in the team that month"),
        exports=exports(ask, base + "/duty", month=month),
    )
    return ask.page("list.html", view, title=view.heading, current=ask.home + "/teams")


def _member_state(ask: Ask, goal: Goal | None, row: MemberMonth) -> Cell:
    """How somebody's own month compares with what the team has set itself; in words."""
    if not row.member:
        return Cell(text=ask._("guest"), tag=True)
    if goal is None:
        return Cell(text="—")
    if row.times < goal.least:
        return Cell(text=ask._("fewer than %(least)s times", least=goal.least), tone="warn")
    if row.times and row.minutes // row.times < goal.minutes:
        return Cell(text=ask._("shorter than set"), tone="warn")
    return Cell(text=ask._("as set"), tone="ok")


def _members_grid(ask: Ask, team: TeamRow, rows: list[MemberMonth]) -> Grid:
    titles = (
        ask._("Name of a person"),
        ask._("Number"),
        "#" + ask._("Times"),
        "#" + ask._("Time in all"),
        ask._("State"),
    )
    table = tuple(
        GridRow(
            cells=(
                *cells(
                    row.name or "—",
                    row.number,
                    grouped(row.times),
                    ask.duration(row.minutes) if row.minutes else "—",
                ),
                _member_state(ask, team.goal, row),
            )
        )
        for row in rows
    )
    times, minutes = sum(row.times for row in rows), sum(row.minutes for row in rows)
    sums = (ask._("Together"), "", grouped(times), ask.duration(minutes), "")
    return Grid(caption=ask._("Members"), columns=columns(*titles), rows=table, sums=sums if rows else ())


def _members_file(ask: Ask, form: str, team: TeamRow, month: str, rows: list[MemberMonth]) -> Answer:
    head = [
        ask._("Month"),
        ask._("Number"),
        ask._("Name of a person"),
        ask._("Times"),
        ask._("Minutes in all"),
        ask._("State"),
    ]
    table = [
        (month, r.number, r.name, r.times, r.minutes, _member_state(ask, team.goal, r).text) for r in rows
    ]
    return as_file(ask, form, f"{team.name} {month}", head, table)


@get("/c/{slug}/teams/{team}/duty/set", name="team.duty.form", permission=WRITE)
async def set_form(ask: Ask) -> Answer:
    return _set_form(ask, await own_team(ask), {})


@post("/c/{slug}/teams/{team}/duty/set", name="team.duty.set", permission=WRITE)
async def set_goal(ask: Ask) -> Answer:
    team, form = await own_team(ask), ask.form
    try:
        month = form.raw("from_month")
        if not is_month(month):
            raise Invalid({"from_month": Message("Please choose one of these.")})
        least, most = form.whole("least", most=99), form.whole("most", most=99)
        minutes = _hours(ask)

        async def work(unit: Unit) -> dict[str, object]:
            await set_duty(unit, team.id, month, Goal(least, most, minutes))
            return {}

        inputs = [team.public_id, month, least, most, minutes]
        await act(ask.viewer, "team.duty", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _set_form(ask, team, errors, status)
    return ask.redirect(base_of(ask, team) + "?done=goal")


def _hours(ask: Ask) -> int:
    """Minutes from the hours typed: 3, 2.5, 1,5. Raises Invalid."""
    text = ask.form.raw("hours").replace(",", ".").replace("，", ".").replace("。", ".")
    whole, _, half = text.partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= 2 and half in ("", "0", "5")):
        raise Invalid({"minutes": Message("Give hours or half hours, such as 3 or 2.5.")})
    return int(whole) * 60 + (30 if half == "5" else 0)


def _set_form(ask: Ask, team: TeamRow, errors: Errors, status: int = 200) -> Answer:
    goal = team.goal or _USUAL
    now = this_month(ask)
    months = month_options(ask, month_before(now, -1))
    hours = f"{goal.minutes // 60}" + (".5" if goal.minutes % 60 else "")
    errors = {("hours" if name == "minutes" else name): text for name, text in errors.items()}
    base = base_of(ask, team)
    return form_page(
        ask,
        heading=ask._("Monthly target of %(team)s", team=team.name),
        intro=ask._("What the team has set itself. It changes nobody's points. All 0 takes the target away."),
        action=base + "/duty/set",
        fields=(
            field(
                ask,
                errors,
                "from_month",
                ask._("From which month on"),
                now,
                kind="select",
                options=months,
                required=True,
            ),
            field(
                ask,
                errors,
                "least",
                ask._("At least so many activities"),
                str(goal.least),
                inputmode="numeric",
                required=True,
            ),
            field(
                ask,
                errors,
                "most",
                ask._("At most so many"),
                str(goal.most),
                inputmode="numeric",
                required=True,
            ),
            field(
                ask,
                errors,
                "hours",
                ask._("Hours an activity, on average"),
                hours,
                inputmode="decimal",
                required=True,
            ),
        ),
        submit=ask._("Set the target"),
        back=base,
        current=ask.home + "/teams",
        errors=errors,
        status=status,
    )


ROUTES = (show, remind_all, one, set_form, set_goal)
