"""What needs two persons: what waits for me, what I asked for, what was decided; and one request."""

from collections.abc import Sequence

from core.base.act import Unit, act
from core.base.errors import Invalid, Message, Refused
from core.community import approval_lists as lists
from core.community.approval_lists import PAGE, Shown
from core.community.approvals import DECISIONS, decide
from web.ask import Ask
from web.pages.office import address, columns
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, Flash, FormField, NavItem, Tone
from web.views_approvals import ApprovalView
from web.views_office import Cell, Grid, GridRow, ListView

_LARGEST = 10**16
_TONES: dict[str, Tone] = {"": "warn", "approved": "ok", "refused": "bad", "withdrawn": "", "expired": ""}


def _result(ask: Ask, result: str) -> str:
    words = {
        "": ask._("waits for approval"),
        "approved": ask._("approved"),
        "refused": ask._("refused"),
        "withdrawn": ask._("withdrawn"),
        "expired": ask._("nobody decided in time"),
    }
    return words[result]


def _said(ask: Ask, words: Message | str) -> str:
    return ask.render(words) if isinstance(words, Message) else words


# -- lists -------------------------------------------------------------------------------------------------


@get("/c/{slug}/approvals", name="approvals")
async def waiting(ask: Ask) -> Answer:
    since, last = _mark(ask, 0)
    found = await lists.waiting(ask.viewer, since, last, PAGE + 1)
    lead = ask._("What others ask for and you may decide about. What is approved is done at once.")
    return _list(ask, "", lead, found, started=bool(last))


@get("/c/{slug}/approvals/asked", name="approvals.asked")
async def asked(ask: Ask) -> Answer:
    _, last = _mark(ask, 0)
    found = await lists.asked(ask.viewer, last or None, PAGE + 1)
    return _list(
        ask, "/asked", ask._("What you asked for, and what became of it."), found, started=bool(last)
    )


@get("/c/{slug}/approvals/decided", name="approvals.decided")
async def decided(ask: Ask) -> Answer:
    since, last = _mark(ask, 2**62)
    found = await lists.decided(ask.viewer, since, last, PAGE + 1)
    return _list(
        ask, "/decided", ask._("What was decided here, the latest first."), found, started=last < 2**62
    )


def _mark(ask: Ask, default: int) -> tuple[int, int]:
    """Where the page before ended; anything else than our own mark begins at the front."""
    since, _, last = ask.query.raw("after").partition("-")
    good = all(t.isascii() and t.isdecimal() and int(t) < _LARGEST for t in (since, last))
    return (int(since), int(last)) if good else (default, default)


def _list(ask: Ask, which: str, lead: str, found: Sequence[Shown], *, started: bool) -> Answer:
    rows, base = found[:PAGE], ask.home + "/approvals"
    end = rows[-1] if rows else None
    mark = ""
    if end is not None and len(found) > PAGE:
        at = end.ended_at if which == "/decided" and end.ended_at is not None else end.approval.at
        mark = f"{at}-{end.approval.id}"
    titles = {"": ask._("Nothing waits for you"), "/asked": ask._("You have asked for nothing")}
    view = ListView(
        heading=ask._("Approvals"),
        lead=lead,
        action=base + which,
        chips=_chips(ask, which),
        grid=Grid(
            caption=ask._("Approvals"),
            columns=columns(ask._("What"), ask._("For"), ask._("Asked by"), ask._("State")),
            rows=tuple(_row(ask, shown) for shown in rows),
        ),
        empty_title=titles.get(which, ask._("Nothing was decided yet")),
        first_href=base + which if started else "",
        more_href=address(base + which, after=mark) if mark else "",
    )
    return ask.page("list.html", view, title=view.heading, current=base)


def _chips(ask: Ask, which: str) -> tuple[NavItem, ...]:
    base = ask.home + "/approvals"
    chips = {"": ask._("For me to decide"), "/asked": ask._("Asked by me"), "/decided": ask._("Decided")}
    return tuple(
        NavItem(title=title, href=base + path, current=path == which) for path, title in chips.items()
    )


def _row(ask: Ask, shown: Shown) -> GridRow:
    approval = shown.approval
    state = _result(ask, shown.result)
    note = ask.when(shown.ended_at) if shown.ended_at is not None else ""
    if not shown.result and approval.expires_at is not None:
        note = ask._("until %(time)s", time=ask.when(approval.expires_at))
    return GridRow(
        href=f"{ask.home}/approvals/{approval.public_id}",
        cells=(
            Cell(text=_said(ask, shown.title), note=_said(ask, shown.what)),
            Cell(text=shown.beneficiary or "—"),
            Cell(text=shown.requester, note=ask.when(approval.at)),
            Cell(text=state, note=note, tone=_TONES[shown.result], tag=True),
        ),
        idle=bool(shown.result) and shown.result != "approved",
    )


