"""The service desk: find, choose, look again, hand over, undo."""

import pytest

from core.base.act import Unit, note
from tests.support.cast import Cast
from tests.web.conftest import BOTH, Enter
from tests.web.walks import choose, find, points_of, record_patrol

COUNTER = "/c/hongqi/counter"
REDEEM = "/c/hongqi/redemptions"


async def earn(enter: Enter, cast: Cast, *names: str, times: int = 3) -> None:
    """Several patrols of two hours, day after day."""
    leader = await enter("王队长")
    for day in range(times):
        reply = await record_patrol(
            leader, cast, *names, **{"from": f"2026-11-{10 + day}T20:00", "to": f"2026-11-{10 + day}T22:00"}
        )
        assert reply.status == 303, reply.text


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_reward_is_handed_over_once_however_often_the_form_is_sent(enter: Enter, cast: Cast) -> None:
    await earn(enter, cast, "赵叔叔")
    clerk = await enter("孙店员")
    before = await points_of(cast, "赵叔叔")
    page = await choose(clerk, cast, "赵叔叔", "香皂")
    assert page.status == 200
    assert "赵*叔" in page.text or "赵叔*" in page.text or "赵*" in page.text
    fields = page.form(REDEEM)
    first = await clerk.post(REDEEM, fields)
    again = await clerk.post(REDEEM, fields)
    assert first.status == again.status == 303
    assert first.location == again.location
    assert await points_of(cast, "赵叔叔") == before - 15
    assert await cast.house.db.value("select count(*) from redemption") == 1
    # Even when the reward is gone since: what was done is answered as it was.
    await _withdraw(cast)
    assert (await clerk.post(REDEEM, fields)).location == first.location
    receipt = await clerk.get(first.location)
    assert "−15" in receipt.text
    assert "香皂" in receipt.text


async def _withdraw(cast: Cast) -> None:
    async def work(unit: Unit) -> None:
        await unit.execute("update reward set status = 'withdrawn' where id = :soap", soap=cast.soap)

    await note(cast.house, work)


async def test_the_same_form_with_another_reward_is_a_conflict(enter: Enter, cast: Cast) -> None:
    await earn(enter, cast, "赵叔叔", times=9)
    clerk = await enter("孙店员")
    soap = (await choose(clerk, cast, "赵叔叔", "香皂")).form(REDEEM)
    rice = (await choose(clerk, cast, "赵叔叔", "大米 5 公斤")).form(REDEEM)
    assert (await clerk.post(REDEEM, soap)).status == 303
    reply = await clerk.post(REDEEM, {**rice, "request_id": soap["request_id"]})
    assert reply.status == 409
    assert await cast.house.db.value("select count(*) from redemption") == 1


async def test_the_clerk_undoes_it_and_the_points_are_back(enter: Enter, cast: Cast) -> None:
    await earn(enter, cast, "赵叔叔")
    clerk = await enter("孙店员")
    before = await points_of(cast, "赵叔叔")
    done = await clerk.submit(await choose(clerk, cast, "赵叔叔", "香皂"), REDEEM)
    receipt = await clerk.get(done.location)
    undone = await clerk.submit(receipt, done.location + "/undo")
    assert undone.status == 303
    assert await points_of(cast, "赵叔叔") == before
    after = await clerk.get(undone.location)
    assert "已撤销" in after.text
    assert done.location + "/undo" not in after.text


async def test_too_few_points_name_what_is_missing_and_book_nothing(enter: Enter, cast: Cast) -> None:
    await earn(enter, cast, "赵叔叔", times=1)
    clerk = await enter("孙店员")
    page = await choose(clerk, cast, "赵叔叔", "大米 5 公斤")
    assert page.status == 409
    assert f"还差 {44 - await points_of(cast, '赵叔叔')} 分" in page.text
    assert await cast.house.db.value("select count(*) from redemption") == 0


async def test_a_clerk_cannot_serve_his_own_household(enter: Enter, cast: Cast) -> None:
    await earn(enter, cast, "李阿姨")
    clerk = await enter("孙店员")
    reply = await clerk.submit(await choose(clerk, cast, "李阿姨", "香皂"), REDEEM)
    assert reply.status == 409
    assert "自己和家人的兑换" in reply.text
    assert await cast.house.db.value("select count(*) from redemption") == 0


@pytest.mark.parametrize(
    "typed", ["", "00000000", "没有这个人", "<script>alert(1)</script>", "9" * 300, "%_!"]
)
async def test_what_finds_nobody_is_said_at_the_field_and_stays_typed(
    enter: Enter, cast: Cast, typed: str
) -> None:
    clerk = await enter("孙店员")
    page = await find(clerk, typed)
    assert page.status == 422
    assert 'id="q-error"' in page.text
    assert page.form(COUNTER)["q"] == typed[:200]
    assert "<script>alert" not in page.text


async def test_a_member_is_found_by_number_and_by_telephone(enter: Enter, cast: Cast) -> None:
    clerk = await enter("孙店员")
    for typed in (cast["赵叔叔"].number, cast["赵叔叔"].phone):
        page = await find(clerk, typed)
        assert page.status == 200
        assert cast["赵叔叔"].number in page.text
        assert "赵叔叔" not in page.text, "the name is masked"


async def test_somebody_of_another_community_is_not_found(enter: Enter, cast: Cast) -> None:
    clerk = await enter("孙店员")
    foreign = await find(clerk, cast["冯阿姨"].number)
    absent = await find(clerk, "10000000")
    assert foreign.status == absent.status == 422
    assert foreign.text.count("冯") == 0
