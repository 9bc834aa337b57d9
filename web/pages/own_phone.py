"""One's own telephone number: changed by oneself, after showing once more who one is."""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Invalid, Message
from core.community import sessions
from core.community.notices import notify
from core.community.people import change_phone, clean_phone
from web.ask import Ask
from web.routes import Answer, get, post
from web.view_parts import FieldError, FormField
from web.views_access import PlainFormView

_LONGEST = 30
CHANGED = Message("Your telephone number was changed. Was it not you? Call us.")


@get("/account/phone", name="account.phone", tenant="none")
async def phone(ask: Ask) -> Answer:
    return _phone(ask, {}) if ask.stepped_up() else ask.step_up()


def _phone(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    view = PlainFormView(
        heading=ask._("Change the telephone number"),
        intro=ask._("You sign in with it, and the community calls you on it."),
        notes=(
            ask._("The number until now no longer finds or signs you in."),
            ask._("Several who share a telephone may all have the same number."),
        ),
        action="/account/phone",
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        fields=(
            FormField(
                name="phone",
                label=ask._("New telephone number"),
                kind="tel",
                value=ask.form.raw("phone")[:_LONGEST],
                error=errors.get("phone", ""),
                required=True,
                autocomplete="tel",
                inputmode="tel",
            ),
        ),
        errors=tuple(FieldError(field=f or "phone", text=text) for f, text in errors.items()),
        submit=ask._("Keep this number"),
        back_href="/account",
        back_label=ask._("Back, change nothing"),
    )
    return ask.page("access_form.html", view, title=view.heading, status=status)


@post("/account/phone", name="account.phone.do", tenant="none")
async def change(ask: Ask) -> Answer:
    sessions.require_stepped_up(ask.viewer)
    try:
        wanted = clean_phone(ask.form.text("phone", most=_LONGEST))
        if not wanted:
            raise Invalid({"phone": Message("Please fill this in.")})

        async def work(unit: Unit) -> dict[str, Any]:
            person = unit.actor or 0
            await change_phone(unit, person, wanted)
            await notify(unit, [person], "phone.changed", CHANGED)
            return {}

        await act(ask.viewer, "phone.change", ask.form.request_id, wanted, work)
    except Invalid as invalid:
        return _phone(ask, ask.error_texts(invalid), invalid.status)
    return ask.redirect("/account?done=phone")


ROUTES = (phone, change)
