"""Signing in and out, and how somebody likes to read."""

from core.base.act import Unit, note
from core.base.errors import Invalid, Message, TooMany
from core.base.i18n import LANGUAGES
from core.community.credentials import sign_in as check
from core.community.people import prefer
from core.community.sessions import close_session, open_session
from web.ask import Ask
from web.cookies import SIZES, THEMES, YEAR, Likes
from web.forms import Form, safe_path
from web.routes import Answer, get, post
from web.view_parts import Fact
from web.views import SignInView

_LONGEST = 200  # characters of a name or password that are looked at
DEMO = "demo-sign-ins"  # key of house.cache: the demo's ways in (core.lifecycle.demo.SignIn)
_ROLES = {
    "volunteer": Message("Volunteer"),
    "leader": Message("Team leader"),
    "deputy": Message("Deputy leader"),
    "clerk": Message("Counter clerk"),
    "worker": Message("Community worker"),
    "auditor": Message("Auditor"),
    "administrator": Message("Administrator"),
    "street": Message("Street office"),
    "operator": Message("Operator"),
}


def _page(ask: Ask, *, status: int = 200, errors: dict[str, str] | None = None) -> Answer:
    form = ask.form if ask.rule.method == "POST" else ask.query
    errors = errors or {}
    view = SignInView(
        login=form.raw("login")[:_LONGEST] if ask.rule.method == "POST" else "",
        login_error=errors.get("login") or errors.get("name", ""),
        password_error=errors.get("password", ""),
        error=errors.get("", ""),
        next=safe_path(form.raw("next"), ""),
        demo=tuple(
            Fact(
                label=f"{ask.render(_ROLES.get(way.role, Message(way.role)))} {way.name}",
                text=f"{way.account} / {way.password}",
            )
            for way in ask.house.cache.get(DEMO, ())
        ),
    )
    return ask.page("sign_in.html", view, title=ask._("Sign in"), status=status)


@get("/sign-in", name="sign_in", tenant="none", anonymous=True)
async def show_sign_in(ask: Ask) -> Answer:
    if ask.viewer.person is not None:
        return ask.redirect(safe_path(ask.query.raw("next")))
    return _page(ask)


def _filled_in(form: Form) -> None:
    """Raises Invalid naming every field that is empty or too long."""
    found: dict[str, Message] = {}
    for field in ("login", "password"):
        try:
            form.text(field, most=_LONGEST)
        except Invalid as invalid:
            found.update(invalid.fields)
    if found:
        raise Invalid(found)


@post("/sign-in", name="sign_in.send", tenant="none", anonymous=True, rate="sign_in")
async def sign_in(ask: Ask) -> Answer:
    """A new session under a new token; whatever session id the browser brought ends."""
    form = ask.form
    try:
        _filled_in(form)
        person = await check(ask.house, form.raw("login"), form.raw("password"), ask.address)
    except Invalid as invalid:
        return _page(ask, status=422, errors=ask.error_texts(invalid))
    except TooMany as refusal:
        answer = _page(ask, status=429, errors={"": ask.render(refusal.message)})
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    agent = ask.headers.get(b"user-agent", b"").decode("latin-1")
    token = await open_session(ask.house, person, agent, replaces=ask.session_token or None)
    cookies = ask.site.cookies
    ask.extra.append(cookies.set(cookies.session, token, 180 * 24 * 3600))
    ask.extra.append(cookies.set(cookies.visitor, "", 0))
    return ask.redirect(safe_path(form.raw("next")))


@post("/sign-out", name="sign_out", tenant="none", anonymous=True)
async def sign_out(ask: Ask) -> Answer:
    if ask.session_token:
        await close_session(ask.house, ask.session_token)
    ask.extra.append(ask.site.cookies.set(ask.site.cookies.session, "", 0))
    ask.extra.append(("clear-site-data", '"cache"'))
    return ask.redirect("/sign-in")


@post("/prefs", name="prefs", tenant="none", anonymous=True, body=8 * 1024)
async def prefs(ask: Ask) -> Answer:
    """Language, text size, colours: only what the pressed button carries changes; kept in the profile too."""
    form, now = ask.form, ask.likes
    sent = form.names()
    likes = Likes(
        form.choice("lang", LANGUAGES, default=now.lang) if "lang" in sent else now.lang,
        form.choice("size", SIZES, default=now.size) if "size" in sent else now.size,
        form.choice("theme", THEMES, default=now.theme) if "theme" in sent else now.theme,
    )
    viewer = ask.viewer
    if viewer.person is not None and likes != now:

        async def work(unit: Unit) -> None:
            await prefer(unit, locale=likes.lang, size=likes.size, theme=likes.theme)

        await note(ask.house, work, viewer=viewer)
    ask.extra.append(ask.site.cookies.set(ask.site.cookies.likes, likes.text(), YEAR))
    return ask.redirect(safe_path(form.raw("next")))


ROUTES = (show_sign_in, sign_in, sign_out, prefs)
