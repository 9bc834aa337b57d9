"""Merging two entries of one person on the pages."""

from typing import Any

import pytest

from core.base.act import Unit
from core.community.numbers import new_number
from core.community.people import NewPerson, add_people
from core.community.volunteers import NewVolunteer, add_volunteers
from tests.support.cast import Cast
from tests.web.conftest import BOTH, Enter
from tests.web.walks import points_of, record_patrol


@pytest.fixture
async def twin(cast: Cast) -> str:
    """赵叔叔 entered a second time; the number of that entry."""

    async def work(unit: Unit) -> dict[str, Any]:
        (person,) = await add_people(unit, [NewPerson("赵书书")])
        (added,) = await add_volunteers(unit, [NewVolunteer(person, "2026-06-01")])
        return {"number": added.number}

    return str((await cast.do(cast.system(), work)).answer["number"])


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_worker_sees_both_books_and_merges_them_once(enter: Enter, cast: Cast, twin: str) -> None:
    zhao = cast["赵叔叔"].number
    assert (await record_patrol(await enter("王队长"), cast, "赵叔叔")).status == 303
    worker = await enter("陈社工")
    base = f"/c/hongqi/people/{twin}/merge"
    assert "要并入这里的那条登记的编号" in (await worker.get(base)).text
    page = await worker.get(f"{base}?with={zhao}")
    for words in ("赵叔叔", "赵书书", "巡逻", "+6", "合并不能撤销"):
        assert words in page.text, words
    fields = page.form(base)
    for _ in range(3):
        reply = await worker.post(base, fields)
        assert (reply.status, reply.location) == (303, f"/c/hongqi/people/{twin}?done=merged")
    number = "select merged_into from volunteer where number = :number"
    assert await cast.house.db.value(number, number=zhao) is not None
    assert await points_of(cast, "赵叔叔") == 0
    total = "select sum(posted) from points_account where kind = 'member'"
    assert await cast.house.db.value(total) == 6
    assert (await worker.get(f"/c/hongqi/people/{zhao}/merge")).status == 404


async def test_a_merged_volunteer_reads_the_lines_of_his_earlier_account(
    enter: Enter, cast: Cast, twin: str
) -> None:
    zhao = await enter("赵叔叔")
    assert (await record_patrol(await enter("王队长"), cast, "赵叔叔")).status == 303
    worker = await enter("陈社工")
    base = f"/c/hongqi/people/{cast['赵叔叔'].number}/merge"
    page = await worker.get(f"{base}?with={twin}")
    assert (await worker.post(base, page.form(base))).status == 303
    statement = await zhao.get("/c/hongqi/points")
    assert "/c/hongqi/points/earlier" in statement.text
    earlier = await zhao.get("/c/hongqi/points/earlier")
    assert (earlier.status, "以前的账户" in earlier.text) == (200, True)


async def test_a_wrong_number_is_told_at_the_field_and_kept(enter: Enter, cast: Cast, twin: str) -> None:
    worker = await enter("陈社工")
    base = f"/c/hongqi/people/{twin}/merge"
    for typed in ("123", new_number(), cast["冯阿姨"].number, twin):
        page = await worker.get(f"{base}?with={typed}")
        assert page.status == 422
        assert f'value="{typed}"' in page.text
        assert 'href="#with"' in page.text


async def test_foreign_absent_and_not_permitted_look_alike(enter: Enter, cast: Cast, twin: str) -> None:
    worker = await enter("陈社工")
    numbers = (cast["冯阿姨"].number, new_number(), "abc")
    replies = [await worker.get(f"/c/hongqi/people/{number}/merge") for number in numbers]
    assert {(r.status, r.text.replace(n, "")) for r, n in zip(replies, numbers, strict=True)} == {
        (404, replies[0].text.replace(numbers[0], ""))
    }
    for name in ("王队长", "孙店员", "赵叔叔"):
        assert (await (await enter(name)).get(f"/c/hongqi/people/{twin}/merge")).status == 404
