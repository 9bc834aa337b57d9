"""An account is shut and opened again: at once, by who has more rights, after a second look."""

import pytest

from tests.support.cast import PASSWORD, Cast
from tests.support.offices import Offices
from tests.support.ways import give_card, give_pin, make_slip, shown, shut_out, without_password
from tests.web.conftest import BOTH, Enter
from tests.web.entering import is_in, sign_in, step_up, use_slip
from tests.web.guest import Guest, Reply

SHUT, OPEN = "/c/hongqi/accounts/shut", "/c/hongqi/accounts/open"


async def press(guest: Guest, cast: Cast, name: str, path: str = SHUT) -> Reply:
    """The worker goes from the person's ways in to the second look, and presses."""
    await step_up(guest)
    page = await guest.get(f"{path}?person={await shown(cast, name)}")
    return await guest.submit(page, path) if page.status == 200 else page


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_who_is_shut_out_is_out_at_once_and_comes_in_by_no_way(enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "赵叔叔")
    token = await give_card(cast, "赵叔叔")
    code = await make_slip(cast, "赵叔叔")
    zhao, worker, clerk = await enter("赵叔叔"), await enter("陈社工"), await enter("孙店员")
    assert (await zhao.get("/c/hongqi/points")).status == 200
    done = await press(worker, cast, "赵叔叔")
    assert done.status == 303
    assert (await zhao.get("/c/hongqi/points")).status == 303
    assert not is_in(await sign_in(Guest(zhao.app), cast["赵叔叔"].number))
    assert not is_in(await use_slip(Guest(zhao.app), cast["赵叔叔"].number, code))
    desk = await clerk.get("/c/hongqi/on-behalf")
    assert (await clerk.submit(desk, "/c/hongqi/on-behalf", q=token, pin="804172")).status in (404, 422)
    page = await worker.get(done.location)
    assert "停用" in page.text
    assert 'action="/c/hongqi/slips"' not in page.text, "no slip can be printed"
    opened = await press(worker, cast, "赵叔叔", OPEN)
    assert opened.status == 303
    assert is_in(await sign_in(Guest(zhao.app), cast["赵叔叔"].number, PASSWORD))
    written = await cast.house.db.fetch(
        "select action, actor from audit where subject_id = :p and action like 'person.%able' order by id",
        p=cast["赵叔叔"].person,
    )
    assert [(row["action"], row["actor"]) for row in written] == [
        ("person.disable", cast["陈社工"].person),
        ("person.enable", cast["陈社工"].person),
    ]


async def test_nobody_shuts_out_himself_or_who_has_more_rights(enter: Enter, offices: Offices) -> None:
    cast = offices.cast
    worker = await enter("陈社工")
    for name in ("陈社工", "林主任", "周审计", "施运维"):
        reply = await press(worker, cast, name)
        assert reply.status in (404, 409), name
    operator = await enter("施运维")
    assert (await press(operator, cast, "施运维")).status in (404, 409)
    assert (await press(operator, cast, "林主任")).status == 303
    assert await cast.house.db.value("select count(*) from person where disabled_at is not null") == 1


async def test_only_after_showing_once_more_who_one_is(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    person = await shown(cast, "赵叔叔")
    assert (await worker.get(f"{SHUT}?person={person}")).location.startswith("/step-up")
    sent = {"_csrf_token": (await worker.get("/account")).csrf, "request_id": "A" * 26, "person": person}
    assert (await worker.post(SHUT, sent)).location.startswith("/step-up")
    for name in ("孙店员", "王队长", "李阿姨", "周审计"):
        other = await enter(name)
        await step_up(other)
        assert (await other.get(f"{SHUT}?person={person}")).status == 404, name


async def test_people_of_another_community_are_absent(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    await step_up(worker)
    page = await worker.get(f"{SHUT}?person={await shown(cast, '赵叔叔')}")
    for person in (await shown(cast, "冯阿姨"), "0" * 12, ""):
        assert (await worker.get(f"{SHUT}?person={person}")).status == 404
        assert (await worker.submit(page, SHUT, person=person)).status == 404
    assert await cast.house.db.value("select count(*) from person where disabled_at is not null") == 0


async def test_no_slip_is_printed_for_a_shut_account(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    await without_password(cast, "赵叔叔")
    await step_up(worker)
    page = await worker.get(f"/c/hongqi/slips/new?number={cast['赵叔叔'].number}")
    await shut_out(cast, "赵叔叔")
    reply = await worker.submit(page, "/c/hongqi/slips")
    assert reply.status == 409
    assert "停用" in reply.text
