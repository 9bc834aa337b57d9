"""Rewards and stock: everything on the list, one reward with its movements, what was handed over."""

from collections.abc import Sequence

from core.base.errors import Message
from core.reward import catalogue
from core.reward.catalogue import Counter
from core.reward.shelf import WRITE, ShelfReward, StockMove, all_rewards, moves_of, reward_of
from web.ask import Ask
from web.pages.office import (
    address,
    as_file,
    cells,
    columns,
    done,
    exports,
    file_wanted,
)
from web.routes import Answer, get
from web.view_parts import Fact, Flash, NavItem, grouped, signed
from web.views_office import Cell, Grid, GridRow, RecordView, Section

_PAGE = 50
_MOVES = 100
_MOST_IN_FILE = 5000
_DONE = {
    "added": Message("Added."),
    "changed": Message("Changed."),
    "received": Message("The delivery is booked."),
    "agrees": Message("Counted: shelf and book agree."),
    "counted": Message("Counted: the difference is booked."),
    "spoiled": Message("Written off."),
    "withdrawn": Message("It is off the list now."),
    "offered": Message("It is on the list again."),
}
_REASONS = {
    "received": Message("Delivery"),
    "redeemed": Message("Handed over"),
    "undone": Message("Handing over undone"),
    "counted": Message("Counted"),
    "spoiled": Message("Written off as spoiled"),
}


# -- the list ----------------------------------------------------------------------------------------------


@get("/c/{slug}/stock", name="stock", permission=WRITE)
async def show(ask: Ask) -> Answer:
    rewards = await all_rewards(ask.viewer)
    form = file_wanted(ask)
    if form:
        return _file(ask, form, rewards)
    counters = await catalogue.counters(ask.viewer)
    base = ask.home + "/stock"
    offered = [reward for reward in rewards if reward.status == "offered"]
    away = [reward for reward in rewards if reward.status != "offered"]
    sections = [
        Section(
            title=ask._("On the list"),
            grid=_grid(ask, ask._("On the list"), offered),
            links=(NavItem(title=ask._("Add a reward"), href=base + "/new", icon="plus"),),
        )
    ]
    if away:
        title = ask._("Off the list")
        sections.append(Section(title=title, grid=_grid(ask, title, away), folded=True))
    sections.append(_counters(ask, base, counters))
    view = RecordView(
        heading=ask._("Rewards and stock"),
        actions=(NavItem(title=ask._("What was handed over"), href=base + "/handed-over", icon="receipt"),),
        sections=tuple(sections),
        exports=exports(ask, base),
        printable=True,
    )
    title = ask._("Rewards and stock")
    return ask.page("record.html", view, title=title, current=base, flash=done(ask, _DONE))


def _grid(ask: Ask, caption: str, rewards: Sequence[ShelfReward]) -> Grid:
    titles = (
        ask._("Reward"),
        "#" + ask._("Price in points"),
        "#" + ask._("In stock"),
        ask._("Limit"),
    )
    rows = tuple(
        GridRow(
            href=f"{ask.home}/stock/{reward.public_id}",
            cells=(
                Cell(text=reward.name, note=reward.description),
                Cell(text=grouped(reward.price)),
                Cell(text=grouped(reward.stock)) if reward.stock else Cell(text=ask._("none"), tone="warn"),
                Cell(text=_limit(ask, reward)),
            ),
            idle=reward.status != "offered",
        )
        for reward in rewards
    )
    nothing = ask._("No reward is on the list.")
    return Grid(caption=caption, columns=columns(*titles), rows=rows, empty=nothing)


def _limit(ask: Ask, reward: ShelfReward) -> str:
    if not reward.per_person:
        return "—"
    return ask._("At most %(most)s per person a month", most=reward.per_person)


def _counters(ask: Ask, base: str, counters: Sequence[Counter]) -> Section:
    rows = tuple(
        GridRow(
            href=f"{base}/counters/{counter.public_id}",
            cells=cells(counter.name, counter.place or "—", counter.hours or "—"),
        )
        for counter in counters
    )
    titles = (ask._("Service desk"), ask._("Place"), ask._("Opening hours"))
    return Section(
        id="counters",
        title=ask._("Service desks"),
        grid=Grid(
            caption=ask._("Service desks"),
            columns=columns(*titles),
            rows=rows,
            empty=ask._("No service desk is entered."),
        ),
        links=(NavItem(title=ask._("Add a service desk"), href=base + "/counters/new", icon="plus"),),
    )


