"""What waits for a second person: confirm, or send back with a reason."""

from core.activity import review as verbs
from core.activity.review import PERMISSION, REASONS, Pending
from core.base.act import Unit, act
from core.base.clock import local
from core.base.errors import Invalid, Message, Refused
from web import format as written
from web.ask import Ask
from web.pages.words import EVIDENCE
from web.routes import Answer, get, post
from web.view_parts import FieldOption, Flash, signed
from web.views import ReviewRow, ReviewView

_PAGE = 50
_LARGEST_ID = 10**15


@get("/c/{slug}/review", name="review", permission=PERMISSION, tenant="team")
async def queue(ask: Ask) -> Answer:
    return await _page(ask, flash=_done(ask))


@post("/c/{slug}/review", name="review.decide", permission=PERMISSION, tenant="team", rate="write")
async def decide(ask: Ask) -> Answer:
    form = ask.form
    ticked = form.many("attendance")
    try:
        ids = [int(text) for text in ticked if text.isdecimal() and int(text) < _LARGEST_ID]
        decision = form.choice("decision", ("confirm", "return"))
        reason = form.raw("reason") if decision == "return" else ""

        async def work(unit: Unit) -> dict[str, int]:
            if decision == "confirm":
                done = await verbs.confirm(unit, ids)
                return {"people": len(ids), "points": done.points}
            return {"people": await verbs.send_back(unit, ids, reason)}

        inputs = [sorted(ids), decision, reason]
        await act(ask.viewer, "attendance." + decision, form.request_id, inputs, work)
    except Invalid as invalid:
        texts = ask.error_texts(invalid)
        error = texts.get("attendance") or texts.get("decision") or texts.get("") or ""
        return await _page(ask, ticked=ticked, error=error, reason_error=texts.get("reason", ""), status=422)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return await _page(ask, ticked=ticked, error=ask.render(refusal.message), status=409)
    return ask.redirect(f"{ask.home}/review?done={decision}")


def _done(ask: Ask) -> Flash | None:
    texts = {"confirm": ask._("Confirmed and booked."), "return": ask._("Sent back.")}
    text = texts.get(ask.query.raw("done"))
    return Flash(text=text) if text else None


async def _page(
    ask: Ask,
    *,
    ticked: list[str] | None = None,
    error: str = "",
    reason_error: str = "",
    status: int = 200,
    flash: Flash | None = None,
) -> Answer:
    since, last = _after(ask)
    found = await verbs.queue(ask.viewer, since, last, _PAGE + 1)
    rows, more = found[:_PAGE], len(found) > _PAGE
    base = ask.home + "/review"
    end = rows[-1].row if rows else None
    view = ReviewView(
        action=base,
        request_id=ask.new_request_id(),
        rows=tuple(_row(ask, pending, ticked or []) for pending in rows),
        reasons=tuple(FieldOption(value=key, label=ask.render(text)) for key, text in REASONS.items()),
        reason=ask.form.raw("reason"),
        reason_error=reason_error,
        error=error,
        more_href=f"{base}?after={end['since_at']}-{end['attendance']}" if end is not None and more else "",
    )
    return ask.page("review.html", view, title=ask._("Review"), current=base, status=status, flash=flash)


def _after(ask: Ask) -> tuple[int, int]:
    """Where the page before ended; anything else than our own mark begins at the front."""
    since, _, last = ask.query.raw("after").partition("-")
    if since.isdecimal() and last.isdecimal() and len(since) < 16 and len(last) < 16:  # bigint
        return int(since), int(last)
    return 0, 0


def _row(ask: Ask, pending: Pending, ticked: list[str]) -> ReviewRow:
    row = pending.row
    warnings = []
    if row["late"]:
        warnings.append(ask._("Recorded late"))
    if row["unscored"]:
        warnings.append(ask._("The points could not be reckoned yet; they follow by themselves."))
    times = ask.duration(row["minutes"])
    if row["from_at"] is not None:
        clock = written.clock
        times = f"{clock(row['from_at'], ask.zone)}–{clock(row['to_at'], ask.zone)} · {times}"
    when = row["from_at"] if row["from_at"] is not None else row["since_at"]
    return ReviewRow(
        id=str(row["attendance"]),
        name=row["name"],
        what=row["title"],
        when=written.day_short(local(when, ask.zone), local(ask.now, ask.zone), ask.lang),
        when_full=ask.when_full(when),
        time=times,
        amount=signed(row["points"]),
        evidence=ask.render(EVIDENCE.get(row["evidence"], Message("Roster"))),
        recorder=row["recorder_name"],
        warnings=tuple(warnings),
        blocked=ask._("Somebody else has to confirm this one.") if pending.blocked else "",
        ticked=str(row["attendance"]) in ticked,
    )


ROUTES = (queue, decide)
