"""Nothing leaks: after a failed BEGIN, COMMIT, statement or a cancelled request all goes on."""

import asyncio
import sqlite3
import threading

import asyncpg
import pytest

from core.base.act import Unit, act, note
from core.base.database import Transaction
from core.base.errors import ConstraintBroken, Unavailable
from core.base.house import House
from core.base.ids import request_id
from core.base.query import bound, engine
from core.base.sqlite import SQLiteDatabase, connect, wal_race
from core.base.viewer import Viewer


async def insert(unit: Unit | Transaction, bucket: str) -> None:
    await unit.execute("insert into throttle (bucket, count, until_at) values (:bucket, 1, 0)", bucket=bucket)


async def works(house: House, bucket: str) -> None:
    """A read and a write go through."""

    async def work(unit: Unit) -> None:
        await insert(unit, bucket)

    await asyncio.wait_for(note(house, work), 5)
    assert await house.db.value("select count from throttle where bucket = :bucket", bucket=bucket) == 1


async def test_reads_cannot_write(house: House) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await house.db.fetch(
            "insert into throttle (bucket, count, until_at) values ('x', 1, 0) returning bucket"
        )
    assert await house.db.value("select count(*) from throttle") == 0


async def test_a_failed_commit_leaks_neither_connection_nor_lock(house: House) -> None:
    """Piccolo 1.38: four failed commits with a pool of four, and even a SELECT hung for ever."""
    for number in range(10):
        with pytest.raises(ConstraintBroken):
            async with house.db.transaction() as transaction:
                await transaction.run_text(DEFERRED[house.db.engine][0], [])
                await transaction.run_text(DEFERRED[house.db.engine][1], [])
                await insert(transaction, f"never{number}")
    await works(house, "after")
    assert await house.db.value("select count(*) from throttle") == 1


# A row whose foreign key is looked at only at COMMIT.
DEFERRED = {
    "sqlite": (
        "pragma defer_foreign_keys = on",
        "insert into credential (person, password, changed_at) values (999999, 'x', 0)",
    ),
    "postgres": (
        "create temporary table if not exists parent (id int primary key) on commit drop;",
        "do $$ begin create temporary table child (p int references parent (id) "
        "deferrable initially deferred) on commit drop; insert into child values (999); end $$",
    ),
}


async def test_a_failed_begin_leaks_neither_thread_nor_lock(house: House) -> None:
    """Piccolo 1.38 left one connection and one non-daemon thread behind for each failed BEGIN."""
    if not isinstance(house.db, SQLiteDatabase):
        house.db._writes.get_size()
        async with asyncio.timeout(10):
            for _ in range(10):
                with pytest.raises(RuntimeError):
                    async with house.db.transaction():
                        raise RuntimeError
        assert house.db._writes.get_idle_size() == house.db._writes.get_size()
        await works(house, "after")
        return
    other = connect(house.db.path)
    other.execute("begin immediate")
    house.db._writer.execute("pragma busy_timeout = 20")  # type: ignore[union-attr]
    before = threading.active_count()
    for _ in range(5):
        with pytest.raises(Unavailable):
            async with house.db.transaction():
                raise AssertionError("not reached")
    assert threading.active_count() == before
    other.execute("rollback")
    other.close()
    await works(house, "after")


async def test_a_cancelled_transaction_leaks_nothing(house: House) -> None:
    async def hang() -> None:
        async with house.db.transaction() as transaction:
            await insert(transaction, "never")
            await asyncio.sleep(60)

    for _ in range(12):  # more often than the pool has connections
        task = asyncio.create_task(hang())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await works(house, "after")
    assert await house.db.value("select count(*) from throttle") == 1


async def test_requests_cancelled_at_random_leave_the_book_whole(house: House) -> None:
    system = Viewer(house, system=True)

    async def work(unit: Unit) -> dict[str, int]:
        for name in ("left", "right"):
            await unit.execute(
                "insert into throttle (bucket, count, until_at) values (:name, 1, 0) "
                "on conflict (bucket) do update set count = throttle.count + 1",
                name=name,
            )
        return {}

    tasks = [asyncio.create_task(act(system, "pair", request_id(), {}, work)) for _ in range(60)]
    for number, task in enumerate(tasks):
        await asyncio.sleep(0.001)
        if number % 3:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.wait([*house.running, asyncio.create_task(asyncio.sleep(0))])
    rows = await house.db.fetch("select count from throttle order by bucket")
    assert len(rows) == 2 and rows[0]["count"] == rows[1]["count"] == await house.db.value(
        "select count(*) from act"
    )


