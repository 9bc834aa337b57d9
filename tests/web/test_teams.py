"""The office's teams: found, made, changed, closed; members come, lead and leave; monthly targets."""

import re

import pytest

from core.base.clock import DAY, FixedClock
from tests.support.offices import Offices
from tests.support.served import serve
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest
from tests.web.test_areas import send

TEAMS = "/c/hongqi/teams"


async def base(offices: Offices) -> str:
    shown = await offices.house.db.value("select public_id from team where id = :id", id=offices.cast.team)
    return f"{TEAMS}/{shown}"


async def make(guest: Guest, name: str, **more: str) -> str:
    done = await send(guest, TEAMS + "/new", name=name, **{"category": "", "area": "", **more})
    assert done.status == 303
    return done.location.partition("?")[0]


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_team_is_made_with_a_category_and_found_by_it(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    address = await make(worker, "清洁模范队", category="环境", area=offices.shown["第1网格"])
    page = await worker.get(address + "?done=added")
    for words in ("清洁模范队", "环境", "第1网格", "服务队已建立"):
        assert words in page.text, words
    listed = await worker.get(TEAMS)
    assert 'value="环境"' in listed.text
    found = await worker.get(TEAMS + "?category=%E7%8E%AF%E5%A2%83")
    assert "清洁模范队" in found.text
    assert "夜间义务巡逻队" not in found.text.partition("<main")[2]
    area = await worker.get(f"/c/hongqi/areas/{offices.shown['第1网格']}")
    assert address in area.text
    assert '<option value="环境">' in (await worker.get(TEAMS + "/new")).text
    for wrong in ({"name": "清洁模范队"}, {"name": ""}, {"name": "另", "area": "x"}, {"name": "长" * 61}):
        fields = {"category": "", "area": "", **wrong}
        assert (await send(worker, TEAMS + "/new", **fields)).status == 422


async def test_a_member_joins_leads_and_leaves(enter: Enter, offices: Offices) -> None:
    worker, cast = await enter("陈社工"), offices.cast
    address = await make(worker, "晨练队")
    join = address + "/members/new"
    done = await send(worker, join, who=cast["李阿姨"].number, role="member", from_day="2026-05-01")
    assert done.location == address + "?done=joined"
    again = await send(worker, join, who="李阿姨", role="member", from_day="")
    assert again.status == 422
    assert "已在这支服务队中" in again.text
    member = f"{address}/members/{cast['李阿姨'].number}"
    page = await worker.get(member)
    assert (await worker.submit(page, member + "/role")).status == 303  # the first button: member → leader?
    role = await cast.house.db.value(
        "select m.role from team_member m join team t on t.id = m.team where t.name = '晨练队'"
    )
    assert role == "leader"
    li = await enter("李阿姨")
    assert (await li.get(address)).status == 200
    assert (await li.get(TEAMS)).status == 200
    fields = {**(await worker.get(member + "/leave")).form(member + "/leave"), "to_day": "2026-11-20"}
    replies = [await worker.post(member + "/leave", fields) for _ in range(2)]
    assert [r.location for r in replies] == [address + "?done=left"] * 2
    page = await worker.get(address)
    assert "曾经的队员" in page.text
    assert "2026年11月20日" in page.text
    assert (await li.get(address)).status == 404
    assert (await worker.get(member)).status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"who": ""}, {"who": "没有"}, {"who": "20000000"}, {"role": "boss"}, {"from_day": "2026-11-24"},
        {"from_day": "x"}, {"which": "123"},
    ],
)  # fmt: skip
async def test_who_cannot_join_is_said_at_the_field(
    enter: Enter, offices: Offices, changes: dict[str, str]
) -> None:
    worker = await enter("陈社工")
    address = await make(worker, "晨练队") + "/members/new"
    reply = await send(worker, address, **{"who": "李阿姨", "role": "member", "from_day": "", **changes})
    assert reply.status == 422
    assert 'role="alert"' in reply.text


