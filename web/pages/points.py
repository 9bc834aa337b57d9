"""The statement, and the page of one line that explains it to the last point."""

from itertools import groupby
from typing import Any

import msgspec

from core.base.clock import day_of, month_of
from core.base.errors import Message
from core.points import statement
from core.points.ledger import GRACE
from core.points.statement import KINDS, Balance, Entry, Explained
from web import format as written
from web.ask import Ask
from web.pages.book_settings import policy_here
from web.pages.words import EVIDENCE, explanation, last_day, line_row
from web.routes import Answer, get
from web.view_parts import Fact, NavItem, grouped, signed
from web.views import LineView, MonthGroup, StatementView

_PAGE = 20
_MONTHS = 120


@get("/c/{slug}/points", name="points", tenant="own")
async def points(ask: Ask) -> Answer:
    return await _statement(ask, ask.home + "/points")


@get("/c/{slug}/points/earlier", name="points.earlier", tenant="own")
async def earlier(ask: Ask) -> Answer:
    """What stood on accounts of the same person before they were merged into this one."""
    return await _statement(ask, ask.home + "/points/earlier", earlier=True)


async def _statement(ask: Ask, base: str, *, earlier: bool = False) -> Answer:
    volunteer = ask.viewer.volunteer
    if volunteer is None:
        return ask.redirect(ask.home)
    kind = ask.query.choice("kind", KINDS, default="")
    before = ask.query.raw("before")[:40] or None
    balance = await statement.balance(ask.viewer, volunteer)
    found = await statement.lines(ask.viewer, volunteer, before, kind, _PAGE + 1, earlier=earlier)
    months = {m.month: m for m in await statement.months(ask.viewer, volunteer, _MONTHS)}
    entries, more = found[:_PAGE], len(found) > _PAGE
    groups: list[MonthGroup] = []
    for month, rows in groupby(entries, key=lambda entry: _month(ask, entry)):
        total = months.get(month)
        groups.append(
            MonthGroup(
                title=written.month(month, ask.lang),
                # The sums of a month are kept for the whole person; beside an earlier account they mislead.
                earned="" if earlier else signed(total.earned if total else 0),
                spent="" if earlier else signed(-total.spent if total else 0),
                lines=tuple(line_row(ask, entry) for entry in rows),
                continued=month == ask.query.raw("month"),
            )
        )
    last = entries[-1] if entries else None
    view = StatementView(
        usable=grouped(balance.available),
        filters=_filters(ask, base, kind),
        months=tuple(groups),
        more_href=f"{base}?before={last.public_id}&kind={kind}&month={_month(ask, last)}"
        if last and more
        else "",
        reset_href=base if kind else "",
        ending=_ending(ask, balance) if not earlier else "",
        gifts_href=ask.home + "/gifts" if policy_here(ask).gifts and not earlier else "",
        earlier_href=ask.home + "/points/earlier" if balance.earlier and not earlier else "",
        back_href=ask.home + "/points" if earlier else "",
    )
    current = ask.home + "/points"
    return ask.page("statement.html", view, title=ask._("My points"), current=current, fragment="lines")


def _ending(ask: Ask, balance: Balance) -> str:
    if balance.ends_at is None:
        return ""
    return ask._(
        "%(points)s points are good until %(day)s.",
        points=grouped(balance.ending),
        day=last_day(ask, balance.ends_at),
    )


def _month(ask: Ask, entry: Entry) -> str:
    return month_of(day_of(entry.effective_at, ask.zone))


def _filters(ask: Ask, base: str, kind: str) -> tuple[NavItem, ...]:
    titles = {"": ask._("All"), "earned": ask._("Earned"), "spent": ask._("Used"), "other": ask._("Adjusted")}
    return tuple(
        NavItem(title=title, href=f"{base}?kind={key}" if key else base, current=key == kind)
        for key, title in titles.items()
    )


