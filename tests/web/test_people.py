"""The list of people: found by what one remembers, filters in the address, page after page."""

from urllib.parse import parse_qs, urlsplit

import pytest

from core.base.act import Unit
from core.community.people import NewPerson, add_people
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.farewell import leave
from tests.support.cast import Cast
from tests.support.life import grids, value
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply

PEOPLE = "/c/hongqi/people"


async def many(cast: Cast, count: int) -> None:
    async def work(unit: Unit) -> None:
        people = await add_people(unit, [NewPerson(f"测{n:03}") for n in range(count)])
        await add_volunteers(unit, [NewVolunteer(p, "2026-01-01") for p in people])

    await cast.do(cast.system(), work)


async def find(worker: Guest, q: str, **more: str) -> Reply:
    page = await worker.get(PEOPLE)
    return await worker.submit(page, PEOPLE, q=q, **more)


def names(reply: Reply) -> list[str]:
    return [part.partition("<")[0] for part in reply.text.split("data-row>")[1:]]


async def test_what_is_typed_stands_in_the_address_and_in_the_field(enter: Enter) -> None:
    worker = await enter("陈社工")
    answer = await find(worker, "阿姨")
    assert (answer.status, urlsplit(answer.location).path) == (303, PEOPLE)
    assert parse_qs(urlsplit(answer.location).query) == {"q": ["阿姨"]}
    page = await worker.get(answer.location)
    assert names(page) == ["李阿姨"]
    assert page.form(PEOPLE)["q"] == "阿姨"


async def test_a_whole_telephone_number_stands_in_no_address(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    answer = await find(worker, cast["李阿姨"].phone)
    assert answer.location == f"{PEOPLE}/{cast['李阿姨'].number}"
    nobody = await find(worker, "13912345678")
    assert (nobody.status, nobody.location) == (200, "")
    assert "没有找到" in nobody.text


async def test_a_number_or_a_card_s_code_leads_to_the_person(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    number = cast["李阿姨"].number
    for typed in (number, f"{number[:4]} {number[4:]}", f"https://linli.test/c/hongqi/people/{number}"):
        assert (await find(worker, typed)).location == f"{PEOPLE}/{number}"


async def test_filters_narrow_and_stay_in_the_form(enter: Enter, cast: Cast) -> None:
    await many(cast, 3)
    worker = await enter("陈社工")
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    page = await worker.get(f"{PEOPLE}?team={team}")
    assert sorted(names(page)) == sorted(["王队长", "郑副队", "李阿姨", "赵叔叔", "钱奶奶", "吴大爷"])
    assert page.form(PEOPLE)["team"] == team
    assert names(await worker.get(f"{PEOPLE}?team={team}&q=ayi")) == ["李阿姨"]
    area = (await grids(cast, "第1网格"))["第1网格"]
    assert "没有符合条件的人" in (await worker.get(f"{PEOPLE}?area={area}")).text


async def test_who_left_stands_among_those_who_left_with_the_word(enter: Enter, cast: Cast) -> None:
    li = cast["李阿姨"].volunteer or 0
    await cast.do(await cast.viewer("陈社工"), lambda unit: leave(unit, li, "own_wish"))
    worker = await enter("陈社工")
    assert "李阿姨" not in names(await worker.get(PEOPLE))
    page = await worker.get(f"{PEOPLE}?status=left")
    assert names(page) == ["李阿姨"]
    assert "已退出</span>" in page.text
    assert "李阿姨" in names(await worker.get(f"{PEOPLE}?status=all"))


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_page_after_page_shows_everybody_once(enter: Enter, cast: Cast) -> None:
    await many(cast, 120)
    worker = await enter("陈社工")
    for start in (PEOPLE, f"{PEOPLE}?q=ce", f"{PEOPLE}?status=all"):
        seen: list[str] = []
        address = start
        while address:
            page = await worker.get(address)
            seen += names(page)
            more = page.text.split('hx-get="')
            address = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else ""
        assert len(seen) == len(set(seen)) == (120 if "q=ce" in start else 126)
    assert "共 126 人" in page.text


async def test_load_more_is_the_rows_alone(enter: Enter, cast: Cast) -> None:
    await many(cast, 60)
    worker = await enter("陈社工")
    part = await worker.get(PEOPLE, hx_request="true", hx_request_type="partial")
    assert part.text.lstrip().startswith("<tbody")
    assert "<html" not in part.text
    assert "已显示 50 人" in part.text


async def test_a_page_is_three_statements_whatever_is_filtered(enter: Enter, cast: Cast) -> None:
    await many(cast, 60)
    worker = await enter("陈社工")
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    await worker.get(PEOPLE)
    for query in ("", "?q=ce", f"?team={team}", f"?team={team}&q=li&status=all", "?q=8&status=left"):
        with cast.house.db.watch() as log:
            assert (await worker.get(PEOPLE + query)).status == 200
        assert len(log) <= 1 + 3, query


@pytest.mark.parametrize("query", ["team=absent", "area=absent", "team={foreign}"])
async def test_a_team_or_area_that_is_not_of_here_looks_absent(enter: Enter, cast: Cast, query: str) -> None:
    foreign = await value(cast, "select public_id from team where id = :t", t=cast.other_team)
    worker = await enter("陈社工")
    assert (await worker.get(f"{PEOPLE}?{query.format(foreign=foreign)}")).status == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "x" * 500, "after=x", "after=word~9999999999999999999~a", "after=area~1~",
              "after=order~5~", "after=digits~1~", "status=applied", "status=<b>", "seen=x", "q=%25&q=_"],
)  # fmt: skip
async def test_nothing_in_the_address_breaks_the_page(enter: Enter, query: str) -> None:
    assert (await (await enter("陈社工")).get(f"{PEOPLE}?{query}")).status == 200


async def test_the_list_is_the_office_s_alone(enter: Enter, visitor: Guest) -> None:
    for name in ("王队长", "孙店员", "周审计", "李阿姨"):
        assert (await (await enter(name)).get(PEOPLE)).status == 404
    assert (await visitor.get(PEOPLE)).location.startswith("/sign-in")
    assert (await (await enter("何社工")).get(PEOPLE)).status == 404
