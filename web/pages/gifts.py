"""Gifts between volunteers: what I was given and have given, and giving points to somebody."""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.sessions import require_stepped_up
from core.points import gifts as verbs
from core.points import statement
from core.points.gifts import GiftShown
from web.ask import Ask
from web.forms import Form
from web.pages.book_settings import policy_here
from web.pages.office import Errors, columns, done, field, form_page, look_again, wrong
from web.routes import Answer, get, post
from web.view_parts import Fact, NavItem, Tone, grouped, signed
from web.views import ConfirmView
from web.views_office import Cell, Grid, GridRow, Press, RecordView, Section

_DONE = {
    "given": Message("Set aside. The other one has been told and can accept it now."),
    "accepted": Message("Accepted. The points are yours."),
    "declined": Message("Declined. The points go back."),
    "withdrawn": Message("Gift taken back."),
}
_TONES: dict[str, Tone] = {"": "warn", "accepted": "ok"}


@get("/c/{slug}/gifts", name="gifts", tenant="own")
async def gifts(ask: Ask) -> Answer:
    return await _page(ask)


async def _page(ask: Ask, error: str = "", status: int = 200) -> Answer:
    found = await verbs.mine(ask.viewer)
    policy = policy_here(ask)
    if not policy.gifts and not found:
        raise NotFound
    base = ask.home + "/gifts"
    waiting = [g for g in found if not g.result and not g.given]
    mine = [g for g in found if g.result or g.given]
    sections = []
    if waiting:
        sections.append(
            Section(
                title=ask._("For you"), grid=_grid(ask, waiting, ask._("Gifts that wait for your answer"))
            )
        )
    sections.append(
        Section(
            title=ask._("Given and received"),
            grid=_grid(ask, mine, ask._("Given and received"), ask._("No gifts yet.")),
        )
    )
    give = NavItem(title=ask._("Give points"), href=base + "/new", icon="gift")
    view = RecordView(
        heading=ask._("Gifts"),
        back=NavItem(title=ask._("My points"), href=ask.home + "/points"),
        lead=ask._(
            "What you give is set aside until the other accepts. After %(days)s days it goes back.",
            days=policy.gift_days,
        ),
        actions=(give,) if policy.gifts else (),
        sections=tuple(sections),
        error=error,
    )
    current = ask.home + "/points"
    title = view.heading
    return ask.page("record.html", view, title=title, current=current, flash=done(ask, _DONE), status=status)


def _grid(ask: Ask, found: list[GiftShown], caption: str, empty: str = "") -> Grid:
    return Grid(
        caption=caption,
        columns=columns(ask._("With whom"), "#" + ask._("Points"), ask._("State")),
        rows=tuple(_row(ask, gift) for gift in found),
        empty=empty,
    )


def _row(ask: Ask, gift: GiftShown) -> GridRow:
    states = {
        "": ask._("waits until %(time)s", time=ask.when(gift.ends_at)),
        "accepted": ask._("accepted"),
        "declined": ask._("declined"),
        "withdrawn": ask._("withdrawn"),
        "expired": ask._("not accepted in time"),
    }
    who = ask._("To %(name)s", name=gift.other) if gift.given else ask._("From %(name)s", name=gift.other)
    answers = ("withdrawn",) if gift.given else ("accepted", "declined")
    labels = {
        "accepted": ask._("Accept"),
        "declined": ask._("Decline"),
        "withdrawn": ask._("Take back"),
    }
    presses = tuple(
        Press(
            label=labels[name],
            about=who,
            action=f"{ask.home}/gifts/{gift.public_id}",
            hidden=(("answer", name),),
            request_id=ask.new_request_id(),
            kind="primary" if name == "accepted" else "",
        )
        for name in answers
        if not gift.result
    )
    return GridRow(
        cells=(
            Cell(text=who, note=ask.when(gift.at)),
            Cell(text=signed(-gift.points if gift.given else gift.points)),
            Cell(text=states[gift.result], tone=_TONES.get(gift.result, ""), tag=True),
        ),
        presses=presses,
        idle=gift.result not in ("", "accepted"),
    )


