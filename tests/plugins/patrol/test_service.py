"""Recording a shift in one act, what it earns, and who hears of it."""

import asyncio
from typing import Any

import msgspec
import pytest

from core.api import DAY, HOUR, Invalid, NotFound, Unit
from core.base.ids import request_id
from core.base.outbox import deliver
from core.community.communities import change_settings
from core.community.notices import inbox
from core.extension.calls import tell
from plugins.patrol import demo, piccolo_app, service
from plugins.patrol.service import details_of, record_shift, shift_by, shifts
from tests.plugins.patrol.conftest import END, START, attended, shift_of
from tests.support.book import check_book
from tests.support.cast import Cast


async def posted(cast: Cast, name: str) -> int:
    found = await cast.house.db.value(
        "select posted from points_account where volunteer = :v", v=cast[name].volunteer
    )
    return int(found or 0)


async def test_a_shift_is_written_whole(patrol: Cast):
    leader = await patrol.viewer("王队长")
    people = [attended(patrol, n) for n in ("王队长", "李阿姨", "赵叔叔", "钱奶奶")]
    numbers = [p.number for p in people]
    shift = shift_of(
        patrol,
        clues=1,
        findings=("北门路灯不亮", "飞线充电"),
        pairs=((numbers[0], numbers[1]), (numbers[2], numbers[3])),
    )
    done = await record_shift(leader, request_id(), "夜间巡逻", shift, people)
    assert {k: v for k, v in done.answer.items() if k not in ("shift", "activity")} == {
        "people": 4,
        "confirmed": 3,
        "waiting": 1,
        "unscored": 0,
        "points": 18,
    }
    row = await shift_by(leader, done.answer["shift"])
    assert (row["route"], row["clues"], row["title"]) == ("沿河步道", 1, "夜间巡逻")
    found, pairs = await details_of(leader, row["id"])
    assert found == ["北门路灯不亮", "飞线充电"]
    assert pairs == [["王队长", "李阿姨"], ["赵叔叔", "钱奶奶"]]
    (listed,) = await shifts(leader)
    assert (listed["people"], listed["minutes"], listed["findings"], listed["waiting"]) == (4, 480, 2, 1)
    await check_book(patrol.house.db)


async def test_night_minutes_and_the_daily_cap_show_in_the_book(patrol: Cast):
    leader = await patrol.viewer("王队长")
    await patrol.do(patrol.system(), lambda unit: change_settings(unit, long_service=12))
    long = attended(patrol, "李阿姨", START - 2 * HOUR, END + 6 * HOUR)
    shift = shift_of(patrol, from_at=START - 2 * HOUR, to_at=END + 6 * HOUR)
    await record_shift(leader, request_id(), "夜间巡逻", shift, [long])
    row = await patrol.house.db.one(
        "select a.points, a.inputs, a.message, o.points as booked, o.cap, o.lost "
        "from award a join award_outcome o on o.award = a.id"
    )
    assert row is not None
    assert msgspec.json.decode(row["inputs"]) == {
        "minutes": 600,
        "night_minutes": 360,
        "points_per_hour": 3,
        "night_percent": 50,
    }
    assert (row["points"], row["booked"], row["cap"], row["lost"]) == (39, 20, "patrol.day", 19)


async def test_three_at_once_make_one_shift(patrol: Cast):
    leader, request = await patrol.viewer("王队长"), request_id()
    people, shift = [attended(patrol, "李阿姨")], shift_of(patrol, findings=("灯不亮",))
    done = await asyncio.gather(*(record_shift(leader, request, "夜间巡逻", shift, people) for _ in range(3)))
    assert len({d.answer["shift"] for d in done}) == 1
    assert sorted(d.replayed for d in done) == [False, True, True]
    for table, count in (("patrol_shift", 1), ("patrol_finding", 1), ("attendance", 1)):
        rows = await patrol.house.db.fetch(COUNTS[table])
        assert rows[0][0] == count
    assert await posted(patrol, "李阿姨") == 6


COUNTS = {
    "patrol_shift": "select count(*) from patrol_shift",
    "patrol_finding": "select count(*) from patrol_finding",
    "attendance": "select count(*) from attendance",
}


async def test_a_refused_person_leaves_no_shift_behind(patrol: Cast):
    leader = await patrol.viewer("王队长")
    await record_shift(leader, request_id(), "夜间巡逻", shift_of(patrol), [attended(patrol, "李阿姨")])
    with pytest.raises(Invalid):
        await record_shift(
            leader,
            request_id(),
            "夜间巡逻",
            shift_of(patrol, findings=("灯不亮",)),
            [attended(patrol, "李阿姨"), attended(patrol, "赵叔叔")],
        )
    assert await patrol.house.db.value(COUNTS["patrol_shift"]) == 1
    assert await patrol.house.db.value(COUNTS["patrol_finding"]) == 0


