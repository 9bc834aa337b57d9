"""Printed slips: find somebody, look what he needs, make a slip, print it, take it back."""

from typing import Any
from urllib.parse import quote

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community import slips as verbs
from core.community.moving_code import grouped
from core.community.names import masked_name
from core.community.numbers import is_number
from core.community.slips import Access
from web.ask import Ask
from web.pages.people_words import spaced
from web.qr import code as qr
from web.routes import Answer, get, post
from web.view_parts import Fact, Flash, NavItem
from web.views_access import AccessView, PaperView, SlipRow, SlipsView

_NOBODY = Message("Nobody here has this number. Look at the card, or ask for the telephone number.")
_PURPOSES = {"invite": Message("First sign-in"), "reset": Message("New password")}
_POINTS = {
    "invite": (
        Message("The slip is good for 14 days, once, and only with this person's own number."),
        Message("He chooses his password himself; nobody else ever learns it."),
    ),
    "reset": (
        Message("The slip is good for 24 hours, once, and only with this person's own number."),
        Message(
            "The password until now goes on working until the slip is used; then all devices are signed out."
        ),
        Message("He is told by a notice that a slip was printed."),
    ),
}


@get("/c/{slug}/slips", name="slips")
async def listing(ask: Ask) -> Answer:
    texts = {"revoked": ask._("The slip is worth nothing any more.")}
    text = texts.get(ask.query.raw("done"))
    return await _list(ask, flash=Flash(text=text) if text else None)


async def _list(
    ask: Ask,
    *,
    error: str = "",
    several: tuple[NavItem, ...] = (),
    flash: Flash | None = None,
    status: int = 200,
) -> Answer:
    base = ask.home + "/slips"
    view = SlipsView(
        action=base + "/find",
        query=ask.form.raw("q")[:60],
        query_error=error,
        several=several,
        rows=tuple(
            SlipRow(
                name=one.name,
                number=spaced(one.number) if one.number else "",
                purpose=ask._("Code by e-mail") if one.mailed else ask.render(_PURPOSES[one.purpose]),
                until=ask._("Good until %(time)s.", time=ask.when_full(one.expires_at)),
                maker=one.maker,
                href=_address(ask, one.number, one.person),
                paper_href=f"{base}/{one.public_id}" if one.mine else "",
                revoke_action=f"{base}/{one.public_id}/revoke",
            )
            for one in await verbs.open_slips(ask.viewer)
        ),
        request_id=ask.new_request_id(),
    )
    return ask.page(
        "slips.html", view, title=ask._("Sign-in slips"), current=base, status=status, flash=flash
    )


def _address(ask: Ask, number: str, shown: str) -> str:
    """The page of somebody's ways in: by his number, or for staff without one by his public id."""
    found = f"number={number}" if number else "person=" + quote(shown, safe="")
    return f"{ask.home}/slips/new?{found}"


@post("/c/{slug}/slips/find", name="slips.find")
async def find(ask: Ask) -> Answer:
    """By number or telephone; a telephone never stands in an address."""
    try:
        found = await verbs.people_of(ask.viewer, ask.form.text("q", most=60))
        if not found:
            raise Invalid({"q": _NOBODY})
    except Invalid as invalid:
        return await _list(ask, error=ask.error_texts(invalid)["q"], status=invalid.status)
    if len(found) == 1:
        return ask.redirect(_address(ask, found[0].number, found[0].public_id))
    several = tuple(
        NavItem(
            title=f"{masked_name(one.name)} {spaced(one.number)}".strip(),
            href=_address(ask, one.number, one.public_id),
            icon="user",
        )
        for one in found
    )
    return await _list(ask, several=several)


@get("/c/{slug}/slips/new", name="slip.new")
async def new(ask: Ask) -> Answer:
    who = await _who(ask)
    return _access(ask, who) if ask.stepped_up() else ask.step_up()


async def _who(ask: Ask) -> Access:
    """The person of the address. Raises NotFound."""
    number, shown = ask.query.raw("number"), ask.query.raw("person")
    if shown:
        return await verbs.person_of(ask.house.db, ask.viewer, shown[:40])
    found = await verbs.people_of(ask.viewer, number if is_number(number) else "")
    if len(found) != 1:
        raise NotFound
    return found[0]


