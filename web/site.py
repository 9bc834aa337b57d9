"""What all requests of a process share: the house and what web made of it at start."""

from dataclasses import dataclass, field
from typing import Any

from core.base.house import House
from core.base.i18n import Texts
from web.assets import Assets
from web.cookies import Cookies
from web.csrf import Forms
from web.render import Renderer
from web.routes import Route


@dataclass(frozen=True, slots=True)
class Site:
    house: House
    texts: Texts
    assets: Assets
    renderer: Renderer
    forms: Forms
    cookies: Cookies
    routes: tuple[Route, ...]
    menus: dict[Any, Any] = field(default_factory=dict)  # kept by web.frame
