"""The application over the cast, and browsers of its figures; on one engine, unless a test asks for both."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from litestar import Litestar

from core.base.act import Unit
from core.base.house import House
from core.extension import switch
from core.points import rules
from tests.support.apps import application
from tests.support.cast import Cast
from tests.web.guest import Guest

Enter = Callable[[str], Awaitable[Guest]]
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def app(house: House, cast: Cast) -> Litestar:
    """Every plugin is switched on and has published rules in 红旗社区; none is in 新兴社区."""

    async def open_up(unit: Unit) -> dict[str, Any]:
        for plugin in house.registry:
            await switch.enable(unit, plugin.name)
            await rules.publish(unit, plugin.name, plugin.manifest.rules(), "2026-01-01")
        return {}

    await cast.do(cast.system(), open_up)
    return application(house)


@pytest.fixture
def visitor(app: Litestar) -> Guest:
    """Somebody who has not signed in."""
    return Guest(app)


@pytest.fixture
def enter(app: Litestar, cast: Cast) -> Enter:
    """`await enter("李阿姨")`: her browser, signed in."""

    async def signed_in(name: str) -> Guest:
        return Guest(app, {"linli": await cast.token(name)})

    return signed_in
