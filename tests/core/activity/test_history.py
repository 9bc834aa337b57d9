"""Past service as verbs: grouped, walled against overlaps, reversed whole."""

from typing import Any

import pytest

from core.activity.history import Past, Written, make_ready, record_past, take_back_past
from core.activity.review import reverse
from core.base.act import Unit
from core.base.clock import HOUR
from core.base.errors import NotFound, Refused
from tests.core.activity.conftest import END, START, Desk
from tests.support.book import check_book
from tests.support.cast import Cast

ZONE = "Asia/Shanghai"


def past(cast: Cast, name: str, **parts: Any) -> Past:
    fields: dict[str, Any] = {"day": "2025-11-08", "minutes": 120, "title": "夜间巡逻", "place": "东门"}
    return Past(volunteer=cast[name].volunteer or 0, **{**fields, **parts})


async def recorded(cast: Cast, items: list[Past], by: str = "陈社工") -> tuple[int, Written]:
    written: list[Written] = []

    async def work(unit: Unit) -> None:
        written.append(await record_past(unit, make_ready(items, ZONE)))

    done = await cast.do(await cast.viewer(by), work)
    return done.act, written[-1]


async def taken_back(cast: Cast, act: int, written: Written) -> int:
    done = await cast.do(await cast.viewer("陈社工"), lambda unit: take_back_past(unit, act, written))
    return int(done.answer["value"])


async def test_who_was_there_together_is_in_one_activity(cast: Cast) -> None:
    at = {"from_at": START, "to_at": START + 2 * HOUR}
    _, written = await recorded(
        cast,
        [
            past(cast, "李阿姨", team=cast.team, **at),
            past(cast, "赵叔叔", team=cast.team, **at),
            past(cast, "钱奶奶", team=cast.team, from_at=START, to_at=END + HOUR),
            past(cast, "吴大爷"),
        ],
    )
    assert (written.activities, written.attendances) == (3, 4)
    rows = await cast.house.db.fetch("select team, from_at, to_at from activity order by id")
    assert [(r["team"], r["to_at"] - r["from_at"]) for r in rows] == [
        (cast.team, 2 * HOUR),
        (cast.team, 3 * HOUR),
        (None, 24 * HOUR),
    ]
    assert await check_book(cast.house.db) == []


async def test_who_was_recorded_at_that_time_cannot_be_elsewhere(desk: Desk) -> None:
    cast = desk.cast
    await desk.record(await cast.viewer("王队长"), [desk.who("李阿姨")])
    items = [past(cast, "赵叔叔"), past(cast, "李阿姨", from_at=END - HOUR, to_at=END + HOUR)]
    with pytest.raises(Refused, match="recorded elsewhere"):
        await recorded(cast, items)
    assert await desk.count("attendance") == 1
    # And the other way round: what was taken in stands against what is recorded later.
    await recorded(cast, [past(cast, "赵叔叔", from_at=START, to_at=END)])
    with pytest.raises(Refused):
        await desk.record(await cast.viewer("王队长"), [desk.who("赵叔叔")])


async def test_what_was_reversed_by_hand_is_not_reversed_again(cast: Cast) -> None:
    act, written = await recorded(cast, [past(cast, "李阿姨"), past(cast, "赵叔叔")])
    first = written.first
    # Somebody else than who recorded it takes one of them back.
    reviewer = await cast.viewer("陈社工")

    async def by_hand(unit: Unit) -> None:
        await reverse(unit, [first], "absent")

    with pytest.raises(Refused):
        await cast.do(reviewer, by_hand)
    await cast.do(cast.system(), by_hand)
    assert await check_book(cast.house.db) == []
    assert await taken_back(cast, act, written) == 1
    assert await taken_back(cast, act, written) == 0
    assert await check_book(cast.house.db) == []
    minutes = await cast.house.db.fetch("select minutes from volunteer where minutes <> 0")
    assert minutes == []


async def test_foreign_people_and_teams_and_nobody_at_all_record_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await recorded(cast, [past(cast, "李阿姨"), past(cast, "冯阿姨")])
    with pytest.raises(NotFound):
        await recorded(cast, [past(cast, "李阿姨", team=cast.other_team)])
    for name in ("王队长", "李阿姨", "孙店员"):
        with pytest.raises(NotFound):
            await recorded(cast, [past(cast, "李阿姨")], name)
    with pytest.raises(NotFound):
        await cast.do(cast.system(), lambda unit: record_past(unit, make_ready([past(cast, "李阿姨")], ZONE)))
    assert await cast.house.db.value("select count(*) from attendance") == 0


async def test_another_act_s_records_are_left_alone(cast: Cast) -> None:
    act, written = await recorded(cast, [past(cast, "李阿姨")])
    await recorded(cast, [past(cast, "李阿姨", day="2025-11-09")])
    wide = written._replace(first=0, last=10_000, first_activity=0, last_activity=10_000)
    assert await taken_back(cast, act, wide) == 1
    standing = await cast.house.db.fetch("select status from activity order by id")
    assert [row["status"] for row in standing] == ["cancelled", "held"]
    assert await check_book(cast.house.db) == []


async def test_one_and_three_hundred_records_cost_the_same_statements(cast: Cast) -> None:
    await recorded(cast, [past(cast, "李阿姨", title="warm")])  # fills the caches of rights
    counts = []
    for many in (1, 300):
        items = [
            past(cast, "李阿姨", day=f"20{many % 90 + 10}-{n % 12 + 1:02}-{n // 12 + 1:02}", title=f"t{n}")
            for n in range(many)
        ]
        with cast.house.db.watch() as log:
            act, written = await recorded(cast, items)
        counts.append(len(log))
        with cast.house.db.watch() as log:
            await taken_back(cast, act, written)
        counts.append(len(log))
    # Star levels are written, and told, only where one changes: three statements, however many change.
    assert [many - one for one, many in zip(counts[:2], counts[2:], strict=True)] in ([0, 0], [3, 3])


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_great_batch_is_not_checked_by_a_plan_for_a_small_table(cast: Cast) -> None:
    """A kept foreign key plan walked through all activities of the community for each attendance."""
    worker = await cast.viewer("陈社工")

    async def read(unit: Unit, many: int) -> dict[str, int]:
        await record_past(
            unit, make_ready([past(cast, "李阿姨", title=f"{many}.{n}") for n in range(many)], ZONE)
        )
        row = await unit.one("select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'activity'")
        return {"read": row["idx_tup_fetch"] if row is not None else 0}

    for few in range(1, 9):  # the connection makes its plans while there are a handful
        await cast.do(worker, lambda unit, few=few: read(unit, few))
    done = await cast.do(worker, lambda unit: read(unit, 1500))
    assert done.answer["read"] < 10 * 1500
