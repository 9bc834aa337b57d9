"""Who gets in: nobody unknown, nobody foreign, and nobody can tell foreign from absent."""

import re

import pytest
from litestar import Litestar

from tests.support.cast import Cast
from tests.web.conftest import Enter
from tests.web.guest import Guest
from tests.web.walks import record_patrol
from web.routes import Route
from web.site import Site


def routes_of(app: Litestar) -> list[Route]:
    """What belongs to a community and is not open to everybody."""
    site: Site = app.state.site
    return [r for r in site.routes if "{slug" in r.rule.path and r.rule.tenant != "public"]


def filled(route: Route, slug: str, thing: str) -> str:
    path = route.rule.path.replace("{slug:str}", slug)
    return re.sub(r"\{[a-z_]+:[a-z]+\}", thing, path)


async def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(visitor: Guest) -> None:
    reply = await visitor.get("/c/hongqi", **{"hx-request": "true", "hx-request-type": "partial"})
    assert (reply.status, reply.body) == (401, b"")
    assert reply.header("hx-redirect") == "/sign-in?next=%2Fc%2Fhongqi"


async def test_a_page_without_the_permission_looks_like_no_page(enter: Enter) -> None:
    member = await enter("赵叔叔")
    absent = await member.get("/c/hongqi/points/0123456789AB")
    for path in (
        "/c/hongqi/counter",
        "/c/hongqi/review",
        "/c/hongqi/x/patrol/shifts/new",
        "/c/hongqi/x/nothing",
    ):
        reply = await member.get(path)
        assert reply.status == absent.status == 404
    assert (await member.get("/design")).status == 404


async def test_a_role_taken_away_closes_the_page_at_once(enter: Enter, cast: Cast) -> None:
    clerk = await enter("孙店员")
    assert (await clerk.get("/c/hongqi/counter")).status == 200
    grant = await cast.house.db.value(
        "select id from role_grant where person = :person", person=cast["孙店员"].person
    )
    from core.community.roles import end_grant

    await cast.do(cast.system(), lambda unit: end_grant(unit, grant))
    assert (await clerk.get("/c/hongqi/counter")).status == 404


async def test_a_plugin_switched_off_closes_its_pages_at_once(enter: Enter, cast: Cast) -> None:
    from core.extension.switch import disable

    leader = await enter("王队长")
    assert (await leader.get("/c/hongqi/x/patrol/shifts")).status == 200
    await cast.do(cast.system(), lambda unit: disable(unit, "patrol"))
    assert (await leader.get("/c/hongqi/x/patrol/shifts")).status == 404
    assert "/x/patrol" not in (await leader.get("/c/hongqi")).text


@pytest.mark.parametrize("slug", ["sign-in", "static", "healthz", "x", "prefs", "..", "%2e%2e", "a%00b"])
async def test_words_of_other_addresses_in_a_path_open_nothing(
    visitor: Guest, enter: Enter, slug: str
) -> None:
    member = await enter("赵叔叔")
    assert (await visitor.get(f"/c/{slug}/points")).status in (303, 404)
    assert (await member.get(f"/c/{slug}/points")).status == 404
    assert (await member.get(f"/c/hongqi/points/{slug}")).status in (404, 200)


async def test_control_characters_in_an_address_are_an_absent_page(enter: Enter) -> None:
    member = await enter("赵叔叔")
    for path in ("/c/hongqi/points/a\x00b", "/c/hong\x00qi", "/c/hongqi/points/" + "9" * 5000):
        assert (await member.get(path)).status == 404


async def test_a_page_costs_at_most_three_statements_after_the_session(
    app: Litestar, enter: Enter, cast: Cast
) -> None:
    leader = await enter("王队长")
    await record_patrol(leader, cast, "王队长", "李阿姨", "赵叔叔")
    line = await cast.house.db.value("select public_id from transfer limit 1")
    people = ("李阿姨", "王队长", "陈社工", "孙店员", "周审计", "施运维")
    for name in people:
        guest = await enter(name)
        for route in routes_of(app):
            if route.rule.method != "GET":
                continue
            path = filled(route, "hongqi", line)
            await guest.get(path)
            with cast.house.db.watch() as log:
                reply = await guest.get(path)
            assert reply.status in (200, 303, 404), (name, path)
            if reply.status == 404:
                continue  # a refusal is written down
            assert len(log) <= 1 + 3, (name, path, [statement.sql[:60] for statement in log])
