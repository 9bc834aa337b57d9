"""Signing in: right, wrong, unknown and too often."""

import re

import pytest

from core.base.clock import DAY, HOUR, MINUTE, FixedClock
from core.base.errors import Invalid, Message, NotFound, TooMany
from core.base.house import House
from core.community import throttle
from core.community.credentials import prepare_password, set_password, sign_in
from core.community.numbers import new_number
from core.community.people import change_phone, disable
from core.community.sessions import hash_of
from core.community.viewer import load_viewer
from tests.support.cast import PASSWORD, Cast

NOT_RIGHT = {"": Message("The number or the password is not right.")}


async def attempt(cast: Cast, name: str, password: str = PASSWORD, address: str = "10.0.0.1") -> int:
    return await sign_in(cast.house, name, password, address)


async def test_number_and_phone_both_open_the_door(cast: Cast) -> None:
    li = cast["李阿姨"]
    spaced = f" {li.number[:4]} {li.number[4:]} "
    wide = li.number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for name in (li.number, spaced, wide, li.phone, f"{li.phone[:3]}-{li.phone[3:]}"):
        assert await attempt(cast, name) == li.person


async def test_unknown_and_wrong_get_one_answer_and_run_the_same_statements(cast: Cast) -> None:
    seen = []
    li = cast["李阿姨"]
    for name, password in (
        (li.number, "not the password"),
        (li.phone, "not the password"),
        (new_number(), PASSWORD),
        ("13899999999", PASSWORD),
        ("x' or 1=1 --", PASSWORD),
        ("", ""),
        (li.number, "x" * 5000),
    ):
        with cast.house.db.watch() as log, pytest.raises(Invalid) as refused:
            await attempt(cast, name, password)
        assert refused.value.fields == NOT_RIGHT
        seen.append([statement.sql for statement in log])
    assert all(statements == seen[0] for statements in seen)


async def test_nobody_signs_in_with_a_password_that_was_never_set(cast: Cast) -> None:
    await cast.do(cast.system(), lambda unit: unit.execute("delete from credential"))
    for password in ("", PASSWORD):
        with pytest.raises(Invalid) as refused:
            await attempt(cast, cast["李阿姨"].number, password)
        assert refused.value.fields == NOT_RIGHT


async def test_the_disabled_and_the_unknown_look_the_same(cast: Cast) -> None:
    await cast.do(cast.system(), lambda unit: disable(unit, cast["李阿姨"].person))
    with pytest.raises(Invalid) as refused:
        await attempt(cast, cast["李阿姨"].number)
    assert refused.value.fields == NOT_RIGHT


async def test_two_people_with_one_phone_are_told_apart_by_password_else_asked_for_the_number(
    cast: Cast,
) -> None:
    zhao, qian = cast["赵叔叔"], cast["钱奶奶"]
    await cast.do(cast.system(), lambda unit: change_phone(unit, qian.person, zhao.phone))
    with pytest.raises(Invalid) as refused:
        await attempt(cast, zhao.phone)
    assert list(refused.value.fields) == ["name"]
    other = await prepare_password("another-lantern-77")
    await cast.do(cast.system(), lambda unit: set_password(unit, qian.person, other))
    assert await attempt(cast, zhao.phone, "another-lantern-77") == qian.person
    assert await attempt(cast, zhao.phone) == zhao.person
    with pytest.raises(Invalid):
        await attempt(cast, qian.phone)


async def test_the_sixth_try_in_a_minute_waits_and_waiting_ends(cast: Cast, clock: FixedClock) -> None:
    number = cast["李阿姨"].number
    for _ in range(5):
        with pytest.raises(Invalid):
            await attempt(cast, number, "wrong")
    with pytest.raises(TooMany) as late:
        await attempt(cast, number)
    assert 0 < late.value.seconds <= 60
    for _ in range(50):
        with pytest.raises(TooMany):
            await attempt(cast, number)
    assert await attempt(cast, cast["赵叔叔"].number) == cast["赵叔叔"].person
    clock.advance(MINUTE)
    with pytest.raises(TooMany):  # fifty more tries have used up the hour's budget as well
        await attempt(cast, number)
    clock.advance(DAY)
    assert await attempt(cast, number) == cast["李阿姨"].person


