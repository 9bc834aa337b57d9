"""Closed months: what stood at their end is kept in rows, and nothing is booked into them any more.

What comes late is booked as soon as the book is open again after them, and keeps its own day. Months are
closed one after the other, one or several at a time; the latest is opened again by two persons.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.base.act import Unit
from core.base.clock import day_of
from core.base.errors import ConstraintBroken, Invalid, Message, NotFound, Refused
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.community.approvals import Approval, Kind, ask_approval
from core.community.communities import place
from core.points.policy import month_start, next_month

KIND = "period.reopen"
PERMISSION = "points.close"

_STATE = """
select c.zone, p.until_at, p.last_day,
    (select min(coalesce(t.booked_at, t.effective_at)) from transfer t where t.community = c.id) as first
from community c left join period p on p.id = (
    select q.id from period q where q.community = :community
        and not exists (select 1 from period_reopened r where r.period = q.id)
    order by q.until_at desc limit 1)
where c.id = :community
"""

_CLOSE = """
insert into period (community, public_id, first_day, last_day, since_at, until_at, closer, act, at)
values (:community, :public_id, :first_day, :last_day, :since, :until, :closer, :act, :at) returning id
"""

# What an account had is what it has now without what was booked after the end.
_MEMBERS = """
insert into period_balance (community, period, account, posted, held, debt)
select a.community, cast(:period as bigint), a.id, a.posted - coalesce(m.posted, 0),
    a.held - coalesce(m.held, 0), a.debt - coalesce(m.debt, 0)
from points_account a left join (
    select t.account,
        cast(sum(case when t.kind in ('hold', 'release') then 0
            when t.credit = t.account then t.amount else -t.amount end) as bigint) as posted,
        cast(sum(case when t.kind = 'hold' then t.amount when t.kind in ('capture', 'release') then -t.amount
            else 0 end) as bigint) as held,
        cast(sum(case when t.kind = 'debt' then t.amount when t.kind = 'repay' then -t.amount
            else 0 end) as bigint) as debt
    from transfer t where t.community = :community and coalesce(t.booked_at, t.effective_at) >= :until
    group by t.account) as m on m.account = a.id
where a.community = :community and a.volunteer is not null
"""

# The community's own accounts keep no sum: what stood at the end before, and what was booked since.
_OWN = """
insert into period_balance (community, period, account, posted, held, debt)
select a.community, cast(:period as bigint), a.id,
    cast(coalesce(m.moved, 0) + coalesce(b.posted, 0) as bigint), 0, 0
from points_account a
left join (
    select s.account, sum(s.moved) as moved from (
        select t.credit as account, t.amount as moved from transfer t where t.community = :community
            and t.kind not in ('hold', 'release') and t.credit <> t.account
            and coalesce(t.booked_at, t.effective_at) >= :since
            and coalesce(t.booked_at, t.effective_at) < :until
        union all
        select t.debit, -t.amount from transfer t where t.community = :community
            and t.kind not in ('hold', 'release') and t.debit <> t.account
            and coalesce(t.booked_at, t.effective_at) >= :since
            and coalesce(t.booked_at, t.effective_at) < :until) as s
    group by s.account) as m on m.account = a.id
left join period_balance b on b.account = a.id and b.community = a.community and b.period = (
    select p.id from period p where p.community = :community and p.until_at = :since
        and not exists (select 1 from period_reopened r where r.period = p.id))
where a.community = :community and a.volunteer is null
"""

_TOTALS = """
insert into period_total (community, period, kind, lines, late, came, went)
select cast(:community as bigint), cast(:period as bigint), t.kind, count(*),
    cast(sum(case when t.booked_at is null then 0 else 1 end) as bigint),
    cast(sum(case when t.credit = t.account then t.amount else 0 end) as bigint),
    cast(sum(case when t.debit = t.account then t.amount else 0 end) as bigint)
from transfer t where t.community = :community and coalesce(t.booked_at, t.effective_at) >= :since
    and coalesce(t.booked_at, t.effective_at) < :until
group by t.kind
"""

_REOPEN = """
insert into period_reopened (period, community, approval, act, at)
values (:period, :community, :approval, :act, :at)
"""

_LIST = """
select p.public_id, p.first_day, p.last_day, p.at, n.name as closer, r.at as reopened_at,
    (select coalesce(sum(t.lines), 0) from period_total t where t.period = p.id) as lines,
    (select coalesce(sum(t.late), 0) from period_total t where t.period = p.id) as late
