"""The page of one volunteer: what is recorded, masked; in full when asked, and that is written down."""

import json

import pytest

from core.community.joining import Newcomer, add_newcomer
from core.community.lost import new_card
from core.community.numbers import new_number
from tests.support.cast import Cast
from tests.support.life import applies, grids, post_for, the_applicant, value, who
from tests.web.conftest import BOTH, Enter
from tests.web.walks import record_patrol

PEOPLE = "/c/hongqi/people"


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_everything_recorded_is_there_and_the_telephone_masked(enter: Enter, cast: Cast) -> None:
    await post_for(cast, "李阿姨", (await grids(cast, "第1网格"))["第1网格"])
    assert (await record_patrol(await enter("王队长"), cast, "李阿姨")).status == 303
    number = cast["李阿姨"].number
    page = await (await enter("陈社工")).get(f"{PEOPLE}/{number}")
    assert page.status == 200
    for text in (
        "李阿姨", f"{number[:4]} {number[4:]}", "在册", "2026-03-05", "夜间义务巡逻队", "网格长 · 第1网格",
        "孙店员", "139****0008", "2026-11-22 巡逻", "2 小时",
        f"{PEOPLE}/{number}/merge", f"{PEOPLE}/{number}/edit", f"{PEOPLE}/{number}/teams",
        f"{PEOPLE}/{number}/leave", f"{PEOPLE}/{number}/death", "/c/hongqi/teams/",
    ):  # fmt: skip
        assert text in page.text, text
    assert cast["李阿姨"].phone not in page.text


async def test_a_page_is_three_statements(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    await worker.get(base)
    for rest in ("", "/edit", "/teams", "/card", "/phone-lost", "/card-lost", "/leave", "/death", "/move"):
        with cast.house.db.watch() as log:
            assert (await worker.get(base + rest)).status == 200
        assert len(log) <= 1 + 3, rest


async def test_shown_in_full_it_is_written_down_who_looked_and_what_for(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base)
    shown = await worker.submit(page, base + "/show", reason="visit")
    assert cast["李阿姨"].phone in shown.text
    row = await cast.house.db.one("select actor, subject_id, detail from audit where action = 'person.show'")
    assert row is not None
    assert (row["actor"], row["subject_id"]) == (cast["陈社工"].person, cast["李阿姨"].person)
    assert json.loads(row["detail"]) == {"fields": ["phone"], "why": "visit"}
    assert (await worker.submit(page, base + "/show", reason="<b>")).status == 200


async def test_who_may_be_the_same_is_shown_with_the_way_to_merge(enter: Enter, cast: Cast) -> None:
    twin = Newcomer(name="李阿姨", phone=cast["李阿姨"].phone)
    worker = await cast.viewer("陈社工")
    added = await cast.do(worker, lambda unit: add_newcomer(unit, twin, sure=True))
    number = await value(cast, "select number from volunteer order by id desc")
    assert added
    page = await (await enter("陈社工")).get(f"{PEOPLE}/{cast['李阿姨'].number}")
    assert "可能是同一个人" in page.text
    assert "电话号码相同、姓名相同" in page.text or "姓名相同、电话号码相同" in page.text
    assert f"{PEOPLE}/{cast['李阿姨'].number}/merge?with={number}" in page.text


async def test_foreign_absent_and_lost_numbers_look_alike(enter: Enter, cast: Cast) -> None:
    person, worker = await who(cast, "钱奶奶"), await enter("陈社工")
    viewer = await cast.viewer("陈社工")
    await cast.do(viewer, lambda unit: new_card(unit, person))
    bodies = set()
    for number in (cast["冯阿姨"].number, new_number(), cast["钱奶奶"].number, "12", "x" * 90):
        for rest in ("", "/edit", "/teams", "/card", "/leave", "/death", "/move", "/phone-lost"):
            page = await worker.get(f"{PEOPLE}/{number}{rest}")
            assert page.status == 404, rest
        bodies.add(page.text.split("<main")[1].split("</main>")[0])
    assert len(bodies) == 1


async def test_an_applicant_s_number_leads_to_the_application(enter: Enter, cast: Cast) -> None:
    await applies(cast)
    number = (await the_applicant(cast)).volunteer.number
    worker = await enter("陈社工")
    assert (await worker.get(f"{PEOPLE}/{number}")).location == f"/c/hongqi/applications/{number}"
    for rest in ("/edit", "/teams", "/card", "/leave", "/death", "/death/undo", "/move", "/card-lost"):
        assert (await worker.get(f"{PEOPLE}/{number}{rest}")).status == 404, rest


async def test_pages_about_people_are_the_office_s_alone(enter: Enter, cast: Cast) -> None:
    for name in ("王队长", "孙店员", "周审计", "李阿姨", "何社工"):
        guest = await enter(name)
        for rest in ("", "/edit", "/teams", "/card", "/leave", "/death"):
            assert (await guest.get(f"{PEOPLE}/{cast['李阿姨'].number}{rest}")).status == 404
