"""A file's way through the background: read, chosen, checked, agreed, taken in; sealed all the while."""

import asyncio
import base64
import zlib
from typing import Any

import pytest

from core.base.act import Unit, act
from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, NotFound, Refused
from core.base.ids import request_id
from core.base.viewer import Viewer
from core.community.people import add_person
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.imports import jobs
from core.lifecycle.imports.content import Findings, digest_of, unpack_findings, unpack_table
from core.lifecycle.imports.flow import KINDS
from core.lifecycle.imports.kind import suggest
from core.lifecycle.imports.reading import read_file
from core.lifecycle.imports.runs import (
    Brought,
    Run,
    agree,
    begin,
    choose,
    content_of,
    drop,
    remembered,
    run_of,
    runs,
)
from core.lifecycle.imports.table import find_table
from tests.support.cast import Cast
from tests.support.lists import everything, table, take_out

LIST = table("姓名,手机号,担任", "张莉,13800009001,队员", "张丽,13800009001,", "马小云,13800009002,")


async def brought(cast: Cast, viewer: Viewer, content: bytes = LIST, kind: str = "volunteers") -> Run:
    """A file that waits for its columns to be chosen."""
    found = KINDS[kind]
    known = await remembered(cast.house.db, viewer.community, found)
    sheets = find_table(await read_file(cast.house, content), {**found.known(), **known})
    one = Brought(found, "名册.csv", digest_of(content), sheets, suggest(found, sheets, known))

    async def work(unit: Unit) -> dict[str, Any]:
        return {"run": await begin(unit, one)}

    done = await act(viewer, "import.begin", request_id(), None, work)
    return await run_of(viewer, done.answer["run"])


async def chosen(cast: Cast, viewer: Viewer, run: Run, columns: list[str]) -> Run:
    content = await content_of(cast.house.db, viewer.community, run)
    sheets = unpack_table(cast.house.vault, run.public_id, content)
    await cast.do(viewer, lambda unit: choose(unit, run, sheets, columns))
    return await run_of(viewer, run.public_id)


async def checked(cast: Cast, viewer: Viewer, content: bytes = LIST, columns: str = "name phone -") -> Run:
    run = await chosen(cast, viewer, await brought(cast, viewer, content), columns.split())
    await jobs.work_on(cast.house)
    return await run_of(viewer, run.public_id)


async def found_in(cast: Cast, viewer: Viewer, run: Run) -> Findings:
    content = await content_of(cast.house.db, viewer.community, run)
    return unpack_findings(cast.house.vault, run.public_id, content)


async def agreed(cast: Cast, viewer: Viewer, run: Run, **changed: bool) -> bool:
    asked = {p.key: p.answer for p in (await found_in(cast, viewer, run)).proposals}
    same = {**asked, **{key.replace("_", "-").removeprefix("k"): v for key, v in changed.items()}}
    done = await cast.do(viewer, lambda unit: agree(unit, run, same, asked))
    return bool(done.answer["value"])


