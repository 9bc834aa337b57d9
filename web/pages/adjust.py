"""Adjusting somebody's points: asked for here, done when a second person approves."""

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.points import adjust as verbs
from core.points.adjust import PERMISSION
from web.ask import Ask
from web.forms import Form
from web.pages.book_settings import policy_here
from web.pages.office import Errors, field, form_page, wrong
from web.pages.people_words import address, person_of, spaced
from web.routes import Answer, get, post
from web.view_parts import FieldOption

_WAYS = ("more", "less")


@get("/c/{slug}/people/{number}/adjust", name="person.adjust", permission=PERMISSION)
async def adjust(ask: Ask) -> Answer:
    return await _form(ask, {})


@post("/c/{slug}/people/{number}/adjust", name="person.adjust.ask", permission=PERMISSION)
async def send(ask: Ask) -> Answer:
    who = await person_of(ask, PERMISSION)
    try:
        points, reason, evidence = _typed(ask.form)

        async def work(unit: Unit) -> dict[str, object]:
            return await verbs.ask_adjustment(unit, who.number, points, reason, evidence)

        inputs = [who.number, points, reason, evidence]
        done = await act(ask.viewer, "points.adjust.ask", ask.form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _form(ask, errors, status)
    return ask.redirect(f"{ask.home}/approvals/{done.answer['approval']}?done=asked")


def _typed(form: Form) -> tuple[int, str, str]:
    faults: dict[str, Message] = {}
    points = 0
    try:
        points = form.whole("points", least=1)
    except Invalid as invalid:
        faults.update(invalid.fields)
    if form.raw("way") not in _WAYS:
        faults["way"] = Message("Please choose one of these.")
    for name in ("reason", "evidence"):
        try:
            form.text(name)
        except Invalid as invalid:
            faults.update(invalid.fields)
    if faults:
        raise Invalid(faults)
    return points if form.raw("way") == "more" else -points, form.raw("reason"), form.raw("evidence")


async def _form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    who = await person_of(ask, PERMISSION)
    ways = (
        FieldOption(value="more", label=ask._("Add points")),
        FieldOption(value="less", label=ask._("Take points off")),
    )
    most = policy_here(ask).adjust_most
    return form_page(
        ask,
        heading=ask._("Adjust points"),
        intro=ask._(
            "%(name)s, %(number)s. Nothing changes until a second person has approved it.",
            name=who.name,
            number=spaced(who.number),
        ),
        action=address(ask, who.number, "/adjust"),
        fields=(
            field(
                ask, errors, "way", ask._("What should happen?"), kind="radio", options=ways, required=True
            ),
            field(
                ask,
                errors,
                "points",
                ask._("How many points"),
                inputmode="numeric",
                hint=ask._("At most %(most)s in one adjustment.", most=most),
                required=True,
            ),
            field(
                ask,
                errors,
                "reason",
                ask._("Why"),
                hint=ask._("The volunteer reads this beside the line."),
                required=True,
            ),
            field(
                ask,
                errors,
                "evidence",
                ask._("What shows it"),
                hint=ask._("A list, a page of the book, a photo, and where it is kept."),
                required=True,
            ),
        ),
        submit=ask._("Ask a second person"),
        back=address(ask, who.number),
        current=ask.home + "/people",
        errors=errors,
        status=status,
    )


ROUTES = (adjust, send)
