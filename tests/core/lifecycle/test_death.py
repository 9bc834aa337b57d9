"""Somebody has passed away: what reaches him ends everywhere, and a mistake is put right, all of it."""

from typing import Any

import pytest

from core.base.act import Unit, act
from core.base.errors import Invalid, NotFound, Refused
from core.base.ids import request_id
from core.community.credentials import sign_in
from core.community.notices import inbox, notify
from core.community.roles import NewGrant, grant_roles
from core.community.search import SERVED, search
from core.community.sessions import hash_of
from core.community.teams import NewMember, add_members, members_for_roster
from core.community.viewer import load_viewer
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.death import FAREWELL, record_death, take_back
from core.lifecycle.profile import profile
from core.reward import redemption
from tests.support.cast import PASSWORD, Cast
from tests.support.life import grids, open_teams, post_for, value, who


async def dies(cast: Cast, name: str = "李阿姨", day: str = "2026-11-20", by: str = "陈社工") -> None:
    viewer, volunteer = await cast.viewer(by), cast[name].volunteer or 0
    await cast.do(viewer, lambda unit: record_death(unit, volunteer, day))


async def alive(cast: Cast, name: str = "李阿姨", by: str = "陈社工") -> None:
    viewer, volunteer = await cast.viewer(by), cast[name].volunteer or 0
    await cast.do(viewer, lambda unit: take_back(unit, volunteer))


async def also_in_xinxing(cast: Cast, name: str) -> int:
    """Makes a figure a volunteer and team member in 新兴社区 too; his row there."""

    async def work(unit: Unit) -> dict[str, Any]:
        (added,) = await add_volunteers(unit, [NewVolunteer(cast[name].person, "2026-05-01")])
        await add_members(unit, [NewMember(cast.other_team, added.id)])
        return {"volunteer": added.id}

    return int((await cast.do(cast.system(cast.xinxing), work)).answer["volunteer"])


async def test_he_signs_in_no_more_at_once_and_everywhere(cast: Cast) -> None:
    li, token = cast["李阿姨"], await cast.token("李阿姨")
    await dies(cast)
    viewer, _ = await load_viewer(cast.house, hash_of(token), "hongqi")
    assert viewer.person is None
    for login in (li.number, li.phone):
        with pytest.raises(Invalid):
            await sign_in(cast.house, login, PASSWORD, "192.0.2.1")


async def test_he_stands_on_no_roster_and_in_no_search_and_is_served_no_more(cast: Cast) -> None:
    await dies(cast)
    worker, clerk = await cast.viewer("陈社工"), await cast.viewer("孙店员")
    assert "李阿姨" not in [m.name for m in await members_for_roster(worker, cast.team)]
    for text in ("李阿姨", cast["李阿姨"].number, cast["李阿姨"].phone):
        assert await search(worker, text) == []
        assert await search(clerk, text, 2, "redemption.make", status=SERVED) == []
    volunteer = cast["李阿姨"].volunteer or 0
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: redemption.redeem(unit, volunteer, cast.soap))


async def test_nothing_more_is_sent_to_him(cast: Cast) -> None:
    await dies(cast)
    people = [cast["李阿姨"].person]
    sent = await cast.do(cast.system(), lambda unit: notify(unit, people, "test", FAREWELL))
    assert sent.answer["value"] == 0


async def test_the_household_gets_one_notice_without_a_name_and_nobody_else(cast: Cast) -> None:
    await dies(cast)
    (notice,) = await inbox(await cast.viewer("孙店员"))
    assert (notice.kind, notice.message) == ("household.farewell", FAREWELL)
    assert await value(cast, "select count(*) from notice") == 1


async def test_memberships_posts_and_roles_end_in_every_community(cast: Cast) -> None:
    there = await also_in_xinxing(cast, "王队长")
    await post_for(cast, "王队长", (await grids(cast, "第1网格"))["第1网格"])
    grant = NewGrant(cast["王队长"].person, "clerk", community=cast.xinxing)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    await dies(cast, "王队长")
    rows = await cast.house.db.fetch(
        "select id, status, left_why, left_on from volunteer where person = :p order by id",
        p=cast["王队长"].person,
    )
    assert [tuple(r)[1:] for r in rows] == [("left", "died", "2026-11-20")] * 2
    assert there in [r["id"] for r in rows]
    for sql in (
        "select count(*) from team_member where to_day is null and volunteer in "
        "(select id from volunteer where left_why = 'died')",
        "select count(*) from post where to_day is null",
    ):
        assert await value(cast, sql) == 0
    ended = await value(
        cast, "select count(*) from role_grant where person = :p and to_at is null", p=cast["王队长"].person
    )
    assert ended == 0


