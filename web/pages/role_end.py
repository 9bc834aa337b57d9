"""Taking a role away: now, or on a day to come."""

from core.base.act import Unit, act
from core.base.errors import NotFound, Refused
from core.community import grants
from core.community.grants import WRITE, Held
from web.ask import Ask
from web.pages.office import Errors, day_typed, field, form_page, wrong
from web.pages.roles import LARGEST_ID, days, ends, may_take, role_name, scope
from web.routes import Answer, get, post


@get("/c/{slug}/roles/{grant}/end", name="roles.end", permission=WRITE)
async def end(ask: Ask) -> Answer:
    return await _end_form(ask, await _grant(ask), {})


@post("/c/{slug}/roles/{grant}/end", name="roles.take", permission=WRITE)
async def take(ask: Ask) -> Answer:
    held = await _grant(ask)
    try:
        last = day_typed(ask.form, "until")
        at = ends(ask, last)

        async def work(unit: Unit) -> dict[str, object]:
            await grants.take(unit, held.id, at)
            return {}

        await act(ask.viewer, "role.take", ask.form.request_id, [held.id, last], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return await _end_form(ask, held, errors, status)
    return ask.redirect(ask.home + "/roles?done=taken")


async def _grant(ask: Ask) -> Held:
    text = ask.path["grant"]
    if not text.isascii() or not text.isdecimal() or int(text) > LARGEST_ID:
        raise NotFound
    held = await grants.one(ask.viewer, int(text))
    if not may_take(ask, held):
        raise NotFound
    return held


async def _end_form(ask: Ask, held: Held, errors: Errors, status: int = 200) -> Answer:
    name = role_name(ask, held.role, own=held.own)
    return form_page(
        ask,
        heading=ask._("Take the role away: %(role)s", role=name),
        intro=f"{held.name} · {scope(ask, held)} · {days(ask, held)}",
        action=f"{ask.home}/roles/{held.id}/end",
        fields=(
            field(
                ask,
                errors,
                "until",
                ask._("Last day"),
                kind="date",
                hint=ask._("Empty: it ends now, at once and on every device."),
            ),
        ),
        submit=ask._("Take it away"),
        back=ask.home + "/roles",
        current=ask.home + "/roles",
        errors=errors,
        status=status,
    )


ROUTES = (end, take)
