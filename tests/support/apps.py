"""The web application of a test's house, built once a process.

Building it (catalogues, templates, four hundred handlers) takes longer than most tests. What it is built from
are files and the manifests of the plugins; the house is the only part that is a test's own.
"""

from typing import Any

from litestar import Litestar

from core.base.house import House
from web.app import create_app

_built: dict[Any, tuple[Litestar, Any]] = {}


def application(house: House) -> Litestar:
    """`create_app(house)`, or the application of an earlier test moved into this house.

    A test that changes how an application is built calls `create_app` itself.
    """
    manifests = tuple(plugin.manifest for plugin in house.registry or ())
    key = (tuple(map(id, manifests)), house.settings.secret, house.settings.secure_cookies)
    if key not in _built:
        _built[key] = create_app(house), manifests  # kept, so that no other manifest gets the id of one
        return _built[key][0]
    app = _built[key][0]
    site = app.state.site
    object.__setattr__(site, "house", house)  # frozen, so that nobody does this but here
    house.texts = site.texts
    site.menus.clear()
    return app
