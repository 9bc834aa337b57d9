"""The verbs of the book: earn, hold, capture, release, refund and reverse. Nothing is edited; it is reversed.

Each adds lines to a `Page`; `page.write()` puts them into the book. The single case is a batch of one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Message, NotFound, Refused
from core.points.accounts import Member
from core.points.page import Line, Lot, Note, Page, Use, open_page

_FREE_LOTS = """
select l.id, l.account, l.remaining, l.expires_at from (
    select id, account, remaining, expires_at,
        sum(remaining) over (partition by account order by (expires_at is null), expires_at, id) -
        remaining as earlier
    from lot where remaining > 0 and +community = :community and account in (select n.account
        from rows(:needs; account bigint, amount bigint) as n)
) as l join rows(:needs; account bigint, amount bigint) as r on r.account = l.account
where l.earlier < r.amount order by l.account, l.earlier
"""

_HOLD = """
select t.account, t.amount, a.volunteer, t.redemption,
    (select count(*) from transfer x where x.hold = t.id and +x.community = t.community
        and x.kind in ('capture', 'release')) as resolved
from transfer t join points_account a on a.id = t.account
where t.id = :hold and t.kind = 'hold' and t.community = :community
"""

_HOLD_USES = """
select u.lot, u.amount, l.expires_at from lot_use u join lot l on l.id = u.lot
where u.transfer = :hold and +u.community = :community order by u.id
"""

# What happened on an account that was merged is put right on the account it was merged into.
_CAPTURED = """
select c.amount, c.effective_at, c.redemption, c.hold, coalesce(v.merged_into, v.id) as volunteer
from transfer c join points_account a on a.id = c.account join volunteer v on v.id = a.volunteer
where c.id = :capture and c.kind = 'capture' and c.community = :community
"""

_CAPTURE_USES = """
select u.lot, l.account, l.expires_at, cast(sum(u.amount) as bigint) as amount
from lot_use u join lot l on l.id = u.lot
where +u.community = :community and u.transfer in (select :hold union
    select r.id from transfer r where r.hold = :hold and +r.community = :community and r.kind = 'release')
group by u.lot, l.account, l.expires_at having sum(u.amount) > 0 order by u.lot
"""

_REVERSED = """
select id from transfer where reverses in ids(:transfers) and kind = :kind and +community = :community
"""

_EARNED = """
select t.id, b.id as account, t.amount, t.effective_at, t.award, b.volunteer, l.id as lot, l.remaining
from transfer t join points_account a on a.id = t.account
join lot l on l.transfer = t.id and +l.community = t.community
join volunteer v on v.id = a.volunteer
join points_account b on b.volunteer = coalesce(v.merged_into, v.id) and +b.community = t.community
where t.id in ids(:transfers) and t.kind = :kind and +t.community = :community order by t.id
"""


class InsufficientPoints(Refused):
    """`short` points are missing."""

    def __init__(self, short: int) -> None:
        super().__init__(Message("%(short)s points are missing.", short=short))
        self.short = short


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """One line to post: `amount` points for a volunteer; the note's moment says for which month they count,
    and from when on they end by the community's rule."""

    volunteer: int
    amount: int
    note: Note


@dataclass(frozen=True, slots=True)
class Held:
    """A hold: its line (or its id, when it stands in the book already) and the lots (id, amount) it pins."""

    ref: "int | tuple[int, int]"
    member: Member
    amount: int
    uses: Sequence[Use]


def post_batch(page: Page, earnings: Iterable[Earning]) -> list[Line]:
    """Adds earnings to the page: a line and a lot each; a visible debt is repaid from them first."""
    lines: list[Line] = []
    new: defaultdict[int, list[Lot]] = defaultdict(list)
    notes: dict[int, Note] = {}
    for earning in earnings:
        member = page.member(earning.volunteer)
        note = earning.note
        line = page.add(
            member, "earn", earning.amount, note, other=page.accounts.issued, posted=earning.amount, into=True
        )
        new[earning.volunteer].append(page.open_lot(line, page.end(note.effective_at)))
        notes[earning.volunteer] = note
        page.months.add(earning.volunteer, page.month(note.effective_at), earned=earning.amount)
        lines.append(line)
    for volunteer, lots in new.items():
        repay(page, page.member(volunteer), lots, notes[volunteer])
    return lines


