"""What every answer carries, and how refusals and failures look."""

import logging
import re
from typing import Any

import pytest
from litestar import Litestar

from core.base.errors import Unavailable
from tests.support.cast import Cast
from tests.web.conftest import Enter
from tests.web.guest import Guest
from web.app import create_app
from web.hx import answer_headers
from web.site import Site

STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


async def test_every_answer_carries_the_policy(visitor: Guest, enter: Enter) -> None:
    member = await enter("赵叔叔")
    style = STYLE.search((await visitor.get("/sign-in")).text)
    assert style is not None
    replies = [
        await visitor.get("/"),
        await visitor.get("/sign-in"),
        await visitor.get("/nothing"),
        await visitor.get("/c/hongqi"),
        await visitor.get("/healthz"),
        await visitor.get(style[1]),
        await visitor.get("/static/nothing.css"),
        await visitor.send("DELETE", "/sign-in", b"", {}),
        await visitor.post("/sign-in", {}),
        await member.get("/c/hongqi"),
        await member.get("/c/hongqi/counter"),
    ]
    assert [r.status for r in replies] == [200, 200, 404, 303, 200, 200, 404, 405, 403, 200, 404]
    for reply in replies:
        policy = reply.header("content-security-policy")
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert reply.header("x-content-type-options") == "nosniff"
        assert reply.header("referrer-policy") == "same-origin"
        assert "frame-ancestors 'none'" in policy


async def test_personal_pages_are_kept_by_nobody_and_vary(enter: Enter, visitor: Guest) -> None:
    member = await enter("赵叔叔")
    for reply in (
        await member.get("/c/hongqi"),
        await member.get("/c/hongqi/counter"),
        await visitor.get("/"),
    ):
        assert reply.header("cache-control") == "no-store"
        for name in ("Cookie", "Accept-Language", "HX-Request", "HX-Request-Type"):
            assert name in reply.header("vary")


async def test_static_files_are_kept_for_ever_under_their_hash(visitor: Guest, app: Litestar) -> None:
    site: Site = app.state.site
    url = site.assets.url("css/linli.css")
    reply = await visitor.get(url)
    assert reply.status == 200
    assert "immutable" in reply.header("cache-control")
    assert reply.header("content-type").startswith("text/css")
    assert not reply.all("set-cookie")
    for path in (
        "/static/css/linli.css",
        "/static/../web/app.py",
        "/static/%2e%2e/pyproject.toml",
        url.replace(".css", "0.css"),
        "/static/..\\app.py",
    ):
        assert (await visitor.get(path)).status == 404, path


async def test_nothing_describes_the_addresses_to_strangers(visitor: Guest) -> None:
    for path in ("/schema", "/schema/openapi.json", "/docs", "/.git/config", "/api"):
        assert (await visitor.get(path)).status == 404
    assert (await visitor.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"), ("en-GB,fr", "en"), ("fr", "zh-Hans")],
)
async def test_an_unknown_address_is_told_in_the_readers_language(
    visitor: Guest, app: Litestar, header: str, language: str
) -> None:
    visitor.language = header
    reply = await visitor.get("/nothing/at/all")
    assert reply.status == 404
    assert reply.header("content-type") == "text/html; charset=utf-8"
    assert f'<html lang="{language}"' in reply.text
    site: Site = app.state.site
    assert site.texts.gettext(language, "This page is not here") in reply.text


