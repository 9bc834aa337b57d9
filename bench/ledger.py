"""The book against hand-written SQL: the same rows, in the same run, on both engines.

Ours is the whole act (request id, locks, caps, lots, months, answer). The raw twin gets, in a copy of the
database, just the rows ours wrote, by the bare driver's fastest ordinary means and without reading, locking
or deciding anything.
"""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg

from core.base.act import Unit
from core.base.database import Database
from core.base.house import open_house
from core.base.settings import Settings
from core.base.sqlite import connect
from core.points import awards
from core.points.caps import Caps
from tests.support.databases import fresh_database, migrated
from tests.support.needs import postgres_programs
from tests.support.postgres import cluster_of, stop
from tests.support.town import Town, found_town

ROUNDS = int(os.environ.get("LINLI_BENCH_ROUNDS", "15"))
CASES = (1, 200)
DAY = "2026-11-20"

Rows = dict[str, list[dict[str, Any]]]
Raw = Callable[[Rows], Awaitable[None]]
Figure = tuple[int, float, float, int]  # people, our milliseconds, raw milliseconds, our statements
Measured = Callable[[Settings, Callable[[], Awaitable[Raw]]], Awaitable[list[Figure]]]

# What one confirmation writes, in the order of its foreign keys: first the new rows, then the moved ones.
WROTE = {
    "act": "select * from act where id = :act",
    "transfer": "select * from transfer where act = :act",
    "lot": "select * from lot where transfer in (select id from transfer where act = :act)",
    "award_outcome": "select * from award_outcome where act = :act",
    "act_answer": "select * from act_answer where act = :act",
    "points_account": "select id, posted, held, debt, version from points_account where id in "
    "(select account from transfer where act = :act)",
    "cap_counter": "select * from cap_counter where volunteer in (select a.volunteer from points_account a "
    "join transfer t on t.account = a.id where t.act = :act)",
    "volunteer_month": "select * from volunteer_month where volunteer in (select a.volunteer from "
    "points_account a join transfer t on t.account = a.id where t.act = :act)",
    "volunteer": "select id, minutes from volunteer where id in (select a.volunteer from points_account a "
    "join transfer t on t.account = a.id where t.act = :act)",
}
KEYS = {"cap_counter": "volunteer, cap, span", "volunteer_month": "volunteer, month"}
MOVED = ("points_account", "volunteer")


def raw_text(name: str, columns: list[str], engine: str, types: list[str]) -> str:
    """The driver's own statement for one table: executemany on SQLite, unnest on PostgreSQL.

    Tables of MOVED are updated; the same table under the name "table:new" is inserted into.
    """
    table = name.partition(":")[0]
    names = ", ".join(columns)
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns)
    conflict = f" on conflict ({KEYS[table]}) do update set {sets}" if table in KEYS else ""
    marks = ", ".join("?" * len(columns))
    arrays = ", ".join(f"${n}::{t}[]" for n, t in enumerate(types, 1))
    mark = "?" if engine == "sqlite" else ""
    moved = ", ".join(f"{c} = {mark or 'r.' + c}" for c in columns[1:])
    source = f"unnest({arrays}) as r ({names})"
    # The names are those of our own schema.
    texts = {
        ("sqlite", True): f"update {table} set {moved} where id = ?",  # noqa: S608
        ("sqlite", False): f"insert into {table} ({names}) values ({marks}){conflict}",  # noqa: S608
        ("postgres", True): f"update {table} t set {moved} from {source} where t.id = r.id",  # noqa: S608
        ("postgres", False): f"insert into {table} ({names}) select * from {source}{conflict}",  # noqa: S608
    }
    return texts[engine, name in MOVED]


async def rows_of(db: Database, act: int, wrote: dict[str, str] = WROTE) -> Rows:
    """The rows an act wrote and moved, by table, in the order of `wrote`."""
    found: Rows = {}
    for table, sql in wrote.items():
        rows = await db.fetch(sql, act=act)
        found[table] = [{name: row[name] for name in row.keys()} for row in rows]  # noqa: SIM118
    return found


def raw_sqlite(path: Path) -> Raw:
    connection = connect(str(path))

    async def write(rows: Rows) -> None:
        connection.execute("begin immediate")
        for table, items in rows.items():
            columns = list(items[0])
            text = raw_text(table, columns, "sqlite", [])
            values = [tuple(item.values()) for item in items]
            if table in MOVED:
                values = [(*v[1:], v[0]) for v in values]
            connection.executemany(text, values)
        connection.execute("commit")

    return write


