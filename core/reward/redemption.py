"""Handing over a reward: hold, take from stock, capture and receipt in one act. Undoing it reverses it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from core.base.act import Unit
from core.base.clock import day_of, local, moment
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.ids import public_id
from core.points import ledger
from core.points.access import require
from core.points.page import Note, Page, open_page
from core.reward.catalogue import move_stock
from core.reward.receipts import may_undo

MOST_PIECES = 999

_FACTS = """
select v.person, r.name, r.price, r.per_person, k.settings, k.zone, k.frozen_at,
    (select min(g.from_day) from relation g where g.person = :clerk and g.subject = v.person
        and +g.community = :community and g.kind in ('guardian', 'collector')
        and g.to_day is null) as cares_from,
    (select min(g.from_day) from relation g where g.person = cast(:collector as bigint)
        and g.subject = v.person and +g.community = :community and g.kind = 'collector'
        and g.to_day is null) as collects_from,
    (select count(*) from counter n where n.id = cast(:counter as bigint)
        and n.community = :community) as counters,
    (select count(*) from household_member c join household_member b on b.household = c.household
     where c.community = :community and c.person = :clerk and b.person = v.person
        and c.to_day is null and b.to_day is null) as together
from volunteer v join person p on p.id = v.person join reward r on r.community = v.community
join community k on k.id = v.community
where v.id = :volunteer and v.community = :community and v.status <> 'applied' and p.died_on is null
    and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
    and r.id = :reward and r.status = 'offered'
"""

_TAKEN = """
select cast(coalesce(sum(e.quantity), 0) as bigint) from redemption e
where e.volunteer = :volunteer and +e.community = :community and e.reward = :reward and e.at >= :since
    and not exists (select 1 from redemption_step s where s.redemption = e.id and s.step = 'undone')
"""

_TAKE_STOCK = """
update reward set stock = stock - :quantity
where id = :reward and community = :community and status = 'offered' and price = :price
    and stock - held >= :quantity
returning stock
"""

_LEFT = (
    "select stock - held as stock, price, status from reward where id = :reward and community = :community"
)

_REDEEM = """
insert into redemption (community, public_id, volunteer, person, reward, reward_name, counter, quantity,
    price, points,
    clerk, act, at, collector)
values (:community, :public_id, :volunteer, :person, :reward, :name, cast(:counter as bigint), :quantity,
    :price,
    :points, :clerk, :act, :at, cast(:collector as bigint))
returning id
"""

_STEP = """
insert into redemption_step (community, redemption, step, actor, reason, act, at)
values (:community, :redemption, :step, :actor, :reason, :act, :at) on conflict do nothing
"""

_DONE = """
select e.id, e.public_id, e.volunteer, e.reward, e.reward_name, e.quantity, e.points, e.clerk, e.counter,
    e.at,
    t.id as capture
from redemption e join transfer t on t.redemption = e.id and t.kind = 'capture'
join points_account a on a.volunteer = e.volunteer and a.id = t.account
where e.id = :redemption and e.community = :community
"""

_PUT_BACK = """
update reward set stock = stock + :quantity where id = :reward and community = :community returning stock
"""

NO_COLLECTOR = Message("This person may not collect for the member (any more). Ask the office.")
_DEARER = Message("The price has just changed. Look at it again.")


FROZEN = Message(
    "The book does not add up here, so nothing is handed over until two persons have looked at it."
)


class _Settings(msgspec.Struct):
    large_redemption: int | None = None  # points; an exchange of more needs a second person


class OutOfStock(Refused):
    """Only `left` pieces are there."""

    def __init__(self, left: int) -> None:
        some = Message("Only %(left)s of it are left.", left=left)
        super().__init__(some if left else Message("There is none of it left."))
        self.left = left


class TooManyTaken(Refused):
    """The month's limit for one person; `left` more are allowed."""

    def __init__(self, most: int, left: int) -> None:
        super().__init__(
            Message(
                "One person may take %(most)s of it a month; %(left)s more this month.", most=most, left=left
            )
        )
        self.left = left


