"""Points that end: lots that are over are taken out by a job, and their owner is told some weeks before.

Points set aside do not end while they are. Both runs take a fixed number of statements whatever the number of
lots, and have an id made of what they do: a second run, or one at the same time, does nothing.
"""

from collections import defaultdict
from typing import Any

from core.base.act import SYSTEM, Unit, act
from core.base.clock import DAY, day_of
from core.base.database import Row
from core.base.errors import Message
from core.base.house import House
from core.base.viewer import Viewer
from core.community.notices import Told, notify_each
from core.points import policy
from core.points.page import Lot, Note, Page, open_page

BATCH = 10_000  # accounts in one act
MANY = 200  # lines from which plans are worth making anew
_FAR = 200 * DAY  # nobody is told longer before

_DUE = """
-- everywhere (lot): one job takes out what is over in all communities
select distinct l.community, c.zone from lot l join community c on c.id = l.community
where l.remaining > 0 and l.expires_at <= :now order by l.community
"""

_WHOSE = """
select distinct a.volunteer from lot l join points_account a on a.id = l.account
where l.remaining > 0 and l.expires_at <= :now and +l.community = :community
order by a.volunteer limit :most
"""

_OVER = """
select l.id, a.volunteer, l.remaining, l.expires_at from points_account a join lot l on l.account = a.id
where a.volunteer in ids(:volunteers) and +a.community = :community
    and l.remaining > 0 and l.expires_at <= :now
order by a.volunteer, l.expires_at, l.id
"""

_UNTOLD = """
-- everywhere (lot, expiry_told): one job tells the owners in all communities
select l.community, c.zone, c.settings, min(l.expires_at) as first from lot l
join community c on c.id = l.community
where l.remaining > 0 and l.expires_at > :now and l.expires_at <= :far
    and not exists (select 1 from expiry_told e where e.account = l.account and e.expires_at = l.expires_at)
group by l.community, c.zone, c.settings order by l.community
"""

_TELL = """
select l.account, l.expires_at, v.person, cast(sum(l.remaining) as bigint) as points from lot l
join points_account a on a.id = l.account join volunteer v on v.id = a.volunteer
where l.remaining > 0 and l.expires_at > :now and l.expires_at <= :until and +l.community = :community
    and not exists (select 1 from expiry_told e where e.account = l.account and e.expires_at = l.expires_at
        and +e.community = l.community)
group by l.account, l.expires_at, v.person order by l.account, l.expires_at limit :most
"""

_TOLD = """
insert into expiry_told (account, expires_at, community, act)
select r.account, r.expires_at, cast(:community as bigint), cast(:act as bigint)
from rows(:items; account bigint, expires_at bigint) as r where true on conflict do nothing
"""

OVER = Message("Ended: %(points)s points, good until %(day)s.")
SOON = Message("%(points)s points end: they are good until %(day)s.")


async def is_due(house: House) -> bool:
    """Whether points are over somewhere."""
    return bool(await house.db.fetch(_DUE, now=house.clock.now()))


async def expire(house: House) -> int:
    """Takes out what is over, community by community; returns the accounts it took from. A job."""
    now, accounts = house.clock.now(), 0
    for row in await house.db.fetch(_DUE, now=now):
        name = f"expire:{row['community']}:{day_of(now, row['zone'])}"
        accounts += await _in_batches(house, row["community"], "points.expire", name, _expire)
    return accounts


async def _in_batches(house: House, community: int, name: str, request: str, work: Any) -> int:
    """One act after the other until one was not full; each has an id of its own."""
    viewer = Viewer(house=house, community=community, system=True)
    total = number = 0
    while True:
        done = await act(viewer, name, f"{SYSTEM}{request}:{number}", None, work)
        count: int = done.answer["accounts"]
        total, number = total + count, number + 1
        if count < BATCH:
            return total


async def _expire(unit: Unit) -> dict[str, Any]:
    found = {"community": unit.community, "now": unit.now}
    whose = [row["volunteer"] for row in await unit.fetch(_WHOSE, **found, most=BATCH)]
    if not whose:
        return {"accounts": 0, "points": 0}
    page = await open_page(unit, whose)
    # Looked up again under the accounts' locks: some may have been spent meanwhile.
    over: defaultdict[int, list[Row]] = defaultdict(list)
    for row in await unit.fetch(_OVER, **found, volunteers=whose):
        over[row["volunteer"]].append(row)
    points = sum(_take_out(page, volunteer, lots) for volunteer, lots in over.items())
    if len(over) > MANY:
        await unit.plan_anew()
    await page.write()
    await unit.audit("points.expire", "act", unit.act, accounts=len(over), points=points)
    return {"accounts": len(whose), "points": points}


def _take_out(page: Page, volunteer: int, lots: list[Row]) -> int:
    points: int = sum(lot["remaining"] for lot in lots)
    end = max(lot["expires_at"] for lot in lots)
    message = Message(OVER.id, points=points, day=page.last_day(end))
    note = Note(message=message, text=page.words(message), effective_at=end)
    member = page.member(volunteer)
    line = page.add(member, "expire", points, note, other=page.accounts.expired, posted=-points)
    page.take(line, [Lot(lot["id"], lot["remaining"]) for lot in lots], points)
    return points


async def is_untold(house: House) -> bool:
    """Whether somebody has to be told that points of his end soon."""
    return bool(await _untold(house))


async def _untold(house: House) -> list[Row]:
    now = house.clock.now()
    rows = await house.db.fetch(_UNTOLD, now=now, far=now + _FAR)
    return [row for row in rows if row["first"] <= _horizon(row["settings"], now)]


def _horizon(settings: str, now: int) -> int:
    days: int = policy.read(settings).expiry_notice_days
    return now + days * DAY


async def tell(house: House) -> int:
    """Tells people, once for each day, that points of theirs end soon; returns how many notices. A job."""
    now, notices = house.clock.now(), 0
    for row in await _untold(house):
        zone, until = row["zone"], _horizon(row["settings"], now)

        async def work(unit: Unit, zone: str = zone, until: int = until) -> dict[str, Any]:
            found = {"community": unit.community, "now": unit.now}
            due = await unit.fetch(_TELL, **found, until=until, most=BATCH)
            if not due:
                return {"accounts": 0}
            items = [{"account": r["account"], "expires_at": r["expires_at"]} for r in due]
            await unit.execute(_TOLD, community=unit.community, act=unit.act, items=items)
            told = [Told(r["person"], _soon(r["points"], r["expires_at"], zone)) for r in due]
            await notify_each(unit, "points.expiry", told)
            return {"accounts": len(due)}

        # By the hour: points earned late in the day may end within the days of notice too.
        name = f"expiry:{row['community']}:{now // (DAY // 24)}"
        notices += await _in_batches(house, row["community"], "points.expiry", name, work)
    return notices


def _soon(points: int, end: int, zone: str) -> Message:
    return Message(SOON.id, points=points, day=day_of(end - 1, zone))
