"""Guardians and collectors: entered and ended by the office, counting at the next request."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, NotFound, Refused
from core.community.relations import end_relation, enter_relation, ward
from core.community.volunteers import by_number
from core.lifecycle.death import record_death
from core.lifecycle.merge import merge
from core.points import statement
from core.points.access import require_sight
from core.points.opening import Opening, add_openings
from tests.support.offices import Offices

CHILD, PARENT, OTHER = "赵叔叔", "李阿姨", "钱奶奶"


async def relate(
    offices: Offices,
    kind: str = "guardian",
    *,
    person: str = PARENT,
    subject: str = CHILD,
    by: str = "陈社工",
    day: str = "",
    number: str | None = None,
) -> int:
    cast = offices.cast
    viewer = await cast.viewer(by)
    whom = await by_number(await cast.viewer("林主任"), cast[subject].number)
    typed = cast[person].number if number is None else number

    async def work(unit: Unit) -> dict[str, Any]:
        return {"relation": await enter_relation(unit, whom, kind, typed, day)}

    return int((await cast.do(viewer, work)).answer["relation"])


async def end(offices: Offices, relation: int, by: str = "陈社工") -> None:
    cast = offices.cast
    await cast.do(await cast.viewer(by), lambda unit: end_relation(unit, relation))


async def sees(offices: Offices, person: str = PARENT, child: str = CHILD) -> bool:
    """Whether one sees the other's account, by every way in."""
    cast = offices.cast
    viewer, volunteer = await cast.viewer(person), cast[child].volunteer or 0
    try:
        require_sight(viewer, volunteer)
    except NotFound:
        for read in (
            statement.balance(viewer, volunteer),
            statement.lines(viewer, volunteer),
            ward(viewer, cast[child].number),
        ):
            with pytest.raises(NotFound):
                await read
        return False
    await statement.balance(viewer, volunteer)
    assert (await ward(viewer, cast[child].number)).id == volunteer
    return True


async def test_a_guardian_sees_the_child_s_account_from_the_next_request_on(offices: Offices) -> None:
    cast = offices.cast
    opening = Opening(cast[CHILD].volunteer or 0, 30, 0, "2026-11-01", "老账本")
    await cast.do(cast.system(), lambda unit: add_openings(unit, [opening]))
    assert not await sees(offices)
    relation = await relate(offices)
    assert await sees(offices)
    viewer = await cast.viewer(PARENT)
    (first,) = await statement.lines(viewer, cast[CHILD].volunteer or 0)
    assert (await statement.line(viewer, first.public_id)).entry.amount == 30
    assert not await sees(offices, child=OTHER) and not await sees(offices, person=CHILD, child=PARENT)
    await end(offices, relation)
    assert not await sees(offices)
    with pytest.raises(NotFound):
        await statement.line(await cast.viewer(PARENT), first.public_id)


async def test_a_collector_sees_nothing(offices: Offices) -> None:
    await relate(offices, "collector")
    assert not await sees(offices)


async def test_it_is_in_the_log_and_stays_as_a_row_with_its_days(offices: Offices) -> None:
    cast, db = offices.cast, offices.house.db
    relation = await relate(offices, day="2026-11-03")
    await end(offices, relation)
    row = await db.one("select from_day, to_day from relation where id = :id", id=relation)
    assert row is not None and (row["from_day"], row["to_day"]) == ("2026-11-03", "2026-11-23")
    rows = await db.fetch("select action, subject_id from audit where action like 'relation.%' order by id")
    assert [(r["action"], r["subject_id"]) for r in rows] == [
        ("relation.enter", cast[CHILD].person),
        ("relation.end", cast[CHILD].person),
    ]