def repay(page: Page, member: Member, lots: Sequence[Lot], note: Note) -> None:
    """Pays a visible debt back from lots, as far as they go; dated and signed like the note."""
    amount = min(member.debt, sum(lot.remaining for lot in lots))
    if not amount:
        return
    message = Message("Paid back: %(points)s points that were owed.", points=amount)
    own = Note(message=message, text=page.words(message), effective_at=note.effective_at, actor=note.actor)
    member.debt -= amount
    line = page.add(member, "repay", amount, own, other=page.accounts.debts, posted=-amount)
    page.take(line, lots, amount)


async def free_lots(page: Page, needs: dict[int, int]) -> dict[int, list[Lot]]:
    """For each account enough of its lots to cover the amount, the soonest to expire first. One statement."""
    wanted = [{"account": a, "amount": n} for a, n in needs.items()]
    rows = await page.unit.fetch(_FREE_LOTS, needs=wanted, community=page.unit.community)
    found: dict[int, list[Lot]] = {account: [] for account in needs}
    for row in rows:
        found[row["account"]].append(Lot(row["id"], row["remaining"], expires_at=row["expires_at"]))
    return found


async def hold(page: Page, volunteer: int, amount: int, note: Note, *, until: int | None = None) -> Held:
    """Sets points aside for a purchase: they stay posted, but cannot be spent twice, and do not end.

    One that stands longer than this act may say `until` when (ms): a job lets it go then, if nobody has.
    Raises InsufficientPoints.
    """
    member = page.member(volunteer)
    if member.available < amount:
        raise InsufficientPoints(amount - member.available)
    lots = (await free_lots(page, {member.account: amount}))[member.account]
    before = {lot.id: lot.remaining for lot in lots}
    line = page.add(member, "hold", amount, note, other=page.accounts.redeemed, held=amount)
    if page.take(line, lots, amount):
        raise RuntimeError("the lots of an account do not hold what it has")
    uses = [Use(lot.id, before[lot.id] - lot.remaining, lot.expires_at) for lot in lots if lot.id is not None]
    if until is not None:
        page.stands_until(line, until)
    return Held(line.key, member, amount, uses)


async def standing_hold(unit: Unit, transfer: int, others: Iterable[int] = ()) -> tuple[Page, Held]:
    """Opens a page for a hold made by an earlier act, and for `others` whom this act moves.

    Raises NotFound, and Refused when it was resolved.
    """
    row = await unit.one(_HOLD, hold=transfer, community=unit.community)
    if row is None:
        raise NotFound
    page = await open_page(unit, [row["volunteer"], *others])
    row = await unit.one(_HOLD, hold=transfer, community=unit.community)  # again, under the account's lock
    if row is None or row["resolved"]:
        raise Refused(Message("This has been settled already."))
    uses = await unit.fetch(_HOLD_USES, hold=transfer, community=unit.community)
    pinned = [Use(u["lot"], u["amount"], u["expires_at"]) for u in uses]
    return page, Held(transfer, page.member(row["volunteer"]), row["amount"], pinned)


async def stands(unit: Unit, transfer: int) -> bool:
    """Whether a hold is there and nobody has settled it."""
    row = await unit.one(_HOLD, hold=transfer, community=unit.community)
    return row is not None and not row["resolved"]


def capture(page: Page, held: Held, note: Note, amount: int | None = None) -> Line:
    """Spends what was held, or a part of it; the rest is released at once."""
    amount = held.amount if amount is None else amount
    if not 0 < amount <= held.amount:
        raise ValueError("a capture takes between 1 point and all that is held")
    member = held.member
    line = page.add(
        member,
        "capture",
        amount,
        note,
        other=page.accounts.redeemed,
        posted=-amount,
        held=-amount,
        hold=held.ref,
    )
    page.months.add(member.volunteer, page.month(note.effective_at), spent=amount)
    if isinstance(held.ref, int):
        page.settles(held.ref)
    if amount < held.amount:
        _let_go(page, held, held.amount - amount, note)
    return line


def release(page: Page, held: Held, note: Note) -> Line:
    """Lets all that was held go: nothing was bought."""
    if isinstance(held.ref, int):
        page.settles(held.ref)
    return _let_go(page, held, held.amount, note)


def _let_go(page: Page, held: Held, amount: int, note: Note) -> Line:
    # Spending takes the soonest to expire, so what comes back is the latest of what was pinned.
    back: list[Use] = []
    rest = amount
    for use in reversed(held.uses):
        given = min(use.amount, rest)
        if given:
            back.append(use._replace(amount=given))
            rest -= given
    line = page.add(
        held.member,
        "release",
        amount,
        _with_grace(page, note, back),
        other=page.accounts.redeemed,
        held=-amount,
        into=True,
        hold=held.ref,
    )
    page.give_back(line, back)
    return line