async def raw_postgres(address: str) -> Raw:
    connection = await asyncpg.connect(address, statement_cache_size=500)
    kinds = {
        (r["table_name"], r["column_name"]): r["data_type"]
        for r in await connection.fetch(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'public'"
        )
    }

    async def write(rows: Rows) -> None:
        async with connection.transaction():
            for table, items in rows.items():
                columns = list(items[0])
                types = [kinds[table.partition(":")[0], c] for c in columns]
                text = raw_text(table, columns, "postgres", types)
                await connection.execute(text, *([item[c] for item in items] for c in columns))

    return write


async def prepare(town: Town) -> dict[int, list[list[int]]]:
    """Attendances with proposed lines, waiting to be confirmed: for each case one list a round."""
    made: dict[int, list[list[int]]] = {people: [] for people in CASES}
    await town.rule(Caps(day=1_000_000, month=10_000_000), "2099-01-01")
    everybody = [(n, 2) for n in range(max(CASES))]
    await town.earn(everybody, DAY)

    async def work(unit: Unit) -> dict[str, Any]:
        for lists in made.values():
            lists.clear()
        for people, lists in made.items():
            for _ in range(ROUNDS + 1):
                lists.append(await town.attend(unit, everybody[:people], DAY))
        return {}

    await town.do(town.system, work)
    return made


async def measure(settings: Settings, copy: Callable[[], Awaitable[Raw]]) -> list[Figure]:
    """Figures for each case; medians."""
    house = await open_house(settings)
    town = await found_town(house, volunteers=max(CASES))
    waiting = await prepare(town)
    await house.close()
    raw = await copy()
    house = await open_house(settings)
    town = replace(town, house=house)
    found = []
    for people in CASES:
        ours: list[float] = []
        theirs: list[float] = []
        for attendances in waiting[people]:

            async def work(unit: Unit, attendances: list[int] = attendances) -> dict[str, Any]:
                await awards.confirm(unit, attendances, None)
                return {}

            with house.db.watch() as log:
                begin = time.perf_counter()
                done = await town.do(town.system, work)
                ours.append(time.perf_counter() - begin)
            rows = await rows_of(house.db, done.act)
            begin = time.perf_counter()
            await raw(rows)
            theirs.append(time.perf_counter() - begin)
        # The first round fills statement caches on both sides.
        found.append(
            (people, statistics.median(ours[1:]) * 1e3, statistics.median(theirs[1:]) * 1e3, len(log))
        )
    await house.close()
    return found


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for a run's databases; its PostgreSQL is stopped at the end."""
    run = Path(tempfile.mkdtemp(prefix="linli-bench-", dir="/tmp"))  # mkdtemp makes it our own
    run.chmod(0o755)
    try:
        yield run
    finally:
        stop(run)
        shutil.rmtree(run, ignore_errors=True)


def measure_sqlite(run: Path, measured: Measured) -> list[Figure]:
    folder = run / "sqlite"
    folder.mkdir()
    with fresh_database("sqlite", run, folder, "migrated", migrated) as settings:

        async def copy() -> Raw:
            twin = folder / "twin.db"
            await asyncio.to_thread(shutil.copyfile, settings.sqlite_path, twin)
            return raw_sqlite(twin)

        return asyncio.run(measured(settings, copy))


def measure_postgres(run: Path, measured: Measured) -> list[Figure]:
    folder = run / "postgres"
    folder.mkdir()
    with fresh_database("postgres", run, folder, "migrated", migrated) as settings:
        cluster = cluster_of(run)

        async def copy() -> Raw:
            name = settings.database.partition("@/")[2].partition("?")[0]
            return await raw_postgres(cluster.url(cluster.create(name)))

        return asyncio.run(measured(settings, copy))


def table(title: str, measured: Measured) -> None:
    """Measures on each engine that is there, and prints the figures."""
    print(f"\n{title}: the whole act and the same rows by the bare driver, medians of {ROUNDS}")
    print(f"{'engine':10} {'people':>6} {'act ms':>8} {'raw ms':>8} {'raw/act':>8} {'statements':>11}")
    with run_folder() as run:
        engines = [("SQLite", measure_sqlite)]
        if postgres_programs() is not None:
            engines.append(("PostgreSQL", measure_postgres))
        for name, on_engine in engines:
            for people, ours, theirs, statements in on_engine(run, measured):
                print(f"{name:10} {people:6} {ours:8.2f} {theirs:8.2f} {theirs / ours:8.2f} {statements:11}")


def main() -> None:
    table("Confirming attendances", measure)


if __name__ == "__main__":
    main()
