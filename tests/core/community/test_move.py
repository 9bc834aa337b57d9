"""Moving to another community by a code: once, at home there, gone here; points stay, hours are told."""

import asyncio
from typing import Any

import pytest

from core.base.act import Unit, act
from core.base.clock import DAY, HOUR
from core.base.errors import Invalid, NotFound, Refused, TooMany
from core.base.ids import request_id
from core.community import moving_code, relocation
from core.community.notices import inbox
from core.community.search import search
from core.community.volunteers import by_number
from core.lifecycle.profile import own_profile, profile
from tests.support.cast import Cast
from tests.support.life import grids, open_teams, post_for, value, who


async def code_for(cast: Cast, name: str = "李阿姨", viewer: str = "陈社工") -> str:
    volunteer = cast[name].volunteer or 0
    done = await cast.do(await cast.viewer(viewer), lambda unit: relocation.make_code(unit, volunteer))
    return moving_code.code_of(cast.house, done.act, volunteer)


async def arrives(cast: Cast, code: str, slug: str = "xinxing", worker: str = "何社工") -> dict[str, Any]:
    async def work(unit: Unit) -> dict[str, Any]:
        here = await relocation.arrive(unit, code)
        return {"volunteer": here.volunteer, "number": here.number}

    return (await cast.do(await cast.viewer(worker, slug), work)).answer


async def test_there_he_is_a_volunteer_with_a_new_number_and_here_he_has_moved(cast: Cast) -> None:
    area = (await grids(cast, "第1网格"))["第1网格"]
    await post_for(cast, "王队长", area)
    code = await code_for(cast, "王队长")
    here = await arrives(cast, code)
    there = await cast.viewer("何社工", "xinxing")
    moved = await by_number(there, here["number"])
    assert (moved.name, moved.person, moved.status) == ("王队长", cast["王队长"].person, "active")
    assert moved.number != cast["王队长"].number
    assert [v.name for v in await search(there, cast["王队长"].phone)] == ["王队长"]
    row = await cast.house.db.one(
        "select status, left_why, left_on from volunteer where id = :v", v=cast["王队长"].volunteer
    )
    assert row is not None
    assert tuple(row) == ("left", "moved", "2026-11-23")
    assert await open_teams(cast, "王队长") == 0
    assert await value(cast, "select count(*) from post where to_day is null") == 0
    assert not (await cast.viewer("王队长")).may("activity.record", team=cast.team)
    assert (await cast.viewer("王队长", "xinxing")).volunteer == here["volunteer"]
    (notice,) = await inbox(await cast.viewer("王队长", "xinxing"))
    assert notice.kind == "relocation"


async def test_both_communities_see_the_move_and_the_new_one_the_hours(cast: Cast) -> None:
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "update volunteer set minutes = 90 where id = :v", v=cast["李阿姨"].volunteer
        ),
    )
    here = await arrives(cast, await code_for(cast))
    old = await profile(await cast.viewer("陈社工"), cast["李阿姨"].number)
    assert [row["a"] for row in old.of("went")] == ["新兴社区"]
    new = await profile(await cast.viewer("何社工", "xinxing"), here["number"])
    assert [(e.community, e.minutes) for e in new.earlier] == [("红旗社区", 90)]
    own = await own_profile(await cast.viewer("李阿姨", "xinxing"))
    assert [(e.community, e.minutes) for e in own.earlier] == [("红旗社区", 90)]


async def test_he_may_make_the_code_himself_and_nobody_else_for_him(cast: Cast) -> None:
    li = cast["李阿姨"].volunteer or 0
    await arrives(cast, await code_for(cast, viewer="李阿姨"))
    for viewer in (await cast.viewer("赵叔叔"), await cast.viewer("何社工", "xinxing")):
        for verb in (relocation.make_code, relocation.cancel_code):
            with pytest.raises(NotFound):
                await cast.do(viewer, lambda unit, verb=verb: verb(unit, li))
    with pytest.raises(Refused):
        await code_for(cast)