@get("/c/{slug}/points/{line}", name="line", tenant="own")
async def line(ask: Ask) -> Answer:
    found = await statement.line(ask.viewer, ask.path["line"])
    entry = found.entry
    ward = found.volunteer in ask.viewer.wards
    view = LineView(
        what=entry.title or explanation(ask, entry),
        amount=signed(entry.amount),
        status="reversed" if found.facts["reversed_by"] else "booked",
        when_full=ask.when_full(entry.effective_at),
        balance=grouped(entry.posted_after),
        reference=entry.public_id,
        receipt_href="" if ward else f"{ask.home}/points/{entry.public_id}/receipt",
        back_href=f"{ask.home}/me/wards/{found.facts['volunteer_number']}" if ward else ask.home + "/points",
        back_label=ask._("Points of %(name)s", name=found.facts["volunteer_name"]) if ward else "",
        activity=tuple(_activity(ask, found.facts)),
        inputs=tuple(_reckoning(ask, found)),
        rule_text=_rule_text(ask, found.facts),
        rule_version=_rule_version(ask, found.facts),
        cap=_cap(ask, entry),
        chain=tuple(_chain(ask, found)),
        related=tuple(_related(ask, found.facts)),
    )
    return ask.page("line.html", view, title=view.what, current=ask.home + "/points")


def _activity(ask: Ask, facts: dict[str, Any]) -> list[Fact]:
    found: list[Fact] = []
    if facts["title"]:
        found.append(Fact(label=ask._("Activity"), text=facts["title"]))
    if facts["team"]:
        found.append(Fact(label=ask._("Team"), text=facts["team"]))
    if facts["place"]:
        found.append(Fact(label=ask._("Place"), text=facts["place"]))
    if facts["from_at"] is not None:
        found.append(Fact(label=ask._("Time"), text=ask.span(facts["from_at"], facts["to_at"])))
    if facts["minutes"]:
        found.append(Fact(label=ask._("Counted time"), text=ask.duration(facts["minutes"])))
    for name, number in (facts["counts"] or {}).items():
        found.append(Fact(label=_label(ask, name), text=grouped(number)))
    if facts["evidence"] in EVIDENCE:
        found.append(Fact(label=ask._("Evidence"), text=ask.render(EVIDENCE[facts["evidence"]])))
    if facts["book"]:
        found.append(Fact(label=ask._("Paper book"), text=facts["book"]))
        if facts["book_minutes"] > 0:
            found.append(Fact(label=ask._("Hours brought over"), text=ask.duration(facts["book_minutes"])))
    if facts["reward_name"]:
        found.append(Fact(label=ask._("Reward"), text=f"{facts['reward_name']} × {facts['quantity']}"))
        found.append(Fact(label=ask._("Points apiece"), text=grouped(facts["price"])))
    if facts["counter"]:
        found.append(Fact(label=ask._("Handed over at"), text=facts["counter"]))
    return found


def _label(ask: Ask, name: str) -> str:
    """A programme's name for one of its figures: it translates "Night minutes" for `night_minutes`."""
    return ask._(name.replace("_", " ").capitalize())


def _reckoning(ask: Ask, found: Explained) -> list[Fact]:
    facts, entry = found.facts, found.entry
    rows = [Fact(label=ask._("In words"), text=explanation(ask, entry))]
    for name, value in (facts["inputs"] or {}).items():
        if isinstance(value, bool) or not isinstance(value, int | str):
            continue
        rows.append(Fact(label=_label(ask, name), text=grouped(value) if isinstance(value, int) else value))
    grace = entry.message.args
    if "grace_day" in grace:
        shown = Message(GRACE.id, points=grouped(grace["grace_points"]), day=grace["grace_day"])
        rows.append(Fact(label=ask._("Ended meanwhile"), text=ask.render(shown)))
    if entry.booked_at is not None:
        month = written.month(month_of(day_of(entry.booked_at, ask.zone)), ask.lang)
        text = ask._("%(month)s, because the month before was closed already", month=month)
        rows.append(Fact(label=ask._("Booked in"), text=text))
    if facts["asked_why"]:
        rows.append(Fact(label=ask._("Why"), text=facts["asked_why"]))
    if facts["asked_evidence"]:
        rows.append(Fact(label=ask._("Evidence"), text=facts["asked_evidence"]))
    if entry.lost:
        rows.append(Fact(label=ask._("By the rule"), text=signed(facts["proposed"])))
        rows.append(Fact(label=ask._("Above the limit"), text=signed(-entry.lost)))
    rows.append(Fact(label=ask._("Booked"), text=signed(entry.amount), strong=True))
    return rows