def _file(ask: Ask, form: str, rewards: Sequence[ShelfReward]) -> Answer:
    head = [
        ask._("Reward"),
        ask._("Description"),
        ask._("Price in points"),
        ask._("In stock"),
        ask._("Most per person a month"),
        ask._("State"),
    ]
    rows = [
        (
            r.name,
            r.description,
            r.price,
            r.stock,
            r.per_person,
            ask._("On the list") if r.status == "offered" else ask._("Off the list"),
        )
        for r in rewards
    ]
    return as_file(ask, form, ask._("Rewards and stock"), head, rows)


# -- one reward --------------------------------------------------------------------------------------------


@get("/c/{slug}/stock/{reward}", name="reward", permission=WRITE)
async def one(ask: Ask) -> Answer:
    reward = await reward_of(ask.viewer, ask.path["reward"])
    base = f"{ask.home}/stock/{reward.public_id}"
    before = ask.query.raw("before")
    start = int(before) if before.isdecimal() and before.isascii() and len(before) < 16 else None
    form = file_wanted(ask)
    most = _MOST_IN_FILE if form else _MOVES + 1
    moves = await moves_of(ask.viewer, reward.id, None if form else start, most)
    if form:
        return _moves_file(ask, form, reward, moves)
    more = len(moves) > _MOVES
    moves = moves[:_MOVES]
    links = []
    if start is not None:
        links.append(NavItem(title=ask._("To the beginning"), href=base))
    if more:
        links.append(NavItem(title=ask._("Next page"), href=address(base, before=str(moves[-1].id))))
    on = reward.status == "offered"
    view = RecordView(
        heading=reward.name,
        kind=ask._("Reward"),
        back=NavItem(title=ask._("Rewards and stock"), href=ask.home + "/stock"),
        tags=(_state(ask, reward),),
        lead=reward.description,
        facts=(
            Fact(label=ask._("Price in points"), text=grouped(reward.price)),
            Fact(label=ask._("In stock"), text=grouped(reward.stock)),
            Fact(label=ask._("Limit"), text=_limit(ask, reward)),
        ),
        actions=(
            NavItem(title=ask._("Book a delivery"), href=base + "/receive", icon="plus", current=True),
            NavItem(title=ask._("Count the shelf"), href=base + "/count", icon="check"),
            NavItem(title=ask._("Write off"), href=base + "/spoiled", icon="minus"),
            NavItem(title=ask._("Edit"), href=base + "/edit", icon="edit"),
            NavItem(
                title=ask._("Take off the list") if on else ask._("Put on the list again"),
                href=base + "/offer",
                icon="close" if on else "undo",
            ),
        ),
        sections=(Section(title=ask._("Movements"), grid=_moves_grid(ask, moves), links=tuple(links)),),
        exports=exports(ask, base),
        printable=True,
    )
    current = ask.home + "/stock"
    return ask.page("record.html", view, title=reward.name, current=current, flash=done(ask, _DONE))


def _state(ask: Ask, reward: ShelfReward) -> Flash:
    if reward.status == "offered":
        return Flash(text=ask._("On the list"), tone="ok")
    return Flash(text=ask._("Off the list"), tone="warn")


def _why(ask: Ask, move: StockMove) -> Cell:
    text = ask.render(_REASONS[move.reason])
    href = f"{ask.home}/redemptions/{move.redemption}" if move.redemption else ""
    if move.reason == "counted":
        book = grouped(move.stock_after - move.quantity)
        said = ask._("book %(book)s, shelf %(shelf)s", book=book, shelf=grouped(move.stock_after))
        return Cell(text=text, note=said)
    return Cell(text=text, href=href)


def _moves_grid(ask: Ask, moves: Sequence[StockMove]) -> Grid:
    titles = (
        ask._("When"),
        ask._("What"),
        "#" + ask._("Pieces"),
        "#" + ask._("Then in stock"),
        ask._("By whom"),
    )
    rows = tuple(
        GridRow(
            cells=(
                Cell(text=ask.when_full(move.at)),
                _why(ask, move),
                Cell(text=signed(move.quantity)),
                Cell(text=grouped(move.stock_after)),
                Cell(text=move.actor or "—"),
            )
        )
        for move in moves
    )
    return Grid(
        caption=ask._("Movements"),
        columns=columns(*titles),
        rows=rows,
        empty=ask._("Nothing has come in yet. Book the first delivery."),
    )


def _moves_file(ask: Ask, form: str, reward: ShelfReward, moves: Sequence[StockMove]) -> Answer:
    head = [ask._("When"), ask._("What"), ask._("Pieces"), ask._("Then in stock"), ask._("By whom")]
    rows = [
        (
            ask.when_full(move.at),
            " ".join(part for part in (_why(ask, move).text, _why(ask, move).note) if part),
            move.quantity,
            move.stock_after,
            move.actor or "",
        )
        for move in moves
    ]
    return as_file(ask, form, reward.name, head, rows)


ROUTES = (show, one)
