"""The log's page, and refusals that end up on it without anybody noticing."""

from tests.support.cast import Cast
from tests.web.conftest import Enter

LOG = "/c/hongqi/audit"


async def test_an_auditor_reads_filters_and_takes_it_home(enter: Enter, cast: Cast) -> None:
    auditor = await enter("周审计")
    page = await auditor.get(LOG)
    assert page.status == 200
    assert "授予角色" in page.text
    assert "授予角色" in (await auditor.get(LOG + "?action=role.grant")).text
    found = await auditor.get(LOG + "?who=%E6%B2%A1%E6%9C%89%E4%BA%BA")
    assert "who-error" in found.text
    for form, kind in (("csv", "text/csv"), ("xlsx", "spreadsheetml")):
        file = await auditor.get(f"{LOG}?as={form}")
        assert kind in file.header("content-type")
    for wrong in ("?after=x-y", "?day=2026-13-40", "?action=nothing", "?result=maybe", "?after=9-9"):
        assert (await auditor.get(LOG + wrong)).status == 200


async def test_those_who_may_not_read_it_find_nothing(enter: Enter, cast: Cast) -> None:
    for name in ("陈社工", "孙店员", "李阿姨"):
        assert (await (await enter(name)).get(LOG)).status == 404


async def test_what_was_refused_stands_in_the_log_of_the_place_where_it_was_tried(
    enter: Enter, cast: Cast
) -> None:
    await (await enter("孙店员")).get("/c/hongqi/people")
    await (await enter("冯阿姨")).get("/c/hongqi/review")
    page = await (await enter("周审计")).get(LOG + "?result=refused")
    for text in ("孙店员", "冯阿姨", "people", "review"):
        assert text in page.text
    rows = await cast.house.db.fetch("select community, detail from audit where result = 'refused'")
    assert {row["community"] for row in rows} == {cast.hongqi}


async def test_what_is_foreign_and_what_is_absent_are_written_down_with_the_same_statements(
    enter: Enter, cast: Cast
) -> None:
    guest = await enter("孙店员")
    seen = []
    for slug in ("xinxing", "nowhere"):
        await guest.get(f"/c/{slug}/review")
        with cast.house.db.watch() as log:
            reply = await guest.get(f"/c/{slug}/review")
        seen.append((reply.status, [statement.sql for statement in log]))
    assert seen[0] == seen[1]
    assert any("insert into audit" in sql for sql in seen[0][1])
