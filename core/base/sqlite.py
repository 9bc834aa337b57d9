"""SQLite: one writer and two readers per process, kept open.

BEGIN and COMMIT (which wait for other processes and for the disk) and big batches run on the
writer's thread; the short statements between them run inline, because a thread hop costs
more than the statement. Reads that ask about thousands of things at once have a reader and a
thread of their own, so that pages go on meanwhile.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from core.base.database import Database, Row, Transaction
from core.base.errors import ConstraintBroken, Unavailable
from core.base.sql import Compiled, compile_sql

T = TypeVar("T")

BUSY_MILLISECONDS = 10_000
NOT_OPEN = "the database is not open"
BIG = 60_000  # characters of one parameter from which a statement goes to a thread


def _is_big(arguments: list[Any]) -> bool:
    return any(isinstance(a, str) and len(a) > BIG for a in arguments)


def wal_race(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite has the WAL-reset race of 3.7.0 to 3.51.2 (fixed in 3.50.7 and 3.44.6 too).

    Source: sqlite.org/wal.html, "WAL-reset bug".
    """
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return version >= (3, 7, 0) and not fixed


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection with the house's pragmas."""
    connection = sqlite3.connect(
        path,
        timeout=BUSY_MILLISECONDS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.row_factory = sqlite3.Row
    for pragma in (
        "pragma journal_mode = wal",
        "pragma synchronous = full",
        "pragma foreign_keys = on",
        "pragma secure_delete = on",
        "pragma recursive_triggers = on",
        "pragma trusted_schema = off",
        "pragma cache_size = -32000",
        "pragma temp_store = memory",
    ):
        connection.execute(pragma).fetchall()
    if read_only:
        connection.execute("pragma query_only = on")
    return connection


class SQLiteTransaction(Transaction):
    engine = "sqlite"

    def __init__(self, database: "SQLiteDatabase", connection: sqlite3.Connection) -> None:
        self._database = database
        self._connection = connection

    def _saw(self, sql: str, params: Mapping[str, Any]) -> None:
        self._database._saw(sql, params)

    async def _run(self, text: str, arguments: list[Any]) -> tuple[list[Row], int]:
        def work() -> tuple[list[Row], int]:
            cursor = self._connection.execute(text, arguments)
            return cursor.fetchall(), cursor.rowcount

        try:
            if _is_big(arguments):
                return await self._database.on_thread(work)
            return work()
        except sqlite3.IntegrityError as error:
            raise ConstraintBroken(str(error)) from error

    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> list[Row]:
        return (await self._run(compiled.text, arguments))[0]

    async def execute(self, sql: str, /, **params: Any) -> int:
        compiled = compile_sql(sql, "sqlite")
        self._saw(sql, params)
        return (await self._run(compiled.text, compiled.arguments(params)))[1]

    async def run_text(self, text: str, arguments: list[Any]) -> list[Row]:
        self._saw(text, {})
        return (await self._run(text, arguments))[0]

    async def plan_anew(self) -> None:
        """SQLite's plans do not go by the size of tables."""


class SQLiteDatabase(Database):
    engine = "sqlite"

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self._lock = asyncio.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._slow: sqlite3.Connection | None = None
        self._slow_thread: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="linli-writer")
        self._writer = await self.on_thread(lambda: connect(self.path))
        self._reader = await self.on_thread(lambda: connect(self.path, read_only=True))
        self._slow_thread = ThreadPoolExecutor(1, thread_name_prefix="linli-reader")
        self._slow = await self.on_thread(lambda: connect(self.path, read_only=True))

    async def close(self) -> None:
        async with self._lock:
            for thread in (self._slow_thread, self._thread):
                if thread is not None:
                    thread.shutdown(wait=True)
            for connection in (self._slow, self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._slow = self._reader = self._writer = None
            self._slow_thread = self._thread = None

    async def on_thread(self, work: Callable[[], T]) -> T:
        """Runs `work` on the writer's thread and waits for it even when cancelled."""
        return await self._wait_for(self._thread, work)

    async def _wait_for(self, thread: ThreadPoolExecutor | None, work: Callable[[], T]) -> T:
        future = asyncio.get_running_loop().run_in_executor(thread, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            # The thread is still using the connection: let it finish before anybody else may.
            with suppress(Exception):
                await future
            raise

    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> list[Row]:
        reader = self._reader
        if reader is None:
            raise RuntimeError(NOT_OPEN)
        if _is_big(arguments):
            return await self._slowly(compiled.text, arguments)
        return reader.execute(compiled.text, arguments).fetchall()

    async def fetch_apart(self, sql: str, /, **params: Any) -> list[Row]:
        """On the slow reader's thread: the other runs inline and would hold up every page."""
        compiled = compile_sql(sql, "sqlite")
        self._saw(sql, params)
        return await self._slowly(compiled.text, compiled.arguments(params))

    async def _slowly(self, text: str, arguments: list[Any]) -> list[Row]:
        slow = self._slow
        if slow is None:
            raise RuntimeError(NOT_OPEN)
        return await self._wait_for(self._slow_thread, lambda: slow.execute(text, arguments).fetchall())

    async def run_text(self, text: str, arguments: list[Any]) -> list[Row]:
        if self._reader is None:
            raise RuntimeError(NOT_OPEN)
        self._saw(text, {})
        return self._reader.execute(text, arguments).fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._lock:
            connection = self._writer
            if connection is None:
                raise RuntimeError(NOT_OPEN)
            try:
                await self._begin(connection)
                yield SQLiteTransaction(self, connection)
                await self._commit(connection)
            finally:
                # After a failed or cancelled BEGIN, work or COMMIT the connection is clean again.
                if connection.in_transaction:
                    await self.on_thread(connection.rollback)

    async def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            await self.on_thread(connection.commit)
        except sqlite3.IntegrityError as error:
            raise ConstraintBroken(str(error)) from error
        except sqlite3.OperationalError as error:
            raise Unavailable from error  # disk full or away: rolled back, nothing half

    async def _begin(self, connection: sqlite3.Connection) -> None:
        try:
            await self.on_thread(lambda: connection.execute("begin immediate"))
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise Unavailable from error
            raise

    async def pragma(self, text: str) -> None:
        """Sets a pragma on the writer, outside a transaction (migrations)."""
        async with self._lock:
            connection = self._writer
            if connection is None:
                raise RuntimeError(NOT_OPEN)
            await self.on_thread(lambda: connection.execute("pragma " + text))
