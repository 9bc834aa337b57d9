"""Plumbing of the suite: what the machine lacks, the run's folder, fresh databases on both engines."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.base.clock import FixedClock, moment
from core.base.database import Database
from core.base.house import House, open_house
from core.base.settings import Settings
from core.extension.registry import load
from core.lifecycle.approval_kinds import approval_kinds
from tests.support import campaign as campaigns
from tests.support import needs, postgres
from tests.support.browser import Phone, open_phone
from tests.support.cast import Cast, make_cast
from tests.support.databases import fresh_database, loaded, migrated, sqlite_template
from tests.support.offices import Offices, make_offices
from tests.support.scope.catalogue import schema_at
from tests.support.scope.watch import Watch
from tests.support.server import Server, serving

RUN = "LINLI_TEST_RUN"
_OWNED = pytest.StashKey[Path]()
TONIGHT = moment(datetime(2026, 11, 23, 21), "Asia/Shanghai")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run makes the folder all its workers share."""
    if RUN not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="linli-", dir=_room()))
        folder.chmod(0o755)  # the server's user must reach its data
        os.environ[RUN] = str(folder)
        config.stash[_OWNED] = folder


def _room() -> str:
    """Memory where there is plenty: copying a database a test takes a third of the time it takes on a disk.

    Either path is short, because a socket's may have 107 characters; so TMPDIR is not asked.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 * 1024**3
    return str(memory) if roomy and os.access(memory, os.W_OK) else "/tmp"


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_OWNED, None)
    if folder is not None:
        postgres.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[RUN]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests the machine cannot run are skipped; under CI they run, and so fail."""
    lacks = {marker: why for marker, why in needs.missing().items() if marker not in needs.required()}
    for item in items:
        for marker, why in lacks.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    for marker, why in needs.missing().items():
        count = sum(why in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.write_line(
                f"NOT TESTED: {count} {marker} tests, because {why}.", red=True, bold=True
            )


@pytest.fixture(scope="session")
def run() -> Path:
    """The folder all processes of this run share."""
    return Path(os.environ[RUN])


@pytest.fixture(scope="session", autouse=True)
def watch_of_scope(run: Path) -> Watch:
    """Looks at every statement the product runs, from here on (see tests.support.scope)."""
    watch = Watch(schema_at(sqlite_template(run, "migrated", migrated) / "linli.db"))
    watch.install()
    return watch


@pytest.fixture(autouse=True)
def every_statement_names_its_community(watch_of_scope: Watch) -> Iterator[None]:
    """Fails the test in which the product ran a statement that does not (docs/decisions/0030)."""
    watch_of_scope.hits.clear()
    yield
    assert not watch_of_scope.hits, "\n".join(dict.fromkeys(watch_of_scope.hits))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that (through another fixture) asks for it runs on both engines."""
    return str(request.param)


@pytest.fixture
def settings(engine: str, run: Path, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh database with the whole schema and no rows."""
    with fresh_database(engine, run, tmp_path, "migrated", migrated) as fresh:
        yield fresh


@pytest.fixture
def blank_settings(engine: str, run: Path, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a database without any table."""
    with fresh_database(engine, run, tmp_path, "blank", None) as fresh:
        yield fresh


@pytest.fixture
def clock() -> FixedClock:
    """Stands at nine in the evening of 23 November 2026 in Shanghai until a test moves it."""
    return FixedClock(TONIGHT)


@pytest.fixture
async def house(settings: Settings, clock: FixedClock) -> AsyncIterator[House]:
    """An open house on a fresh database, with the allowed plugins."""
    registry = load(settings.plugins)
    opened = await open_house(
        settings,
        clock=clock,
        registry=registry,
        approvals=approval_kinds(registry),
        handlers=registry.handlers(),
    )
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def db(house: House) -> Database:
    return house.db


@pytest.fixture
async def cast(house: House) -> Cast:
    """Two communities with one of each role (see tests.support.cast)."""
    return await make_cast(house)


@pytest.fixture
async def offices(cast: Cast) -> Offices:
    """The cast with an administrator, the street office and a tree of areas (see tests.support.offices)."""
    return await make_offices(cast)


@pytest.fixture
def campaign() -> campaigns.Campaign:
    """How many rounds a random campaign goes: few here, many under `make torture`."""
    return campaigns.from_environment()


@pytest.fixture
def demo_settings(run: Path, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a copy of the demo on SQLite."""
    with fresh_database("sqlite", run, tmp_path, "demo", loaded) as fresh:
        yield fresh


@pytest.fixture
def server(demo_settings: Settings) -> Iterator[Server]:
    """The real server over a fresh copy of the demo, in a process of its own."""
    with serving(demo_settings) as running:
        yield running


@pytest.fixture
async def phone(server: Server) -> AsyncIterator[Phone]:
    """A browser at the demo's door: `page = await (await phone.context()).new_page()`."""
    async with open_phone(server.url) as opened:
        yield opened