# -- one of them -------------------------------------------------------------------------------------------


@get("/c/{slug}/approvals/{approval}", name="approval")
async def show(ask: Ask) -> Answer:
    return _page(ask, await lists.one(ask.viewer, ask.path["approval"]), flash=_done(ask))


@post("/c/{slug}/approvals/{approval}", name="approval.decide")
async def answer(ask: Ask) -> Answer:
    shown = await lists.one(ask.viewer, ask.path["approval"])
    form = ask.form
    try:
        decision = form.choice("decision", DECISIONS)
        reason = form.raw("reason")

        async def work(unit: Unit) -> dict[str, object]:
            return await decide(unit, shown.approval.public_id, decision, reason)

        inputs = [shown.approval.public_id, decision, reason]
        await act(ask.viewer, "approval." + decision, form.request_id, inputs, work)
    except Invalid as invalid:
        texts = ask.error_texts(invalid)
        error = texts.get("decision") or texts.get("") or ""
        return _page(ask, shown, error=error, reason_error=texts.get("reason", ""), status=invalid.status)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        again = await lists.one(ask.viewer, ask.path["approval"])
        return _page(ask, again, error=ask.render(refusal.message), status=refusal.status)
    return ask.redirect(f"{ask.home}/approvals/{shown.approval.public_id}?done={decision}")


def _done(ask: Ask) -> Flash | None:
    texts = {
        "asked": ask._("Asked for. It is done as soon as a second person approves."),
        "approved": ask._("Approved and done."),
        "refused": ask._("Refused."),
        "withdrawn": ask._("Withdrawn."),
    }
    text = texts.get(ask.query.raw("done"))
    return Flash(text=text) if text else None


def _facts(ask: Ask, shown: Shown) -> list[Fact]:
    approval = shown.approval
    rows = [Fact(label=ask._("What"), text=_said(ask, shown.what))]
    if shown.beneficiary:
        rows.append(Fact(label=ask._("For"), text=shown.beneficiary))
    rows.append(Fact(label=ask._("Asked by"), text=f"{shown.requester} · {ask.when_full(approval.at)}"))
    if approval.reason:
        rows.append(Fact(label=ask._("Why"), text=approval.reason))
    if approval.evidence:
        rows.append(Fact(label=ask._("Evidence"), text=approval.evidence))
    if shown.result:
        when = ask.when_full(shown.ended_at) if shown.ended_at is not None else ""
        who = " · ".join(filter(None, (_result(ask, shown.result), shown.decider, when)))
        rows.append(Fact(label=ask._("Decision"), text=who))
        if shown.decided_reason:
            rows.append(Fact(label=ask._("Reason"), text=shown.decided_reason))
    elif approval.expires_at is not None:
        rows.append(Fact(label=ask._("Ends by itself"), text=ask.when_full(approval.expires_at)))
    return rows


def _page(
    ask: Ask,
    shown: Shown,
    *,
    error: str = "",
    reason_error: str = "",
    flash: Flash | None = None,
    status: int = 200,
) -> Answer:
    base = ask.home + "/approvals"
    errors = []
    if error:
        errors.append(FieldError(field="", text=error))
    if reason_error:
        errors.append(FieldError(field="reason", text=reason_error))
    view = ApprovalView(
        heading=_said(ask, shown.title),
        state=_result(ask, shown.result),
        tone=_TONES[shown.result],
        back_href=base if not shown.mine else base + "/asked",
        facts=tuple(_facts(ask, shown)),
        look_href=ask.home + shown.look if shown.look and shown.may_decide else "",
        blocked=ask.render(shown.blocked) if shown.blocked and not shown.mine else "",
        action=f"{base}/{shown.approval.public_id}",
        may_decide=shown.may_decide,
        may_refuse=shown.may_refuse,
        may_withdraw=shown.mine and not shown.result,
        reason=FormField(
            name="reason",
            label=ask._("Reason"),
            value=ask.form.raw("reason")[:200],
            hint=ask._("Needed when you refuse; whoever asked reads it."),
            error=reason_error,
        ),
        request_id=ask.new_request_id(),
        errors=tuple(errors),
    )
    return ask.page("approval.html", view, title=view.heading, current=base, status=status, flash=flash)


ROUTES = (waiting, asked, decided, show, answer)
