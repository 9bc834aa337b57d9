"""One's own security: password, PIN, and the devices one is signed in on."""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, NotFound, TooMany
from core.community import pins, second_factor, sessions
from core.community.credentials import change_own_password, prepare_password
from core.community.notices import notify
from web import devices, entering
from web.ask import Ask
from web.pages.step_up import proves
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, Flash, FormField, NavItem
from web.views_access import AccountView, PlainFormView, SessionRow

_LONGEST = 200
_DIGITS = 12  # of a session's id
CHANGED = Message("Your password was changed. Was it not you? Call us.")


@get("/account", name="account", tenant="none")
async def account(ask: Ask) -> Answer:
    open_ones = await sessions.own_sessions(ask.viewer)
    factor = await second_factor.state(ask.viewer)
    pin_in, has_pin = await pins.own_pin(ask.viewer)
    texts = {
        "password": ask._("The password is changed. Other devices are signed out."),
        "pin": ask._("The PIN is changed."),
        "phone": ask._("The telephone number is changed. From now on the new one signs you in."),
        "ended": ask._("Signed out there."),
        "others": ask._("All other devices are signed out."),
        "off": ask._("Signing in no longer asks for a code."),
    }
    text = texts.get(ask.query.raw("done"))
    flash = Flash(text=text) if text else None
    second = ask._("on, since %(day)s", day=ask.when(factor.since_at)) if factor else ask._("off")
    view = AccountView(
        facts=(
            Fact(label=ask._("Second step when signing in"), text=second),
            *(
                [
                    Fact(
                        label=ask._("PIN for the service desk"),
                        text=ask._("set") if has_pin else ask._("none"),
                    )
                ]
                if pin_in
                else []
            ),
        ),
        ways=(
            NavItem(title=ask._("Change the password"), href="/account/password", icon="key"),
            NavItem(title=ask._("Change the telephone number"), href="/account/phone", icon="phone"),
            NavItem(title=ask._("Second step"), href="/account/second-step", icon="check"),
            *([NavItem(title=ask._("Change the PIN"), href="/account/pin", icon="edit")] if pin_in else []),
        ),
        sessions=tuple(_row(ask, one) for one in open_ones),
        others=len(open_ones) > 1,
        request_id=ask.new_request_id(),
        others_id=ask.new_request_id(),
    )
    return ask.page("account.html", view, title=ask._("Sign-in and security"), flash=flash)


def _row(ask: Ask, one: sessions.OpenSession) -> SessionRow:
    device, browser = devices.words_of(one.agent)
    words = [ask.render(device), *([ask.render(browser)] if browser is not None else [])]
    return SessionRow(
        id=str(one.id),
        device=" · ".join(words),
        when=ask._(
            "last used %(time)s, since %(day)s", time=ask.when(one.seen_at), day=ask.when(one.opened_at)
        ),
        here=one.id == ask.viewer.session,
    )


@post("/account/sessions/end", name="account.session.end", tenant="none")
async def end_one(ask: Ask) -> Answer:
    wanted = ask.form.raw("session")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= _DIGITS):
        raise NotFound

    async def work(unit: Unit) -> dict[str, Any]:
        await sessions.end_one(unit, int(wanted))
        return {}

    await act(ask.viewer, "session.end", ask.form.request_id, wanted, work)
    return ask.redirect("/account?done=ended")


@post("/account/sessions/end-others", name="account.session.end_others", tenant="none")
async def end_others(ask: Ask) -> Answer:
    async def work(unit: Unit) -> dict[str, Any]:
        ended = await sessions.end_others(unit)
        await unit.audit("session.end_others", "person", unit.actor, ended=ended)
        return {"ended": ended}

    await act(ask.viewer, "session.end_others", ask.form.request_id, None, work)
    return ask.redirect("/account?done=others")


# -- the password --------------------------------------------------------------------------------------------


@get("/account/password", name="account.password", tenant="none")
async def password(ask: Ask) -> Answer:
    return _password(ask, {})


