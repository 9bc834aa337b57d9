"""Leaving: what was led or decided ends, hours and points stay, rewards may be fetched; and coming back."""

from typing import Any

import pytest

from core.base.act import Unit, act
from core.base.errors import Invalid, NotFound, Refused
from core.base.ids import request_id
from core.community import relocation
from core.community.roles import NewGrant, grant_roles
from core.community.search import SERVED, Wanted, browse, search
from core.community.teams import members_for_roster
from core.lifecycle.farewell import come_back, leave, standing
from tests.support.cast import Cast
from tests.support.life import grids, open_teams, post_for, value, who


async def leaves(cast: Cast, name: str, why: str = "own_wish", day: str = "", by: str = "陈社工") -> None:
    viewer, volunteer = await cast.viewer(by), cast[name].volunteer or 0
    await cast.do(viewer, lambda unit: leave(unit, volunteer, why, day))


async def test_teams_posts_and_roles_of_this_community_end_at_once(cast: Cast) -> None:
    await post_for(cast, "王队长", (await grids(cast, "第1网格"))["第1网格"])
    grant = NewGrant(cast["王队长"].person, "clerk", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    before = await cast.viewer("王队长")
    assert before.may("activity.record", team=cast.team)
    await leaves(cast, "王队长", day="2026-11-20")
    after = await cast.viewer("王队长")
    assert (after.volunteer, after.grants) == (None, ())
    assert await open_teams(cast, "王队长") == 0
    ended = await value(cast, "select to_day from post")
    assert ended == "2026-11-20"
    roster = await members_for_roster(await cast.viewer("陈社工"), cast.team)
    assert "王队长" not in [m.name for m in roster]


async def test_a_role_only_an_operator_gives_is_not_taken_by_a_worker(cast: Cast) -> None:
    grant = NewGrant(cast["王队长"].person, "administrator", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    await leaves(cast, "王队长")
    assert (await cast.viewer("王队长")).may("community.settings")


async def test_he_is_among_those_who_left_and_found_at_the_counter(cast: Cast) -> None:
    await leaves(cast, "李阿姨", "moved")
    worker, clerk = await cast.viewer("陈社工"), await cast.viewer("孙店员")
    assert await search(worker, "李阿姨") == []
    (found,) = await browse(worker, Wanted(text="李阿姨", status="left"))
    assert (found.volunteer.status, found.left_why) == ("left", "moved")
    for text in (cast["李阿姨"].number, cast["李阿姨"].phone):
        assert [v.name for v in await search(clerk, text, 2, "redemption.make", status=SERVED)] == ["李阿姨"]


async def test_he_comes_back_under_his_number_and_joins_anew(cast: Cast) -> None:
    li = cast["李阿姨"].volunteer or 0
    await leaves(cast, "李阿姨")
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: come_back(unit, li))
    assert [v.number for v in await search(worker, "李阿姨")] == [cast["李阿姨"].number]
    assert await open_teams(cast, "李阿姨") == 0
    assert (await cast.viewer("李阿姨")).volunteer == li
    with pytest.raises(Refused):
        await cast.do(worker, lambda unit: come_back(unit, li))


async def test_he_may_leave_by_himself_and_nobody_else_for_him(cast: Cast) -> None:
    for name in ("赵叔叔", "王队长"):
        with pytest.raises(NotFound):
            await leaves(cast, "李阿姨", by=name)
    li = cast["李阿姨"].volunteer or 0
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("何社工", "xinxing"), lambda unit: leave(unit, li, "own_wish"))
    await leaves(cast, "李阿姨", by="李阿姨")
    assert (await who(cast, "李阿姨")).status == "left"


@pytest.mark.parametrize(
    ("why", "day", "field"),
    [
        ("", "", "why"),
        ("died", "", "why"),
        ("own_wish", "2026-11-24", "day"),
        ("own_wish", "2026-03-04", "day"),
        ("own_wish", "soon", "day"),
    ],
)
async def test_a_reason_and_a_day_that_can_be(cast: Cast, why: str, day: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await leaves(cast, "李阿姨", why, day)
    assert list(refused.value.fields) == [field]
    assert (await who(cast, "李阿姨")).status == "active"


async def test_the_same_form_three_times_leaves_once(cast: Cast) -> None:
    li, worker, request = cast["李阿姨"].volunteer or 0, await cast.viewer("陈社工"), request_id()

    async def work(unit: Unit) -> dict[str, Any]:
        await leave(unit, li, "own_wish")
        return {}

    done = [await act(worker, "leave", request, None, work) for _ in range(3)]
    assert [d.replayed for d in done] == [False, True, True]
    with pytest.raises(Refused):
        await leaves(cast, "李阿姨")


async def test_an_open_moving_code_is_worth_nothing_then(cast: Cast) -> None:
    li, worker = cast["李阿姨"].volunteer or 0, await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: relocation.make_code(unit, li))
    await leaves(cast, "李阿姨")
    assert await relocation.code_out(worker, li) is None


async def test_what_he_has_and_what_ends_is_told_before(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    with cast.house.db.watch() as log:
        found = await standing(worker, cast["李阿姨"].volunteer or 0)
    assert len(log) == 1
    assert (found.teams, found.posts, found.roles, found.points, found.household) == (1, 0, 0, 0, 1)
    with pytest.raises(NotFound):
        await standing(await cast.viewer("赵叔叔"), cast["李阿姨"].volunteer or 0)
