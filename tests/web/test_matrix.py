"""Every route × every role × what is one's own, another team's, another community's, or not there at all.

Built from the registry of routes: a page declared tomorrow is in it by itself. What is foreign answers as
what is absent: the same status, body (but for what was asked), headers and statements.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

import pytest
from litestar import Litestar

from core.base.clock import MINUTE, FixedClock
from core.community import audit_log
from tests.support.offices import Offices
from tests.web.conftest import BOTH
from tests.web.guest import Guest, Reply
from tests.web.places import absent_in, filled, parameters, values_in
from tests.web.world import ROLES, World, make_world
from web.routes import Route
from web.site import Site

# What differs between two answers that say the same: random tokens and ids of requests.
RANDOM = re.compile(r'(name="(_csrf_token|request_id)" value|hx-headers:inherited)=("[^"]*"|\'[^\']*\')')
FINE = (200, 303)
TEAM_ROLES = ("leader", "deputy")


@pytest.fixture
async def world(app: Litestar, offices: Offices, monkeypatch: pytest.MonkeyPatch) -> World:
    # Refusals are written down up to a number (tests/web/test_audit.py): here none, for there are thousands.
    monkeypatch.setattr(audit_log, "MOST_REFUSED", 0)
    return await make_world(app, offices)


def routes_of(app: Litestar) -> list[Route]:
    site: Site = app.state.site
    return [route for route in site.routes if "{slug" in route.rule.path]


@dataclass
class Looked:
    """What came of one request; two are equal when nobody could tell them apart."""

    status: int
    body: str
    headers: list[str]
    statements: Counter[str]

    def differs(self, other: "Looked") -> str:
        for part in ("status", "headers", "body", "statements"):
            one, two = getattr(self, part), getattr(other, part)
            if one != two:
                return f"{part}: {_short(one)} against {_short(two)}"
        return ""


def _short(value: object) -> str:
    return str(value)[:300]


@dataclass
class Trier:
    """Sends requests as somebody; the caches of who he is are warm before anything is measured."""

    world: World
    tokens: dict[str, str] = field(default_factory=dict)

    async def look(self, name: str, route: Route, slug: str, values: dict[str, str]) -> Looked:
        path = filled(route, slug, values)
        guest = self.world.guests[name]
        with self.world.cast.house.db.watch() as log:
            reply = await self.send(name, guest, route, path)
        body = RANDOM.sub("", reply.text)
        # Short ones are numbers of rows; they stand in the path alone.
        for value in (path, slug, *(v for v in values.values() if len(v) > 6)):
            body = body.replace(value, "ASKED")
        return Looked(reply.status, body, [h for h, _ in reply.headers], Counter(s.sql for s in log))

    async def warm(self) -> None:
        for guest in self.world.guests.values():
            for slug in ("hongqi", "xinxing", "nowhere"):
                await guest.get(f"/c/{slug}")

    async def send(self, name: str, guest: Guest, route: Route, path: str) -> Reply:
        if route.rule.method == "GET":
            return await guest.get(path)
        if name not in self.tokens:
            page = await guest.get("/prefs-are-on-every-page")
            self.tokens[name] = page.csrf
        return await guest.post(path, {"_csrf_token": self.tokens[name], "request_id": "A" * 26})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_what_is_foreign_looks_like_what_is_absent_whoever_asks_and_wherever(
    world: World, clock: FixedClock
) -> None:
    trier, db = Trier(world), world.cast.house.db
    faults: list[str] = []
    tried = 0
    for number, route in enumerate(routes_of(world.app)):
        if number % 10 == 0:
            clock.advance(2 * MINUTE)  # budgets for forms begin anew
            await trier.warm()
        none = absent_in(route)
        for name, role in ROLES.items():
            slug = world.home(name)
            there = "xinxing" if slug == "hongqi" else "hongqi"
            pairs = []
            if none:
                foreign = await values_in(db, route, world.community(there))
                aside = await values_in(db, route, world.community(slug), aside=True)
                pairs.append(("of another community", slug, foreign, slug, none))
                if role in TEAM_ROLES and route.rule.tenant == "team":
                    pairs.append(("of another team", slug, aside, slug, none))
            if route.rule.tenant != "public" and role not in ("operator", "street"):
                pairs.append(("below another community", there, foreign if none else {}, "nowhere", none))
            for what, where, values, elsewhere, nothing in pairs:
                if values is None or (where == elsewhere and values == nothing):
                    continue
                tried += 1
                looked = await trier.look(name, route, where, values)
                absent = await trier.look(name, route, elsewhere, nothing)
                said = looked.differs(absent)
                if looked.status in FINE and not (
                    route.rule.tenant == "public" and what != "of another team"
                ):
                    said = f"it is open: {looked.status}"
                if looked.status >= 500:
                    said = f"it fails: {looked.status}"
                if said:
                    faults.append(f"{route.rule.method} {route.rule.path} as {role}, {what}: {said}")
    assert not faults, f"{len(faults)} of {tried}\n" + "\n".join(faults[:40])
    assert tried > 500


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_each_parameter_leads_somewhere_when_it_is_one_s_own(world: World) -> None:
    """Otherwise the matrix would compare nothing with nothing. And no page of one's own fails."""
    db = world.cast.house.db
    led: dict[str, set[int]] = {}
    for route in routes_of(world.app):
        if route.rule.method != "GET":
            continue
        values = await values_in(db, route, world.cast.hongqi)
        assert values is not None
        for name in ROLES:
            if world.home(name) == "hongqi":
                reply = await world.guests[name].get(filled(route, "hongqi", values))
                assert reply.status < 500, (name, route.rule.path)
                for parameter in parameters(route):
                    led.setdefault(parameter, set()).add(reply.status)
    assert [name for name, statuses in led.items() if 200 not in statuses] == []


async def test_the_street_office_reads_totals_and_no_name_or_number(world: World) -> None:
    cast, db = world.cast, world.cast.house.db
    people = [f for f in cast.figures.values() if f.name != "高科长"]
    told = {f.name for f in people} | {f.number for f in people if f.number} | {f.phone for f in people}
    opened = 0
    for route in routes_of(world.app):
        if route.rule.method != "GET":
            continue
        for slug in ("hongqi", "xinxing"):
            values = await values_in(db, route, world.community(slug)) or {}
            reply = await world.guests["高科长"].get(filled(route, slug, values))
            if reply.status != 200:
                continue
            opened += 1
            assert [text for text in told if text in reply.text] == [], route.rule.path
    assert opened > 6


async def test_a_visitor_reads_what_is_public_and_is_sent_to_sign_in_elsewhere(world: World) -> None:
    visitor = Guest(world.app)
    for route in routes_of(world.app):
        for slug in ("hongqi", "nowhere"):
            path = filled(route, slug, absent_in(route))
            with world.cast.house.db.watch() as log:
                reply = await visitor.send(route.rule.method, path, b"", {})
            if route.rule.anonymous:
                assert reply.status < 500, route.rule
                continue
            assert reply.status == 303, route.rule
            assert reply.location.startswith("/sign-in?next=%2Fc%2F" + slug)
            assert not log, "nothing is looked up for a visitor"
