"""Reading an account: balance, lines, months. Each is one statement, whatever the size of the community."""

from dataclasses import dataclass
from typing import Any

import msgspec

from core.base.database import Row
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.points.access import require_sight

# Holds and releases are steps of a purchase; people read its outcome.
KINDS = {
    "": (
        "earn",
        "capture",
        "expire",
        "reverse",
        "refund",
        "debt",
        "repay",
        "adjust",
        "gift",
        "merge",
        "rerate",
        "opening",
    ),
    "earned": ("earn", "reverse", "debt", "repay", "rerate"),
    "spent": ("capture", "refund"),
    "other": ("expire", "adjust", "gift", "merge", "opening"),
}

_BALANCE = """
select v.id, v.minutes, v.stars, coalesce(a.posted, 0) as posted, coalesce(a.held, 0) as held,
    coalesce(a.debt, 0) as debt, soonest.expires_at as ends_at, soonest.points as ending,
    (select count(*) from volunteer m where m.merged_into = v.id and +m.community = v.community) as earlier
from volunteer v left join points_account a on a.volunteer = v.id
left join (
    select l.account, l.expires_at, cast(sum(l.remaining) as bigint) as points
    from points_account m join lot l on l.account = m.id and l.remaining > 0
    where m.volunteer = :volunteer and +m.community = :community and l.expires_at is not null
    group by l.account, l.expires_at order by l.expires_at limit 1) as soonest on soonest.account = a.id
where v.id = :volunteer and v.community = :community
"""

_LINES = """
select t.public_id, t.kind, t.amount, t.credit, t.account, t.effective_at, t.recorded_at, t.message,
    t.arguments,
    t.text, t.posted_after, t.booked_at, o.cap, o.lost, y.title
from transfer t left join award w on w.id = t.award left join award_outcome o on o.award = t.award
left join attendance d on d.id = w.attendance left join activity y on y.id = d.activity
where t.account = (
        select a.id from points_account a where a.volunteer = :volunteer and +a.community = :community)
    and +t.community = :community
    and t.id < coalesce((select b.id from transfer b
        where b.public_id = cast(:before as text) and +b.community = :community), 9223372036854775807)
    and t.kind in (select k.kind from rows(:kinds; kind text) as k)
order by t.id desc limit :most
"""

_EARLIER_LINES = """
select t.public_id, t.kind, t.amount, t.credit, t.account, t.effective_at, t.recorded_at, t.message,
    t.arguments,
    t.text, t.posted_after, t.booked_at, o.cap, o.lost, y.title
from transfer t left join award w on w.id = t.award left join award_outcome o on o.award = t.award
left join attendance d on d.id = w.attendance left join activity y on y.id = d.activity
where t.account in (select a.id from volunteer m join points_account a on a.volunteer = m.id
        where m.merged_into = :volunteer and +m.community = :community)
    and +t.community = :community
    and t.id < coalesce((select b.id from transfer b
        where b.public_id = cast(:before as text) and +b.community = :community), 9223372036854775807)
    and t.kind in (select k.kind from rows(:kinds; kind text) as k)
order by t.id desc limit :most
"""

_LINE = """
select t.public_id, t.kind, t.amount, t.credit, t.account, t.effective_at, t.recorded_at, t.message,
    t.arguments,
    t.text, t.posted_after, t.booked_at, u.reason as asked_why, u.evidence as asked_evidence,
    coalesce(v.merged_into, v.id) as volunteer, v.number as volunteer_number,
    p.name as volunteer_name,
    t.actor, recorder.name as actor_name, t.approver, approver.name as approver_name,
    w.rule, w.points as proposed, w.inputs, w.programme, w.day, o.cap, o.lost,
    s.version as sheet_version, s.from_day as sheet_from, s.rules,
    d.public_id as attendance, d.minutes, d.from_at, d.to_at, d.counts, d.fields, d.evidence, d.late,
    d.recorded_at as attended_recorded_at, y.public_id as activity, y.kind as activity_kind, y.title, y.place,
    y.from_at as activity_from, y.to_at as activity_to, m.name as team,
    e.public_id as redemption, e.reward_name, e.quantity, e.price, n.name as counter,
    orig.public_id as reverses, g.source as book, g.minutes as book_minutes,
    (select x.public_id from transfer x where x.reverses = t.id and +x.community = t.community
        and x.kind in ('reverse', 'refund')) as reversed_by
from transfer t join points_account a on a.id = t.account join volunteer v on v.id = a.volunteer
join person p on p.id = v.person
left join person recorder on recorder.id = t.actor left join person approver on approver.id = t.approver
left join award w on w.id = t.award left join award_outcome o on o.award = t.award
left join rule_sheet s on s.id = w.sheet left join attendance d on d.id = w.attendance
left join activity y on y.id = d.activity left join team m on m.id = y.team
left join redemption e on e.id = t.redemption and +e.community = t.community
left join counter n on n.id = e.counter
left join transfer orig on orig.id = t.reverses and +orig.community = t.community
left join approval u on u.id = t.approval and +u.community = t.community
left join opening g on g.volunteer = a.volunteer and g.transfer = t.id
where t.public_id = :public_id and t.community = :community
"""