def _password(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    def field(name: str, label: str, autocomplete: str, hint: str = "") -> FormField:
        return FormField(
            name=name,
            label=label,
            kind="password",
            hint=hint,
            error=errors.get(name, ""),
            required=True,
            autocomplete=autocomplete,
        )

    view = PlainFormView(
        heading=ask._("Change the password"),
        intro=ask._("On all other devices you are signed out by it."),
        action="/account/password",
        request_id=ask.new_request_id(),
        fields=(
            field("old", ask._("Password until now"), "current-password"),
            field(
                "password",
                ask._("New password"),
                "new-password",
                ask._("At least 8 characters. A short sentence is easy to remember."),
            ),
            field("again", ask._("New password once more"), "new-password"),
        ),
        errors=_summary(errors, "old"),
        submit=ask._("Change the password"),
        back_href="/account",
        back_label=ask._("Back, change nothing"),
    )
    return ask.page("access_form.html", view, title=view.heading, status=status)


def _summary(errors: dict[str, str], first: str) -> tuple[FieldError, ...]:
    return tuple(FieldError(field=field or first, text=text) for field, text in errors.items())


def same(ask: Ask, field: str) -> None:
    """Raises Invalid (`field`, again) unless both are filled in and alike."""
    for name in (field, "again"):
        ask.form.text(name, most=_LONGEST)
    if ask.form.raw(field) != ask.form.raw("again"):
        raise Invalid({"again": Message("The two are not the same. Please type it once more.")})


@post("/account/password", name="account.password.do", tenant="none")
async def change_password(ask: Ask) -> Answer:
    """The old password is the step up of this form."""
    held: list[str] = []
    try:
        ask.form.text("old", most=_LONGEST)
        same(ask, "password")
        request_id = ask.form.request_id
        if not await proves(ask, ask.form.raw("old"), code=False):
            raise Invalid({"old": Message("This is not your password.")})
        viewer = ask.viewer
        prepared = await prepare_password(ask.form.raw("password"), viewer.name, viewer.number)

        async def work(unit: Unit) -> dict[str, Any]:
            held[:] = [await change_own_password(unit, prepared)]
            await notify(unit, [unit.actor or 0], "password.changed", CHANGED)
            return {}

        await act(viewer, "password.change", request_id, None, work)
    except Invalid as invalid:
        return _password(ask, ask.error_texts(invalid), invalid.status)
    except TooMany as refusal:
        return _password(ask, {"": ask.render(refusal.message)}, refusal.status)
    for token in held:
        entering.keep_rotated(ask, token)
    return ask.redirect("/account?done=password")


# -- the PIN -------------------------------------------------------------------------------------------------


@get("/account/pin", name="account.pin", tenant="none")
async def pin(ask: Ask) -> Answer:
    await _pin_home(ask)
    return _pin(ask, {}) if ask.stepped_up() else ask.step_up()


async def _pin_home(ask: Ask) -> int:
    community, _ = await pins.own_pin(ask.viewer)
    if community is None:
        raise NotFound
    return community


def _pin(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    view = PlainFormView(
        heading=ask._("Change the PIN"),
        intro=ask._("With card and PIN you look at your account at the service desk, without a telephone."),
        action="/account/pin",
        request_id=ask.new_request_id(),
        fields=pin_fields(ask, errors),
        errors=_summary(errors, "pin"),
        submit=ask._("Keep this PIN"),
        back_href="/account",
        back_label=ask._("Back, change nothing"),
    )
    return ask.page("access_form.html", view, title=view.heading, status=status)


def pin_fields(ask: Ask, errors: dict[str, str]) -> tuple[FormField, ...]:
    """Six digits, twice."""
    hint = ask._("6 digits. No birthday, no 123456, nothing others can guess.")
    labels = (("pin", ask._("New PIN"), hint), ("again", ask._("The same PIN once more"), ""))
    return tuple(
        FormField(
            name=name,
            label=label,
            kind="password",
            hint=hint,
            error=errors.get(name, ""),
            required=True,
            autocomplete="off",
            inputmode="numeric",
        )
        for name, label, hint in labels
    )


@post("/account/pin", name="account.pin.do", tenant="none")
async def change_pin(ask: Ask) -> Answer:
    sessions.require_stepped_up(ask.viewer)
    try:
        same(ask, "pin")
        request_id, person = ask.form.request_id, ask.viewer.person or 0
        community = await _pin_home(ask)
        own = await pins.own_numbers(ask.house, ask.house.db, person)
        plain = pins.clean_pin(ask.form.raw("pin"), *own)
        prepared = await pins.prepare_pin(ask.house, person, community, plain)

        async def work(unit: Unit) -> dict[str, Any]:
            await pins.change_own_pin(unit, prepared)
            return {}

        await act(ask.viewer, "pin.change", request_id, None, work)
    except Invalid as invalid:
        return _pin(ask, ask.error_texts(invalid), invalid.status)
    return ask.redirect("/account?done=pin")


ROUTES = (account, end_one, end_others, password, change_password, pin, change_pin)