async def test_read_then_write_by_many_at_once_never_fails_locked(house: House) -> None:
    """SQLite's DEFERRED transactions fail at once on lock upgrade, whatever the busy timeout."""

    async def work(unit: Unit) -> None:
        count = await unit.value("select count from throttle where bucket = 'n'")
        if count is None:
            await insert(unit, "n")
        else:
            await unit.execute("update throttle set count = :count where bucket = 'n'", count=count + 1)

    await note(house, work)
    if house.db.engine == "postgres":
        # READ COMMITTED loses updates decided from a value read before: the guard belongs in SQL.
        await asyncio.gather(*(note(house, raise_by_one) for _ in range(20)))
    else:
        await asyncio.gather(*(note(house, work) for _ in range(20)))
    assert await house.db.value("select count from throttle where bucket = 'n'") == 21


async def raise_by_one(unit: Unit) -> None:
    await unit.execute("update throttle set count = count + 1 where bucket = 'n'")


async def test_statements_gathered_inside_a_transaction_take_turns(house: House) -> None:
    """asyncpg answers 'another operation in progress' and poisons the context."""
    async with house.db.transaction() as transaction:
        await asyncio.gather(*(insert(transaction, f"b{i}") for i in range(5)))
    assert await house.db.value("select count(*) from throttle") == 5


async def test_an_existing_row_is_met_without_breaking_the_transaction(house: House) -> None:
    """A caught unique violation aborts the whole transaction on PostgreSQL: ON CONFLICT instead."""
    async with house.db.transaction() as transaction:
        for _ in range(2):
            await transaction.execute(
                "insert into throttle (bucket, count, until_at) values ('x', 1, 0) on conflict do nothing"
            )
        await insert(transaction, "y")
    assert await house.db.value("select count(*) from throttle") == 2


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_swallowed_error_does_not_pass_for_a_commit(house: House) -> None:
    with pytest.raises(ConstraintBroken):
        async with house.db.transaction() as transaction:
            await insert(transaction, "x")
            with pytest.raises(ConstraintBroken):
                await insert(transaction, "x")
    assert await house.db.value("select count(*) from throttle") == 0


async def test_a_task_started_in_an_act_is_not_inside_it(house: House) -> None:
    """Piccolo's transactions are context variables: a task outliving the block hit a dead one."""
    async with house.db.transaction() as transaction:
        await insert(transaction, "seen-inside")
        task = asyncio.create_task(engine._run("select count(*) as n from throttle", []))
        rows = await task
        assert rows[0]["n"] == 0  # the task reads what is committed
        async with bound(transaction):
            rows = await engine._run("select count(*) as n from throttle", [])
        assert rows[0]["n"] == 1


async def test_a_piccolo_write_outside_an_act_is_refused(house: House) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await engine._run("insert into throttle (bucket, count, until_at) values ('x', 1, 0)", [])
    with pytest.raises(RuntimeError, match="act"):
        async with engine.transaction():
            pass
    with pytest.raises(RuntimeError, match="act"):
        engine.atomic()
    with pytest.raises(RuntimeError, match="batch"):
        await engine.batch(None)


async def test_reading_opens_no_connection(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Piccolo 1.38 opens a connection and a thread for each query on SQLite."""
    await house.db.value("select count(*) from throttle")

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    monkeypatch.setattr(asyncpg, "connect", refuse)
    threads = threading.active_count()
    for number in range(20):
        assert await house.db.value("select count(*) from throttle") == number
        await note(house, lambda unit, n=number: insert(unit, f"b{n}"))
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_releases_of_sqlite_with_the_wal_race_are_known(
    version: tuple[int, int, int], affected: bool
) -> None:
    assert wal_race(version) is affected


def test_sqlite_connections_carry_the_house_s_pragmas(tmp_path: object) -> None:
    connection = connect(f"{tmp_path}/x.db")
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "recursive_triggers": 1,
    }
    got = {name: connection.execute(f"pragma {name}").fetchone()[0] for name in wanted}
    connection.close()
    assert got == wanted


def test_sqlite_isolation_is_in_our_hands(tmp_path: object) -> None:
    connection = connect(f"{tmp_path}/x.db")
    assert connection.isolation_level is None  # no hidden DEFERRED begin by the driver
    assert sqlite3.threadsafety >= 1
    connection.close()


async def test_a_read_about_thousands_does_not_hold_up_the_others(house: House) -> None:
    """On SQLite it has a thread and a reader of its own; the loop goes on meanwhile."""
    many = [{"n": n} for n in range(60_000)]
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await house.db.value("select 1")
            ticks += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(tick())
    count = await house.db.value(
        "select count(*) from rows(:a; n bigint) as a join rows(:b; n bigint) as b on a.n = b.n + 1",
        a=many[:1500],
        b=many,
    )
    seen = ticks
    task.cancel()
    assert count == 1499
    assert seen > 3
