"""Changing rewards and stock: a new one, its label, deliveries, counts, what is spoiled."""

from collections.abc import Awaitable, Callable

from core.base.act import Unit, act
from core.base.errors import Refused
from core.reward import catalogue, shelf
from core.reward.catalogue import MOST_POINTS, MOST_STOCK
from core.reward.shelf import WRITE, ShelfReward, Terms, clean_terms, reward_of
from web.ask import Ask
from web.pages.office import Errors, field, form_page, look_again, whole_or_none, wrong
from web.routes import Answer, get, post
from web.view_parts import Fact, FormField, grouped
from web.views import ConfirmView


async def _reward(ask: Ask) -> ShelfReward:
    return await reward_of(ask.viewer, ask.path["reward"])


def _base(ask: Ask, reward: ShelfReward) -> str:
    return f"{ask.home}/stock/{reward.public_id}"


# -- a new one, and its label ------------------------------------------------------------------------------


def _terms(ask: Ask) -> Terms:
    """What was typed. Raises Invalid."""
    form = ask.form
    price = form.whole("price", least=1, most=MOST_POINTS)
    limit = whole_or_none(form, "per_person", least=1, most=999)
    return clean_terms(Terms(form.raw("name"), price, form.raw("description"), limit))


def _label_fields(ask: Ask, errors: Errors, reward: ShelfReward | None) -> tuple[FormField, ...]:
    limit = str(reward.per_person) if reward and reward.per_person else ""
    hint = ask._("Empty for no limit.")
    return (
        field(ask, errors, "name", ask._("Name"), reward.name if reward else "", required=True),
        field(
            ask,
            errors,
            "price",
            ask._("Price in points"),
            str(reward.price) if reward else "",
            inputmode="numeric",
            required=True,
        ),
        field(ask, errors, "description", ask._("Description"), reward.description if reward else ""),
        field(
            ask,
            errors,
            "per_person",
            ask._("Most per person a month"),
            limit,
            inputmode="numeric",
            hint=hint,
        ),
    )


@get("/c/{slug}/stock/new", name="reward.new", permission=WRITE)
async def new(ask: Ask) -> Answer:
    return _new_form(ask, {})


