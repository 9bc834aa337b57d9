"""Past service: hours that count, no award, nobody in two places at once."""

import pytest

from core.base.act import Unit
from core.base.clock import HOUR
from core.base.database import Database
from core.base.errors import NotFound
from core.community.teams import create_team
from core.lifecycle.imports.whole import in_whose_name
from core.points import statement
from tests.conftest import TONIGHT
from tests.support.book import check_book
from tests.support.cast import Cast
from tests.support.lists import complaints, dry, everything, table, take, take_out, told, xlsx

HEADER = "编号,姓名,手机号,日期,开始时间,结束时间,时长,活动名称,地点,服务队"


def records(cast: Cast) -> bytes:
    li, zhao = cast["李阿姨"], cast["赵叔叔"]
    return table(
        HEADER,
        f"{li.number},李阿姨,,2025年11月8日,19:30,21:30,,夜间巡逻,东门,夜间义务巡逻队",
        f",赵叔叔,{zhao.phone},2025.11.8,19:30,21:30,1.5,夜间巡逻,东门,夜间义务巡逻队",
        f",赵叔叔,{zhao.phone},2025/11/9,22:00,2:00,,夜间巡逻,东门,夜间义务巡逻队",
        f"{li.number},,,2025-11-09,,,1小时30分,打扫楼道,,",
        f"{li.number},,,2025-12-01,,,2,,,",
    )


async def minutes(cast: Cast, name: str) -> int:
    viewer = await cast.viewer(name)
    return (await statement.balance(viewer, cast[name].volunteer or 0)).minutes