async def test_a_failure_is_a_page_with_a_number_and_one_line_in_the_log(
    cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("password=hunter2\r\nFAKE LOG LINE")

    monkeypatch.setattr("web.pages.home.read_home", fails)
    member = await enter("赵叔叔")
    with caplog.at_level(logging.ERROR, "linli.web"):
        reply = await member.get("/c/hongqi?x=%0d%0aFAKE")
    assert reply.status == 500
    (record,) = [r for r in caplog.records if r.name == "linli.web"]
    line = record.getMessage()
    assert "\n" not in line
    assert "\r" not in line
    reference = line.split(":")[0]
    assert reference in reply.text
    assert "hunter2" not in reply.text
    assert "Traceback" not in reply.text


async def test_a_busy_database_is_a_503_that_says_nothing_is_lost(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: Any, **__: Any) -> Any:
        raise Unavailable

    monkeypatch.setattr("web.pages.home.read_home", busy)
    reply = await (await enter("赵叔叔")).get("/c/hongqi")
    assert reply.status == 503
    assert "积分" in reply.text


async def test_htmx_gets_a_part_and_a_browser_the_page(enter: Enter) -> None:
    member = await enter("赵叔叔")
    part = {"hx-request": "true", "hx-request-type": "partial"}
    whole = await member.get("/c/hongqi/points")
    fragment = await member.get("/c/hongqi/points", **part)
    assert "<html" in whole.text
    assert "<html" not in fragment.text
    full = await member.get("/c/hongqi/points", **{"hx-request": "true", "hx-request-type": "full"})
    assert "<html" in full.text
    restored = await member.get("/c/hongqi/points", **part, **{"hx-history-restore-request": "true"})
    assert "<html" in restored.text
    error = await member.get("/c/hongqi/counter", **part)
    assert error.status == 404
    assert "<html" not in error.text


def test_what_htmx_reads_from_headers_is_ascii() -> None:
    headers = answer_headers(
        trigger={"points-changed": {"text": "积分"}}, push_url="/c/红旗?q=a b", redirect="/x\r\ny"
    )
    for name, value in headers:
        assert value.isascii(), name
        assert "\n" not in value
    assert dict(headers)["hx-push-url"] == "/c/%E7%BA%A2%E6%97%97?q=a%20b"


async def test_bodies_are_capped_and_only_forms_are_understood(enter: Enter) -> None:
    member = await enter("赵叔叔")
    token = (await member.get("/c/hongqi")).csrf
    large = f"_csrf_token={token}&next={'x' * 9000}".encode()
    assert (await member.post("/prefs", large)).status == 413
    strange = await member.post(
        "/prefs", b"{}", **{"content-type": "application/json", "x-csrf-token": token}
    )
    assert strange.status == 415
    parts = await member.post("/prefs", b"--x--", **{"content-type": "multipart/form-data; boundary=x"})
    assert parts.status == 415
    many = "&".join(f"f{n}=" for n in range(1900)).encode() + f"&_csrf_token={token}".encode()
    assert (await member.post("/prefs", many[:7000])).status == 403


async def test_budgets_count_for_themselves_and_for_each_person(enter: Enter, cast: Cast) -> None:
    first, other = await enter("赵叔叔"), await enter("钱奶奶")
    token = (await first.get("/c/hongqi")).csrf
    statuses = [(await first.post("/prefs", {"_csrf_token": token, "next": "/"})).status for _ in range(121)]
    assert statuses[:120] == [303] * 120
    refused = await first.post("/prefs", {"_csrf_token": token, "next": "/"})
    assert refused.status == 429
    assert 0 < int(refused.header("retry-after")) <= 60
    assert (await first.get("/c/hongqi")).status == 200, "reading goes on"
    fields = {"_csrf_token": token, "login": cast["赵叔叔"].number, "password": "wrong-password"}
    assert (await first.post("/sign-in", fields)).status == 422, "signing in has a budget of its own"
    theirs = (await other.get("/c/hongqi")).csrf
    assert (await other.post("/prefs", {"_csrf_token": theirs, "next": "/"})).status == 303
    cast.house.clock.advance(61_000)
    assert (await first.post("/prefs", {"_csrf_token": token, "next": "/"})).status == 303


async def test_health_is_told_without_a_cookie(cast: Cast) -> None:
    reply = await Guest(create_app(cast.house)).get("/healthz")
    assert (reply.status, reply.text) == (200, "ok\n")
    assert not reply.all("set-cookie")


async def test_a_failure_of_the_error_page_itself_is_still_an_answer(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await enter("赵叔叔")

    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no template works")

    monkeypatch.setattr("web.render.Renderer.page", fails)
    for path in ("/c/hongqi", "/nothing"):
        reply = await member.get(path)
        assert reply.status == 500
        assert re.fullmatch(r"500 [0-9A-Z]{8}\n", reply.text)
        assert "default-src 'none'" in reply.header("content-security-policy")
