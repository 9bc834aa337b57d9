"""The service desk: find a member, choose, look at it once more, hand over; and undo within ten minutes.

Finding and choosing change nothing. Only the form of the look-again page does, and it carries the request id.
"""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.cards import number_on, read_token
from core.community.names import masked_name
from core.community.search import SERVED, search
from core.community.volunteers import Volunteer, by_number
from core.reward import catalogue, receipts, redemption
from core.reward.catalogue import Counter, Reward, Shelf
from core.reward.large import hand_over
from web.ask import Ask
from web.pages.office import address
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, Flash, FormField, grouped, signed
from web.views import ConfirmView, CounterMember, CounterReward, CounterView, ReceiptView

PERMISSION = "redemption.make"
_HIMSELF = "self"  # the form's `collector` when nobody else takes it home
_LONGEST_PRICE = 10  # digits
_SEVERAL = Message("Several people fit. Type the whole number on the card.")
_NOBODY = Message("Nobody here has this number. Look at the card, or ask for the telephone number.")


@get("/c/{slug}/counter", name="counter", permission=PERMISSION)
async def counter(ask: Ask) -> Answer:
    return await _page(ask)


@post("/c/{slug}/counter", name="counter.find", permission=PERMISSION)
async def find(ask: Ask) -> Answer:
    """A card's number, a telephone number, or what a card's code holds. Nothing of it stays in an address."""
    try:
        typed = ask.form.text("q", most=200)
        query = await number_on(ask.viewer, typed) if read_token(typed) else typed.rpartition("/")[2]
        found = await search(ask.viewer, query, 2, PERMISSION, status=SERVED)
        if len(found) != 1:
            raise Invalid({"q": _SEVERAL if found else _NOBODY})
    except Invalid as invalid:
        return await _page(ask, query_error=ask.error_texts(invalid).get("q", ""), status=422)
    member = found[0]
    shelf = await catalogue.affordable(ask.viewer, member.id)
    return await _page(ask, member=member, shelf=shelf)


@post("/c/{slug}/counter/confirm", name="counter.confirm", permission=PERMISSION)
async def choose(ask: Ask) -> Answer:
    member, reward, shelf = await _chosen(ask)
    if reward.price > shelf.available or not reward.stock:
        return await _page(ask, member=member, shelf=shelf, error=_why_not(ask, reward, shelf), status=409)
    desks = await _desks(ask)
    return _confirm(ask, member, reward, shelf, _at(ask, desks))


@post("/c/{slug}/redemptions", name="counter.redeem", permission=PERMISSION)
async def redeem(ask: Ask) -> Answer:
    """Hands over: the same form sent twice is one redemption and one receipt."""
    request_id, price = ask.form.request_id, ask.form.raw("price")

    async def work(unit: Unit) -> dict[str, object]:
        # Looked up inside the act: a form sent again gets its receipt even when the reward is gone since.
        member, reward, shelf = await _chosen(ask)
        agreed = int(price) if price.isascii() and price.isdecimal() and len(price) <= _LONGEST_PRICE else -1
        desk = _at(ask, await _desks(ask))
        taker = _collector(ask, shelf)
        at = desk.id if desk else None
        return await hand_over(unit, member.id, reward.id, 1, at, agreed=agreed, collector=taker)

    inputs = [ask.form.raw(name) for name in ("member", "reward", "price", "desk", "collector")]
    try:
        done = await act(ask.viewer, "redemption.make", request_id, inputs, work)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status not in (409, 422):
            raise
        member, _, shelf = await _chosen(ask)
        return await _page(
            ask, member=member, shelf=shelf, error=ask.render(refusal.message), status=refusal.status
        )
    if "approval" in done.answer:
        return ask.redirect(f"{ask.home}/approvals/{done.answer['approval']}?done=asked")
    return ask.redirect(f"{ask.home}/redemptions/{done.answer['public_id']}")


@get("/c/{slug}/redemptions/{redemption}", name="receipt")
async def receipt(ask: Ask) -> Answer:
    flash = Flash(text=ask._("Undone: the points are back.")) if ask.query.raw("done") == "undone" else None
    return await _receipt(ask, flash=flash)