_MONTHS = """
select month, earned, spent, minutes from volunteer_month
where volunteer = :volunteer and community = :community order by month desc limit :most
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Points and confirmed minutes of one volunteer; `available` can be spent now, `debt` is owed.

    `earlier`: how many accounts of the same person were merged into this one. `ending` points are the next
    to end, at `ends_at` (ms; None: none ever do).
    """

    posted: int
    held: int
    debt: int
    minutes: int
    earlier: int = 0
    stars: int = 0
    ending: int = 0
    ends_at: int | None = None

    @property
    def available(self) -> int:
        return self.posted - self.held


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the statement. `amount` is signed; `lost` points were cut by `cap`; times in ms."""

    public_id: str
    kind: str
    amount: int
    effective_at: int
    recorded_at: int
    message: Message
    text: str
    posted_after: int
    cap: str | None
    lost: int
    title: str
    booked_at: int | None = None  # its own month was closed: when it counts instead


@dataclass(frozen=True, slots=True)
class Explained:
    """One line and all that explains it: `facts` are the columns of `_LINE`, with JSON columns decoded."""

    entry: Entry
    volunteer: int
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Month:
    month: str
    earned: int
    spent: int
    minutes: int


def entry_of(row: Row) -> Entry:
    """A statement line from a row that has the columns of `_LINES`."""
    return Entry(
        public_id=row["public_id"],
        kind=row["kind"],
        amount=row["amount"] if row["credit"] == row["account"] else -row["amount"],
        effective_at=row["effective_at"],
        recorded_at=row["recorded_at"],
        message=Message(row["message"], **msgspec.json.decode(row["arguments"])),
        text=row["text"],
        posted_after=row["posted_after"],
        cap=row["cap"],
        lost=row["lost"] or 0,
        title=row["title"] or "",
        booked_at=row["booked_at"],
    )


async def balance(viewer: Viewer, volunteer: int) -> Balance:
    """What a volunteer has. Raises NotFound for somebody else's without permission, and for foreigners."""
    require_sight(viewer, volunteer)
    row = await viewer.house.db.one(_BALANCE, volunteer=volunteer, community=viewer.community)
    if row is None:
        raise NotFound
    return Balance(
        row["posted"],
        row["held"],
        row["debt"],
        row["minutes"],
        row["earlier"],
        row["stars"],
        row["ending"] or 0,
        row["ends_at"],
    )


async def lines(
    viewer: Viewer,
    volunteer: int,
    before: str | None = None,
    kind: str = "",
    limit: int = 20,
    *,
    earlier: bool = False,
) -> list[Entry]:
    """A page of the statement, the latest first; `before` is the last line's public id, `kind` one of KINDS.

    `earlier`: the lines of accounts that were merged into this one, instead of its own.
    """
    require_sight(viewer, volunteer)
    if kind not in KINDS:
        raise NotFound
    rows = await viewer.house.db.fetch(
        _EARLIER_LINES if earlier else _LINES,
        volunteer=volunteer,
        community=viewer.community,
        before=before,
        kinds=[{"kind": k} for k in KINDS[kind]],
        most=min(limit, 200),
    )
    return [entry_of(row) for row in rows]


async def line(viewer: Viewer, public_id: str) -> Explained:
    """One line with the activity, minutes, rule and version, inputs, cap, recorder and confirmer behind it.

    Raises NotFound; somebody else's line looks the same as one that does not exist.
    """
    row = await viewer.house.db.one(_LINE, public_id=public_id, community=viewer.community)
    if row is None:
        raise NotFound
    require_sight(viewer, row["volunteer"])
    facts = {name: row[name] for name in row.keys()}  # noqa: SIM118  # asyncpg's rows iterate over values
    for name in ("inputs", "rules", "counts", "fields"):
        facts[name] = msgspec.json.decode(facts[name]) if facts[name] is not None else None
    return Explained(entry_of(row), row["volunteer"], facts)


async def months(viewer: Viewer, volunteer: int, limit: int = 12) -> list[Month]:
    """The latest months in which anything moved, the oldest first."""
    require_sight(viewer, volunteer)
    rows = await viewer.house.db.fetch(
        _MONTHS, volunteer=volunteer, community=viewer.community, most=min(limit, 120)
    )
    return [Month(r["month"], r["earned"], r["spent"], r["minutes"]) for r in reversed(rows)]