@dataclass(frozen=True, slots=True)
class Sale:
    """An exchange that may be made: the member's page is open, his monthly limit is kept.

    `clerk` hands over, who may not be the one who approves it; `collector` is the person who takes it home
    where it is not the member himself.
    """

    page: Page
    volunteer: int
    person: int
    reward: int
    name: str
    quantity: int
    price: int
    counter: int | None
    clerk: int
    large: bool = False
    collector: int | None = None

    @property
    def points(self) -> int:
        return self.price * self.quantity

    def note(self, unit: Unit, *, approver: int | None = None, redemption: int | None = None) -> Note:
        """What the lines of the exchange say."""
        message = Message("Exchanged: %(quantity)s × %(reward)s", quantity=self.quantity, reward=self.name)
        text = self.page.words(message)
        return Note(
            message=message,
            text=text,
            effective_at=unit.now,
            actor=self.clerk,
            approver=approver,
            redemption=redemption,
        )


async def redeem(
    unit: Unit,
    volunteer: int,
    reward: int,
    quantity: int = 1,
    counter: int | None = None,
    *,
    agreed: int | None = None,
    collector: int | None = None,
) -> dict[str, Any]:
    """Sells `quantity` pieces of a reward to a volunteer, also to one who left; fixed number of statements.

    `agreed` is the price that was shown, `collector` the person who takes it home. Returns redemption,
    public_id, points, left (points that can still be spent) and stock. Raises NotFound, Invalid (quantity),
    InsufficientPoints, OutOfStock, TooManyTaken; Refused where the price is another one now, for the clerk
    himself, his household and whom he cares for, for a collector who is none (any more), and above the
    community's limit (see core.reward.large).
    """
    sale = await prepare(unit, volunteer, reward, quantity, counter, agreed=agreed, collector=collector)
    if sale.large:
        raise Refused(Message("An exchange of this size needs a second person."))
    return await sell(unit, sale)


async def sell(unit: Unit, sale: Sale) -> dict[str, Any]:
    """Makes an exchange that was prepared. Raises InsufficientPoints, OutOfStock, NotFound, Refused."""
    held = await ledger.hold(sale.page, sale.volunteer, sale.points, sale.note(unit))
    stock = await _take_stock(unit, sale.reward, sale.quantity, sale.price)
    done = await complete(unit, sale, held, stock)
    return {**done, "left": sale.page.member(sale.volunteer).available}


async def prepare(
    unit: Unit,
    volunteer: int,
    reward: int,
    quantity: int,
    counter: int | None,
    *,
    agreed: int | None = None,
    collector: int | None = None,
) -> Sale:
    """Checks that this clerk may make this exchange, and opens the member's page. Raises as `redeem` does."""
    require(unit, "redemption.make", counter=counter)
    if not 1 <= quantity <= MOST_PIECES:
        raise Invalid({"quantity": Message("Give a whole number from 1 to %(most)s.", most=MOST_PIECES)})
    if unit.actor is None:
        raise NotFound
    facts = await _facts(unit, volunteer, reward, counter, collector)
    if agreed is not None and agreed != facts["price"]:
        raise Refused(_DEARER)
    page = await open_page(unit, [volunteer])
    if facts["per_person"] is not None:
        left = facts["per_person"] - await _taken_this_month(page, volunteer, reward)
        if quantity > left:
            raise TooManyTaken(facts["per_person"], max(0, left))
    limit = msgspec.json.decode(facts["settings"], type=_Settings).large_redemption
    return Sale(
        page=page,
        volunteer=volunteer,
        person=facts["person"],
        reward=reward,
        name=facts["name"],
        quantity=quantity,
        price=facts["price"],
        counter=counter,
        clerk=unit.actor,
        large=limit is not None and facts["price"] * quantity > limit,
        collector=collector,
    )


async def complete(
    unit: Unit, sale: Sale, held: ledger.Held, stock: int, *, approver: int | None = None
) -> dict[str, Any]:
    """Spends what is held and writes the receipt; the pieces have left the shelf (`stock` are there now)."""
    shown = public_id()
    redemption = await unit.value(
        _REDEEM,
        community=unit.community,
        public_id=shown,
        volunteer=sale.volunteer,
        person=sale.person,
        reward=sale.reward,
        name=sale.name,
        counter=sale.counter,
        quantity=sale.quantity,
        price=sale.price,
        points=sale.points,
        clerk=sale.clerk,
        act=unit.act,
        at=unit.now,
        collector=sale.collector,
    )
    ledger.capture(sale.page, held, sale.note(unit, approver=approver, redemption=redemption))
    await sale.page.write()
    await _step(unit, redemption, "collected", "")
    await move_stock(
        unit, sale.reward, -sale.quantity, stock_after=stock, reason="redeemed", redemption=redemption
    )
    by: dict[str, Any] = {} if sale.collector is None else {"collector": sale.collector}
    told = {"points": sale.points, "quantity": sale.quantity, **by}
    await unit.audit("redemption.make", "redemption", redemption, **told)
    return {"redemption": redemption, "public_id": shown, "points": sale.points, "stock": stock}


