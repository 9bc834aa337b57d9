"""One person entered twice becomes one, with both books shown first."""

from typing import Any

import pytest

from core.activity import review
from core.activity.activities import create_activity
from core.activity.attendance import record_attendance
from core.activity.scoring import Attended, score
from core.base.act import Unit, act
from core.base.clock import HOUR
from core.base.errors import Conflict, Invalid, NotFound, Refused
from core.community.credentials import sign_in
from core.community.people import NewPerson, add_people, phones_of
from core.community.search import search
from core.community.teams import NewMember, add_members, members_for_roster
from core.community.volunteers import NewVolunteer, add_volunteers, by_number
from core.lifecycle.merge import Preview, merge, preview
from core.points import statement
from tests.support.book import check_book
from tests.support.cast import PASSWORD, Cast
from tests.support.programme import publish_rules

PROGRAMME, KIND = "patrol", "patrol"


@pytest.fixture
async def twin(cast: Cast) -> str:
    """李阿姨 was entered a second time, as 李姨, with a telephone of her son's; her number."""

    async def work(unit: Unit) -> dict[str, Any]:
        (person,) = await add_people(unit, [NewPerson("李姨", "13700001234")])
        (added,) = await add_volunteers(unit, [NewVolunteer(person, "2026-06-01")])
        await add_members(unit, [NewMember(cast.team, added.id)])
        return {"number": added.number}

    plugin = cast.house.registry.get(PROGRAMME)
    await publish_rules(cast.house, cast.hongqi, PROGRAMME, plugin.manifest.rules())
    return str((await cast.do(cast.system(), work)).answer["number"])


async def walk(cast: Cast, number: str, hour: int, hours: int = 2, by: str = "王队长") -> int:
    """A patrol of so many hours yesterday, from so many hours after seven on; the attendance."""
    leader = await cast.viewer(by)
    who = await by_number(leader, number, "activity.record")
    from_at = cast.house.clock.now() - 38 * HOUR + hour * HOUR
    attended = Attended(
        volunteer=who.id,
        person=who.person,
        number=number,
        minutes=60 * hours,
        from_at=from_at,
        to_at=from_at + hours * HOUR,
    )
    scored = await score(leader, PROGRAMME, KIND, [attended])

    async def work(unit: Unit) -> dict[str, Any]:
        activity = await create_activity(
            unit,
            programme=PROGRAMME,
            kind=KIND,
            team=cast.team,
            title="夜间巡逻",
            place="东门",
            from_at=from_at,
            to_at=from_at + hours * HOUR,
        )
        done = await record_attendance(unit, activity, scored, "roster")
        return {"attendance": done.attendances[who.id]}

    return int((await cast.do(leader, work)).answer["attendance"])


async def merged(cast: Cast, stays: str, goes: str, by: str = "陈社工") -> dict[str, Any]:
    return (await cast.do(await cast.viewer(by), lambda unit: merge(unit, stays, goes))).answer


async def look(cast: Cast, stays: str, goes: str, by: str = "陈社工") -> Preview:
    return await preview(await cast.viewer(by), stays, goes)


async def test_both_books_are_shown_before_anything_moves(cast: Cast, twin: str) -> None:
    li = cast["李阿姨"].number
    await walk(cast, li, 1)
    await walk(cast, twin, 4, 3)
    with cast.house.db.watch() as log:
        found = await look(cast, li, twin)
    assert len([s for s in log if "session" not in s.sql and "role_grant g join" not in s.sql]) <= 4
    assert (found.stays.available, found.goes.available) == (6, 9)
    assert (len(found.stays.lines), len(found.goes.lines)) == (1, 1)
    assert (found.goes.facts["minutes"], found.goes.facts["teams"]) == (180, 1)
    assert (found.twice, found.obstacle) == ([], None)


async def test_points_hours_teams_and_both_numbers_lead_to_one_person(cast: Cast, twin: str) -> None:
    li = cast["李阿姨"]
    await walk(cast, li.number, 1)
    await walk(cast, twin, 4, 3)
    assert (await merged(cast, li.number, twin))["points"] == 9
    worker = await cast.viewer("陈社工")
    balance = await statement.balance(worker, li.volunteer or 0)
    assert (balance.available, balance.minutes, balance.earlier) == (15, 300, 1)
    for number in (li.number, twin):
        assert (await by_number(worker, number)).person == li.person
    assert [v.person for v in await search(worker, twin)] == [li.person]
    assert await search(worker, "李姨") == []
    assert await search(worker, "13700001234") == []
    names = [m.name for m in await members_for_roster(worker, cast.team)]
    assert names.count("李阿姨") == 1
    assert "李姨" not in names
    assert await check_book(cast.house.db) == []
    mine = await cast.viewer("李阿姨")
    assert len(await statement.lines(mine, li.volunteer or 0, earlier=True)) == 2
    (line, *_) = await statement.lines(mine, li.volunteer or 0, earlier=True)
    assert (await statement.line(mine, line.public_id)).volunteer == li.volunteer


async def test_who_signs_in_with_the_old_number_is_let_in_as_the_one_who_stays(cast: Cast, twin: str) -> None:
    li = cast["李阿姨"]
    await merged(cast, li.number, twin)
    assert (await sign_in(cast.house, twin, PASSWORD, "192.0.2.1"))[0].person == li.person


