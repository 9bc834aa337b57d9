"""What the community has settled about points: when they end, gifts, adjustments; and its star levels."""

import re

import msgspec

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.points import stars
from core.points.policy import EXPIRIES, MOST_STARS, PERMISSION, Policy, change_policy, limits, read
from web.ask import Ask
from web.forms import Form
from web.pages.office import Errors, field, form_page, wrong
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, FormField, NavItem
from web.views_office import Section

_NUMBERS = (
    "expiry_months",
    "expiry_notice_days",
    "grace_days",
    "gift_month_most",
    "gift_days",
    "adjust_most",
)
_RULES = {
    "never": Message("Points never end"),
    "months": Message("Some months after the day they were earned"),
    "year_end": Message("At the end of the year they were earned in"),
    "next_year_end": Message("At the end of the year after"),
}


def policy_here(ask: Ask) -> Policy:
    """What is settled in the community of this page."""
    return read(ask.community.settings if ask.community is not None else {})


def rule_words(ask: Ask, policy: Policy) -> str:
    """When points end, in words."""
    if policy.expiry == "months":
        return ask._("%(months)s months after the day they were earned", months=policy.expiry_months)
    return ask.render(_RULES[policy.expiry])


def section(ask: Ask) -> Section:
    """The part of the settings page about points."""
    policy = policy_here(ask)
    gifts = (
        ask._("up to %(points)s points a month", points=policy.gift_month_most)
        if policy.gifts
        else ask._("not allowed")
    )
    hours = " · ".join(str(n) for n in policy.star_hours)
    base = ask.home + "/settings"
    return Section(
        id="points",
        title=ask._("Points and star levels"),
        facts=(
            Fact(label=ask._("When points end"), text=rule_words(ask, policy)),
            Fact(label=ask._("Gifts between volunteers"), text=gifts),
            Fact(label=ask._("Most points in one adjustment"), text=str(policy.adjust_most)),
            Fact(label=ask._("Hours for each star"), text=hours),
        ),
        links=(
            NavItem(title=ask._("Change the rules of points"), href=base + "/points", icon="edit"),
            NavItem(title=ask._("Change the star levels"), href=base + "/stars", icon="star"),
        ),
    )


@get("/c/{slug}/settings/points", name="settings.points", permission=PERMISSION)
async def points(ask: Ask) -> Answer:
    return _points_form(ask, {})


