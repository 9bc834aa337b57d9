"""Showing once more who one is, before what a thief of an open session must not do."""

from core.base.clock import MINUTE
from core.base.errors import TooMany
from core.community import throttle
from core.community.credentials import has_password
from core.community.pins import is_pin, read_pin
from core.community.second_factor import check, state
from core.community.sessions import step_up as go_on
from core.community.throttle import Budget, Patience
from web import entering
from web.ask import Ask
from web.forms import safe_path
from web.routes import Answer, get, post
from web.view_parts import FieldError, FormField
from web.views_access import PlainFormView

_LONGEST = 200


@get("/step-up", name="step_up", tenant="none")
async def show(ask: Ask) -> Answer:
    return await _page(ask)


async def _page(ask: Ask, error: str = "", status: int = 200) -> Answer:
    wanted = (ask.form if ask.rule.method == "POST" else ask.query).raw("next")
    factor = await state(ask.viewer)
    label = ask._("Password, or a code of your app") if factor else ask._("Password")
    if not ask.viewer.staff and not factor:
        label = ask._("Password or PIN")
    view = PlainFormView(
        heading=ask._("Is it you?"),
        intro=ask._("Before this step we make sure that nobody else is using your device."),
        action="/step-up",
        hidden=(("next", safe_path(wanted)),),
        fields=(
            FormField(
                name="secret",
                label=label,
                kind="password",
                error=error,
                required=True,
                autocomplete="current-password",
            ),
        ),
        errors=(FieldError(field="secret", text=error),) if error else (),
        submit=ask._("It is me"),
        back_href="/",
        back_label=ask._("Back, change nothing"),
    )
    return ask.page("access_form.html", view, title=view.heading, status=status)


@post("/step-up", name="step_up.do", tenant="none", rate="sign_in")
async def do(ask: Ask) -> Answer:
    try:
        good = await proves(ask, ask.form.raw("secret"), pin=not ask.viewer.staff)
    except TooMany as refusal:
        answer = await _page(ask, ask.render(refusal.message), refusal.status)
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    if not good:
        return await _page(ask, ask._("This is not right."), 422)
    entering.keep_rotated(ask, await go_on(ask.viewer))
    return ask.redirect(safe_path(ask.form.raw("next")))


async def proves(ask: Ask, secret: str, *, pin: bool = False, code: bool = True) -> bool:
    """Whether it is the viewer's own password, PIN or code; counts the try. Raises TooMany.

    Six digits are never a password, so one field takes them all. In the office a PIN, typed in the open at
    the counter, is not enough.
    """
    viewer, house = ask.viewer, ask.house
    person = viewer.person or 0
    own = [Patience(f"step-up:{person}")]
    around = [Budget(f"step-up:address:{house.vault.hash('address', ask.address)}", 60, 15 * MINUTE)]
    await throttle.spend(house, around, own)
    if len(secret) > _LONGEST:
        return False
    if read_pin(secret):
        good = (code and await check(house, person, secret, ask.address)) or (
            pin and await is_pin(house, person, secret)
        )
    else:
        good = await has_password(viewer, secret)
    if good:
        await throttle.forget(house, own, around)
    return good


ROUTES = (show, do)
