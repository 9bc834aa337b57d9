"""Every test of the book starts in a small town, and its book is audited when the test is over."""

from collections.abc import AsyncIterator

import pytest

from core.base.house import House
from tests.support.book import check_book
from tests.support.town import Town, found_town


@pytest.fixture
async def town(house: House) -> AsyncIterator[Town]:
    made = await found_town(house)
    yield made
    assert await check_book(house.db) == []
