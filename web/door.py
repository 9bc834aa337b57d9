"""The door every request goes through: who is it, may he, is the form genuine; then the page; then errors.

One plain async function and no framework guards or dependencies: they cost thread hops, and a forgotten one
lets people in. The order is the same for everybody, so that foreign and absent cannot be told apart.
"""

import logging
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException

from core.base.errors import NotFound, NotSignedIn, Refused, Unavailable
from core.base.i18n import negotiate
from core.base.ids import token
from core.community.audit_log import tell_refusal
from core.community.sessions import hash_of
from core.community.viewer import load_viewer
from web import csrf, errors, forms
from web.ask import Ask
from web.cookies import YEAR, Likes, likes, parse
from web.forms import Upload
from web.rates import spend
from web.routes import Answer, Route, Rule
from web.security import same_origin
from web.site import Site

log = logging.getLogger("linli.web")
URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data"
TOO_LARGE = 413
_MOST_PATH = 200  # characters of one path parameter
# Where somebody of the office may go who must set up a second factor first.
_WITHOUT_FACTOR = ("account", "step_up", "sign_out", "sign_in", "prefs")


async def answer(site: Site, route: Route, request: Request[Any, Any, Any]) -> Answer:
    """Runs a page under its rule. Never raises."""
    ask = prepare(site, route.rule, request)
    try:
        if not route.rule.plain:
            await _enter(ask, request)
        return await route.run(ask)
    except Refused as refusal:
        if isinstance(refusal, NotFound):
            await _note_refusal(ask)
        return errors.refused(ask, refusal)
    except HTTPException as error:
        return (
            errors.refused(ask, errors.TooLarge())
            if error.status_code == TOO_LARGE
            else errors.from_litestar(ask, error)
        )
    except Exception as error:
        return errors.failed(ask, error)


async def _note_refusal(ask: Ask) -> None:
    """Foreign, absent and not permitted are written down alike, so that they stay alike."""
    if ask.viewer.person is None:
        return
    try:
        await tell_refusal(ask.viewer, ask.rule.name, ask.rule.method)
    except Unavailable:
        log.warning("a refusal could not be written down: %s", ask.rule.name)


def prepare(site: Site, rule: Rule, request: Request[Any, Any, Any]) -> Ask:
    """A request before anybody is known: headers, cookies, language by wish of the browser."""
    scope = request.scope
    headers = dict(scope["headers"])
    query = scope["query_string"]
    target = scope["path"] + ("?" + query.decode("latin-1") if query else "")
    ask = Ask(site, rule, headers, target)
    ask.now = site.house.clock.now()
    ask.path = dict(scope["path_params"])
    client = scope.get("client")
    ask.address = client[0] if client else ""
    ask.cookies = parse(headers.get(b"cookie", b""))
    ask.likes = likes(ask.cookies.get(site.cookies.likes, ""))
    ask.session_token = site.cookies.token(ask.cookies, site.cookies.session)
    visitor = site.cookies.token(ask.cookies, site.cookies.visitor)
    ask.binding = (
        "session:" + ask.session_token if ask.session_token else "visitor:" + visitor if visitor else ""
    )
    _speak(ask)
    return ask


def _speak(ask: Ask) -> None:
    wish = ask.viewer.locale if ask.viewer.person is not None else ""
    community = ask.community.locale if ask.community is not None else ""
    accept = ask.headers.get(b"accept-language", b"").decode("latin-1")
    ask.lang = negotiate(wish, ask.likes.lang, accept, community)
    ask.catalogue = ask.site.texts.catalogue(ask.lang)


async def _enter(ask: Ask, request: Request[Any, Any, Any]) -> None:
    rule, site = ask.rule, ask.site
    if ask.session_token or rule.tenant == "public":
        slug = ask.path.get("slug") if rule.tenant != "none" else None
        known = hash_of(ask.session_token) if ask.session_token else None
        ask.viewer, ask.community = await load_viewer(site.house, known, slug)
        viewer = ask.viewer
        if viewer.person is not None:
            likes = ask.likes
            ask.likes = Likes(
                viewer.locale or likes.lang, viewer.size or likes.size, viewer.theme or likes.theme
            )
        _speak(ask)
    _bind(ask)
    if ask.viewer.person is None and not rule.anonymous:
        raise NotSignedIn
    if ask.viewer.lacks_factor and not rule.name.startswith(_WITHOUT_FACTOR):
        raise errors.LacksFactor
    if any(len(value) > _MOST_PATH or "\x00" in value for value in ask.path.values()):
        raise NotFound
    _belongs(ask)
    ask.query = forms.read(request.scope["query_string"])
    if rule.csrf:
        await _form(ask, request)


def _bind(ask: Ask) -> None:
    """Gives a visitor without any cookie of ours a random one, so that the forms on his page can be sent."""
    if ask.binding:
        return
    value = token()
    ask.binding = "visitor:" + value
    ask.extra.append(ask.site.cookies.set(ask.site.cookies.visitor, value, YEAR))


def _belongs(ask: Ask) -> None:
    rule, viewer = ask.rule, ask.viewer
    if rule.tenant == "public":
        if ask.community is None:
            raise NotFound
    elif rule.tenant != "none":
        place = ask.community
        here = place is not None and (
            viewer.volunteer is not None or any(g.community in (None, place.id) for g in viewer.grants)
        )
        if not here:
            # From here on it looks the same as a community that does not exist.
            ask.community = None
            raise NotFound
        if rule.plugin and place is not None and rule.plugin not in place.plugins:
            raise NotFound
    if rule.permission and not viewer.may_somewhere(rule.permission):
        raise NotFound


async def _form(ask: Ask, request: Request[Any, Any, Any]) -> None:
    """Reads the form, if it is one, is ours, and its sender has not sent too many."""
    headers, site = ask.headers, ask.site
    if not same_origin(headers, site.house.settings.base_url):
        raise errors.Forged
    kind = headers.get(b"content-type", URLENCODED).partition(b";")[0].strip().lower()
    if kind == MULTIPART and ask.rule.files:
        await _read_files(ask, request)
    else:
        body = await request.body()
        if body and kind != URLENCODED:
            raise errors.NotOurs
        ask.form = forms.read(body)
    given = ask.form.raw(csrf.FIELD) or headers.get(csrf.HEADER, b"").decode("latin-1")
    if not site.forms.fits(ask.binding, given):
        raise errors.Forged
    await spend(site.house, ask.rule.rate, ask.viewer.person, ask.address)


async def _read_files(ask: Ask, request: Request[Any, Any, Any]) -> None:
    """A form with files; one file a field, the first of a name wins."""
    try:
        found = list((await request.form()).multi_items())
    except (ValueError, LookupError) as error:
        raise errors.NotOurs from error
    if len(found) > forms.MOST_FIELDS:
        raise errors.TooLarge
    ask.form = forms.of_pairs((name, value) for name, value in found if isinstance(value, str))
    for name, value in found:
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if content or value.filename:
                ask.files.setdefault(name, Upload((value.filename or "")[-_MOST_PATH:], content))
