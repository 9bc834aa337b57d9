"""The log, for auditors: who did what and when, and what was refused; with filters, and to take home."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from core.base.clock import moment
from core.community import audit_log
from core.community.audit_log import READ, Entry, Mark, Wanted, read_log
from web.ask import Ask
from web.pages.audit_words import ACTIONS, DETAILS
from web.pages.office import address, as_file, columns, exports, field, file_wanted
from web.routes import Answer, get
from web.view_parts import FieldOption, FormField
from web.views_office import Cell, Grid, GridRow, ListView

PAGE = 50
MOST_IN_FILE = 5000
_LARGEST = 10**16
_RESULTS = ("done", "refused")


@get("/c/{slug}/audit", name="audit", permission=READ)
async def log(ask: Ask) -> Answer:
    who = ask.query.raw("who")[:60]
    action = ask.query.raw("action")
    action = action if action in ACTIONS else ""
    result = ask.query.raw("result")
    result = result if result in _RESULTS else ""
    day = _day(ask.query.raw("day"))
    actor = await audit_log.actor_named(ask.viewer, who) if who else 0
    since, until = _span(ask, day)
    form = file_wanted(ask)
    entries: list[Entry] = []
    if actor is not None:
        wanted = Wanted(actor=actor, action=action, result=result, since=since, until=until)
        after = None if form else _after(ask)
        entries = await read_log(ask.viewer, wanted, after, MOST_IN_FILE if form else PAGE + 1)
    if form:
        return _file(ask, form, entries)
    wishes = {"who": who, "action": action, "result": result, "day": day}
    return _page(ask, entries, wishes, unknown=actor is None)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 and text[:2] == "20" else ""
    except ValueError:
        return ""


def _span(ask: Ask, day: str) -> tuple[int, int]:
    if not day:
        return 0, 2**62
    first = datetime.fromisoformat(day)
    return moment(first, ask.zone), moment(first + timedelta(days=1), ask.zone)


def _after(ask: Ask) -> Mark | None:
    at, _, last = ask.query.raw("after").partition("-")
    good = all(t.isascii() and t.isdecimal() and int(t) < _LARGEST for t in (at, last))
    return Mark(int(at), int(last)) if good else None


def _page(ask: Ask, entries: Sequence[Entry], wishes: dict[str, str], *, unknown: bool) -> Answer:
    rows, base = entries[:PAGE], ask.home + "/audit"
    mark = f"{rows[-1].at}-{rows[-1].id}" if len(entries) > PAGE else ""
    view = ListView(
        heading=ask._("Log"),
        lead=ask._("What was done and what was refused. The log can only grow; nobody changes it."),
        action=base,
        filters=_filters(ask, wishes, unknown),
        grid=Grid(
            caption=ask._("Log"),
            columns=columns(ask._("When"), ask._("Who"), ask._("What"), ask._("About")),
            rows=tuple(_row(ask, entry) for entry in rows),
        ),
        empty_title=ask._("Nothing fits"),
        reset_href=base if any(wishes.values()) else "",
        first_href=address(base, **wishes) if ask.query.raw("after") else "",
        more_href=address(base, **wishes, after=mark) if mark else "",
        exports=exports(ask, base, **wishes),
    )
    return ask.page("list.html", view, title=view.heading, current=base)


def _filters(ask: Ask, wishes: dict[str, str], unknown: bool) -> tuple[FormField, ...]:
    errors = {"who": ask._("Nobody here has just this name or number.")} if unknown else {}
    hint = ask._("The whole name, volunteer number or telephone number.")
    actions = (
        FieldOption(value="", label=ask._("Everything")),
        *sorted(
            (FieldOption(value=key, label=ask.render(text)) for key, text in ACTIONS.items()),
            key=lambda option: option.label,
        ),
    )
    results = (
        FieldOption(value="", label=ask._("Done and refused")),
        FieldOption(value="done", label=ask._("Done so")),
        FieldOption(value="refused", label=ask._("Refused")),
    )
    return (
        field(ask, errors, "who", ask._("Who"), wishes["who"], hint=hint),
        field(ask, {}, "action", ask._("What"), wishes["action"], kind="select", options=actions),
        field(ask, {}, "result", ask._("Outcome"), wishes["result"], kind="select", options=results),
        field(ask, {}, "day", ask._("Day"), wishes["day"], kind="date"),
    )


def _what(ask: Ask, entry: Entry) -> str:
    known = ACTIONS.get(entry.action)
    return ask.render(known) if known is not None else entry.action


def _detail(ask: Ask, entry: Entry) -> str:
    detail: dict[str, object] = msgspec.json.decode(entry.detail, type=dict[str, object])
    told = []
    for key, title in DETAILS.items():
        value = detail.get(key)
        if value not in (None, "", [], 0):
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            told.append(f"{ask.render(title)} {text}")
    return " · ".join(told)


def _row(ask: Ask, entry: Entry) -> GridRow:
    who = entry.actor_name or ask._("the system")
    if entry.behalf_name:
        who = ask._("%(who)s for %(whom)s", who=who, whom=entry.behalf_name)
    refused = entry.result == "refused"
    about = " · ".join(filter(None, (entry.subject_name, entry.number)))
    return GridRow(
        cells=(
            Cell(text=ask.when_full(entry.at)),
            Cell(text=who),
            Cell(text=_what(ask, entry), note=_detail(ask, entry), tone="warn" if refused else ""),
            Cell(text=about or "—"),
        )
    )


def _file(ask: Ask, form: str, entries: Sequence[Entry]) -> Answer:
    head = [
        ask._("When"),
        ask._("Who"),
        ask._("On behalf of"),
        ask._("What"),
        ask._("Entry"),
        ask._("Outcome"),
        ask._("About"),
        ask._("Number"),
        ask._("Detail"),
    ]
    outcome = {"done": ask._("Done so"), "refused": ask._("Refused")}
    rows = [
        [
            ask.when_full(e.at),
            e.actor_name,
            e.behalf_name,
            _what(ask, e),
            e.action,
            outcome[e.result],
            e.subject_name or e.subject,
            e.number,
            e.detail,
        ]
        for e in entries
    ]
    return as_file(ask, form, ask._("Log"), head, rows)


ROUTES = (log,)
