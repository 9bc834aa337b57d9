"""The registry: nothing is served that was not declared, and a plugin's mistake is the plugin's."""

from typing import Any

import pluggy
import pytest
from litestar import Litestar
from litestar import get as litestar_get

from core.base.house import House
from core.extension.registry import Registry
from tests.support.cast import Cast
from tests.web.guest import Guest
from web.app import create_app, gather
from web.ask import Ask
from web.routes import Answer, Route, Rule, Undeclared, clashes, get, post
from web.site import Site


async def nothing(ask: Ask) -> Answer:
    return ask.answer(b"", "text/plain")


def test_every_served_address_has_a_rule(app: Litestar) -> None:
    site: Site = app.state.site
    declared = {(route.rule.method, route.rule.path) for route in site.routes}
    assert len(declared) == len(site.routes) > 20
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "OPTIONS" not in handler.http_methods:
                assert isinstance(handler.opt["rule"], Rule)


async def test_a_handler_without_a_rule_does_not_start(house: House) -> None:
    @litestar_get("/back-door", sync_to_thread=False)
    def back_door() -> str:
        return "come in"

    with pytest.raises(Undeclared, match="/back-door"):
        create_app(house, extra=[back_door])


def test_a_rule_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(Undeclared):
        get("/x", name="x", permission="team.read", anonymous=True)(nothing)
    with pytest.raises(Undeclared):
        get("x", name="x")(nothing)


def test_a_page_without_a_name_cannot_be_declared() -> None:
    with pytest.raises(TypeError):
        get("/x")(nothing)  # type: ignore[call-arg]  # that it has no default is what is tested


def test_one_address_or_name_twice_is_found() -> None:
    first = get("/a/{one}", name="a")(nothing)
    assert clashes([first, get("/a/{two}", name="b")(nothing)])
    assert clashes([first, get("/b", name="a")(nothing)])
    assert not clashes([first, post("/a/{one}", name="b")(nothing)])


def test_only_pages_without_persons_are_open_to_strangers() -> None:
    anonymous = {route.rule.name for route in gather(None) if route.rule.anonymous}
    assert anonymous == {
        "static",
        "healthz",
        "robots",
        "landing",
        "sign_in",
        "sign_in.send",
        "sign_in.who",
        "sign_in.code",
        "sign_out",
        "code",
        "code.use",
        "forgot",
        "forgot.ask",
        "card.found",
        "first_operator",
        "first_operator.make",
        "receipt.check",
        "receipt.check.send",
        "prefs",
        "area.card",
        "join",
        "join.send",
        "join.thanks",
    }


@litestar_get("/raw", sync_to_thread=False)
def raw() -> str:
    return "undeclared"


def wrong(kind: str) -> list[Any]:
    """What a careless plugin may hand in."""
    pages: dict[str, list[Any]] = {
        "not a route": [raw],
        "anonymous": [get("/a", name="patrol.a", anonymous=True, tenant="none")(nothing)],
        "foreign permission": [get("/a", name="patrol.a", permission="reward.write")(nothing)],
        "foreign name": [get("/a", name="home")(nothing)],
        "twice": [get("/a", name="patrol.a")(nothing), get("/a", name="patrol.b")(nothing)],
    }
    return pages[kind]


@pytest.mark.parametrize("kind", ["not a route", "anonymous", "foreign permission", "foreign name", "twice"])
async def test_a_plugin_with_wrong_routes_is_left_out_and_the_house_starts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    registry: Registry = cast.house.registry
    plugin = registry.plugins["patrol"]
    monkeypatch.setattr(plugin.module, "routes", pluggy.HookimplMarker("linli")(lambda: wrong(kind)))
    manager = pluggy.PluginManager("linli")
    from core.extension import specs

    manager.add_hookspecs(specs)
    manager.register(plugin.module, "patrol")
    object.__setattr__(plugin, "hooks", manager.hook)
    app = create_app(cast.house)
    assert registry.broken["patrol"]
    guest = Guest(app, {"linli": await cast.token("王队长")})
    assert (await guest.get("/c/hongqi")).status == 200
    assert (await guest.get("/c/hongqi/x/patrol/shifts")).status == 404


def test_a_route_keeps_its_rule_below_a_plugin() -> None:
    route: Route = get("/things/{thing}", name="p.thing", permission="p.read", tenant="team")(nothing)
    mounted = route.below("/c/{slug:str}/x/p", "p")
    assert mounted.rule.path == "/c/{slug:str}/x/p/things/{thing:str}"
    assert (mounted.rule.permission, mounted.rule.tenant, mounted.rule.plugin) == ("p.read", "team", "p")
