"""Two accounts of one person become one: balances, lots with their expiry, debts, months and caps move.

History stays where it was written: the lines of the account that closes keep its id, and reads that explain
the past use both. Points pass through the community's own account and leave nothing on it.
"""

from collections import defaultdict
from dataclasses import dataclass

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Message, Refused
from core.points import ledger, stars
from core.points.accounts import Member
from core.points.page import Lot, Note, Page, open_page

_LOTS = """
select l.id, l.remaining, l.expires_at from lot l
where l.account = :account and l.remaining > 0 and +l.community = :community
order by (l.expires_at is null), l.expires_at, l.id
"""

_MONTHS = """
insert into volunteer_month (community, volunteer, month, earned, spent, minutes)
select m.community, cast(:into as bigint), m.month, m.earned, m.spent, m.minutes from volunteer_month m
where m.volunteer = :volunteer and +m.community = :community
on conflict (volunteer, month) do update set earned = volunteer_month.earned + excluded.earned,
    spent = volunteer_month.spent + excluded.spent, minutes = volunteer_month.minutes + excluded.minutes
"""

# Two statements: SQLite lets the second row of an update see what the first has become.
_HOURS = """
update volunteer set minutes = minutes + (
    select s.minutes from volunteer s where s.id = :volunteer and +s.community = :community)
where id = :into and +community = :community
"""

_NO_HOURS = "update volunteer set minutes = 0, stars = 0 where id = :volunteer and +community = :community"

# A cap that both had used together may be passed already; from now on nothing more fits under it.
_CAPS = """
insert into cap_counter (community, volunteer, cap, span, used, most)
select c.community, cast(:into as bigint), c.cap, c.span, c.used, c.most from cap_counter c
where c.volunteer = :volunteer and +c.community = :community
on conflict (volunteer, cap, span) do update set used = cap_counter.used + excluded.used,
    most = case when cap_counter.used + excluded.used > cap_counter.most
        then cap_counter.used + excluded.used else cap_counter.most end
"""

_TAKEN_OVER = Message("Taken over from the earlier account of the same person.")
_GIVEN_OVER = Message("Given over to the other account of the same person.")
_OWED = Message("Owed by the earlier account of the same person.")
_SETTLED = Message("Settled by the other account of the same person.")


@dataclass(frozen=True, slots=True)
class Merged:
    """What moved: points that could be spent, points owed."""

    points: int
    debt: int


async def merge_accounts(unit: Unit, volunteer: int, into: int) -> Merged:
    """Moves all that one volunteer's account holds to the other's and closes it; a fixed count of statements.

    For verbs that have checked that both are one person of this community. Raises NotFound (a volunteer of
    another community, a closed account), Refused while points are set aside for a purchase.
    """
    page = await open_page(unit, [volunteer, into])
    old, new = page.member(volunteer), page.member(into)
    if old.held:
        raise Refused(Message("Points of the second one are set aside for a purchase. Settle that first."))
    lots = await unit.fetch(_LOTS, account=old.account, community=unit.community)
    free = (await ledger.free_lots(page, {new.account: old.debt + new.debt})) if old.debt or new.debt else {}
    moved = Merged(old.available, old.debt)
    came = _give_over(page, old, new, lots)
    _take_debt(page, old, new)
    ledger.repay(page, new, [*came, *free.get(new.account, [])], _note(page, _SETTLED))
    await page.write()
    both = {"volunteer": volunteer, "into": into, "community": unit.community}
    await unit.execute(_MONTHS, **both)
    await unit.execute(
        "delete from volunteer_month where volunteer = :volunteer and community = :community",
        volunteer=volunteer,
        community=unit.community,
    )
    await unit.execute(_HOURS, **both)
    await unit.execute(_NO_HOURS, volunteer=volunteer, community=unit.community)
    await stars.settle(unit, page.accounts.policy, [into])
    await unit.execute(_CAPS, **both)
    await unit.execute(
        "delete from cap_counter where volunteer = :volunteer and community = :community",
        volunteer=volunteer,
        community=unit.community,
    )
    await unit.execute(
        "update points_account set closed_at = :now where id = :account and +community = :community",
        now=unit.now,
        account=old.account,
        community=unit.community,
    )
    return moved


def _note(page: Page, message: Message) -> Note:
    return Note(message=message, text=page.words(message), effective_at=page.unit.now, actor=page.unit.actor)


def _give_over(page: Page, old: Member, new: Member, lots: list[Row]) -> list[Lot]:
    """Moves the free points: one line out, and one line in for each day on which points expire."""
    if not old.available:
        return []
    by_expiry: defaultdict[int | None, int] = defaultdict(int)
    for lot in lots:
        by_expiry[lot["expires_at"]] += lot["remaining"]
    between = page.accounts.adjusted
    out = page.add(
        old, "merge", old.available, _note(page, _GIVEN_OVER), other=between, posted=-old.available
    )
    page.take(out, [Lot(lot["id"], lot["remaining"]) for lot in lots], out.amount)
    came = []
    for expires_at, amount in by_expiry.items():
        line = page.add(
            new, "merge", amount, _note(page, _TAKEN_OVER), other=between, posted=amount, into=True
        )
        came.append(page.open_lot(line, expires_at))
    return came


def _take_debt(page: Page, old: Member, new: Member) -> None:
    """The new account owes what the old one owed: it lends, hands over, and the old one pays back."""
    owed = old.debt
    if not owed:
        return
    between, debts = page.accounts.adjusted, page.accounts.debts
    lent = page.add(new, "debt", owed, _note(page, _OWED), other=debts, posted=owed, into=True)
    new.debt += owed
    lot = page.open_lot(lent)
    out = page.add(new, "merge", owed, _note(page, _SETTLED), other=between, posted=-owed)
    page.take(out, [lot], owed)
    came = page.add(old, "merge", owed, _note(page, _SETTLED), other=between, posted=owed, into=True)
    lot = page.open_lot(came)
    paid = page.add(old, "repay", owed, _note(page, _SETTLED), other=debts, posted=-owed)
    old.debt -= owed
    page.take(paid, [lot], owed)
