"""Lists to take along: the same people as on the page, no formula in any cell, telephones only when asked."""

import csv
import io
from typing import Any

import openpyxl

from core.base.act import Unit
from core.community.people import NewPerson, add_people
from core.community.volunteers import NewVolunteer, add_volunteers
from tests.support.cast import Cast
from tests.support.life import value
from tests.web.conftest import Enter
from tests.web.guest import Reply

EXPORT = "/c/hongqi/people/export"


def table(reply: Reply) -> list[list[str]]:
    return list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))


async def called(cast: Cast, *names: str) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        people = await add_people(unit, [NewPerson(name) for name in names])
        await add_volunteers(unit, [NewVolunteer(p, "2026-01-01") for p in people])
        return {}

    await cast.do(cast.system(), work)


async def test_the_csv_holds_the_people_of_the_page_without_telephones(enter: Enter, cast: Cast) -> None:
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "update volunteer set minutes = 95 where id = :v", v=cast["李阿姨"].volunteer
        ),
    )
    reply = await (await enter("陈社工")).get(f"{EXPORT}?format=csv&q=ayi")
    assert reply.status == 200
    assert "attachment" in reply.header("content-disposition")
    head, row = table(reply)
    assert head == ["编号", "姓名", "状态", "服务队", "区域", "分钟", "服务时长", "加入日期"]
    assert row == [cast["李阿姨"].number, "李阿姨", "在册", "夜间义务巡逻队", "", "95", "1:35", "2026-03-05"]


async def test_the_workbook_holds_the_same_and_no_formula(enter: Enter, cast: Cast) -> None:
    await called(cast, "=HYPERLINK(1)", "+86", "@x", "－1", "-1")
    worker = await enter("陈社工")
    reply = await worker.get(f"{EXPORT}?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(reply.body)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    names = [str(cell.value) for cell in sheet["B"]]
    assert "'=HYPERLINK(1)" in names
    assert not any(name.startswith(("=", "+", "-", "@", "－")) for name in names)
    lines = table(await worker.get(f"{EXPORT}?format=csv"))
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line)
    assert len(lines) == sheet.max_row == 1 + 6 + 5


async def test_telephones_come_when_asked_for_and_it_is_written_down(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    page = await worker.get("/c/hongqi/people?q=ayi")
    sql = "select count(*) from audit where action = 'people.export'"
    without = await worker.submit(page, EXPORT, format="csv")
    assert cast["李阿姨"].phone not in without.text
    assert await value(cast, sql) == 0
    with_phones = await worker.submit(page, EXPORT, format="csv", phones="1")
    assert table(with_phones)[1][-1] == cast["李阿姨"].phone
    assert await value(cast, sql) == 1
    actor = await value(cast, "select actor from audit where action = 'people.export'")
    assert actor == cast["陈社工"].person


async def test_a_long_list_is_a_bounded_number_of_statements(
    enter: Enter, cast: Cast, monkeypatch: Any
) -> None:
    monkeypatch.setattr("web.pages.people.BATCH", 20)
    await called(cast, *(f"测{n:03}" for n in range(70)))
    worker = await enter("陈社工")
    await worker.get(f"{EXPORT}?format=csv")
    with cast.house.db.watch() as log:
        reply = await worker.get(f"{EXPORT}?format=csv")
    lines = table(reply)
    assert len(lines) == len({line[0] for line in lines}) == 77
    assert len(log) <= 2 + 2 * 4  # session, choices; then list and teams of each batch


async def test_at_most_so_many_rows(enter: Enter, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.pages.people.BATCH", 20)
    monkeypatch.setattr("web.pages.people.MOST", 50)
    await called(cast, *(f"测{n:03}" for n in range(70)))
    assert len(table(await (await enter("陈社工")).get(f"{EXPORT}?format=csv"))) == 51


async def test_nobody_else_takes_lists_along(enter: Enter) -> None:
    for name in ("王队长", "孙店员", "周审计", "何社工"):
        assert (await (await enter(name)).get(f"{EXPORT}?format=csv")).status == 404
