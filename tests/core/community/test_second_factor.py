"""The second step: each code once, a few minutes' drift, codes on paper, and no guessing."""

from typing import Any

import pyotp
import pytest

from core.base.act import Unit
from core.base.clock import SECOND, FixedClock
from core.base.errors import Invalid, TooMany
from core.community import second_factor
from core.community.notices import inbox
from core.community.second_factor import check, recovery_codes, state, turn_on
from core.community.sessions import hash_of
from core.community.viewer import load_viewer
from tests.support.cast import Cast

STEP = 30 * SECOND


def code(secret: str, cast: Cast, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(cast.house.clock.now() // 1000 + 30 * steps)


async def set_up(cast: Cast, name: str = "陈社工") -> tuple[str, list[str]]:
    """The figure's app secret and the codes on paper."""
    secret = second_factor.new_secret()
    viewer = await cast.viewer(name)

    async def work(unit: Unit) -> dict[str, Any]:
        await turn_on(unit, secret, code(secret, cast))
        return {}

    done = await cast.do(viewer, work)
    return secret, recovery_codes(cast.house, viewer.person or 0, done.act)


async def good(cast: Cast, typed: str, name: str = "陈社工", address: str = "10.0.0.1") -> bool:
    return await check(cast.house, cast[name].person, typed, address)


async def test_it_begins_with_a_right_code_and_ends_other_sessions(cast: Cast) -> None:
    other = hash_of(await cast.token("陈社工"))
    viewer = await cast.viewer("陈社工")
    with pytest.raises(Invalid) as refused:
        await cast.do(viewer, lambda unit: turn_on(unit, second_factor.new_secret(), "000000"))
    assert list(refused.value.fields) == ["code"]
    assert await state(viewer) is None
    await set_up(cast)
    assert (await load_viewer(cast.house, other, None))[0].person is None
    found = await state(await cast.viewer("陈社工"))
    assert found is not None
    assert found.codes == 10
    assert [n.message for n in await inbox(await cast.viewer("陈社工"))] == [second_factor.TURNED_ON]


async def test_a_code_is_worth_something_once(cast: Cast, clock: FixedClock) -> None:
    secret, _ = await set_up(cast)
    assert not await good(cast, code(secret, cast)), "the one it was set up with is used"
    clock.advance(STEP)
    now = code(secret, cast)
    assert await good(cast, f" {now[:3]} {now[3:]} ")
    assert not await good(cast, now)
    assert await good(cast, code(secret, cast, 1)), "a telephone may be half a minute ahead"
    assert not await good(cast, code(secret, cast, 0)), "and nothing older counts after that"


async def test_an_old_code_is_worth_nothing(cast: Cast, clock: FixedClock) -> None:
    secret, _ = await set_up(cast)
    old = code(secret, cast, 1)
    clock.advance(4 * STEP)
    assert not await good(cast, old)
    assert not await good(cast, code(secret, cast, 2))
    assert await good(cast, code(secret, cast, -1))


async def test_of_two_who_send_one_code_at_the_same_moment_one_gets_in(cast: Cast, clock: FixedClock) -> None:
    import asyncio

    secret, _ = await set_up(cast)
    clock.advance(STEP)
    now = code(secret, cast)
    answers = await asyncio.gather(*(good(cast, now, address=f"10.0.0.{n}") for n in range(4)))
    assert sorted(answers) == [False, False, False, True]


async def test_a_code_on_paper_is_worth_something_once(cast: Cast) -> None:
    _, codes = await set_up(cast)
    assert len(set(codes)) == 10
    assert await good(cast, f"{codes[3][:5].lower()} {codes[3][5:]}")
    assert not await good(cast, codes[3])
    assert await good(cast, codes[4])
    assert not await good(cast, codes[5], "赵叔叔")
    found = await state(await cast.viewer("陈社工"))
    assert found is not None
    assert found.codes == 8


async def test_new_codes_end_the_old_ones(cast: Cast) -> None:
    _, codes = await set_up(cast)
    viewer = await cast.viewer("陈社工")

    async def work(unit: Unit) -> dict[str, Any]:
        await second_factor.renew_codes(unit)
        return {}

    done = await cast.do(viewer, work)
    assert not await good(cast, codes[0])
    assert await good(cast, recovery_codes(cast.house, viewer.person or 0, done.act)[0])


async def test_neither_secret_nor_codes_stand_in_the_database(cast: Cast) -> None:
    secret, codes = await set_up(cast)
    rows = await cast.house.db.fetch(
        "select sealed as text from person_secret union all select hash from recovery_code "
        "union all select answer from act_answer union all select detail from audit"
    )
    assert len(rows) > 10
    assert not any(word in row["text"] for word in (secret, *codes) for row in rows)


async def test_guessing_codes_waits(cast: Cast, clock: FixedClock) -> None:
    secret, _ = await set_up(cast)
    clock.advance(STEP)
    for n in range(5):
        assert not await good(cast, f"00000{n}")
    with pytest.raises(TooMany):
        await good(cast, code(secret, cast))
    clock.advance(10 * SECOND)
    assert await good(cast, code(secret, cast))


@pytest.mark.parametrize("typed", ["", "x", "中文", "１２３４５６", "0" * 500, "' or 1=1 --"])
async def test_nonsense_is_no_code(cast: Cast, typed: str) -> None:
    await set_up(cast)
    assert not await good(cast, typed)
    assert not await good(cast, typed, "赵叔叔")


async def test_turned_off_nothing_is_left(cast: Cast, clock: FixedClock) -> None:
    secret, codes = await set_up(cast)
    person = cast["陈社工"].person
    await cast.do(cast.system(), lambda unit: second_factor.drop_factor(unit, person))
    clock.advance(STEP)
    assert not await good(cast, code(secret, cast))
    assert not await good(cast, codes[0])
    assert await state(await cast.viewer("陈社工")) is None
    assert await cast.house.db.value("select count(*) from person_secret where field = 'totp'") == 0
