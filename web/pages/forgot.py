"""A forgotten password, where the operator has named a mail server; elsewhere the page does not exist."""

from core.base.errors import Invalid, NotFound, TooMany
from core.community.forgot import ask_for_code
from web.ask import Ask
from web.routes import Answer, get, post
from web.views_access import ForgotView

ADDRESS = "/forgot"
_LONGEST = 200  # characters that are looked at


def address_of(ask: Ask) -> str:
    """Where the page is; '' where no mail server is named."""
    return ADDRESS if ask.house.settings.mail is not None else ""


@get("/forgot", name="forgot", tenant="none", anonymous=True)
async def show(ask: Ask) -> Answer:
    return _page(ask)


def _page(ask: Ask, error: str = "", status: int = 200) -> Answer:
    if not address_of(ask):
        raise NotFound
    sent = not error and ask.query.raw("done") == "sent"
    view = ForgotView(
        sent=sent,
        login=ask.form.raw("login")[:_LONGEST],
        error=error,
        request_id=ask.new_request_id(),
    )
    title = ask._("Look into your mailbox") if sent else ask._("Forgotten the password?")
    return ask.page("forgot.html", view, title=title, status=status)


@post("/forgot", name="forgot.ask", tenant="none", anonymous=True, rate="sign_in")
async def send(ask: Ask) -> Answer:
    """Whoever is meant, known or not: the same answer."""
    try:
        account = ask.form.text("login", most=_LONGEST)
        await ask_for_code(ask.house, ask.form.request_id, account, address=ask.address)
    except Invalid as invalid:
        texts = ask.error_texts(invalid)
        return _page(ask, texts.get("login") or next(iter(texts.values())), invalid.status)
    except TooMany as refusal:
        answer = _page(ask, ask.render(refusal.message), refusal.status)
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    return ask.redirect(f"{ADDRESS}?done=sent")


ROUTES = (show, send)
