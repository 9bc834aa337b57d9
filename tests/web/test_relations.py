"""Guardians and collectors on pages: entered, ended, seen by the guardian, chosen at the service desk."""

import pytest

from core.points.opening import Opening, add_openings
from tests.support.offices import Offices
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest
from tests.web.walks import choose

CHILD, PARENT = "赵叔叔", "李阿姨"


@pytest.fixture
async def town(offices: Offices) -> Offices:
    cast = offices.cast
    opening = Opening(cast[CHILD].volunteer or 0, 100, 0, "2026-11-01", "老账本")
    await cast.do(cast.system(), lambda unit: add_openings(unit, [opening]))
    return offices


async def relate(worker: Guest, town: Offices, kind: str, subject: str = CHILD) -> str:
    """Enters it on the page; returns the address where it is ended."""
    person = f"/c/hongqi/people/{town.cast[subject].number}"
    page = await worker.get(person + "/relations")
    done = await worker.submit(page, person + "/relations", kind=kind, other=town.cast[PARENT].number)
    assert done.location == person + "?done=related", done.text
    newest = await town.house.db.value("select max(id) from relation")
    return f"/c/hongqi/relations/{newest}/end"


async def test_the_office_enters_it_on_the_person_s_page_and_ends_it_after_another_look(
    enter: Enter, town: Offices
) -> None:
    worker = await enter("陈社工")
    person = f"/c/hongqi/people/{town.cast[CHILD].number}"
    assert person + "/relations" in (await worker.get(person)).text
    address = await relate(worker, town, "guardian")
    page = await worker.get(person)
    assert address in page.text and "监护人" in page.text and PARENT in page.text
    other = await worker.get(f"/c/hongqi/people/{town.cast[PARENT].number}")
    assert address in other.text and CHILD in other.text
    look = await worker.get(address)
    assert PARENT in look.text and CHILD in look.text
    ended = await worker.submit(look, address)
    assert ended.location == person + "?done=unrelated"
    assert address not in (await worker.get(person)).text
    again = await worker.submit(look, address)
    assert again.location == ended.location
    assert (await worker.get(address)).status == 404


async def test_sent_twice_it_is_entered_once(enter: Enter, town: Offices) -> None:
    worker = await enter("陈社工")
    path = f"/c/hongqi/people/{town.cast[CHILD].number}/relations"
    page = await worker.get(path)
    for _ in range(2):
        reply = await worker.submit(page, path, kind="collector", other=town.cast[PARENT].number)
        assert reply.status == 303
    assert await town.house.db.value("select count(*) from relation") == 1


async def test_wrong_input_is_told_at_the_field_and_nothing_typed_is_lost(
    enter: Enter, town: Offices
) -> None:
    worker = await enter("陈社工")
    path = f"/c/hongqi/people/{town.cast[CHILD].number}/relations"
    tries = (
        ({"other": "12345678"}, "other"),
        ({"other": town.cast[CHILD].number}, "other"),
        ({"other": town.cast[PARENT].number, "from_day": "2031-01-01"}, "from_day"),
        ({"other": town.cast[PARENT].number, "kind": "x"}, "kind"),
    )
    for fields, name in tries:
        reply = await worker.submit(await worker.get(path), path, **{"kind": "collector", **fields})
        assert reply.status == 422 and f"{name}-error" in reply.text, fields
        assert fields["other"] in reply.text


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_guardian_reads_the_child_s_points_in_three_statements_while_it_holds(
    enter: Enter, town: Offices
) -> None:
    cast, worker, parent = town.cast, await enter("陈社工"), await enter(PARENT)
    page = f"/c/hongqi/me/wards/{cast[CHILD].number}"
    assert page not in (await parent.get("/c/hongqi/me")).text
    address = await relate(worker, town, "guardian")
    assert page in (await parent.get("/c/hongqi/me")).text
    with cast.house.db.watch() as log:
        reply = await parent.get(page)
    assert reply.status == 200 and "100" in reply.text and CHILD in reply.text
    assert len(log) <= 4  # the session's look-up and three
    line = await cast.house.db.value("select public_id from transfer order by id desc limit 1")
    explained = await parent.get(f"/c/hongqi/points/{line}")
    assert explained.status == 200 and page in explained.text
    await worker.submit(await worker.get(address), address)
    seen = []
    for number in (cast[CHILD].number, cast["吴大爷"].number, cast["冯阿姨"].number, "98765432", "x"):
        await parent.get("/c/hongqi")
        with cast.house.db.watch() as log:
            gone = await parent.get(f"/c/hongqi/me/wards/{number}")
        seen.append((gone.status, [s.sql for s in log]))
    assert {status for status, _ in seen} == {404}
    assert seen[0] == seen[1] == seen[2]
    assert (await parent.get(f"/c/hongqi/points/{line}")).status == 404


async def test_the_clerk_says_who_takes_it_home_and_the_receipt_says_so(enter: Enter, town: Offices) -> None:
    worker, clerk = await enter("陈社工"), await enter("孙店员")
    plain = await choose(clerk, town.cast, CHILD, "大米 5 公斤")
    assert 'name="collector"' not in plain.text
    await relate(worker, town, "collector", "钱奶奶")
    address = await relate(worker, town, "collector")
    with town.cast.house.db.watch() as log:
        page = await choose(clerk, town.cast, CHILD, "大米 5 公斤")
    assert 'name="collector"' in page.text and town.cast[PARENT].number in page.text
    texts = [s.sql for s in log if "throttle" not in s.sql]
    last_look = max(i for i, sql in enumerate(texts) if "left join session s" in sql)
    assert len(texts) - last_look <= 4, "three after the session's look-up"
    done = await clerk.submit(page, "/c/hongqi/redemptions", collector=town.cast[PARENT].number)
    assert done.status == 303
    receipt = await clerk.get(done.location)
    assert "代领人" in receipt.text
    late = await choose(clerk, town.cast, CHILD, "香皂")
    await worker.submit(await worker.get(address), address)
    refused = await clerk.submit(late, "/c/hongqi/redemptions", collector=town.cast[PARENT].number)
    assert refused.status == 409 and "代领人" in refused.text
    forged = await choose(clerk, town.cast, CHILD, "香皂")
    other = await clerk.submit(forged, "/c/hongqi/redemptions", collector=town.cast["吴大爷"].number)
    assert other.status == 409
