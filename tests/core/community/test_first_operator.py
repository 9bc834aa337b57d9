"""The first operator: by a printed token, within an hour, once."""

import pytest

from core.base.clock import HOUR, FixedClock
from core.base.errors import Invalid, Message, Refused
from core.base.house import House
from core.base.ids import request_id
from core.community import first_operator as verbs
from core.community.credentials import prepare_password, sign_in
from core.community.sessions import hash_of, open_session
from core.community.viewer import load_viewer
from tests.support.cast import PASSWORD, Cast

PHONE = "13900000000"


async def make(
    house: House, token: str, *, name: str = "罗海", phone: str = PHONE, request: str = ""
) -> int | None:
    return await verbs.make_first_operator(
        house,
        request or request_id(),
        token,
        name=name,
        phone=phone,
        password=await prepare_password(PASSWORD),
    )


async def test_the_token_makes_an_operator_who_signs_in(house: House) -> None:
    assert not await verbs.has_operator(house)
    person = await make(house, await verbs.new_first_token(house))
    assert person is not None
    (found,) = await sign_in(house, PHONE, PASSWORD, "10.0.0.1")
    assert found.person == person
    viewer, _ = await load_viewer(house, hash_of(await open_session(house, person)), None)
    assert viewer.may("operator")
    assert viewer.staff
    assert await verbs.has_operator(house)


async def test_wrong_old_and_replaced_tokens_make_nobody(house: House, clock: FixedClock) -> None:
    replaced = await verbs.new_first_token(house)
    old = await verbs.new_first_token(house)
    clock.advance(HOUR)
    for token in ("", "made up", replaced, old):
        with pytest.raises(Invalid) as refused:
            await make(house, token)
        assert refused.value.fields == {"": verbs.WRONG}
    assert await house.db.value("select count(*) from person") == 0
    assert await make(house, await verbs.new_first_token(house)) is not None


async def test_once_there_is_one_no_token_is_good(house: House) -> None:
    token = await verbs.new_first_token(house)
    request = request_id()
    person = await make(house, token, request=request)
    assert person is not None
    assert await make(house, token, request=request) is None, "the same form again makes nobody"
    with pytest.raises(Refused):
        await make(house, token)
    with pytest.raises(Refused):
        await verbs.new_first_token(house)
    assert await house.db.value("select count(*) from person") == 1


async def test_where_people_are_but_no_operator_a_token_can_be_had(cast: Cast) -> None:
    with pytest.raises(Refused):
        await verbs.new_first_token(cast.house)
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "update role_grant set to_at = :now where person = :person",
            now=unit.now,
            person=cast["施运维"].person,
        ),
    )
    assert await make(cast.house, await verbs.new_first_token(cast.house))


@pytest.mark.parametrize(
    ("name", "phone", "field"), [("", PHONE, "name"), ("罗海", "", "phone"), ("罗海", "123", "phone")]
)
async def test_bad_input_is_named_and_uses_nothing_up(
    house: House, name: str, phone: str, field: str
) -> None:
    token = await verbs.new_first_token(house)
    with pytest.raises(Invalid) as refused:
        await make(house, token, name=name, phone=phone)
    assert list(refused.value.fields) == [field]
    assert isinstance(refused.value.fields[field], Message)
    assert await make(house, token) is not None


async def test_the_token_is_not_kept(house: House) -> None:
    token = await verbs.new_first_token(house)
    assert await house.db.value("select hash from first_token") != token


async def test_guessing_tokens_is_slowed(house: House) -> None:
    from core.base.errors import TooMany

    with pytest.raises(TooMany):
        for _ in range(30):
            await verbs.count_try(house, "203.0.113.9")
