"""Signing in: right, wrong, unknown; a telephone that is shared."""

import re

import pytest

from core.base.errors import Invalid, Message, NotFound
from core.community.credentials import prepare_password, set_password, sign_in
from core.community.numbers import new_number
from core.community.people import change_phone
from core.community.sessions import hash_of
from core.community.viewer import load_viewer
from tests.support.cast import PASSWORD, Cast
from tests.support.ways import shut_out

NOT_RIGHT = {"": Message("The number or the password is not right.")}


async def attempt(cast: Cast, name: str, password: str = PASSWORD, address: str = "10.0.0.1") -> int:
    (found,) = await sign_in(cast.house, name, password, address)
    return found.person


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
    await shut_out(cast, "李阿姨")
    with pytest.raises(Invalid) as refused:
        await attempt(cast, cast["李阿姨"].number)
    assert refused.value.fields == NOT_RIGHT


async def test_two_people_with_one_phone_are_told_apart_by_password(cast: Cast) -> None:
    zhao, qian = cast["赵叔叔"], cast["钱奶奶"]
    await cast.do(cast.system(), lambda unit: change_phone(unit, qian.person, zhao.phone))
    other = await prepare_password("another-lantern-77")
    await cast.do(cast.system(), lambda unit: set_password(unit, qian.person, other))
    assert await attempt(cast, zhao.phone, "another-lantern-77") == qian.person
    assert await attempt(cast, zhao.phone) == zhao.person
    with pytest.raises(Invalid) as refused:
        await attempt(cast, qian.phone)
    assert refused.value.fields == NOT_RIGHT


async def test_who_share_phone_and_password_are_both_recognised_and_only_then(cast: Cast) -> None:
    zhao, qian = cast["赵叔叔"], cast["钱奶奶"]
    await cast.do(cast.system(), lambda unit: change_phone(unit, qian.person, zhao.phone))
    found = await sign_in(cast.house, zhao.phone, PASSWORD, "10.0.0.1")
    assert {(one.person, one.number) for one in found} == {
        (zhao.person, zhao.number),
        (qian.person, qian.number),
    }
    with pytest.raises(Invalid) as refused:
        await attempt(cast, zhao.phone, "not the password")
    assert refused.value.fields == NOT_RIGHT
    assert await attempt(cast, qian.number) == qian.person


async def test_a_third_of_one_phone_comes_in_too_and_who_has_no_password_takes_no_place(cast: Cast) -> None:
    names = ("赵叔叔", "钱奶奶", "吴大爷", "李阿姨")
    phone = cast["赵叔叔"].phone
    for name in names[1:]:
        await cast.do(cast.system(), lambda unit, n=name: change_phone(unit, cast[n].person, phone))
    person = cast["赵叔叔"].person
    await cast.do(
        cast.system(),
        lambda unit: unit.execute("delete from credential where person = :person", person=person),
    )
    for name in names[1:]:
        other = await prepare_password(f"lantern of {cast[name].number}")
        await cast.do(cast.system(), lambda unit, n=name, o=other: set_password(unit, cast[n].person, o))
    for name in names[1:]:
        assert await attempt(cast, phone, f"lantern of {cast[name].number}") == cast[name].person


async def test_unknown_shared_and_known_take_the_same_hashings(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashings: list[bool] = []

    async def count(stored: str, secret: str) -> bool:
        hashings.append(bool(stored))
        return False

    monkeypatch.setattr("core.community.credentials.matches", count)
    zhao, qian = cast["赵叔叔"], cast["钱奶奶"]
    await cast.do(cast.system(), lambda unit: change_phone(unit, qian.person, zhao.phone))
    seen = []
    for name in (zhao.phone, cast["李阿姨"].number, "13899999999"):
        hashings.clear()
        with pytest.raises(Invalid):
            await attempt(cast, name)
        seen.append(len(hashings))
    assert seen == [3, 3, 3]


async def test_passwords_are_kept_as_argon2id(cast: Cast) -> None:
    await attempt(cast, cast["李阿姨"].number)
    kept = await cast.house.db.value("select password from credential")
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$.+", kept)


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