def _rule_text(ask: Ask, facts: dict[str, Any]) -> str:
    """The published rules in words; nothing when the programme is gone (the line's own text stays)."""
    registry = ask.house.registry
    plugin = registry.get(facts["programme"]) if registry is not None and facts["programme"] else None
    if plugin is None or plugin.manifest.rules is None or facts["rules"] is None:
        return ""
    try:
        sentences = msgspec.convert(facts["rules"], plugin.manifest.rules).sentences()
        return (" " if ask.lang == "en" else "").join(ask.render(sentence) for sentence in sentences)
    except Exception:
        # An older sheet the programme of today no longer understands: the line is shown without it.
        return ""


def _rule_version(ask: Ask, facts: dict[str, Any]) -> str:
    if facts["sheet_version"] is None:
        return ""
    return ask._(
        "Version %(version)s, in force from %(day)s", version=facts["sheet_version"], day=facts["sheet_from"]
    )


def _cap(ask: Ask, entry: Entry) -> str:
    if not entry.cap:
        return ""
    spans = {
        "day": ask._("a day"),
        "week": ask._("a week"),
        "month": ask._("a month"),
        "quarter": ask._("a quarter"),
        "year": ask._("a year"),
        "activity": ask._("an activity"),
    }
    if entry.cap.count(".") > 1:
        return ask._(
            "The most points %(span)s for this service were reached: %(lost)s points were not booked.",
            span=spans[entry.cap.rpartition(".")[2]],
            lost=grouped(entry.lost),
        )
    span = spans.get(entry.cap.rpartition(".")[2], entry.cap)
    return ask._(
        "The most points %(span)s were reached: %(lost)s points were not booked.",
        span=span,
        lost=grouped(entry.lost),
    )


def _chain(ask: Ask, found: Explained) -> list[Fact]:
    facts, entry = found.facts, found.entry
    steps: list[Fact] = []
    if facts["actor_name"] and facts["attendance"]:
        text = ask.when_full(facts["attended_recorded_at"])
        steps.append(Fact(label=ask._("Recorded by %(name)s", name=facts["actor_name"]), text=text))
    elif facts["actor_name"]:
        text = ask.when_full(entry.recorded_at)
        steps.append(Fact(label=ask._("Done by %(name)s", name=facts["actor_name"]), text=text))
    if facts["approver_name"]:
        steps.append(
            Fact(
                label=ask._("Confirmed by %(name)s", name=facts["approver_name"]),
                text=ask.when_full(entry.recorded_at),
            )
        )
    steps.append(Fact(label=ask._("Booked"), text=ask.when_full(entry.recorded_at)))
    return steps


def _related(ask: Ask, facts: dict[str, Any]) -> list[Fact]:
    base = ask.home + "/points/"
    found: list[Fact] = []
    if facts["reverses"]:
        found.append(
            Fact(label=ask._("This line puts right"), text=facts["reverses"], href=base + facts["reverses"])
        )
    if facts["reversed_by"]:
        found.append(
            Fact(label=ask._("Put right by"), text=facts["reversed_by"], href=base + facts["reversed_by"])
        )
    return found


ROUTES = (points, earlier, line)
