"""Giving a post and ending it, and what its holder agreed to about the contact card."""

from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.errors import Message, NotFound, Refused
from core.community.area_tree import around
from core.community.areas import Area
from core.community.consent import CONTACT_CARD, PURPOSES, give_consent, take_consent_back
from core.community.names import clean_name
from core.community.people import add_person, clean_phone
from core.community.post_kinds import PostKind, kinds_of
from core.community.posts import Held, NewPost, add_posts, end_post, post_of
from web.ask import Ask
from web.pages import picking
from web.pages.office import Errors, day_typed, day_words, done, field, form_page, wrong
from web.pages.picking import Choice, who_fields
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, Flash, FormField, NavItem
from web.views_office import Press, RecordView, Section

PERMISSION = "area.write"
_DONE = {
    "agreed": Message("It is written down that this person agrees."),
    "taken": Message("The name and the number are off the card."),
}


@get("/c/{slug}/areas/{area}/posts/new", name="post.new", permission=PERMISSION)
async def new(ask: Ask) -> Answer:
    area = (await around(ask.viewer, ask.path["area"])).area
    return _form(ask, area, await kinds_of(ask.viewer), {})


@post("/c/{slug}/areas/{area}/posts/new", name="post.add", permission=PERMISSION)
async def add(ask: Ask) -> Answer:
    area = (await around(ask.viewer, ask.path["area"])).area
    kinds, form = await kinds_of(ask.viewer), ask.form
    choice = Choice()
    try:
        wanted = form.choice("kind", [kind.key for kind in kinds])
        kind = next(kind for kind in kinds if kind.key == wanted)
        name, phone = _somebody_new(ask)
        since = day_typed(form, "from_day")
        person = 0 if name else await picking.person(ask, choice)

        async def work(unit: Unit) -> dict[str, object]:
            who = person or await add_person(unit, name, phone)
            shown = await add_posts(unit, [NewPost(kind.id, who, area.id, since)])
            if form.raw("agreed"):
                await give_consent(unit, who, CONTACT_CARD)
            return {"post": shown[0]}

        inputs = [area.public_id, wanted, person, name, phone, since, form.raw("agreed")]
        await act(ask.viewer, "post.add", form.request_id, inputs, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _form(ask, area, kinds, errors, choice=choice, status=status)
    return ask.redirect(f"{ask.home}/areas/{area.public_id}?done=post")


def _somebody_new(ask: Ask) -> tuple[str, str]:
    """Name and telephone of somebody who is not here yet; ('', '') where none was typed. Raises Invalid."""
    name, phone = ask.form.raw("new_name"), ask.form.raw("new_phone")
    if not name and not phone:
        return "", ""
    return clean_name(name, "new_name"), clean_phone(phone, "new_phone")


def _form(
    ask: Ask,
    area: Area,
    kinds: list[PostKind],
    errors: Errors,
    *,
    choice: Choice | None = None,
    status: int = 200,
) -> Answer:
    base = f"{ask.home}/areas/{area.public_id}"
    return form_page(
        ask,
        heading=ask._("Give a post in %(area)s", area=area.name),
        intro=ask._("One person may hold several posts, and a post may be held by several people."),
        action=base + "/posts/new",
        fields=_fields(ask, area, kinds, errors, choice),
        submit=ask._("Give the post"),
        back=base,
        current=ask.home + "/areas",
        errors=errors,
        status=status,
    )


def _fields(
    ask: Ask, area: Area, kinds: list[PostKind], errors: Errors, choice: Choice | None
) -> tuple[FormField, ...]:
    options = tuple(FieldOption(value=kind.key, label=ask._(kind.name)) for kind in kinds)
    usual = {"grid": "grid_head", "building": "building_head", "unit": "unit_head", "station": "station_head"}
    agreed = FieldOption(
        value="1", label=ask._("Agreed on paper"), hint=ask.render(PURPOSES[CONTACT_CARD].words)
    )
    ticked = ("1",) if ask.form.raw("agreed") else ()
    return (
        field(
            ask,
            errors,
            "kind",
            ask._("Post"),
            usual.get(area.kind, "party_secretary"),
            kind="select",
            options=options,
            required=True,
        ),
        *who_fields(ask, errors, choice),
        field(ask, errors, "new_name", ask._("Or somebody new: name"), autocomplete="off"),
        field(
            ask,
            errors,
            "new_phone",
            ask._("His or her telephone number"),
            kind="tel",
            inputmode="tel",
            autocomplete="off",
        ),
        field(
            ask,
            errors,
            "from_day",
            ask._("Since"),
            day_of(ask.now, ask.zone),
            kind="date",
        ),
        field(
            ask,
            errors,
            "agreed",
            ask._("Public contact card"),
            kind="checkbox",
            options=(agreed,),
            values=ticked,
        ),
    )


# -- one post ----------------------------------------------------------------------------------------------


async def _held(ask: Ask) -> Held:
    held = await post_of(ask.viewer, ask.path["post"])
    if held.area != ask.path["area"]:
        raise NotFound
    return held


@get("/c/{slug}/areas/{area}/posts/{post}", name="post", permission=PERMISSION)
async def show(ask: Ask) -> Answer:
    held = await _held(ask)
    area = f"{ask.home}/areas/{held.area}"
    base = f"{area}/posts/{held.public_id}"
    words = PURPOSES[CONTACT_CARD]
    agree = held.agreed_at is None
    consent = Section(
        title=ask._("Public contact card"),
        text=ask.render(words.words),
        facts=(
            Fact(
                label=ask.render(words.title),
                text=ask._("no consent")
                if held.agreed_at is None
                else ask._("agreed on %(when)s", when=ask.when(held.agreed_at)),
            ),
        ),
        presses=(
            Press(
                label=ask._("Agreed on paper") if agree else ask._("Consent taken back"),
                action=base + "/consent",
                hidden=(("agree", "yes" if agree else "no"),),
                request_id=ask.new_request_id(),
                icon="check" if agree else "close",
            ),
        ),
        note=ask._("The signed paper stays in the office. Linli keeps who wrote it down, and when."),
    )
    facts = [
        Fact(label=ask._("Who"), text=f"{held.name} {held.number}".strip(), href=_person_href(ask, held)),
        Fact(label=ask._("Area"), text=held.area_name, href=area),
        Fact(label=ask._("Since"), text=day_words(ask, held.from_day)),
    ]
    if held.level is not None:
        facts.append(Fact(label=ask._("Place in the chain"), text=ask._("Level %(n)s", n=held.level)))
    if held.to_day is not None:
        facts.append(Fact(label=ask._("Until"), text=day_words(ask, held.to_day)))
    view = RecordView(
        heading=ask._(held.kind),
        kind=held.area_name,
        back=NavItem(title=held.area_name, href=area),
        tags=(Flash(text=ask._("Ended"), tone=""),) if held.to_day else (),
        facts=tuple(facts),
        actions=()
        if held.to_day
        else (NavItem(title=ask._("End this post"), href=base + "/end", icon="close"),),
        sections=(consent,),
    )
    current = ask.home + "/areas"
    return ask.page("record.html", view, title=ask._(held.kind), current=current, flash=done(ask, _DONE))


def _person_href(ask: Ask, held: Held) -> str:
    return f"{ask.home}/people/{held.number}" if held.number and ask.viewer.may("volunteer.read") else ""


@post("/c/{slug}/areas/{area}/posts/{post}/consent", name="post.consent", permission=PERMISSION)
async def consent(ask: Ask) -> Answer:
    held = await _held(ask)
    agree = ask.form.choice("agree", ("yes", "no"))

    async def work(unit: Unit) -> dict[str, object]:
        verb = give_consent if agree == "yes" else take_consent_back
        return {"moved": await verb(unit, held.person, CONTACT_CARD)}

    await act(ask.viewer, "post.consent", ask.form.request_id, [held.public_id, agree], work)
    base = f"{ask.home}/areas/{held.area}/posts/{held.public_id}"
    return ask.redirect(base + ("?done=agreed" if agree == "yes" else "?done=taken"))


@get("/c/{slug}/areas/{area}/posts/{post}/end", name="post.until", permission=PERMISSION)
async def until(ask: Ask) -> Answer:
    return _end_form(ask, await _held(ask), {})


@post("/c/{slug}/areas/{area}/posts/{post}/end", name="post.end", permission=PERMISSION)
async def end(ask: Ask) -> Answer:
    held = await _held(ask)
    try:
        day = day_typed(ask.form, "to_day")

        async def work(unit: Unit) -> dict[str, object]:
            await end_post(unit, held.public_id, day)
            return {}

        await act(ask.viewer, "post.end", ask.form.request_id, [held.public_id, day], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _end_form(ask, held, errors, status)
    return ask.redirect(f"{ask.home}/areas/{held.area}?done=ended")


def _end_form(ask: Ask, held: Held, errors: Errors, status: int = 200) -> Answer:
    base = f"{ask.home}/areas/{held.area}/posts/{held.public_id}"
    today = day_of(ask.now, ask.zone)
    last = field(ask, errors, "to_day", ask._("Last day"), today, kind="date", required=True)
    return form_page(
        ask,
        heading=ask._("End the post of %(name)s", name=held.name),
        intro=ask._(
            "%(post)s in %(area)s. It stays among the earlier posts.",
            post=ask._(held.kind),
            area=held.area_name,
        ),
        action=base + "/end",
        fields=(last,),
        submit=ask._("End this post"),
        back=base,
        current=ask.home + "/areas",
        errors=errors,
        status=status,
    )


ROUTES = (new, add, show, consent, until, end)