@post("/c/{slug}/settings/points", name="settings.points.change", permission=PERMISSION)
async def change(ask: Ask) -> Answer:
    try:
        policy = _typed(ask.form, policy_here(ask))

        async def work(unit: Unit) -> dict[str, object]:
            await change_policy(unit, policy)
            return {}

        await act(ask.viewer, "points.policy", ask.form.request_id, msgspec.to_builtins(policy), work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _points_form(ask, errors, status)
    return ask.redirect(ask.home + "/settings?done=changed#points")


def _typed(form: Form, now: Policy) -> Policy:
    """What was typed; every field that is wrong is said at once."""
    faults: dict[str, Message] = {}
    values: dict[str, int] = {}
    for name in _NUMBERS:
        least, most = limits(name)
        try:
            values[name] = form.whole(name, least=least, most=most)
        except Invalid as invalid:
            faults.update(invalid.fields)
    expiry = form.raw("expiry")
    if expiry not in EXPIRIES:
        faults["expiry"] = Message("Please choose one of these.")
    if faults:
        raise Invalid(faults)
    return msgspec.structs.replace(now, **values, expiry=expiry, gifts=bool(form.raw("gifts")))


def _number_fields(ask: Ask, errors: Errors, policy: Policy) -> dict[str, FormField]:
    labels = {
        "expiry_months": (ask._("How many months"), ask._("Only where points end some months after.")),
        "expiry_notice_days": (
            ask._("Days of notice before points end"),
            ask._("Everybody is told once for each day on which points of his end."),
        ),
        "grace_days": (
            ask._("Days of grace"),
            ask._("When points come back after an exchange was undone, and had ended meanwhile."),
        ),
        "gift_month_most": (ask._("Most points one may give away in a month"), ""),
        "gift_days": (ask._("Days to accept a gift"), ask._("What nobody accepts goes back to the giver.")),
        "adjust_most": (
            ask._("Most points in one adjustment"),
            ask._("Every adjustment needs a second person."),
        ),
    }
    more = {"inputmode": "numeric", "required": True}
    return {
        name: field(ask, errors, name, label, str(getattr(policy, name)), **{**more, "hint": hint})
        for name, (label, hint) in labels.items()
    }


def _points_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    policy = policy_here(ask)
    rules = tuple(FieldOption(value=key, label=ask.render(words)) for key, words in _RULES.items())
    gifts = bool(ask.form.raw("gifts")) if ask.rule.method == "POST" else policy.gifts
    numbers = _number_fields(ask, errors, policy)
    expiry = field(
        ask,
        errors,
        "expiry",
        ask._("When points end"),
        policy.expiry,
        kind="select",
        options=rules,
        required=True,
    )
    return form_page(
        ask,
        heading=ask._("Change the rules of points"),
        intro=ask._("New rules are for points that are earned from now on. What is earned keeps its day."),
        action=ask.home + "/settings/points",
        fields=(
            expiry,
            numbers["expiry_months"],
            numbers["expiry_notice_days"],
            numbers["grace_days"],
            FormField(
                name="gifts",
                label=ask._("Gifts between volunteers"),
                kind="checkbox",
                values=("1",) if gifts else (),
                options=(FieldOption(value="1", label=ask._("Volunteers may give each other points")),),
            ),
            numbers["gift_month_most"],
            numbers["gift_days"],
            numbers["adjust_most"],
        ),
        submit=ask._("Save"),
        back=ask.home + "/settings#points",
        current=ask.home + "/settings",
        errors=errors,
        status=status,
    )


# -- star levels -------------------------------------------------------------------------------------------


@get("/c/{slug}/settings/stars", name="settings.stars", permission=PERMISSION)
async def levels(ask: Ask) -> Answer:
    return _stars_form(ask, {})


@post("/c/{slug}/settings/stars", name="settings.stars.change", permission=PERMISSION)
async def change_levels(ask: Ask) -> Answer:
    try:
        hours = _hours(ask.form.raw("hours"))

        async def work(unit: Unit) -> dict[str, object]:
            return {"changed": await stars.change_hours(unit, hours)}

        await act(ask.viewer, "points.stars", ask.form.request_id, hours, work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        return _stars_form(ask, errors, status)
    return ask.redirect(ask.home + "/settings?done=changed#points")


def _hours(text: str) -> list[int]:
    parts = [part for part in re.split(r"[\s,，、;；·]+", text) if part]
    if not parts or any(not re.fullmatch(r"[0-9]{1,6}", part) for part in parts):
        raise Invalid({"hours": Message("Type whole numbers of hours, such as 100 300 600.")})
    return [int(part) for part in parts]


def _stars_form(ask: Ask, errors: Errors, status: int = 200) -> Answer:
    held = " ".join(str(n) for n in policy_here(ask).star_hours)
    hint = ask._(
        "One number for each star, each larger than the one before; at most %(most)s.", most=MOST_STARS
    )
    return form_page(
        ask,
        heading=ask._("Change the star levels"),
        intro=ask._(
            "Star levels follow confirmed hours, never points. When you save, everybody's level is set anew, "
            "and those whose level changes are told."
        ),
        action=ask.home + "/settings/stars",
        fields=(field(ask, errors, "hours", ask._("Hours for each star"), held, hint=hint, required=True),),
        submit=ask._("Save"),
        back=ask.home + "/settings#points",
        current=ask.home + "/settings",
        errors=errors,
        status=status,
    )


ROUTES = (points, change, levels, change_levels)