async def test_a_foreign_volunteer_is_not_found_for_a_team(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    address = await make(worker, "晨练队") + "/members/new"
    for who in ("冯阿姨", offices.cast["冯阿姨"].number):
        assert (await send(worker, address, who=who, role="member", from_day="")).status == 422


async def test_a_team_is_closed_after_a_second_look_and_opened_again(enter: Enter, offices: Offices) -> None:
    worker, leader = await enter("陈社工"), await enter("王队长")
    address = await base(offices)
    page = await worker.get(address + "/close")
    assert "所有队员从今天起退出" in page.text
    assert (await leader.get(address)).status == 200
    fields = page.form(address + "/close")
    assert [(await worker.post(address + "/close", fields)).status for _ in range(2)] == [303, 303]
    assert (await leader.get(address)).status == 404
    assert "夜间义务巡逻队" not in (await worker.get(TEAMS)).text.partition("<main")[2]
    assert "夜间义务巡逻队" in (await worker.get(TEAMS + "?state=closed")).text
    assert "members/new" not in (await worker.get(address)).text
    await make(worker, "夜间义务巡逻队")
    assert (await send(worker, address + "/reopen")).status == 422
    await send(worker, address + "/edit", name="x", category="", area="")
    other = await worker.get(TEAMS)
    new = re.findall(rf"{TEAMS}/[0-9A-Z]{{12}}", other.text)[0]
    assert (await send(worker, new + "/edit", name="另一队", category="", area="")).status == 303
    assert (await send(worker, address + "/reopen")).location == address + "?done=reopened"


async def test_the_list_and_the_members_can_be_taken_along(enter: Enter, offices: Offices) -> None:
    await offices.count()
    worker = await enter("陈社工")
    teams = (await worker.get(TEAMS + "?as=csv")).body.decode("utf-8-sig")
    assert "王队长、郑副队" in teams
    members = (await worker.get(await base(offices) + "?as=csv")).body.decode("utf-8-sig")
    assert members.count("\n") == 7
    assert offices.cast["李阿姨"].number in members
    assert "1390" not in members


async def test_a_leader_sees_his_team_and_changes_nothing(enter: Enter, offices: Offices) -> None:
    worker, leader = await enter("陈社工"), await enter("王队长")
    other = await make(worker, "晨练队")
    page = await leader.get(TEAMS)
    assert "夜间义务巡逻队" in page.text
    assert "晨练队" not in page.text
    assert (await leader.get(other)).status == 404
    address = await base(offices)
    page = await leader.get(address)
    assert "/x/patrol/shifts/new?team=" in page.text
    assert "/edit" not in page.text
    for rest in ("/edit", "/close", "/members/new", "/duty/set", f"/members/{offices.cast['李阿姨'].number}"):
        assert (await leader.get(address + rest)).status == 404, rest
    assert (await leader.get(TEAMS + "/new")).status == 404
    assert (await (await enter("赵叔叔")).get(address)).status == 404


# -- monthly targets ---------------------------------------------------------------------------------------


async def test_a_target_is_set_and_the_month_is_told_in_words(
    enter: Enter, offices: Offices, clock: FixedClock
) -> None:
    worker, cast = await enter("陈社工"), offices.cast
    address = await base(offices)
    page = await worker.get(address + "/duty/set")
    for usual in ('value="2"', 'value="3"'):
        assert usual in page.text
    await send(worker, address + "/duty/set", from_month="2026-10", least="2", most="3", hours="2.5")
    assert "每月 2–3 次，平均 2 小时 30 分以上" in (await worker.get(address)).text
    await serve(cast, "2026-10-10", 150, "李阿姨", "赵叔叔")
    report = await worker.get(TEAMS + "/duty")
    assert "2026年10月" in report.text
    assert "未达标：次数不足" in report.text
    await serve(cast, "2026-10-17", 160, "李阿姨")
    assert "达标" in (await worker.get(TEAMS + "/duty")).text
    assert "非队员" in (await worker.get(address + "/duty")).text  # they joined in November
    await serve(cast, "2026-11-10", 150, "李阿姨")
    await serve(cast, "2026-11-11", 150, "李阿姨")
    one = await worker.get(address + "/duty?month=2026-11")
    assert "少于 2 次" in one.text
    assert "达到目标" in one.text
    csv = (await worker.get(TEAMS + "/duty?month=2026-10&as=csv")).body.decode("utf-8-sig")
    assert "2026-10,夜间义务巡逻队" in csv
    await offices.count()
    assert "达标" in (await worker.get(TEAMS)).text
    for month in ("2026-13", "x", "1999-01", "%00"):
        assert (await worker.get(f"{TEAMS}/duty?month={month}")).status == 200
        assert (await worker.get(f"{address}/duty?month={month}")).status == 200


@pytest.mark.parametrize(
    "changes",
    [{"least": "4"}, {"least": "x"}, {"most": "100"}, {"hours": "2.25"}, {"hours": "25"}, {"hours": ""},
     {"from_month": "2026"}],
)  # fmt: skip
async def test_a_target_that_cannot_be_stays_in_the_form(
    enter: Enter, offices: Offices, changes: dict[str, str]
) -> None:
    worker, address = await enter("陈社工"), await base(offices) + "/duty/set"
    good = {"from_month": "2026-11", "least": "2", "most": "3", "hours": "3"}
    reply = await send(worker, address, **{**good, **changes})
    assert reply.status == 422
    assert 'aria-invalid="true"' in reply.text


async def test_leaders_are_reminded_once(enter: Enter, offices: Offices, clock: FixedClock) -> None:
    worker, address = await enter("陈社工"), await base(offices)
    await send(worker, address + "/duty/set", from_month="2026-11", least="2", most="3", hours="3")
    assert "/duty/remind" not in (await worker.get(TEAMS + "/duty?month=2026-11")).text  # it is not over
    clock.advance(8 * DAY)
    worker = await enter("陈社工")  # nobody of the office is signed in for eight days
    page = await worker.get(TEAMS + "/duty")
    assert "提醒 1 支服务队" in page.text
    done = await worker.submit(page, TEAMS + "/duty/remind")
    assert "done=reminded" in done.location
    again = await worker.submit(await worker.get(TEAMS + "/duty"), TEAMS + "/duty/remind")
    assert "done=none" in again.location
    notices = await (await enter("王队长")).get("/c/hongqi/notices")
    assert "开展活动 0 次，目标是 2 到 3 次" in notices.text
    assert f"{address}/duty?month=2026-11" in notices.text


async def test_the_pages_of_teams_cost_three_statements(enter: Enter, offices: Offices) -> None:
    await serve(offices.cast, "2026-10-10", 150, "李阿姨", "赵叔叔")
    await offices.count()
    address = await base(offices)
    number = offices.cast["李阿姨"].number
    for name in ("陈社工", "王队长", "周审计"):
        guest = await enter(name)
        for page in (
            TEAMS, TEAMS + "/new", TEAMS + "/duty", address, address + "/edit", address + "/close",
            address + "/duty", address + "/duty/set", address + "/members/new", f"{address}/members/{number}",
            f"{address}/members/{number}/leave", address + "/reopen",
        ):  # fmt: skip
            await guest.get(page)
            with offices.house.db.watch() as log:
                await guest.get(page)
            assert len(log) <= 1 + 3, (name, page, [s.sql[:50] for s in log])
