"""Fresh databases: made once a run, copied for each test, on either engine."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.base.migrate import migrate
from core.base.settings import Settings
from core.extension.registry import load
from tests.support.postgres import OWNER, cluster_of, locked
from tests.support.server import linli

SECRET = b"a master key for tests, nowhere else"
Fill = Callable[[Settings], None]


def in_thread(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine in a loop of its own, whatever loop this thread has."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def migrated(settings: Settings) -> None:
    """Fills a blank database with the schema of the core and of the bundled plugins."""
    report = in_thread(migrate(settings, load(settings.plugins).sources()))
    assert not report.failed, report.failed


def loaded(settings: Settings) -> None:
    """Fills a blank database with the demo, by the commands a newcomer's `make run` uses."""
    linli(settings, "migrate")
    linli(settings, "demo")


@contextmanager
def fresh_database(engine: str, run: Path, folder: Path, name: str, fill: Fill | None) -> Iterator[Settings]:
    """A database of a test's own, gone afterwards.

    `fill` makes the template called `name` once a run; without it the database is blank. `folder` becomes the
    data folder.
    """
    blank = Settings(data_dir=folder, database="", secret=SECRET)
    if engine == "sqlite":
        settings = replace(blank, database=f"sqlite:///{folder / 'linli.db'}")
        if fill is not None:
            shutil.copytree(sqlite_template(run, name, fill), folder, dirs_exist_ok=True)
        yield settings
        return
    cluster = cluster_of(run)

    def at(database: str) -> Settings:
        return replace(blank, database=cluster.url(database), owner_database=cluster.url(database, OWNER))

    template = "template0" if fill is None else cluster.template(name, lambda database: fill(at(database)))
    database = cluster.create(template)
    try:
        yield at(database)
    finally:
        cluster.drop(database)


def sqlite_template(run: Path, name: str, fill: Fill) -> Path:
    """The data folder all tests copy."""
    ready = run / f"data.{name}"
    with locked(run / f"{name}.lock"):
        if not ready.exists():
            # Filled under another name, so that a failed filling is not taken for a template.
            folder = run / f"making.{name}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            settings = Settings(data_dir=folder, database=f"sqlite:///{folder / 'linli.db'}", secret=SECRET)
            fill(settings)
            with contextlib.closing(sqlite3.connect(settings.sqlite_path)) as connection:
                connection.execute("pragma wal_checkpoint(truncate)").fetchall()
            folder.rename(ready)
    return ready
