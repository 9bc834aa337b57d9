"""The second step of signing in: setting the app up, codes on paper, turning it off."""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Conflict, Invalid, Message, NotFound, TooMany
from core.community import second_factor, sessions
from core.community.second_factor import Factor
from web import entering
from web.ask import Ask
from web.pages.step_up import proves
from web.qr import code as qr
from web.routes import Answer, get, post
from web.tickets import FIELD, read_ticket, ticket
from web.view_parts import Fact
from web.views_access import FactorView, RecoveryView

_LONGEST = 200


@get("/account/second-step", name="account.factor", tenant="none")
async def show(ask: Ask) -> Answer:
    factor = await second_factor.state(ask.viewer)
    if factor is not None:
        return _on(ask, factor, {})
    if not ask.stepped_up():
        return ask.step_up()
    secret = second_factor.new_secret()
    return _set_up(ask, secret, ticket(ask, "factor", secret=secret))


def _set_up(ask: Ask, secret: str, kept: str, error: str = "", status: int = 200) -> Answer:
    """The app's secret travels sealed: nothing is kept until the app has shown a right code."""
    issuer = "Linli 邻里"
    told = second_factor.app_address(secret, ask.viewer.name or ask.viewer.number, issuer)
    view = FactorView(
        required=ask._("Who works in the office needs it. Set it up now; then everything opens.")
        if ask.viewer.lacks_factor
        else "",
        ticket=kept,
        qr=qr(told),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        code_error=error,
        request_id=ask.new_request_id(),
    )
    return ask.page("second_step.html", view, title=ask._("Second step"), status=status)


@post("/account/second-step", name="account.factor.on", tenant="none")
async def turn_on(ask: Ask) -> Answer:
    sessions.require_stepped_up(ask.viewer)
    facts = read_ticket(ask, "factor")
    if facts is None or await second_factor.state(ask.viewer) is not None:
        return ask.redirect("/account/second-step")
    secret: str = facts["secret"]
    held: list[str] = []

    async def work(unit: Unit) -> dict[str, Any]:
        held[:] = [await second_factor.turn_on(unit, secret, ask.form.raw("code")[:_LONGEST])]
        return {}

    try:
        done = await act(ask.viewer, "factor.on", ask.form.request_id, ask.form.raw(FIELD), work)
    except Invalid as invalid:
        return _set_up(ask, secret, ask.form.raw(FIELD), ask.error_texts(invalid)["code"], invalid.status)
    for token in held:
        entering.keep_rotated(ask, token)
    return _codes(ask, done.act)


def _codes(ask: Ask, made: int) -> Answer:
    """The codes on paper: worked out from the act that wrote them, shown in its answer only."""
    codes = second_factor.recovery_codes(ask.house, ask.viewer.person or 0, made)
    view = RecoveryView(
        codes=tuple(f"{c[:5]} {c[5:]}" for c in codes), name=ask.viewer.name, next_href="/account"
    )
    return ask.page("recovery_codes.html", view, title=ask._("Codes on paper"))


def _on(ask: Ask, factor: Factor, errors: dict[str, str], status: int = 200) -> Answer:
    view = FactorView(
        on=True,
        error=errors.get("", ""),
        code_error=errors.get("code", ""),
        password_error=errors.get("password", ""),
        facts=(
            Fact(label=ask._("On since"), text=ask.when_full(factor.since_at)),
            Fact(label=ask._("Codes on paper left"), text=str(factor.codes)),
        ),
        request_id=ask.new_request_id(),
        off_id=ask.new_request_id(),
    )
    return ask.page("second_step.html", view, title=ask._("Second step"), status=status)


@post("/account/second-step/codes", name="account.factor.codes", tenant="none")
async def codes(ask: Ask) -> Answer:
    """Other codes on paper; the ones before are worth nothing any more."""
    await _mine(ask)
    sessions.require_stepped_up(ask.viewer)

    async def work(unit: Unit) -> dict[str, Any]:
        await second_factor.renew_codes(unit)
        return {}

    done = await act(ask.viewer, "factor.codes", ask.form.request_id, None, work)
    return _codes(ask, done.act)


@post("/account/second-step/off", name="account.factor.off", tenant="none")
async def turn_off(ask: Ask) -> Answer:
    """Off only with both: the password and a code."""
    factor = await _mine(ask)
    viewer, person = ask.viewer, ask.viewer.person or 0

    async def work(unit: Unit) -> dict[str, Any]:
        await second_factor.drop_factor(unit, person)
        return {}

    try:
        password = ask.form.text("password", most=_LONGEST)
        typed = ask.form.text("code", most=_LONGEST)
        request_id = ask.form.request_id
        if not await proves(ask, password, code=False):
            raise Invalid({"password": Message("This is not your password.")})
        if not await second_factor.check(ask.house, person, typed, ask.address):
            raise Invalid({"code": second_factor.WRONG})
        await act(viewer, "factor.off", request_id, None, work)
    except Invalid as invalid:
        return _on(ask, factor, ask.error_texts(invalid), invalid.status)
    except (TooMany, Conflict) as refusal:
        return _on(ask, factor, {"": ask.render(refusal.message)}, refusal.status)
    return ask.redirect("/account?done=off")


async def _mine(ask: Ask) -> Factor:
    factor = await second_factor.state(ask.viewer)
    if factor is None:
        raise NotFound
    return factor


ROUTES = (show, turn_on, codes, turn_off)
