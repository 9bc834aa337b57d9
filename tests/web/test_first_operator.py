"""The page of the first operator."""

import pytest
from litestar import Litestar

from core.base.house import House
from core.community.first_operator import new_first_token
from tests.support.cast import PASSWORD
from tests.web.entering import is_in
from tests.web.guest import Guest, Reply
from web.app import create_app

PAGE = "/first-operator"
GOOD = {"name": "罗海", "phone": "138 0000 0000", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def empty(house: House) -> Litestar:
    """The application over a house with nobody."""
    return create_app(house)


async def fill_in(guest: Guest, token: str, **changes: str) -> Reply:
    page = await guest.get(f"{PAGE}?token={token}")
    return await guest.submit(page, PAGE, **{**GOOD, **changes})


async def test_the_printed_address_makes_the_operator_once(empty: Litestar, house: House) -> None:
    token = await new_first_token(house)
    guest = Guest(empty)
    page = await guest.get(f"{PAGE}?token={token}")
    reply = await guest.submit(page, PAGE, **GOOD)
    assert is_in(reply)
    assert (await guest.get("/account")).status == 200
    assert (await guest.get("/design")).status == 200
    stranger = Guest(empty)
    later = await stranger.get(f"{PAGE}?token={token}")
    assert "已经有运维人员" in later.text
    fields = {**page.form(PAGE), **GOOD, "_csrf_token": later.csrf, "request_id": "A" * 26}
    taken = await stranger.post(PAGE, fields)
    assert not is_in(taken)
    assert await house.db.value("select count(*) from person") == 1


async def test_the_form_sent_again_lets_nobody_in(empty: Litestar, house: House) -> None:
    token = await new_first_token(house)
    guest = Guest(empty)
    page = await guest.get(f"{PAGE}?token={token}")
    assert is_in(await guest.submit(page, PAGE, **GOOD))
    thief = Guest(empty)
    copied = {**page.form(PAGE), **GOOD, "_csrf_token": (await thief.get("/sign-in")).csrf}
    reply = await thief.post(PAGE, copied)
    assert (reply.location, is_in(reply)) == ("/sign-in?done=set", False)


@pytest.mark.parametrize("token", ["", "made-up", "0" * 43])
async def test_without_the_token_nobody_becomes_it(empty: Litestar, house: House, token: str) -> None:
    await new_first_token(house)
    reply = await fill_in(Guest(empty), token)
    assert (reply.status, is_in(reply)) == (422, False)
    assert "失效" in reply.text
    assert reply.form(PAGE)["name"] == "罗海"
    assert await house.db.value("select count(*) from person") == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "12"}, "phone"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "x"}, "again"),
    ],
)
async def test_what_is_wrong_is_named_and_the_token_stays_good(
    empty: Litestar, house: House, changes: dict[str, str], field: str
) -> None:
    token = await new_first_token(house)
    guest = Guest(empty)
    reply = await fill_in(guest, token, **changes)
    assert reply.status == 422
    assert f'id="{field}-error"' in reply.text
    assert reply.form(PAGE)["token"] == token
    assert is_in(await guest.submit(reply, PAGE, **GOOD))


async def test_guessing_the_token_is_slowed(empty: Litestar, house: House) -> None:
    guest = Guest(empty)
    statuses = [(await fill_in(guest, f"guess-{n}")).status for n in range(23)]
    assert statuses == [422] * 20 + [429] * 3
