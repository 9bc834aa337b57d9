"""Gifts: points one volunteer gives another of his community, where the community allows it.

The giver's points are set aside until the other accepts; what he declines, or does not answer in time, goes
back. Lots keep the day on which they end. Points pass through the community's own account and leave nothing
on it.
"""

from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from core.base.act import SYSTEM, Unit, act
from core.base.clock import DAY, day_of
from core.base.database import Reads, Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.community.notices import notify
from core.points import ledger
from core.points.ledger import Held
from core.points.page import Lot, Note, Page, open_page
from core.points.policy import Policy, month_start, read

MOST = 50  # shown of each list

# Name and number must both be right, so that nobody learns a name by trying numbers.
_RECEIVER = """
select v.id, v.person from volunteer v join person p on p.id = v.person
where v.number = :number and v.community = :community and p.name = :name and v.status = 'active'
    and v.merged_into is null and p.died_on is null and p.disabled_at is null
"""

_HERE = """
select v.id, coalesce(a.posted - a.held, 0) as available, c.zone, c.settings
from volunteer v join community c on c.id = v.community left join points_account a on a.volunteer = v.id
where v.id = :volunteer and v.community = :community
"""

_GIVEN = """
select cast(coalesce(sum(g.points), 0) as bigint) from gift g
where g.giver = :giver and +g.community = :community and g.at >= :since
    and not exists (select 1 from gift_end e where e.gift = g.id and e.result <> 'accepted')
"""

_GIVE = """
insert into gift (community, public_id, giver, receiver, points, hold, act, at, ends_at)
values (:community, :public_id, :giver, :receiver, :points, :hold, :act, :at, :ends) returning id
"""

_OPEN = "insert into gift_open (gift, community, ends_at) values (:gift, :community, :ends)"

# Taking the row out is the lock: of two who answer at once, one finds it gone.
_CLOSE = "delete from gift_open where gift = :gift and +community = :community returning gift"

_END = """
insert into gift_end (gift, community, result, act, at) values (:gift, :community, :result, :act, :at)
"""

_FOUND = """
select g.id, g.public_id, g.points, g.hold, g.ends_at, coalesce(r.merged_into, r.id) as receiver,
    coalesce(f.merged_into, f.id) as giver, q.person as receiver_person, h.person as giver_person, c.slug
from gift g join volunteer r on r.id = g.receiver join volunteer f on f.id = g.giver
join volunteer q on q.id = coalesce(r.merged_into, r.id) and q.community = r.community
join volunteer h on h.id = coalesce(f.merged_into, f.id) and h.community = f.community
join community c on c.id = g.community
where g.public_id = :shown and g.community = :community
"""

_MINE = """
select g.public_id, g.points, g.at, g.ends_at, coalesce(e.result, '') as result,
    case when coalesce(f.merged_into, f.id) = :volunteer then 1 else 0 end as given,
    case when coalesce(f.merged_into, f.id) = :volunteer then rp.name else fp.name end as other
from gift g join volunteer f on f.id = g.giver join volunteer r on r.id = g.receiver
join person fp on fp.id = f.person join person rp on rp.id = r.person
left join gift_end e on e.gift = g.id
where g.community = :community and (g.giver in (select v.id from volunteer v
        where v.community = :community and (v.id = :volunteer or v.merged_into = :volunteer))
    or g.receiver in (select w.id from volunteer w
        where w.community = :community and (w.id = :volunteer or w.merged_into = :volunteer)))
order by g.id desc limit :most
"""

_DUE = """
-- everywhere (gift, gift_open): one job ends gifts nobody accepted, in all communities
select g.community, g.public_id from gift_open o join gift g on g.id = o.gift
where o.ends_at <= :now order by o.ends_at limit 200
"""

_SET_ASIDE = Message("Set aside as a gift.")
_GONE = Message("Given to another volunteer.")
_CAME = Message("A gift of another volunteer.")
_OFFERED = Message("Somebody gives you %(points)s points. Accept them, or decline.")
_BACK = {
    "declined": Message("Your gift was declined. %(points)s points are yours again."),
    "expired": Message("Nobody accepted your gift in time. %(points)s points are yours again."),
    "withdrawn": Message("Gift taken back."),
}
_ACCEPTED = Message("Your gift of %(points)s points was accepted.")


