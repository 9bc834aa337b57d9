"""Closed months: what can be closed, what was, the sums of each, and opening the latest again."""

from datetime import date

from core.base.act import Unit, act
from core.base.errors import Message, Refused
from core.points import periods as verbs
from core.points.periods import PERMISSION, Closed, Shown
from core.points.policy import next_month
from web import format as written
from web.ask import Ask
from web.pages.office import (
    as_file,
    columns,
    day_words,
    done,
    exports,
    field,
    file_wanted,
    form_page,
    is_month,
    look_again,
    wrong,
)
from web.routes import Answer, get, post
from web.view_parts import Fact, Flash, NavItem, grouped
from web.views import ConfirmView
from web.views_office import Cell, Grid, GridRow, Press, RecordView, Section

READ = "points.read"
_DONE = {"closed": Message("Closed. Nothing is booked into it any more.")}
_KINDS = {
    "earn": Message("Earned for service"),
    "hold": Message("Set aside"),
    "capture": Message("Exchanged"),
    "release": Message("Set free again"),
    "expire": Message("Ended"),
    "reverse": Message("Taken back"),
    "refund": Message("Given back after an exchange"),
    "debt": Message("Owed after something was taken back"),
    "repay": Message("Paid back"),
    "adjust": Message("Adjusted by two persons"),
    "gift": Message("Gifts between volunteers"),
    "merge": Message("Two entries of one person merged"),
    "rerate": Message("Reckoned anew"),
    "opening": Message("Brought over from paper books"),
}


def span_words(ask: Ask, first: str, last: str) -> str:
    """A span of whole months: one month's name, or the first to the last."""
    if first[:7] == last[:7]:
        return written.month(first[:7], ask.lang)
    return f"{written.month(first[:7], ask.lang)}–{written.month(last[:7], ask.lang)}"


@get("/c/{slug}/periods", name="periods", permission=READ)
async def periods(ask: Ask) -> Answer:
    return await _list(ask)


async def _list(ask: Ask, error: str = "", status: int = 200) -> Answer:
    ready = await verbs.ready(ask.viewer)
    found = await verbs.closed(ask.viewer)
    facts = [Fact(label=ask._("Closed up to"), text=day_words(ask, ready.closed_to) or ask._("nothing yet"))]
    if ready.months:
        facts.append(
            Fact(label=ask._("Over and still open"), text=span_words(ask, ready.months[0], ready.months[-1]))
        )
    view = RecordView(
        heading=ask._("Closed months"),
        lead=ask._(
            "A closed month keeps its sums for good. What is recorded later is booked into the open month, "
            "and its line says so."
        ),
        facts=tuple(facts),
        presses=_presses(ask, ready.months) if ask.viewer.may(PERMISSION) else (),
        sections=(Section(title=ask._("Closed so far"), grid=_grid(ask, found)),),
        error=error,
    )
    flash = done(ask, _DONE)
    return ask.page("record.html", view, title=view.heading, flash=flash, status=status)


def _presses(ask: Ask, months: tuple[str, ...]) -> tuple[Press, ...]:
    """To close the next month, the next quarter's end, and all that is over."""
    if not months:
        return ()
    quarter = next((m for m in months if m[5:] in ("03", "06", "09", "12")), months[0])
    until = list(dict.fromkeys((months[0], quarter, months[-1])))
    return tuple(
        Press(
            label=ask._("Close %(months)s", months=span_words(ask, months[0], month)),
            action=ask.home + "/periods/look",
            hidden=(("month", month),),
            kind="primary" if number == 0 else "",
        )
        for number, month in enumerate(until)
    )


def _grid(ask: Ask, found: list[Closed]) -> Grid:
    return Grid(
        caption=ask._("Closed so far"),
        columns=columns(ask._("Months"), "#" + ask._("Lines"), "#" + ask._("Late lines"), ask._("State")),
        rows=tuple(
            GridRow(
                href=f"{ask.home}/periods/{one.public_id}",
                cells=(
                    Cell(text=span_words(ask, one.first_day, one.last_day)),
                    Cell(text=grouped(one.lines)),
                    Cell(text=grouped(one.late)),
                    _state(ask, one),
                ),
                idle=one.reopened_at is not None,
            )
            for one in found
        ),
        empty=ask._("No month was closed yet."),
    )


def _state(ask: Ask, one: Closed) -> Cell:
    if one.reopened_at is not None:
        return Cell(text=ask._("opened again"), note=ask.when(one.reopened_at), tag=True)
    return Cell(text=ask._("month closed"), note=ask.when(one.at), tone="ok", tag=True)


@post("/c/{slug}/periods/look", name="period.look", permission=PERMISSION)
async def look(ask: Ask) -> Answer:
    month, ready = ask.form.raw("month"), await verbs.ready(ask.viewer)
    if not is_month(month) or month not in ready.months:
        return await _list(ask, ask._("Choose a month that is over and not closed yet."), 422)
    view = ConfirmView(
        heading=ask._("Close %(months)s?", months=span_words(ask, ready.months[0], month)),
        facts=(
            Fact(label=ask._("From"), text=day_words(ask, ready.months[0] + "-01")),
            Fact(label=ask._("To"), text=day_words(ask, _last(month))),
            Fact(
                label=ask._("What follows"),
                text=ask._("Nothing is booked into it any more; two persons can open it again."),
            ),
        ),
        action=ask.home + "/periods",
        request_id=ask.new_request_id(),
        hidden=(("month", month),),
        button=ask._("Close the month"),
        back_href=ask.home + "/periods",
    )
    return look_again(ask, view, ask.home + "/periods")


