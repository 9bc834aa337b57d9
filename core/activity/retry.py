"""Awards that could not be reckoned are tried again, until the programme's rules answer."""

from collections import defaultdict
from typing import Any

import msgspec

from core.activity.scoring import Attended, Scored, score
from core.base.act import SYSTEM, Unit, act
from core.base.errors import NotFound
from core.base.house import House
from core.base.ids import request_id
from core.base.viewer import Viewer
from core.points import awards

_ATTENDANCE = """
select a.id, a.community, a.volunteer, a.person, a.minutes, a.from_at, a.to_at, a.day, a.counts, a.fields,
    ac.programme, ac.kind, v.number
from rows(:due; attendance bigint, community bigint) as r
join award_waiting w on w.attendance = r.attendance and +w.community = r.community
join attendance a on a.id = w.attendance
join activity ac on ac.id = a.activity
join volunteer v on v.id = a.volunteer
order by a.id
"""

_WAITS = """
select attendance from award_waiting where attendance in ids(:attendances) and +community = :community
"""


async def is_waiting(house: House) -> bool:
    """Whether an award is due for another try."""
    return bool(await awards.waiting(house, house.clock.now(), most=1))


async def retry_waiting(house: House) -> int:
    """Scores due attendances once more; returns how many no longer wait. A second run changes nothing."""
    due = await awards.waiting(house, house.clock.now())
    items = [{"attendance": row["attendance"], "community": row["community"]} for row in due]
    rows = await house.db.fetch(_ATTENDANCE, due=items) if due else []
    groups: defaultdict[tuple[int, str, str], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row["community"], row["programme"], row["kind"]].append(row)
    settled = 0
    for (community, programme, kind), members in groups.items():
        viewer = Viewer(house=house, community=community, system=True)
        scored = await _score(viewer, programme, kind, members)
        settled += await _write(
            viewer, programme, [(m["id"], s) for m, s in zip(members, scored, strict=True)]
        )
    return settled


async def _write(viewer: Viewer, programme: str, pairs: list[tuple[int, Scored]]) -> int:
    async def work(unit: Unit) -> dict[str, Any]:
        return await _settle(unit, programme, pairs)

    ids = [attendance for attendance, _ in pairs]
    done = await act(viewer, "attendance.rescore", f"{SYSTEM}rescore:{request_id()}", ids, work)
    return int(done.answer["settled"])


async def _score(viewer: Viewer, programme: str, kind: str, rows: list[Any]) -> list[Scored]:
    items = [
        Attended(
            volunteer=row["volunteer"],
            person=row["person"],
            number=row["number"],
            minutes=row["minutes"],
            from_at=row["from_at"],
            to_at=row["to_at"],
            day=row["day"],
            counts=msgspec.json.decode(row["counts"], type=dict[str, int]),
            fields=msgspec.json.decode(row["fields"]),
        )
        for row in rows
    ]
    try:
        return await score(viewer, programme, kind, items)
    except NotFound:
        error = "the programme does not run"
        return [Scored(attended=i, day=i.day, sheet=None, lines=(), error=error) for i in items]


async def _settle(unit: Unit, programme: str, pairs: list[tuple[int, Scored]]) -> dict[str, Any]:
    # One that was sent back in the meantime waits no longer, and must not begin again.
    waits = await unit.fetch(_WAITS, attendances=[a for a, _ in pairs], community=unit.community)
    still = {row["attendance"] for row in waits}
    good = [
        s.proposed(attendance, programme, s.sheet)
        for attendance, s in pairs
        if attendance in still and s.sheet is not None and not s.error
    ]
    if good:
        await awards.settle(unit, good)
    bad = {attendance: s.error for attendance, s in pairs if attendance in still and s.error}
    await awards.wait(unit, programme, bad)
    return {"settled": len(good), "waiting": len(bad)}
