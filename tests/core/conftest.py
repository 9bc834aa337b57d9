"""The crowd of tests/support/crowd.py, once for each module and engine."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from core.base.house import House, open_house
from core.base.settings import Settings
from tests.support import crowd
from tests.support.databases import fresh_database


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def crowded(request: pytest.FixtureRequest, run: Any, tmp_path_factory: Any) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("crowd")
    with fresh_database(request.param, run, folder, "crowd", crowd.crowded) as settings:
        yield settings


@pytest.fixture
async def crowd_house(crowded: Settings) -> AsyncIterator[House]:
    opened = await open_house(crowded)
    try:
        yield opened
    finally:
        await opened.close()
