"""PostgreSQL: a pool of read-only and a pool of writing connections, as the application role.

The pools' own reset query is off (it costs a round trip per use); instead no connection goes
back with a transaction open: one that cannot be rolled back is thrown away.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from core.base.database import CommitLost, Database, Retry, Row, Transaction
from core.base.errors import ConstraintBroken, Unavailable
from core.base.sql import Compiled, compile_sql

POOL = 6  # connections of each kind per process
WAIT_SECONDS = 10
NOT_OPEN = "the database is not open"

_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection cut in mid-statement can raise
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    ConnectionError,
)


async def _no_reset(_: Any) -> None:
    """The pool's reset: nothing, see above."""


class PostgresTransaction(Transaction):
    engine = "postgres"

    def __init__(self, database: "PostgresDatabase", connection: Any) -> None:
        self._database = database
        self._connection = connection
        # asyncpg refuses two statements at once; on SQLite they queue, so here they do too.
        self._turn = asyncio.Lock()

    def _saw(self, sql: str, params: Mapping[str, Any]) -> None:
        self._database._saw(sql, params)

    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> list[Row]:
        return await self._rows(compiled.text, arguments)

    async def _rows(self, text: str, arguments: list[Any]) -> list[Row]:
        try:
            async with self._turn:
                return list(await self._connection.fetch(text, *arguments))
        except asyncpg.IntegrityConstraintViolationError as error:
            raise ConstraintBroken(error.constraint_name or str(error)) from error
        except asyncpg.RaiseError as error:
            raise ConstraintBroken(str(error)) from error

    async def execute(self, sql: str, /, **params: Any) -> int:
        compiled = compile_sql(sql, "postgres")
        self._saw(sql, params)
        try:
            async with self._turn:
                status = await self._connection.execute(compiled.text, *compiled.arguments(params))
        except asyncpg.IntegrityConstraintViolationError as error:
            raise ConstraintBroken(error.constraint_name or str(error)) from error
        except asyncpg.RaiseError as error:
            raise ConstraintBroken(str(error)) from error
        last = status.rpartition(" ")[2]
        return int(last) if last.isdecimal() else 0

    async def run_text(self, text: str, arguments: list[Any]) -> list[Row]:
        self._saw(text, {})
        return await self._rows(text, arguments)

    async def plan_anew(self) -> None:
        async with self._turn:
            await self._connection.execute("discard plans")


class PostgresDatabase(Database):
    engine = "postgres"

    def __init__(self, address: str, pool: int = POOL) -> None:
        super().__init__()
        self.address = address
        self._size = pool
        self._reads: Any = None
        self._writes: Any = None

    async def open(self) -> None:
        common: dict[str, Any] = {
            "min_size": 1,
            "max_size": self._size,
            "statement_cache_size": 500,
            "max_inactive_connection_lifetime": 300,
            "reset": _no_reset,
        }
        self._reads = await asyncpg.create_pool(
            self.address,
            server_settings={"default_transaction_read_only": "on", "application_name": "linli-read"},
            **common,
        )
        self._writes = await asyncpg.create_pool(
            self.address, server_settings={"application_name": "linli-write"}, **common
        )

    async def close(self) -> None:
        for pool in (self._reads, self._writes):
            if pool is not None:
                try:
                    await asyncio.wait_for(pool.close(), 5)
                except TimeoutError:
                    pool.terminate()
        self._reads = self._writes = None

    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> list[Row]:
        return await self._read(compiled.text, arguments)

    async def run_text(self, text: str, arguments: list[Any]) -> list[Row]:
        self._saw(text, {})
        return await self._read(text, arguments)

    async def _read(self, text: str, arguments: list[Any]) -> list[Row]:
        if self._reads is None:
            raise RuntimeError(NOT_OPEN)
        for last in (False, True):
            try:
                async with self._reads.acquire(timeout=WAIT_SECONDS) as connection:
                    return list(await connection.fetch(text, *arguments))
            except TimeoutError as error:
                raise Unavailable from error
            except _LOST as error:
                # The server was restarted: the pool makes a new connection the second time.
                if last:
                    raise Unavailable from error
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self._writes is None:
            raise RuntimeError(NOT_OPEN)
        try:
            connection = await self._writes.acquire(timeout=WAIT_SECONDS)
        except (TimeoutError, asyncpg.TooManyConnectionsError) as error:
            raise Unavailable from error
        except _LOST as error:
            raise Retry from error
        try:
            try:
                await connection.execute("begin")
                yield PostgresTransaction(self, connection)
            except _AGAIN as error:
                raise Retry from error
            except _LOST as error:
                if connection.is_closed():
                    raise Retry from error
                raise
            await self._commit(connection)
        finally:
            await asyncio.shield(asyncio.ensure_future(self._give_back(connection)))

    async def _commit(self, connection: Any) -> None:
        try:
            status = await connection.execute("commit")
        except _AGAIN as error:
            raise Retry from error
        except asyncpg.IntegrityConstraintViolationError as error:
            raise ConstraintBroken(error.constraint_name or str(error)) from error
        except _LOST as error:
            raise CommitLost from error
        if status != "COMMIT":
            # A statement failed and its error was swallowed: PostgreSQL rolled back instead.
            raise ConstraintBroken("the transaction had failed and was rolled back")

    async def _give_back(self, connection: Any) -> None:
        """Returns a clean connection to the pool, or throws it away."""
        try:
            if not connection.is_closed() and connection.is_in_transaction():
                await asyncio.wait_for(connection.execute("rollback"), 5)
        except Exception:
            connection.terminate()
        with suppress(asyncpg.InterfaceError):
            await self._writes.release(connection)
