"""What was handed over in a month: by whom, for how many points, undone ones marked."""

from collections.abc import Sequence

from core.activity.duty import span_of
from core.community.names import masked_name
from core.reward.handed_over import (
    BEGIN,
    READ,
    ClerkMonth,
    HandedOver,
    Mark,
    clerks_of,
    handed_over,
)
from web.ask import Ask
from web.pages.office import (
    address,
    as_file,
    columns,
    exports,
    field,
    file_wanted,
    month_options,
    month_wanted,
    this_month,
)
from web.routes import Answer, get
from web.view_parts import Fact, FieldOption, FormField, NavItem, grouped
from web.views_office import Cell, Grid, GridRow, ListView

_PAGE = 50
_MOST_IN_FILE = 5000


@get("/c/{slug}/stock/handed-over", name="handed_over", permission=READ)
async def show(ask: Ask) -> Answer:
    month = month_wanted(ask, this_month(ask))
    span = span_of(month, ask.zone)
    clerks = await clerks_of(ask.viewer, span.since, span.until)
    clerk = ask.query.raw("clerk")[:20]
    clerk = clerk if clerk in {c.public_id for c in clerks} else ""
    form = file_wanted(ask)
    after = _after(ask)
    found = await handed_over(
        ask.viewer,
        span.since,
        span.until,
        clerk,
        after=BEGIN if form else after or BEGIN,
        most=_MOST_IN_FILE if form else _PAGE + 1,
    )
    if form:
        return _file(ask, form, month, found)
    rows, more = found[:_PAGE], len(found) > _PAGE
    base = ask.home + "/stock/handed-over"
    wishes = {"month": month, "clerk": clerk}
    mark = f"{rows[-1].at}-{rows[-1].id}" if rows and more else ""
    view = ListView(
        heading=ask._("What was handed over"),
        back=NavItem(title=ask._("Rewards and stock"), href=ask.home + "/stock"),
        action=base,
        filters=_filters(ask, month, clerk, clerks),
        facts=_facts(ask, [c for c in clerks if not clerk or c.public_id == clerk]),
        grid=_grid(ask, rows),
        empty_title=ask._("Nothing was handed over that month"),
        reset_href=base if clerk or after or ask.query.raw("month") else "",
        first_href=address(base, **wishes) if after else "",
        more_href=address(base, **wishes, after=mark) if mark else "",
        exports=exports(ask, base, **wishes),
    )
    return ask.page("list.html", view, title=view.heading, current=ask.home + "/stock")


def _after(ask: Ask) -> Mark | None:
    since, _, last = ask.query.raw("after").partition("-")
    if since.isdecimal() and last.isdecimal() and len(since) < 16 and len(last) < 16:  # bigint
        return Mark(int(since), int(last))
    return None


def _filters(ask: Ask, month: str, clerk: str, clerks: Sequence[ClerkMonth]) -> tuple[FormField, ...]:
    people = (
        FieldOption(value="", label=ask._("everybody")),
        *(FieldOption(value=c.public_id, label=c.name) for c in clerks),
    )
    months = month_options(ask, month)
    title = ask._("Handed over by")
    return (
        field(ask, {}, "month", ask._("Month"), month, kind="select", options=months, required=True),
        field(ask, {}, "clerk", title, clerk, kind="select", options=people, required=True),
    )


def _facts(ask: Ask, clerks: Sequence[ClerkMonth]) -> tuple[Fact, ...]:
    undone = sum(c.times - c.standing for c in clerks)
    facts = [
        Fact(label=ask._("Exchanges"), text=grouped(sum(c.standing for c in clerks))),
        Fact(label=ask._("Points"), text=grouped(sum(c.points for c in clerks))),
    ]
    if undone:
        facts.append(Fact(label=ask._("undone"), text=grouped(undone)))
    return tuple(facts)


def _grid(ask: Ask, rows: Sequence[HandedOver]) -> Grid:
    titles = (
        ask._("Reward"),
        ask._("When"),
        ask._("Member"),
        "#" + ask._("Points"),
        ask._("Handed over by"),
        ask._("State"),
    )
    table = tuple(
        GridRow(
            href=f"{ask.home}/redemptions/{row.public_id}",
            cells=(
                Cell(text=f"{row.reward_name} × {row.quantity}"),
                Cell(text=ask.when(row.at)),
                Cell(text=masked_name(row.name) or "—", note=row.number),
                Cell(text=grouped(row.points)),
                Cell(text=row.clerk or "—", note=row.counter or ""),
                Cell(text=ask._("undone"), tone="warn") if row.undone_at else Cell(text="—"),
            ),
            idle=row.undone_at is not None,
        )
        for row in rows
    )
    return Grid(caption=ask._("Exchanges"), columns=columns(*titles), rows=table)


def _file(ask: Ask, form: str, month: str, rows: Sequence[HandedOver]) -> Answer:
    head = [
        ask._("When"),
        ask._("Reward"),
        ask._("Pieces"),
        ask._("Points"),
        ask._("Number"),
        ask._("Name of a person"),
        ask._("Handed over by"),
        ask._("Service desk"),
        ask._("Undone"),
    ]
    table = [
        (
            ask.when_full(row.at),
            row.reward_name,
            row.quantity,
            row.points,
            row.number,
            row.name,
            row.clerk,
            row.counter or "",
            ask.when_full(row.undone_at) if row.undone_at else "",
        )
        for row in rows
    ]
    return as_file(ask, form, f"{ask._('What was handed over')} {month}", head, table)


ROUTES = (show,)
