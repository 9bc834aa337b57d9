"""Wrong tries wait longer and longer, never for ever, and nobody keeps somebody else out."""

import asyncio

import pytest

from core.base.clock import DAY, HOUR, MINUTE, SECOND, FixedClock
from core.base.errors import Invalid, TooMany
from core.base.house import House
from core.community import throttle
from core.community.credentials import sign_in
from core.community.throttle import Budget, Patience
from tests.support.cast import PASSWORD, Cast

WRONG = "not the password"
OWN = Patience("secret", free=3, step=10 * SECOND, longest=5 * MINUTE, memory=HOUR)


async def refused_for(house: House, patience: Patience) -> int:
    """Seconds to wait; 0: the try was looked at."""
    try:
        await throttle.spend(house, [], [patience])
    except TooMany as late:
        return late.seconds
    return 0


async def attempt(cast: Cast, name: str, password: str = WRONG, address: str = "10.0.0.1") -> bool:
    """Whether he is let in; a wrong password is False."""
    try:
        await sign_in(cast.house, name, password, address)
    except Invalid:
        return False
    return True


async def test_the_waits_are_squares_of_the_step(house: House, clock: FixedClock) -> None:
    for _ in range(3):
        assert await refused_for(house, OWN) == 0
    waits = []
    for _ in range(7):
        wait = await refused_for(house, OWN)
        waits.append(wait)
        clock.advance(wait * SECOND)
        assert await refused_for(house, OWN) == 0
    assert waits == [10, 40, 90, 160, 250, 300, 300]


async def test_hammering_while_one_waits_makes_nothing_longer(house: House, clock: FixedClock) -> None:
    for _ in range(3):
        await refused_for(house, OWN)
    assert await refused_for(house, OWN) == 10
    for _ in range(200):
        assert await refused_for(house, OWN) == 10
    clock.advance(10 * SECOND)
    assert await refused_for(house, OWN) == 0


async def test_tries_are_forgotten_and_swept(house: House, clock: FixedClock) -> None:
    for _ in range(3):
        await refused_for(house, OWN)
    clock.advance(HOUR + SECOND)
    for _ in range(3):
        assert await refused_for(house, OWN) == 0
    clock.advance(HOUR + SECOND)
    await throttle.spend(house, [Budget("short", 5, MINUTE), Budget("long", 5, 10 * DAY)])
    clock.advance(DAY + HOUR)
    assert await throttle.sweep(house) == 2
    assert [r["bucket"] for r in await house.db.fetch("select bucket from throttle")] == ["long"]
    assert await house.db.value("select count(*) from guess") == 0


async def test_many_at_one_moment_are_counted_one_by_one(house: House) -> None:
    waits = await asyncio.gather(*(refused_for(house, OWN) for _ in range(12)))
    assert sorted(waits) == [0] * 3 + [10] * 9


async def test_what_a_budget_refuses_is_no_try(house: House) -> None:
    full = Budget("around", 0, MINUTE)
    for _ in range(10):
        with pytest.raises(TooMany):
            await throttle.spend(house, [full], [OWN])
    assert await refused_for(house, OWN) == 0


async def test_the_sixth_wrong_password_from_one_place_waits_and_waiting_ends(
    cast: Cast, clock: FixedClock
) -> None:
    number = cast["李阿姨"].number
    for _ in range(5):
        assert not await attempt(cast, number)
    with pytest.raises(TooMany) as late:
        await attempt(cast, number, PASSWORD)
    assert late.value.seconds == 10
    clock.advance(10 * SECOND)
    assert await attempt(cast, number, PASSWORD)
    # Who has shown who he is begins anew.
    for _ in range(5):
        assert not await attempt(cast, number)


async def test_a_stranger_who_guesses_does_not_keep_the_owner_out(cast: Cast, clock: FixedClock) -> None:
    number = cast["李阿姨"].number
    for _ in range(300):
        clock.advance(MINUTE)
        try:
            await attempt(cast, number, address="203.0.113.7")
        except TooMany:
            continue
    assert await attempt(cast, number, PASSWORD, address="10.0.0.1")


async def test_guessing_one_account_from_everywhere_is_slowed_but_never_ended(
    cast: Cast, clock: FixedClock
) -> None:
    number, looked_at = cast["李阿姨"].number, 0
    for n in range(120):
        clock.advance(MINUTE)
        try:
            await attempt(cast, number, address=f"203.0.113.{n}")
            looked_at += 1
        except TooMany as late:
            assert late.seconds <= 5 * 60
    assert looked_at < 90
    clock.advance(5 * MINUTE)
    assert await attempt(cast, number, PASSWORD)


async def test_one_address_cannot_spray_many_accounts(cast: Cast) -> None:
    looked_at = 0
    with pytest.raises(TooMany):
        for n in range(200):
            await attempt(cast, f"1380000{n:04d}", "spring2026", "203.0.113.9")
            looked_at += 1
    assert looked_at == 60
    assert await attempt(cast, cast["赵叔叔"].number, PASSWORD, "10.0.0.1")


async def test_neighbours_who_sign_in_rightly_do_not_use_up_their_address(cast: Cast) -> None:
    budget = [Budget("sign-in:address:" + cast.house.vault.hash("address", "10.0.0.9"), 60, 15 * MINUTE)]
    for _ in range(59):
        await throttle.spend(cast.house, budget)
    for name in ("李阿姨", "赵叔叔", "钱奶奶"):
        assert await attempt(cast, cast[name].number, PASSWORD, "10.0.0.9")
    assert not await attempt(cast, cast["李阿姨"].number, "wrong", "10.0.0.9")
    with pytest.raises(TooMany):
        await attempt(cast, cast["李阿姨"].number, PASSWORD, "10.0.0.9")


async def test_the_whole_house_has_a_budget(cast: Cast) -> None:
    await throttle.spend(cast.house, [Budget("sign-in:all", 1200, MINUTE)])
    await cast.do(
        cast.system(),
        lambda unit: unit.execute("update throttle set count = 1200 where bucket = 'sign-in:all'"),
    )
    with pytest.raises(TooMany):
        await attempt(cast, "13800000000")


async def test_no_bucket_tells_whose_it_is(cast: Cast) -> None:
    await attempt(cast, cast["李阿姨"].number)
    rows = await cast.house.db.fetch("select bucket from throttle union all select bucket from guess")
    assert len(rows) >= 4
    assert not any("10.0.0.1" in r["bucket"] or cast["李阿姨"].number in r["bucket"] for r in rows)
