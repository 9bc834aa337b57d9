"""The first operator comes in by the address that was printed when the house was started."""

from core.base.errors import Invalid, Refused, TooMany
from core.community import first_operator as verbs
from core.community.credentials import prepare_password
from web import entering
from web.ask import Ask
from web.pages.security import same
from web.routes import Answer, get, post
from web.view_parts import FieldError, FormField
from web.views import MessageView
from web.views_access import PlainFormView

_LONGEST = 200


@get("/first-operator", name="first_operator", tenant="none", anonymous=True)
async def show(ask: Ask) -> Answer:
    if await verbs.has_operator(ask.house):
        return _there_is_one(ask)
    return _page(ask, {})


def _there_is_one(ask: Ask) -> Answer:
    view = MessageView(
        heading=ask._("Linli has its operator"),
        text=ask.render(verbs.THERE_IS_ONE),
        tone="info",
        href="/sign-in",
        label=ask._("Sign in"),
    )
    return ask.page("message.html", view, title=view.heading)


def _page(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    def field(name: str, label: str, kind: str, autocomplete: str, hint: str = "") -> FormField:
        return FormField(
            name=name,
            label=label,
            kind=kind,
            value="" if kind == "password" else ask.form.raw(name)[:_LONGEST],
            hint=hint,
            error=errors.get(name, ""),
            required=True,
            autocomplete=autocomplete,
            inputmode="tel" if kind == "tel" else "",
        )

    token = (ask.form if ask.rule.method == "POST" else ask.query).raw("token")
    view = PlainFormView(
        heading=ask._("The first operator"),
        intro=ask._("Who opens communities, gives the first roles and looks after this installation."),
        action="/first-operator",
        request_id=ask.new_request_id(),
        hidden=(("token", token[:_LONGEST]),),
        fields=(
            field("name", ask._("Name"), "text", "name"),
            field("phone", ask._("Telephone"), "tel", "tel", ask._("You sign in with it.")),
            field("password", ask._("Password"), "password", "new-password", ask._("At least 8 characters.")),
            field("again", ask._("Password once more"), "password", "new-password"),
        ),
        errors=tuple(FieldError(field=f or "name", text=text) for f, text in errors.items()),
        submit=ask._("Begin"),
    )
    return ask.page("access_form.html", view, title=view.heading, status=status)


@post("/first-operator", name="first_operator.make", tenant="none", anonymous=True, rate="sign_in")
async def make(ask: Ask) -> Answer:
    form = ask.form
    try:
        await verbs.count_try(ask.house, ask.address)
        for name in ("name", "phone"):
            form.text(name, most=_LONGEST)
        same(ask, "password")
        prepared = await prepare_password(form.raw("password"), form.raw("name"), form.raw("phone"))
        person = await verbs.make_first_operator(
            ask.house,
            form.request_id,
            form.raw("token")[:_LONGEST],
            name=form.raw("name"),
            phone=form.raw("phone"),
            password=prepared,
        )
    except Invalid as invalid:
        return _page(ask, ask.error_texts(invalid), invalid.status)
    except TooMany as refusal:
        return _page(ask, {"": ask.render(refusal.message)}, refusal.status)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return _there_is_one(ask)
    if person is None:
        return ask.redirect("/sign-in?done=set")
    return await entering.arrive(ask, person, "/", has_factor=False)


ROUTES = (show, make)
