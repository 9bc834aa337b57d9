"""A programme in a community: switched, set, confirmed strictly, its rules published after a look."""

import pytest

from tests.support.cast import Cast
from tests.support.offices import Offices
from tests.web.conftest import BOTH, Enter
from tests.web.test_areas import send
from tests.web.walks import points_of, record_patrol

PATROL = "/c/hongqi/settings/programmes/patrol"


async def test_switching_says_what_happens_and_happens_at_once(enter: Enter, offices: Offices) -> None:
    admin, leader = await enter("林主任"), await enter("王队长")
    page = await admin.get(PATROL + "/switch")
    assert "本社区立即关闭这个项目的页面" in page.text
    assert (await admin.submit(page, PATROL + "/switch")).location == PATROL + "?done=off"
    assert (await leader.get("/c/hongqi/x/patrol/shifts")).status == 404
    assert "已关闭" in (await admin.get(PATROL)).text
    assert (await send(admin, PATROL + "/switch")).location == PATROL + "?done=on"
    assert (await leader.get("/c/hongqi/x/patrol/shifts")).status == 200
    assert (await admin.get("/c/hongqi/settings/programmes/nothing")).status == 404


async def test_what_a_programme_wants_set_is_a_form_made_from_its_struct(
    enter: Enter, offices: Offices
) -> None:
    admin, leader = await enter("林主任"), await enter("王队长")
    routes = {"set-routes": "东门—广场\n\n 沿河 步道 \n"}
    assert (await send(admin, PATROL + "/settings", **routes)).status == 303
    page = await leader.get("/c/hongqi/x/patrol/shifts/new")
    assert "东门—广场" in page.text
    assert "沿河 步道" in page.text
    assert "东门—广场、沿河 步道" in (await admin.get(PATROL)).text
    too_long = await send(admin, PATROL + "/settings", **{"set-routes": "长" * 5000})
    assert too_long.status == 422


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_rules_are_read_in_words_before_they_are_published(
    enter: Enter, offices: Offices, cast: Cast
) -> None:
    admin = await enter("林主任")
    page = await admin.get(PATROL + "/rules")
    assert 'name="set-points_per_hour"' in page.text
    look = await admin.submit(
        page, PATROL + "/rules", **{"set-points_per_hour": "６", "set-caps-day": "", "set-caps-month": "100"}
    )
    assert look.status == 200
    for words in ("巡逻每小时 6 分", "每月", "100"):
        assert words in look.text, words
    assert "20 分" not in look.text
    assert await cast.house.db.value("select count(*) from rule_sheet") == 1
    back = await admin.submit(look, PATROL + "/rules")
    assert 'value="６"' in back.text
    fields = look.form(PATROL + "/publish")
    replies = [await admin.post(PATROL + "/publish", fields) for _ in range(2)]
    assert [r.location for r in replies] == [PATROL + "?done=published#rules"] * 2
    assert await cast.house.db.value("select count(*) from rule_sheet") == 2
    page = await admin.get(PATROL)
    assert "巡逻每小时 6 分" in page.text
    assert "施行中" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"set-points_per_hour": "1001"}, {"set-points_per_hour": ""}, {"set-points_per_hour": "三"},
        {"set-night_percent": "-1"}, {"set-caps-day": "x"}, {"from_day": "2026-11-22"}, {"from_day": "x"},
    ],
)  # fmt: skip
async def test_rules_that_cannot_be_stay_in_the_form(
    enter: Enter, offices: Offices, changes: dict[str, str]
) -> None:
    admin = await enter("林主任")
    for target in ("/rules", "/publish"):
        fields = {**(await admin.get(PATROL + "/rules")).form(PATROL + "/rules"), **changes}
        reply = await admin.post(PATROL + target, fields)
        assert reply.status == 422, target
        (name, value), *_ = changes.items()
        assert f'id="{name}-error"' in reply.text
        assert not value or f'value="{value}"' in reply.text


async def test_a_community_may_be_stricter_than_the_programme(
    enter: Enter, offices: Offices, cast: Cast
) -> None:
    admin, leader = await enter("林主任"), await enter("王队长")
    page = await admin.get(PATROL)
    assert (await admin.submit(page, PATROL + "/review")).status == 303
    await record_patrol(leader, cast, "赵叔叔")
    assert await points_of(cast, "赵叔叔") == 0
    page = await admin.get(PATROL)
    assert "一律由第二人确认" not in page.text
    assert (await admin.submit(page, PATROL + "/review")).status == 303
    times = {"from": "2026-11-21T20:00", "to": "2026-11-21T22:00"}
    await record_patrol(leader, cast, "赵叔叔", **times)
    assert await points_of(cast, "赵叔叔") == 6


async def test_the_first_rules_may_start_in_the_past(enter: Enter, offices: Offices, cast: Cast) -> None:
    operator = await enter("施运维")
    base = "/c/xinxing/settings/programmes/patrol"
    page = await operator.get(base)
    assert "目前没有施行的规则" in page.text
    look = await send(operator, base + "/rules", from_day="2026-01-01")
    assert (await operator.submit(look, base + "/publish")).status == 303
    assert (
        await cast.house.db.value("select from_day from rule_sheet where community = :c", c=cast.xinxing)
        == "2026-01-01"
    )


async def test_the_pages_of_settings_cost_three_statements(enter: Enter, offices: Offices) -> None:
    for name in ("林主任", "施运维"):
        guest = await enter(name)
        for address in (
            "/c/hongqi/settings", "/c/hongqi/settings/community", "/c/hongqi/settings/posts/fire", PATROL,
            PATROL + "/rules", PATROL + "/settings", PATROL + "/switch", "/communities/new", "/",
        ):  # fmt: skip
            await guest.get(address)
            with offices.house.db.watch() as log:
                await guest.get(address)
            assert len(log) <= 1 + 3, (name, address, [s.sql[:50] for s in log])
