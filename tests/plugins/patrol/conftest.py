"""The cast with patrols switched on, at three points an hour and half as much again at night."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.api import Attended, Unit
from core.base.clock import HOUR, MINUTE
from core.extension import switch
from plugins.patrol.rules import PatrolRules
from plugins.patrol.service import Shift
from tests.conftest import TONIGHT
from tests.support.apps import application
from tests.support.cast import Cast
from tests.support.programme import publish_rules
from tests.web.guest import Guest, Reply

START = TONIGHT - 25 * HOUR  # last night, eight o'clock
END = START + 2 * HOUR
BASE = "/c/hongqi/x/patrol"
Visit = Callable[[str], Awaitable["Visitor"]]


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


class Visitor(Guest):
    """Somebody of the cast at the plugin's pages."""

    async def form(self, path: str = BASE + "/shifts/new") -> dict[str, Any]:
        """The hidden fields of the page's recording form."""
        fields = (await self.get(path)).form(BASE + "/shifts")
        return {name: fields[name] for name in ("team", "request_id", "_csrf_token")}

    async def record(self, fields: dict[str, Any]) -> Reply:
        """Sends the recording form."""
        return await self.post(BASE + "/shifts", fields)


@pytest.fixture
async def visit(patrol: Cast) -> Visit:
    """`await visit("王队长")`: that figure at the pages of a running application."""
    app = application(patrol.house)

    async def come(name: str) -> Visitor:
        return Visitor(app, {"linli": await patrol.token(name)})

    return come