@post("/c/{slug}/redemptions/{redemption}/undo", name="receipt.undo")
async def undo(ask: Ask) -> Answer:
    shown = ask.path["redemption"]
    request_id = ask.form.request_id
    found = await receipts.receipt(ask.viewer, shown)
    reason = ask.form.raw("reason")

    async def work(unit: Unit) -> dict[str, object]:
        return await redemption.undo(unit, found.facts["id"], reason)

    try:
        await act(ask.viewer, "redemption.undo", request_id, [shown, reason], work)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status not in (409, 422):
            raise
        flash = Flash(text=ask.render(refusal.message), tone="bad")
        return await _receipt(ask, flash=flash, status=refusal.status)
    return ask.redirect(f"{ask.home}/redemptions/{shown}?done=undone")


async def _chosen(ask: Ask) -> tuple[Volunteer, Reward, Shelf]:
    """The member and the reward a form names. Raises NotFound for what is not of this community."""
    try:
        member = await by_number(ask.viewer, ask.form.raw("member"), PERMISSION)
    except Invalid as invalid:
        raise NotFound from invalid
    shelf = await catalogue.affordable(ask.viewer, member.id)
    wanted = ask.form.raw("reward")
    for reward in (*shelf.affordable, *shelf.others):
        if reward.public_id == wanted:
            return member, reward, shelf
    raise NotFound


def _collector(ask: Ask, shelf: Shelf) -> int | None:
    """The person the clerk says takes it home; None for the member himself. Raises Refused."""
    number = ask.form.raw("collector")
    if number in ("", _HIMSELF):
        return None
    found = [one.person for one in shelf.collectors if one.number == number]
    if not found:
        raise Refused(redemption.NO_COLLECTOR)
    return found[0]


def _taker(ask: Ask, shelf: Shelf) -> FormField | None:
    """The choice of who takes it home; none where only the member himself may."""
    if not shelf.collectors:
        return None
    others = [
        FieldOption(value=one.number, label=f"{masked_name(one.name)} · {one.number}")
        for one in shelf.collectors
    ]
    return FormField(
        name="collector",
        label=ask._("Who takes it home?"),
        kind="select",
        options=(FieldOption(value=_HIMSELF, label=ask._("The member himself")), *others),
        hint=ask._("These people are entered as collectors. Ask to see who it is."),
        required=True,
    )


async def _desks(ask: Ask) -> list[Counter]:
    """The counters this clerk may serve at."""
    found = await catalogue.counters(ask.viewer)
    return [desk for desk in found if ask.viewer.may(PERMISSION, counter=desk.id)]


def _at(ask: Ask, desks: list[Counter]) -> Counter | None:
    """The counter he stands at: the one he chose, else the first; none for those who serve without one.

    Raises NotFound for one he may not serve at.
    """
    wanted = ask.form.raw("desk") or ask.query.raw("desk")
    if not wanted:
        return desks[0] if desks else None
    for desk in desks:
        if desk.public_id == wanted:
            return desk
    raise NotFound


def _why_not(ask: Ask, reward: Reward, shelf: Shelf) -> str:
    if not reward.stock:
        return ask._("All gone")
    return ask._("%(missing)s points short", missing=grouped(reward.price - shelf.available))


async def _page(
    ask: Ask,
    *,
    member: Volunteer | None = None,
    shelf: Shelf | None = None,
    query_error: str = "",
    error: str = "",
    status: int = 200,
) -> Answer:
    base = ask.home + "/counter"
    desks = await _desks(ask)
    desk = _at(ask, desks)
    rewards: list[CounterReward] = []
    if shelf is not None:
        for reward in (*shelf.affordable, *shelf.others):
            can = reward in shelf.affordable
            rewards.append(
                CounterReward(
                    id=reward.public_id,
                    title=reward.name,
                    cost=grouped(reward.price),
                    stock=ask._("%(stock)s left", stock=grouped(reward.stock)) if reward.stock else "",
                    affordable=can,
                    reason="" if can else _why_not(ask, reward, shelf),
                )
            )
    view = CounterView(
        lookup_action=base,
        choose_action=base + "/confirm",
        query=ask.form.raw("q")[:200] if member is None else "",
        query_error=query_error,
        error=error,
        member=_member(member, shelf) if member is not None and shelf is not None else None,
        rewards=tuple(rewards),
        desk=desk.public_id if desk else "",
        desks=tuple(FieldOption(value=d.public_id, label=d.name) for d in desks),
    )
    return ask.page(
        "counter.html", view, title=ask._("Service desk"), current=base, status=status, fragment="member"
    )


