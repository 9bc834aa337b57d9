"""Large exchanges: above the community's limit a clerk's exchange waits for a second person.

Points and pieces are set aside while it waits. Approved, it is an exchange like any other, made by the clerk
who asked; refused, withdrawn or too late, both go back.
"""

from collections.abc import Mapping
from typing import Any

from core.base.act import Unit
from core.base.clock import DAY
from core.base.errors import Message, NotFound, Refused
from core.community.approvals import DAYS, Approval, Kind, ask_approval
from core.points import ledger
from core.points.page import Note
from core.reward import redemption
from core.reward.redemption import OutOfStock, Sale, complete, prepare

KIND = "redemption.large"

_SET_ASIDE = """
update reward set held = held + :quantity
where id = :reward and community = :community and status = 'offered' and stock - held >= :quantity
returning stock - held
"""

_LEFT = "select stock - held as stock from reward where id = :reward and community = :community"

_TAKE = """
update reward set stock = stock - :quantity, held = held - :quantity
where id = :reward and community = :community and held >= :quantity returning stock,
    (select k.frozen_at from community k where k.id = :community) as frozen_at
"""

_PUT_BACK = """
update reward set held = held - :quantity where id = :reward and community = :community and held >= :quantity
"""

_FREE = Message("What was set aside for a large exchange is free again.")


async def hand_over(
    unit: Unit,
    volunteer: int,
    reward: int,
    quantity: int = 1,
    counter: int | None = None,
    *,
    agreed: int | None = None,
    collector: int | None = None,
) -> dict[str, Any]:
    """Makes an exchange, or asks for it where it is a large one.

    Returns what `redemption.redeem` does, or `approval` (the request's public id) and `left`. Raises what
    `redeem` and `ask_approval` raise.
    """
    sale = await prepare(unit, volunteer, reward, quantity, counter, agreed=agreed, collector=collector)
    if not sale.large:
        return await redemption.sell(unit, sale)
    left = await unit.value(_SET_ASIDE, community=unit.community, reward=reward, quantity=quantity)
    if left is None:
        raise OutOfStock(await unit.value(_LEFT, community=unit.community, reward=reward) or 0)
    # The request ends first and gives both back; should that fail, the points are free a day later.
    until = unit.now + (DAYS + 1) * DAY
    held = await ledger.hold(sale.page, volunteer, sale.points, sale.note(unit), until=until)
    await sale.page.write()
    hold = sale.page.ids[held.ref] if isinstance(held.ref, tuple) else held.ref
    approval = await ask_approval(
        unit,
        KIND,
        "transfer",
        hold,
        beneficiary=sale.person,
        inputs={
            "volunteer": volunteer,
            "reward": reward,
            "name": sale.name,
            "quantity": quantity,
            "price": sale.price,
            "counter": counter,
            "collector": collector,
        },
        reason="",
    )
    return {"approval": approval.public_id, "left": sale.page.member(volunteer).available}


async def _execute(unit: Unit, approval: Approval) -> dict[str, Any]:
    """The exchange itself, by the clerk who asked; whoever approves stands beside him in the book."""
    page, held = await ledger.standing_hold(unit, approval.subject_id)
    wanted = approval.inputs
    taken = await unit.one(
        _TAKE, community=unit.community, reward=wanted["reward"], quantity=wanted["quantity"]
    )
    if taken is None or approval.beneficiary is None:
        raise NotFound
    if taken["frozen_at"] is not None:
        raise Refused(redemption.FROZEN)
    sale = Sale(
        page=page,
        volunteer=wanted["volunteer"],
        person=approval.beneficiary,
        reward=wanted["reward"],
        name=wanted["name"],
        quantity=wanted["quantity"],
        price=wanted["price"],
        counter=wanted["counter"],
        clerk=approval.requester,
        collector=wanted.get("collector"),  # requests of before collectors have none
    )
    return await complete(unit, sale, held, taken["stock"], approver=unit.actor)


async def _release(unit: Unit, approval: Approval) -> None:
    if await ledger.stands(unit, approval.subject_id):
        page, held = await ledger.standing_hold(unit, approval.subject_id)
        note = Note(message=_FREE, text=page.words(_FREE), effective_at=unit.now, actor=unit.actor)
        ledger.release(page, held, note)
        await page.write()
    wanted = approval.inputs
    await unit.execute(
        _PUT_BACK, community=unit.community, reward=wanted["reward"], quantity=wanted["quantity"]
    )


def _describe(inputs: Mapping[str, Any]) -> Message:
    return Message(
        "%(quantity)s × %(reward)s for %(points)s points",
        quantity=inputs["quantity"],
        reward=inputs["name"],
        points=inputs["price"] * inputs["quantity"],
    )


LARGE = Kind(
    key=KIND,
    title=Message("Large exchange"),
    asked=Message("A large exchange waits for your approval."),
    permission_to_ask="redemption.make",
    permission_to_approve="redemption.approve",
    describe=_describe,
    execute=_execute,
    release=_release,
)
