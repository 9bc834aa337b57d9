"""The application: gathers the declared routes, mounts the programmes' pages, starts nothing undeclared."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response
from litestar import get as litestar_get
from litestar import post as litestar_post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import Message, Scope

from core.base.house import House
from core.base.i18n import Texts
from core.base.jobs import Runner
from core.extension.calls import BadAnswer
from core.extension.calls import ask as ask_plugin
from core.extension.registry import Plugin, Registry
from web import door, errors
from web.ask import PRIVATE
from web.assets import Assets
from web.cookies import Cookies
from web.csrf import Forms
from web.forms import MOST_FIELDS
from web.pages import (
    account,
    activities,
    activity,
    adjust,
    applications,
    approvals,
    area_edit,
    areas,
    audit,
    book,
    book_settings,
    cards,
    counter,
    duty,
    first_operator,
    first_password,
    fixed,
    forgot,
    gifts,
    handed_over,
    home,
    import_run,
    imports,
    join,
    landing,
    me,
    merge,
    moving,
    new_community,
    notices,
    on_behalf,
    overview,
    own_phone,
    own_roles,
    people,
    periods,
    person,
    person_death,
    person_edit,
    person_farewell,
    person_lost,
    person_new,
    person_teams,
    points,
    posts,
    programmes,
    relations,
    review,
    rewards,
    role_end,
    roles,
    second_step,
    security,
    settings,
    settings_lists,
    shut_out,
    slips,
    step_up,
    stock,
    stock_counters,
    stock_edit,
    team_edit,
    team_members,
    teams,
)
from web.render import Renderer
from web.routes import Route, Rule, Undeclared, clashes
from web.security import standing_headers
from web.site import Site

FOLDER = Path(__file__).parent
BELOW = "/c/{slug:str}/x/"
NOWHERE = Rule("nowhere", "GET", "/", "", "none", True, False, "read", 0)


def texts_of(registry: Registry | None) -> Texts:
    """The words of the house and of its plugins."""
    plugins = [(p.name, p.manifest.folder / "locale") for p in registry] if registry is not None else []
    return Texts(FOLDER / "locale", plugins)


# The house's own pages, one line a family.
_OWN: list[Route] = [
    *fixed.ROUTES,
    *account.ROUTES,
    *first_password.ROUTES,
    *forgot.ROUTES,
    *first_operator.ROUTES,
    *step_up.ROUTES,
    *security.ROUTES,
    *own_phone.ROUTES,
    *second_step.ROUTES,
    *landing.ROUTES,
    *home.ROUTES,
    *points.ROUTES,
    *book.ROUTES,
    *adjust.ROUTES,
    *book_settings.ROUTES,
    *gifts.ROUTES,
    *periods.ROUTES,
    *notices.ROUTES,
    *rewards.ROUTES,
    *counter.ROUTES,
    *on_behalf.ROUTES,
    *slips.ROUTES,
    *shut_out.ROUTES,
    *cards.ROUTES,
    *review.ROUTES,
    *merge.ROUTES,
    *people.ROUTES,
    *person_new.ROUTES,
    *person.ROUTES,
    *person_edit.ROUTES,
    *person_teams.ROUTES,
    *person_lost.ROUTES,
    *person_farewell.ROUTES,
    *person_death.ROUTES,
    *moving.ROUTES,
    *applications.ROUTES,
    *join.ROUTES,
    *me.ROUTES,
    *overview.ROUTES,
    *new_community.ROUTES,
    *areas.ROUTES,
    *area_edit.ROUTES,
    *posts.ROUTES,
    *relations.ROUTES,
    *teams.ROUTES,
    *team_edit.ROUTES,
    *team_members.ROUTES,
    *duty.ROUTES,
    *stock.ROUTES,
    *stock_edit.ROUTES,
    *stock_counters.ROUTES,
    *handed_over.ROUTES,
    *activities.ROUTES,
    *activity.ROUTES,
    *settings.ROUTES,
    *settings_lists.ROUTES,
    *programmes.ROUTES,
    *roles.ROUTES,
    *role_end.ROUTES,
    *approvals.ROUTES,
    *audit.ROUTES,
    *own_roles.ROUTES,
    *imports.ROUTES,
    *import_run.ROUTES,
]


def own_routes() -> list[Route]:
    """The house's own pages."""
    return list(_OWN)


