"""Codes that are sent by e-mail, beside printed slips."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.base import schema
from core.base.query import engine

ID = "2026-11-26T00:00:00:000016"
VERSION = "1.38.0"
DESCRIPTION = "codes by e-mail"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core", description=DESCRIPTION)

    async def change() -> None:
        for statement in schema.statements(
            "0016_mail.sql", "postgres" if engine.engine_type == "postgres" else "sqlite"
        ):
            await engine.run_ddl(statement)

    manager.add_raw(change)
    return manager
