"""The second person's look at what was recorded."""

from typing import Any

import pytest

from core.activity import review
from core.activity.attendance import Recorded
from core.base.act import Unit
from core.base.clock import DAY, HOUR
from core.base.errors import Invalid, NotFound, Refused
from core.community.notices import inbox
from tests.conftest import TONIGHT
from tests.core.activity.conftest import END, START, Desk
from tests.support.book import check_book
from tests.support.programme import programme, publish_rules


@pytest.fixture
async def waiting(desk: Desk) -> Recorded:
    """The leader recorded himself and one other: his own row waits."""
    return await desk.record(await desk.cast.viewer("王队长"), [desk.who("王队长"), desk.who("李阿姨")])


async def confirm(desk: Desk, name: str, ids: Any) -> Any:
    async def work(unit: Unit) -> dict[str, Any]:
        return {"points": (await review.confirm(unit, ids)).points}

    return await desk.cast.do(await desk.cast.viewer(name), work)


async def send_back(desk: Desk, name: str, ids: Any, reason: str) -> Any:
    return await desk.cast.do(await desk.cast.viewer(name), lambda unit: review.send_back(unit, ids, reason))


async def reverse(desk: Desk, name: str, ids: Any, reason: str = "absent") -> Any:
    async def work(unit: Unit) -> dict[str, Any]:
        return {"points": (await review.reverse(unit, ids, reason)).points}

    return await desk.cast.do(await desk.cast.viewer(name), work)


async def test_a_worker_sees_what_waits_and_confirms_it(desk: Desk, waiting: Recorded):
    (pending,) = await review.queue(await desk.cast.viewer("陈社工"))
    row = pending.row
    assert (row["name"], row["recorder_name"], row["minutes"], row["points"]) == ("王队长", "王队长", 120, 5)
    assert not pending.blocked
    done = await confirm(desk, "陈社工", waiting.waiting)
    assert done.answer == {"points": 5}
    assert await desk.balance("王队长") == 5
    assert await desk.minutes("王队长") == 120
    assert await review.queue(await desk.cast.viewer("陈社工")) == []
    decision = await desk.house.db.one(
        "select decider, decision from attendance_decision where attendance = :a", a=waiting.waiting[0]
    )
    assert decision is not None
    assert (decision["decider"], decision["decision"]) == (desk.cast["陈社工"].person, "confirmed")
    await check_book(desk.house.db)


async def test_nobody_decides_about_what_he_recorded_himself(desk: Desk):
    desk.house.registry.add(programme("strict", supervision="second"), "strict")
    await publish_rules(desk.house, desk.cast.hongqi, "strict")
    desk.programme = "strict"
    recorded = await desk.record(await desk.cast.viewer("陈社工"), [desk.who("李阿姨")])
    assert recorded.confirmed == ()
    (pending,) = await review.queue(await desk.cast.viewer("陈社工"))
    assert pending.blocked
    for deed in (
        confirm(desk, "陈社工", recorded.waiting),
        send_back(desk, "陈社工", recorded.waiting, "times"),
    ):
        with pytest.raises(Refused, match="Somebody else"):
            await deed
    assert await desk.balance("李阿姨") == 0


async def test_a_community_may_ask_for_a_second_person_everywhere(desk: Desk):
    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute(
            "update community set settings = :text where id = :id",
            text='{"review": {"watch": "second"}}',
            id=desk.cast.hongqi,
        )
        return {}

    await desk.cast.do(desk.cast.system(), work)
    recorded = await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨"), desk.who("赵叔叔")])
    assert len(recorded.waiting) == 2
    assert recorded.points == 0
    done = await confirm(desk, "陈社工", recorded.waiting)
    assert done.answer == {"points": 10}


async def test_doubtful_evidence_waits_though_the_roster_does_not(desk: Desk):
    desk.house.registry.add(programme("paper", evidence=("roster", "paper")), "paper")
    await publish_rules(desk.house, desk.cast.hongqi, "paper")
    desk.programme = "paper"
    leader = await desk.cast.viewer("王队长")
    assert (await desk.record(leader, [desk.who("李阿姨")])).waiting == ()
    assert len((await desk.record(leader, [desk.who("赵叔叔")], evidence="paper")).waiting) == 1


