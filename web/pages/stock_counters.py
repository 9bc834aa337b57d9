"""Service desks: added and changed, from the page of rewards and stock."""

from core.base.act import Unit, act
from core.base.errors import NotFound, Refused
from core.reward import catalogue, shelf
from core.reward.catalogue import Counter
from core.reward.shelf import WRITE, clean_counter
from web.ask import Ask
from web.pages.office import Errors, field, form_page, wrong
from web.routes import Answer, get, post


async def _counter(ask: Ask) -> Counter:
    for counter in await catalogue.counters(ask.viewer):
        if counter.public_id == ask.path["counter"]:
            return counter
    raise NotFound


@get("/c/{slug}/stock/counters/new", name="counter.new", permission=WRITE)
async def new_counter(ask: Ask) -> Answer:
    return _counter_form(ask, None, {})


@post("/c/{slug}/stock/counters/new", name="counter.add", permission=WRITE)
async def add_counter(ask: Ask) -> Answer:
    return await _keep_counter(ask, None)


@get("/c/{slug}/stock/counters/{counter}", name="counter.edit", permission=WRITE)
async def edit_counter(ask: Ask) -> Answer:
    return _counter_form(ask, await _counter(ask), {})


@post("/c/{slug}/stock/counters/{counter}", name="counter.change", permission=WRITE)
async def change_counter(ask: Ask) -> Answer:
    return await _keep_counter(ask, await _counter(ask))


async def _keep_counter(ask: Ask, counter: Counter | None) -> Answer:
    raw = ask.form.raw
    shown = counter.public_id if counter else ""
    try:
        values = clean_counter(raw("name"), raw("place"), raw("hours"))

        async def work(unit: Unit) -> dict[str, object]:
            if counter is None:
                await catalogue.add_counter(
                    unit, values["name"], place=values["place"], hours=values["hours"]
                )
            else:
                await shelf.change_counter(unit, shown, **values)
            return {}

        inputs = [shown, *values.values()]
        await act(ask.viewer, "counter.keep", ask.form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _counter_form(ask, counter, errors, status)
    said = "changed" if counter else "added"
    return ask.redirect(f"{ask.home}/stock?done={said}#counters")


def _counter_form(ask: Ask, counter: Counter | None, errors: Errors, status: int = 200) -> Answer:
    base = ask.home + "/stock"
    name, place, hours = (counter.name, counter.place, counter.hours) if counter else ("", "", "")
    hint = ask._("Such as: Monday to Friday 9:00–17:00.")
    return form_page(
        ask,
        heading=ask._("Change %(area)s", area=name) if counter else ask._("Add a service desk"),
        action=f"{base}/counters/{counter.public_id if counter else 'new'}",
        fields=(
            field(ask, errors, "name", ask._("Name"), name, required=True),
            field(ask, errors, "place", ask._("Place"), place),
            field(ask, errors, "hours", ask._("Opening hours"), hours, hint=hint),
        ),
        submit=ask._("Save"),
        back=base,
        current=base,
        errors=errors,
        status=status,
    )


ROUTES = (new_counter, add_counter, edit_counter, change_counter)