@post("/c/{slug}/stock/new", name="reward.add", permission=WRITE)
async def add(ask: Ask) -> Answer:
    form = ask.form
    try:
        terms = _terms(ask)
        first = form.whole("first", most=MOST_STOCK, default=0)

        async def work(unit: Unit) -> dict[str, object]:
            reward = await catalogue.add_reward(
                unit,
                terms.name,
                terms.price,
                description=terms.description,
                per_person=terms.per_person,
            )
            if first:
                await catalogue.receive_stock(unit, reward.id, first)
            return {"reward": reward.public_id}

        inputs = [terms.name, terms.price, terms.description, terms.per_person, first]
        done = await act(ask.viewer, "reward.add", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _new_form(ask, errors, status)
    return ask.redirect(f"{ask.home}/stock/{done.answer['reward']}?done=added")


def _new_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    base = ask.home + "/stock"
    first = field(ask, errors, "first", ask._("Pieces in stock now"), inputmode="numeric")
    return form_page(
        ask,
        heading=ask._("Add a reward"),
        action=base + "/new",
        fields=(*_label_fields(ask, errors, None), first),
        submit=ask._("Add"),
        back=base,
        current=base,
        errors=errors,
        status=status,
    )


@get("/c/{slug}/stock/{reward}/edit", name="reward.edit", permission=WRITE)
async def edit(ask: Ask) -> Answer:
    return _edit_form(ask, await _reward(ask), {})


@post("/c/{slug}/stock/{reward}/edit", name="reward.change", permission=WRITE)
async def change(ask: Ask) -> Answer:
    reward = await _reward(ask)
    try:
        terms = _terms(ask)

        async def work(unit: Unit) -> dict[str, object]:
            await shelf.change_reward(unit, reward.id, terms)
            return {}

        await act(ask.viewer, "reward.change", ask.form.request_id, [reward.public_id, terms], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _edit_form(ask, reward, errors, status)
    return ask.redirect(_base(ask, reward) + "?done=changed")


def _edit_form(ask: Ask, reward: ShelfReward, errors: Errors, status: int = 200) -> Answer:
    return form_page(
        ask,
        heading=ask._("Change %(area)s", area=reward.name),
        intro=ask._("Another price holds from now on; what was handed over keeps the price it had."),
        action=_base(ask, reward) + "/edit",
        fields=_label_fields(ask, errors, reward),
        submit=ask._("Save"),
        back=_base(ask, reward),
        current=ask.home + "/stock",
        errors=errors,
        status=status,
    )


# -- on and off the list -----------------------------------------------------------------------------------


@get("/c/{slug}/stock/{reward}/offer", name="reward.look", permission=WRITE)
async def look(ask: Ask) -> Answer:
    reward = await _reward(ask)
    on = reward.status == "offered"
    base = _base(ask, reward)
    happens = (
        ask._("Nobody can choose it any more, at once. What is in stock stays in the book.")
        if on
        else ask._("Everybody with enough points can choose it again.")
    )
    view = ConfirmView(
        heading=ask._("Take %(reward)s off the list?", reward=reward.name)
        if on
        else ask._("Put %(reward)s on the list again?", reward=reward.name),
        facts=(
            Fact(label=ask._("What happens"), text=happens),
            Fact(label=ask._("In stock"), text=grouped(reward.stock)),
        ),
        action=base + "/offer",
        request_id=ask.new_request_id(),
        hidden=(("to", "withdrawn" if on else "offered"),),
        button=ask._("Take off the list") if on else ask._("Put on the list again"),
        back_href=base,
    )
    return look_again(ask, view, ask.home + "/stock")


@post("/c/{slug}/stock/{reward}/offer", name="reward.offer", permission=WRITE)
async def offer(ask: Ask) -> Answer:
    reward, to = await _reward(ask), ask.form.choice("to", ("withdrawn", "offered"))

    async def work(unit: Unit) -> dict[str, object]:
        await (shelf.withdraw if to == "withdrawn" else shelf.offer)(unit, reward.id)
        return {}

    await act(ask.viewer, "reward.status", ask.form.request_id, [reward.public_id, to], work)
    return ask.redirect(f"{_base(ask, reward)}?done={to}")


# -- deliveries, counts, what is spoiled -------------------------------------------------------------------


Verb = Callable[[Unit, ShelfReward, int], Awaitable[object]]


async def _move(ask: Ask, name: str, verb: Verb, form: Callable[..., Answer], said: str) -> Answer:
    """One number typed about a reward's stock, done once."""
    reward = await _reward(ask)
    try:
        pieces = ask.form.whole(name, most=MOST_STOCK)
        book = ask.form.raw("book")

        async def work(unit: Unit) -> dict[str, object]:
            return {"moved": await verb(unit, reward, pieces)}

        inputs = [reward.public_id, name, pieces, book]
        done = await act(ask.viewer, "stock." + said, ask.form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return form(ask, await _reward(ask), errors, status)
    if said == "counted" and not done.answer["moved"]:
        said = "agrees"
    return ask.redirect(f"{_base(ask, reward)}?done={said}")


def _stock_form(
    ask: Ask,
    reward: ShelfReward,
    given: tuple[str, str, str, str],
    errors: Errors,
    *,
    status: int = 200,
    intro: str = "",
) -> Answer:
    """`given`: the field's name, its label, the form's heading and the last part of its address."""
    name, label, heading, part = given
    base = _base(ask, reward)
    return form_page(
        ask,
        heading=heading,
        intro=intro,
        action=f"{base}/{part}",
        hidden=(("book", str(reward.stock)),),
        fields=(field(ask, errors, name, label, inputmode="numeric", required=True),),
        submit=ask._("Book it"),
        back=base,
        current=ask.home + "/stock",
        errors=errors,
        status=status,
    )


def _receive_form(ask: Ask, reward: ShelfReward, errors: Errors, status: int = 200) -> Answer:
    heading = ask._("Delivery of %(reward)s", reward=reward.name)
    intro = ask._("In stock now: %(stock)s.", stock=grouped(reward.stock))
    given = ("quantity", ask._("Pieces delivered"), heading, "receive")
    return _stock_form(ask, reward, given, errors, status=status, intro=intro)


def _count_form(ask: Ask, reward: ShelfReward, errors: Errors, status: int = 200) -> Answer:
    heading = ask._("Count %(reward)s", reward=reward.name)
    stock = grouped(reward.stock)
    intro = ask._("The book says %(stock)s. A difference is booked with both figures.", stock=stock)
    given = ("counted", ask._("Pieces on the shelf"), heading, "count")
    return _stock_form(ask, reward, given, errors, status=status, intro=intro)


def _spoiled_form(ask: Ask, reward: ShelfReward, errors: Errors, status: int = 200) -> Answer:
    heading = ask._("Write %(reward)s off", reward=reward.name)
    intro = ask._("In stock now: %(stock)s.", stock=grouped(reward.stock))
    given = ("quantity", ask._("Pieces spoiled or lost"), heading, "spoiled")
    return _stock_form(ask, reward, given, errors, status=status, intro=intro)


@get("/c/{slug}/stock/{reward}/receive", name="stock.delivery", permission=WRITE)
async def delivery(ask: Ask) -> Answer:
    return _receive_form(ask, await _reward(ask), {})


@post("/c/{slug}/stock/{reward}/receive", name="stock.receive", permission=WRITE)
async def receive(ask: Ask) -> Answer:
    async def verb(unit: Unit, reward: ShelfReward, pieces: int) -> object:
        return await catalogue.receive_stock(unit, reward.id, pieces)

    return await _move(ask, "quantity", verb, _receive_form, "received")


@get("/c/{slug}/stock/{reward}/count", name="stock.shelf", permission=WRITE)
async def on_shelf(ask: Ask) -> Answer:
    return _count_form(ask, await _reward(ask), {})


@post("/c/{slug}/stock/{reward}/count", name="stock.count", permission=WRITE)
async def count(ask: Ask) -> Answer:
    async def verb(unit: Unit, reward: ShelfReward, pieces: int) -> object:
        book = ask.form.whole("book", most=MOST_STOCK)
        return await shelf.count_stock(unit, reward.id, pieces, book)

    return await _move(ask, "counted", verb, _count_form, "counted")


@get("/c/{slug}/stock/{reward}/spoiled", name="stock.spoilage", permission=WRITE)
async def spoilage(ask: Ask) -> Answer:
    return _spoiled_form(ask, await _reward(ask), {})


@post("/c/{slug}/stock/{reward}/spoiled", name="stock.spoiled", permission=WRITE)
async def spoiled(ask: Ask) -> Answer:
    async def verb(unit: Unit, reward: ShelfReward, pieces: int) -> object:
        return await shelf.write_off(unit, reward.id, pieces)

    return await _move(ask, "quantity", verb, _spoiled_form, "spoiled")


ROUTES = (
    new,
    add,
    edit,
    change,
    look,
    offer,
    delivery,
    receive,
    on_shelf,
    count,
    spoilage,
    spoiled,
)