async def test_what_cannot_be_entered_is_told_at_its_field(offices: Offices) -> None:
    await relate(offices)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"kind": "owner"}, "kind"),
        ({"number": "123"}, "other"),
        ({"number": offices.cast["冯阿姨"].number}, "other"),
        ({"person": CHILD}, "other"),
        ({}, "other"),  # entered already
        ({"person": OTHER, "day": "2027-01-01"}, "from_day"),
        ({"person": OTHER, "day": "gestern"}, "from_day"),
    ]
    for parts, name in wrong:
        with pytest.raises(Invalid) as caught:
            await relate(offices, **parts)
        assert list(caught.value.fields) == [name], parts
    assert await offices.house.db.value("select count(*) from relation") == 1


async def test_an_ended_one_can_be_entered_again(offices: Offices) -> None:
    await end(offices, await relate(offices))
    await relate(offices)
    assert await sees(offices)


async def test_only_the_office_enters_and_ends(offices: Offices) -> None:
    for by in ("李阿姨", "王队长", "孙店员", "周审计"):
        with pytest.raises(NotFound):
            await relate(offices, by=by)
    relation = await relate(offices)
    for by in ("李阿姨", "孙店员", "周审计"):
        with pytest.raises(NotFound):
            await end(offices, relation, by=by)
    there = await offices.cast.viewer("何社工", "xinxing")
    for absent in (relation, 999_999):
        with pytest.raises(NotFound):
            await offices.cast.do(there, lambda unit, r=absent: end_relation(unit, r))
    await end(offices, relation)
    with pytest.raises(NotFound):
        await end(offices, relation)


async def test_nobody_enters_or_ends_what_concerns_himself(offices: Offices) -> None:
    from core.community.roles import NewGrant, grant_roles

    cast = offices.cast
    worker = NewGrant(cast[PARENT].person, "worker", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [worker]))
    for parts in ({"by": PARENT}, {"by": PARENT, "person": OTHER, "subject": PARENT}):
        with pytest.raises(Refused, match="concerns yourself"):
            await relate(offices, **parts)
    relation = await relate(offices)
    with pytest.raises(Refused, match="concerns yourself"):
        await end(offices, relation, by=PARENT)


async def test_it_holds_in_its_own_community_only(offices: Offices) -> None:
    await relate(offices)
    assert (await offices.cast.viewer(PARENT)).wards == {offices.cast[CHILD].volunteer}
    assert (await offices.cast.viewer(PARENT, "xinxing")).wards == frozenset()


async def test_a_relation_that_begins_tomorrow_does_not_hold_today(
    offices: Offices, clock: FixedClock
) -> None:
    cast, relation = offices.cast, await relate(offices)

    async def later(unit: Unit) -> dict[str, Any]:
        await unit.execute(
            "update relation set from_day = '2026-11-24' where id = :id and community = :community",
            id=relation,
            community=unit.community,
        )
        return {}

    await cast.do(cast.system(), later)
    offices.house.cache.clear()
    assert not await sees(offices)
    clock.advance(DAY)
    assert await sees(offices)


async def test_of_two_entries_that_become_one_the_relations_become_his(offices: Offices) -> None:
    cast = offices.cast
    await relate(offices, subject="吴大爷")
    await relate(offices, "collector", person="吴大爷", subject=OTHER)
    viewer = cast.system()
    await cast.do(viewer, lambda unit: merge(unit, cast[CHILD].number, cast["吴大爷"].number))
    assert await sees(offices)
    assert (await cast.viewer(PARENT)).wards == {cast[CHILD].volunteer}
    rows = await offices.house.db.fetch("select person, subject from relation where to_day is null")
    assert {(r["person"], r["subject"]) for r in rows} == {
        (cast[PARENT].person, cast[CHILD].person),
        (cast[CHILD].person, cast[OTHER].person),
    }


async def test_nobody_is_entered_for_who_has_passed_away(offices: Offices) -> None:
    cast = offices.cast
    viewer = await cast.viewer("林主任")
    await cast.do(viewer, lambda unit: record_death(unit, cast[CHILD].volunteer or 0, "2026-11-20"))
    with pytest.raises((Refused, NotFound)):
        await relate(offices)
    with pytest.raises(Invalid):
        await relate(offices, person=CHILD, subject=OTHER)
