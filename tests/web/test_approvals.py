"""The queue of requests, and the ways into it: a large exchange at the desk, a merge."""

import pytest

from core.community.communities import change_settings
from core.points.opening import Opening, add_openings
from tests.support.offices import Offices
from tests.web.conftest import Enter
from tests.web.guest import Guest, Reply
from tests.web.walks import choose, points_of

QUEUE = "/c/hongqi/approvals"


@pytest.fixture
async def large(offices: Offices) -> Offices:
    """赵叔叔 has 100 points; exchanges of more than 40 need a second person."""
    cast = offices.cast
    opening = Opening(cast["赵叔叔"].volunteer or 0, 100, 0, "2026-11-01", "老账本")
    await cast.do(cast.system(), lambda unit: add_openings(unit, [opening]))
    await cast.do(cast.system(), lambda unit: change_settings(unit, large_redemption=40))
    return offices


async def ask(clerk: Guest, large: Offices) -> Reply:
    page = await choose(clerk, large.cast, "赵叔叔", "大米 5 公斤")
    return await clerk.submit(page, "/c/hongqi/redemptions")


async def test_a_large_exchange_waits_and_is_done_when_a_second_person_approves(
    enter: Enter, large: Offices
) -> None:
    clerk, worker = await enter("孙店员"), await enter("陈社工")
    asked = await ask(clerk, large)
    assert asked.status == 303 and asked.location.startswith(QUEUE + "/")
    shown = asked.location.partition("?")[0]
    assert "等待" in (await clerk.get(asked.location)).text
    assert await points_of(large.cast, "赵叔叔") == 56
    assert "不能由您决定" not in (await worker.get(QUEUE)).text
    page = await worker.get(QUEUE)
    assert shown in page.text and "大米 5 公斤" in page.text and "赵叔叔" in page.text
    unread = await worker.get("/c/hongqi/notices")
    assert shown in unread.text
    done = await worker.submit(await worker.get(shown), shown, decision="approved")
    assert done.location == shown + "?done=approved"
    assert "/redemptions/" not in (await worker.get(done.location)).text
    assert "大米 5 公斤" in (await (await enter("赵叔叔")).get("/c/hongqi/points")).text
    assert shown in (await worker.get(QUEUE + "/decided")).text
    assert shown in (await clerk.get(QUEUE + "/asked")).text
    again = await worker.submit(await worker.get("/c/hongqi/notices"), "/prefs")
    assert again.status in (200, 303)


async def test_a_refusal_needs_a_reason_that_whoever_asked_reads(enter: Enter, large: Offices) -> None:
    clerk, worker = await enter("孙店员"), await enter("陈社工")
    shown = (await ask(clerk, large)).location.partition("?")[0]
    page = await worker.get(shown)
    silent = await worker.submit(page, shown, decision="refused")
    assert silent.status == 422 and "reason-error" in silent.text
    assert (await worker.submit(page, shown, decision="refused", reason="本人没有到场")).status == 303
    assert "本人没有到场" in (await clerk.get(shown)).text
    assert await points_of(large.cast, "赵叔叔") == 100
    late = await worker.submit(page, shown, decision="approved", request_id="B" * 26)
    assert late.status == 409


async def test_who_asked_may_take_it_back_and_cannot_approve(enter: Enter, large: Offices) -> None:
    clerk = await enter("孙店员")
    shown = (await ask(clerk, large)).location.partition("?")[0]
    page = await clerk.get(shown)
    assert 'value="approved"' not in page.text
    forged = {**page.form(shown), "decision": "approved"}
    assert (await clerk.post(shown, forged)).status == 409
    assert (await clerk.submit(await clerk.get(shown), shown)).location == shown + "?done=withdrawn"
    assert await points_of(large.cast, "赵叔叔") == 100


async def test_others_find_no_queue_and_no_request(enter: Enter, large: Offices) -> None:
    shown = (await ask(await enter("孙店员"), large)).location.partition("?")[0]
    for name in ("李阿姨", "王队长", "周审计"):
        guest = await enter(name)
        assert (await guest.get(QUEUE)).status == 404
        assert (await guest.get(shown)).status == 404
    for path in ("?after=x-1", "?after=99999999999999999999-1", "/decided?after=1-1", "/asked?after=-"):
        assert (await (await enter("陈社工")).get(QUEUE + path)).status == 200


async def test_the_limit_is_a_setting_of_the_community(enter: Enter, offices: Offices) -> None:
    admin = await enter("林主任")
    path = "/c/hongqi/settings/community"
    place = {"zone": "Asia/Shanghai", "locale": "zh-Hans"}
    wrong = await admin.submit(await admin.get(path), path, large_redemption="0", **place)
    assert wrong.status == 422 and "large_redemption-error" in wrong.text
    assert (await admin.submit(wrong, path, large_redemption="40", **place)).status == 303
    assert "40" in (await admin.get("/c/hongqi/settings")).text
    for hours, status in (("0", 422), ("25", 422), ("6", 303)):
        page = await admin.get(path)
        assert (await admin.submit(page, path, long_service=hours, **place)).status == status
    assert (await admin.submit(await admin.get(path), path, large_redemption="", **place)).status == 303
    settings = await offices.house.db.value("select settings from community where slug = 'hongqi'")
    assert "large" not in settings
    assert "long_service" in settings


async def test_a_merge_is_asked_for_and_done_when_approved(enter: Enter, offices: Offices) -> None:
    cast, worker, admin = offices.cast, await enter("陈社工"), await enter("林主任")
    stays, goes = cast["赵叔叔"].number, cast["吴大爷"].number
    path = f"/c/hongqi/people/{stays}/merge"
    page = await worker.get(f"{path}?with={goes}")
    silent = await worker.submit(page, path)
    assert silent.status == 422 and "reason-error" in silent.text
    asked = await worker.submit(silent, path, reason="身份证号相同")
    shown = asked.location.partition("?")[0]
    assert (await worker.get(f"/c/hongqi/people/{goes}")).status == 200
    look = await admin.get(shown)
    assert f"{path}?with={goes}" in look.text and "身份证号相同" in look.text
    assert (await admin.submit(look, shown, decision="approved")).status == 303
    merged = await cast.house.db.value("select merged_into from volunteer where number = :n", n=goes)
    assert merged == cast["赵叔叔"].volunteer


async def test_what_nothing_stands_behind_any_more_is_read_and_refused(enter: Enter, large: Offices) -> None:
    shown = (await ask(await enter("孙店员"), large)).location.partition("?")[0]
    cast, house, admin = large.cast, large.house, await enter("林主任")
    # As it was asked by a programme that is gone: its words are kept, its code is not there.
    house.approvals = {key: kind for key, kind in house.approvals.items() if key != "redemption.large"}
    worker = await enter("陈社工")
    assert (await worker.get(shown)).status == 404
    assert "大米 5 公斤" in (await admin.get(QUEUE)).text
    page = await admin.get(shown)
    assert "大米 5 公斤" in page.text and "不能批准" in page.text
    assert 'value="approved"' not in page.text and 'value="refused"' in page.text
    forged = {**page.form(shown), "decision": "approved"}
    assert (await admin.post(shown, forged)).status == 409
    done = await admin.submit(page, shown, decision="refused", reason="项目已停用")
    assert done.location == shown + "?done=refused"
    assert "项目已停用" in (await (await enter("孙店员")).get(shown)).text
    assert await points_of(cast, "赵叔叔") == 56
