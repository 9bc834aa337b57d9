"""Lines of the account in a reader's words; shared by home, statement and the page of one line."""

from core.base.errors import Message
from core.points.statement import Entry
from web.ask import Ask
from web.view_parts import grouped, signed
from web.views import LineRow

ICONS = {
    "earn": "check",
    "capture": "gift",
    "refund": "undo",
    "reverse": "undo",
    "expire": "wait",
    "opening": "book",
    "gift": "star",
}

EVIDENCE = {
    "scanned": Message("Checked in"),
    "roster": Message("Roster"),
    "paper": Message("Recorded later"),
    "self": Message("Own report"),
    "imported": Message("Imported"),
}


def explanation(ask: Ask, entry: Entry) -> str:
    """The line's text in the reader's language; as it was written down when its programme is gone."""
    if ask.lang != "en" and entry.message.id not in ask.catalogue.words:
        return entry.text
    return ask.render(entry.message)


def line_row(ask: Ask, entry: Entry) -> LineRow:
    return LineRow(
        href=f"{ask.home}/points/{entry.public_id}",
        what=entry.title or explanation(ask, entry),
        when=ask.when(entry.effective_at),
        when_full=ask.when_full(entry.effective_at),
        amount=signed(entry.amount),
        balance=grouped(entry.posted_after),
        icon=ICONS.get(entry.kind, "clock"),
        status="reversed" if entry.kind == "reverse" else "booked",
    )
