"""Seals over the book and the log; what the reconciler found."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.query import engine

ID = "2026-11-27T00:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "seals, proofs and freezes of the book"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core", description=DESCRIPTION)

    async def change() -> None:
        for statement in schema.statements(
            "0009_seals.sql", "postgres" if engine.engine_type == "postgres" else "sqlite"
        ):
            await engine.run_ddl(statement)

    manager.add_raw(change)
    return manager
