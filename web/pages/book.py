"""The book: when it was last proved from the journal, what differs, and how the desk opens again."""

from typing import Any

from core.base.act import Unit, act
from core.base.errors import Invalid, NotFound, Refused
from core.base.seals import seal_key
from core.lifecycle.reconcile.freeze import CLEAR, LONGEST, READ, State, ask_to_clear, head_of, state
from web.ask import Ask
from web.pages import receipts
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, FormField, NavItem, grouped
from web.views_book import BookFault, BookView

_SHOWN = 10
_GROUP = 8


@get("/c/{slug}/book", name="book", permission=READ)
async def show(ask: Ask) -> Answer:
    return await _page(ask)


@post("/c/{slug}/book/clear", name="book.clear", permission=CLEAR)
async def clear(ask: Ask) -> Answer:
    """Asks a second person to let rewards be handed over again."""
    reason = ask.form.raw("reason")

    async def work(unit: Unit) -> dict[str, Any]:
        return {"approval": await ask_to_clear(unit, reason)}

    try:
        done = await act(ask.viewer, "book.clear", ask.form.request_id, reason, work)
    except Invalid as invalid:
        return await _page(ask, ask.error_texts(invalid), 422)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status != Refused.status:
            raise
        return await _page(ask, {"": ask.render(refusal.message)}, refusal.status)
    return ask.redirect(f"{ask.home}/approvals/{done.answer['approval']}?done=asked")


async def _page(ask: Ask, errors: dict[str, str] | None = None, status: int = 200) -> Answer:
    errors = errors or {}
    found = await state(ask.viewer)
    still = found.frozen_at is not None
    may = still and not found.asked and ask.viewer.may(CLEAR)
    view = BookView(
        verdict=_verdict(ask, found),
        tone="bad" if still else "ok" if found.proved_at is not None else "info",
        facts=await _facts(ask, found),
        faults=tuple(
            BookFault(where=f"{f.table} {f.row}", says=f.says, journal=f.journal)
            for f in found.faults[:_SHOWN]
        ),
        more=ask._("and %(count)s more", count=len(found.faults) - _SHOWN)
        if len(found.faults) > _SHOWN
        else "",
        waits=NavItem(
            title=ask._("Somebody has asked; it waits for a second person."), href=ask.home + "/approvals"
        )
        if found.asked
        else None,
        action=ask.home + "/book/clear" if may else "",
        reason=FormField(
            name="reason",
            label=ask._("What did you find?"),
            kind="textarea",
            required=True,
            value=ask.form.raw("reason")[:LONGEST],
            error=errors.get("reason", ""),
            hint=ask._("A second person reads this and decides."),
        ),
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        errors=tuple(FieldError(field=field, text=text) for field, text in errors.items()),
        check_href="/receipt",
    )
    return ask.page("book.html", view, title=ask._("The book"), current=ask.home + "/book", status=status)


def _verdict(ask: Ask, found: State) -> str:
    if found.frozen_at is not None:
        return ask._("The book does not add up. Nothing is handed over; earning goes on.")
    if found.proved_at is None:
        return ask._("The book has not been proved yet. That happens within the hour.")
    return ask._("The book adds up: every figure follows from the journal.")


async def _facts(ask: Ask, found: State) -> tuple[Fact, ...]:
    facts = []
    if found.proved_at is not None:
        facts.append(Fact(label=ask._("Last proved"), text=ask.when_full(found.proved_at)))
    if found.frozen_at is not None:
        facts.append(Fact(label=ask._("Stands still since"), text=ask.when_full(found.frozen_at)))
    head = await head_of(ask.viewer)
    if head is not None:
        facts += [
            Fact(label=ask._("Last sealed"), text=ask.when_full(head["at"])),
            Fact(label=ask._("Sealed rows"), text=grouped(head["last"])),
            Fact(label=ask._("Block"), text=grouped(head["number"])),
            Fact(label=ask._("Head of the block"), text=_groups(head["head"])),
            Fact(label=ask._("Key of the book"), text=_groups(seal_key(ask.house).public)),
        ]
    return tuple(facts)


def _groups(text: str) -> str:
    return " ".join(text[n : n + _GROUP] for n in range(0, len(text), _GROUP))


ROUTES = (show, clear, *receipts.ROUTES)