@pytest.mark.parametrize("typed", ["", "ABC", "0123456789", "0" * 10, "一二三四五六七八九十", "A" * 500])
async def test_a_wrong_code_says_nothing_about_anybody(cast: Cast, typed: str) -> None:
    await code_for(cast)
    with pytest.raises(Invalid) as refused:
        await relocation.mover(await cast.viewer("何社工", "xinxing"), typed)
    assert refused.value.fields == {"code": relocation.WRONG}


async def test_a_code_is_good_once_for_thirty_days_until_it_is_cancelled_or_made_anew(cast: Cast) -> None:
    first = await code_for(cast)
    second = await code_for(cast)
    li = cast["李阿姨"].volunteer or 0
    there = await cast.viewer("何社工", "xinxing")
    assert (await relocation.mover(there, second)).name == "李阿姨"
    for dead in (first, second):
        if dead == second:
            worker = await cast.viewer("陈社工")
            await cast.do(worker, lambda unit: relocation.cancel_code(unit, li))
        with pytest.raises(Invalid):
            await relocation.mover(there, dead)
    third = await code_for(cast)
    cast.house.clock.advance(30 * DAY + HOUR)  # type: ignore[attr-defined]  # the suite's own clock
    with pytest.raises(Invalid):
        await relocation.mover(there, third)
    fourth = await code_for(cast)
    await arrives(cast, fourth)
    with pytest.raises(Invalid):
        await arrives(cast, fourth)


async def test_a_code_is_no_use_in_the_community_it_comes_from(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await arrives(cast, await code_for(cast), "hongqi", "陈社工")
    assert refused.value.fields == {"code": relocation.WRONG}


async def test_two_who_type_it_at_once_take_him_in_once(cast: Cast) -> None:
    code = await code_for(cast)
    results = await asyncio.gather(*(arrives(cast, code) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(r, dict) for r in results) == 1
    assert all(isinstance(r, dict | Invalid) for r in results)
    assert await value(cast, "select count(*) from relocation where arrived_at is not null") == 1


async def test_the_same_form_three_times_moves_once_and_shows_one_number(cast: Cast) -> None:
    code, request, worker = await code_for(cast), request_id(), await cast.viewer("何社工", "xinxing")

    async def work(unit: Unit) -> dict[str, Any]:
        return {"number": (await relocation.arrive(unit, code)).number}

    numbers = {(await act(worker, "arrive", request, None, work)).answer["number"] for _ in range(3)}
    assert len(numbers) == 1


async def test_who_comes_back_has_his_old_number_again_and_both_histories(cast: Cast) -> None:
    here = await arrives(cast, await code_for(cast))
    volunteer = here["volunteer"]

    async def back(unit: Unit) -> int:
        return await relocation.make_code(unit, volunteer)

    done = await cast.do(await cast.viewer("何社工", "xinxing"), back)
    code = moving_code.code_of(cast.house, done.act, volunteer)
    again = await arrives(cast, code, "hongqi", "陈社工")
    assert again["number"] == cast["李阿姨"].number
    assert (await who(cast, "李阿姨")).status == "active"


async def test_codes_cannot_be_guessed_by_trying(cast: Cast) -> None:
    for _ in range(10):
        await moving_code.spend_try(cast.house, 1, cast.xinxing)
    with pytest.raises(TooMany):
        await moving_code.spend_try(cast.house, 1, cast.xinxing)


async def test_only_a_hash_of_the_code_is_kept(cast: Cast) -> None:
    code = await code_for(cast)
    for sql in (
        "select code_hash from relocation",
        "select answer from act_answer order by act desc",
        "select detail from audit order by id desc",
    ):
        assert code not in str(await value(cast, sql))


def test_a_code_is_read_however_it_was_written_down() -> None:
    assert moving_code.read_code("k7qm2 9xz4d") == "K7QM29XZ4D"
    assert moving_code.read_code("K7QM2-9XZ4D") == "K7QM29XZ4D"
    assert moving_code.read_code("ko1l2 9xz4u") == "K01129XZ4V"
    assert moving_code.read_code("Ｋ７ＱＭ２９ＸＺ４Ｄ") == "K7QM29XZ4D"
