"""The office's activities: narrowed by the address, page by page, one with who was there; taking back."""

import pytest

from tests.support.offices import Offices
from tests.support.served import serve
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply
from tests.web.walks import points_of

LIST = "/c/hongqi/activities"


async def shown(offices: Offices, title: str) -> str:
    found = await offices.house.db.value("select public_id from activity where title = :t", t=title)
    return f"{LIST}/{found}"


def rows(page: Reply) -> int:
    return page.text.count("data-row")


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_activities_are_narrowed_by_month_team_and_programme(enter: Enter, offices: Offices) -> None:
    cast = offices.cast
    await serve(cast, "2026-10-31", 60, "李阿姨", title="十月巡逻")
    await serve(cast, "2026-11-01", 90, "李阿姨", "赵叔叔", title="十一月巡逻")
    worker = await enter("陈社工")
    page = await worker.get(LIST)
    assert page.text.index("十一月巡逻") < page.text.index("十月巡逻")
    assert "3 小时" in page.text
    team = await cast.house.db.value("select public_id from team where id = :id", id=cast.team)
    other = await cast.house.db.value("select public_id from team where id = :id", id=cast.other_team)
    for query, count in (
        ("month=2026-10", 1), ("month=2026-09", 0), ("programme=patrol", 2), ("programme=nothing", 2),
        (f"team={team}", 2), (f"team={other}", 2), (f"team={team}&month=2026-11&programme=patrol", 1),
        ("month=x", 2), ("after=x", 2), ("after=1-1", 0), ("after=" + "9" * 40 + "-1", 2), ("month=%00", 2),
    ):  # fmt: skip
        page = await worker.get(f"{LIST}?{query}")
        assert page.status == 200
        assert rows(page) == count, query
    assert 'value="2026-10" selected' in (await worker.get(LIST + "?month=2026-10")).text


async def test_the_list_goes_on_page_by_page_and_loses_none(enter: Enter, offices: Offices) -> None:
    for day in range(1, 23):
        for hour in ("", " "):
            title = f"第{day}次{hour}"
            await serve(offices.cast, f"2026-11-{day:02}", 60, "李阿姨" if hour else "赵叔叔", title=title)
    for day in range(1, 12):
        await serve(offices.cast, f"2026-10-{day:02}", 60, "李阿姨", title=f"十月第{day}次")
    worker = await enter("陈社工")
    page = await worker.get(LIST)
    assert rows(page) == 50
    more = page.text.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = await worker.get(more)
    assert rows(rest) == 5
    assert "十月第1次" in rest.text
    assert "回到第一页" in rest.text


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_an_activity_says_who_was_there_and_what_became_of_it(enter: Enter, offices: Offices) -> None:
    await serve(offices.cast, "2026-11-20", 120, "王队长", "李阿姨", title="夜巡")
    worker = await enter("陈社工")
    page = await worker.get(await shown(offices, "夜巡"))
    for words in ("李阿姨", "王队长", "待确认", "已确认", "20:00–22:00", "东门", "夜间义务巡逻队", "登记人"):
        assert words in page.text, words
    csv = (await worker.get(await shown(offices, "夜巡") + "?as=csv")).body.decode("utf-8-sig")
    assert f"{offices.cast['李阿姨'].number},李阿姨,20:00,22:00,120" in csv
    leader = await enter("王队长")
    assert (await leader.get(await shown(offices, "夜巡"))).status == 200
    for name in ("李阿姨", "孙店员", "高科长"):
        assert (await (await enter(name)).get(await shown(offices, "夜巡"))).status == 404


async def test_single_records_are_taken_back_after_a_second_look(enter: Enter, offices: Offices) -> None:
    cast = offices.cast
    ids = await serve(cast, "2026-11-20", 120, "李阿姨", "赵叔叔", title="夜巡")
    worker = await enter("陈社工")
    address = await shown(offices, "夜巡")
    page = await worker.get(address)
    fields = {**page.form(address + "/reverse/look"), "pick": [str(ids[0])], "reason": "absent"}
    look = await worker.post(address + "/reverse/look", fields)
    assert look.status == 200
    assert "李阿姨" in look.text
    assert "赵叔叔" not in look.text
    assert "−6" in look.text
    assert await points_of(cast, "李阿姨") == 6
    final = look.form(address + "/reverse")
    replies = [await worker.post(address + "/reverse", final) for _ in range(2)]
    assert [r.location for r in replies] == [address + "?done=reversed"] * 2
    assert (await points_of(cast, "李阿姨"), await points_of(cast, "赵叔叔")) == (0, 6)
    page = await worker.get(address)
    assert "已撤回" in page.text
    assert "本人没有到场" in page.text.partition("<tbody")[2].partition("</tbody>")[0]
    again = await worker.post(address + "/reverse", {**final, "request_id": "Z" * 26})
    assert again.status == 409


@pytest.mark.parametrize(
    "changes", [{"pick": []}, {"pick": ["x"]}, {"pick": ["999999"]}, {"reason": ""}, {"reason": "boring"}]
)
async def test_nothing_ticked_or_no_reason_is_said(
    enter: Enter, offices: Offices, changes: dict[str, str | list[str]]
) -> None:
    ids = await serve(offices.cast, "2026-11-20", 120, "李阿姨", title="夜巡")
    worker = await enter("陈社工")
    address = await shown(offices, "夜巡")
    token = (await worker.get(address)).csrf
    for target in ("/reverse/look", "/reverse"):
        fields = {
            "_csrf_token": token, "request_id": "Y" * 26, "pick": [str(ids[0])], "reason": "absent", **changes
        }  # fmt: skip
        reply = await worker.post(address + target, fields)
        assert reply.status == 422
        assert 'role="alert"' in reply.text
    assert await points_of(offices.cast, "李阿姨") == 6


async def test_nobody_takes_back_his_own_or_without_the_permission(enter: Enter, offices: Offices) -> None:
    ids = await serve(offices.cast, "2026-11-20", 120, "李阿姨", title="夜巡")
    address = await shown(offices, "夜巡")
    for name in ("王队长", "周审计"):
        guest: Guest = await enter(name)
        page = await guest.get(address)
        assert page.status == 200
        assert 'name="pick"' not in page.text
        fields = {
            "_csrf_token": page.csrf, "request_id": "X" * 26, "pick": [str(ids[0])], "reason": "absent"
        }  # fmt: skip
        for target in ("/reverse/look", "/reverse"):
            assert (await guest.post(address + target, fields)).status == 404, name
    assert await points_of(offices.cast, "李阿姨") == 6


async def test_the_pages_of_activities_cost_three_statements(enter: Enter, offices: Offices) -> None:
    await serve(offices.cast, "2026-11-20", 120, "李阿姨", title="夜巡")
    address = await shown(offices, "夜巡")
    for name in ("陈社工", "王队长", "周审计"):
        guest = await enter(name)
        for page in (LIST, LIST + "?month=2026-11", LIST + "?as=csv", address, address + "?as=xlsx"):
            await guest.get(page)
            with offices.house.db.watch() as log:
                assert (await guest.get(page)).status == 200
            assert len(log) <= 1 + 3, (name, page, [s.sql[:50] for s in log])