def _member(member: Volunteer, shelf: Shelf) -> CounterMember:
    return CounterMember(
        id=member.number,
        name=masked_name(member.name),
        initial=member.name[:1],
        number=member.number,
        usable=grouped(shelf.available),
    )


def _confirm(ask: Ask, member: Volunteer, reward: Reward, shelf: Shelf, desk: Counter | None) -> Answer:
    name = masked_name(member.name)
    base = ask.home + "/counter"
    at = (Fact(label=ask._("Service desk"), text=desk.name),) if desk else ()
    view = ConfirmView(
        heading=ask._("Give %(reward)s to %(name)s?", reward=reward.name, name=name),
        facts=(
            Fact(label=ask._("Member"), text=f"{name} · {member.number}"),
            Fact(label=ask._("Reward"), text=f"{reward.name} × 1"),
            Fact(label=ask._("In stock"), text=grouped(reward.stock)),
            *at,
        ),
        before=grouped(shelf.available),
        amount=signed(-reward.price),
        after=grouped(shelf.available - reward.price),
        action=ask.home + "/redemptions",
        request_id=ask.new_request_id(),
        hidden=(
            ("member", member.number),
            ("reward", reward.public_id),
            ("price", str(reward.price)),
            ("desk", desk.public_id if desk else ""),
        ),
        field=_taker(ask, shelf),
        button=ask._("Hand over and book"),
        back_href=base,
    )
    return ask.page("counter_confirm.html", view, title=ask._("Look at it once more"), current=base)


async def _receipt(ask: Ask, *, flash: Flash | None, status: int = 200) -> Answer:
    found = await receipts.receipt(ask.viewer, ask.path["redemption"])
    facts = found.facts
    undone = facts["undone_at"] is not None
    clerk = ask.viewer.may_somewhere(PERMISSION)
    heading = ask._("Undone: %(reward)s") if undone else ask._("Exchanged: %(reward)s")
    base = f"{ask.home}/redemptions/{facts['public_id']}"
    until = ask.when(facts["at"] + receipts.UNDO_WITHIN)
    rows = [
        Fact(label=ask._("Member"), text=f"{masked_name(facts['volunteer_name'])} · {facts['number']}"),
        Fact(label=ask._("Reward"), text=f"{facts['reward_name']} × {facts['quantity']}"),
        Fact(label=ask._("When"), text=ask.when_full(facts["at"])),
        Fact(label=ask._("Handed over by"), text=facts["clerk_name"]),
    ]
    if facts["collector_name"]:
        rows.append(Fact(label=ask._("Collected by"), text=masked_name(facts["collector_name"])))
    if facts["counter"]:
        rows.append(Fact(label=ask._("Service desk"), text=facts["counter"]))
    if undone:
        rows.append(Fact(label=ask._("Undone"), text=ask.when_full(facts["undone_at"])))
    view = ReceiptView(
        heading=heading % {"reward": facts["reward_name"]},
        reference=facts["public_id"],
        facts=tuple(rows),
        amount=signed(facts["points"] if undone else -facts["points"]),
        after=grouped(facts["available"]),
        undo_action=base + "/undo" if found.may_undo else "",
        undo_until=ask._("Can be undone until %(time)s.", time=until) if found.may_undo else "",
        undo_hidden=(("reason", ask._("Handed over by mistake")),),
        request_id=ask.new_request_id() if found.may_undo else "",
        next_href=address(ask.home + "/counter", desk=facts["desk"] or "") if clerk else ask.home + "/points",
        sealed_href=_sealed(ask, facts),
        next_label=ask._("Next member") if clerk else ask._("My points"),
    )
    current = ask.home + "/counter" if clerk else ask.home + "/points"
    return ask.page("receipt.html", view, title=ask._("Receipt"), current=current, status=status, flash=flash)


def _sealed(ask: Ask, facts: dict[str, Any]) -> str:
    """The sealed receipt of the line, for those who may see the account."""
    viewer = ask.viewer
    mine = viewer.volunteer is not None and viewer.volunteer == facts["volunteer"]
    if facts["undone_at"] is not None or not (mine or viewer.may("points.read")):
        return ""
    return f"{ask.home}/points/{facts['line']}/receipt"


ROUTES = (counter, find, choose, redeem, receipt, undo)
