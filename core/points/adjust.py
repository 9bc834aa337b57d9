"""Adjustments: points a community gives or takes outside its rules. Two persons, a reason and evidence."""

from collections.abc import Mapping
from typing import Any

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.approvals import Approval, Kind, ask_approval
from core.points import ledger
from core.points.page import Note, open_page

KIND = "points.adjust"
PERMISSION = "points.adjust"

# An account that was merged is adjusted where it has gone.
_WHO = """
select v.id, v.person, v.number from volunteer n join volunteer v on v.id = coalesce(n.merged_into, n.id)
    and v.community = n.community
join person p on p.id = v.person
where n.number = :number and n.community = :community and v.status <> 'applied'
    and coalesce(v.left_why, '') <> 'refused' and p.died_on is null
"""

MORE = Message("Adjusted: points added.")
LESS = Message("Adjusted: points taken off.")


async def ask_adjustment(unit: Unit, number: str, points: int, reason: str, evidence: str) -> dict[str, Any]:
    """Asks a second person to add `points` to a volunteer's account, or to take them off (less than 0).

    Returns `approval` (the request's public id). Raises NotFound, Invalid (points, reason, evidence),
    InsufficientPoints, and Refused (it waits already; nobody here could decide; for oneself).
    """
    unit.viewer.require(PERMISSION)
    who = await unit.one(_WHO, number=number, community=unit.community)
    if who is None:
        raise NotFound
    if who["person"] == unit.actor:
        raise Refused(Message("Somebody else has to ask for an adjustment of your own account."))
    page = await open_page(unit, [who["id"]])
    most = page.accounts.policy.adjust_most
    wrong: dict[str, Message] = {}
    if not points or abs(points) > most:
        wrong["points"] = Message("Adjust by 1 to %(most)s points.", most=most)
    if not reason.strip():
        wrong["reason"] = Message("Say why; the volunteer reads it.")
    if not evidence.strip():
        wrong["evidence"] = Message("Say what shows it: a list, a page of the book, a photo and where it is.")
    if wrong:
        raise Invalid(wrong)
    _check(page.member(who["id"]).available, points)
    approval = await ask_approval(
        unit,
        KIND,
        "volunteer",
        who["id"],
        beneficiary=who["person"],
        inputs={"volunteer": who["id"], "number": who["number"], "points": points},
        reason=reason,
        evidence=evidence,
    )
    return {"approval": approval.public_id}


def _check(available: int, points: int) -> None:
    if points < 0 and available < -points:
        raise ledger.InsufficientPoints(-points - available)


async def _execute(unit: Unit, approval: Approval) -> dict[str, Any]:
    """Books it: the one who asked is the line's author, the one who approves its second person."""
    wanted = approval.inputs
    who = await unit.one(_WHO, number=wanted["number"], community=unit.community)
    if who is None:
        raise NotFound
    page = await open_page(unit, [who["id"]])
    member, points = page.member(who["id"]), wanted["points"]
    _check(member.available, points)
    message = MORE if points > 0 else LESS
    note = Note(
        message=message,
        text=page.words(message),
        effective_at=unit.now,
        actor=approval.requester,
        approver=unit.actor,
        approval=approval.id,
    )
    other, amount = page.accounts.adjusted, abs(points)
    if points > 0:
        line = page.add(member, "adjust", amount, note, other=other, posted=amount, into=True)
        lot = page.open_lot(line, page.end(unit.now))
        ledger.repay(page, member, [lot], note)
    else:
        lots = (await ledger.free_lots(page, {member.account: amount}))[member.account]
        line = page.add(member, "adjust", amount, note, other=other, posted=-amount)
        page.take(line, lots, amount)
    await page.write()
    await unit.audit("points.adjust", "volunteer", who["id"], points=points)
    return {"line": line.public_id}


def _describe(inputs: Mapping[str, Any]) -> Message:
    points = inputs["points"]
    if points > 0:
        return Message("%(points)s points more for %(number)s", points=points, number=inputs["number"])
    return Message("%(points)s points less for %(number)s", points=-points, number=inputs["number"])


def _href(inputs: Mapping[str, Any]) -> str:
    return f"/people/{inputs['number']}"


ADJUST = Kind(
    key=KIND,
    title=Message("Adjust points"),
    asked=Message("An adjustment of points waits for your approval."),
    permission_to_ask=PERMISSION,
    permission_to_approve=PERMISSION,
    describe=_describe,
    execute=_execute,
    href=_href,
)
