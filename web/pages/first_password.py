"""Choosing a password with a printed slip: the address its QR code holds only shows the form."""

from core.base.errors import Invalid, Message, Refused, TooMany
from core.community.credentials import prepare_password
from core.community.moving_code import grouped, read_code
from core.community.numbers import digits_of
from core.community.slips import use_slip
from web import entering
from web.ask import Ask
from web.forms import Form
from web.pages import forgot
from web.routes import Answer, get, post
from web.view_parts import FieldError
from web.views_access import FirstPasswordView

_LONGEST = 200
_FIELDS = ("code", "login", "password", "again")


@get("/code", name="code", tenant="none", anonymous=True)
async def show(ask: Ask) -> Answer:
    return _page(ask, {})


def _page(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    sent = ask.rule.method == "POST"
    typed = (ask.form if sent else ask.query).raw("code" if sent else "c")[:40]
    code = read_code(typed)
    view = FirstPasswordView(
        code=grouped(code) if code else typed,
        by_mail=bool(forgot.address_of(ask)),
        login=ask.form.raw("login")[:_LONGEST],
        errors=tuple(FieldError(field=field or "code", text=text) for field, text in errors.items()),
        code_error=errors.get("code", ""),
        login_error=errors.get("login", ""),
        password_error=errors.get("password", ""),
        again_error=errors.get("again", ""),
        request_id=ask.new_request_id(),
    )
    return ask.page("first_password.html", view, title=ask._("Choose a password"), status=status)


def _filled_in(form: Form) -> None:
    """Raises Invalid naming every field that is empty or too long, and passwords that differ."""
    found: dict[str, Message] = {}
    for field in _FIELDS:
        try:
            form.text(field, most=_LONGEST)
        except Invalid as invalid:
            found.update(invalid.fields)
    if not found and form.raw("password") != form.raw("again"):
        found["again"] = Message("The two are not the same. Type the password once more.")
    if found:
        raise Invalid(found)


@post("/code", name="code.use", tenant="none", anonymous=True, rate="sign_in")
async def use(ask: Ask) -> Answer:
    form = ask.form
    try:
        _filled_in(form)
        request_id = form.request_id
        # Before anything is looked up: the rules for passwords tell nothing about codes.
        prepared = await prepare_password(form.raw("password"), digits_of(form.raw("login")))
        used = await use_slip(
            ask.house, request_id, form.raw("login"), form.raw("code"), password=prepared, address=ask.address
        )
    except Invalid as invalid:
        return _page(ask, ask.error_texts(invalid), invalid.status)
    except TooMany as refusal:
        answer = _page(ask, {"": ask.render(refusal.message)}, refusal.status)
        answer.headers.add("retry-after", str(refusal.seconds))
        return answer
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return _page(ask, {"": ask.render(refusal.message)}, refusal.status)
    if used.replayed:
        # Whoever sends an old form again has not shown that he knows the password.
        return ask.redirect("/sign-in?done=set")
    return await entering.arrive(ask, used.person, "/", has_factor=used.has_factor)


ROUTES = (show, use)