GRACE = Message("%(points)s of these points had ended meanwhile and are good until %(day)s.")


def _with_grace(page: Page, note: Note, back: Iterable[Use]) -> Note:
    """The note, saying what of the points that come back had ended, and how long they last now."""
    late, until = page.grace(back)
    if not late:
        return note
    day = page.last_day(until)
    message = Message(note.message.id, **note.message.args, grace_points=late, grace_day=day)
    words = page.words(Message(GRACE.id, points=late, day=day))
    return replace(note, message=message, text=f"{note.text} {words}")


async def refund(unit: Unit, captured: int, message: Message) -> Line:
    """Gives the points of a capture back to the lots they came from, in the month they were spent.

    Raises NotFound, and Refused when they were given back already.
    """
    row = await unit.one(_CAPTURED, capture=captured, community=unit.community)
    if row is None:
        raise NotFound
    page = await open_page(unit, [row["volunteer"]])
    if await unit.fetch(_REVERSED, transfers=[captured], kind="refund", community=unit.community):
        raise Refused(Message("These points were given back already."))
    uses = await unit.fetch(_CAPTURE_USES, hold=row["hold"], community=unit.community)
    member = page.member(row["volunteer"])
    note = Note(
        message=message,
        text=page.words(message),
        effective_at=row["effective_at"],
        actor=unit.actor,
        redemption=row["redemption"],
    )
    moved = any(use["account"] != member.account for use in uses)
    back = [] if moved else [Use(use["lot"], use["amount"], use["expires_at"]) for use in uses]
    line = page.add(
        member,
        "refund",
        row["amount"],
        _with_grace(page, note, back),
        other=page.accounts.redeemed,
        posted=row["amount"],
        into=True,
        reverses=captured,
    )
    if moved:
        # Bought from an account that was merged since: its lots are closed. A lot of its own takes the
        # points, as long as the longest of them would have lasted.
        ends = [use["expires_at"] for use in uses]
        page.open_lot(line, None if None in ends else page.not_over(max(ends)))
    else:
        page.give_back(line, back)
    page.months.add(member.volunteer, page.month(row["effective_at"]), spent=-row["amount"])
    await page.write()
    return line


async def reverse(page: Page, transfers: Iterable[int], message: Message, kind: str = "earn") -> list[Line]:
    """Takes earnings (or openings) back: from their own lots first, then from other free lots in their order.

    What was spent already becomes a visible debt, repaid from the next earnings. Page's accounts must be
    those of
    the earnings. Raises NotFound for a line that is not an earning here, Refused when one was reversed
    already.
    """
    unit, wanted = page.unit, sorted(set(transfers))
    rows = await unit.fetch(_EARNED, transfers=wanted, kind=kind, community=unit.community)
    if len(rows) != len(wanted):
        raise NotFound
    if await unit.fetch(_REVERSED, transfers=wanted, kind="reverse", community=unit.community):
        raise Refused(Message("This line was taken back already."))
    needs: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        needs[row["account"]] += row["amount"]
    free = await free_lots(page, dict(needs))
    own = {row["id"]: Lot(row["lot"], row["remaining"]) for row in rows}
    mine = {lot.id for lot in own.values()}
    others = {account: [lot for lot in lots if lot.id not in mine] for account, lots in free.items()}
    # `others` has none of the own lots: a line reversed together with this one keeps its own for itself.
    return [_take_back(page, row, [own[row["id"]], *others[row["account"]]], message, kind) for row in rows]


def _take_back(page: Page, row: Row, lots: list[Lot], message: Message, kind: str) -> Line:
    member, amount = page.member(row["volunteer"]), row["amount"]
    note = Note(
        message=message,
        text=page.words(message),
        effective_at=row["effective_at"],
        actor=page.unit.actor,
        award=row["award"],
    )
    short = max(0, amount - sum(lot.remaining for lot in lots))
    if short:
        owed = Message("Spent already and now owed: %(points)s points.", points=short)
        lent = Note(
            message=owed, text=page.words(owed), effective_at=row["effective_at"], actor=page.unit.actor
        )
        line = page.add(member, "debt", short, lent, other=page.accounts.debts, posted=short, into=True)
        member.debt += short
        lots = [*lots, page.open_lot(line)]
    earned = kind == "earn"
    other = page.accounts.issued if earned else page.accounts.openings
    line = page.add(member, "reverse", amount, note, other=other, posted=-amount, reverses=row["id"])
    page.take(line, lots, amount)
    if earned:
        page.months.add(member.volunteer, page.month(row["effective_at"]), earned=-amount)
    return line
