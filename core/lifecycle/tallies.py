"""Counts what pages show about communities, areas and teams, so that no page counts by itself.

Areas sum up all below them. A volunteer counts where he lives; what a team did counts for the team. "This
year" is the calendar year of the community's zone. Only confirmed attendance counts, and what was reversed
does not. Of teams the last whole month is kept too, so that lists can say whether they met their goal.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.activity.duty import month_before, span_of
from core.base.act import Unit, note
from core.base.clock import DAY, day_of, moment
from core.base.database import Row
from core.base.house import House

# Communities in which something happened since the last count, or that were not counted for a day.
_DUE = """
-- everywhere (tally, act): which communities' figures are old
select c.id, c.zone from community c
where c.closed_at is null and (
    coalesce((select max(t.as_of) from tally t where t.community = c.id and t.subject = 'community'), 0)
        < cast(:day_ago as bigint)
    or (select a.at from act a where a.community = c.id order by a.id desc limit 1)
        >= (select max(t.as_of) from tally t where t.community = c.id and t.subject = 'community'))
order by c.id
"""

_COMMUNITY = """
select
    (select count(*) from volunteer v where v.community = :community and v.status = 'active') as volunteers,
    (select count(distinct m.volunteer) from volunteer v join team_member m on m.volunteer = v.id
        and m.to_day is null where v.community = :community and v.status = 'active') as members,
    (select count(*) from team t where t.community = :community and t.closed_at is null) as teams,
    (select coalesce(sum(v.minutes), 0) from volunteer v where v.community = :community) as minutes,
    (select coalesce(sum(n.minutes), 0) from volunteer v join volunteer_month n on n.volunteer = v.id
        where v.community = :community and n.month >= :from_month) as minutes_year,
    (select coalesce(sum(n.earned), 0) from volunteer v join volunteer_month n on n.volunteer = v.id
        where v.community = :community and n.month >= :from_month) as points_year,
    (select count(*) from activity y where y.community = :community and y.from_at >= :since
        and y.status = 'held') as activities_year,
    (select count(*) from redemption e where e.community = :community and e.at >= :since
        and not exists (select 1 from redemption_step s
                        where s.redemption = e.id and s.step = 'undone')) as redemptions_year
"""

_AREAS = """
with live as (
    select h.area, count(*) as volunteers, sum(v.minutes) as minutes,
        sum(case when exists (select 1 from team_member m where m.volunteer = v.id and m.to_day is null)
            then 1 else 0 end) as members,
        sum(coalesce((select sum(n.minutes) from volunteer_month n
            where n.volunteer = v.id and n.month >= :from_month), 0)) as minutes_year
    from residence h join volunteer v on v.id = h.volunteer and v.status = 'active'
    where h.community = :community and h.to_day is null group by h.area
)
select a.id, coalesce(sum(l.volunteers), 0) as volunteers, coalesce(sum(l.members), 0) as members,
    coalesce(sum(l.minutes), 0) as minutes, coalesce(sum(l.minutes_year), 0) as minutes_year
from area a
left join area b on b.path >= a.path and b.path < a.path || 'a'
left join live l on l.area = b.id
where a.community = :community group by a.id
"""

_TEAMS = """
with done as (
    select y.team, y.id as activity, y.from_at, count(*) as times, sum(x.minutes) as minutes,
        sum(coalesce((select sum(o.points) from award w join award_outcome o on o.award = w.id
            where w.attendance = x.id), 0)) as points
    from activity y join attendance x on x.activity = y.id
    where y.community = :community and y.from_at >= :earliest and y.team is not null
        and exists (select 1 from attendance_decision d
                    where d.attendance = x.id and d.decision = 'confirmed')
        and not exists (select 1 from attendance_decision d
                        where d.attendance = x.id and d.decision = 'reversed')
    group by y.team, y.id, y.from_at
)
select t.id,
    (select count(*) from team_member m join volunteer v on v.id = m.volunteer and v.status = 'active'
        where m.team = t.id and m.to_day is null) as members,
    (select count(*) from done d where d.team = t.id and d.from_at >= :since) as activities_year,
    (select coalesce(sum(d.minutes), 0) from done d where d.team = t.id and d.from_at >= :since)
        as minutes_year,
    (select coalesce(sum(d.points), 0) from done d where d.team = t.id and d.from_at >= :since)
        as points_year,
    cast(:last_month as bigint) as last_month,
    (select count(*) from done d where d.team = t.id and d.from_at >= :month_since
        and d.from_at < :month_until) as month_activities,
    (select coalesce(sum(d.times), 0) from done d where d.team = t.id and d.from_at >= :month_since
        and d.from_at < :month_until) as month_times,
    (select coalesce(sum(d.minutes), 0) from done d where d.team = t.id and d.from_at >= :month_since
        and d.from_at < :month_until) as month_minutes
from team t where t.community = :community and t.closed_at is null
"""

_KEEP = """
insert into tally (community, subject, subject_id, name, value, as_of)
select cast(:community as bigint), r.subject, r.id, r.name, r.value, cast(:now as bigint)
from rows(:items; subject text, id bigint, name text, value bigint) as r where true
on conflict (community, subject, subject_id, name) do update set value = excluded.value, as_of =
excluded.as_of where tally.as_of <= excluded.as_of
"""

_STALE = "delete from tally where community = :community and as_of < :now"


async def is_due(house: House) -> bool:
    """Whether something happened anywhere since it was counted."""
    return bool(await _due(house))


async def count(house: House) -> int:
    """Counts the communities in which something happened; returns how many. A second run changes nothing."""
    due = await _due(house)
    for row in due:
        await _count(house, row["id"], row["zone"])
    return len(due)


async def _due(house: House) -> list[Row]:
    return await house.db.fetch(_DUE, day_ago=house.clock.now() - DAY)


async def _count(house: House, community: int, zone: str) -> None:
    now = house.clock.now()
    today = day_of(now, zone)
    year = today[:4]
    since = moment(datetime(int(year), 1, 1), zone)  # noqa: DTZ001  # a wall-clock time of the zone
    last = span_of(month_before(today[:7]), zone)
    span = {
        "community": community,
        "from_month": f"{year}-01",
        "since": since,
        "earliest": min(since, last.since),
        "last_month": int(last.month.replace("-", "")),  # 202610
        "month_since": last.since,
        "month_until": last.until,
    }
    fetch = house.db.fetch_apart
    items = _items("community", community, await fetch(_COMMUNITY, **span))
    items += _items("area", None, await fetch(_AREAS, **span))
    items += _items("team", None, await fetch(_TEAMS, **span))

    async def keep(unit: Unit) -> None:
        await unit.execute(_KEEP, community=community, items=items, now=now)
        await unit.execute(_STALE, community=community, now=now)

    await note(house, keep)


def _items(subject: str, only: int | None, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """One row of the tally for each figure; `only` is the subject where the rows do not say it."""
    return [
        {"subject": subject, "id": row["id"] if only is None else only, "name": name, "value": int(row[name])}
        for row in rows
        for name in row.keys()  # noqa: SIM118  # rows iterate over values
        if name != "id"
    ]