class GiftShown(msgspec.Struct, frozen=True):
    """A gift as its giver or receiver sees it; `given` by the viewer; `result` is '' while it waits."""

    public_id: str
    points: int
    at: int
    ends_at: int
    result: str
    given: bool
    other: str


class _Wish(NamedTuple):
    """Who gives what, and what is settled about it here."""

    community: int | None
    now: int
    giver: int
    available: int
    zone: str
    policy: Policy


async def look(viewer: Viewer, number: str, name: str, points: int) -> None:
    """Checks a gift before it is made. Three statements. Raises what `give` raises."""
    house = viewer.house
    row = await house.db.one(_HERE, volunteer=viewer.volunteer, community=viewer.community)
    if row is None:
        raise NotFound
    now, policy = house.clock.now(), read(row["settings"])
    wish = _Wish(viewer.community, now, row["id"], row["available"], row["zone"], policy)
    await _receiver(house.db, wish, number, name, points)


async def _receiver(reads: Reads, wish: _Wish, number: str, name: str, points: int) -> Row:
    """The volunteer (id, person) who gets it, where nothing stands against it."""
    policy, community, now = wish.policy, wish.community, wish.now
    if not policy.gifts:
        raise NotFound
    row = await reads.one(_RECEIVER, number=number, name=name, community=community)
    if row is None:
        raise Invalid({"number": Message("There is no volunteer here with this name and number.")})
    if row["id"] == wish.giver:
        raise Invalid({"number": Message("This is your own number.")})
    if points < 1:
        raise Invalid({"points": Message("Give at least 1 point.")})
    since = month_start(day_of(now, wish.zone)[:7], wish.zone)
    given = await reads.value(_GIVEN, giver=wish.giver, community=community, since=since)
    left = max(0, policy.gift_month_most - given)
    if points > left:
        most = Message(
            "At most %(most)s points may be given away in a month; this month %(left)s more.",
            most=policy.gift_month_most,
            left=left,
        )
        raise Invalid({"points": most})
    if points > wish.available:
        raise Invalid({"points": Message("You have %(points)s points to give.", points=wish.available)})
    return row


async def give(unit: Unit, number: str, name: str, points: int) -> dict[str, Any]:
    """Sets the viewer's own points aside for another, who is told.

    Raises NotFound (not a volunteer here, gifts are off), Invalid (number, points).
    """
    giver = unit.viewer.volunteer
    if giver is None:
        raise NotFound
    page = await open_page(unit, [giver])
    accounts = page.accounts
    available = page.member(giver).available
    wish = _Wish(unit.community, unit.now, giver, available, accounts.zone, accounts.policy)
    receiver = await _receiver(unit, wish, number, name, points)
    ends = unit.now + wish.policy.gift_days * DAY
    held = await ledger.hold(page, giver, points, _note(page, _SET_ASIDE))
    await page.write()
    shown = public_id()
    gift = await unit.value(
        _GIVE,
        community=unit.community,
        public_id=shown,
        giver=giver,
        receiver=receiver["id"],
        points=points,
        hold=page.ids[held.ref] if isinstance(held.ref, tuple) else held.ref,
        act=unit.act,
        at=unit.now,
        ends=ends,
    )
    await unit.execute(_OPEN, gift=gift, community=unit.community, ends=ends)
    slug = await unit.value("select slug from community where id = :community", community=unit.community)
    offered = Message(_OFFERED.id, points=points)
    await notify(unit, [receiver["person"]], "gift.offered", offered, f"/c/{slug}/gifts")
    await unit.audit("gift.give", "gift", gift, points=points)
    return {"gift": shown}


def _note(page: Page, message: Message) -> Note:
    return Note(message=message, text=page.words(message), effective_at=page.unit.now, actor=page.unit.actor)