async def test_two_hundred_statements_are_not_needed_for_many_findings(patrol: Cast):
    leader = await patrol.viewer("王队长")
    counts = []
    for back, number in ((1, 1), (2, 20)):
        gap = back * DAY
        shift = shift_of(
            patrol, from_at=START - gap, to_at=END - gap, findings=tuple(f"灯{n}" for n in range(number))
        )
        people = [attended(patrol, "李阿姨", START - gap, END - gap)]
        with patrol.house.db.watch() as log:
            await record_shift(leader, request_id(), "夜间巡逻", shift, people)
        counts.append(len(log))
    assert counts[1] <= counts[0]


async def test_findings_reach_the_workers_once(patrol: Cast):
    leader = await patrol.viewer("王队长")
    people = [attended(patrol, "李阿姨")]
    done = await record_shift(
        leader, request_id(), "夜间巡逻", shift_of(patrol, findings=("灯不亮",), clues=2), people
    )
    plugin = patrol.house.registry.get("patrol")
    event = await patrol.house.db.one("select * from event where name = 'patrol.found'")
    assert event is not None
    assert await deliver(patrol.house) == 1
    assert await deliver(patrol.house) == 0
    again = service.Event(
        event["id"], event["name"], event["community"], event["subject"],
        msgspec.json.decode(event["payload"]), event["at"],
    )  # fmt: skip
    assert not (await tell(plugin, "on_event", viewer=patrol.system(), event=again)).failed
    (notice,) = await inbox(await patrol.viewer("陈社工"))
    assert notice.message.args == {"findings": 1, "clues": 2}
    assert notice.href == f"/c/hongqi/x/patrol/shifts/{done.answer['shift']}"
    for other in ("王队长", "李阿姨", "孙店员"):
        assert await inbox(await patrol.viewer(other)) == []
    assert await inbox(await patrol.viewer("何社工", "xinxing")) == []


async def test_a_shift_without_findings_tells_nobody(patrol: Cast):
    leader = await patrol.viewer("王队长")
    await record_shift(leader, request_id(), "夜间巡逻", shift_of(patrol), [attended(patrol, "李阿姨")])
    assert await patrol.house.db.value("select count(*) from event") == 0


@pytest.mark.parametrize("name", ["李阿姨", "孙店员", "周审计", "冯阿姨"])
async def test_who_may_not_record_finds_nothing(patrol: Cast, name: str):
    with pytest.raises(NotFound):
        await record_shift(
            await patrol.viewer(name), request_id(), "x", shift_of(patrol), [attended(patrol, "李阿姨")]
        )


async def test_a_leader_reaches_his_own_team_only(patrol: Cast):
    there = await patrol.viewer("冯阿姨", "xinxing")
    done = await record_shift(
        await patrol.viewer("王队长"),
        request_id(),
        "夜间巡逻",
        shift_of(patrol),
        [attended(patrol, "李阿姨")],
    )
    with pytest.raises(NotFound):
        await shift_by(there, done.answer["shift"])
    assert await shifts(there) == []
    with pytest.raises(NotFound):
        await record_shift(there, request_id(), "x", shift_of(patrol), [attended(patrol, "冯阿姨")])


async def test_the_demo_fills_weeks_that_agree_with_the_book(patrol: Cast):
    now = patrol.house.clock.now()
    told = await demo.load(patrol.system(), 7, now - 35 * DAY)
    assert told["shifts"] == 10
    rows = await shifts(await patrol.viewer("陈社工"), most=50)
    assert len(rows) == 10
    assert all(row["to_at"] <= patrol.house.clock.now() for row in rows)
    earned = await patrol.house.db.value("select sum(amount) from transfer where kind = 'earn'")
    assert told["points"] == earned > 0
    assert await check_book(patrol.house.db) == []
    assert (await demo.load(patrol.system(), 7, now - HOUR))["shifts"] == 0


@pytest.mark.parametrize("table", piccolo_app.TABLES, ids=lambda t: t._meta.tablename)
async def test_the_query_builder_sees_the_tables_that_are_there(patrol: Cast, table: Any):
    rows = await patrol.house.db.fetch(COLUMNS[patrol.house.db.engine], name=table._meta.tablename)
    assert {row["name"] for row in rows} == {column._meta.name for column in table._meta.columns}
    assert await table.select().run() == []


COLUMNS = {
    "sqlite": "select name from pragma_table_info(:name)",
    "postgres": "select column_name as name from information_schema.columns where table_name = :name",
}


async def test_rows_of_another_community_cannot_be_tied_to_a_shift(patrol: Cast):
    done = await record_shift(
        await patrol.viewer("王队长"),
        request_id(),
        "夜间巡逻",
        shift_of(patrol),
        [attended(patrol, "李阿姨")],
    )

    async def work(unit: Unit) -> dict[str, Any]:
        shift = await unit.value("select id from patrol_shift where public_id = :p", p=done.answer["shift"])
        await unit.execute(
            "insert into patrol_finding (community, shift, text) values (:community, :shift, 'x')",
            community=patrol.xinxing,
            shift=shift,
        )
        return {}

    with pytest.raises(Exception, match=r"(?i)foreign key|fkey"):
        await patrol.do(patrol.system(), work)
