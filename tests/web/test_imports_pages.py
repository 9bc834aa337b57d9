"""An administrator's way through an import: bring, choose, look, agree, undo; and all that can go wrong."""

import io
import re
from typing import Any

import openpyxl
import pytest

from core.base.act import Unit
from core.community.roles import NewGrant, grant_roles
from core.community.teams import NewMember, add_members
from core.lifecycle.imports import jobs
from core.lifecycle.imports.flow import KINDS
from core.lifecycle.imports.runs import runs
from tests.support.cast import Cast
from tests.support.lists import table, xlsx
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Fields, Guest, Reply

IMPORTS = "/c/hongqi/imports"
GOOD = table("姓名,手机号,担任", "张莉,13800009001,队员", "张丽,13800009001,", "马小云,13800009002,")
BAD = table("姓名,手机号,加入日期", "马小云,1.38E+10,2026-02-30", ",13800009003,", "<b>苗青</b>,无,")


async def bring(
    guest: Guest, content: bytes | None, kind: str = "volunteers", name: str = "名册.csv"
) -> Reply:
    page = await guest.get(IMPORTS)
    fields: Fields = {**page.form(IMPORTS), "kind": kind}
    return await guest.upload(IMPORTS, fields, name, content)


async def choose(guest: Guest, run: str, **columns: str) -> Reply:
    page = await guest.get(run)
    return await guest.submit(page, run + "/columns", **{k.replace("_", "-"): v for k, v in columns.items()})


async def to_the_report(
    guest: Guest, cast: Cast, content: bytes, kind: str = "volunteers"
) -> tuple[str, Reply]:
    """Brings a list, takes the columns as proposed, lets it be checked: its address, and the report."""
    run = (await bring(guest, content, kind)).location
    page = await guest.get(run)
    assert (await guest.post(run + "/columns", chosen(page, run))).status == 303
    await jobs.work_on(cast.house)
    return run, await guest.get(run)


def chosen(page: Reply, run: str) -> Fields:
    """The columns as the page proposes them: what is selected."""
    fields = {k: v for k, v in page.form(run + "/columns").items() if not k.startswith("column-")}
    for name, body in re.findall(r'<select[^>]*name="(column-\d+)".*?>(.*?)</select>', page.text, re.DOTALL):
        found = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = found[1] if found else "-"
    return fields