async def answer(unit: Unit, shown: str, result: str) -> None:
    """The receiver accepts or declines, or the giver takes it back ('accepted', 'declined', 'withdrawn').

    Raises NotFound, Refused (it was answered already, or its time is over).
    """
    row = await unit.one(_FOUND, shown=shown, community=unit.community)
    mine = {"accepted": "receiver", "declined": "receiver", "withdrawn": "giver"}.get(result)
    if row is None or mine is None or unit.viewer.volunteer is None or row[mine] != unit.viewer.volunteer:
        raise NotFound
    if row["ends_at"] <= unit.now or not await _close(unit, row, result):
        raise Refused(Message("This gift was answered already, or its time is over."))
    await (_hand_over(unit, row) if result == "accepted" else _give_back(unit, row, result))


async def _close(unit: Unit, row: Row, result: str) -> bool:
    here = {"gift": row["id"], "community": unit.community}
    if await unit.value(_CLOSE, **here) is None:
        return False
    await unit.execute(_END, **here, result=result, act=unit.act, at=unit.now)
    await unit.audit("gift." + result, "gift", row["id"], points=row["points"])
    return True


async def _hand_over(unit: Unit, row: Row) -> None:
    page, held = await ledger.standing_hold(unit, row["hold"], [row["receiver"]])
    giver, receiver, between = page.member(row["giver"]), page.member(row["receiver"]), page.accounts.adjusted
    ledger.release(page, held, _note(page, _GONE))
    out = page.add(giver, "gift", held.amount, _note(page, _GONE), other=between, posted=-held.amount)
    page.take(out, [Lot(use.lot, use.amount) for use in held.uses], held.amount)
    came = []
    for end, amount in _by_end(page, held).items():
        line = page.add(receiver, "gift", amount, _note(page, _CAME), other=between, posted=amount, into=True)
        came.append(page.open_lot(line, end))
    ledger.repay(page, receiver, came, _note(page, _CAME))
    await page.write()
    message = Message(_ACCEPTED.id, points=held.amount)
    await notify(unit, [row["giver_person"]], "gift.accepted", message, f"/c/{row['slug']}/gifts")


def _by_end(page: Page, held: Held) -> dict[int | None, int]:
    """What was set aside, by the moment it ends; what ended while it was lasts the days of grace."""
    found: defaultdict[int | None, int] = defaultdict(int)
    for use in held.uses:
        found[None if use.expires_at is None else page.not_over(use.expires_at)] += use.amount
    return found


async def _give_back(unit: Unit, row: Row, result: str) -> None:
    page, held = await ledger.standing_hold(unit, row["hold"])
    message = Message(_BACK[result].id, points=held.amount)
    ledger.release(page, held, _note(page, message))
    await page.write()
    if result != "withdrawn":
        await notify(unit, [row["giver_person"]], "gift." + result, message, f"/c/{row['slug']}/gifts")


async def mine(viewer: Viewer, most: int = MOST) -> list[GiftShown]:
    """What the viewer was given and has given, the latest first. One statement. Raises NotFound."""
    if viewer.volunteer is None:
        raise NotFound
    rows = await viewer.house.db.fetch(
        _MINE, volunteer=viewer.volunteer, community=viewer.community, most=most
    )
    return [
        GiftShown(
            r["public_id"], r["points"], r["at"], r["ends_at"], r["result"], bool(r["given"]), r["other"]
        )
        for r in rows
    ]


async def is_due(house: House) -> bool:
    """Whether a gift has outlived its time."""
    return bool(await house.db.fetch(_DUE, now=house.clock.now()))


async def end_overdue(house: House) -> int:
    """Ends gifts nobody accepted in time; the points go back, and the giver is told. A job."""
    rows = await house.db.fetch(_DUE, now=house.clock.now())
    for row in rows:
        viewer = Viewer(house=house, community=row["community"], system=True)
        shown: str = row["public_id"]

        async def work(unit: Unit, shown: str = shown) -> dict[str, Any]:
            found = await unit.one(_FOUND, shown=shown, community=unit.community)
            if found is not None and await _close(unit, found, "expired"):
                await _give_back(unit, found, "expired")
            return {}

        await act(viewer, "gift.expire", f"{SYSTEM}gift:{shown}:end", None, work)
    return len(rows)
