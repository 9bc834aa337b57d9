"""The office's areas: seen, changed, moved, taken away; totals only for the street office."""

import re
from urllib.parse import quote

import pytest

from tests.support.offices import Offices
from tests.support.served import serve
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply

AREAS = "/c/hongqi/areas"
NAMES = ("王队长", "郑副队", "李阿姨", "赵叔叔", "钱奶奶", "吴大爷", "陈社工", "孙店员", "林主任")


def at(offices: Offices, name: str, rest: str = "") -> str:
    return f"{AREAS}/{offices.shown[name]}{rest}"


async def send(guest: Guest, address: str, **changes: str | list[str]) -> Reply:
    """Opens a form, fills it in, sends it."""
    return await guest.submit(await guest.get(address), address, **changes)


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_the_tree_shows_stated_figures_beside_counted_ones(enter: Enter, offices: Offices) -> None:
    await serve(offices.cast, "2026-11-20", 120, "赵叔叔")
    worker = await enter("陈社工")
    assert "志愿者" not in (await worker.get(AREAS)).text.partition("<main")[2]
    await offices.count()
    page = await worker.get(AREAS)
    for words in ("第一工作站", "200 户，450 人", "志愿者 3 人，今年 2 小时", "统计数字截至"):
        assert words in page.text, words
    assert page.text.count("data-row") == 6


async def test_an_area_says_who_is_responsible_and_what_lies_below(enter: Enter, offices: Offices) -> None:
    await offices.count()
    page = await (await enter("陈社工")).get(at(offices, "第1网格"))
    for words in ("街道包联领导", "网格长", "空缺", "网格保洁员", "1号楼", "200", "志愿者（统计）"):
        assert words in page.text, words
    assert f"/c/hongqi/people?area={offices.shown['第1网格']}" in page.text


