"""From a cookie to a viewer."""

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import NotFound
from core.base.house import House
from core.community.roles import NewGrant, end_grant, grant_roles
from core.community.sessions import close_session, hash_of, open_session
from core.community.teams import change_role
from core.community.viewer import load_viewer
from tests.support.cast import Cast
from tests.support.ways import shut_out


async def test_a_viewer_is_loaded_with_one_statement_once_his_roles_are_known(cast: Cast) -> None:
    token = hash_of(await cast.token("陈社工"))
    await load_viewer(cast.house, token, "hongqi")
    with cast.house.db.watch() as log:
        viewer, community = await load_viewer(cast.house, token, "hongqi")
    assert len(log) == 1
    assert (viewer.person, viewer.name) == (cast["陈社工"].person, "陈社工")
    assert community is not None
    assert (community.slug, community.name, community.zone) == ("hongqi", "红旗社区", "Asia/Shanghai")


async def test_nobody_and_nowhere_are_answers_too(cast: Cast) -> None:
    viewer, community = await load_viewer(cast.house, None, None)
    assert (viewer.person, viewer.community, community) == (None, None, None)
    viewer, community = await load_viewer(cast.house, hash_of("made up"), "no-such-place")
    assert (viewer.person, viewer.community, community) == (None, None, None)


async def test_a_volunteer_sees_his_own_number_and_holds_nothing(cast: Cast) -> None:
    viewer = await cast.viewer("李阿姨")
    assert (viewer.volunteer, viewer.number) == (cast["李阿姨"].volunteer, cast["李阿姨"].number)
    assert viewer.grants == ()
    elsewhere = await cast.viewer("李阿姨", "xinxing")
    assert (elsewhere.volunteer, elsewhere.number) == (None, "")


async def test_a_leader_and_his_deputy_reach_their_own_team_only(cast: Cast) -> None:
    for name in ("王队长", "郑副队"):
        viewer = await cast.viewer(name)
        assert viewer.may("activity.record", team=cast.team)
        assert not viewer.may("activity.record", team=cast.other_team)
        assert not viewer.may("activity.record")
        assert viewer.teams("activity.record") == frozenset([cast.team])
        assert (await cast.viewer(name, "xinxing")).grants == ()


async def test_a_role_in_one_community_is_none_in_another(cast: Cast) -> None:
    assert (await cast.viewer("陈社工")).may("volunteer.read")
    assert not (await cast.viewer("陈社工", "xinxing")).may_somewhere("volunteer.read")


async def test_the_operator_reaches_every_community(cast: Cast) -> None:
    for slug in ("hongqi", "xinxing"):
        assert (await cast.viewer("施运维", slug)).may("operator")


async def test_a_street_office_above_sees_the_communities_below_it_and_no_others(cast: Cast) -> None:
    county = await cast.house.db.value("select id from area where kind = 'county'")
    inside = await cast.house.db.value("select area from community where id = :id", id=cast.xinxing)
    person = cast["周审计"].person

    async def give(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(person, "street", area=county)])

    await cast.do(cast.system(), give)
    for slug in ("hongqi", "xinxing"):
        viewer = await cast.viewer("周审计", slug)
        assert viewer.may("area.read")
        assert not viewer.may("volunteer.read")

    async def narrow(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(cast["冯阿姨"].person, "street", area=inside)])

    await cast.do(cast.system(), narrow)
    assert (await cast.viewer("冯阿姨", "xinxing")).may("area.read")
    assert not (await cast.viewer("冯阿姨", "hongqi")).may("area.read")


async def test_a_role_taken_away_is_gone_at_the_next_request(cast: Cast) -> None:
    token = hash_of(await cast.token("孙店员"))
    viewer, _ = await load_viewer(cast.house, token, "hongqi")
    assert viewer.may("redemption.make")
    grant = await cast.house.db.value(
        "select id from role_grant where person = :p and community = :c",
        p=cast["孙店员"].person,
        c=cast.hongqi,
    )
    await cast.do(cast.system(), lambda unit: end_grant(unit, grant))
    viewer, _ = await load_viewer(cast.house, token, "hongqi")
    assert not viewer.may_somewhere("redemption.make")


