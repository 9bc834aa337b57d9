"""The one place where a refusal or a failure becomes a page in the reader's language."""

import logging
import traceback
from urllib.parse import quote

from litestar.exceptions import HTTPException

from core.base.errors import Message, NotProved, NotSignedIn, Refused, TooMany
from core.base.ids import crockford
from web import hx
from web.ask import HTML, PRIVATE, Ask
from web.routes import Answer
from web.security import Headers
from web.views import ErrorView

log = logging.getLogger("linli.web")

# What the error page already says by itself: no second sentence.
_SAID = frozenset({401, 404})


class Forged(Refused):
    """The form's token is not ours, or it was sent from elsewhere."""

    status = 403

    def __init__(self) -> None:
        super().__init__(Message("For your safety this form was not accepted. Please open it again."))


class TooLarge(Refused):
    status = 413

    def __init__(self) -> None:
        super().__init__(Message("This is more than this form can take."))


class NotOurs(Refused):
    """Another kind of form than our pages send."""

    status = 415

    def __init__(self) -> None:
        super().__init__(Message("This kind of form is not understood."))


class LacksFactor(Refused):
    """Somebody of the office who must set up a second factor before anything else."""

    status = 403

    def __init__(self) -> None:
        super().__init__(Message("Please set up the second step of signing in first."))


def refused(ask: Ask, refusal: Refused) -> Answer:
    """A rule said no."""
    if isinstance(refusal, NotSignedIn):
        return _to_sign_in(ask)
    if isinstance(refusal, NotProved):
        return _elsewhere(ask, "/step-up?next=" + quote(_here(ask), safe=""), refusal.status)
    if isinstance(refusal, LacksFactor):
        return _elsewhere(ask, "/account/second-step", refusal.status)
    headers: Headers = []
    if isinstance(refusal, TooMany):
        headers.append(("retry-after", str(refusal.seconds)))
    detail = "" if refusal.status in _SAID else ask.render(refusal.message)
    return _page(ask, ErrorView(status=refusal.status, detail=detail), headers)


def failed(ask: Ask, error: Exception) -> Answer:
    """Something broke: the reader gets a number to say on the telephone, the log the rest in one line."""
    reference = crockford(8)
    _log(ask, reference, error)
    return _page(ask, ErrorView(status=500, reference=reference), [])


def _log(ask: Ask, reference: str, error: Exception) -> None:
    """One line, whatever the address or the error's text holds, so that nobody can write lines of his own."""
    told = "".join(traceback.format_exception(error))
    log.error(
        "%s: %s %r ended with %s", reference, ask.rule.method, ask.target, " | ".join(told.splitlines())
    )


def from_litestar(ask: Ask, error: HTTPException) -> Answer:
    """What the framework itself refuses: an unknown address, a wrong method, too large a body."""
    return _page(ask, ErrorView(status=error.status_code), [])


def _to_sign_in(ask: Ask) -> Answer:
    below = "/c/" + ask.path["slug"] if "slug" in ask.path else "/"
    wanted = ask.target if ask.rule.method == "GET" else below
    url = "/sign-in" if wanted == "/" else "/sign-in?next=" + quote(wanted, safe="")
    return _elsewhere(ask, url, 401)


def _here(ask: Ask) -> str:
    """The page itself, or the one a form of this address stands on, or home."""
    pages = {route.rule.path for route in ask.site.routes if route.rule.method == "GET"}
    return ask.target if ask.rule.method == "GET" or ask.rule.path in pages else ask.home or "/"


def _elsewhere(ask: Ask, url: str, status: int) -> Answer:
    if hx.is_htmx(ask.headers):
        # A part of a page must not be filled with another page: the whole window goes there.
        return ask.answer(b"", HTML, status=status, headers=[*PRIVATE, *hx.answer_headers(redirect=url)])
    return ask.redirect(url)


def _page(ask: Ask, view: ErrorView, headers: Headers) -> Answer:
    try:
        return ask.page(
            "error.html",
            view,
            title=ask._("Not done"),
            status=view.status,
            fragment="problem",
            headers=headers,
        )
    except Exception as worse:
        # The page that tells of errors is what broke: a plain line still comes, with every header.
        reference = view.reference or crockford(8)
        _log(ask, reference, worse)
        return ask.answer(f"500 {reference}\n".encode(), "text/plain", status=500, headers=PRIVATE)
