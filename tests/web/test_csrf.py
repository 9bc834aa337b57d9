"""Forms are taken from our own pages only, from the session they were made for."""

import pytest
from litestar import Litestar

from core.base.vault import Vault
from tests.support.cast import PASSWORD, Cast
from tests.support.offices import Offices
from tests.web.conftest import Enter
from tests.web.guest import Guest
from web.csrf import Forms
from web.site import Site

PREFS = {"size": "elder", "next": "/c/hongqi"}


async def test_every_form_of_the_house_wants_a_token(app: Litestar, enter: Enter, offices: Offices) -> None:
    guests = [await enter(name) for name in ("陈社工", "林主任", "施运维")]
    site: Site = app.state.site
    posts = [route.rule for route in site.routes if route.rule.method == "POST"]
    assert posts
    assert all(rule.csrf for rule in posts)
    for rule in posts:
        if not rule.plugin and "{last" not in rule.path:
            path = rule.path.replace("{slug:str}", "hongqi").replace("{redemption:str}", "0123456789AB")
            statuses = {(await guest.post(path, {"request_id": "A" * 26})).status for guest in guests}
            assert 403 in statuses, rule
            assert statuses <= {403, 404}, rule  # 404: without the permission there is no form at all


@pytest.mark.parametrize("token", ["", "0" * 64, "中文", "x"])
async def test_a_wrong_token_changes_nothing(enter: Enter, cast: Cast, token: str) -> None:
    member = await enter("赵叔叔")
    reply = await member.post("/prefs", {**PREFS, "_csrf_token": token})
    assert reply.status == 403
    size = await cast.house.db.value("select size from person where id = :id", id=cast["赵叔叔"].person)
    assert size == ""


async def test_the_token_of_another_session_is_worth_nothing(enter: Enter) -> None:
    mine, other = await enter("赵叔叔"), await enter("赵叔叔")
    token = (await other.get("/c/hongqi")).csrf
    assert (await mine.post("/prefs", {**PREFS, "_csrf_token": token})).status == 403
    assert (await other.post("/prefs", {**PREFS, "_csrf_token": token})).status == 303


async def test_the_token_from_before_signing_in_is_worth_nothing_afterwards(
    visitor: Guest, cast: Cast
) -> None:
    page = await visitor.get("/sign-in")
    await visitor.submit(page, "/sign-in", login=cast["赵叔叔"].number, password=PASSWORD)
    assert (await visitor.post("/prefs", {**PREFS, "_csrf_token": page.csrf})).status == 403


async def test_a_visitors_token_hangs_on_his_own_cookie(visitor: Guest) -> None:
    token = (await visitor.get("/sign-in")).csrf
    stranger = Guest(visitor.app)
    await stranger.get("/sign-in")
    assert (await stranger.post("/prefs", {**PREFS, "_csrf_token": token})).status == 403
    stranger.cookies.clear()
    assert (await stranger.post("/prefs", {**PREFS, "_csrf_token": token})).status == 403


async def test_the_token_may_come_as_a_header(enter: Enter) -> None:
    member = await enter("赵叔叔")
    token = (await member.get("/c/hongqi")).csrf
    assert (await member.post("/prefs", dict(PREFS), **{"x-csrf-token": token})).status == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://linli.test.evil.example"}, 403),
        ({"origin": "http://linli.test"}, 303),
        ({}, 303),
    ],
)
async def test_a_form_from_elsewhere_is_refused_even_with_the_token(
    enter: Enter, headers: dict[str, str], status: int
) -> None:
    member = await enter("赵叔叔")
    token = (await member.get("/c/hongqi")).csrf
    assert (await member.post("/prefs", {**PREFS, "_csrf_token": token}, **headers)).status == status


def test_a_token_tells_nothing_about_the_session() -> None:
    forms = Forms(Vault(b"k" * 32))
    token = forms.token("session:abc")
    assert "abc" not in token
    assert forms.fits("session:abc", token)
    assert not forms.fits("visitor:abc", token)
    assert not forms.fits("session:abc", "")
    assert not Forms(Vault(b"l" * 32)).fits("session:abc", token)
