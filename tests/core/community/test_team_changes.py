"""Teams over the years: renamed, moved, closed with everybody leaving, opened again."""

import pytest

from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, NotFound
from core.community.team_changes import change_team, close_team, reopen_team
from core.community.team_pages import members_of, team_of, teams_here
from core.community.teams import NewMember, add_members, create_team, leave
from tests.support.offices import Offices

MONTH = "2026-11"


async def shown(offices: Offices) -> str:
    return str(
        await offices.house.db.value("select public_id from team where id = :id", id=offices.cast.team)
    )


async def test_name_category_and_area_change_and_a_name_is_there_once(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    area = offices.areas["第1网格"]
    await cast.do(worker, lambda u: change_team(u, cast.team, " 夜巡 一队 ", "治安", area))
    found = await team_of(worker, await shown(offices), MONTH)
    assert (found.name, found.category, found.area) == ("夜巡 一队", "治安", "第1网格")
    other = (await cast.do(worker, lambda u: create_team(u, "晨练队"))).answer["value"]
    for name in ("夜巡 一队", "", "长" * 61):
        with pytest.raises(Invalid) as refused:
            await cast.do(worker, lambda u, name=name: change_team(u, other, name, "", None))
        assert list(refused.value.fields) == ["name"]
    foreign = await cast.house.db.value("select area from community where id = :c", c=cast.xinxing)
    for team, place in ((other, foreign), (cast.other_team, None), (10**9, None)):
        with pytest.raises(NotFound):
            await cast.do(worker, lambda u, t=team, p=place: change_team(u, t, "某队", "", p))


async def test_a_closed_team_has_nobody_is_not_led_and_keeps_its_members_of_before(
    offices: Offices, clock: FixedClock
) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    assert (await cast.viewer("王队长")).grants
    assert (await cast.do(worker, lambda u: close_team(u, cast.team))).answer == {"value": 6}
    assert (await cast.viewer("王队长")).grants == ()
    members = await members_of(worker, cast.team, past=True)
    assert {(m.name, m.to_day) for m in members if m.name == "李阿姨"} == {("李阿姨", "2026-11-23")}
    with pytest.raises(NotFound):
        await cast.do(worker, lambda u: close_team(u, cast.team))
    joined = [NewMember(cast.team, cast["李阿姨"].volunteer or 0)]
    assert (await cast.do(worker, lambda u: add_members(u, joined))).answer == {"value": 0}
    clock.advance(DAY)
    await cast.do(worker, lambda u: reopen_team(u, cast.team))
    assert (await cast.do(worker, lambda u: add_members(u, joined))).answer == {"value": 1}
    assert [m.name for m in await members_of(worker, cast.team)] == ["李阿姨"]
    with pytest.raises(NotFound):
        await cast.do(worker, lambda u: reopen_team(u, cast.team))


async def test_a_team_is_not_opened_again_under_a_name_that_is_taken(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    name = (await team_of(worker, await shown(offices), MONTH)).name
    await cast.do(worker, lambda u: close_team(u, cast.team))
    await cast.do(worker, lambda u: create_team(u, name))
    with pytest.raises(Invalid):
        await cast.do(worker, lambda u: reopen_team(u, cast.team))


async def test_a_leader_reads_his_own_team_and_no_other(offices: Offices) -> None:
    cast = offices.cast
    worker, leader = await cast.viewer("陈社工"), await cast.viewer("王队长")
    await cast.do(worker, lambda u: create_team(u, "晨练队"))
    assert len(await teams_here(worker, MONTH)) == 2
    assert [t.id for t in await teams_here(leader, MONTH)] == [cast.team]
    other = await cast.house.db.value("select public_id from team where name = '晨练队'")
    foreign = await cast.house.db.value("select public_id from team where id = :id", id=cast.other_team)
    for public in (other, foreign, "0123456789AB"):
        with pytest.raises(NotFound):
            await team_of(leader, public, MONTH)
    for name in ("李阿姨", "孙店员", "高科长"):
        with pytest.raises(NotFound):
            await teams_here(await cast.viewer(name), MONTH)
    for who in ("王队长", "李阿姨"):
        viewer = await cast.viewer(who)
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda u: close_team(u, cast.team))


async def test_leaving_may_be_dated_back_but_not_ahead(offices: Offices) -> None:
    cast = offices.cast
    worker, li = await cast.viewer("陈社工"), cast["李阿姨"].volunteer or 0
    with pytest.raises(Invalid):
        await cast.do(worker, lambda u: leave(u, cast.team, li, "2026-11-24"))
    await cast.do(worker, lambda u: leave(u, cast.team, li, "2020-01-01"))
    (gone,) = [m for m in await members_of(worker, cast.team, past=True) if m.to_day]
    assert gone.to_day == gone.from_day
