"""The roles page: who holds what, giving, taking away; roles of one's own; a clerk at his own desk."""

import re

import pytest
from litestar import Litestar

from core.base.ids import request_id
from tests.support.offices import Offices
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Reply
from tests.web.world import World, make_world, record

ROLES = "/c/hongqi/roles"


async def test_the_list_says_who_holds_what_and_who_gave_it(enter: Enter, offices: Offices) -> None:
    page = await (await enter("陈社工")).get(ROLES)
    assert page.status == 200
    for text in ("孙店员", "服务台人员", "周审计", "林主任", "高科长"):
        assert text in page.text
    assert "/roles/new" not in page.text and "/end" not in page.text
    for name in ("李阿姨", "孙店员", "王队长"):
        assert (await (await enter(name)).get(ROLES)).status == 404


async def test_a_role_is_given_by_number_and_by_name(enter: Enter, offices: Offices) -> None:
    cast, admin = offices.cast, await enter("林主任")
    form = await admin.get(ROLES + "/new")
    given = await admin.submit(form, ROLES + "/new", who=cast["吴大爷"].number, role="clerk")
    assert (given.status, given.location) == (303, ROLES + "?done=given")
    page = await admin.get(given.location)
    assert "吴大爷" in page.text and "角色已授予" in page.text
    again = await admin.submit(await admin.get(ROLES + "/new"), ROLES + "/new", who="吴大爷", role="clerk")
    assert again.status == 409
    assert 'value="吴大爷"' in again.text, "what was typed stays"


async def test_several_who_fit_are_offered_to_choose_from(enter: Enter, offices: Offices) -> None:
    admin = await enter("林主任")
    form = await admin.get(ROLES + "/new")
    asked = await admin.submit(form, ROLES + "/new", who="w", role="clerk")
    assert asked.status == 422
    assert "王队长" in asked.text and "吴大爷" in asked.text
    shown = re.search(r'name="which"[^>]*value="(\w+)"', asked.text)
    assert shown is not None
    given = await admin.submit(asked, ROLES + "/new", which=shown[1], role="clerk")
    assert given.status == 303


async def test_somebody_new_is_entered_with_his_telephone_number(enter: Enter, offices: Offices) -> None:
    admin = await enter("林主任")
    form = await admin.get(ROLES + "/new")
    wrong = await admin.submit(form, ROLES + "/new", name="新店员", role="clerk")
    assert wrong.status == 422 and "phone-error" in wrong.text
    given = await admin.submit(wrong, ROLES + "/new", name="新店员", phone="13712345678", role="clerk")
    assert given.status == 303
    assert "新店员" in (await admin.get(ROLES)).text


async def test_a_role_is_taken_away_at_once_and_stays_readable(enter: Enter, offices: Offices) -> None:
    admin, clerk = await enter("林主任"), await enter("孙店员")
    assert (await clerk.get("/c/hongqi/counter")).status == 200
    end = _end_of(await admin.get(ROLES), "孙店员")
    page = await admin.get(end)
    assert "孙店员" in page.text
    assert (await admin.submit(page, end)).location == ROLES + "?done=taken"
    assert (await clerk.get("/c/hongqi/counter")).status == 404
    past = await admin.get(ROLES + "/past")
    assert "孙店员" in past.text and "林主任" in past.text
    assert (await admin.submit(page, end)).status == 404


def _end_of(page: Reply, name: str) -> str:
    row = next(r for r in page.text.split("<tr") if name in r)
    found = re.search(r'href="([^"]*/roles/\d+/end)"', row)
    assert found is not None
    return found[1]


async def test_nobody_is_offered_to_take_his_own_or_the_operator_s(enter: Enter, offices: Offices) -> None:
    page = await (await enter("林主任")).get(ROLES)
    rows = {
        name: next(r for r in page.text.split("<tr") if name in r) for name in ("林主任", "施运维", "高科长")
    }
    assert not any("/end" in row for row in rows.values())
    page = await (await enter("施运维")).get(ROLES)
    assert "/end" in next(r for r in page.text.split("<tr") if "林主任" in r)