def _declared(found: Any) -> list[Route]:
    routes = list(found) if found is not None else []
    for route in routes:
        if not isinstance(route, Route):
            raise BadAnswer(f"{route!r} was not made with web.api.get or web.api.post")
        if route.rule.tenant == "none" or route.rule.anonymous:
            raise BadAnswer(f"{route.rule.name}: a plugin's page belongs to a community and its members")
    return routes


def plugin_routes(plugin: Plugin, taken: list[Route]) -> list[Route]:
    """A plugin's pages, mounted below its address. Raises Undeclared with the reason it cannot have them."""
    if "routes" not in plugin.implements:
        return []
    outcome = ask_plugin(plugin, "routes", _declared)
    if outcome.value is None:
        raise Undeclared(f"its routes failed: {outcome.error}")
    mounted = [route.below(BELOW + plugin.name, plugin.name) for route in outcome.value]
    known = {permission.key for permission in plugin.manifest.permissions}
    strange = [r.rule.name for r in mounted if r.rule.permission and r.rule.permission not in known]
    if strange:
        raise Undeclared(f"{strange[0]} asks for a permission the manifest does not declare")
    wrong = [r.rule.name for r in mounted if not r.rule.name.startswith(plugin.name + ".")]
    if wrong:
        raise Undeclared(f"the route's name {wrong[0]!r} does not begin with {plugin.name + '.'!r}")
    found = clashes([*taken, *mounted])
    if found:
        raise Undeclared(found[0])
    return mounted


def gather(registry: Registry | None) -> list[Route]:
    """All routes of this process; a plugin whose routes cannot be mounted is marked broken and left out."""
    routes = own_routes()
    found = clashes(routes)
    if found:
        raise Undeclared("; ".join(found))
    if registry is None:
        return routes
    for plugin in list(registry):
        try:
            routes += plugin_routes(plugin, routes)
        except Undeclared as problem:
            registry.mark_broken(plugin.name, str(problem))
    return routes


def _handler(site: Site, route: Route) -> HTTPRouteHandler:
    rule = route.rule

    async def endpoint(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await door.answer(site, route, request)

    if rule.method == "GET":
        return litestar_get(rule.path, name=rule.name, opt={"rule": rule})(endpoint)
    return litestar_post(
        rule.path, name=rule.name, opt={"rule": rule}, status_code=200, request_max_body_size=rule.body
    )(endpoint)


def _check(app: Litestar) -> None:
    """Nothing is served that was not declared."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()) or [getattr(route, "route_handler", None)]:
            methods: set[str] = getattr(handler, "http_methods", set())
            if methods != {"OPTIONS"} and not isinstance(getattr(handler, "opt", {}).get("rule"), Rule):
                raise Undeclared(f"{route.path} is served by a handler that no rule was declared for")


def create_app(house: House, *, jobs: bool = False, extra: Iterable[Any] = ()) -> Litestar:
    """The ASGI application for an open house. `jobs` runs its background work too.

    Raises Undeclared when a handler (of `extra`, or of anything else that got in) has no rule.
    """
    registry = house.registry
    texts = house.texts = house.texts or texts_of(registry)
    routes = gather(registry)
    plugins = list(registry or ())
    assets = Assets(FOLDER / "static", [(p.name, p.manifest.folder / "static") for p in plugins])
    renderer = Renderer(texts, assets, [(p.name, p.manifest.folder / "templates") for p in plugins])
    cookies = Cookies(secure=house.settings.secure_cookies)
    site = Site(house, texts, assets, renderer, Forms(house.vault), cookies, tuple(routes))
    standing = standing_headers(secure=house.settings.secure_cookies)

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *standing]

    def other(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        return _outside(site, request, error)

    runner = Runner(house)

    async def stop() -> None:
        await runner.stop()

    app = Litestar(
        route_handlers=[*(_handler(site, route) for route in routes), *extra],
        openapi_config=None,
        logging_config=None,
        multipart_form_part_limit=MOST_FIELDS,
        debug=False,
        before_send=[add_headers],
        exception_handlers={HTTPException: other, Exception: other},
        on_startup=[runner.start] if jobs else [],
        on_shutdown=[stop] if jobs else [],
    )
    _check(app)
    app.state.site = site
    return app


def _outside(site: Site, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What never reached a page: an unknown address, a wrong method, a failure of the framework."""
    request.scope.setdefault("path_params", {})
    ask = door.prepare(site, NOWHERE, request)
    answer = (
        errors.from_litestar(ask, error) if isinstance(error, HTTPException) else errors.failed(ask, error)
    )
    headers = dict(PRIVATE)
    return Response(answer.body, status_code=answer.status_code, headers=headers, media_type="text/html")
