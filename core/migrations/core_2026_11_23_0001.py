"""The first schema: acts, people, activities, the book, rewards."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.query import engine

ID = "2026-11-23T00:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "first schema"
FILES = ("0001_base.sql", "0002_community.sql", "0003_activity.sql", "0004_points.sql", "0005_reward.sql")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core", description=DESCRIPTION)

    async def create() -> None:
        for name in FILES:
            for statement in schema.statements(
                name, "postgres" if engine.engine_type == "postgres" else "sqlite"
            ):
                await engine.run_ddl(statement)

    manager.add_raw(create)
    return manager
