"""The plugin's Piccolo app: where its migrations are and which tables they make."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from plugins.patrol.tables import PatrolFinding, PatrolPair, PatrolShift

TABLES = (PatrolShift, PatrolPair, PatrolFinding)

# Left out of `table_classes` on purpose: the migrations are plain SQL with checks and composite keys, which
# Piccolo's differ cannot express, so nothing may try to make these tables anew.
APP_CONFIG = AppConfig(
    app_name="patrol",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[],
    migration_dependencies=[],
)
