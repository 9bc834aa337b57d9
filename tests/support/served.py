"""Confirmed service for tests of pages and figures: recorded by the team's leader."""

from datetime import datetime, timedelta

from core.activity.activities import create_activity
from core.activity.attendance import record_attendance
from core.activity.review import confirm
from core.activity.scoring import Attended, score
from core.base.act import Unit
from core.base.clock import MINUTE, moment
from core.extension import switch
from core.points import rules
from tests.support.cast import Cast

ZONE = "Asia/Shanghai"
PROGRAMME = "patrol"


async def serve(
    cast: Cast, day: str, minutes: int, *names: str, title: str = "夜间巡逻", leader: str = "王队长"
) -> list[int]:
    """An activity on a day at eight in the evening; returns the attendances, in order of names."""
    if not await cast.house.db.value("select 1 from rule_sheet where community = :c", c=cast.hongqi):
        await cast.do(cast.system(), _open)
    from_at = moment(datetime.fromisoformat(day) + timedelta(hours=20), ZONE)
    to_at = from_at + minutes * MINUTE
    people = [
        Attended(
            volunteer=cast[n].volunteer or 0,
            person=cast[n].person,
            number=cast[n].number,
            minutes=minutes,
            from_at=from_at,
            to_at=to_at,
        )
        for n in names
    ]
    viewer = await cast.viewer(leader)
    scored = await score(viewer, PROGRAMME, "patrol", people)

    async def work(unit: Unit) -> dict[str, list[int]]:
        activity = await create_activity(
            unit, programme=PROGRAMME, kind="patrol", team=cast.team, title=title, place="东门",
            from_at=from_at, to_at=to_at,
        )  # fmt: skip
        done = await record_attendance(unit, activity, scored, "roster")
        return {"attendances": [done.attendances[cast[n].volunteer or 0] for n in names]}

    found: list[int] = (await cast.do(viewer, work)).answer["attendances"]
    # What lies long back waits for a second person, whoever recorded it.
    rows = await cast.house.db.fetch(
        "select a.id from attendance a join attendance_pending p on p.attendance = a.id "
        "where a.late = 1 and a.person <> a.recorder and a.id in ids(:found)",
        found=found,
    )
    if rows:
        await cast.do(cast.system(), lambda unit: confirm(unit, [row["id"] for row in rows]))
    return found


async def _open(unit: Unit) -> None:
    plugin = unit.house.registry.get(PROGRAMME)
    await switch.enable(unit, PROGRAMME)
    await rules.publish(unit, PROGRAMME, plugin.manifest.rules(), "2020-01-01")
