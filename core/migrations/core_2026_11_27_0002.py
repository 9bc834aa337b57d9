"""Points that end, holds that end, gifts, star levels, closed months."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.query import engine

ID = "2026-11-27T00:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "points that end, gifts, star levels, closed months"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core", description=DESCRIPTION)

    async def change() -> None:
        for statement in schema.statements(
            "0010_book.sql", "postgres" if engine.engine_type == "postgres" else "sqlite"
        ):
            await engine.run_ddl(statement)

    manager.add_raw(change)
    return manager
