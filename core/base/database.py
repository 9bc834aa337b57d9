"""SQLite and PostgreSQL behind one small interface.

Reads go to read-only connections, so that nothing can be written outside an act or a note.
`Transaction` is what acts, notes and migrations stand on; nobody else opens one.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Protocol

from core.base.sql import Compiled, Engine, compile_sql


class Row(Protocol):
    """A row of either engine: read it as row["name"]."""

    def __getitem__(self, key: str | int, /) -> Any: ...
    def keys(self) -> Any: ...


class Statement(tuple[str, Mapping[str, Any]]):
    """What `watch` saw: the house's text and its parameters."""

    @property
    def sql(self) -> str:
        return self[0]


class Retry(Exception):
    """Deadlock, serialization failure or a connection lost before COMMIT: the work may run again."""


class CommitLost(Exception):
    """The connection was lost while committing: the outcome is unknown until it is looked up."""


class Reads(ABC):
    """What reads: a database, and a transaction within it."""

    engine: Engine

    @abstractmethod
    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> list[Row]: ...

    @abstractmethod
    def _saw(self, sql: str, params: Mapping[str, Any]) -> None: ...

    async def fetch(self, sql: str, /, **params: Any) -> list[Row]:
        """All rows. `sql` is a constant of the code (see core.base.sql)."""
        compiled = compile_sql(sql, self.engine)
        self._saw(sql, params)
        return await self._fetch(compiled, compiled.arguments(params))

    async def one(self, sql: str, /, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = await self.fetch(sql, **params)
        return rows[0] if rows else None

    async def value(self, sql: str, /, **params: Any) -> Any:
        """The first column of the first row, or None."""
        rows = await self.fetch(sql, **params)
        return rows[0][0] if rows else None


class Transaction(Reads):
    """An open transaction on a writing connection."""

    @abstractmethod
    async def execute(self, sql: str, /, **params: Any) -> int:
        """Runs a statement; returns the number of rows it touched. Raises ConstraintBroken."""

    @abstractmethod
    async def run_text(self, text: str, arguments: list[Any]) -> list[Row]:
        """Runs an engine's own text (migrations and the query builder)."""

    @abstractmethod
    async def plan_anew(self) -> None:
        """Forgets plans that were made while tables were smaller.

        PostgreSQL keeps for each connection how it checks a foreign key. Made when the other table had a few
        rows, that plan may walk through a community; with thousands of rows at once it costs minutes.
        """


class Database(Reads):
    """One process's connections to one database."""

    def __init__(self) -> None:
        self._watchers: list[list[Statement]] = []

    def _saw(self, sql: str, params: Mapping[str, Any]) -> None:
        for log in self._watchers:
            log.append(Statement((sql, params)))

    @contextmanager
    def watch(self) -> Iterator[list[Statement]]:
        """Collects the statements run inside the block (tests count and inspect them)."""
        log: list[Statement] = []
        self._watchers.append(log)
        try:
            yield log
        finally:
            # By identity: two empty logs are equal, and remove() would take the other one.
            self._watchers[:] = [w for w in self._watchers if w is not log]

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Opens a writing transaction: committed at the end, rolled back on any error.

        Raises Retry, CommitLost, Unavailable. Leaves no connection or lock behind, whatever fails.
        """

    @abstractmethod
    async def run_text(self, text: str, arguments: list[Any]) -> list[Row]:
        """Runs an engine's own reading text on a read-only connection (the query builder)."""

    async def fetch_apart(self, sql: str, /, **params: Any) -> list[Row]:
        """All rows of a statement that takes its time (a job's count), so that no page waits for it."""
        return await self.fetch(sql, **params)
