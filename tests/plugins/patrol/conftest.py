"""The cast with patrols switched on, at three points an hour and half as much again at night."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from core.api import Attended, Unit
from core.base.clock import HOUR, MINUTE
from core.extension import switch
from plugins.patrol.rules import PatrolRules
from plugins.patrol.service import Shift
from tests.conftest import TONIGHT
from tests.support.cast import Cast
from tests.support.programme import publish_rules
from web.app import create_app

START = TONIGHT - 25 * HOUR  # last night, eight o'clock
END = START + 2 * HOUR
BASE = "/c/hongqi/x/patrol"


def attended(cast: Cast, name: str, from_at: int = START, to_at: int = END) -> Attended:
    """One of the cast, on the shift from when to when."""
    figure = cast[name]
    return Attended(
        volunteer=figure.volunteer or 0,
        person=figure.person,
        number=figure.number,
        from_at=from_at,
        to_at=to_at,
        minutes=(to_at - from_at) // MINUTE,
    )


def shift_of(cast: Cast, **parts: Any) -> Shift:
    """Last night's shift of the cast's team."""
    return Shift(**{"team": cast.team, "route": "沿河步道", "from_at": START, "to_at": END, **parts})


@pytest.fixture
async def patrol(cast: Cast) -> Cast:
    """The cast; both communities have switched patrols on and published their rules."""
    for community in (cast.hongqi, cast.xinxing):

        async def work(unit: Unit) -> dict[str, Any]:
            await switch.enable(unit, "patrol")
            return {}

        await cast.do(cast.system(community), work)
        await publish_rules(cast.house, community, "patrol", PatrolRules())
    return cast


@dataclass
class Visitor:
    """Somebody of the cast at the pages."""

    client: AsyncTestClient[Any]
    token: str

    async def get(self, path: str) -> Any:
        self.client.cookies.clear()
        return await self.client.get(path, headers={"cookie": "linli=" + self.token}, follow_redirects=False)

    async def form(self, path: str = BASE + "/shifts/new") -> dict[str, Any]:
        """The hidden fields of the page's recording form."""
        text = (await self.get(path)).text
        form = text[text.index("data-roster") - 2000 :]
        found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        return {"team": found["team"], "request_id": found["request_id"], "_csrf_token": found["_csrf_token"]}

    async def send(self, fields: dict[str, Any], path: str = BASE + "/shifts") -> Any:
        self.client.cookies.clear()
        return await self.client.post(
            path,
            data=fields,
            headers={"cookie": "linli=" + self.token, "sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )


@pytest.fixture
async def visit(patrol: Cast) -> AsyncIterator[Any]:
    """`await visit("王队长")`: that figure at the pages of a running application."""
    async with AsyncTestClient(create_app(patrol.house)) as client:

        async def come(name: str) -> Visitor:
            return Visitor(client, await patrol.token(name))

        yield come