@get("/c/{slug}/gifts/new", name="gift.new", tenant="own")
async def new(ask: Ask) -> Answer:
    """Whoever holds somebody's telephone cannot give his points away: he is asked once more who he is."""
    if not _may_give(ask):
        raise NotFound
    return await _form(ask, {}) if ask.stepped_up() else ask.step_up()


def _may_give(ask: Ask) -> bool:
    return policy_here(ask).gifts and ask.viewer.volunteer is not None


async def _form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    policy, volunteer = policy_here(ask), ask.viewer.volunteer
    if not policy.gifts or volunteer is None:
        raise NotFound
    free = (await statement.balance(ask.viewer, volunteer)).available
    numeric: dict[str, Any] = {"inputmode": "numeric", "required": True}
    hint = ask._(
        "You have %(points)s points; at most %(most)s may be given away in a month.",
        points=grouped(free),
        most=policy.gift_month_most,
    )
    base = ask.home + "/gifts"
    return form_page(
        ask,
        heading=ask._("Give points"),
        intro=ask._("To another volunteer of this community. You look at it once more before it counts."),
        action=base + "/look",
        fields=(
            field(ask, errors, "name", ask._("Name of the other one"), required=True),
            field(ask, errors, "number", ask._("Volunteer number of the other one"), **numeric),
            field(ask, errors, "points", ask._("How many points"), hint=hint, **numeric),
        ),
        submit=ask._("Next"),
        back=base,
        current=ask.home + "/points",
        errors=errors,
        status=status,
    )


def _typed(form: Form) -> tuple[str, str, int]:
    faults: dict[str, Message] = {}
    for name in ("name", "number"):
        try:
            form.text(name, most=60)
        except Invalid as invalid:
            faults.update(invalid.fields)
    points = 0
    try:
        points = form.whole("points", least=1)
    except Invalid as invalid:
        faults.update(invalid.fields)
    if faults:
        raise Invalid(faults)
    return "".join(form.raw("number").split()), form.raw("name"), points


@post("/c/{slug}/gifts/look", name="gift.look", tenant="own")
async def look(ask: Ask) -> Answer:
    try:
        number, name, points = _typed(ask.form)
        await verbs.look(ask.viewer, number, name, points)
    except Invalid as invalid:
        return await _form(ask, ask.error_texts(invalid), invalid.status)
    volunteer = ask.viewer.volunteer
    assert volunteer is not None  # noqa: S101  # `look` lets nobody else through
    free = (await statement.balance(ask.viewer, volunteer)).available
    view = ConfirmView(
        heading=ask._("Give %(points)s points to %(name)s?", points=grouped(points), name=name),
        facts=(Fact(label=ask._("Volunteer number"), text=number),),
        before=grouped(free),
        amount=signed(-points),
        after=grouped(free - points),
        action=ask.home + "/gifts",
        request_id=ask.form.request_id,
        hidden=(("name", name), ("number", number), ("points", str(points))),
        button=ask._("Give"),
        back_href=ask.home + "/gifts/new",
    )
    return look_again(ask, view, ask.home + "/points")


@post("/c/{slug}/gifts", name="gift.give", tenant="own")
async def give(ask: Ask) -> Answer:
    if not _may_give(ask):
        raise NotFound
    require_stepped_up(ask.viewer)
    try:
        number, name, points = _typed(ask.form)

        async def work(unit: Unit) -> dict[str, object]:
            return await verbs.give(unit, number, name, points)

        await act(ask.viewer, "gift.give", ask.form.request_id, [number, name, points], work)
    except Invalid as invalid:
        return await _form(ask, ask.error_texts(invalid), invalid.status)
    return ask.redirect(ask.home + "/gifts?done=given")


@post("/c/{slug}/gifts/{gift}", name="gift.answer", tenant="own")
async def answer(ask: Ask) -> Answer:
    shown, result = ask.path["gift"], ask.form.raw("answer")

    async def work(unit: Unit) -> dict[str, object]:
        await verbs.answer(unit, shown, result)
        return {}

    try:
        await act(ask.viewer, "gift.answer", ask.form.request_id, [shown, result], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _page(ask, next(iter(errors.values())), status)
    return ask.redirect(f"{ask.home}/gifts?done={result}")


ROUTES = (gifts, new, look, give, answer)
