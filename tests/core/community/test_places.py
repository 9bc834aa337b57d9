"""Areas, communities, teams, households and notices."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, Message, NotFound
from core.base.sql import to_json
from core.community.areas import NewArea, add_areas, subtree
from core.community.communities import (
    Holiday,
    add_holidays,
    change_settings,
    communities_of,
    create_community,
)
from core.community.households import add_to_household, create_household, live_together
from core.community.notices import inbox, mark_read, notify
from core.community.roles import people_with
from core.community.sessions import hash_of
from core.community.teams import (
    NewMember,
    NewTeam,
    add_members,
    create_team,
    create_teams,
    leave,
    members_for_roster,
    my_teams,
    team_by_public_id,
)
from core.community.viewer import load_viewer
from core.community.volunteers import NewVolunteer, add_volunteers
from tests.support.cast import PATROL, Cast


async def test_a_subtree_is_what_lies_below_the_community_and_nothing_else(cast: Cast) -> None:
    worker, admin = await cast.viewer("陈社工"), cast.system()
    (top,) = await subtree(worker)

    async def grow(unit: Unit) -> None:
        (station,) = await add_areas(unit, top.id, [NewArea("station", "第一工作站", 400, 900)])
        await add_areas(unit, station, [NewArea("grid", f"第{i}网格") for i in (1, 2, 3)])

    await cast.do(admin, grow)
    tree = await subtree(worker)
    assert [a.name for a in tree] == ["红旗社区", "第一工作站", "第1网格", "第2网格", "第3网格"]
    assert all(a.path.startswith(top.path) and a.path.endswith(f"/{a.id}/") for a in tree)
    assert {a.community for a in tree} == {cast.hongqi}
    assert (tree[1].households, tree[1].residents) == (400, 900)
    assert [a.name for a in await subtree(await cast.viewer("何社工", "xinxing"))] == ["新兴社区"]


async def test_nodes_below_a_community_belong_to_it_and_only_it_may_add_them(cast: Cast) -> None:
    (top,) = await subtree(await cast.viewer("陈社工"))
    assert top.community == cast.hongqi
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("孙店员"), lambda u: add_areas(u, top.id, [NewArea("grid", "一")]))
    await cast.do(await cast.viewer("陈社工"), lambda u: add_areas(u, top.id, [NewArea("grid", "一")]))
    with pytest.raises(NotFound):
        await cast.do(cast.system(cast.xinxing), lambda u: add_areas(u, top.id, [NewArea("grid", "一")]))
    with pytest.raises(NotFound):
        await cast.do(cast.system(), lambda u: add_areas(u, 10**9, [NewArea("grid", "一")]))
    with pytest.raises(Invalid):
        await cast.do(cast.system(), lambda u: add_areas(u, top.id, [NewArea("grid", " ")]))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"slug": "Hong Qi"}, ["slug"]),
        ({"slug": "design"}, ["slug"]),
        ({"slug": "hongqi"}, ["slug"]),
        ({"name": " "}, ["name"]),
        ({"zone": "Mars/Olympus"}, ["zone"]),
        ({"zone": "../etc/passwd"}, ["zone"]),
        ({"locale": "fr"}, ["locale"]),
        ({"area": "taken"}, ["area"]),
    ],
)
async def test_a_community_that_cannot_be_is_refused_at_the_field(
    cast: Cast, changes: dict[str, Any], fields: list[str]
) -> None:
    async def work(unit: Unit) -> None:
        (free,) = await add_areas(unit, None, [NewArea("community", "向阳社区")])
        taken = await unit.value("select area from community where id = :id", id=cast.hongqi)
        given = {"slug": "xiangyang", "name": "向阳社区", "area": free} | changes
        if given["area"] == "taken":
            given["area"] = taken
        await create_community(unit, **given)

    with pytest.raises(Invalid) as refused:
        await cast.do(cast.system(), work)
    assert list(refused.value.fields) == fields
    assert await cast.house.db.value("select count(*) from community") == 2


async def test_the_communities_one_belongs_to_are_those_of_service_and_of_roles(cast: Cast) -> None:
    async def slugs(name: str) -> list[str]:
        return [c.slug for c in await communities_of(await cast.viewer(name))]

    assert await slugs("李阿姨") == ["hongqi"]
    assert await slugs("陈社工") == ["hongqi"]
    assert await slugs("冯阿姨") == ["xinxing"]
    await cast.do(
        cast.system(cast.xinxing),
        lambda unit: add_volunteers(unit, [NewVolunteer(cast["李阿姨"].person, "2026-11-01")]),
    )
    assert await slugs("李阿姨") == ["xinxing", "hongqi"]


async def test_only_an_operator_opens_a_community(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("陈社工"), lambda u: create_community(u, "xiangyang", "向阳", 1))


async def test_changed_settings_are_seen_at_the_next_request(cast: Cast) -> None:
    token = hash_of(await cast.token("陈社工"))
    _, before = await load_viewer(cast.house, token, "hongqi")
    await cast.do(cast.system(), lambda u: change_settings(u, review="second", colour="red"))
    await cast.do(cast.system(), lambda u: change_settings(u, colour=None))
    await cast.do(cast.system(), lambda u: add_holidays(u, [Holiday("2026-10-01", "国庆节", "holiday")]))
    _, after = await load_viewer(cast.house, token, "hongqi")
    assert before is not None
    assert after is not None
    assert (after.settings, after.version) == ({"review": "second"}, before.version + 3)
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("李阿姨"), lambda u: change_settings(u, review=None))


async def test_a_roster_has_the_leader_first_and_everybody_s_search_text(cast: Cast) -> None:
    leader = await cast.viewer("王队长")
    roster = await members_for_roster(leader, cast.team)
    assert [m.name for m in roster][:2] == ["王队长", "郑副队"]
    assert {m.name for m in roster} == {"王队长", "郑副队", "李阿姨", "赵叔叔", "钱奶奶", "吴大爷"}
    li = next(m for m in roster if m.name == "李阿姨")
    assert (li.volunteer, li.person, li.number) == (
        cast["李阿姨"].volunteer,
        cast["李阿姨"].person,
        cast["李阿姨"].number,
    )
    assert "lay" in li.search
    assert not any("1390" in to_json(m) for m in roster)


async def test_foreign_teams_absent_teams_and_teams_one_does_not_lead_look_the_same(cast: Cast) -> None:
    for name, team in (
        ("王队长", cast.other_team),
        ("王队长", 10**9),
        ("陈社工", cast.other_team),
        ("李阿姨", cast.team),
    ):
        with pytest.raises(NotFound):
            await members_for_roster(await cast.viewer(name), team)
    shown = await cast.house.db.value("select public_id from team where id = :id", id=cast.other_team)
    assert await team_by_public_id(cast.house.db, cast.xinxing, shown) == cast.other_team
    for public in (shown, "000000000000"):
        with pytest.raises(NotFound):
            await team_by_public_id(cast.house.db, cast.hongqi, public)


async def test_my_teams_are_those_i_lead_and_all_of_them_for_a_worker(cast: Cast) -> None:
    await cast.do(cast.system(), lambda unit: create_team(unit, "晨练队"))
    assert [(t.name, t.members) for t in await my_teams(await cast.viewer("王队长"))] == [(PATROL, 6)]
    assert {t.name for t in await my_teams(await cast.viewer("陈社工"))} == {PATROL, "晨练队"}
    assert await my_teams(await cast.viewer("李阿姨")) == []
    assert await my_teams(await cast.viewer("陈社工", "xinxing")) == []


async def test_who_left_a_team_is_off_the_roster_and_may_come_back(cast: Cast, clock: FixedClock) -> None:
    worker = await cast.viewer("陈社工")
    deputy = cast["郑副队"]
    await cast.do(worker, lambda unit: leave(unit, cast.team, deputy.volunteer or 0))
    assert deputy.name not in [m.name for m in await members_for_roster(worker, cast.team)]
    assert (await cast.viewer("郑副队")).grants == ()
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: leave(unit, cast.team, deputy.volunteer or 0))
    clock.advance(DAY)
    back = [NewMember(cast.team, deputy.volunteer or 0)]
    assert (await cast.do(worker, lambda unit: add_members(unit, back))).answer == {"value": 1}
    assert (await cast.do(worker, lambda unit: add_members(unit, back))).answer == {"value": 0}


async def test_nobody_of_another_community_gets_into_a_team(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    for member in (
        NewMember(cast.team, cast["冯阿姨"].volunteer or 0),
        NewMember(cast.other_team, cast["李阿姨"].volunteer or 0),
    ):
        entered = await cast.do(worker, lambda unit, member=member: add_members(unit, [member]))
        assert entered.answer == {"value": 0}
    with pytest.raises(Invalid):
        wrong = [NewMember(cast.team, cast["李阿姨"].volunteer or 0, "boss")]
        await cast.do(worker, lambda unit: add_members(unit, wrong))


async def test_two_teams_of_one_name_are_refused_and_a_volunteer_makes_none(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    for teams in ([NewTeam(PATROL)], [NewTeam("晨练队"), NewTeam("晨练队")], [NewTeam("  ")]):
        with pytest.raises(Invalid) as refused:
            await cast.do(worker, lambda unit, teams=teams: create_teams(unit, teams))
        assert list(refused.value.fields) == ["name"]
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("王队长"), lambda unit: create_team(unit, "晨练队"))


async def test_a_household_is_known_while_it_lasts_and_within_its_community(cast: Cast) -> None:
    li, sun, zhao = (cast[n].person for n in ("李阿姨", "孙店员", "赵叔叔"))
    db = cast.house.db
    assert await live_together(db, cast.hongqi, li, sun)
    assert await live_together(db, cast.hongqi, li, li)
    assert not await live_together(db, cast.hongqi, li, zhao)
    assert not await live_together(db, cast.xinxing, li, sun)
    household = await db.value("select id from household where community = :c", c=cast.hongqi)
    assert (
        await cast.do(cast.system(), lambda u: add_to_household(u, household, {zhao: "", li: ""}))
    ).answer == {"value": 1}
    assert await live_together(db, cast.hongqi, li, zhao)
    with pytest.raises(NotFound):
        await cast.do(cast.system(cast.xinxing), lambda u: add_to_household(u, household, {zhao: ""}))
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("李阿姨"), lambda u: create_household(u, {li: ""}))


async def test_notices_reach_their_reader_here_and_are_read_once(cast: Cast) -> None:
    li = cast["李阿姨"]
    message = Message("Your attendance of %(minutes)s minutes was sent back.", minutes=60)
    for _ in range(3):
        await cast.do(
            cast.system(), lambda u: notify(u, [li.person, li.person], "test", message, "/c/hongqi")
        )
    viewer = await cast.viewer("李阿姨")
    first = await inbox(viewer, most=2)
    assert [(n.message, n.read, n.href) for n in first] == [(message, False, "/c/hongqi")] * 2
    rest = await inbox(viewer, before=first[-1].id)
    assert len(rest) == 1
    assert await inbox(await cast.viewer("赵叔叔")) == []
    assert await inbox(await cast.viewer("李阿姨", "xinxing")) == []
    other = await cast.viewer("赵叔叔")
    assert (await cast.do(other, lambda u: mark_read(u, first[0].id))).answer == {"value": 0}
    assert (await cast.do(viewer, lambda u: mark_read(u, first[0].id))).answer == {"value": 3}
    assert (await cast.do(viewer, lambda u: mark_read(u, first[0].id))).answer == {"value": 0}
    assert all(n.read for n in await inbox(viewer))
    with pytest.raises(NotFound):
        await inbox(cast.system())


async def test_those_with_a_permission_are_found_by_their_role_here(cast: Cast) -> None:
    assert await people_with(cast.system(), "attendance.review") == [cast["陈社工"].person]
    assert await people_with(cast.system(cast.xinxing), "attendance.review") == [cast["何社工"].person]
    assert await people_with(cast.system(), "activity.fly") == []
