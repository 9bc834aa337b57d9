"""Sessions: short in the office, long by use for volunteers, new tokens whenever somebody rises."""

from dataclasses import replace
from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, HOUR, MINUTE, FixedClock
from core.base.errors import NotFound, NotProved, NotSignedIn
from core.base.house import House
from core.base.viewer import Viewer
from core.community import sessions
from core.community.roles import NewGrant, grant_roles
from core.community.sessions import has_stepped_up, hash_of, own_sessions, require_stepped_up, step_up
from core.community.viewer import load_viewer
from tests.support.cast import Cast
from tests.support.ways import shut_out


async def of(cast: Cast, token: str, slug: str = "hongqi") -> Viewer:
    viewer, _ = await load_viewer(cast.house, hash_of(token), slug)
    return viewer


@pytest.mark.parametrize("name", ["陈社工", "孙店员", "周审计", "施运维"])
async def test_in_the_office_a_session_ends_fifteen_minutes_after_its_last_use(
    cast: Cast, clock: FixedClock, name: str
) -> None:
    token = await cast.token(name)
    for _ in range(20):
        clock.advance(13 * MINUTE)
        assert (await of(cast, token)).person == cast[name].person
    clock.advance(15 * MINUTE)
    assert (await of(cast, token)).person is None


async def test_and_after_twelve_hours_in_any_case(cast: Cast, clock: FixedClock) -> None:
    token = await cast.token("陈社工")
    for _ in range(71):
        clock.advance(10 * MINUTE)
        assert (await of(cast, token)).person == cast["陈社工"].person
    clock.advance(10 * MINUTE)
    assert (await of(cast, token)).person is None


@pytest.mark.parametrize("name", ["李阿姨", "王队长", "郑副队"])
async def test_a_volunteers_and_a_leaders_is_kept_by_use(cast: Cast, clock: FixedClock, name: str) -> None:
    token = await cast.token(name)
    for _ in range(6):
        clock.advance(29 * DAY)
        assert (await of(cast, token)).person == cast[name].person
    clock.advance(29 * DAY)
    assert (await of(cast, token)).person is None


async def test_a_session_older_than_a_role_of_the_office_is_none(cast: Cast, clock: FixedClock) -> None:
    before = await cast.token("吴大爷")
    clock.advance(MINUTE)

    async def rise(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(cast["吴大爷"].person, "clerk", community=cast.hongqi)])

    await cast.do(cast.system(), rise)
    assert (await of(cast, before)).person is None
    after = await cast.token("吴大爷")
    assert (await of(cast, after)).may("redemption.make")
    assert (await of(cast, after)).staff


async def test_a_role_that_begins_later_ends_the_session_then(cast: Cast, clock: FixedClock) -> None:
    token = await cast.token("吴大爷")
    begins = clock.now() + HOUR

    async def later(unit: Unit) -> None:
        (grant,) = await grant_roles(unit, [NewGrant(cast["吴大爷"].person, "clerk", community=cast.hongqi)])
        await unit.execute("update role_grant set from_at = :at where id = :id", at=begins, id=grant)

    await cast.do(cast.system(), later)
    assert not (await of(cast, token)).staff
    clock.advance(HOUR)
    assert (await of(cast, token)).person is None


async def test_stepping_up_gives_a_new_token_for_ten_minutes(cast: Cast, clock: FixedClock) -> None:
    old = await cast.token("陈社工")
    viewer = await of(cast, old)
    with pytest.raises(NotProved):
        require_stepped_up(viewer)
    new = await step_up(viewer)
    assert new != old
    assert (await of(cast, old)).person is None
    assert has_stepped_up(await of(cast, new))
    clock.advance(10 * MINUTE - 1)
    assert has_stepped_up(await of(cast, new))
    clock.advance(1)
    assert not has_stepped_up(await of(cast, new))
    assert await cast.house.db.value("select count(*) from session") == 1


async def test_an_ended_session_does_not_step_up(cast: Cast) -> None:
    token = await cast.token("陈社工")
    viewer = await of(cast, token)
    await sessions.close_session(cast.house, token)
    with pytest.raises(NotSignedIn):
        await step_up(viewer)


async def test_one_sees_and_ends_ones_own_only(cast: Cast) -> None:
    mine, other, foreign = [await cast.token(n) for n in ("李阿姨", "李阿姨", "赵叔叔")]
    viewer = await of(cast, mine)
    listed = await own_sessions(viewer)
    assert len(listed) == 2
    his = (await of(cast, foreign)).session or 0
    with pytest.raises(NotFound):
        await cast.do(viewer, lambda unit: sessions.end_one(unit, his))
    there = (await of(cast, other)).session or 0
    await cast.do(viewer, lambda unit: sessions.end_one(unit, there))
    assert (await of(cast, other)).person is None
    assert (await of(cast, foreign)).person == cast["赵叔叔"].person


async def test_ending_all_others_keeps_this_one(cast: Cast) -> None:
    mine, *others = [await cast.token("李阿姨") for _ in range(4)]
    viewer = await of(cast, mine)

    async def work(unit: Unit) -> dict[str, Any]:
        return {"ended": await sessions.end_others(unit)}

    assert (await cast.do(viewer, work)).answer == {"ended": 3}
    assert [(await of(cast, t)).person for t in others] == [None] * 3
    assert (await of(cast, mine)).person == cast["李阿姨"].person


async def test_a_disabled_person_is_nobody_at_once_in_every_worker(cast: Cast, house: House) -> None:
    token = await cast.token("孙店员")
    worker = replace(house, cache={})  # a process of its own keeps its own caches
    for process in (house, worker):
        assert (await load_viewer(process, hash_of(token), "hongqi"))[0].may("redemption.make")
    await shut_out(cast, "孙店员")
    for process in (house, worker):
        assert (await load_viewer(process, hash_of(token), "hongqi"))[0].person is None


async def test_who_must_have_a_second_factor_holds_nothing_without_it(cast: Cast) -> None:
    strict = replace(cast.house, settings=replace(cast.house.settings, staff_totp=True), cache={})
    for name, lacks in (
        ("陈社工", True),
        ("孙店员", True),
        ("施运维", True),
        ("王队长", False),
        ("李阿姨", False),
    ):
        viewer, _ = await load_viewer(strict, hash_of(await cast.token(name)), "hongqi")
        assert (viewer.lacks_factor, viewer.grants == ()) == (lacks, lacks or name == "李阿姨")


async def test_ended_sessions_are_swept(cast: Cast, clock: FixedClock) -> None:
    await cast.token("陈社工")
    kept = await cast.token("李阿姨")
    clock.advance(DAY)
    assert await sessions.sweep(cast.house) == 1
    assert (await of(cast, kept)).person == cast["李阿姨"].person
