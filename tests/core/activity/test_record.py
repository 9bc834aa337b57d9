"""Recording who was there: what is written, what is booked, and what is refused."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.activity.attendance import BUSY, OUTSIDE, Recorded
from core.base.act import Unit, act
from core.base.clock import DAY, HOUR, MINUTE
from core.base.database import Statement
from core.base.errors import ConstraintBroken, Invalid, NotFound
from core.base.ids import request_id
from core.community.communities import Holiday, add_holidays, change_settings
from core.community.people import NewPerson, add_people
from core.community.teams import NewMember, add_members
from core.community.volunteers import NewVolunteer, add_volunteers
from tests.conftest import TONIGHT
from tests.core.activity.conftest import END, START, Desk
from tests.support.book import check_book
from tests.support.cast import Figure


async def test_what_a_leader_records_is_booked_at_once(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    recorded = await desk.record(leader, [desk.who("李阿姨"), desk.who("赵叔叔", to_at=END - 30 * MINUTE)])
    assert len(recorded.confirmed) == 2
    assert recorded.points == 10
    assert recorded.waiting == recorded.unscored == ()
    assert await desk.balance("李阿姨") == 5
    assert (await desk.minutes("李阿姨"), await desk.minutes("赵叔叔")) == (120, 90)
    await check_book(desk.house.db)


async def test_the_recorders_own_attendance_waits_for_another_person(desk: Desk):
    recorded = await desk.record(await desk.cast.viewer("王队长"), [desk.who("王队长"), desk.who("李阿姨")])
    own = recorded.attendances[desk.cast["王队长"].volunteer or 0]
    assert recorded.waiting == (own,)
    assert await desk.balance("王队长") == 0
    assert await desk.minutes("王队长") == 0
    assert await desk.balance("李阿姨") == 5


async def test_a_form_sent_three_times_records_once(desk: Desk):
    leader, request = await desk.cast.viewer("王队长"), request_id()
    people = [desk.who("李阿姨")]
    for _ in range(3):
        await desk.record(leader, people, request=request)
    assert [done.replayed for done in desk.done] == [False, True, True]
    assert await desk.count("activity") == await desk.count("attendance") == 1
    assert await desk.balance("李阿姨") == 5


async def test_overlaps_are_named_for_each_person_and_nothing_is_written(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    await desk.record(leader, [desk.who("李阿姨"), desk.who("赵叔叔")])
    people = [desk.who(n, START + HOUR, END + HOUR) for n in ("李阿姨", "赵叔叔", "钱奶奶")]
    with pytest.raises(Invalid) as refused:
        await desk.record(leader, people, from_at=START + HOUR, to_at=END + HOUR)
    assert {f: m.id for f, m in refused.value.fields.items()} == {
        "who-" + desk.cast[n].number: BUSY for n in ("李阿姨", "赵叔叔")
    }
    assert await desk.count("activity") == 1
    assert await desk.count("attendance") == await desk.count("interval") == 2


async def test_one_shift_may_begin_when_another_ends(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    await desk.record(leader, [desk.who("李阿姨")])
    await desk.record(leader, [desk.who("李阿姨", END, END + HOUR)], from_at=END, to_at=END + HOUR)
    assert await desk.balance("李阿姨") == 10


async def test_a_person_recorded_in_another_community_is_busy_and_no_more_is_said(desk: Desk):
    cast = desk.cast

    async def join(unit: Unit) -> dict[str, Any]:
        (added,) = await add_volunteers(unit, [NewVolunteer(cast["李阿姨"].person, "2026-05-01")])
        await add_members(unit, [NewMember(cast.other_team, added.id)])
        cast.figures["李阿姨在新兴"] = replace(cast["李阿姨"], volunteer=added.id, number=added.number)
        return {}

    await cast.do(cast.system(cast.xinxing), join)
    await desk.record(await cast.viewer("王队长"), [desk.who("李阿姨")])
    there = await cast.viewer("冯阿姨", "xinxing")
    with pytest.raises(Invalid) as refused:
        await desk.record(there, [desk.who("李阿姨在新兴")], team=cast.other_team)
    (message,) = refused.value.fields.values()
    assert (message.id, message.args) == (BUSY, {})


async def test_of_two_leaders_recording_one_person_at_once_one_is_told(desk: Desk):
    leader, deputy = await desk.cast.viewer("王队长"), await desk.cast.viewer("郑副队")
    results = await asyncio.gather(
        *(desk.record(v, [desk.who("李阿姨"), desk.who("赵叔叔")]) for v in (leader, deputy)),
        return_exceptions=True,
    )
    assert sorted(type(r) for r in results if not isinstance(r, Recorded)) == [Invalid]
    assert await desk.count("attendance") == 2
    assert await desk.balance("李阿姨") == 5


async def test_the_database_itself_refuses_an_overlap(desk: Desk):
    recorded = await desk.record(await desk.cast.viewer("王队长"), [desk.who("王队长"), desk.who("李阿姨")])
    mine, hers = recorded.waiting[0], recorded.confirmed[0]

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute("delete from interval where attendance = :mine", mine=mine)
        await unit.execute(
            "insert into interval (attendance, person, community, from_at, to_at) "
            "select :mine, person, community, from_at + 1, to_at + 1 from interval where attendance = :hers",
            mine=mine,
            hers=hers,
        )
        return {}

    with pytest.raises(ConstraintBroken, match="interval_no_overlap"):
        await desk.cast.do(desk.cast.system(), work)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to_at": START}, "The end must be after the start."),
        ({"from_at": START - MINUTE, "minutes": 5}, OUTSIDE),
        ({"to_at": END + MINUTE, "minutes": 5}, OUTSIDE),
        ({"minutes": 121}, "This is longer than the activity."),
        ({"minutes": -1}, "These times do not fit together."),
        ({"from_at": None}, "These times do not fit together."),
        (
            {"from_at": None, "to_at": None, "minutes": 121, "day": "2026-11-22"},
            "This is longer than the activity.",
        ),
    ],
)
async def test_times_that_cannot_be_are_told_at_the_person(desk: Desk, change: dict[str, Any], words: str):
    fields = {"from_at": START, "to_at": END, "minutes": 120, **change}
    with pytest.raises(Invalid) as refused:
        await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨", **fields)])
    assert refused.value.fields["who-" + desk.cast["李阿姨"].number].id == words
    assert await desk.count("activity") == 0


async def test_the_future_cannot_be_recorded(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    from_at, to_at = TONIGHT - HOUR, TONIGHT + MINUTE
    with pytest.raises(Invalid) as refused:
        await desk.record(leader, [desk.who("李阿姨", from_at, to_at)], from_at=from_at, to_at=to_at)
    assert "to" in refused.value.fields


async def test_an_activity_needs_an_end_after_its_start_and_within_a_month(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    for from_at in (END, END + HOUR, END - 32 * DAY):
        with pytest.raises(Invalid) as refused:
            await desk.record(leader, [desk.who("李阿姨")], from_at=from_at)
        assert list(refused.value.fields) == ["to"]


async def test_nobody_or_one_person_twice_is_refused(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    with pytest.raises(Invalid) as nobody:
        await desk.record(leader, [])
    assert list(nobody.value.fields) == ["who"]
    with pytest.raises(Invalid) as twice:
        await desk.record(leader, [desk.who("李阿姨"), desk.who("李阿姨")])
    assert list(twice.value.fields) == ["who-" + desk.cast["李阿姨"].number]


async def test_an_attendance_without_times_counts_for_its_day(desk: Desk):
    who = desk.who("李阿姨", from_at=None, to_at=None, minutes=0, day="2026-11-22", counts={"clues": 2})
    await desk.record(await desk.cast.viewer("王队长"), [who])
    row = await desk.house.db.one("select day, minutes, counts from attendance")
    assert row is not None
    assert (row["day"], row["minutes"], row["counts"]) == ("2026-11-22", 0, '{"clues":2}')
    assert await desk.count("interval") == 0


async def test_an_old_entry_is_marked_late(desk: Desk):
    back = 15 * DAY
    who = desk.who("李阿姨", START - back, END - back)
    await desk.record(await desk.cast.viewer("王队长"), [who], from_at=START - back, to_at=END - back)
    await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    rows = await desk.house.db.fetch("select late, day from attendance order by id")
    assert [(r["late"], r["day"]) for r in rows] == [(1, "2026-11-07"), (0, "2026-11-22")]


async def test_a_late_entry_waits_for_a_second_person_whatever_the_programme_says(desk: Desk):
    back = 15 * DAY
    who = [desk.who("李阿姨", START - back, END - back), desk.who("赵叔叔", START - back, END - back)]
    recorded = await desk.record(
        await desk.cast.viewer("王队长"), who, from_at=START - back, to_at=END - back
    )
    assert not recorded.confirmed and len(recorded.waiting) == 2
    assert await desk.count("transfer") == 0


async def test_more_hours_in_one_go_than_the_community_allows_wait_for_a_second_person(desk: Desk):
    leader, begin = await desk.cast.viewer("王队长"), END - 9 * HOUR
    who = [desk.who("李阿姨", begin, END), desk.who("赵叔叔", begin + HOUR, END)]
    first = await desk.record(leader, who, from_at=begin, to_at=END)
    assert first.waiting == (first.attendances[desk.cast["李阿姨"].volunteer or 0],)
    assert await desk.balance("李阿姨") == 0
    assert await desk.balance("赵叔叔") > 0
    await desk.cast.do(desk.cast.system(), lambda unit: change_settings(unit, long_service=10))
    again = [desk.who("钱奶奶", begin, END)]
    assert not (await desk.record(leader, again, from_at=begin, to_at=END)).waiting


async def test_ten_working_days_are_counted_by_the_community_s_holidays(desk: Desk):
    """Saturday the 7th is eleven working days back, unless one of them was a holiday."""
    holiday = Holiday("2026-11-18", "社区日", "holiday")
    await desk.cast.do(desk.cast.system(), lambda unit: add_holidays(unit, [holiday]))
    back = 15 * DAY
    who = desk.who("李阿姨", START - back, END - back)
    recorded = await desk.record(
        await desk.cast.viewer("王队长"), [who], from_at=START - back, to_at=END - back
    )
    assert len(recorded.confirmed) == 1


async def test_a_leader_records_his_team_only_a_worker_also_guests(desk: Desk):
    cast = desk.cast

    async def work(unit: Unit) -> dict[str, Any]:
        (person,) = await add_people(unit, [NewPerson("客人", "13900009999")])
        (guest,) = await add_volunteers(unit, [NewVolunteer(person, "2026-05-01")])
        cast.figures["客人"] = Figure("客人", person, "", cast.hongqi, guest.id, guest.number)
        return {}

    await cast.do(cast.system(), work)
    with pytest.raises(Invalid) as refused:
        await desk.record(await cast.viewer("王队长"), [desk.who("客人")])
    assert list(refused.value.fields) == ["who-" + cast["客人"].number]
    await desk.record(await cast.viewer("陈社工"), [desk.who("客人")])
    assert await desk.balance("客人") == 5


@pytest.mark.parametrize("name", ["李阿姨", "孙店员", "周审计", "冯阿姨", "何社工", "施运维"])
async def test_who_may_not_record_finds_nothing(desk: Desk, name: str):
    viewer = await desk.cast.viewer(name)
    with pytest.raises(NotFound):
        await desk.record(viewer, [desk.who("赵叔叔")])
    assert await desk.count("activity") == 0


async def test_a_person_of_another_community_looks_absent(desk: Desk):
    worker = await desk.cast.viewer("陈社工")
    absent = replace(desk.cast["李阿姨"], volunteer=10**9, person=10**9, number="99999999")
    desk.cast.figures["无此人"] = absent
    for name in ("冯阿姨", "无此人"):
        with pytest.raises(NotFound):
            await desk.record(worker, [desk.who(name)])
    with pytest.raises(NotFound):
        await desk.record(worker, [desk.who("李阿姨")], team=desk.cast.other_team)


async def test_evidence_the_kind_does_not_allow_is_refused(desk: Desk):
    with pytest.raises(NotFound):
        await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")], evidence="self")


async def _crowd(desk: Desk, size: int) -> list[str]:
    cast = desk.cast
    names = [f"众{n:03d}" for n in range(size)]

    async def work(unit: Unit) -> dict[str, Any]:
        people = await add_people(unit, [NewPerson(n) for n in names])
        added = await add_volunteers(unit, [NewVolunteer(p, "2026-05-01") for p in people])
        await add_members(unit, [NewMember(cast.team, a.id) for a in added])
        for name, one in zip(names, added, strict=True):
            cast.figures[name] = Figure(name, one.person, "", cast.hongqi, one.id, one.number)
        return {}

    await cast.do(cast.system(), work)
    return names


async def test_two_hundred_people_take_as_many_statements_as_one(desk: Desk):
    leader = await desk.cast.viewer("王队长")
    crowd = await _crowd(desk, 200)
    counts: list[int] = []
    logs: list[list[Statement]] = []
    for names, back in ((crowd, 0), (crowd[:1], 1), (crowd, 2)):
        people = [desk.who(n, START - back * DAY, END - back * DAY) for n in names]
        with desk.house.db.watch() as log:
            await desk.record(leader, people, from_at=START - back * DAY, to_at=END - back * DAY)
        counts.append(len(log))
        logs.append(log)
    # The first act of a member opens his account, in one more statement and one more look.
    assert counts[1] == counts[2] <= 24, [s.sql.split()[:4] for s in logs[2]]
    assert counts[0] <= counts[1] + 2
    assert await desk.balance(crowd[0]) == 15
    assert await desk.balance(crowd[-1]) == 10
    await check_book(desk.house.db)


async def test_attendance_is_never_changed(desk: Desk):
    await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])

    async def work(unit: Unit) -> dict[str, Any]:
        await unit.execute("update attendance set minutes = 600")
        return {}

    with pytest.raises(Exception, match=r"append-only|permission denied"):
        await act(desk.cast.system(), "cheat", request_id(), None, work)
    assert await desk.minutes("李阿姨") == 120
