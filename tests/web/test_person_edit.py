"""Editing on the page: masked hints, empty fields that stay, mistakes at their fields."""

from core.community.search import search
from tests.support.cast import Cast
from tests.support.life import grids
from tests.web.conftest import Enter


def at(cast: Cast, rest: str = "") -> str:
    return f"/c/hongqi/people/{cast['李阿姨'].number}{rest}"


async def test_what_is_under_seal_is_hinted_and_stays_when_left_empty(enter: Enter, cast: Cast) -> None:
    area = (await grids(cast, "第1网格"))["第1网格"]
    worker, edit = await enter("陈社工"), at(cast, "/edit")
    page = await worker.get(edit)
    assert "已登记：139****0008" in page.text
    assert cast["李阿姨"].phone not in page.text
    answer = await worker.submit(page, edit, name="李大姐", area=area, address="3号楼")
    assert answer.location == at(cast, "?done=edited")
    shown = await worker.get(answer.location)
    for text in ("已保存", "李大姐", "第1网格", "3号****", "139****0008"):
        assert text in shown.text
    assert [v.name for v in await search(await cast.viewer("陈社工"), cast["李阿姨"].phone)] == ["李大姐"]


async def test_a_ticked_field_is_removed(enter: Enter, cast: Cast) -> None:
    worker, edit = await enter("陈社工"), at(cast, "/edit")
    await worker.submit(await worker.get(edit), edit, remove=["phone"])
    assert "139****" not in (await worker.get(at(cast))).text


async def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(enter: Enter, cast: Cast) -> None:
    worker, edit = await enter("陈社工"), at(cast, "/edit")
    page = await worker.get(edit)
    wrong = await worker.submit(page, edit, name="", phone="1", id_number="123", email="x", address="3号楼")
    assert wrong.status == 422
    for field in ("name", "phone", "id_number", "email"):
        assert f'id="{field}-error"' in wrong.text
    typed = wrong.form(edit)
    assert (typed["name"], typed["phone"], typed["address"]) == ("", "1", "3号楼")
    assert typed["request_id"] == page.form(edit)["request_id"]


async def test_the_same_form_three_times_changes_once(enter: Enter, cast: Cast) -> None:
    worker, edit = await enter("陈社工"), at(cast, "/edit")
    page = await worker.get(edit)
    for _ in range(3):
        assert (await worker.submit(page, edit, phone="13911112222")).status == 303
    rows = await cast.house.db.fetch("select id from audit where action = 'person.phone'")
    assert len(rows) == 1