from period p left join person n on n.id = p.closer left join period_reopened r on r.period = p.id
where p.community = :community order by p.until_at desc, p.id desc limit 200
"""

_ONE = """
select p.id, p.public_id, p.first_day, p.last_day, p.at, n.name as closer, r.at as reopened_at,
    b.accounts, b.posted, b.held, b.debt,
    case when r.period is null and not exists (select 1 from period q where q.community = p.community
        and q.until_at > p.until_at and not exists (select 1 from period_reopened s where s.period = q.id))
        then 1 else 0 end as latest
from period p left join person n on n.id = p.closer left join period_reopened r on r.period = p.id
left join (select x.period, count(*) as accounts, cast(sum(x.posted) as bigint) as posted,
        cast(sum(x.held) as bigint) as held, cast(sum(x.debt) as bigint) as debt
    from period_balance x join points_account a on a.id = x.account and a.community = x.community
    where a.volunteer is not null and x.community = :community group by x.period) as b on b.period = p.id
where p.public_id = :shown and p.community = :community
"""

_SUMS = """
select kind, lines, late, came, went from period_total where period = :period and community = :community
order by kind
"""

_BALANCES = """
select v.number, p.name, b.posted, b.held, b.debt from period_balance b
join points_account a on a.id = b.account and a.community = b.community
join volunteer v on v.id = a.volunteer join person p on p.id = v.person
where b.period = :period and b.community = :community order by v.number
"""


class Closed(msgspec.Struct, frozen=True):
    """A closed span of months in a list; `reopened_at` where it was opened again."""

    public_id: str
    first_day: str
    last_day: str
    at: int
    closer: str
    reopened_at: int | None
    lines: int
    late: int


class Sum(msgspec.Struct, frozen=True):
    """All lines of one kind: how many, how many of them late, points to and from volunteers."""

    kind: str
    lines: int
    late: int
    came: int
    went: int


class Shown(msgspec.Struct, frozen=True):
    """One closed span with its sums: what all volunteers had at its end."""

    public_id: str
    first_day: str
    last_day: str
    at: int
    closer: str
    reopened_at: int | None
    accounts: int
    posted: int
    held: int
    debt: int
    latest: bool
    sums: tuple[Sum, ...]


class Ready(msgspec.Struct, frozen=True):
    """What can be closed: the months that are over and open, 'YYYY-MM', the oldest first."""

    months: tuple[str, ...]
    closed_to: str  # the last closed day; '' for none


async def close(unit: Unit, month: str) -> dict[str, Any]:
    """Closes everything up to the end of a month ('YYYY-MM'); returns `period`, its public id.

    Five statements, whatever the number of accounts. Raises NotFound, Invalid (month), Refused (somebody has
    closed it just now).
    """
    unit.viewer.require(PERMISSION)
    row = await unit.one(_STATE, community=place(unit))
    ready = _ready(row, unit.now)
    if row is None or month not in ready.months:
        raise Invalid({"month": Message("Choose a month that is over and not closed yet.")})
    until = month_start(next_month(month), row["zone"])
    span = {"community": unit.community, "since": row["until_at"] or 0, "until": until}
    shown = public_id()
    try:
        period = await unit.value(
            _CLOSE,
            **span,
            public_id=shown,
            first_day=ready.months[0] + "-01",
            last_day=day_of(until - 1, row["zone"]),
            closer=unit.actor,
            act=unit.act,
            at=unit.now,
        )
    except ConstraintBroken as error:
        raise Refused(Message("Somebody has closed this just now.")) from error
    # The row above waits for whoever records, and keeps others off until this act is done.
    await unit.execute(_MEMBERS, community=unit.community, until=until, period=period)
    await unit.execute(_OWN, **span, period=period)
    await unit.execute(_TOTALS, **span, period=period)
    await unit.audit("period.close", "period", period)
    return {"period": shown}


def _ready(row: Any, now: int) -> Ready:
    if row is None:
        raise NotFound
    today = day_of(now, row["zone"])
    if row["last_day"] is not None:
        month = next_month(row["last_day"][:7])
    elif row["first"] is not None:
        month = day_of(row["first"], row["zone"])[:7]
    else:
        return Ready((), "")
    months = []
    while month < today[:7]:
        months.append(month)
        month = next_month(month)
    return Ready(tuple(months), row["last_day"] or "")


async def ready(viewer: Viewer) -> Ready:
    """The months that can be closed. One statement. Raises NotFound."""
    _require_sight(viewer)
    row = await viewer.house.db.one(_STATE, community=viewer.community)
    return _ready(row, viewer.house.clock.now())


def _require_sight(viewer: Viewer) -> None:
    if not viewer.may("points.read"):
        viewer.require(PERMISSION)


async def closed(viewer: Viewer) -> list[Closed]:
    """What was closed, the latest first. One statement. Raises NotFound."""
    _require_sight(viewer)
    rows = await viewer.house.db.fetch(_LIST, community=viewer.community)
    return [
        Closed(
            r["public_id"],
            r["first_day"],
            r["last_day"],
            r["at"],
            r["closer"] or "",
            r["reopened_at"],
            r["lines"],
            r["late"],
        )
        for r in rows
    ]


async def one(viewer: Viewer, shown: str) -> Shown:
    """One closed span. Two statements. Raises NotFound."""
    _require_sight(viewer)
    row = await _row(viewer, shown)
    sums = await viewer.house.db.fetch(_SUMS, period=row["id"], community=viewer.community)
    return Shown(
        public_id=row["public_id"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        at=row["at"],
        closer=row["closer"] or "",
        reopened_at=row["reopened_at"],
        accounts=row["accounts"] or 0,
        posted=row["posted"] or 0,
        held=row["held"] or 0,
        debt=row["debt"] or 0,
        latest=bool(row["latest"]),
        sums=tuple(Sum(s["kind"], s["lines"], s["late"], s["came"], s["went"]) for s in sums),
    )


async def _row(viewer: Viewer, shown: str) -> Any:
    row = await viewer.house.db.one(_ONE, shown=shown, community=viewer.community)
    if row is None:
        raise NotFound
    return row


async def balances(viewer: Viewer, shown: str) -> list[tuple[str, str, int, int, int]]:
    """Number, name, points, points set aside and points owed of everybody at the end. Raises NotFound."""
    _require_sight(viewer)
    row = await _row(viewer, shown)
    rows = await viewer.house.db.fetch(_BALANCES, period=row["id"], community=viewer.community)
    return [(r["number"], r["name"], r["posted"], r["held"], r["debt"]) for r in rows]


# -- opening again ---------------------------------------------------------------------------------------


async def ask_reopening(unit: Unit, shown: str, reason: str) -> dict[str, Any]:
    """Asks a second person to open the latest closed span again; returns `approval`.

    Raises NotFound, Invalid (reason), Refused (not the latest; it waits already; nobody here could decide).
    """
    unit.viewer.require(PERMISSION)
    row = await unit.one(_ONE, shown=shown, community=unit.community)
    if row is None:
        raise NotFound
    if not row["latest"]:
        raise Refused(_LATEST)
    if not reason.strip():
        raise Invalid({"reason": Message("Say why it has to be opened again.")})
    inputs = {"period": shown, "first": row["first_day"], "last": row["last_day"]}
    approval = await ask_approval(
        unit, KIND, "period", row["id"], beneficiary=None, inputs=inputs, reason=reason
    )
    return {"approval": approval.public_id}


_LATEST = Message("Only what was closed last can be opened again.")


async def _execute(unit: Unit, approval: Approval) -> dict[str, Any]:
    row = await unit.one(_ONE, shown=approval.inputs["period"], community=unit.community)
    if row is None or not row["latest"]:
        raise Refused(_LATEST)
    await unit.execute(
        _REOPEN, period=row["id"], community=unit.community, approval=approval.id, act=unit.act, at=unit.now
    )
    await unit.audit("period.reopen", "period", row["id"])
    return {"period": approval.inputs["period"]}


def _describe(inputs: Mapping[str, Any]) -> Message:
    return Message("Open %(first)s to %(last)s again", first=inputs["first"], last=inputs["last"])


REOPEN = Kind(
    key=KIND,
    title=Message("Open a closed month again"),
    asked=Message("A closed month is to be opened again; this waits for your approval."),
    permission_to_ask=PERMISSION,
    permission_to_approve=PERMISSION,
    describe=_describe,
    execute=_execute,
    href=lambda inputs: f"/periods/{inputs['period']}",
)