async def test_a_role_of_our_own_is_made_given_and_changed(enter: Enter, offices: Offices) -> None:
    admin, person = await enter("林主任"), await enter("吴大爷")
    form = await admin.get(ROLES + "/kinds/new?base=worker")
    made = await admin.submit(
        form, ROLES + "/kinds/new", name="名册员", permissions=["volunteer.read", "team.read"]
    )
    assert made.status == 303
    form = await admin.get(ROLES + "/new")
    key = re.search(r'value="(own-\w+)"', form.text)
    assert key is not None
    assert (await admin.submit(form, ROLES + "/new", who="吴大爷", role=key[1])).status == 303
    assert (await person.get("/c/hongqi/people")).status == 200
    edit = f"{ROLES}/kinds/{key[1]}/edit"
    await admin.submit(await admin.get(edit), edit, name="名册员", permissions=["team.read"])
    assert (await person.get("/c/hongqi/people")).status == 404
    close = f"{ROLES}/kinds/{key[1]}/close"
    refused = await admin.submit(await admin.get(ROLES + "/kinds"), close)
    assert refused.status == 409 and "名册员" in refused.text


async def test_more_than_one_holds_cannot_be_ticked_by_hand(enter: Enter, offices: Offices) -> None:
    admin = await enter("林主任")
    form = await admin.get(ROLES + "/kinds/new?base=auditor")
    assert 'value="redemption.make"' not in form.text and 'value="role.write"' not in form.text
    tried = await admin.submit(form, ROLES + "/kinds/new", name="店员二", permissions=["redemption.make"])
    assert tried.status == 422
    assert (await admin.get(ROLES + "/kinds/new?base=administrator")).status == 404


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_clerk_of_one_counter_serves_there_and_undoes_nothing_elsewhere(
    app: Litestar, offices: Offices
) -> None:
    world = await make_world(app, offices)
    cast, clerk, all_desks = offices.cast, world.guests["邓台员"], world.guests["孙店员"]
    desks = {
        r["name"]: r["public_id"] for r in await cast.house.db.fetch("select name, public_id from counter")
    }
    assert desks["社区服务台"] not in (await clerk.get("/c/hongqi/counter")).text
    assert desks["社区服务台"] in (await all_desks.get("/c/hongqi/counter")).text
    for day in (9, 10, 11, 15, 16, 17, 18, 19):
        await record(world.guests["王队长"], "hongqi", day, [cast["赵叔叔"].number])
    receipt = await serve(world, "邓台员", desks["北门服务点"])
    assert receipt.status == 303
    assert "北门服务点" in (await clerk.get(receipt.location)).text
    assert (await serve(world, "邓台员", desks["社区服务台"])).status == 404
    assert (await serve(world, "邓台员", desks["新兴服务台"])).status == 404

    elsewhere = await serve(world, "孙店员", desks["社区服务台"])
    shown = await clerk.get(elsewhere.location)
    assert elsewhere.location + "/undo" not in shown.text
    sent = {"_csrf_token": shown.csrf, "request_id": request_id(), "reason": "误发"}
    assert (await clerk.post(elsewhere.location + "/undo", sent)).status == 404
    own = await clerk.get(receipt.location)
    assert (await clerk.submit(own, receipt.location + "/undo")).status == 303


async def serve(world: World, clerk: str, desk: str) -> Reply:
    """赵叔叔 gets a piece of soap at a desk; the answer to the last form."""
    guest, cast = world.guests[clerk], world.cast
    shown = await cast.house.db.value("select public_id from reward where id = :id", id=cast.soap)
    page = await guest.get("/c/hongqi/counter")
    chosen = {"_csrf_token": page.csrf, "member": cast["赵叔叔"].number, "reward": shown, "desk": desk}
    page = await guest.post("/c/hongqi/counter/confirm", chosen)
    return await guest.submit(page, "/c/hongqi/redemptions") if page.status == 200 else page