async def test_past_service_gives_hours_and_months_and_no_award(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    done = await take(worker, records(cast))
    assert [done.counts[k] for k in ("records", "volunteers", "minutes")] == [5, 2, 660]
    assert (await minutes(cast, "李阿姨"), await minutes(cast, "赵叔叔")) == (330, 330)
    months = await statement.months(await cast.viewer("李阿姨"), cast["李阿姨"].volunteer or 0)
    assert [(m.month, m.minutes, m.earned) for m in months] == [("2025-11", 210, 0), ("2025-12", 120, 0)]
    db = cast.house.db
    for empty in ("transfer", "award", "attendance_pending"):
        assert await count(db, empty) == 0
    # One activity for the two who were at the same patrol.
    assert (await count(db, "activity"), await count(db, "attendance"), await count(db, "interval")) == (
        4,
        5,
        3,
    )
    row = await db.one(
        "select a.evidence, a.recorder, a.from_at, a.to_at, a.minutes, d.decision, d.decider, y.programme, "
        "y.title from attendance a join attendance_decision d on d.attendance = a.id "
        "join activity y on y.id = a.activity where a.volunteer = :v and a.day = '2025-11-09'",
        v=cast["赵叔叔"].volunteer,
    )
    assert row is not None
    assert (row["evidence"], row["recorder"], row["decision"], row["decider"]) == (
        "imported",
        cast["陈社工"].person,
        "confirmed",
        None,
    )
    assert (row["programme"], row["title"], row["minutes"]) == ("past", "夜间巡逻", 240)
    assert row["to_at"] - row["from_at"] == 4 * HOUR
    assert await check_book(db) == []


async def count(db: Database, name: str) -> int:
    counts = {
        "transfer": "select count(*) from transfer",
        "award": "select count(*) from award",
        "attendance_pending": "select count(*) from attendance_pending",
        "activity": "select count(*) from activity",
        "attendance": "select count(*) from attendance",
        "interval": "select count(*) from interval",
    }
    return int(await db.value(counts[name]))


async def test_the_same_records_again_add_nothing_and_a_longer_list_its_new_ones(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = records(cast)
    await take(worker, text)
    before = await everything(worker)
    again = await take(worker, text)
    assert (again.act, again.counts["there"]) == (None, 5)
    assert await everything(worker) == before
    longer = text + table("", f"{cast['李阿姨'].number},,,2025-12-02,,,2,,,")
    assert (await take(worker, longer)).counts["records"] == 1
    assert await check_book(cast.house.db) == []


async def test_after_an_undo_hours_are_back_and_the_list_comes_in_again(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, records(cast))
    await take_out(cast, worker)
    assert await minutes(cast, "李阿姨") == 0
    assert await count(cast.house.db, "interval") == 0
    states = await cast.house.db.fetch("select distinct status from activity")
    assert [row["status"] for row in states] == ["cancelled"]
    assert await check_book(cast.house.db) == []
    assert (await take(worker, records(cast))).counts["records"] == 5
    assert await minutes(cast, "李阿姨") == 330
    assert await check_book(cast.house.db) == []


async def test_every_bad_record_is_named(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    li = cast["李阿姨"].number
    text = table(
        HEADER,
        f"{li},,,,,,2,,,",
        f"{li},,,2025-13-01,,,2,,,",
        f"{li},,,2026-11-24,,,2,,,",
        f"{li},,,2025-11-01,,,,,,",
        f"{li},,,2025-11-02,8:00,,,,,",
        f"{li},,,2025-11-03,8:00,8:00,,,,",
        f"{li},,,2025-11-04,8:00,9:00,2,,,",
        f"{li},,,2025-11-05,,,25,,,",
        f"{li},,,2025-11-06,,,0,,,",
        f"{li},,,2026-11-23,20:00,22:00,,,,",
        f"{li},,,2025-11-07,,,2,,,没有的队",
        "没有的人,,,2025-11-08,,,2,,,",
        f"{li},,,1900-01-02,,,2,,,",
    )
    assert told(await complaints(worker, text)) == [
        (2, "日期", "The day is missing."),
        (3, "日期", "“2025-13-01” is not a day we can read."),
        (4, "日期", "“2026-11-24” is still to come."),
        (5, "时长", "It does not say how long it was."),
        (6, "结束时间", "Only one of from and to is there."),
        (7, "结束时间", "From and to are the same time."),
        (8, "时长", "The hours are more than from and to allow."),
        (9, "时长", "A record has more than nothing and at most 24 hours."),
        (10, "时长", "A record has more than nothing and at most 24 hours."),
        (11, "结束时间", "This is still to come."),
        (12, "服务队", "There is no team “没有的队” here."),
        (13, "编号", "“没有的人” is not a volunteer number of ours."),
        (14, "日期", "“1900-01-02” is too long ago."),
    ]


async def test_nobody_is_in_two_places_at_once(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    li = cast["李阿姨"].number
    text = table(
        HEADER,
        f"{li},,,2025-11-01,8:00,10:00,,巡逻,,",
        f"{li},,,2025-11-01,9:00,11:00,,打扫,,",
        f"{li},,,2025-11-02,8:00,10:00,,巡逻,,",
        f"{li},,,2025-11-02,8:00,10:00,,巡逻,,",
        f"{li},,,2025-11-02,10:00,12:00,,打扫,,",
        f"{li},,,2025-11-03,,,2,打扫,,",
        f"{li},,,2025-11-03,,,2,打扫,,",
    )
    assert told(await complaints(worker, text)) == [
        (3, "开始时间", "Line 2 has this person elsewhere at this time."),
        (5, "", "Line 4 says the same."),
        (8, "", "Line 7 says the same."),
    ]


async def test_who_was_recorded_in_another_community_is_busy_elsewhere_and_no_more_is_said(
    cast: Cast,
) -> None:
    worker = await cast.viewer("陈社工")
    li = cast["李阿姨"]

    async def elsewhere(unit: Unit) -> None:
        activity = await unit.value(
            "insert into activity (community, public_id, programme, kind, title, from_at, to_at, act) "
            "values (:c, 'A1', 'past', 'past', '秘密', :f, :t, :a) returning id",
            c=cast.xinxing,
            f=TONIGHT - 30 * HOUR,
            t=TONIGHT - 28 * HOUR,
            a=unit.act,
        )
        volunteer = await unit.value(
            "insert into volunteer (community, person, number, joined_on) "
            "values (:c, :p, 'x1', '2026-01-01') returning id",
            c=cast.xinxing,
            p=li.person,
        )
        attendance = await unit.value(
            "insert into attendance (community, public_id, activity, volunteer, person, from_at, to_at, "
            "minutes, evidence, recorder, recorded_at, day, act) values (:c, 'B1', :y, :v, :p, :f, :t, 120, "
            "'roster', :r, 0, '2026-11-22', :a) returning id",
            c=cast.xinxing,
            y=activity,
            v=volunteer,
            p=li.person,
            f=TONIGHT - 30 * HOUR,
            t=TONIGHT - 28 * HOUR,
            r=cast["何社工"].person,
            a=unit.act,
        )
        await unit.execute(
            "insert into interval (attendance, person, community, from_at, to_at) "
            "values (:i, :p, :c, :f, :t)",
            i=attendance,
            p=li.person,
            c=cast.xinxing,
            f=TONIGHT - 30 * HOUR,
            t=TONIGHT - 28 * HOUR,
        )

    await cast.do(cast.system(cast.xinxing), elsewhere)
    text = table(HEADER, f"{li.number},,,2026-11-22,16:00,18:00,,,,")
    assert told(await complaints(worker, text)) == [
        (2, "开始时间", "This person was recorded elsewhere at this time.")
    ]
    text = table(HEADER, f"{li.number},,,2026-11-22,17:00,18:00,,,,")
    assert (await dry(worker, text)).plan.faults == []


async def test_times_may_stand_in_one_column_or_with_the_day(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    number = cast["李阿姨"].number
    one = xlsx([["编号", "日期", "时间段"], [number, "2025-11-01", "下午2点至4点半"]])
    assert (await take(worker, one, "records")).counts["minutes"] == 150
    with_day = table("编号,签到时间,签退时间", f"{number},2025-11-02 08:00,2025-11-02 09:15")
    assert (await take(worker, with_day, "records")).counts["minutes"] == 75
    days = await cast.house.db.fetch("select day from attendance order by day")
    assert [row["day"] for row in days] == ["2025-11-01", "2025-11-02"]


async def test_the_command_line_records_in_somebody_s_name(cast: Cast) -> None:
    text = records(cast)
    with pytest.raises(NotFound):
        await take(cast.system(), text)
    named = await in_whose_name(cast.system(), cast["陈社工"].phone)
    await take(named, text)
    assert await cast.house.db.value("select max(recorder) from attendance") == cast["陈社工"].person


async def test_records_cost_the_same_statements_whatever_their_number(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    number = cast["李阿姨"].number
    counts = []
    for year, days in ((2019, 1), (2020, 300)):
        lines = (
            f"{number},,,{year}-{n % 12 + 1:02}-{n % 28 + 1:02},{n % 20}:0{n % 7},{n % 20}:3{n % 7},,巡逻,,"
            for n in range(days)
        )
        with cast.house.db.watch() as log:
            await take(worker, table(HEADER, *lines))
        counts.append(len(log))
        with cast.house.db.watch() as log:
            await take_out(cast, worker)
        counts.append(len(log))
    # Star levels are written, and told, only where one changes: three statements, however many change.
    assert [many - one for one, many in zip(counts[:2], counts[2:], strict=True)] in ([0, 0], [3, 3])
    assert await check_book(cast.house.db) == []


async def test_a_team_of_elsewhere_is_not_found(cast: Cast) -> None:
    async def team(unit: Unit) -> None:
        await create_team(unit, "外区队")

    await cast.do(cast.system(cast.xinxing), team)
    worker = await cast.viewer("陈社工")
    text = table(HEADER, f"{cast['李阿姨'].number},,,2025-11-07,,,2,,,外区队")
    assert [fault.column for fault in await complaints(worker, text)] == ["服务队"]
