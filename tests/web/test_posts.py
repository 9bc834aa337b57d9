"""Posts on an area's page, and the card anybody may read."""

import pytest

from tests.support.offices import Offices
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest
from tests.web.test_areas import at, send


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_volunteer_gets_a_post_by_name_and_stands_in_the_chain(
    enter: Enter, offices: Offices
) -> None:
    worker, address = await enter("陈社工"), at(offices, "第1网格", "/posts/new")
    done = await send(worker, address, kind="grid_head", who="王队", from_day="2026-03-01")
    assert done.location == at(offices, "第1网格") + "?done=post"
    page = await worker.get(at(offices, "1号楼"))
    assert "王队长" in page.text
    assert "2026年3月1日起" in page.text
    again = await send(worker, address, kind="grid_head", who=offices.cast["王队长"].number)
    assert again.status == 422
    assert "已在这里担任" in again.text


async def test_where_several_fit_one_is_chosen(enter: Enter, offices: Offices) -> None:
    from core.base.act import Unit
    from core.community.people import add_person
    from core.community.volunteers import NewVolunteer, add_volunteers

    async def another(unit: Unit) -> None:
        person = await add_person(unit, "王队员")
        await add_volunteers(unit, [NewVolunteer(person, "2026-01-01")])

    await offices.cast.do(offices.cast.system(), another)
    worker, address = await enter("陈社工"), at(offices, "第1网格", "/posts/new")
    several = await send(worker, address, kind="fire", who="王")
    assert several.status == 422
    number = offices.cast["王队长"].number
    assert f'type="radio" name="which" value="{number}"' in several.text
    fields = {**several.form(address), "kind": "fire", "which": number}
    assert (await worker.post(address, fields)).status == 303
    assert await offices.house.db.value("select person from post") == offices.cast["王队长"].person


async def test_staff_and_somebody_new_can_hold_a_post_too(enter: Enter, offices: Offices) -> None:
    worker, address = await enter("陈社工"), at(offices, "第1网格", "/posts/new")
    assert (await send(worker, address, kind="police", who="林主任")).status == 303
    new = {"new_name": "高 警官", "new_phone": "139 0000 7777"}
    assert (await send(worker, address, kind="police", **new, agreed="1")).status == 303
    page = await Guest(worker.app).get(at(offices, "第1网格", "/card"))
    assert "高警官" in page.text
    assert 'href="tel:13900007777"' in page.text
    assert "林主任" not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"who": "没有这个人"}, {"who": ""}, {"who": "20000000"}, {"who": "王", "which": "x"},
        {"kind": "king"},
        {"who": "王队长", "from_day": "2026-02-30"}, {"who": "王队长", "from_day": "9999-12-31"},
        {"who": "王队长", "from_day": "明天"}, {"new_name": "", "new_phone": "139"}, {"new_name": "长" * 99},
        {"who": "王队长", "which": "staff:0123456789AB"}, {"who": "长" * 61},
    ],
)  # fmt: skip
async def test_wrong_input_is_said_at_the_field_and_stays(
    enter: Enter, offices: Offices, changes: dict[str, str]
) -> None:
    worker, address = await enter("陈社工"), at(offices, "第1网格", "/posts/new")
    reply = await send(worker, address, **{"kind": "fire", **changes})
    assert reply.status == 422
    assert 'role="alert"' in reply.text
    if changes.get("from_day"):
        assert f'value="{changes["from_day"]}"' in reply.text
    assert await offices.house.db.value("select count(*) from post") == 0


async def test_a_post_ends_on_a_day_and_is_kept_among_the_earlier_ones(
    enter: Enter, offices: Offices
) -> None:
    worker = await enter("陈社工")
    address = at(offices, "第1网格", "/posts/new")
    await send(worker, address, kind="grid_head", who="王队长", from_day="2026-03-01")
    shown = await offices.house.db.value("select public_id from post")
    base = at(offices, "第1网格", f"/posts/{shown}")
    assert base in (await worker.get(at(offices, "第1网格"))).text
    assert (await worker.get(base)).status == 200
    assert (await send(worker, base + "/end", to_day="2026-12-01")).status == 422
    fields = {**(await worker.get(base + "/end")).form(base + "/end"), "to_day": "2026-10-31"}
    assert [(await worker.post(base + "/end", fields)).status for _ in range(2)] == [303, 303]
    page = await worker.get(at(offices, "第1网格"))
    assert "历任岗位" in page.text
    assert "2026年10月31日" in page.text
    elsewhere = at(offices, "第2网格", f"/posts/{shown}")
    assert (await worker.get(elsewhere)).status == 404


async def test_consent_is_written_down_and_taken_back_with_one_press(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    await send(worker, at(offices, "第1网格", "/posts/new"), kind="grid_head", who="王队长")
    shown = await offices.house.db.value("select public_id from post")
    base = at(offices, "第1网格", f"/posts/{shown}")
    visitor, card = Guest(worker.app), at(offices, "第1网格", "/card")
    assert "王队长" not in (await visitor.get(card)).text
    assert (await worker.submit(await worker.get(base), base + "/consent")).status == 303
    assert "王队长" in (await visitor.get(card)).text
    taken_by = await offices.house.db.value("select taken_by from consent")
    assert taken_by == offices.cast["陈社工"].person
    assert (await worker.submit(await worker.get(base), base + "/consent")).status == 303
    assert "王队长" not in (await visitor.get(card)).text


async def test_the_card_is_open_to_everybody_and_tells_of_nobody_who_did_not_agree(
    enter: Enter, offices: Offices
) -> None:
    worker = await enter("陈社工")
    await send(worker, at(offices, "1号楼", "/posts/new"), kind="building_head", who="赵叔叔")
    await offices.count()
    visitor = Guest(worker.app)
    page = await visitor.get(at(offices, "1号楼", "/card"))
    assert page.status == 200
    assert "楼栋长" in page.text
    assert "0571-86000001" in page.text
    for hidden in ("赵叔叔", offices.cast["赵叔叔"].phone, offices.cast["赵叔叔"].number, "今年"):
        assert hidden not in page.text
    assert "请登录" not in page.text
    for address in ("/c/xinxing/areas/" + offices.shown["1号楼"], "/c/nowhere/areas/x", "/c/hongqi/areas/x"):
        assert (await visitor.get(address + "/card")).status == 404