async def test_what_is_sent_back_never_counts_and_can_be_recorded_anew(desk: Desk, waiting: Recorded):
    await send_back(desk, "陈社工", waiting.waiting, "times")
    assert await desk.balance("王队长") == 0
    assert await desk.minutes("王队长") == 0
    (notice,) = await inbox(await desk.cast.viewer("王队长"))
    assert "times are not right" in notice.message.id
    again = await desk.record(await desk.cast.viewer("郑副队"), [desk.who("王队长")])
    assert len(again.confirmed) == 1
    assert await desk.balance("王队长") == 5
    await check_book(desk.house.db)


async def test_sending_back_needs_one_of_the_reasons(desk: Desk, waiting: Recorded):
    for reason in ("", "his wife says so"):
        with pytest.raises(Invalid) as refused:
            await send_back(desk, "陈社工", waiting.waiting, reason)
        assert list(refused.value.fields) == ["reason"]


async def test_a_second_decision_comes_too_late(desk: Desk, waiting: Recorded):
    await confirm(desk, "陈社工", waiting.waiting)
    with pytest.raises(Refused, match="just decided"):
        await confirm(desk, "陈社工", waiting.waiting)
    with pytest.raises(Refused, match="just decided"):
        await send_back(desk, "陈社工", waiting.waiting, "absent")
    assert await desk.balance("王队长") == 5


@pytest.mark.parametrize("name", ["郑副队", "李阿姨", "孙店员", "何社工", "冯阿姨"])
async def test_who_may_not_review_finds_nothing(desk: Desk, waiting: Recorded, name: str):
    viewer = await desk.cast.viewer(name)
    with pytest.raises(NotFound):
        await review.queue(viewer)
    with pytest.raises(NotFound):
        await confirm(desk, name, waiting.waiting)
    assert await desk.balance("王队长") == 0


async def test_another_communitys_worker_cannot_tell_it_from_nothing(desk: Desk, waiting: Recorded):
    there = await desk.cast.viewer("何社工", "xinxing")
    assert await review.queue(there) == []
    for ids in (waiting.waiting, [10**12]):
        with pytest.raises(NotFound):
            await desk.cast.do(there, lambda unit, ids=ids: review.confirm(unit, ids))


async def test_nothing_ticked_is_said_so(desk: Desk):
    with pytest.raises(Invalid) as refused:
        await confirm(desk, "陈社工", [])
    assert list(refused.value.fields) == ["attendance"]


async def test_the_queue_goes_on_after_the_last_row(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    for back in range(3):
        gap = back * DAY
        await desk.record(
            leader, [desk.who("王队长", START - gap, END - gap)], from_at=START - gap, to_at=END - gap
        )
    worker = await desk.cast.viewer("陈社工")
    with desk.house.db.watch() as log:
        first = await review.queue(worker, limit=2)
    assert len(log) == 1
    end = first[-1].row
    rest = await review.queue(worker, end["since_at"], end["attendance"], limit=2)
    assert [p.row["day"] for p in first + rest] == ["2026-11-22", "2026-11-21", "2026-11-20"]


async def test_a_reversal_takes_back_points_hours_and_time(desk: Desk, waiting: Recorded):
    done = await reverse(desk, "陈社工", waiting.confirmed)
    assert done.answer == {"points": 5}
    assert await desk.balance("李阿姨") == 0
    assert await desk.minutes("李阿姨") == 0
    again = await desk.record(await desk.cast.viewer("郑副队"), [desk.who("李阿姨")])
    assert again.points == 5
    await check_book(desk.house.db)


async def test_only_what_stands_can_be_reversed_and_only_once(desk: Desk, waiting: Recorded):
    with pytest.raises(Refused, match="Only what was confirmed"):
        await reverse(desk, "陈社工", waiting.waiting)
    with pytest.raises(Invalid):
        await reverse(desk, "陈社工", waiting.confirmed, "")
    await reverse(desk, "陈社工", waiting.confirmed)
    with pytest.raises(Refused, match="Only what was confirmed"):
        await reverse(desk, "陈社工", waiting.confirmed)


async def test_confirming_later_uses_the_caps_of_the_day_it_happened(desk: Desk, waiting: Recorded):
    desk.house.clock.advance(40 * DAY)  # type: ignore[attr-defined]  # the tests' clock
    assert TONIGHT + 40 * DAY - HOUR > END
    await confirm(desk, "陈社工", waiting.waiting)
    month = await desk.house.db.one(
        "select month, earned, minutes from volunteer_month where volunteer = :v",
        v=desk.cast["王队长"].volunteer,
    )
    assert month is not None
    assert (month["month"], month["earned"], month["minutes"]) == ("2026-11", 5, 120)
