"""Requests that read on after their programme is gone; relations of today once each; who collected."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.query import engine

ID = "2026-11-27T00:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "requests keep their words, relations that hold are there once, exchanges say who collected"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core", description=DESCRIPTION)

    async def change() -> None:
        for statement in schema.statements(
            "0011_relations.sql", "postgres" if engine.engine_type == "postgres" else "sqlite"
        ):
            await engine.run_ddl(statement)

    manager.add_raw(change)
    return manager
