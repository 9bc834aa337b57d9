"""One process's house: its database, keys, clock, plugins and texts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.base.clock import Clock
from core.base.database import Database
from core.base.postgres import PostgresDatabase
from core.base.query import engine
from core.base.settings import Settings
from core.base.sqlite import SQLiteDatabase
from core.base.vault import Vault

if TYPE_CHECKING:
    from core.base.outbox import Event


@dataclass(frozen=True)
class Handler:
    """Gets events after their act was committed; at least once, in order per subject."""

    name: str
    events: frozenset[str]
    run: Callable[["House", "Event"], Awaitable[None]]
    community: Callable[["House", int | None], Awaitable[bool]] | None = None


@dataclass(frozen=True)
class Job:
    """Something done every so often by one worker at a time; a second run changes nothing.

    `wanted` reads whether there is anything to do; while there is not, an idle house writes nothing.
    """

    name: str
    every: int  # milliseconds
    run: Callable[["House"], Awaitable[Any]]
    wanted: Callable[["House"], Awaitable[bool]] | None = None


@dataclass
class House:
    """Everything a verb needs besides its own inputs. Opened with `open_house`."""

    settings: Settings
    db: Database
    clock: Clock
    vault: Vault
    registry: Any = None  # core.extension.registry.Registry
    texts: Any = None  # core.base.i18n.Texts
    handlers: tuple[Handler, ...] = ()
    jobs: tuple[Job, ...] = ()
    approvals: Mapping[str, Any] = field(default_factory=dict)  # core.community.approvals.Kind by key
    cache: dict[Any, Any] = field(default_factory=dict)
    running: set[asyncio.Task[Any]] = field(default_factory=set)

    def consumers(self, event: str) -> list[str]:
        """Names of the handlers that want an event."""
        return [h.name for h in self.handlers if event in h.events]

    async def close(self) -> None:
        """Waits for acts whose caller went away, then closes the database."""
        while self.running:
            await asyncio.wait(set(self.running), timeout=30)
        await self.db.close()
        if engine.database is self.db:
            engine.database = None


async def open_house(
    settings: Settings,
    *,
    clock: Clock | None = None,
    registry: Any = None,
    texts: Any = None,
    handlers: Iterable[Handler] = (),
    jobs: Iterable[Job] = (),
    approvals: Mapping[str, Any] | None = None,
) -> House:
    """Opens the database and gathers what the process needs. Migrations are not run here."""
    db: Database = PostgresDatabase(settings.database)
    if settings.engine == "sqlite":
        db = SQLiteDatabase(str(settings.sqlite_path))
    await db.open()
    engine.database = db
    return House(
        settings=settings,
        db=db,
        clock=clock or Clock(),
        vault=Vault(settings.secret),
        registry=registry,
        texts=texts,
        handlers=tuple(handlers),
        jobs=tuple(jobs),
        approvals=approvals or {},
    )