async def test_a_file_goes_its_whole_way_and_waits_for_people_twice(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    before = await everything(worker)
    run = await brought(cast, worker)
    assert (run.state, run.whole, run.choices.columns) == ("read", 3, ["name", "phone", ""])
    assert not await jobs.is_waiting(cast.house)
    run = await chosen(cast, worker, run, ["name", "phone", "-"])
    assert run.state == "checking"
    assert await jobs.is_waiting(cast.house)
    assert await jobs.work_on(cast.house) == 1
    run = await run_of(worker, run.public_id)
    assert (run.state, run.done, run.report.faults, run.report.asked, run.report.adds) == (
        "checked",
        3,
        0,
        1,
        2,
    )
    assert (await everything(worker))[:14] == before[:14]
    assert await agreed(cast, worker, run)
    await jobs.work_on(cast.house)
    run = await run_of(worker, run.public_id)
    assert (run.state, run.report.counts["people"], run.who) == ("done", 2, "陈社工")
    assert run.act is not None
    actor = await cast.house.db.value("select actor from act where id = :a", a=run.act)
    assert actor == cast["陈社工"].person
    assert await content_of(cast.house.db, worker.community, run) == ""
    assert await jobs.work_on(cast.house) == 0


async def test_what_waits_is_sealed_and_the_row_knows_no_name(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    content = table("姓名,手机号", "张莉,13800009001", "张丽,13800009001", "马小云,不知道")
    run = await checked(cast, worker, content, "name phone")
    row = await cast.house.db.one("select * from import_run where public_id = :p", p=run.public_id)
    assert row is not None
    plain = " ".join(str(row[name]) for name in ("choices", "report", "file_name", "digest"))
    assert run.report.faults == 1
    for word in ("张莉", "马小云", "不知道", "13800009001"):
        assert word not in plain
        assert word.encode() not in b"".join(base64.b64decode(part) for part in row["content"].split("\n"))
    found = await found_in(cast, worker, run)
    assert "不知道" in str(found.faults[0].message)
    with pytest.raises(zlib.error):
        zlib.decompress(base64.b64decode(row["content"].split("\n")[0]))


async def test_other_answers_are_checked_before_they_count(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    run = await checked(cast, worker)
    assert not await agreed(cast, worker, run, k0_3=False)
    assert (await run_of(worker, run.public_id)).state == "checking"
    await jobs.work_on(cast.house)
    run = await run_of(worker, run.public_id)
    assert (run.state, run.report.counts["people"]) == ("checked", 3)
    (asked,) = (await found_in(cast, worker, run)).proposals
    assert (asked.default, asked.answer) == (True, False)
    assert await agreed(cast, worker, run)
    await jobs.work_on(cast.house)
    assert await cast.house.db.value("select count(*) from person where name in ('张莉', '张丽')") == 2


async def test_a_list_with_mistakes_or_nothing_new_cannot_be_agreed_to(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    bad = await checked(cast, worker, table("姓名,手机号", "马小云,123"), "name phone")
    known = await checked(cast, worker, table("姓名,手机号", f"李阿姨,{cast['李阿姨'].phone}"), "name phone")
    for run in (bad, known):
        with pytest.raises(Invalid):
            await agreed(cast, worker, run)
        assert (await run_of(worker, run.public_id)).state == "checked"


async def test_when_the_register_changed_it_is_shown_once_more(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    run = await checked(cast, worker)
    assert await agreed(cast, worker, run)

    async def by_hand(unit: Unit) -> None:
        person = await add_person(unit, "马小云", "13800009002")
        await add_volunteers(unit, [NewVolunteer(person, "2026-01-01")])

    await cast.do(worker, by_hand)
    await jobs.work_on(cast.house)
    run = await run_of(worker, run.public_id)
    assert (run.state, run.report.note, run.report.counts["people"]) == ("checked", "changed", 1)
    assert await cast.house.db.value("select count(*) from person where name = '马小云'") == 1
    assert await agreed(cast, worker, run)
    await jobs.work_on(cast.house)
    assert (await run_of(worker, run.public_id)).state == "done"


async def test_two_workers_take_a_file_in_once(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    run = await checked(cast, worker)
    assert await agreed(cast, worker, run)
    await asyncio.gather(*(jobs.work_on(cast.house) for _ in range(3)))
    assert (await run_of(worker, run.public_id)).state == "done"
    assert await cast.house.db.value("select count(*) from act where name = 'import.volunteers'") == 1
    assert await cast.house.db.value("select count(*) from person where name = '张莉'") == 1


async def test_the_same_file_brought_again_has_nothing_to_add_until_it_is_undone(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    first = await checked(cast, worker)
    await agreed(cast, worker, first)
    await jobs.work_on(cast.house)
    again = await checked(cast, worker)
    assert (again.report.adds, again.report.counts["known"]) == (0, 2)
    await cast.do(worker, lambda unit: drop(unit, again))
    await take_out(cast, worker)
    third = await checked(cast, worker)
    assert third.report.adds == 2
    await agreed(cast, worker, third)
    await jobs.work_on(cast.house)
    assert (await run_of(worker, third.public_id)).report.counts["people"] == 2


async def test_a_choice_of_columns_is_remembered_for_this_community_and_kind(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    run = await brought(cast, worker)
    assert run.choices.columns[2] == ""
    await chosen(cast, worker, run, ["name", "phone", "role"])
    assert (await brought(cast, worker)).choices.columns == ["name", "phone", "role"]
    away = await cast.viewer("何社工", "xinxing")
    assert (await brought(cast, away)).choices.columns == ["name", "phone", ""]


async def test_a_dropped_file_is_gone_and_so_is_one_nobody_went_on_with(cast: Cast) -> None:
    assert isinstance(cast.house.clock, FixedClock)
    worker = await cast.viewer("陈社工")
    one, other = await brought(cast, worker), await checked(cast, worker)
    await cast.do(worker, lambda unit: drop(unit, one))
    with pytest.raises(Refused):
        await cast.do(worker, lambda unit: drop(unit, one))
    assert await jobs.sweep(cast.house) == 0
    cast.house.clock.advance(DAY + 1)
    assert await jobs.sweep(cast.house) == 1
    for run in (one, other):
        with pytest.raises(NotFound):
            await run_of(worker, run.public_id)
    assert await cast.house.db.value("select count(*) from import_run where content <> ''") == 0
    assert await runs(worker) == []


async def test_files_are_seen_and_moved_only_by_who_may_import_here(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    run = await checked(cast, worker)
    for name, slug in (
        ("李阿姨", "hongqi"),
        ("孙店员", "hongqi"),
        ("何社工", "hongqi"),
        ("何社工", "xinxing"),
    ):
        viewer = await cast.viewer(name, slug)
        with pytest.raises(NotFound):
            await run_of(viewer, run.public_id)
        for step in (lambda unit: drop(unit, run), lambda unit: agree(unit, run, {}, {})):
            with pytest.raises(Refused):
                await cast.do(viewer, step)
    assert (await run_of(worker, run.public_id)).state == "checked"
    with pytest.raises(NotFound):
        await runs(await cast.viewer("周审计"))


async def test_one_file_that_breaks_does_not_hold_up_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await cast.viewer("陈社工")
    bad = await chosen(cast, worker, await brought(cast, worker), ["name", "phone", "-"])
    good = await chosen(cast, worker, await brought(cast, worker, kind="volunteers"), ["name", "phone", "-"])
    real = jobs.unpack_table

    def breaks(vault: Any, public: str, content: str) -> Any:
        if public == bad.public_id:
            raise ZeroDivisionError
        return real(vault, public, content)

    monkeypatch.setattr(jobs, "unpack_table", breaks)
    assert await jobs.work_on(cast.house) == 2
    assert (await run_of(worker, bad.public_id)).state == "failed"
    assert (await run_of(worker, good.public_id)).state == "checked"


async def test_progress_is_told_while_it_is_checked(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    lines = (f"王{n},137{n:08}," for n in range(100))
    run = await chosen(
        cast, worker, await brought(cast, worker, table("姓名,手机号,担任", *lines)), ["name", "phone", "-"]
    )
    seen: list[int] = []

    def look(statement: Any) -> None:
        if "percent / 100" in statement.sql:
            seen.append(statement[1]["percent"])

    with cast.house.db.watch() as log:
        await jobs.work_on(cast.house)
    for statement in log:
        look(statement)
    assert seen == sorted(seen) and len(seen) >= 4
    assert (await run_of(worker, run.public_id)).done == 100
