"""Eleven files taken in (20,000 people, 200,000 records of past service), against the same rows in raw SQL.

Ours is the whole way of a file: reading its bytes, checking every cell and every person, and the act. The raw
twin gets, in a copy of the database, just the rows that came of it. Meanwhile somebody records a patrol every
200 ms: his longest wait is told.
"""

import asyncio
import csv
import io
import itertools
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.ledger import WROTE, Raw, measure_postgres, measure_sqlite, rows_of, run_folder
from bench.patrol import PATROL, attended
from core.base import act as acts
from core.base.act import Unit
from core.base.clock import DAY, HOUR
from core.base.house import House, open_house
from core.base.ids import request_id
from core.base.settings import Settings
from core.base.viewer import Viewer
from core.community.areas import NewArea, add_areas
from core.extension import switch
from core.extension.registry import load
from core.lifecycle.imports.whole import bring, import_brought
from core.points import rules
from plugins.patrol.rules import PatrolRules
from plugins.patrol.service import Shift, record_shift
from tests.support.cast import Cast, make_cast
from tests.support.needs import postgres_programs

PEOPLE = int(os.environ.get("LINLI_BENCH_PEOPLE", "20000"))
FILES = int(os.environ.get("LINLI_BENCH_FILES", "10"))
EVERY = 0.2  # seconds between two records of the other
GOAL = 1 / 3

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉秀珍国建文志海春红梅金生荣德福"
PLACES = ("东门", "西门", "广场", "河滨公园", "社区食堂", "图书室")
TITLES = ("夜间巡逻", "环境清洁", "看望老人", "四点半课堂", "垃圾分类指导", "文明劝导")

REGISTER = {
    "act": WROTE["act"],
    "team": "select * from team where act = :act",
    "person": "select * from person where act = :act",
    "person_key": "select * from person_key where person in (select id from person where act = :act)",
    "person_secret": "select * from person_secret where person in (select id from person where act = :act)",
    "person_lookup": "select * from person_lookup where person in (select id from person where act = :act)",
    "volunteer:new": "select * from volunteer where act = :act",
    "volunteer_word": "select * from volunteer_word where volunteer in "
    "(select id from volunteer where act = :act)",
    "team_member": "select * from team_member where act = :act",
    "residence": "select * from residence where act = :act",
    "import_run": "select * from import_run where act = :act",
    "audit": "select * from audit where act = :act",
    "act_answer": WROTE["act_answer"],
}
HISTORY = {
    **{name: PATROL[name] for name in ("act", "activity", "attendance", "interval", "attendance_decision")},
    "volunteer_month": "select * from volunteer_month where volunteer in "
    "(select volunteer from attendance where act = :act)",
    "volunteer": "select id, minutes from volunteer where id in "
    "(select volunteer from attendance where act = :act)",
    "import_run": REGISTER["import_run"],
    "audit": REGISTER["audit"],
    "act_answer": WROTE["act_answer"],
}


@dataclass
class Timed:
    """Seconds of the whole way, of the act alone, and of the raw rows, by what was taken in."""

    rows: int = 0
    whole: float = 0
    act: float = 0
    raw: float = 0
    waits: list[float] = field(default_factory=list)


def people_file(chance: random.Random) -> tuple[bytes, list[tuple[str, str]]]:
    """20,000 people as a register has them; the file, and each one's name and telephone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["姓名", "手机号", "性别", "出生日期", "住址", "网格", "服务队", "加入日期"])
    who = []
    for number in range(PEOPLE):
        given = "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))
        name = chance.choice(SURNAMES) + given
        phone = f"13{number % 10}{number:08d}"
        who.append((name, phone))
        born = f"{chance.randint(1940, 1995)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        address = f"红旗路{number % 90 + 1}号{number % 6 + 1}单元{number % 30 + 101}室"
        team = f"第{number % 40 + 1}服务队"
        joined = f"2024年{chance.randint(1, 12)}月{chance.randint(1, 28)}日"
        sex = chance.choice("男女")
        writer.writerow([name, phone, sex, born, address, f"第{number % 45 + 1}网格", team, joined])
    return out.getvalue().encode("utf-8-sig"), who


def records_file(who: list[tuple[str, str]], number: int) -> bytes:
    """One activity a day of twenty people, so that everybody is there once in each file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["姓名", "手机号", "服务日期", "开始时间", "结束时间", "活动名称", "地点", "服务队"])
    for place, (name, phone) in enumerate(who):
        group = place // 20
        day = f"2025/{number + 1}/{group % 28 + 1}"
        start = 8 + group % 9
        title, where = TITLES[group % len(TITLES)], PLACES[group % len(PLACES)]
        team = f"第{group % 40 + 1}服务队"
        writer.writerow([name, phone, day, f"{start}:00", f"{start + 2}:30", title, where, team])
    return out.getvalue().encode("gb18030")


