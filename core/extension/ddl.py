"""A plugin's tables, written once for both engines in the words of the core's own schema."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.query import engine


def schema_migration(app: str, migration_id: str, description: str, sql: str) -> MigrationManager:
    """A Piccolo migration that runs `sql`, written in the words that core.base.schema knows.

    Those are `id key`, `bigint`, `text`, `bytes`, and `-- @append_only a, b` for tables nothing may change.
    """
    manager = MigrationManager(migration_id=migration_id, app_name=app, description=description)

    async def create() -> None:
        for statement in schema.written(sql, "postgres" if engine.engine_type == "postgres" else "sqlite"):
            await engine.run_ddl(statement)

    manager.add_raw(create)
    return manager