async def test_a_leader_who_is_made_a_member_loses_his_team_at_once(cast: Cast) -> None:
    token = hash_of(await cast.token("王队长"))
    await load_viewer(cast.house, token, "hongqi")
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: change_role(unit, cast.team, cast["王队长"].volunteer or 0, "member"))
    viewer, _ = await load_viewer(cast.house, token, "hongqi")
    assert viewer.grants == ()


async def test_a_role_that_ends_on_a_day_ends_without_anybody_doing_anything(
    cast: Cast, clock: FixedClock
) -> None:
    person = cast["吴大爷"].person
    until = clock.now() + 3 * DAY

    async def give(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(person, "clerk", community=cast.hongqi, to_at=until)])

    await cast.do(cast.system(), give)
    token = hash_of(await cast.token("吴大爷"))
    assert (await load_viewer(cast.house, token, "hongqi"))[0].may("redemption.make")
    clock.advance(3 * DAY)
    assert not (await load_viewer(cast.house, token, "hongqi"))[0].may("redemption.make")


async def test_a_disabled_person_is_nobody_at_once_and_cannot_come_back(cast: Cast) -> None:
    token = hash_of(await cast.token("孙店员"))
    await shut_out(cast, "孙店员")
    assert (await load_viewer(cast.house, token, "hongqi"))[0].person is None


async def test_a_session_ends_when_idle_and_is_kept_by_use(
    house: House, cast: Cast, clock: FixedClock
) -> None:
    used, idle = hash_of(await cast.token("李阿姨")), hash_of(await cast.token("李阿姨"))
    for _ in range(3):
        clock.advance(15 * DAY)
        assert (await load_viewer(house, used, "hongqi"))[0].person == cast["李阿姨"].person
    assert (await load_viewer(house, idle, "hongqi"))[0].person is None
    for _ in range(10):
        clock.advance(15 * DAY)
        await load_viewer(house, used, "hongqi")
    assert (await load_viewer(house, used, "hongqi"))[0].person is None


async def test_use_is_written_down_at_most_every_five_minutes(
    house: House, cast: Cast, clock: FixedClock
) -> None:
    token = hash_of(await cast.token("李阿姨"))
    await load_viewer(house, token, "hongqi")
    clock.advance(299_000)
    with house.db.watch() as log:
        await load_viewer(house, token, "hongqi")
    assert len(log) == 1
    clock.advance(1_000)
    with house.db.watch() as log:
        await load_viewer(house, token, "hongqi")
        await load_viewer(house, token, "hongqi")
    assert len(log) == 3


async def test_a_token_is_never_taken_over_and_the_old_one_ends_at_sign_in(house: House, cast: Cast) -> None:
    planted = "an-id-an-attacker-chose-and-planted-in-the-browser"
    fresh = await open_session(house, cast["李阿姨"].person, replaces=planted)
    assert fresh != planted
    assert (await load_viewer(house, hash_of(planted), None))[0].person is None
    fresher = await open_session(house, cast["李阿姨"].person, replaces=fresh)
    assert (await load_viewer(house, hash_of(fresh), None))[0].person is None
    assert (await load_viewer(house, hash_of(fresher), None))[0].person == cast["李阿姨"].person
    await close_session(house, fresher)
    assert (await load_viewer(house, hash_of(fresher), None))[0].person is None


async def test_tokens_themselves_are_nowhere_in_the_database(house: House, cast: Cast) -> None:
    token = await cast.token("李阿姨")
    rows = await house.db.fetch("select token_hash from session")
    assert hash_of(token) in [r["token_hash"] for r in rows]
    assert token not in [r["token_hash"] for r in rows]


async def test_only_an_operator_gives_roles_beyond_his_community(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    for grant in (
        NewGrant(cast["吴大爷"].person, "operator"),
        NewGrant(cast["吴大爷"].person, "administrator", community=cast.hongqi),
        NewGrant(cast["吴大爷"].person, "clerk", community=cast.xinxing),
        NewGrant(cast["吴大爷"].person, "clerk"),
    ):
        with pytest.raises(NotFound):
            await cast.do(worker, lambda unit, grant=grant: grant_roles(unit, [grant]))
