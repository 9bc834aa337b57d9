"""The volunteer's home in one statement: what he has, why, and what he can get for it."""

from dataclasses import dataclass

import msgspec

from core.base.clock import DAY
from core.base.database import Row
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.points.access import require_sight
from core.points.statement import Balance, Entry, Month

# Parts of different shape share the columns of one result; each part names what it is.
_HOME = """
with me as (
    select v.id as volunteer, v.person, v.community, v.minutes, a.id as account, coalesce(a.posted, 0) as
    posted,
        coalesce(a.held, 0) as held, coalesce(a.debt, 0) as debt, v.stars,
        (select min(l.expires_at) from lot l where l.account = a.id and l.remaining > 0
            and +l.community = v.community and l.expires_at <= :soon) as ends_at
    from volunteer v left join points_account a on a.volunteer = v.id
    where v.id = :volunteer and v.community = :community
)
select 'me' as part, me.posted as a, me.held as b, me.debt as c, me.minutes as d, cast(null as text) as t,
    cast(null as text) as u, cast(null as text) as v, cast(null as text) as w, cast(null as text) as x,
    cast(null as text) as y,
    (select cast(sum(k.points) as bigint)
        from attendance_pending p join award k on k.attendance = p.attendance
        where p.volunteer = me.volunteer and +p.community = me.community) as g,
    (select cast(sum(l.remaining) as bigint) from lot l where l.account = me.account and l.remaining > 0
        and l.expires_at = me.ends_at) as e,
    (select count(*) from notice n where n.person = me.person and n.community = me.community
        and n.read_at is null) as f, me.stars as h, me.ends_at as i
from me
union all
select 'line', g.amount, g.effective_at, g.recorded_at, g.posted_after, g.public_id, g.kind, g.message,
    g.arguments,
    g.text, g.title, null, g.lost, g.id, null, g.booked_at from (
    select t.id, case when t.credit = t.account then t.amount else -t.amount end as amount, t.effective_at,
        t.recorded_at, t.posted_after, t.public_id, t.kind, t.message, t.arguments, t.text, y.title, o.lost,
        t.booked_at
    from transfer t left join award k on k.id = t.award left join award_outcome o on o.award = t.award
    left join attendance d on d.id = k.attendance left join activity y on y.id = d.activity
    where t.account = (select account from me) and t.kind not in ('hold', 'release')
    and +t.community = :community
    order by t.id desc limit 3
) as g
union all
select 'month', m.earned, m.spent, m.minutes, null, m.month, null, null, null, null, null, null, null, null,
    null, null
from (
    select earned, spent, minutes, month from volunteer_month
    where volunteer = (select volunteer from me) and community = :community order by month desc limit 12
) as m
union all
select 'goal', q.price, q.stock, null, null, q.public_id, q.name, null, null, null, null, null, null, null,
    null, null
from (
    select r.price, r.stock, r.public_id, r.name from reward r
    where r.community = :community and r.status = 'offered' and r.stock > 0
        and r.price > (select posted - held from me) order by r.price, r.id limit 1
) as q
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """The cheapest reward that is not affordable yet, and how many points are missing."""

    public_id: str
    name: str
    price: int
    missing: int


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the home page; months come oldest first.

    `pending` points are proposed and wait for a second person; `expiring` ones are the next to end, at
    `ends_at` (ms), within the days the community tells of it before.
    """

    balance: Balance
    pending: int
    expiring: int
    ends_at: int | None
    lines: list[Entry]
    months: list[Month]
    goal: Goal | None
    unread: int


def _entry(row: Row) -> Entry:
    return Entry(
        public_id=row["t"],
        kind=row["u"],
        amount=row["a"],
        effective_at=row["b"],
        recorded_at=row["c"],
        message=Message(row["v"], **msgspec.json.decode(row["w"])),
        text=row["x"],
        posted_after=row["d"],
        cap=None,
        lost=row["e"] or 0,
        title=row["y"] or "",
        booked_at=row["i"],
    )


async def home(viewer: Viewer, volunteer: int | None = None, notice_days: int = 30) -> Home:
    """The home of a volunteer (the viewer's own by default), in one statement. Raises NotFound.

    What ends within `notice_days` is on it.
    """
    volunteer = viewer.volunteer if volunteer is None else volunteer
    if volunteer is None:
        raise NotFound
    require_sight(viewer, volunteer)
    house = viewer.house
    rows = await house.db.fetch(
        _HOME, volunteer=volunteer, community=viewer.community, soon=house.clock.now() + notice_days * DAY
    )
    parts: dict[str, list[Row]] = {"me": [], "line": [], "month": [], "goal": []}
    for row in rows:
        parts[row["part"]].append(row)
    if not parts["me"]:
        raise NotFound
    me = parts["me"][0]
    have = Balance(me["a"], me["b"], me["c"], me["d"], stars=me["h"])
    goal = next((Goal(r["t"], r["u"], r["a"], r["a"] - have.available) for r in parts["goal"]), None)
    return Home(
        balance=have,
        pending=me["g"] or 0,
        expiring=me["e"] or 0,
        ends_at=me["i"],
        lines=[_entry(row) for row in sorted(parts["line"], key=lambda r: -r["f"])],
        months=sorted((Month(r["t"], r["a"], r["b"], r["c"]) for r in parts["month"]), key=lambda m: m.month),
        goal=goal,
        unread=me["f"],
    )
