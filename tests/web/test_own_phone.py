"""Somebody changes his own telephone number: only he, after showing once more who he is."""

import pytest

from core.community.people import phones_of
from tests.support.cast import Cast
from tests.web.conftest import BOTH, Enter
from tests.web.entering import is_in, sign_in, step_up
from tests.web.guest import Guest

PHONE = "/account/phone"


async def number_kept(cast: Cast, name: str) -> str:
    person = cast[name].person
    return (await phones_of(cast.house, cast.house.db, [person])).get(person, "")


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_the_new_number_signs_him_in_and_the_old_one_nobody(enter: Enter, cast: Cast) -> None:
    zhao = await enter("赵叔叔")
    assert (await zhao.get(PHONE)).location.startswith("/step-up")
    await step_up(zhao)
    page = await zhao.get(PHONE)
    done = await zhao.submit(page, PHONE, phone="+86 137-0000 0042")
    assert done.location == "/account?done=phone"
    assert "已经换好" in (await zhao.get(done.location)).text
    assert await number_kept(cast, "赵叔叔") == "13700000042"
    assert is_in(await sign_in(Guest(zhao.app), "13700000042"))
    assert not is_in(await sign_in(Guest(zhao.app), cast["赵叔叔"].phone))
    assert "手机号" in (await zhao.get("/c/hongqi/notices")).text
    written = "select count(*) from audit where action = 'person.phone' and actor = :p"
    assert await cast.house.db.value(written, p=cast["赵叔叔"].person) == 1


async def test_a_thief_of_an_open_session_does_not_change_it(enter: Enter, cast: Cast) -> None:
    zhao = await enter("赵叔叔")
    sent = {"_csrf_token": (await zhao.get("/account")).csrf, "request_id": "A" * 26, "phone": "13700000042"}
    assert (await zhao.post(PHONE, sent)).location.startswith("/step-up")
    assert await number_kept(cast, "赵叔叔") == cast["赵叔叔"].phone


@pytest.mark.parametrize("typed", ["", "  ", "abc", "12", "1" * 40, "+86"])
async def test_what_is_no_number_is_named_and_kept(enter: Enter, cast: Cast, typed: str) -> None:
    zhao = await enter("赵叔叔")
    await step_up(zhao)
    reply = await zhao.submit(await zhao.get(PHONE), PHONE, phone=typed)
    assert reply.status == 422
    assert 'id="phone-error"' in reply.text
    assert await number_kept(cast, "赵叔叔") == cast["赵叔叔"].phone
