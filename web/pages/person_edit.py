"""Editing one person: one form, one act, each mistake at its field."""

from typing import Any

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.community.choices import Choices, choices
from core.community.details import SEXES
from core.community.editing import SEALED, Changes, Recorded, edit, recorded
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, address, attempt
from web.routes import Answer, get, post
from web.view_parts import FieldOption, FormField
from web.views_people import EditView

_LONGEST = 300


@get("/c/{slug}/people/{number}/edit", name="person.edit", permission=WRITE)
async def show(ask: Ask) -> Answer:
    return await _page(ask, {})


@post("/c/{slug}/people/{number}/edit", name="person.edit.save", permission=WRITE)
async def save(ask: Ask) -> Answer:
    form = ask.form
    changes = Changes(
        name=form.raw("name")[:_LONGEST],
        area=form.raw("area"),
        since=form.raw("since"),
        sealed={field: form.raw(field)[:_LONGEST] for field in SEALED},
        remove=tuple(form.many("remove")),
    )

    async def work(unit: Unit) -> dict[str, Any]:
        return {"changed": len(await edit(unit, await words.person_of(ask), changes))}

    inputs = [ask.path["number"], changes]
    tried = await attempt(ask, "person.edit", inputs, work)
    if tried.done is None:
        return await _page(ask, tried.errors, tried.status)
    return ask.redirect(address(ask, ask.path["number"], "?done=edited"))


async def _page(ask: Ask, errors: dict[str, str], status: int = 200) -> Answer:
    try:
        found = await recorded(ask.viewer, ask.path["number"])
    except Invalid as invalid:
        raise NotFound from invalid
    who, offered = found.volunteer, await choices(ask.viewer)
    there = [field for field in SEALED if found.sealed.get(field)]
    labels = _labels(ask)
    view = EditView(
        heading=ask._("Edit: %(name)s", name=who.name),
        action=address(ask, who.number, "/edit"),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        plain=_plain(ask, found, offered, errors),
        sealed=tuple(_sealed(ask, field, label, found, errors) for field, label in labels.items()),
        remove=FormField(
            name="remove",
            label=ask._("Remove from what is recorded"),
            kind="checkbox",
            required=False,
            values=tuple(ask.form.many("remove")),
            options=tuple(FieldOption(value=field, label=labels[field]) for field in there),
        )
        if there
        else None,
        errors=words.summary(errors),
        back_href=address(ask, who.number),
    )
    return ask.page("person_edit.html", view, title=view.heading, current=ask.home + "/people", status=status)


def _labels(ask: Ask) -> dict[str, str]:
    return {
        "phone": ask._("Telephone"),
        "address": ask._("Home address"),
        "email": ask._("E-mail"),
        "id_number": ask._("ID number"),
        "birth_date": ask._("Birth date"),
        "sex": ask._("Sex"),
    }


def _typed(ask: Ask, name: str, value: str) -> str:
    """What was typed stays typed, an emptied field too."""
    return ask.form.raw(name) if ask.rule.method == "POST" else value


def _plain(ask: Ask, found: Recorded, offered: Choices, errors: dict[str, str]) -> tuple[FormField, ...]:
    return (
        FormField(
            name="name",
            label=ask._("Full name"),
            required=True,
            value=_typed(ask, "name", found.volunteer.name),
            error=errors.get("name", ""),
            autocomplete="off",
        ),
        FormField(
            name="area",
            label=ask._("Lives in"),
            kind="select",
            value=_typed(ask, "area", found.area),
            error=errors.get("area", ""),
            required=False,
            options=words.area_options(offered, FieldOption(value="", label="—")),
        ),
        FormField(
            name="since",
            label=ask._("Moved there on"),
            kind="date",
            value=_typed(ask, "since", ""),
            hint=ask._("Only where the area changes; empty: today. The earlier place stays in the history."),
            error=errors.get("since", ""),
            required=False,
        ),
    )


def _sealed(ask: Ask, field: str, label: str, found: Recorded, errors: dict[str, str]) -> FormField:
    text = found.sealed.get(field, "")
    hint = ask._("Recorded: %(what)s", what=words.shown(ask, field, text)) if text else ""
    kinds = {"phone": "tel", "birth_date": "date", "sex": "select"}
    return FormField(
        name=field,
        label=label,
        kind=kinds.get(field, "text"),
        value=_typed(ask, field, ""),
        hint=hint,
        error=errors.get(field, ""),
        required=False,
        options=(FieldOption(value="", label="—"), *words.options(ask, SEXES)) if field == "sex" else (),
        autocomplete="off" if field != "sex" else "",
        inputmode={"phone": "tel", "email": "email"}.get(field, ""),
    )


ROUTES = (show, save)
