"""Shutting somebody's account, at once and everywhere, and opening it again."""

from collections.abc import Awaitable, Callable
from typing import Any

from core.base.act import Unit, act
from core.base.errors import NotFound, Refused
from core.community import shutting
from core.community.slips import Access, person_of, require
from web.ask import Ask
from web.pages.people_words import look_again, spaced
from web.routes import Answer, get, post
from web.view_parts import Fact
from web.views_people import LookAgainView


async def _who(ask: Ask, shown: str) -> Access:
    return await person_of(ask.house.db, ask.viewer, shown[:40])


@get("/c/{slug}/accounts/shut", name="account.ask_shut")
async def ask_shut(ask: Ask) -> Answer:
    who = await _who(ask, ask.query.raw("person"))
    if who.shut_at is not None:
        raise NotFound
    return _shut(ask, who) if ask.stepped_up() else ask.step_up()


def _shut(ask: Ask, who: Access, error: str = "", status: int = 200) -> Answer:
    view = LookAgainView(
        heading=ask._("Shut the account of %(name)s?", name=who.name),
        facts=(Fact(label=ask._("Number"), text=spaced(who.number)),) if who.number else (),
        points=(
            ask._("On all devices he is signed out at once, and he cannot sign in any more."),
            ask._("Card, PIN and slips open nothing any more. Points, hours and roles stay as they are."),
            ask._("You can open the account again at any time."),
        ),
        action=ask.home + "/accounts/shut",
        request_id=ask.new_request_id(),
        hidden=(("person", who.public_id),),
        button=ask._("Shut the account"),
        danger=True,
        back_href=_back(ask, who.public_id),
        back_label=ask._("Back, change nothing"),
        error=error,
    )
    return look_again(ask, view, status, "/slips")


@post("/c/{slug}/accounts/shut", name="account.shut")
async def shut(ask: Ask) -> Answer:
    return await _change(ask, "account.shut", shutting.shut, _shut)


@get("/c/{slug}/accounts/open", name="account.ask_open")
async def ask_open(ask: Ask) -> Answer:
    who = await _who(ask, ask.query.raw("person"))
    if who.shut_at is None:
        raise NotFound
    return _open(ask, who) if ask.stepped_up() else ask.step_up()


def _open(ask: Ask, who: Access, error: str = "", status: int = 200) -> Answer:
    view = LookAgainView(
        heading=ask._("Open the account of %(name)s again?", name=who.name),
        facts=(Fact(label=ask._("Number"), text=spaced(who.number)),) if who.number else (),
        points=(
            ask._("He signs in as before. If the password may be known to others, print him a slip as well."),
            ask._("The volunteer is told by a notice."),
        ),
        action=ask.home + "/accounts/open",
        request_id=ask.new_request_id(),
        hidden=(("person", who.public_id),),
        button=ask._("Open the account again"),
        back_href=_back(ask, who.public_id),
        back_label=ask._("Back, change nothing"),
        error=error,
    )
    return look_again(ask, view, status, "/slips")


@post("/c/{slug}/accounts/open", name="account.open")
async def open_again(ask: Ask) -> Answer:
    return await _change(ask, "account.open", shutting.open_again, _open)


async def _change(
    ask: Ask,
    name: str,
    verb: Callable[[Unit, str], Awaitable[None]],
    page: Callable[[Ask, Access, str, int], Answer],
) -> Answer:
    require(ask.viewer)
    shown = ask.form.raw("person")[:40]

    async def work(unit: Unit) -> dict[str, Any]:
        await verb(unit, shown)
        return {}

    try:
        await act(ask.viewer, name, ask.form.request_id, shown, work)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status != Refused.status:
            raise
        return page(ask, await _who(ask, shown), ask.render(refusal.message), refusal.status)
    return ask.redirect(_back(ask, shown))


def _back(ask: Ask, shown: str) -> str:
    return f"{ask.home}/slips/new?person={shown}"


ROUTES = (ask_shut, shut, ask_open, open_again)