def _access(ask: Ask, who: Access, *, error: str = "", status: int = 200) -> Answer:
    purpose = who.purpose
    yes, no = ask._("yes"), ask._("no")
    facts = [Fact(label=ask._("Account"), text=_state(ask, who))]
    facts.append(
        Fact(label=ask._("Password"), text=ask._("chosen") if who.has_password else ask._("none yet"))
    )
    if who.has_factor:
        facts.append(Fact(label=ask._("Second step when signing in"), text=yes))
    if who.volunteer is not None:
        facts.append(Fact(label=ask._("Card with code"), text=yes if who.has_card else no))
        facts.append(Fact(label=ask._("PIN"), text=yes if who.has_pin else no))
    heading = {
        "invite": ask._("Print a slip for the first sign-in?"),
        "reset": ask._("Print a slip for a new password?"),
    }[purpose]
    view = AccessView(
        name=who.name,
        number=spaced(who.number) if who.number else "",
        facts=tuple(facts),
        error=error,
        heading=heading,
        points=(*(ask.render(point) for point in _POINTS[purpose]), ask._("An earlier slip ends.")),
        action=ask.home + "/slips",
        person=who.public_id,
        with_factor=who.has_factor,
        shut=who.shut_at is not None,
        button=ask._("Make the slip"),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        ways=tuple(_ways(ask, who)),
        back_href=ask.home + "/slips",
    )
    title = f"{ask._('Sign-in')} {who.name}"
    return ask.page("access.html", view, title=title, current=ask.home + "/slips", status=status)


def _state(ask: Ask, who: Access) -> str:
    if who.shut_at is None:
        return ask._("open")
    return ask._("shut since %(time)s", time=ask.when_full(who.shut_at))


def _ways(ask: Ask, who: Access) -> list[NavItem]:
    person = "?person=" + quote(who.public_id, safe="")
    if who.shut_at is not None:
        href = f"{ask.home}/accounts/open{person}"
        return [NavItem(title=ask._("Open the account again"), href=href, icon="key")]
    return [
        *_cards(ask, who),
        NavItem(title=ask._("Shut the account"), href=f"{ask.home}/accounts/shut{person}", icon="close"),
    ]


def _cards(ask: Ask, who: Access) -> list[NavItem]:
    if who.volunteer is None:
        return []
    found = []
    if ask.viewer.may(verbs.PERMISSION):
        href = f"{ask.home}/cards/{who.number}"
        found.append(NavItem(title=ask._("Card with code"), href=href, icon="scan"))
    if who.has_pin and ask.viewer.may(verbs.PERMISSION):
        href = f"{ask.home}/pins/remove?number={who.number}"
        found.append(NavItem(title=ask._("Remove the PIN"), href=href, icon="close"))
    elif not who.has_pin and ask.viewer.may_somewhere("redemption.make"):
        href = f"{ask.home}/pins/new?number={who.number}"
        found.append(NavItem(title=ask._("Let him set a PIN"), href=href, icon="key"))
    return found


@post("/c/{slug}/slips", name="slip.make")
async def make(ask: Ask) -> Answer:
    shown, drops = ask.form.raw("person")[:40], ask.form.raw("drops") == "1"
    verbs.require(ask.viewer)

    async def work(unit: Unit) -> dict[str, Any]:
        return {"slip": await verbs.make_slip(unit, shown, drops_factor=drops)}

    try:
        done = await act(ask.viewer, "slip.make", ask.form.request_id, [shown, drops], work)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status != Refused.status:
            raise
        who = await verbs.person_of(ask.house.db, ask.viewer, shown)
        return _access(ask, who, error=ask.render(refusal.message), status=refusal.status)
    return ask.redirect(f"{ask.home}/slips/{done.answer['slip']}")


@get("/c/{slug}/slips/{slip}", name="slip")
async def paper(ask: Ask) -> Answer:
    """The slip itself. Only whoever made it prints it, as long as it is good."""
    found, code = await verbs.paper(ask.viewer, ask.path["slip"])
    place = ask.community
    base = ask.home + "/slips"
    address = ask.public_url("/code")
    view = PaperView(
        title=ask.render(_PURPOSES[found.purpose]),
        community=place.name if place is not None else "",
        name=found.name,
        number=spaced(found.number) if found.number else "",
        until=ask._("Good until %(time)s.", time=ask.when_full(found.expires_at)),
        address=address.partition("://")[2],
        code=grouped(code),
        qr=qr(f"{address}?c={code}"),
        help_phone=place.help_phone if place is not None else "",
        revoke_action=f"{base}/{found.public_id}/revoke",
        request_id=ask.new_request_id(),
        back_href=base,
    )
    return ask.page("slip.html", view, title=ask._("Sign-in slip"), current=base)


@post("/c/{slug}/slips/{slip}/revoke", name="slip.revoke")
async def revoke(ask: Ask) -> Answer:
    slip = ask.path["slip"]
    verbs.require(ask.viewer)

    async def work(unit: Unit) -> dict[str, Any]:
        await verbs.revoke_slip(unit, slip)
        return {}

    await act(ask.viewer, "slip.revoke", ask.form.request_id, slip, work)
    return ask.redirect(ask.home + "/slips?done=revoked")


ROUTES = (listing, find, new, make, paper, revoke)
