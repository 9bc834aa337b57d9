"""Brings a database to the schema of the code: the core first, then each plugin.

One lock is held throughout, so two starters do not collide. The core migrates in one
transaction; each plugin in its own, and one that fails is reported and left out, not in the
way of the others. SQLite is copied first when there is something to lose.

Piccolo's own runner imports migrations by bare file name (two plugins with one name ran the
first's twice) and writes its record outside the transaction; so the files are Piccolo's, the
running is here.
"""

import contextlib
import fcntl
import importlib.util
import io
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.database import Database, Transaction
from core.base.postgres import PostgresDatabase
from core.base.query import bound, engine
from core.base.settings import Settings
from core.base.sqlite import SQLiteDatabase

CORE = Path(__file__).parent.parent / "migrations"
_LOCK = 727001

_RECORD = """create table if not exists migration (
    app text not null, name text not null, at text not null, primary key (app, name))"""


@dataclass(frozen=True)
class Source:
    """One app's folder of migration files. Plugins' files begin with the plugin's name."""

    app: str
    folder: Path


@dataclass
class Report:
    """What was run ('app/name'), which plugins failed and why, and where the copy of SQLite lies."""

    ran: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    backup: Path | None = None


def pending_files(source: Source, done: set[str]) -> list[Path]:
    """Files of an app that have not run, in order."""
    return [p for p in sorted(source.folder.glob(f"{source.app}_*.py")) if p.stem not in done]


def load(source: Source, path: Path) -> ModuleType:
    """Imports a migration under a name no other app can have."""
    name = f"linli_migrations.{source.app}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def migrate(
    settings: Settings, plugins: Iterable[Source] = (), say: Callable[[str], None] = lambda _: None
) -> Report:
    """Runs what has not run. Raises what a core migration raises, with nothing changed."""
    report = Report()
    async with _locked(settings), _owner(settings) as database:
        engine_before = engine.database
        engine.database = database
        try:
            async with database.transaction() as transaction:
                await transaction.run_text(_RECORD, [])
                rows = await transaction.run_text("select app, name from migration", [])
            done = {(r["app"], r["name"]) for r in rows}
            sources = [Source("core", CORE), *plugins]
            waiting = [s for s in sources if pending_files(s, {n for a, n in done if a == s.app})]
            if waiting and done and settings.engine == "sqlite":
                report.backup = backup(settings)
            for source in waiting:
                names = {n for a, n in done if a == source.app}
                try:
                    await _run_app(database, source, pending_files(source, names), report, say)
                except Exception as error:
                    if source.app == "core":
                        raise
                    report.failed[source.app] = f"{type(error).__name__}: {error}"
            if settings.engine == "postgres" and report.ran:
                await _grant(database, settings)
        finally:
            engine.database = engine_before
    return report


async def _run_app(
    database: Database, source: Source, files: list[Path], report: Report, say: Callable[[str], None]
) -> None:
    sqlite = database if isinstance(database, SQLiteDatabase) else None
    if sqlite is not None:
        await sqlite.pragma("foreign_keys = off")  # outside a transaction, else it does nothing
    try:
        ran: list[str] = []
        async with database.transaction() as transaction, bound(transaction):
            for path in files:
                say(f"{source.app}: {path.stem}")
                await _run_file(load(source, path))
                await transaction.execute(
                    "insert into migration (app, name, at) values (:app, :name, :at)",
                    app=source.app,
                    name=path.stem,
                    at=datetime.now(UTC).isoformat(),
                )
                ran.append(f"{source.app}/{path.stem}")
            if sqlite is not None:
                await _check_foreign_keys(transaction)
        report.ran += ran
    finally:
        if sqlite is not None:
            await sqlite.pragma("foreign_keys = on")


async def _run_file(module: ModuleType) -> None:
    with redirect_stdout(io.StringIO()):  # Piccolo prints its progress; ours is said by the caller
        manager = await module.forwards()
        if isinstance(manager, MigrationManager):
            await manager.run()


async def _check_foreign_keys(transaction: Transaction) -> None:
    broken = await transaction.run_text("pragma foreign_key_check", [])
    if broken:
        raise RuntimeError(f"rows of {broken[0]['table']} point to rows that do not exist")


async def pending(
    settings: Settings, database: Database, plugins: Iterable[Source] = ()
) -> dict[str, list[str]]:
    """Names of migrations that have not run, by app."""
    try:
        rows = await database.run_text("select app, name from migration", [])
    except (sqlite3.OperationalError, asyncpg.UndefinedTableError):
        rows = []
    done = {(r["app"], r["name"]) for r in rows}
    found = {
        s.app: [p.stem for p in pending_files(s, {n for a, n in done if a == s.app})]
        for s in [Source("core", CORE), *plugins]
    }
    return {app: names for app, names in found.items() if names}


def backup(settings: Settings) -> Path:
    """Copies the SQLite database with its own backup interface and checks the copy."""
    folder = settings.data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / datetime.now(UTC).strftime("before-migration-%Y%m%dT%H%M%S%f.db")
    with (
        contextlib.closing(sqlite3.connect(settings.sqlite_path)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        if copy.execute("pragma integrity_check").fetchone()[0] != "ok":
            raise RuntimeError(f"the copy {target.name} is damaged; nothing was migrated")
    target.chmod(0o600)
    return target


@asynccontextmanager
async def _locked(settings: Settings) -> AsyncIterator[None]:
    """Keeps a second process out: a file lock beside SQLite, a session lock in PostgreSQL."""
    if settings.engine == "sqlite":
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        with settings.sqlite_path.with_suffix(".migrate.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    connection = await asyncpg.connect(settings.owner_database or settings.database)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        yield
    finally:
        await connection.close()


@asynccontextmanager
async def _owner(settings: Settings) -> AsyncIterator[Any]:
    database: Database
    if settings.engine == "sqlite":
        database = SQLiteDatabase(str(settings.sqlite_path))
    else:
        database = PostgresDatabase(settings.owner_database or settings.database, pool=2)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def _grant(database: Database, settings: Settings) -> None:
    """Gives the application role what it needs and no more: book rows may be added, never changed."""
    role = urlsplit(settings.database).username
    if not settings.owner_database or not role:
        return
    async with database.transaction() as transaction:
        await transaction.run_text(
            "select set_config('linli.role', $1, true), set_config('linli.book', $2, true)",
            [role, ",".join(schema.append_only_tables())],
        )
        await transaction.run_text(_GRANTS, [])


_GRANTS = """
do $$
declare role text := current_setting('linli.role'); book text; t record;
begin
    execute format('grant usage on schema public to %I', role);
    execute format('grant usage, select on all sequences in schema public to %I', role);
    for t in select tablename from pg_tables where schemaname = 'public' loop
        if t.tablename = any (string_to_array(current_setting('linli.book'), ',')) then
            execute format('revoke all on %I from %I', t.tablename, role);
            execute format('grant select, insert on %I to %I', t.tablename, role);
        elsif t.tablename = 'migration' then
            execute format('grant select on %I to %I', t.tablename, role);
        else
            execute format('grant select, insert, update, delete on %I to %I', t.tablename, role);
        end if;
    end loop;
end $$
"""
