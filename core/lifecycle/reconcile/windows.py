"""Months and caps: what depends on the community's calendar. Their windows are worked out in Python."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from core.base.clock import DAY, local, moment
from core.base.database import Row
from core.base.house import House
from core.lifecycle.reconcile.faults import Check, Fault, differing
from core.points import rules
from core.points.caps import windows

_REACH = """
select c.zone, (select min(t.effective_at) from transfer t where t.community = c.id) as since,
    (select max(t.effective_at) from transfer t where t.community = c.id) as until
from community c where c.id = :community
"""

# A line is looked for among the one or two months that touch its span of thirty days; then by the moment.
_SPAN = 30 * DAY

_MONTHS = """
select x.volunteer as at_row, x.month as at_month, cast(sum(x.earned) as bigint) as earned_kept,
    cast(sum(x.earned_said) as bigint) as earned_said, cast(sum(x.spent) as bigint) as spent_kept,
    cast(sum(x.spent_said) as bigint) as spent_said, cast(sum(x.minutes) as bigint) as minutes_kept,
    cast(sum(x.minutes_said) as bigint) as minutes_said
from (
    select v.volunteer, v.month, v.earned, 0 as earned_said, v.spent, 0 as spent_said, v.minutes,
        0 as minutes_said
    from volunteer_month v where v.community = :community
    union all
    select coalesce(v.merged_into, v.id), m.month,
        0, case t.kind when 'earn' then t.amount when 'reverse' then -t.amount else 0 end,
        0, case t.kind when 'capture' then t.amount when 'refund' then -t.amount else 0 end, 0, 0
    from transfer t join points_account a on a.id = t.account and a.community = t.community
    join volunteer v on v.id = a.volunteer and v.community = t.community
    join rows(:months; span bigint, month text, since bigint, until bigint) as m
        on m.span = t.effective_at / :length and t.effective_at >= m.since and t.effective_at < m.until
    where t.community = :community and (t.kind in ('earn', 'capture', 'refund') or (t.kind = 'reverse'
        and exists (select 1 from transfer r where r.id = t.reverses and +r.community = t.community
            and r.kind = 'earn')))
    union all
    select coalesce(v.merged_into, v.id), substr(a.day, 1, 7), 0, 0, 0, 0, 0, a.minutes
    from attendance a join volunteer v on v.id = a.volunteer and v.community = a.community
    where a.community = :community
        and exists (select 1 from attendance_decision d where d.attendance = a.id
            and +d.community = a.community and d.decision = 'confirmed')
        and not exists (select 1 from attendance_decision d where d.attendance = a.id
            and +d.community = a.community and d.decision = 'reversed')
) as x
group by x.volunteer, x.month
having sum(x.earned) <> sum(x.earned_said) or sum(x.spent) <> sum(x.spent_said)
    or sum(x.minutes) <> sum(x.minutes_said)
order by x.volunteer, x.month limit :most
"""

_DAYS = """
select distinct w.sheet, w.programme, w.rule, w.day, s.rules
from award w join rule_sheet s on s.id = w.sheet and s.community = w.community
where w.community = :community
"""

_CAPS = """
select x.volunteer as at_row, x.cap as at_cap, x.span as at_span, cast(sum(x.used) as bigint) as used_kept,
    cast(sum(x.said) as bigint) as used_said
from (
    select c.volunteer, c.cap, c.span, c.used, 0 as said from cap_counter c where c.community = :community
    union all
    select coalesce(v.merged_into, v.id), n.cap,
        case when n.span = 'activity' then 'activity:' || cast(d.activity as text) else n.span end, 0,
        t.amount
    from award w
    join rows(:windows; sheet bigint, rule text, day text, cap text, span text) as n
        on n.sheet = w.sheet and n.rule = w.rule and n.day = w.day
    join transfer t on t.award = w.id and t.community = w.community and t.kind = 'earn'
    join attendance d on d.id = w.attendance and d.community = w.community
    join volunteer v on v.id = w.volunteer and v.community = w.community
    where w.community = :community and not exists (select 1 from transfer r
        where r.reverses = t.id and +r.community = t.community and r.kind = 'reverse')
) as x
group by x.volunteer, x.cap, x.span having sum(x.used) <> sum(x.said)
order by x.volunteer, x.cap, x.span limit :most
"""

MONTHS = Check("months", "volunteer_month", _MONTHS)
CAPS = Check("caps", "cap_counter", _CAPS)


async def months(house: House, community: int) -> list[Fault]:
    """Earned, spent and served by month, in the community's zone."""
    reach = await house.db.one(_REACH, community=community)
    found = list(_months(reach)) if reach is not None and reach["since"] is not None else []
    return await differing(house, MONTHS, community, months=found, length=_SPAN)


def _months(reach: Row) -> Iterator[dict[str, Any]]:
    zone, day = reach["zone"], local(reach["since"], reach["zone"])
    year, month = day.year, day.month
    since = moment(datetime(year, month, 1), zone)  # noqa: DTZ001  # a wall-clock time of the zone
    while since <= reach["until"]:
        name = f"{year:04}-{month:02}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        until = moment(datetime(year, month, 1), zone)  # noqa: DTZ001  # as above
        for span in range(since // _SPAN, (until - 1) // _SPAN + 1):
            yield {"span": span, "month": name, "since": since, "until": until}
        since = until


async def caps(house: House, community: int) -> list[Fault]:
    """How much of each cap's window is used, by the lines that stand."""
    days = await house.db.fetch_apart(_DAYS, community=community)
    return await differing(house, CAPS, community, windows=_windows(days))


def _windows(days: Sequence[Row]) -> list[dict[str, Any]]:
    found = []
    for row in days:
        caps = rules.terms(row["rules"]).caps
        for window in windows(caps, row["programme"], row["rule"], row["day"], 0):
            span = "activity" if window.cap.endswith(".activity") else window.span
            award = {name: row[name] for name in ("sheet", "rule", "day")}
            found.append({**award, "cap": window.cap, "span": span})
    return found
