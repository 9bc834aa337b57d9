"""The last step of each way in: a second code where one is asked for, then a session under a new token."""

from core.community.credentials import unchanged_since
from core.community.sessions import enter
from web.ask import Ask
from web.forms import safe_path
from web.routes import Answer
from web.tickets import FIELD, read_ticket, ticket
from web.views_access import SecondCodeView

_AGE = 180 * 24 * 3600  # seconds a volunteer's cookie may live; the session decides


async def arrive(ask: Ask, person: int, next_page: str, *, has_factor: bool) -> Answer:
    """Somebody has shown his password: in, or first to his second code."""
    if has_factor:
        return second_code(ask, ticket(ask, "code", person=person, next=next_page, at=ask.now))
    return await open_up(ask, person, next_page)


def second_code(ask: Ask, kept: str, *, error: str = "", status: int = 200) -> Answer:
    """The page that asks for the app's code."""
    view = SecondCodeView(ticket=kept, error=error)
    return ask.page("sign_in_code.html", view, title=ask._("Second step"), status=status)


async def goes_on(ask: Ask, purpose: str) -> tuple[int, str, str] | None:
    """Person, next page and ticket of a step that goes on; None when it comes too late."""
    facts = read_ticket(ask, purpose)
    if facts is None or not await unchanged_since(ask.house, facts["person"], facts["at"]):
        return None
    return facts["person"], facts["next"], ask.form.raw(FIELD)


async def open_up(ask: Ask, person: int, next_page: str) -> Answer:
    """A new session under a new token; whatever session id the browser brought ends."""
    agent = ask.headers.get(b"user-agent", b"").decode("latin-1")
    opened = await enter(ask.house, person, agent, replaces=ask.session_token or None, proved=True)
    # In the office the cookie goes with the browser's window.
    keep_session(ask, opened.token, None if opened.short else _AGE)
    ask.extra.append(ask.site.cookies.set(ask.site.cookies.visitor, "", 0))
    return ask.redirect(safe_path(next_page))


def keep_session(ask: Ask, token: str, age: int | None = None) -> None:
    """Gives the browser a session's token; `age` in seconds, None: until it is closed."""
    ask.extra.append(ask.site.cookies.set(ask.site.cookies.session, token, age))


def keep_rotated(ask: Ask, token: str) -> None:
    """The same session under another token."""
    keep_session(ask, token, None if ask.viewer.staff else _AGE)
