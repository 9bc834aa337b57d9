"""Two entries of one person: look at both books, then make them one."""

from typing import Any

import msgspec

from core.base.act import Unit, act
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.lifecycle import merge as verbs
from core.lifecycle.merge import PERMISSION, Preview, Side
from core.lifecycle.merge_request import request_merge
from core.points.statement import Entry, entry_of
from web.ask import Ask
from web.pages.words import explanation, line_row
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, grouped, signed
from web.views import LineRow
from web.views_merge import MergeSide, MergeView, TwiceRow

_NOBODY = Message("Nobody here has this number, or this entry was merged already.")


@get("/c/{slug}/people/{number}/merge", name="people.merge", permission=PERMISSION)
async def look(ask: Ask) -> Answer:
    typed = ask.query.raw("with")[:40]
    if not typed:
        await verbs.exists(ask.viewer, ask.path["number"])
        return _ask_for(ask)
    try:
        found = await verbs.preview(ask.viewer, ask.path["number"], typed)
    except Invalid as invalid:
        return _ask_for(ask, typed, ask.error_texts(invalid)["number"])
    except NotFound:
        await verbs.exists(ask.viewer, ask.path["number"])
        return _ask_for(ask, typed, ask.render(_NOBODY))
    return _both(ask, found)


@post("/c/{slug}/people/{number}/merge", name="people.merge.do", permission=PERMISSION)
async def merge(ask: Ask) -> Answer:
    stays, goes = ask.path["number"], ask.form.raw("with")[:40]
    reason = ask.form.raw("reason")

    async def work(unit: Unit) -> dict[str, Any]:
        return await request_merge(unit, stays, goes, reason)

    try:
        done = await act(ask.viewer, "volunteer.merge", ask.form.request_id, [stays, goes, reason], work)
    except Invalid as invalid:
        texts = ask.error_texts(invalid)
        if "reason" in texts:
            found = await verbs.preview(ask.viewer, stays, goes)
            return _both(ask, found, reason_error=texts["reason"])
        return _ask_for(ask, goes, texts.get("number") or next(iter(texts.values())))
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        found = await verbs.preview(ask.viewer, stays, goes)
        return _both(ask, found, error=ask.render(refusal.message))
    if "approval" in done.answer:
        return ask.redirect(f"{ask.home}/approvals/{done.answer['approval']}?done=asked")
    return ask.redirect(f"{ask.home}/people/{stays}?done=merged")


def _ask_for(ask: Ask, typed: str = "", error: str = "") -> Answer:
    base = f"{ask.home}/people/{ask.path['number']}"
    view = MergeView(
        look_action=base + "/merge",
        number=typed,
        number_error=error,
        errors=(FieldError(field="with", text=error),) if error else (),
        back_href=base,
    )
    status = 422 if error else 200
    title = ask._("Merge two entries of one person")
    return ask.page("merge.html", view, title=title, current=ask.home + "/people", status=status)


def _both(ask: Ask, found: Preview, *, error: str = "", reason_error: str = "") -> Answer:
    stays, goes = found.stays, found.goes
    base = f"{ask.home}/people/{stays.facts['number']}"
    number = goes.facts["number"]
    view = MergeView(
        look_action=base + "/merge",
        number=number,
        back_href=base,
        stays=_side(ask, ask._("Stays"), stays),
        goes=_side(ask, ask._("Is merged into the first"), goes),
        result=tuple(_result(ask, found)),
        twice=tuple(_twice(ask, row) for row in found.twice),
        obstacle=ask.render(found.obstacle) if found.obstacle else "",
        swap_href=f"{ask.home}/people/{number}/merge?with={stays.facts['number']}",
        action="" if found.obstacle else base + "/merge",
        request_id=ask.new_request_id(),
        error=error,
        reason=ask.form.raw("reason")[:200],
        reason_error=reason_error,
        errors=(FieldError(field="reason", text=reason_error),) if reason_error else (),
    )
    title = ask._("Merge two entries of one person")
    status = 409 if error else 422 if reason_error else 200
    return ask.page("merge.html", view, title=title, current=ask.home + "/people", status=status)


def _side(ask: Ask, role: str, side: Side) -> MergeSide:
    facts = side.facts
    rows = [
        Fact(label=ask._("Points to use"), text=grouped(side.available)),
        Fact(label=ask._("Hours served"), text=ask.duration(facts["minutes"])),
        Fact(label=ask._("Records"), text=grouped(facts["records"])),
        Fact(label=ask._("Teams"), text=grouped(facts["teams"])),
        Fact(label=ask._("Joined"), text=facts["joined_on"]),
    ]
    if facts["debt"]:
        rows.insert(1, Fact(label=ask._("To be made up"), text=grouped(facts["debt"])))
    if facts["roles"]:
        rows.append(Fact(label=ask._("Roles here"), text=grouped(facts["roles"])))
    return MergeSide(
        role=role,
        name=facts["name"],
        number=facts["number"],
        facts=tuple(rows),
        lines=tuple(_line(ask, row) for row in side.lines),
    )


def _line(ask: Ask, row: Row) -> LineRow:
    entry: Entry = entry_of(row)
    # The page of a line is its owner's; here it is only shown.
    return msgspec.structs.replace(line_row(ask, entry), href="", what=entry.title or explanation(ask, entry))


def _result(ask: Ask, found: Preview) -> list[Fact]:
    lost = sum(row["points"] for row in found.twice)
    minutes = sum(row["minutes"] for row in found.twice if not row["waits"])
    stays, goes = found.stays, found.goes
    sum_of = stays.available + goes.available - lost - stays.facts["debt"] - goes.facts["debt"]
    rows = [
        Fact(label=ask._("Points to use"), text=grouped(max(0, sum_of))),
        Fact(
            label=ask._("Hours served"),
            text=ask.duration(stays.facts["minutes"] + goes.facts["minutes"] - minutes),
        ),
    ]
    if sum_of < 0:
        rows.append(Fact(label=ask._("To be made up"), text=grouped(-sum_of)))
    if goes.facts["roles"]:
        rows.append(
            Fact(label=ask._("Roles here"), text=ask._("Those of the second end; give them anew if needed."))
        )
    return rows


def _twice(ask: Ask, row: Row) -> TwiceRow:
    return TwiceRow(
        what=row["title"],
        when=f"{ask.span(row['from_at'], row['to_at'])} · {ask.duration(row['minutes'])}",
        amount=signed(-row["points"]),
    )


ROUTES = (look, merge)
