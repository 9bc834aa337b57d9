"""Campaigns use the machine's own clock and processes of their own."""

from collections.abc import AsyncIterator

import pytest

from core.base.house import House, open_house
from core.base.settings import Settings
from tests.support.book import check_book
from tests.support.town import Town, found_town


@pytest.fixture
async def live_house(settings: Settings) -> AsyncIterator[House]:
    house = await open_house(settings)
    try:
        yield house
    finally:
        await house.close()


@pytest.fixture
async def town(live_house: House) -> AsyncIterator[Town]:
    """A town of eight volunteers; its book is audited when the campaign is over."""
    made = await found_town(live_house, volunteers=8)
    yield made
    assert await check_book(live_house.db) == []