async def test_who_has_no_telephone_takes_over_the_other_s(cast: Cast, twin: str) -> None:
    async def bare(unit: Unit) -> dict[str, Any]:
        (person,) = await add_people(unit, [NewPerson("李大姨")])
        (added,) = await add_volunteers(unit, [NewVolunteer(person, "2026-01-01")])
        return {"number": added.number, "person": person}

    made = (await cast.do(cast.system(), bare)).answer
    await merged(cast, made["number"], twin)
    db = cast.house.db
    assert await phones_of(cast.house, db, [made["person"]]) == {made["person"]: "13700001234"}
    assert [v.number for v in await search(await cast.viewer("陈社工"), "1234")] == [made["number"]]


@pytest.mark.parametrize("waits", [False, True])
async def test_what_is_there_twice_counts_once(cast: Cast, twin: str, waits: bool) -> None:
    li = cast["李阿姨"]
    await walk(cast, li.number, 1, 3)
    attendance = await walk(cast, twin, 2, 3)
    if waits:
        # As if the community looked at everything first.
        async def undo(unit: Unit) -> dict[str, Any]:
            await review.reverse(unit, [attendance], "other")
            return {}

        await cast.do(await cast.viewer("陈社工"), undo)
    found = await look(cast, li.number, twin)
    assert len(found.twice) == (0 if waits else 1)
    assert (await merged(cast, li.number, twin))["twice"] == len(found.twice)
    balance = await statement.balance(await cast.viewer("陈社工"), li.volunteer or 0)
    assert (balance.available, balance.minutes) == (9, 180)
    assert await check_book(cast.house.db) == []


async def test_nobody_records_the_one_who_stays_where_the_other_was(cast: Cast, twin: str) -> None:
    await walk(cast, twin, 4, 3)
    await merged(cast, cast["李阿姨"].number, twin)
    with pytest.raises(Invalid):
        await walk(cast, cast["李阿姨"].number, 5)


async def test_three_become_one_step_by_step(cast: Cast, twin: str) -> None:
    li, uncle = cast["李阿姨"], cast["赵叔叔"]
    for number, hour in ((twin, 1), (li.number, 4), (uncle.number, 7)):
        await walk(cast, number, hour)
    await merged(cast, li.number, twin)
    await merged(cast, uncle.number, li.number)
    worker = await cast.viewer("陈社工")
    for number in (twin, li.number, uncle.number):
        assert (await by_number(worker, number)).id == uncle.volunteer
    balance = await statement.balance(worker, uncle.volunteer or 0)
    assert (balance.available, balance.earlier) == (18, 2)
    assert await check_book(cast.house.db) == []


async def test_a_merge_happens_once(cast: Cast, twin: str) -> None:
    worker = await cast.viewer("陈社工")
    li = cast["李阿姨"].number

    async def work(unit: Unit) -> dict[str, Any]:
        return await merge(unit, li, twin)

    first = await act(worker, "merge", "M" * 26, [li, twin], work)
    again = await act(worker, "merge", "M" * 26, [li, twin], work)
    assert (again.replayed, again.answer) == (True, first.answer)
    with pytest.raises(Conflict):
        await act(worker, "merge", "M" * 26, [twin, li], work)
    with pytest.raises(NotFound):
        await merged(cast, li, twin)


async def test_only_staff_merge_and_never_themselves_or_strangers(cast: Cast, twin: str) -> None:
    li, stranger = cast["李阿姨"].number, cast["冯阿姨"].number
    for name in ("王队长", "李阿姨", "孙店员", "周审计"):
        with pytest.raises(NotFound):
            await merged(cast, li, twin, by=name)
    for numbers in ((li, stranger), (stranger, li), (li, li)):
        with pytest.raises(NotFound):
            await merged(cast, *numbers)
    with pytest.raises(Invalid):
        await merged(cast, li, "12")

    async def join(unit: Unit) -> dict[str, Any]:
        (added,) = await add_volunteers(unit, [NewVolunteer(cast["陈社工"].person, "2026-01-01")])
        return {"number": added.number}

    own = (await cast.do(cast.system(), join)).answer["number"]
    with pytest.raises(Refused):
        await merged(cast, own, twin)


async def test_somebody_known_elsewhere_stays_and_is_never_the_one_who_goes(cast: Cast, twin: str) -> None:
    async def join(unit: Unit) -> dict[str, Any]:
        await add_volunteers(unit, [NewVolunteer(cast["李阿姨"].person, "2026-01-01")])
        return {}

    await cast.do(cast.system(cast.xinxing), join)
    li = cast["李阿姨"].number
    assert (await look(cast, twin, li)).obstacle is not None
    with pytest.raises(Refused):
        await merged(cast, twin, li)
    assert (await merged(cast, li, twin))["twice"] == 0


async def test_a_merge_is_a_fixed_number_of_statements(cast: Cast, twin: str) -> None:
    async def statements(stays: str, goes: str) -> int:
        worker = await cast.viewer("陈社工")
        with cast.house.db.watch() as log:
            await cast.do(worker, lambda unit: merge(unit, stays, goes))
        return len(log)

    await walk(cast, twin, 1)
    for hour in (4, 7, 10, 13):
        await walk(cast, cast["钱奶奶"].number, hour)
    few = await statements(cast["李阿姨"].number, twin)
    many = await statements(cast["吴大爷"].number, cast["钱奶奶"].number)
    assert abs(many - few) <= 1  # a telephone to seal, or none
