"""The caps' counters: how much of each window is used, moved in the act that earns or takes back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from core.base.act import Unit
from core.base.database import Row
from core.points import rules
from core.points.caps import Cut, Window, cut, windows

_SHEETS = "select id, rules from rule_sheet where id in ids(:sheets) and community = :community"

_USED = """
select c.volunteer, c.cap, c.span, c.used from cap_counter c
join rows(:counters; volunteer bigint, cap text, span text) as r
    on r.volunteer = c.volunteer and r.cap = c.cap and r.span = c.span
where c.community = :community
"""

_COUNT = """
insert into cap_counter (community, volunteer, cap, span, used, most)
select cast(:community as bigint), r.volunteer, r.cap, r.span, r.moved, r.most
from rows(:counters; volunteer bigint, cap text, span text, moved bigint, most bigint) as r where true
on conflict (volunteer, cap, span) do update set used = cap_counter.used + excluded.used, most = excluded.most
"""

_UNCOUNT = """
update cap_counter as c set used = c.used - r.moved
from rows(:counters; volunteer bigint, cap text, span text, moved bigint) as r
where c.volunteer = r.volunteer and c.cap = r.cap and c.span = r.span and +c.community = :community
"""


async def _terms(unit: Unit, awards: Iterable[Row]) -> dict[int, rules.Terms]:
    sheets = sorted({award["sheet"] for award in awards})
    rows = await unit.fetch(_SHEETS, sheets=sheets, community=unit.community)
    return {row["id"]: rules.terms(row["rules"]) for row in rows}


def _windows(terms: dict[int, rules.Terms], award: Row) -> list[Window]:
    return windows(
        terms[award["sheet"]].caps, award["programme"], award["rule"], award["day"], award["activity"]
    )


async def cut_and_count(unit: Unit, awards: Sequence[Row]) -> list[Cut]:
    """Cuts the awards one after the other and moves the counters. Three statements at most.

    Awards are rows with volunteer, programme, rule, points, sheet, day and activity; their accounts are
    locked, so nobody else moves these counters meanwhile.
    """
    if not awards:
        return []
    terms = await _terms(unit, awards)
    over_all = [_windows(terms, award) for award in awards]
    touched = {(a["volunteer"], w.cap, w.span) for a, ws in zip(awards, over_all, strict=True) for w in ws}
    if not touched:
        return [Cut(award["points"], None, 0) for award in awards]
    keys = [{"volunteer": v, "cap": c, "span": s} for v, c, s in sorted(touched)]
    used: defaultdict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in await unit.fetch(_USED, counters=keys, community=unit.community):
        used[row["volunteer"]][row["cap"], row["span"]] = row["used"]
    cuts: list[Cut] = []
    moved: dict[tuple[int, str, str], dict[str, Any]] = {}
    for award, over in zip(awards, over_all, strict=True):
        mine = used[award["volunteer"]]
        result = cut(award["points"], over, mine)
        cuts.append(result)
        for window in over if result.points else ():
            _count(moved, mine, award["volunteer"], window, result.points)
    if moved:
        await unit.execute(_COUNT, community=unit.community, counters=list(moved.values()))
    return cuts


def _count(
    moved: dict[tuple[int, str, str], dict[str, Any]],
    used: dict[tuple[str, str], int],
    volunteer: int,
    window: Window,
    points: int,
) -> None:
    key = (window.cap, window.span)
    used[key] = used.get(key, 0) + points
    row = moved.setdefault(
        (volunteer, *key), {"volunteer": volunteer, "cap": window.cap, "span": window.span, "moved": 0}
    )
    row["moved"] += points
    # A later version of the rules may have a lower cap than what was earned under the one before.
    row["most"] = max(window.most, used[key])


async def give_room(unit: Unit, posted: Sequence[Row]) -> None:
    """Gives back the room that reversed earnings (rows like awards, with `amount`) had taken. Two
    statements."""
    terms = await _terms(unit, posted)
    moved: defaultdict[tuple[int, str, str], int] = defaultdict(int)
    for row in posted:
        for window in _windows(terms, row):
            moved[row["volunteer"], window.cap, window.span] += row["amount"]
    rows = [{"volunteer": v, "cap": c, "span": s, "moved": n} for (v, c, s), n in sorted(moved.items())]
    if rows:
        await unit.execute(_UNCOUNT, community=unit.community, counters=rows)