def answers(page: Reply, run: str) -> Fields:
    """The form of a report as it stands, with the radio buttons that are checked."""
    fields = {k: v for k, v in page.form(run + "/agree").items() if not k.startswith("same-")}
    for name, value in re.findall(r'name="(same-[^"]+)" value="([^"]+)" checked', page.text):
        fields[name] = value
    return fields


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_list_is_brought_checked_agreed_to_and_undone(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    run = (await bring(worker, GOOD)).location
    page = await worker.get(run)
    for words in ("名册.csv", "必须有：姓名", "还不认识", "张莉 · 张丽 · 马小云", "13800009001"):
        assert words in page.text, words
    assert chosen(page, run)["column-1"] == "phone"
    answer = await worker.post(run + "/columns", {**chosen(page, run), "column-2": "role"})
    assert (answer.status, answer.location) == (303, run)
    waiting = await worker.get(run)
    assert "正在检查名单" in waiting.text and 'http-equiv="refresh"' in waiting.text
    await jobs.work_on(cast.house)
    report = await worker.get(run)
    assert "第 3 行的张丽，是不是第 2 行的张莉？" in report.text
    assert "手机号相同，姓名读音相同。" in report.text
    assert "导入 2 人" in report.text and 'http-equiv="refresh"' not in report.text
    assert (await worker.post(run + "/agree", answers(report, run))).status == 303
    await jobs.work_on(cast.house)
    done = await worker.get(run)
    assert "已全部导入。" in done.text
    listed = await worker.get(IMPORTS)
    assert "已导入" in listed.text and "新增人员 2" in listed.text and "陈社工" in listed.text
    look = await worker.post(run + "/undo/look", done.form(run + "/undo/look"))
    assert "把这次导入的内容全部撤回？" in look.text
    assert (await worker.post(run + "/undo", look.form(run + "/undo"))).status == 303
    assert "陈社工 于" in (await worker.get(run)).text
    assert await cast.house.db.value("select count(*) from person where name = '张莉'") == 0


async def test_forms_sent_three_times_are_done_once(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    page = await worker.get(IMPORTS)
    fields: Fields = {**page.form(IMPORTS), "kind": "volunteers"}
    places = {(await worker.upload(IMPORTS, fields, "a.csv", GOOD)).location for _ in range(3)}
    (run,) = places
    columns = await worker.get(run)
    for _ in range(3):
        assert (await worker.post(run + "/columns", chosen(columns, run))).status == 303
    await jobs.work_on(cast.house)
    report = await worker.get(run)
    for _ in range(3):
        assert (await worker.post(run + "/agree", answers(report, run))).status == 303
    await jobs.work_on(cast.house)
    look = await worker.post(run + "/undo/look", (await worker.get(run)).form(run + "/undo/look"))
    for _ in range(3):
        assert (await worker.post(run + "/undo", look.form(run + "/undo"))).status == 303
    assert await cast.house.db.value("select count(*) from act where name like 'import.%'") == 5


async def test_what_is_wrong_is_told_by_line_column_and_cure_and_can_be_taken_home(
    enter: Enter, cast: Cast
) -> None:
    worker = await enter("陈社工")
    run, report = await to_the_report(worker, cast, BAD)
    for words in (
        "有 4 处要改正。什么都没有导入。",
        "第 2 行",
        "“1.38E+10”被表格软件缩写了",
        "把这一列设成“文本”格式",
        "“2026-02-30”看不出是哪一天。",
        "没有写姓名或名称。",
        "“无”不是电话号码。",
        "手机号 <b",
    ):
        assert words in report.text, words
    assert "<b>苗青</b>" not in report.text
    assert f'action="{run}/agree"' not in report.text
    file = await worker.get(run + "/faults")
    assert "attachment" in file.header("content-disposition")
    lines = file.body.decode("utf-8-sig").splitlines()
    assert lines[0] == "工作表,行,列,哪里不对,怎么改"
    assert len(lines) == 5
    assert lines[3].startswith(",3,姓名,")
    sent = await worker.post(run + "/agree", {"_csrf_token": report.csrf, "request_id": "A" * 26})
    assert sent.status == 422
    assert await cast.house.db.value("select count(*) from person where name = '马小云'") == 0


async def test_of_a_thousand_mistakes_the_page_shows_the_first_and_the_file_all(
    enter: Enter, cast: Cast
) -> None:
    worker = await enter("陈社工")
    run, report = await to_the_report(worker, cast, table("姓名,手机号", *(f"王{n},12" for n in range(1000))))
    assert report.text.count('class="fault-what"') == 200
    assert "1,000" in report.text
    assert len((await worker.get(run + "/faults")).body.decode().splitlines()) == 1001


async def test_another_answer_is_checked_first_and_nothing_is_agreed_to_unseen(
    enter: Enter, cast: Cast
) -> None:
    worker = await enter("陈社工")
    run, report = await to_the_report(worker, cast, GOOD)
    assert (
        await worker.post(run + "/agree", {**answers(report, run), "same-0-3": "different"})
    ).status == 303
    assert "正在检查名单" in (await worker.get(run)).text
    await jobs.work_on(cast.house)
    report = await worker.get(run)
    assert answers(report, run)["same-0-3"] == "different"
    assert "导入 3 人" in report.text
    await worker.post(run + "/agree", answers(report, run))
    await jobs.work_on(cast.house)
    assert await cast.house.db.value("select count(*) from person where name in ('张莉', '张丽')") == 2


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (None, "volunteers", "请选择文件。"),
        (b"", "volunteers", "请选择文件。"),
        (GOOD, "nothing", "请选择是哪种名单。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "volunteers", "旧格式或加了密码"),
        (b"PK\x03\x04 not a zip", "volunteers", "这个文件读不出来。"),
        ("姓名\n".encode(), "volunteers", "表头下面没有内容。"),
        (("姓名\n" + "王\n" * 20_001).encode(), "volunteers", "超过了 20000 行。"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named_at_the_field(
    enter: Enter, content: bytes | None, kind: str, said: str
) -> None:
    worker = await enter("陈社工")
    answer = await bring(worker, content, kind)
    assert answer.status == 422
    assert said in answer.text
    if kind in KINDS:
        assert re.search(rf'value="{kind}" checked', answer.text)


async def test_a_file_beyond_all_measure_is_refused_before_it_is_read(enter: Enter) -> None:
    worker = await enter("陈社工")
    answer = await bring(worker, b"a" * (22 * 1024 * 1024))
    assert answer.status == 413


async def test_columns_that_do_not_do_are_named_and_the_choice_is_kept(enter: Enter) -> None:
    worker = await enter("陈社工")
    run = (await bring(worker, GOOD)).location
    page = await worker.get(run)
    fields = chosen(page, run)
    answer = await worker.post(run + "/columns", {**fields, "column-0": "-", "column-2": "phone"})
    assert answer.status == 422
    assert "缺少“姓名”这一列" in answer.text or "姓名" in answer.text
    assert chosen(answer, run)["column-2"] == "phone"
    nonsense = await worker.post(run + "/columns", {**fields, "column-1": "no such key"})
    assert nonsense.status == 303


async def test_columns_can_be_chosen_again_after_the_check(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    run, report = await to_the_report(worker, cast, GOOD)
    assert f"{run}?columns" in report.text
    page = await worker.get(run + "?columns")
    assert page.status == 200
    await worker.post(run + "/columns", {**chosen(page, run), "column-1": "-"})
    await jobs.work_on(cast.house)
    assert "导入 3 人" in (await worker.get(run)).text
    # And the community's own word is known the next time.
    again = (await bring(worker, GOOD)).location
    assert chosen(await worker.get(again), again)["column-1"] == "-"


async def test_a_list_with_nothing_new_says_so(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    known = table("姓名,手机号", f"李阿姨,{cast['李阿姨'].phone}")
    run, report = await to_the_report(worker, cast, known)
    assert "文件里的内容都已经有了" in report.text
    assert f'action="{run}/agree"' not in report.text
    assert (await worker.post(run + "/drop", report.form(run + "/drop"))).location == IMPORTS
    assert (await worker.get(run)).status == 404


async def test_what_was_built_on_cannot_be_undone_and_the_reasons_are_told(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    run, report = await to_the_report(worker, cast, GOOD)
    await worker.post(run + "/agree", answers(report, run))
    await jobs.work_on(cast.house)
    volunteer = await cast.house.db.value("select max(id) from volunteer")

    async def joins(unit: Unit) -> None:
        await add_members(unit, [NewMember(cast.team, volunteer)])

    await cast.do(cast.system(), joins)
    look = await worker.post(run + "/undo/look", (await worker.get(run)).form(run + "/undo/look"))
    answer = await worker.post(run + "/undo", look.form(run + "/undo"))
    assert answer.status == 409
    assert "已经不能撤销" in answer.text and "后来加入了别的服务队" in answer.text


async def test_pages_of_imports_are_open_to_who_may_import_and_to_nobody_else(
    enter: Enter, cast: Cast
) -> None:
    worker = await enter("陈社工")
    run, _ = await to_the_report(worker, cast, GOOD)
    for name in ("李阿姨", "王队长", "孙店员", "周审计", "何社工"):
        guest = await enter(name)
        for path in (IMPORTS, run, run + "/faults", IMPORTS + "/template/volunteers"):
            assert (await guest.get(path)).status == 404, (name, path)
        home = await guest.get(IMPORTS)
        for path in ("/columns", "/agree", "/drop", "/undo/look", "/undo"):
            form: Fields = {"_csrf_token": home.csrf, "request_id": "B" * 26}
            assert (await guest.post(run + path, form)).status == 404, (name, path)
    elsewhere = run.replace("hongqi", "xinxing")
    assert (await (await enter("何社工")).get(elsewhere)).status == 404


async def test_kinds_are_offered_to_who_may_write_them(enter: Enter, cast: Cast) -> None:
    async def office(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(cast["周审计"].person, "operator")])

    await cast.do(cast.system(), office)
    page = await (await enter("周审计")).get(IMPORTS)
    offered = re.findall(r'name="kind" value="(\w+)"', page.text)
    assert offered == ["areas"]
    refused = await bring(await enter("周审计"), GOOD)
    assert refused.status == 422


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
async def test_the_empty_list_is_read_again_as_what_it_is(
    enter: Enter, cast: Cast, kind: str, language: str
) -> None:
    """Filled in below its example, which is never taken in."""
    worker = await enter("陈社工")
    worker.language = language
    file = await worker.get(f"{IMPORTS}/template/{kind}")
    book = openpyxl.load_workbook(io.BytesIO(file.body))
    sheet = book.worksheets[0]
    sheet.append([f"x{n}" for n in range(len(KINDS[kind].columns))])
    out = io.BytesIO()
    book.save(out)
    run = (await bring(worker, out.getvalue(), kind, "list.xlsx")).location
    page = await worker.get(run)
    found = chosen(page, run)
    keys = [found[f"column-{n}"] for n in range(len(KINDS[kind].columns))]
    assert keys == [column.key for column in KINDS[kind].columns]
    assert len(await runs(await cast.viewer("陈社工"))) == 1


async def test_polling_fetches_the_part_and_then_the_report(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    run = (await bring(worker, GOOD)).location
    await worker.post(run + "/columns", chosen(await worker.get(run), run))
    asked = {"HX-Request": "true", "HX-Request-Type": "partial"}
    part = await worker.get(run, **asked)
    assert part.text.lstrip().startswith("<div") and "<html" not in part.text
    assert 'hx-trigger="every 1s"' in part.text and "0 / 3 行" in part.text
    await jobs.work_on(cast.house)
    part = await worker.get(run, **asked)
    assert "hx-trigger" not in part.text and "导入 2 人" in part.text


async def test_a_page_reads_little_whatever_the_list(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    counts = []
    for people in (3, 400):
        run, _ = await to_the_report(
            worker, cast, table("姓名,手机号", *(f"王{people}{n},12" for n in range(people)))
        )
        for path in (IMPORTS, run, run + "?columns"):
            await worker.get(path)
            with cast.house.db.watch() as log:
                await worker.get(path)
            counts.append(len(log))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 4  # the session, and three


async def test_a_workbook_of_several_sheets_names_the_sheet(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    content = xlsx(
        [["姓名", "手机"], ["王芳", 138]], others={"二队": [["姓名", "手机"], ["李娜", 139]], "说明": [["x"]]}
    )
    _, report = await to_the_report(worker, cast, content)
    assert "名单 第 2 行" in report.text and "二队 第 2 行" in report.text
    assert "没有名单的工作表不导入：说明" in report.text


@pytest.mark.parametrize("field", ["kind", "file", "column-0", "same-0-3", "request_id"])
async def test_no_form_of_imports_fails_whatever_is_typed(enter: Enter, cast: Cast, field: str) -> None:
    worker = await enter("陈社工")
    run, report = await to_the_report(worker, cast, GOOD)
    junk: list[Any] = ["", "\x00", "😀" * 50, "a" * 5000, "../../etc", "<script>", "-1", "same"]
    for value in junk:
        fields: Fields = {"_csrf_token": report.csrf, "request_id": "C" * 26, field: value}
        for path in ("", "/columns", "/agree", "/drop", "/undo/look", "/undo"):
            target = IMPORTS if not path else run + path
            assert (await worker.post(target, fields)).status in (200, 303, 404, 409, 422), (path, value)
    for query in ("?before=x", "?before=99999999999999999999", "?columns=1&columns=2"):
        assert (await worker.get(IMPORTS + query)).status == 200
