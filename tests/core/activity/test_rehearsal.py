"""A draft of rules is tried on service that stands; nothing moves by trying."""

from typing import Any

import pytest

from core.activity import review
from core.activity.rehearsal import Rehearsal, last_months, rehearse
from core.api import Attendance, Caps
from core.base.act import Unit
from core.base.clock import HOUR
from core.base.errors import NotFound
from tests.core.activity.conftest import END, START, Desk
from tests.support.programme import WatchRules, flat, programme, publish_rules

DAYS = ("2026-11-22", "2026-11-22")


async def tried(desk: Desk, draft: Any, name: str = "陈社工", days: tuple[str, str] = DAYS) -> Rehearsal:
    viewer = await desk.cast.viewer(name)
    return await rehearse(viewer, desk.house.registry.plugins[desk.programme], draft, *days)


async def two_watches(desk: Desk) -> None:
    """李阿姨 is there twice, 赵叔叔 once; the leader's own hours wait."""
    leader = await desk.cast.viewer("王队长")
    await desk.record(leader, [desk.who("李阿姨"), desk.who("赵叔叔"), desk.who("王队长")])
    early = {"from_at": START - 3 * HOUR, "to_at": END - 3 * HOUR}
    await desk.record(leader, [desk.who("李阿姨", **early)], **early)


async def test_who_would_have_more_and_who_less_is_counted_and_named(desk: Desk):
    await two_watches(desk)
    viewer, plugin = await desk.cast.viewer("陈社工"), desk.house.registry.plugins[desk.programme]
    with desk.house.db.watch() as log:
        found = await rehearse(viewer, plugin, WatchRules(points=8), *DAYS)
    assert len(log) == 2
    assert (found.records, found.people, found.before, found.after) == (3, 2, 15, 24)
    assert (found.more, found.less, found.failed, found.shortened) == (2, 0, 0, False)
    assert [(m.name, m.before, m.after) for m in found.movers] == [("李阿姨", 10, 16), ("赵叔叔", 5, 8)]
    fewer = await tried(desk, WatchRules(points=3))
    assert (fewer.after, fewer.more, fewer.less) == (9, 0, 2)
    same = await tried(desk, WatchRules())
    assert (same.before, same.after, same.movers) == (15, 15, ())
    assert await desk.balance("李阿姨") == 10


async def test_the_draft_s_caps_cut_in_the_order_of_the_days(desk: Desk):
    await two_watches(desk)
    found = await tried(desk, WatchRules(points=8, caps=Caps(day=10)))
    assert [(m.name, m.after) for m in found.movers] == [("赵叔叔", 8)]
    assert found.after == 18
    by_activity = await tried(desk, WatchRules(points=8, caps=Caps(activity=4)))
    assert by_activity.after == 12


async def test_what_is_taken_back_or_of_another_time_or_place_is_left_out(desk: Desk):
    await two_watches(desk)
    row = await desk.house.db.one(
        "select a.id from attendance a where a.volunteer = :v", v=desk.cast["赵叔叔"].volunteer
    )
    assert row is not None

    async def take_back(unit: Unit) -> dict[str, Any]:
        return {"points": (await review.reverse(unit, [row["id"]], "absent")).points}

    await desk.cast.do(await desk.cast.viewer("陈社工"), take_back)
    found = await tried(desk, WatchRules(points=8))
    assert (found.records, found.people, found.before) == (2, 1, 10)
    assert (await tried(desk, WatchRules(), days=("2026-11-23", "2026-11-30"))).records == 0
    elsewhere = await desk.cast.viewer("何社工", "xinxing")
    plugin = desk.house.registry.plugins[desk.programme]
    assert (await rehearse(elsewhere, plugin, WatchRules(points=8), *DAYS)).records == 0


async def test_a_draft_that_cannot_be_worked_out_says_so(desk: Desk):
    def moody(attendance: Attendance, rules: Any) -> Any:
        if rules.points == 13:
            raise ZeroDivisionError("thirteen")
        return flat(attendance, rules)

    desk.house.registry.add(programme("moody", moody), "moody")
    await publish_rules(desk.house, desk.cast.hongqi, "moody")
    desk.programme = "moody"
    await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    found = await tried(desk, WatchRules(points=13))
    assert (found.failed, found.records, found.before, found.after) == (1, 0, 0, 0)
    assert "thirteen" in found.error


@pytest.mark.parametrize("name", ["李阿姨", "王队长", "孙店员"])
async def test_only_who_may_read_everybody_s_points_may_try(desk: Desk, name: str):
    with pytest.raises(NotFound):
        await tried(desk, WatchRules(), name)


def test_the_last_whole_months_are_those_before_this_one():
    assert last_months("2026-11-23") == ("2026-08-01", "2026-10-31")
    assert last_months("2026-01-01") == ("2025-10-01", "2025-12-31")
    assert last_months("2024-03-31", 1) == ("2024-02-01", "2024-02-29")
