"""Answers that are the same for everybody: static files, the health check, robots.txt."""

from core.base.errors import NotFound
from web.ask import Ask
from web.routes import Answer, get

YEAR = 365 * 24 * 3600


@get("/static/{rest:path}", name="static", tenant="none", anonymous=True, plain=True)
async def static(ask: Ask) -> Answer:
    """A static file. Its address carries its hash, so it may be kept for ever."""
    asset = ask.site.assets.at(ask.target.partition("?")[0])
    if asset is None:
        raise NotFound
    return ask.answer(
        asset.body, asset.media_type, headers=[("cache-control", f"public, max-age={YEAR}, immutable")]
    )


@get("/healthz", name="healthz", tenant="none", anonymous=True, plain=True)
async def healthz(ask: Ask) -> Answer:
    """Whether this worker serves and its database answers."""
    await ask.house.db.value("select 1")
    return ask.answer(b"ok\n", "text/plain", headers=[("cache-control", "no-store")])


@get("/robots.txt", name="robots", tenant="none", anonymous=True, plain=True)
async def robots(ask: Ask) -> Answer:
    return ask.answer(b"User-agent: *\nDisallow: /\n", "text/plain")


ROUTES = (static, healthz, robots)
