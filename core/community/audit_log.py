"""The log as an auditor reads it: who did what, when, to what, and what was refused.

Rows hold ids; names are joined when they are read, so that a person who was erased has none here either.
"""

from typing import NamedTuple

import msgspec

from core.base.act import Unit, note
from core.base.clock import HOUR
from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.community.numbers import digits_of

READ = "audit.read"
REFUSED = "access.refused"
MOST_REFUSED = 20  # of one person in an hour; what is beyond leaves no trace
_END = 2**62
_PAGE = 50

# Each with the same columns and filters, entered by its own index. '' and 0 are no filter.
_BY_TIME = """
select u.id, u.at, u.action, u.subject, u.subject_id, u.result, u.detail, u.actor, p.name as actor_name,
    b.name as behalf_name, coalesce(s.name, q.name, '') as subject_name, coalesce(v.number, '') as number
from audit u left join person p on p.id = u.actor left join person b on b.id = u.on_behalf
left join person s on s.id = u.subject_id and u.subject = 'person'
left join volunteer v on v.id = u.subject_id and u.subject = 'volunteer' and +v.community = u.community
left join person q on q.id = v.person
where u.community = :community and (u.at, u.id) < (:mark, :last) and u.at >= :since
  and (:result = '' or u.result = :result)
order by u.at desc, u.id desc limit :most
"""

_BY_ACTOR = """
select u.id, u.at, u.action, u.subject, u.subject_id, u.result, u.detail, u.actor, p.name as actor_name,
    b.name as behalf_name, coalesce(s.name, q.name, '') as subject_name, coalesce(v.number, '') as number
from audit u left join person p on p.id = u.actor left join person b on b.id = u.on_behalf
left join person s on s.id = u.subject_id and u.subject = 'person'
left join volunteer v on v.id = u.subject_id and u.subject = 'volunteer' and +v.community = u.community
left join person q on q.id = v.person
where u.community = :community and u.actor = :actor and (u.at, u.id) < (:mark, :last) and u.at >= :since
  and (:action = '' or u.action = :action) and (:result = '' or u.result = :result)
order by u.at desc, u.id desc limit :most
"""

_BY_ACTION = """
select u.id, u.at, u.action, u.subject, u.subject_id, u.result, u.detail, u.actor, p.name as actor_name,
    b.name as behalf_name, coalesce(s.name, q.name, '') as subject_name, coalesce(v.number, '') as number
from audit u left join person p on p.id = u.actor left join person b on b.id = u.on_behalf
left join person s on s.id = u.subject_id and u.subject = 'person'
left join volunteer v on v.id = u.subject_id and u.subject = 'volunteer' and +v.community = u.community
left join person q on q.id = v.person
where u.community = :community and u.action = :action and (u.at, u.id) < (:mark, :last) and u.at >= :since
  and (:result = '' or u.result = :result)
order by u.at desc, u.id desc limit :most
"""

# Whoever acts here under a name, a number or a whole telephone number.
_ACTORS = """
select p.id, p.name from person p
where (exists (select 1 from volunteer v where v.person = p.id and v.community = :community)
       or exists (select 1 from role_grant g where g.person = p.id and g.community = :community))
  and (p.name = :name
       or p.id in (select n.person from volunteer n where n.number = :digits and +n.community = :community)
       or p.id in (select l.person from person_lookup l where l.kind = 'phone' and l.hash = :phone))
order by p.id limit 2
"""

_COUNT = """
insert into throttle (bucket, count, until_at) values (:bucket, 1, :until)
on conflict (bucket) do update set
    count = case when throttle.until_at <= :now then 1 else throttle.count + 1 end,
    until_at = case when throttle.until_at <= :now then excluded.until_at else throttle.until_at end
returning count
"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; `since` and `until` are moments, the second one not included."""

    actor: int = 0
    action: str = ""
    result: str = ""
    since: int = 0
    until: int = _END


class Mark(NamedTuple):
    """Where a list ended."""

    at: int
    last: int


class Entry(msgspec.Struct, frozen=True):
    """One row of the log. `detail` is JSON: ids and counts."""

    id: int
    at: int
    action: str
    subject: str
    subject_id: int | None
    result: str
    detail: str
    actor_name: str
    behalf_name: str
    subject_name: str
    number: str

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.id)


async def read_log(
    viewer: Viewer, wanted: Wanted, after: Mark | None = None, most: int = _PAGE
) -> list[Entry]:
    """The community's log, the latest first, after a mark. One statement. Raises NotFound."""
    viewer.require(READ)
    mark = after if after is not None else Mark(wanted.until, 0)
    way_in = _BY_ACTOR if wanted.actor else _BY_ACTION if wanted.action else _BY_TIME
    rows = await viewer.house.db.fetch(
        way_in,
        community=viewer.community,
        actor=wanted.actor,
        action=wanted.action,
        result=wanted.result,
        since=wanted.since,
        mark=mark.at,
        last=mark.last,
        most=most,
    )
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    return Entry(
        id=row["id"],
        at=row["at"],
        action=row["action"],
        subject=row["subject"],
        subject_id=row["subject_id"],
        result=row["result"],
        detail=row["detail"],
        actor_name=row["actor_name"] or "",
        behalf_name=row["behalf_name"] or "",
        subject_name=row["subject_name"],
        number=row["number"],
    )


async def actor_named(viewer: Viewer, text: str) -> int | None:
    """The person of this community with just this name, number or telephone; None for none or several.

    Raises NotFound without `audit.read`.
    """
    viewer.require(READ)
    plain = " ".join(text.split())[:60]
    digits = digits_of(plain)
    rows = await viewer.house.db.fetch(
        _ACTORS,
        community=viewer.community,
        name=plain,
        digits=digits,
        phone=viewer.house.vault.hash("phone", digits),
    )
    return int(rows[0]["id"]) if len(rows) == 1 else None


async def tell_refusal(viewer: Viewer, rule: str, method: str) -> None:
    """Writes down that somebody asked for what is not there for him: at most MOST_REFUSED an hour.

    Each process counts too, so that a flood of refusals does not become a flood of writes. Raises NotFound
    for nobody, Unavailable.
    """
    house, person = viewer.house, viewer.person
    if person is None:
        raise NotFound
    hour = house.clock.now() // HOUR
    counted: dict[tuple[int, int], int] = house.cache.setdefault("refusals", {})
    if counted.get((person, hour), 0) >= MOST_REFUSED:
        return
    if len(counted) > 10_000:  # a long-lived process forgets the hours that are over
        counted.clear()
    counted[person, hour] = counted.get((person, hour), 0) + 1

    async def work(unit: Unit) -> None:
        bucket = f"refused:{person}"
        count = await unit.value(_COUNT, bucket=bucket, now=unit.now, until=unit.now + HOUR)
        if count <= MOST_REFUSED:
            await unit.audit(REFUSED, "route", None, result="refused", rule=rule, method=method)

    await note(house, work, viewer=viewer)
