"""A new community, in one form; for the operator."""

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.community.credentials import LONGEST, prepare_password
from core.community.names import clean_name
from core.community.people import NewPerson, clean_phone
from core.lifecycle.founding import Founding, areas_above, found_community
from web.ask import Ask
from web.forms import Form
from web.pages.office import Errors, area_kind, field, form_page, wrong
from web.pages.settings import zone_options
from web.routes import Answer, get, post
from web.view_parts import FieldOption, FormField

PERMISSION = "operator"
ADDRESS = "/communities/new"
_KINDS_ABOVE = ("county", "street")


@get(ADDRESS, name="community.new", tenant="none", permission=PERMISSION)
async def new(ask: Ask) -> Answer:
    return await _form(ask, {})


@post(ADDRESS, name="community.found", tenant="none", permission=PERMISSION)
async def found(ask: Ask) -> Answer:
    form = ask.form
    try:
        wanted = await _typed(ask)
        password = form.raw("password")
        prepared = await prepare_password(password, wanted.administrator.name, wanted.administrator.phone)

        async def work(unit: Unit) -> dict[str, object]:
            return {"community": await found_community(unit, wanted, prepared)}

        # The password is no part of what is remembered of the form.
        await act(ask.viewer, "community.found", form.request_id, wanted, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _form(ask, errors, status)
    return ask.redirect(f"/c/{wanted.slug}/settings")


async def _typed(ask: Ask) -> Founding:
    """Everything the form holds but the password. Raises Invalid, every wrong field at once."""
    form = ask.form
    faults: dict[str, Message] = {}
    above = {area.public_id: area.id for area in await areas_above(ask.viewer)}
    chosen = form.raw("above")
    if chosen and chosen not in above:
        faults["above"] = Message("Please choose one of these.")
    name = phone = ""
    try:
        name = clean_name(form.raw("admin_name"), "admin_name")
    except Invalid as invalid:
        faults.update(invalid.fields)
    try:
        phone = clean_phone(form.raw("admin_phone"), "admin_phone")
        if not phone:
            faults["admin_phone"] = Message("Please fill this in.")
    except Invalid as invalid:
        faults.update(invalid.fields)
    if len(form.raw("help_phone")) > 40:  # as in the settings
        faults["help_phone"] = Message("This is too long: at most %(most)s characters.", most=40)
    faults.update(_passwords(form))
    if faults:
        raise Invalid(faults)
    return Founding(
        slug=form.raw("slug").lower(),
        name=form.raw("name"),
        zone=form.raw("zone"),
        help_phone=form.raw("help_phone"),
        above=above.get(chosen),
        new_above=form.raw("new_above"),
        new_above_kind=form.choice("new_above_kind", _KINDS_ABOVE, default="street"),
        administrator=NewPerson(name, phone),
    )


def _passwords(form: Form) -> dict[str, Message]:
    first, again = form.raw("password"), form.raw("password_again")
    if not first:
        return {"password": Message("Please fill this in.")}
    if first != again or len(first) > LONGEST:
        return {"password_again": Message("The two passwords are not the same.")}
    return {}


async def _form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    return form_page(
        ask,
        heading=ask._("New community"),
        intro=ask._("It begins with the usual posts and one administrator, who sets everything else up."),
        action=ADDRESS,
        fields=(*_place(ask, errors), *await _above(ask, errors), *_administrator(ask, errors)),
        submit=ask._("Open the community"),
        back="/",
        current="/",
        errors=errors,
        status=status,
    )


def _place(ask: Ask, errors: Errors) -> tuple[FormField, ...]:
    return (
        field(ask, errors, "name", ask._("Name of the community"), required=True, autocomplete="off"),
        field(
            ask,
            errors,
            "slug",
            ask._("Address"),
            hint=ask._("Small letters, digits and dashes, such as hongqi: the address is then /c/hongqi."),
            required=True,
            autocomplete="off",
        ),
        field(
            ask,
            errors,
            "zone",
            ask._("Time zone"),
            "Asia/Shanghai",
            kind="select",
            options=zone_options(),
            required=True,
        ),
        field(ask, errors, "help_phone", ask._("Help telephone"), kind="tel", inputmode="tel"),
    )


async def _above(ask: Ask, errors: Errors) -> tuple[FormField, ...]:
    areas = await areas_above(ask.viewer)
    options = (
        FieldOption(value="", label=ask._("none")),
        *(FieldOption(value=a.public_id, label="　" * (a.path.count("/") - 2) + a.name) for a in areas),
    )
    kinds = tuple(FieldOption(value=kind, label=area_kind(ask, kind)) for kind in _KINDS_ABOVE)
    hint = ask._("Only where it is not among these yet; it is put below the one chosen above.")
    return (
        field(ask, errors, "above", ask._("Belongs to"), kind="select", options=options),
        field(ask, errors, "new_above", ask._("Or to a new area: name"), hint=hint, autocomplete="off"),
        field(
            ask,
            errors,
            "new_above_kind",
            ask._("What the new area is"),
            "street",
            kind="select",
            options=kinds,
            required=True,
        ),
    )


def _administrator(ask: Ask, errors: Errors) -> tuple[FormField, ...]:
    phone = ask._("Telephone number, to sign in with")
    again = ask._("The password once more")
    hint = ask._("At least 8 characters. To be changed after the first sign-in.")
    return (
        field(
            ask, errors, "admin_name", ask._("First administrator: name"), required=True, autocomplete="off"
        ),
        field(
            ask,
            errors,
            "admin_phone",
            phone,
            kind="tel",
            inputmode="tel",
            required=True,
            autocomplete="off",
        ),
        field(
            ask,
            errors,
            "password",
            ask._("First password"),
            kind="password",
            hint=hint,
            required=True,
            autocomplete="new-password",
        ),
        field(
            ask,
            errors,
            "password_again",
            again,
            kind="password",
            required=True,
            autocomplete="new-password",
        ),
    )


ROUTES = (new, found)