def _last(month: str) -> str:
    following = date.fromisoformat(next_month(month) + "-01")
    return date.fromordinal(following.toordinal() - 1).isoformat()


@post("/c/{slug}/periods", name="period.close", permission=PERMISSION)
async def close(ask: Ask) -> Answer:
    month = ask.form.raw("month")

    async def work(unit: Unit) -> dict[str, object]:
        return await verbs.close(unit, month)

    try:
        closed = await act(ask.viewer, "period.close", ask.form.request_id, month, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _list(ask, next(iter(errors.values())), status)
    return ask.redirect(f"{ask.home}/periods/{closed.answer['period']}?done=closed")


@get("/c/{slug}/periods/{period}", name="period", permission=READ)
async def show(ask: Ask) -> Answer:
    found = await verbs.one(ask.viewer, ask.path["period"])
    base = f"{ask.home}/periods/{found.public_id}"
    title = span_words(ask, found.first_day, found.last_day)
    form = file_wanted(ask)
    if form:
        head = [
            ask._("Volunteer number"),
            ask._("Name"),
            ask._("Points"),
            ask._("Set aside"),
            ask._("Points owed"),
        ]
        rows = await verbs.balances(ask.viewer, found.public_id)
        return as_file(ask, form, ask._("Balances %(months)s", months=title), head, rows)
    again = NavItem(title=ask._("Open it again"), href=base + "/reopen", icon="undo")
    over = found.reopened_at is not None
    view = RecordView(
        heading=title,
        back=NavItem(title=ask._("Closed months"), href=ask.home + "/periods"),
        tags=(
            Flash(text=ask._("opened again") if over else ask._("month closed"), tone="" if over else "ok"),
        ),
        facts=tuple(_facts(ask, found)),
        actions=(again,) if found.latest and ask.viewer.may(PERMISSION) else (),
        sections=(Section(title=ask._("What was booked in it"), grid=_sums(ask, found)),),
        exports=exports(ask, base),
        printable=True,
    )
    current = ask.home + "/periods"
    return ask.page("record.html", view, title=title, current=current, flash=done(ask, _DONE))


def _facts(ask: Ask, found: Shown) -> list[Fact]:
    by = " · ".join(filter(None, (found.closer, ask.when_full(found.at))))
    facts = [
        Fact(label=ask._("Closed by"), text=by),
        Fact(label=ask._("Accounts of volunteers"), text=grouped(found.accounts)),
        Fact(label=ask._("Points they had at the end"), text=grouped(found.posted)),
        Fact(label=ask._("Of these set aside"), text=grouped(found.held)),
        Fact(label=ask._("Points owed"), text=grouped(found.debt)),
    ]
    if found.reopened_at is not None:
        facts.append(Fact(label=ask._("Opened again"), text=ask.when_full(found.reopened_at)))
    return facts


def _sums(ask: Ask, found: Shown) -> Grid:
    order = list(_KINDS)
    sums = sorted(found.sums, key=lambda s: order.index(s.kind) if s.kind in order else len(order))
    return Grid(
        caption=ask._("What was booked in it"),
        columns=columns(
            ask._("Kind"),
            "#" + ask._("Lines"),
            "#" + ask._("Late lines"),
            "#" + ask._("To volunteers"),
            "#" + ask._("From volunteers"),
        ),
        rows=tuple(
            GridRow(
                cells=(
                    Cell(text=ask.render(_KINDS[s.kind]) if s.kind in _KINDS else s.kind),
                    Cell(text=grouped(s.lines)),
                    Cell(text=grouped(s.late)),
                    Cell(text=grouped(s.came)),
                    Cell(text=grouped(s.went)),
                )
            )
            for s in sums
        ),
        empty=ask._("Nothing was booked in it."),
    )


@get("/c/{slug}/periods/{period}/reopen", name="period.reopen", permission=PERMISSION)
async def reopen(ask: Ask) -> Answer:
    return await _reopen(ask, {})


@post("/c/{slug}/periods/{period}/reopen", name="period.reopen.ask", permission=PERMISSION)
async def ask_reopen(ask: Ask) -> Answer:
    shown, reason = ask.path["period"], ask.form.raw("reason")

    async def work(unit: Unit) -> dict[str, object]:
        return await verbs.ask_reopening(unit, shown, reason)

    try:
        asked = await act(ask.viewer, "period.reopen.ask", ask.form.request_id, [shown, reason], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _reopen(ask, errors, status)
    return ask.redirect(f"{ask.home}/approvals/{asked.answer['approval']}?done=asked")


async def _reopen(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    found = await verbs.one(ask.viewer, ask.path["period"])
    base = f"{ask.home}/periods/{found.public_id}"
    months = span_words(ask, found.first_day, found.last_day)
    return form_page(
        ask,
        heading=ask._("Open %(months)s again", months=months),
        intro=ask._("A second person has to approve. The sums that were kept stay readable."),
        action=base + "/reopen",
        fields=(field(ask, errors, "reason", ask._("Why"), required=True),),
        submit=ask._("Ask a second person"),
        back=base,
        current=ask.home + "/periods",
        errors=errors,
        status=status,
    )


ROUTES = (periods, look, close, show, reopen, ask_reopen)
