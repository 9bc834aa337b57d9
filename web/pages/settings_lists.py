"""Holidays and kinds of posts: added, renamed, taken away, from the settings page."""

from datetime import date, timedelta

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.communities import Holiday, add_holidays, remove_holiday
from core.community.post_kinds import (
    LAST_LEVEL,
    PostKind,
    add_post_kind,
    ensure_post_kinds,
    kinds_of,
    remove_post_kind,
    rename_post_kind,
)
from web.ask import Ask
from web.pages.office import Errors, day_typed, field, form_page, wrong
from web.pages.settings import PERMISSION
from web.routes import Answer, get, post
from web.view_parts import FieldOption
from web.views_office import Press

LONGEST_NAME = 40
MOST_DAYS = 60  # of one holiday


def _back(ask: Ask, done: str, place: str) -> Answer:
    return ask.redirect(f"{ask.home}/settings?done={done}#{place}")


# -- holidays ----------------------------------------------------------------------------------------------


@get("/c/{slug}/settings/holidays/new", name="settings.holiday", permission=PERMISSION)
async def holiday(ask: Ask) -> Answer:
    return _holiday_form(ask, {})


@post("/c/{slug}/settings/holidays/new", name="settings.holiday.add", permission=PERMISSION)
async def add_holiday(ask: Ask) -> Answer:
    form = ask.form
    try:
        name = form.text("name", most=LONGEST_NAME)
        kind = form.choice("kind", ("holiday", "workday"))
        days = [Holiday(day, name, kind) for day in _days(ask)]

        async def work(unit: Unit) -> dict[str, object]:
            await add_holidays(unit, days)
            return {"days": len(days)}

        inputs = [name, kind, days[0].day, len(days)]
        await act(ask.viewer, "holiday.add", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _holiday_form(ask, errors, status)
    return _back(ask, "added", "holidays")


def _days(ask: Ask) -> list[str]:
    """The days from the first to the last one that were typed. Raises Invalid."""
    first, last = day_typed(ask.form, "day"), day_typed(ask.form, "last_day")
    if not first:
        raise Invalid({"day": Message("Give a day, such as 2026-11-30.")})
    start = date.fromisoformat(first)
    count = (date.fromisoformat(last or first) - start).days + 1
    if not 1 <= count <= MOST_DAYS:
        message = Message("Give the first day or a later one, within %(n)s days.", n=MOST_DAYS)
        raise Invalid({"last_day": message})
    return [(start + timedelta(days=n)).isoformat() for n in range(count)]


def _holiday_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    kinds = (
        FieldOption(value="holiday", label=ask._("day off")),
        FieldOption(value="workday", label=ask._("make-up workday")),
    )
    hint = ask._("Empty for a single day.")
    return form_page(
        ask,
        heading=ask._("Add holidays"),
        action=ask.home + "/settings/holidays/new",
        fields=(
            field(ask, errors, "name", ask._("Name"), required=True),
            field(ask, errors, "day", ask._("First day"), kind="date", required=True),
            field(ask, errors, "last_day", ask._("Last day"), kind="date", hint=hint),
            field(ask, errors, "kind", ask._("Kind"), "holiday", kind="radio", options=kinds, required=True),
        ),
        submit=ask._("Add"),
        back=ask.home + "/settings#holidays",
        current=ask.home + "/settings",
        errors=errors,
        status=status,
    )


@post("/c/{slug}/settings/holidays/remove", name="settings.holiday.remove", permission=PERMISSION)
async def drop_holiday(ask: Ask) -> Answer:
    day = ask.form.raw("day")

    async def work(unit: Unit) -> dict[str, object]:
        await remove_holiday(unit, day)
        return {}

    await act(ask.viewer, "holiday.remove", ask.form.request_id, day, work)
    return _back(ask, "removed", "holidays")


# -- kinds of posts ----------------------------------------------------------------------------------------


@post("/c/{slug}/settings/posts/usual", name="settings.posts.usual", permission=PERMISSION)
async def usual(ask: Ask) -> Answer:
    """For communities opened before posts were kept."""

    async def work(unit: Unit) -> dict[str, object]:
        return {"kinds": await ensure_post_kinds(unit)}

    await act(ask.viewer, "post_kind.usual", ask.form.request_id, None, work)
    return _back(ask, "added", "posts")


@get("/c/{slug}/settings/posts/new", name="settings.post.new", permission=PERMISSION)
async def new_kind(ask: Ask) -> Answer:
    return _kind_form(ask, {})


@post("/c/{slug}/settings/posts/new", name="settings.post.add", permission=PERMISSION)
async def add_kind(ask: Ask) -> Answer:
    form = ask.form
    try:
        level = form.whole("level", least=0, most=LAST_LEVEL, default=0)

        async def work(unit: Unit) -> dict[str, object]:
            return {"key": await add_post_kind(unit, form.raw("name"), level or None, 10 * level or 100)}

        await act(ask.viewer, "post_kind.add", form.request_id, [form.raw("name"), level], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _kind_form(ask, errors, status)
    return _back(ask, "added", "posts")


def _kind_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    levels = (
        FieldOption(value="0", label=ask._("beside the chain")),
        *(FieldOption(value=str(n), label=ask._("Level %(n)s", n=n)) for n in range(1, LAST_LEVEL + 1)),
    )
    hint = ask._("Level 1 is the highest. Posts with a level stand in the chain of responsibility.")
    title = ask._("Place in the chain")
    return form_page(
        ask,
        heading=ask._("Add a kind of post"),
        action=ask.home + "/settings/posts/new",
        fields=(
            field(ask, errors, "name", ask._("Name"), required=True),
            field(ask, errors, "level", title, "0", kind="select", options=levels, hint=hint, required=True),
        ),
        submit=ask._("Add"),
        back=ask.home + "/settings#posts",
        current=ask.home + "/settings",
        errors=errors,
        status=status,
    )


async def _kind(ask: Ask) -> PostKind:
    for kind in await kinds_of(ask.viewer):
        if kind.key == ask.path["kind"]:
            return kind
    raise NotFound


@get("/c/{slug}/settings/posts/{kind}", name="settings.post", permission=PERMISSION)
async def show_kind(ask: Ask) -> Answer:
    return _rename_form(ask, await _kind(ask), {})


@post("/c/{slug}/settings/posts/{kind}", name="settings.post.rename", permission=PERMISSION)
async def rename_kind(ask: Ask) -> Answer:
    kind, name = await _kind(ask), ask.form.raw("name")
    try:

        async def work(unit: Unit) -> dict[str, object]:
            await rename_post_kind(unit, kind.key, name)
            return {}

        await act(ask.viewer, "post_kind.rename", ask.form.request_id, [kind.key, name], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _rename_form(ask, kind, errors, status)
    return _back(ask, "changed", "posts")


def _rename_form(ask: Ask, kind: PostKind, errors: Errors, status: int = 200) -> Answer:
    own = kind.key.startswith("own_")
    hint = "" if own else ask._("Empty for the usual name.")
    base = f"{ask.home}/settings/posts/{kind.key}"
    return form_page(
        ask,
        heading=ask._("Rename %(post)s", post=ask._(kind.name)),
        action=base,
        fields=(field(ask, errors, "name", ask._("Name"), ask._(kind.name), hint=hint, required=own),),
        submit=ask._("Save"),
        back=ask.home + "/settings#posts",
        current=ask.home + "/settings",
        errors=errors,
        status=status,
        presses=(
            Press(
                label=ask._("Take this kind away"),
                action=base + "/remove",
                request_id=ask.new_request_id(),
                kind="danger",
            ),
        )
        if own and not kind.used
        else (),
    )


@post("/c/{slug}/settings/posts/{kind}/remove", name="settings.post.remove", permission=PERMISSION)
async def remove_kind(ask: Ask) -> Answer:
    key = ask.path["kind"]
    try:

        async def work(unit: Unit) -> dict[str, object]:
            await remove_post_kind(unit, key)
            return {}

        await act(ask.viewer, "post_kind.remove", ask.form.request_id, key, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _rename_form(ask, await _kind(ask), errors, status)
    return _back(ask, "removed", "posts")


ROUTES = (
    holiday,
    add_holiday,
    drop_holiday,
    usual,
    new_kind,
    add_kind,
    show_kind,
    rename_kind,
    remove_kind,
)