async def settle(house: House) -> Cast:
    """A community with grids, and a team that records patrols."""
    cast = await make_cast(house)

    async def work(unit: Unit) -> dict[str, Any]:
        node = await unit.value("select area from community where id = :id", id=unit.community)
        await add_areas(unit, node, [NewArea("grid", f"第{n}网格") for n in range(1, 46)])
        await switch.enable(unit, "patrol")
        await rules.publish(unit, "patrol", PatrolRules(), "2024-01-01")
        return {}

    await cast.do(cast.system(), work)
    return cast


async def record_on(
    cast: Cast, leader: Viewer, hours: Iterator[int], waits: list[float], stop: asyncio.Event
) -> None:
    """Somebody else at work: a patrol of four every 200 ms, each in hours of its own."""
    names = [{"name": name} for name in ("李阿姨", "赵叔叔", "钱奶奶", "吴大爷")]
    people = await cast.house.db.fetch(
        "select v.id, v.person, v.number from volunteer v join person p on p.id = v.person "
        "where v.community = :community and p.name in (select r.name from rows(:names; name text) as r)",
        community=cast.hongqi,
        names=names,
    )
    while not stop.is_set():
        at = next(hours)
        shift = Shift(team=cast.team, route="西门", from_at=at, to_at=at + 2 * HOUR)
        begin = time.perf_counter()
        await record_shift(leader, request_id(), "夜间巡逻", shift, attended(people, at))
        waits.append(time.perf_counter() - begin)
        await asyncio.sleep(EVERY)


async def take(cast: Cast, worker: Viewer, name: str, content: bytes, timed: Timed) -> int:
    """One file, the whole way; its act."""
    spent: list[float] = []
    attempt = acts._once

    async def once(asked: Any, work: Any) -> Any:
        began = time.perf_counter()
        try:
            return await attempt(asked, work)
        finally:
            if asked.name.startswith("import."):
                spent.append(time.perf_counter() - began)

    acts._once = once
    try:
        begin = time.perf_counter()
        done = await import_brought(worker, await bring(worker, name, content))
        timed.whole += time.perf_counter() - begin
    finally:
        acts._once = attempt
    timed.act += sum(spent)
    timed.rows += done.counts["rows"]
    assert done.act is not None
    return done.act


async def measure(settings: Settings, copy: Callable[[], Awaitable[Raw]]) -> dict[str, Timed]:
    """People first, then the records, file by file: ours and raw in turn."""
    house = await open_house(settings, registry=load(settings.plugins))
    cast = await settle(house)
    await house.close()
    raw = await copy()
    house = await open_house(settings, registry=load(settings.plugins))
    cast.house = house
    content, who = people_file(random.Random(2026))  # noqa: S311  # repeatable on purpose
    files = [("people", "people.csv", content, REGISTER)]
    files += [("records", f"records{n}.csv", records_file(who, n), HISTORY) for n in range(FILES)]
    figures = {"people": Timed(), "records": Timed()}
    worker, leader = await cast.viewer("陈社工"), await cast.viewer("王队长")
    hours = itertools.count(house.clock.now() - 900 * DAY, 3 * HOUR)
    for what, name, data, wrote in files:
        timed, stop = figures[what], asyncio.Event()
        async with asyncio.TaskGroup() as together:
            together.create_task(record_on(cast, leader, hours, timed.waits, stop))
            act = await take(cast, worker, name, data, timed)
            stop.set()
        rows = await rows_of(house.db, act, wrote)
        begin = time.perf_counter()
        await raw(rows)
        timed.raw += time.perf_counter() - begin
    await house.close()
    return figures


def main() -> None:
    print("\nImports: the whole way of the files, the acts alone, and the same rows by the bare driver")
    head = ("engine", "what", "rows", "whole s", "act s", "raw s", "raw/whole", "raw/act", "longest wait ms")
    print("{:10} {:8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8} {:>16}".format(*head))
    with run_folder() as run:
        engines = [("SQLite", measure_sqlite)]
        if postgres_programs() is not None:
            engines.append(("PostgreSQL", measure_postgres))
        for name, on_engine in engines:
            figures = on_engine(run, measure)
            figures["all"] = Timed(*(sum(getattr(f, k) for f in figures.values()) for k in _SUMS))
            figures["all"].waits = [w for f in figures.values() for w in f.waits]
            for what, f in figures.items():
                print(
                    f"{name:10} {what:8} {f.rows:8,} {f.whole:8.1f} {f.act:8.1f} {f.raw:8.1f} "
                    f"{f.raw / f.whole:9.2f} {f.raw / f.act:8.2f} {max(f.waits) * 1e3:16,.0f}"
                )
            met = figures["all"].raw / figures["all"].whole >= GOAL
            print(f"{name:10} goal: the whole way within 3 times the raw rows: {'met' if met else 'MISSED'}")


_SUMS = ("rows", "whole", "act", "raw")

if __name__ == "__main__":
    main()