async def test_the_right_password_clears_the_account_s_count(cast: Cast) -> None:
    number = cast["李阿姨"].number
    for _ in range(4):
        for _ in range(4):
            with pytest.raises(Invalid):
                await attempt(cast, number, "wrong")
        assert await attempt(cast, number) == cast["李阿姨"].person


async def test_one_address_cannot_try_many_accounts(cast: Cast) -> None:
    budget = [
        throttle.Budget("sign-in:address:" + cast.house.vault.hash("address", "10.0.0.9"), 60, 15 * MINUTE)
    ]
    for _ in range(60):
        await throttle.spend(cast.house, budget)
    with pytest.raises(TooMany):
        await attempt(cast, cast["李阿姨"].number, address="10.0.0.9")
    assert await attempt(cast, cast["李阿姨"].number, address="10.0.0.10") == cast["李阿姨"].person


async def test_neighbours_who_sign_in_rightly_do_not_use_up_their_address(cast: Cast) -> None:
    budget = [
        throttle.Budget("sign-in:address:" + cast.house.vault.hash("address", "10.0.0.9"), 60, 15 * MINUTE)
    ]
    for _ in range(59):
        await throttle.spend(cast.house, budget)
    for name in ("李阿姨", "赵叔叔", "钱奶奶"):
        assert await attempt(cast, cast[name].number, address="10.0.0.9") == cast[name].person
    with pytest.raises(Invalid):
        await attempt(cast, cast["李阿姨"].number, "wrong", "10.0.0.9")
    with pytest.raises(TooMany):
        await attempt(cast, cast["李阿姨"].number, address="10.0.0.9")


async def test_budgets_are_swept_a_day_after_they_ended(house: House, clock: FixedClock) -> None:
    await throttle.spend(house, [throttle.Budget("short", 5, MINUTE), throttle.Budget("long", 5, DAY)])
    clock.advance(DAY + HOUR)
    assert await throttle.sweep(house) == 1
    assert [r["bucket"] for r in await house.db.fetch("select bucket from throttle")] == ["long"]


async def test_passwords_are_kept_as_argon2id_and_addresses_as_keyed_hashes(cast: Cast) -> None:
    await attempt(cast, cast["李阿姨"].number)
    kept = await cast.house.db.value("select password from credential")
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$.+", kept)
    buckets = [r["bucket"] for r in await cast.house.db.fetch("select bucket from throttle")]
    assert buckets
    assert not any("10.0.0.1" in b or cast["李阿姨"].number in b for b in buckets)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 129,
        "12345678",
        "Woaini1314",
        "aaaaaaaaaaaa",
        "1313131313",
        "my13900000001phone",
        "李阿姨李阿姨abcd",
    ],
)
async def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        await prepare_password(password, "李阿姨李阿姨", "13900000001")
    assert list(refused.value.fields) == ["password"]


@pytest.mark.parametrize(
    "password", ["三个 字的 口令 很好", "correct horse battery", "x1-" * 30, "linli-demo"]
)
async def test_long_words_in_any_script_are_fine(password: str) -> None:
    assert (await prepare_password(password)).hash.startswith("$argon2id$")


async def test_a_new_password_ends_the_sessions_of_the_old_one(cast: Cast) -> None:
    token = hash_of(await cast.token("李阿姨"))
    new = await prepare_password("another-lantern-77")
    own = await cast.viewer("李阿姨")
    await cast.do(own, lambda unit: set_password(unit, cast["李阿姨"].person, new))
    assert (await load_viewer(cast.house, token, None))[0].person is None


async def test_nobody_sets_somebody_else_s_password(cast: Cast) -> None:
    new = await prepare_password("another-lantern-77")
    for name in ("李阿姨", "陈社工"):
        viewer = await cast.viewer(name)
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: set_password(unit, cast["赵叔叔"].person, new))
