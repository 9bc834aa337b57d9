"""Migrations: once, under a lock, in order, with a copy; a plugin that fails is left out."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from core.base.house import House
from core.base.migrate import Source, migrate, pending
from core.base.query import engine
from core.base.settings import Settings

FILE = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from core.base.query import engine

async def forwards():
    manager = MigrationManager(migration_id="{id}", app_name="{app}", description="")
    async def create():
        await engine.run_ddl("{sql}")
    manager.add_raw(create)
    return manager
"""


def plugin(folder: Path, app: str, *statements: str) -> Source:
    folder = folder / app
    folder.mkdir(parents=True, exist_ok=True)
    for number, sql in enumerate(statements, 1):
        (folder / f"{app}_{number:04}.py").write_text(FILE.format(id=number, app=app, sql=sql))
    return Source(app, folder)


async def tables(house: House) -> set[str]:
    if house.db.engine == "sqlite":
        rows = await house.db.run_text("select name from sqlite_master where type = 'table'", [])
    else:
        rows = await house.db.run_text(
            "select tablename as name from pg_tables where schemaname = 'public'", []
        )
    return {r["name"] for r in rows}


async def test_a_second_run_does_nothing(house: House, settings: Settings) -> None:
    report = await migrate(settings)
    assert report.ran == []
    assert await pending(settings, house.db) == {}


async def test_several_starters_at_once_migrate_once(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    source = plugin(tmp_path, "garden", "create table garden_bed (id bigint)")
    reports = await asyncio.gather(
        *(asyncio.to_thread(asyncio.run, migrate(settings, [source])) for _ in range(3))
    )
    assert sorted(len(r.ran) for r in reports) == [0, 0, 1]
    assert "garden_bed" in await tables(house)


async def test_two_plugins_may_number_their_files_alike(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    """Piccolo imports migrations by bare file name: the second app ran the first one's."""
    one = plugin(tmp_path / "a", "garden", "create table garden_bed (id bigint)")
    two = plugin(tmp_path / "b", "choir", "create table choir_song (id bigint)")
    for source, app in ((one, "garden"), (two, "choir")):
        path = source.folder / f"{app}_0001.py"
        path.rename(source.folder / f"{app}_same.py")
    report = await migrate(settings, [one, two])
    assert report.ran == ["garden/garden_same", "choir/choir_same"]
    assert {"garden_bed", "choir_song"} <= await tables(house)


async def test_a_plugin_that_fails_is_undone_and_left_out(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    bad = plugin(tmp_path, "bad", "create table bad_first (id bigint)", "create table nonsense (")
    good = plugin(tmp_path, "good", "create table good_first (id bigint)")
    report = await migrate(settings, [bad, good])
    assert report.ran == ["good/good_0001"]
    assert list(report.failed) == ["bad"]
    found = await tables(house)
    assert "good_first" in found and "bad_first" not in found
    assert await pending(settings, house.db, [bad, good]) == {"bad": ["bad_0001", "bad_0002"]}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_sqlite_is_copied_before_it_is_changed(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    report = await migrate(settings, [plugin(tmp_path, "garden", "create table garden_bed (id bigint)")])
    assert report.backup is not None
    copy = sqlite3.connect(report.backup)
    names = {r[0] for r in copy.execute("select name from sqlite_master")}
    copy.close()
    assert "transfer" in names and "garden_bed" not in names
    assert report.backup.stat().st_mode & 0o077 == 0


async def test_the_schema_of_the_code_is_the_schema_of_a_new_database(house: House) -> None:
    assert {"act", "transfer", "lot", "interval", "redemption", "person_secret"} <= await tables(house)


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_the_application_may_not_change_the_book(house: House) -> None:
    rows = await house.db.run_text(
        "select table_name as t, privilege_type as p from information_schema.role_table_grants "
        "where grantee = current_user and table_name in ('transfer', 'audit', 'points_account')",
        [],
    )
    rights: dict[str, set[str]] = {}
    for row in rows:
        rights.setdefault(row["t"], set()).add(row["p"])
    assert rights["transfer"] == rights["audit"] == {"SELECT", "INSERT"}
    assert rights["points_account"] == {"SELECT", "INSERT", "UPDATE", "DELETE"}


async def test_the_builder_s_engine_is_given_back(house: House, settings: Settings) -> None:
    await migrate(settings)
    assert engine.database is house.db
