"""Forms sent from elsewhere: another origin, another session's token, the token from before signing in."""

import pytest
from litestar import Litestar

from tests.support.cast import PASSWORD, Cast
from tests.support.ways import give_pin, make_slip
from tests.web.conftest import Enter
from tests.web.entering import NEW
from tests.web.guest import Fields, Guest
from web.site import Site

FAMILY = ("sign_in", "code", "first_operator", "step_up", "account", "slip", "card", "pin", "behalf")


def forms_of(app: Litestar) -> list[str]:
    site: Site = app.state.site
    rules = [r.rule for r in site.routes if r.rule.method == "POST" and r.rule.name.startswith(FAMILY)]
    return [filled_in(rule.path, "28899999") for rule in rules]


def filled_in(path: str, number: str) -> str:
    given = {"{slug:str}": "hongqi", "{number:str}": number, "{token:str}": "A" * 26}
    for place, value in {**given, "{slip:str}": "A" * 12, "{visit:str}": "A" * 12}.items():
        path = path.replace(place, value)
    return path


def filled(cast: Cast, code: str) -> Fields:
    """Everything right, but for the token."""
    own = {"password": PASSWORD, "again": PASSWORD, "old": PASSWORD, "secret": PASSWORD}
    ids = {"request_id": "A" * 26, "code": code, "who": "0", "session": "1", "ticket": "x"}
    number = cast["赵叔叔"].number
    who = {"login": number, "number": number, "name": "x", "phone": "13800000000"}
    return {**own, **ids, **who, "q": cast["李阿姨"].number, "pin": "804172"}


async def changed(cast: Cast) -> list[int]:
    """Rows of what any of these forms could write."""
    return [
        await cast.house.db.value(count)
        for count in (
            "select count(*) from session",
            "select count(*) from slip where used_at is not null or ended_at is not null",
            "select count(*) from card",
            "select count(*) from pin",
            "select count(*) from visit",
            "select max(changed_at) from credential",
        )
    ]


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_from_another_origin_nothing_is_taken_even_with_the_right_token(
    app: Litestar, enter: Enter, cast: Cast, headers: dict[str, str]
) -> None:
    await give_pin(cast, "李阿姨")
    code = await make_slip(cast, "赵叔叔")
    worker = await enter("陈社工")
    token = (await worker.get("/account")).csrf
    paths = forms_of(app)
    assert len(paths) >= 20
    before = await changed(cast)
    cast.house.clock.advance(5)  # type: ignore[attr-defined]  # the tests' clock
    for path in paths:
        reply = await worker.post(path, {**filled(cast, code), "_csrf_token": token}, **headers)
        assert reply.status == 403, path
    assert await changed(cast) == before


async def test_with_another_sessions_token_nothing_is_taken(app: Litestar, enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "李阿姨")
    code = await make_slip(cast, "赵叔叔")
    worker, other = await enter("陈社工"), await enter("陈社工")
    foreign = (await other.get("/account")).csrf
    before = await changed(cast)
    for path in forms_of(app):
        for token in (foreign, "", "0" * 64):
            reply = await worker.post(path, {**filled(cast, code), "_csrf_token": token})
            assert reply.status == 403, path
    assert await changed(cast) == before


async def test_nobody_is_signed_in_or_given_a_password_behind_his_back(visitor: Guest, cast: Cast) -> None:
    """Login CSRF: the attacker's page signs the victim into the attacker's account."""
    code = await make_slip(cast, "赵叔叔")
    attacker = Guest(visitor.app)
    token = (await attacker.get("/sign-in")).csrf
    await visitor.get("/sign-in")
    for path in ("/sign-in", "/code"):
        fields = {**filled(cast, code), "password": NEW if path == "/code" else PASSWORD, "again": NEW}
        assert (await visitor.post(path, {**fields, "_csrf_token": token})).status == 403
        assert "linli" not in visitor.cookies


async def test_opening_an_address_changes_nothing(app: Litestar, enter: Enter, cast: Cast) -> None:
    """No state change on GET: whatever picture or link an attacker puts on a page."""
    code = await make_slip(cast, "赵叔叔")
    worker = await enter("陈社工")
    before = await changed(cast)
    site: Site = app.state.site
    for route in site.routes:
        if route.rule.method == "GET" and route.rule.name.startswith(FAMILY):
            path = route.rule.path.replace("{slug:str}", "hongqi").replace(
                "{number:str}", cast["赵叔叔"].number
            )
            path = (
                path.replace("{slip:str}", "A" * 12)
                .replace("{visit:str}", "A" * 12)
                .replace("{token:str}", code)
            )
            await worker.get(f"{path}?c={code}&number={cast['赵叔叔'].number}")
            await Guest(app).get(f"{path}?c={code}")
    assert await changed(cast) == before
