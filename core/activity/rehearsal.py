"""Rehearsal: what a draft of rules would have given for service that stands, before it is published.

Reads only. Confirmed attendances of a period are scored again under the draft, one after the other as they
count, and cut by the draft's caps; the caps begin empty on the first day of the period. Past service that was
imported earned nothing by any rules and is left out.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from core.activity.scoring import checked_lines
from core.base.clock import DAY, moment
from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.extension.calls import ask
from core.extension.registry import Plugin
from core.extension.types import Attendance
from core.points.caps import Caps, cut, windows

MOST = 20_000  # attendances of one rehearsal, the latest
MOVERS = 10

# An activity may begin the evening before the day it counts for, or be entered for a span of days.
_SERVED = """
select a.id, coalesce(v.merged_into, v.id) as volunteer, y.id as activity, y.kind, a.minutes, a.from_at,
    a.to_at, a.day, a.counts, a.fields, c.zone,
    coalesce((select sum(o.points) from award w join award_outcome o on o.award = w.id
              where w.attendance = a.id), 0) as points
from activity y join attendance a on a.activity = y.id join volunteer v on v.id = a.volunteer
join community c on c.id = y.community
where y.community = :community and y.programme = :programme and y.from_at >= :since and y.from_at < :until
    and a.day >= :from_day and a.day <= :to_day and a.evidence <> 'imported'
    and exists (select 1 from attendance_decision d where d.attendance = a.id and d.decision = 'confirmed')
    and not exists (select 1 from attendance_decision d
                    where d.attendance = a.id and d.decision = 'reversed')
order by a.day desc, a.id desc limit :most
"""

_NAMES = """
select v.id, v.number, p.name from volunteer v join person p on p.id = v.person
where v.id in ids(:volunteers) and +v.community = :community
"""


class Mover(msgspec.Struct, frozen=True):
    """Somebody the draft would have changed much for, and by how many points."""

    number: str
    name: str
    before: int
    after: int


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """A draft over a period of whole days.

    `records` and `people` were reckoned; `before` are the points they really earned, `after` those of the
    draft; `more` and `less` count people. `failed` records the draft could not score (`error`: of the first)
    are in none of the sums. `shortened`: there were more than MOST records, the earliest are left out.
    """

    from_day: str
    to_day: str
    records: int = 0
    people: int = 0
    before: int = 0
    after: int = 0
    more: int = 0
    less: int = 0
    failed: int = 0
    error: str = ""
    shortened: bool = False
    movers: tuple[Mover, ...] = ()


def last_months(today: str, months: int = 3) -> tuple[str, str]:
    """First and last day of the whole months before this one: ('2026-08-01', '2026-10-31')."""
    first = date.fromisoformat(today).replace(day=1)
    last, begins = first - timedelta(days=1), first
    for _ in range(months):
        begins = (begins - timedelta(days=1)).replace(day=1)
    return begins.isoformat(), last.isoformat()


async def rehearse(viewer: Viewer, plugin: Plugin, draft: Any, from_day: str, to_day: str) -> Rehearsal:
    """Reckons confirmed service of the days from_day … to_day under `draft`, a struct of the plugin's rules.

    Two statements; the reckoning has a thread of its own. Raises NotFound for whoever may not read
    everybody's points.
    """
    if viewer.community is None or not viewer.may("points.read"):
        raise NotFound
    rows = await viewer.house.db.fetch(
        _SERVED,
        community=viewer.community,
        programme=plugin.name,
        from_day=from_day,
        to_day=to_day,
        since=moment(datetime.fromisoformat(from_day), "UTC") - 32 * DAY,
        until=moment(datetime.fromisoformat(to_day), "UTC") + 3 * DAY,
        most=MOST + 1,
    )
    served = list(reversed(rows[:MOST]))
    sums, failed, error = await asyncio.to_thread(replay, plugin, draft, served)
    moved = {who: after - before for who, (before, after) in sums.items() if after != before}
    movers = sorted(moved, key=lambda who: (-abs(moved[who]), who))[:MOVERS]
    return Rehearsal(
        from_day=from_day,
        to_day=to_day,
        records=len(served) - failed,
        people=len(sums),
        before=sum(before for before, _ in sums.values()),
        after=sum(after for _, after in sums.values()),
        more=sum(change > 0 for change in moved.values()),
        less=sum(change < 0 for change in moved.values()),
        failed=failed,
        error=error,
        shortened=len(rows) > MOST,
        movers=await _named(viewer, movers, sums),
    )


Sums = dict[int, tuple[int, int]]  # by volunteer: points really earned, points of the draft


def replay(plugin: Plugin, draft: Any, served: Iterable[Row]) -> tuple[Sums, int, str]:
    """What each volunteer earned and would have earned; how many records failed, and why the first did."""
    caps: Caps = getattr(draft, "caps", Caps())
    used: defaultdict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    sums: Sums = {}
    failed, error = 0, ""
    for row in served:
        outcome = ask(plugin, "score", checked_lines, attendance=_what_counts(plugin.name, row), rules=draft)
        if outcome.error:
            failed, error = failed + 1, error or outcome.error
            continue
        mine, points = used[row["volunteer"]], 0
        for line in outcome.value or ():
            over = windows(caps, plugin.name, line.rule, row["day"], row["activity"])
            got = cut(line.points, over, mine).points
            points += got
            for window in over:
                key = (window.cap, window.span)
                mine[key] = mine.get(key, 0) + got
        before, after = sums.get(row["volunteer"], (0, 0))
        sums[row["volunteer"]] = (before + row["points"], after + points)
    return sums, failed, error


def _what_counts(programme: str, row: Row) -> Attendance:
    return Attendance(
        programme=programme,
        kind=row["kind"],
        zone=row["zone"],
        day=row["day"],
        minutes=row["minutes"],
        from_at=row["from_at"],
        to_at=row["to_at"],
        counts=msgspec.json.decode(row["counts"], type=dict[str, int]),
        fields=msgspec.json.decode(row["fields"]),
    )


async def _named(viewer: Viewer, movers: Sequence[int], sums: Sums) -> tuple[Mover, ...]:
    if not movers:
        return ()
    rows = await viewer.house.db.fetch(_NAMES, volunteers=list(movers), community=viewer.community)
    names = {row["id"]: (row["number"], row["name"]) for row in rows}
    return tuple(Mover(*names[who], *sums[who]) for who in movers if who in names)