async def test_each_community_s_own_log_has_its_own_line(cast: Cast) -> None:
    await also_in_xinxing(cast, "李阿姨")
    await dies(cast)
    rows = await cast.house.db.fetch(
        "select community, count(*) as lines from audit where action = 'volunteer.died' "
        "group by community order by community"
    )
    assert [tuple(r) for r in rows] == [(cast.hongqi, 1), (cast.xinxing, 1)]


async def test_a_mistake_is_put_right_all_of_it(cast: Cast) -> None:
    there = await also_in_xinxing(cast, "王队长")
    await post_for(cast, "王队长", (await grids(cast, "第1网格"))["第1网格"])
    grant = NewGrant(cast["王队长"].person, "clerk", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    await dies(cast, "王队长")
    await alive(cast, "王队长")
    assert (await sign_in(cast.house, cast["王队长"].number, PASSWORD, "192.0.2.1"))[0].person == cast[
        "王队长"
    ].person
    viewer = await cast.viewer("王队长")
    assert viewer.may("activity.record", team=cast.team)
    assert viewer.may("redemption.make")
    assert await open_teams(cast, "王队长") == 1
    again = await value(cast, "select status from volunteer where id = :v", v=there)
    assert again == "active"
    assert await value(cast, "select count(*) from post where to_day is null") == 1
    assert await value(cast, "select count(*) from person_secret where field = 'farewell'") == 0
    with pytest.raises(Refused):
        await alive(cast, "王队长")


async def test_who_had_left_or_was_shut_out_before_is_so_afterwards(cast: Cast) -> None:
    person = cast["李阿姨"].person

    async def shut(unit: Unit) -> None:
        await unit.execute("update person set disabled_at = 5 where id = :p", p=person)

    await cast.do(cast.system(), shut)
    await dies(cast)
    await alive(cast)
    assert await value(cast, "select disabled_at from person where id = :p", p=person) == 5


async def test_his_page_keeps_what_he_did(cast: Cast) -> None:
    await dies(cast)
    found = await profile(await cast.viewer("陈社工"), cast["李阿姨"].number)
    assert found.died
    assert (found.facts["name"], found.facts["died_on"]) == ("李阿姨", "2026-11-20")


@pytest.mark.parametrize("day", ["2026-11-24", "1899-12-31", "x"])
async def test_the_day_is_one_that_can_be(cast: Cast, day: str) -> None:
    with pytest.raises(Invalid) as refused:
        await dies(cast, day=day)
    assert list(refused.value.fields) == ["day"]
    assert (await who(cast, "李阿姨")).status == "active"


async def test_a_worker_cannot_write_it_of_an_administrator_nor_of_himself(cast: Cast) -> None:
    grant = NewGrant(cast["王队长"].person, "administrator", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    with pytest.raises(Refused):
        await dies(cast, "王队长")
    assert (await cast.viewer("王队长")).may("community.settings")
    await cast.do(
        cast.system(),
        lambda unit: add_volunteers(unit, [NewVolunteer(cast["陈社工"].person, "2026-01-01")]),
    )
    own = await value(cast, "select id from volunteer where person = :p", p=cast["陈社工"].person)
    with pytest.raises(Refused):
        await cast.do(await cast.viewer("陈社工"), lambda unit: record_death(unit, own, "2026-11-20"))


async def test_only_the_own_community_s_office_writes_it_or_takes_it_back(cast: Cast) -> None:
    li = cast["李阿姨"].volunteer or 0
    for viewer in (await cast.viewer("何社工", "xinxing"), await cast.viewer("王队长")):
        for verb in (record_death, lambda unit, volunteer, _day: take_back(unit, volunteer)):
            with pytest.raises(NotFound):
                await cast.do(viewer, lambda unit, verb=verb: verb(unit, li, "2026-11-20"))


async def test_the_same_form_three_times_writes_it_once(cast: Cast) -> None:
    li, worker, request = cast["李阿姨"].volunteer or 0, await cast.viewer("陈社工"), request_id()

    async def work(unit: Unit) -> dict[str, Any]:
        await record_death(unit, li, "2026-11-20")
        return {}

    done = [await act(worker, "died", request, None, work) for _ in range(3)]
    assert [d.replayed for d in done] == [False, True, True]
    assert await value(cast, "select count(*) from notice") == 1
    with pytest.raises(Refused):
        await dies(cast)
