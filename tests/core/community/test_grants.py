"""Roles given and taken: by whom, to whom, for what, from when to when."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, NotFound, Refused
from core.base.viewer import Viewer
from core.community import grants
from core.community.areas import area_of
from core.community.grants import give, held, people_named, roles_here, staff, take
from core.community.roles import NewGrant
from tests.support.cast import Cast
from tests.support.offices import Offices

NONE: frozenset[str] = frozenset()


async def given(cast: Cast, by: Viewer, **wanted: Any) -> int:
    """Gives 吴大爷 (or `person`) a role here, as the page does; returns the grant."""
    roles = await roles_here(by, NONE, grants.WRITE)
    grant = NewGrant(**{"person": cast["吴大爷"].person, "community": cast.hongqi, **wanted})

    async def work(unit: Unit) -> dict[str, Any]:
        return {"grant": await give(unit, grant, roles)}

    return int((await cast.do(by, work)).answer["grant"])


async def test_an_administrator_gives_a_role_that_holds_at_once_and_is_written_down(offices: Offices) -> None:
    cast = offices.cast
    grant = await given(cast, await cast.viewer("林主任"), role="clerk")
    assert (await cast.viewer("吴大爷")).may("redemption.make")
    (row,) = [h for h in await held(await cast.viewer("陈社工")) if h.id == grant]
    assert (row.name, row.key, row.given_by, row.to_at) == ("吴大爷", "clerk", "林主任", None)
    log = await cast.house.db.one(
        "select actor, subject_id from audit where action = 'role.grant' order by id desc limit 1"
    )
    assert log is not None
    assert (log["actor"], log["subject_id"]) == (cast["林主任"].person, cast["吴大爷"].person)


async def test_a_worker_sees_roles_and_gives_none(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    assert {h.name for h in await held(worker)} >= {"孙店员", "周审计", "林主任", "高科长", "施运维"}
    for person in ("李阿姨", "孙店员", "王队长"):
        with pytest.raises(NotFound):
            await held(await cast.viewer(person))
    with pytest.raises(NotFound):
        await given(cast, worker, role="clerk")


@pytest.mark.parametrize("role", ["administrator", "street", "operator"])
async def test_high_roles_are_the_operator_s(offices: Offices, role: str) -> None:
    cast = offices.cast
    with pytest.raises(NotFound):
        await given(cast, await cast.viewer("林主任"), role=role)
    assert await given(cast, await cast.viewer("施运维"), role=role)


async def test_nobody_changes_his_own_roles(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    with pytest.raises(Refused, match="his own roles"):
        await given(cast, admin, person=cast["林主任"].person, role="clerk")
    operator = await cast.viewer("施运维")
    own = next(h.id for h in await held(operator) if h.person == operator.person)
    with pytest.raises(Refused, match="his own roles"):
        await cast.do(operator, lambda unit: take(unit, own))
    assert (await cast.viewer("施运维")).may("operator")


async def test_the_last_administrator_stays(offices: Offices) -> None:
    cast = offices.cast
    operator = await cast.viewer("施运维")
    last = next(h.id for h in await held(operator) if h.key == "administrator")
    for at in (None, cast.house.clock.now() + 30 * DAY):
        with pytest.raises(Refused, match="last administrator"):
            await cast.do(operator, lambda unit, at=at: take(unit, last, at))
    until = cast.house.clock.now() + 5 * DAY
    await given(cast, operator, role="administrator", to_at=until)
    with pytest.raises(Refused, match="last administrator"):
        await cast.do(operator, lambda unit: take(unit, last, until + DAY))
    await cast.do(operator, lambda unit: take(unit, last))
    assert not (await cast.viewer("林主任")).may_somewhere("role.write")


async def test_a_role_that_begins_later_begins_and_ends_by_itself(
    offices: Offices, clock: FixedClock
) -> None:
    cast = offices.cast
    now = clock.now()
    await given(cast, await cast.viewer("林主任"), role="clerk", from_at=now + 2 * DAY, to_at=now + 4 * DAY)
    seen = []
    for _ in range(6):  # a session from before such a role is none, so each day has its own
        seen.append((await _viewer(cast, await cast.token("吴大爷"))).may("redemption.make"))
        clock.advance(DAY)
    assert seen == [False, False, True, True, False, False]


async def _viewer(cast: Cast, token: str) -> Viewer:
    from core.community.sessions import hash_of
    from core.community.viewer import load_viewer

    return (await load_viewer(cast.house, hash_of(token), "hongqi"))[0]


async def test_a_role_ends_on_a_day_to_come_and_never_later_than_it_would(
    offices: Offices, clock: FixedClock
) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    grant = await given(cast, admin, role="clerk", to_at=clock.now() + 3 * DAY)
    await cast.do(admin, lambda unit: take(unit, grant, clock.now() + 9 * DAY))
    clock.advance(3 * DAY + 1)
    assert not (await cast.viewer("吴大爷")).may("redemption.make")
    with pytest.raises(NotFound):
        await cast.do(admin, lambda unit: take(unit, grant))
    (row,) = [h for h in await held(admin, past=True) if h.id == grant]
    assert row.ended_by == "林主任"


async def test_what_has_not_begun_never_begins_when_it_is_taken_away(
    offices: Offices, clock: FixedClock
) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    grant = await given(cast, admin, role="clerk", from_at=clock.now() + 2 * DAY)
    await cast.do(admin, lambda unit: take(unit, grant))
    clock.advance(3 * DAY)
    assert not (await cast.viewer("吴大爷")).may_somewhere("redemption.make")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"role": "nothing"}, "role"),
        ({"role": "leader"}, "role"),
        ({"role": "clerk", "team": 1}, "scope"),
        ({"role": "worker", "team": 1, "area": 1}, "scope"),
        ({"role": "auditor", "area": 1}, "scope"),
        ({"role": "clerk", "from_at": 5}, "from"),
        ({"role": "clerk", "to_at": 5}, "until"),
    ],
)
async def test_what_cannot_be_given_is_said_at_its_field(
    offices: Offices, wanted: dict[str, Any], field: str
) -> None:
    cast = offices.cast
    with pytest.raises(Invalid) as refusal:
        await given(cast, await cast.viewer("林主任"), **wanted)
    assert list(refusal.value.fields) == [field]


async def test_the_same_role_is_not_given_twice(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    await given(cast, admin, role="worker", team=cast.team)
    await given(cast, admin, role="worker")
    with pytest.raises(Refused, match="already"):
        await given(cast, admin, role="worker", team=cast.team)


async def test_a_role_for_one_team_is_worth_nothing_for_another(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    await given(cast, admin, role="worker", team=cast.team)
    viewer = await cast.viewer("吴大爷")
    assert viewer.may("team.write", team=cast.team)
    assert not viewer.may("team.write", team=cast.team + 1)
    assert not viewer.may("team.write")
    assert not viewer.may("redemption.make", counter=cast.counter)


async def test_a_role_for_an_area_reaches_what_lies_below_it(offices: Offices) -> None:
    cast, areas = offices.cast, offices.areas
    await given(cast, await cast.viewer("林主任"), role="worker", area=areas["第1网格"])
    viewer = await cast.viewer("吴大爷")
    paths = {name: (await area_of(cast.house.db, area)).path for name, area in areas.items()}
    assert {n for n, path in paths.items() if viewer.may("area.read", area=path)} == {
        "第1网格",
        "1号楼",
        "2号楼",
    }


@pytest.mark.parametrize("part", ["team", "counter", "area"])
async def test_a_role_reaches_nothing_of_another_community(offices: Offices, part: str) -> None:
    cast = offices.cast
    theirs = await cast.house.db.value("select area from community where id = :c", c=cast.xinxing)
    named = {"team": cast.other_team, "counter": 999, "area": theirs}[part]
    role = "clerk" if part == "counter" else "worker"
    with pytest.raises(Invalid):
        await given(cast, await cast.viewer("林主任"), role=role, **{part: named})


async def test_people_are_found_by_number_whole_telephone_and_name(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    for text in (cast["李阿姨"].number, cast["李阿姨"].phone, "李阿", "liay"):
        assert [one.name for one in await people_named(admin, text)] == ["李阿姨"]
    assert [one.name for one in await people_named(admin, "孙店员")] == ["孙店员"], (
        "staff who is no volunteer"
    )
    for text in ("冯阿姨", cast["冯阿姨"].number, cast["冯阿姨"].phone, cast["李阿姨"].phone[-4:], "", "%"):
        assert await people_named(admin, text) == []
    with pytest.raises(NotFound):
        await people_named(await cast.viewer("陈社工"), "李阿姨")


async def test_somebody_known_elsewhere_under_the_same_name_and_telephone_is_the_same_person(
    offices: Offices,
) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    feng = cast["冯阿姨"]

    async def enter(name: str, phone: str) -> int:
        done = await cast.do(admin, lambda unit: staff(unit, name, phone))
        return int(done.answer["value"])

    assert await enter("冯阿姨", feng.phone) == feng.person
    assert await enter("冯大爷", feng.phone) != feng.person, "couples share a telephone"
    assert await enter("冯阿姨", "13700000001") != feng.person
    for name, phone, field in (("", "13700000001", "name"), ("钱", "", "phone"), ("钱", "12", "phone")):
        with pytest.raises(Invalid) as refusal:
            await enter(name, phone)
        assert list(refusal.value.fields) == [field]
