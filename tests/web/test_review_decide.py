"""The second person: confirms, sends back, and never decides about himself."""

import pytest

from tests.support.cast import Cast
from tests.web.conftest import BOTH, Enter
from tests.web.walks import points_of, record_patrol

REVIEW = "/c/hongqi/review"


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_the_leaders_own_patrol_waits_and_is_confirmed_once(enter: Enter, cast: Cast) -> None:
    await record_patrol(await enter("王队长"), cast, "王队长", "赵叔叔")
    assert (await points_of(cast, "王队长"), await points_of(cast, "赵叔叔")) == (0, 6)
    worker = await enter("陈社工")
    page = await worker.get(REVIEW)
    assert "王队长" in page.text
    assert "+6" in page.text
    ids = [str(await cast.house.db.value("select attendance from attendance_pending"))]
    fields = {**page.form(REVIEW), "attendance": ids, "decision": "confirm"}
    first, again = await worker.post(REVIEW, fields), await worker.post(REVIEW, fields)
    assert (first.status, again.status) == (303, 303)
    assert await points_of(cast, "王队长") == 6
    assert "已确认入账" in (await worker.get(first.location)).text


async def test_sending_back_wants_a_reason_and_keeps_the_ticks(enter: Enter, cast: Cast) -> None:
    await record_patrol(await enter("王队长"), cast, "王队长")
    worker = await enter("陈社工")
    page = await worker.get(REVIEW)
    ids = [str(await cast.house.db.value("select attendance from attendance_pending"))]
    fields = {**page.form(REVIEW), "attendance": ids, "decision": "return", "reason": "nonsense"}
    refused = await worker.post(REVIEW, fields)
    assert refused.status == 422
    assert "请说明原因" in refused.text
    assert refused.form(REVIEW)["attendance"] == ids
    done = await worker.post(REVIEW, {**fields, "reason": "times"})
    assert done.status == 303
    assert await points_of(cast, "王队长") == 0
    notices = await (await enter("王队长")).get("/c/hongqi/notices")
    assert "被退回" in notices.text


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 30], ["1.5"], ["٣"]])
async def test_nothing_or_nonsense_ticked_is_said_and_never_fails(
    enter: Enter, cast: Cast, ids: list[str]
) -> None:
    await record_patrol(await enter("王队长"), cast, "王队长")
    worker = await enter("陈社工")
    page = await worker.get(REVIEW)
    reply = await worker.post(REVIEW, {**page.form(REVIEW), "attendance": ids, "decision": "confirm"})
    assert reply.status in (404, 422)
    assert await points_of(cast, "王队长") == 0


async def test_what_somebody_else_decided_first_is_a_conflict(enter: Enter, cast: Cast) -> None:
    await record_patrol(await enter("王队长"), cast, "王队长")
    worker = await enter("陈社工")
    one, two = await worker.get(REVIEW), await worker.get(REVIEW)
    ids = [str(await cast.house.db.value("select attendance from attendance_pending"))]
    done = {"attendance": ids, "decision": "confirm"}
    assert (await worker.post(REVIEW, {**one.form(REVIEW), **done})).status == 303
    late = await worker.post(REVIEW, {**two.form(REVIEW), **done})
    assert late.status == 409
    assert await points_of(cast, "王队长") == 6


async def test_the_queue_goes_on_after_any_mark(enter: Enter) -> None:
    worker = await enter("陈社工")
    for mark in ("", "1-2", "x", "1-", "9" * 40 + "-1", "-"):
        assert (await worker.get(f"{REVIEW}?after={mark}")).status == 200