async def _facts(unit: Unit, volunteer: int, reward: int, counter: int | None, collector: int | None) -> Row:
    facts = await unit.one(
        _FACTS,
        community=unit.community,
        volunteer=volunteer,
        reward=reward,
        counter=counter,
        clerk=unit.actor,
        collector=collector,
    )
    if facts is None or (counter is not None and not facts["counters"]):
        raise NotFound
    if facts["frozen_at"] is not None:
        raise Refused(FROZEN)
    if facts["person"] == unit.actor or facts["together"]:
        raise Refused(Message("Somebody else has to serve you and your household."))
    today = day_of(unit.now, facts["zone"])
    if facts["cares_from"] is not None and facts["cares_from"] <= today:
        raise Refused(Message("Somebody else has to serve those you are guardian of or collect for."))
    if collector is not None and (facts["collects_from"] is None or facts["collects_from"] > today):
        raise Refused(NO_COLLECTOR)
    return facts


async def _taken_this_month(page: Page, volunteer: int, reward: int) -> int:
    """Counted under the account's lock, so that two counters cannot both pass the limit."""
    unit, zone = page.unit, page.accounts.zone
    today = local(unit.now, zone)
    since = moment(datetime(today.year, today.month, 1), zone)  # noqa: DTZ001  # a wall-clock time of the zone
    return int(
        await unit.value(_TAKEN, community=unit.community, volunteer=volunteer, reward=reward, since=since)
    )


async def _take_stock(unit: Unit, reward: int, quantity: int, price: int) -> int:
    stock = await unit.value(
        _TAKE_STOCK, community=unit.community, reward=reward, quantity=quantity, price=price
    )
    if stock is not None:
        return int(stock)
    row = await unit.one(_LEFT, community=unit.community, reward=reward)
    if row is None or row["status"] != "offered":
        raise NotFound
    if row["price"] != price:
        raise Refused(_DEARER)
    raise OutOfStock(row["stock"])


async def _step(unit: Unit, redemption: int, step: str, reason: str) -> bool:
    done = await unit.execute(
        _STEP,
        community=unit.community,
        redemption=redemption,
        step=step,
        actor=unit.actor,
        reason=reason,
        act=unit.act,
        at=unit.now,
    )
    return done == 1


async def undo(unit: Unit, redemption: int, reason: str) -> dict[str, Any]:
    """Takes a redemption back: the points return to the lots they came from, the pieces to the shelf.

    The clerk himself within ten minutes, or anybody with `redemption.undo`. Raises NotFound, Invalid
    (reason), Refused when it was undone already or the ten minutes are over.
    """
    row = await unit.one(_DONE, redemption=redemption, community=unit.community)
    viewer = unit.viewer
    if row is None or unit.actor is None:
        raise NotFound
    if not may_undo(viewer, row["clerk"], row["counter"], row["at"], unit.now):
        if row["clerk"] == unit.actor:
            raise Refused(Message("The ten minutes are over. Ask the community's office to undo it."))
        raise NotFound
    reason = reason.strip()
    if not 1 <= len(reason) <= 200:
        raise Invalid({"reason": Message("Say why, in at most 200 characters.")})
    # The step first: of two who undo at once the second waits here, and then sees that it is done.
    if not await _step(unit, redemption, "undone", reason):
        raise Refused(Message("This exchange was undone already."))
    message = Message(
        "Undone: %(quantity)s × %(reward)s", quantity=row["quantity"], reward=row["reward_name"]
    )
    await ledger.refund(unit, row["capture"], message)
    stock = await unit.value(
        _PUT_BACK, community=unit.community, reward=row["reward"], quantity=row["quantity"]
    )
    await move_stock(
        unit, row["reward"], row["quantity"], stock_after=stock, reason="undone", redemption=redemption
    )
    await unit.audit("redemption.undo", "redemption", redemption, points=row["points"])
    return {"redemption": redemption, "public_id": row["public_id"], "points": row["points"], "stock": stock}
