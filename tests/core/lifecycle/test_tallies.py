"""Counted figures: sums of subtrees, of teams, of the whole community; a second count changes nothing."""

from collections.abc import Sequence

import pytest

from core.activity.review import reverse
from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import NotFound
from core.community.figures import figures_of
from core.community.overview import overview
from core.lifecycle import tallies
from tests.support.offices import Offices
from tests.support.served import serve


async def counted(offices: Offices, subject: str, ids: Sequence[int]) -> list[dict[str, int]]:
    found = await figures_of(offices.cast.system(), subject, ids)
    return [dict(found[i].values) for i in ids]


async def test_areas_sum_up_what_lies_below_them(offices: Offices) -> None:
    await serve(offices.cast, "2026-11-20", 120, "赵叔叔", "李阿姨")
    await serve(offices.cast, "2025-11-20", 60, "赵叔叔")
    await offices.count()
    names = ["第一工作站", "第1网格", "1号楼", "2号楼", "第2网格"]
    ids = [offices.top, *(offices.areas[name] for name in names)]
    rows = await counted(offices, "area", ids)
    assert [(r["volunteers"], r["members"], r["minutes"], r["minutes_year"]) for r in rows] == [
        (3, 3, 300, 240),
        (3, 3, 300, 240),
        (2, 2, 180, 120),
        (2, 2, 180, 120),
        (0, 0, 0, 0),
        (1, 1, 120, 120),
    ]


async def test_community_and_team_know_the_year_and_forget_what_was_reversed(offices: Offices) -> None:
    cast = offices.cast
    await serve(cast, "2026-11-20", 120, "赵叔叔", "李阿姨")
    ids = await serve(cast, "2026-11-21", 90, "赵叔叔")
    await serve(cast, "2025-11-20", 60, "赵叔叔")
    await cast.do(await cast.viewer("陈社工"), lambda unit: reverse(unit, ids, "twice"))
    await offices.count()
    (here,) = await counted(offices, "community", [cast.hongqi])
    assert here == {
        "volunteers": 6, "members": 6, "teams": 1, "minutes": 300, "minutes_year": 240, "points_year": 12,
        "activities_year": 2, "redemptions_year": 0,
    }  # fmt: skip
    (team,) = await counted(offices, "team", [cast.team])
    assert team == {
        "members": 6, "activities_year": 1, "minutes_year": 240, "points_year": 12,
        "last_month": 202610, "month_activities": 0, "month_times": 0, "month_minutes": 0,
    }  # fmt: skip


async def test_the_last_whole_month_of_a_team_is_kept_also_across_the_year(
    offices: Offices, clock: FixedClock
) -> None:
    await serve(offices.cast, "2026-11-20", 120, "赵叔叔", "李阿姨")
    clock.advance(31 * DAY)  # Christmas Eve
    await serve(offices.cast, "2026-12-20", 90, "赵叔叔", "李阿姨")
    clock.advance(9 * DAY)  # 2 January 2027
    await offices.count()
    (team,) = await counted(offices, "team", [offices.cast.team])
    assert (team["last_month"], team["month_activities"], team["minutes_year"]) == (202612, 1, 0)
    assert (team["month_times"], team["month_minutes"]) == (2, 180)


async def test_counting_again_changes_nothing_and_an_idle_house_counts_not_at_all(
    offices: Offices, clock: FixedClock
) -> None:
    clock.advance(1)
    assert await tallies.count(offices.house) == 2
    clock.advance(1)
    assert not await tallies.is_due(offices.house)
    before = await offices.house.db.fetch("select * from tally order by subject, subject_id, name")
    assert await tallies.count(offices.house) == 0
    await serve(offices.cast, "2026-11-20", 120, "赵叔叔")
    assert await tallies.count(offices.house) == 1
    clock.advance(1)
    await offices.cast.do(offices.cast.system(), lambda unit: unit.audit("nothing"))
    await tallies.count(offices.house)
    after = await offices.house.db.fetch("select * from tally order by subject, subject_id, name")
    assert len(before) == len(after)


async def test_what_is_gone_leaves_the_tally(offices: Offices, clock: FixedClock) -> None:
    await offices.count()
    clock.advance(1)

    async def close(unit: Unit) -> None:
        team = offices.cast.team
        await unit.execute("update team set closed_at = :now where id = :id", now=unit.now, id=team)

    await offices.cast.do(offices.cast.system(), close)
    await offices.count()
    assert await figures_of(offices.cast.system(), "team", [offices.cast.team]) == {}


async def test_the_count_takes_as_many_statements_whatever_there_is(
    offices: Offices, clock: FixedClock
) -> None:
    from core.community.areas import NewArea, add_areas

    taken = []
    for more in (1, 200):
        clock.advance(1)
        areas = [NewArea("unit", str(i)) for i in range(more)]
        await offices.cast.do(
            offices.cast.system(), lambda unit, areas=areas: add_areas(unit, offices.areas["2号楼"], areas)
        )
        with offices.house.db.watch() as log:
            await offices.count()
        taken.append(len([s for s in log if "tally" not in s.sql or "insert" in s.sql]))
    assert taken[1] <= taken[0]


async def test_the_street_office_sees_totals_of_every_community_below_it(offices: Offices) -> None:
    await offices.count()
    street = await offices.cast.viewer("高科长")
    found = await overview(street)
    assert [(o.name, o.above, o.figures["volunteers"]) for o in found] == [
        ("新兴社区", "城关县", 1),
        ("红旗社区", "城关县", 6),
    ]
    assert len(await overview(await offices.cast.viewer("施运维"))) == 2
    for who in ("陈社工", "林主任", "李阿姨"):
        with pytest.raises(NotFound):
            await overview(await offices.cast.viewer(who))
