"""Signing in and out, and how somebody likes to read."""

from core.base.act import Unit, note
from core.base.errors import Invalid, Message, TooMany
from core.base.i18n import LANGUAGES
from core.community import second_factor
from core.community.credentials import Recognised, unchanged_since
from core.community.credentials import sign_in as check
from core.community.names import masked_name
from core.community.people import prefer
from core.community.sessions import close_session
from web import entering
from web.ask import Ask
from web.cookies import SIZES, THEMES, YEAR, Likes
from web.forms import Form, safe_path
from web.pages import forgot
from web.routes import Answer, get, post
from web.tickets import read_ticket, ticket
from web.view_parts import Fact
from web.views import SignInView
from web.views_access import WhoRow, WhoView

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
        said=ask._("Your password is set. Sign in with it now.") if form.raw("done") == "set" else "",
        next=safe_path(form.raw("next"), ""),
        forgot=forgot.address_of(ask),
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
        found = await check(ask.house, form.raw("login"), form.raw("password"), ask.address)
    except Invalid as invalid:
        return _page(ask, status=422, errors=ask.error_texts(invalid))
    except TooMany as refusal:
        answer = _page(ask, status=429, errors={"": ask.render(refusal.message)})
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    if len(found) > 1:
        return _which(ask, found, form.raw("next"))
    return await entering.arrive(ask, found[0].person, form.raw("next"), has_factor=found[0].has_factor)


def _which(ask: Ask, found: list[Recognised], next_page: str) -> Answer:
    """A telephone is shared, and so is the password: only now, knowing it, one is asked who one is."""
    people = [[one.person, one.has_factor] for one in found]
    view = WhoView(
        ticket=ticket(ask, "who", people=people, next=next_page, at=ask.now),
        rows=tuple(
            WhoRow(value=str(place), name=masked_name(one.name), number=one.number[-4:])
            for place, one in enumerate(found)
        ),
    )
    return ask.page("sign_in_who.html", view, title=ask._("Who are you?"))


@post("/sign-in/who", name="sign_in.who", tenant="none", anonymous=True, rate="sign_in")
async def choose(ask: Ask) -> Answer:
    facts, wanted = read_ticket(ask, "who"), ask.form.raw("who")
    people = facts["people"] if facts is not None else []
    if facts is None or wanted not in {str(place) for place in range(len(people))}:
        return _late(ask)
    person, has_factor = people[int(wanted)]
    if not await unchanged_since(ask.house, person, facts["at"]):
        return _late(ask)
    return await entering.arrive(ask, person, facts["next"], has_factor=has_factor)


@post("/sign-in/code", name="sign_in.code", tenant="none", anonymous=True, rate="sign_in")
async def code(ask: Ask) -> Answer:
    """The app's code after the password. A code is worth something once, whoever sends it."""
    kept = await entering.goes_on(ask, "code")
    if kept is None:
        return _late(ask)
    person, next_page, sealed = kept
    try:
        if await second_factor.check(ask.house, person, ask.form.raw("code")[:_LONGEST], ask.address):
            return await entering.open_up(ask, person, next_page)
    except TooMany as refusal:
        answer = entering.second_code(ask, sealed, error=ask.render(refusal.message), status=429)
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    return entering.second_code(ask, sealed, error=ask.render(second_factor.WRONG), status=422)


def _late(ask: Ask) -> Answer:
    return _page(ask, status=422, errors={"": ask._("That took too long. Please sign in once more.")})


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


ROUTES = (show_sign_in, sign_in, choose, code, sign_out, prefs)