async def test_areas_are_found_by_name_and_what_is_typed_stays(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    page = await worker.get(AREAS + "?q=" + quote("1号"))
    assert at(offices, "1号楼") in page.text
    assert 'value="1号"' in page.text
    assert at(offices, "2号楼") not in page.text
    for query in ("q=%25", "q=" + "x" * 500, "q=%00", "as=pdf", "q=<b>"):
        assert (await worker.get(f"{AREAS}?{query}")).status == 200


async def test_many_areas_are_added_at_once_and_a_wrong_line_is_named(enter: Enter, offices: Offices) -> None:
    worker, address = await enter("陈社工"), at(offices, "2号楼", "/new")
    lines = "一单元，12，30\n二单元\n\n三单元\t8\n"
    wrong = await send(worker, address, kind="单元", names=lines + "四单元，很多")
    assert wrong.status == 422
    assert "第 4 行" in wrong.text
    assert "四单元，很多" in wrong.text
    assert (await send(worker, address, kind="单元", names=lines)).status == 303
    rows = await offices.house.db.fetch(
        "select name, kind, households, residents from area where parent = :p order by id",
        p=offices.areas["2号楼"],
    )
    assert [tuple(row) for row in rows] == [
        ("一单元", "unit", 12, 30), ("二单元", "unit", None, None), ("三单元", "unit", 8, None),
    ]  # fmt: skip
    for changes in ({"names": ""}, {"kind": ""}, {"names": "x" * 61}, {"names": "a\n" * 600}):
        assert (await send(worker, address, **{"kind": "网格", "names": "某", **changes})).status == 422


async def test_a_form_sent_twice_adds_once(enter: Enter, offices: Offices) -> None:
    worker, address = await enter("陈社工"), at(offices, "2号楼", "/new")
    fields = {**(await worker.get(address)).form(address), "kind": "单元", "names": "一单元"}
    assert [(await worker.post(address, fields)).status for _ in range(2)] == [303, 303]
    found = await offices.house.db.value("select count(*) from area where name = '一单元'")
    assert found == 1


async def test_name_and_figures_change_and_wrong_ones_stand_at_the_field(
    enter: Enter, offices: Offices
) -> None:
    worker, address = await enter("陈社工"), at(offices, "第1网格", "/edit")
    wrong = await send(worker, address, name="", households="许多", residents="-1")
    assert wrong.status == 422
    assert 'id="households-error"' in wrong.text
    assert 'value="许多"' in wrong.text
    done = await send(worker, address, name="东一网格", households="１２３", residents="")
    assert done.location == at(offices, "第1网格") + "?done=changed"
    page = await worker.get(done.location)
    assert "东一网格" in page.text
    assert "已修改" in page.text
    row = await offices.house.db.one(
        "select households, residents from area where id = :id", id=offices.areas["第1网格"]
    )
    assert row is not None
    assert tuple(row) == (123, None)


async def test_a_subtree_moves_and_cannot_go_below_itself(enter: Enter, offices: Offices) -> None:
    worker, address = await enter("陈社工"), at(offices, "第1网格", "/move")
    page = await worker.get(address)
    assert offices.shown["1号楼"] not in page.text.partition("<select")[2].partition("</select>")[0]
    assert (await send(worker, address, parent=offices.shown["1号楼"])).status == 422
    assert (await send(worker, address, parent="0123456789AB")).status == 422
    assert (await send(worker, address, parent=offices.shown["第2网格"])).status == 303
    page = await worker.get(at(offices, "1号楼"))
    assert "第2网格" in page.text


async def test_only_what_is_empty_is_taken_away_after_a_second_look(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    refused = await send(worker, at(offices, "1号楼", "/remove"))
    assert refused.status == 409
    assert "有志愿者住在或住过这里" in refused.text
    address = at(offices, "2号楼", "/remove")
    fields = (await worker.get(address)).form(address)
    replies = [await worker.post(address, fields) for _ in range(2)]
    assert [r.location for r in replies] == [at(offices, "第1网格") + "?done=removed"] * 2
    assert (await worker.get(at(offices, "2号楼"))).status == 404


async def test_the_tree_can_be_taken_along(enter: Enter, offices: Offices) -> None:
    await offices.count()
    worker = await enter("陈社工")
    csv = await worker.get(AREAS + "?as=csv")
    assert csv.header("content-disposition").startswith("attachment")
    assert "第1网格" in csv.body.decode("utf-8-sig")
    assert (await worker.get(AREAS + "?as=xlsx")).body[:2] == b"PK"


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_the_street_office_sees_figures_and_no_name_anywhere(enter: Enter, offices: Offices) -> None:
    from tests.core.community.test_posts import give, post

    cast = offices.cast
    offices.areas["top"] = offices.top
    await give(
        offices,
        post(offices, "party_secretary", "林主任", "top"),
        post(offices, "grid_head", "王队长", "第1网格"),
        post(offices, "building_head", "赵叔叔", "1号楼", "2026-01-01"),
        post(offices, "fire", "吴大爷", "第1网格"),
    )
    await serve(cast, "2026-11-20", 120, "赵叔叔", "李阿姨")
    await offices.count()
    street = await enter("高科长")
    landing = await street.get("/")
    assert 'href="/areas"' in landing.text
    pages = [landing, await street.get("/areas"), await street.get(AREAS), await street.get("/c/hongqi")]
    pages += [await street.get(at(offices, name)) for name in offices.areas if name != "top"]
    pages += [await street.get(AREAS + "?as=csv"), await street.get("/areas?as=csv")]
    for page in pages:
        assert page.status == 200
        found = [name for name in NAMES if name in page.body.decode("utf-8-sig")]
        assert not found
    tree = pages[2].text
    assert "不足 5 人" in tree
    assert not re.search(r"志愿者 [1-4] 人", tree)
    assert "已有人担任" in pages[4].text + pages[5].text
    assert "红旗社区" in pages[1].text
    assert ">6<" in pages[1].text
    for address in ("/edit", "/new", "/move", "/remove", "/posts/new"):
        assert (await street.get(at(offices, "第1网格", address))).status == 404
    for address in ("/c/hongqi/teams", "/c/hongqi/activities", "/c/hongqi/stock", "/c/hongqi/settings"):
        assert (await street.get(address)).status == 404


async def test_looking_is_not_changing(enter: Enter, offices: Offices) -> None:
    auditor = await enter("周审计")
    page = await auditor.get(at(offices, "第1网格"))
    assert page.status == 200
    assert "/edit" not in page.text
    for address in ("/edit", "/new", "/move", "/remove", "/posts/new"):
        assert (await auditor.get(at(offices, "第1网格", address))).status == 404


async def test_the_pages_of_areas_cost_three_statements(enter: Enter, offices: Offices) -> None:
    await offices.count()
    cast = offices.cast
    for name in ("陈社工", "高科长", "周审计"):
        guest = await enter(name)
        for address in (
            AREAS, AREAS + "?q=1", at(offices, "第1网格"), at(offices, "第1网格", "/card"),
            at(offices, "第1网格", "/edit"), at(offices, "第1网格", "/move"), "/areas",
            at(offices, "第1网格", "/posts/new"),
        ):  # fmt: skip
            await guest.get(address)
            with cast.house.db.watch() as log:
                reply = await guest.get(address)
            assert reply.status in (200, 404)
            assert len(log) <= 1 + 3, (name, address, [s.sql[:50] for s in log])
