"""Piccolo's query builder on the house's own connections.

Piccolo's engines open a connection per query on SQLite and leak on a failed COMMIT; so its
tables run through this one. A read goes to the read-only connections; a write is given to
`unit.run(query)`, explicitly, so that no task can inherit a transaction by accident.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from piccolo.engine.base import Engine

from core.base.database import Database, Transaction

os.environ.setdefault("PICCOLO_CONF", "core.base.piccolo_conf")

_bound: ContextVar[Transaction | None] = ContextVar("linli_bound", default=None)


class HouseEngine(Engine[Any]):
    """The engine every Piccolo table uses: the one house of this process."""

    def __init__(self) -> None:
        self.database: Database | None = None
        self.log_queries = False
        self.log_responses = False

    @property
    def engine_type(self) -> str:  # type: ignore[override]  # Piccolo sets it once; ours follows the house
        return self.database.engine if self.database is not None else "sqlite"

    @property
    def current_transaction(self) -> ContextVar[Any]:  # type: ignore[override]  # read-only on purpose
        return _bound

    async def get_version(self) -> float:
        return 15.0 if self.engine_type == "postgres" else 3.40

    def get_version_sync(self) -> float:
        return 15.0 if self.engine_type == "postgres" else 3.40

    async def prep_database(self) -> None:
        return None

    async def batch(self, query: Any, batch_size: int = 100, node: str | None = None) -> Any:
        raise RuntimeError("batch() is not offered: read a set, or page by key")

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> list[Any]:
        text, arguments = querystring.compile_string(engine_type=self.engine_type)
        return await self._run(text, list(arguments))

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        return await self._run(ddl, [])

    async def _run(self, text: str, arguments: list[Any]) -> list[Any]:
        target = _bound.get() or self.database
        if target is None:
            raise RuntimeError("no house is open in this process")
        return await target.run_text(text, arguments)

    def transform_response_to_dicts(self, results: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in results]

    @asynccontextmanager
    async def transaction(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        # Only migrations come here, and they are inside one already.
        if _bound.get() is None:
            raise RuntimeError("only an act opens a transaction: use core.api.act")
        yield self

    def atomic(self) -> Any:
        raise RuntimeError("only an act opens a transaction: use core.api.act")


engine = HouseEngine()


@asynccontextmanager
async def bound(transaction: Transaction) -> AsyncIterator[None]:
    """Piccolo queries awaited inside the block run on the transaction."""
    token = _bound.set(transaction)
    try:
        yield
    finally:
        _bound.reset(token)
