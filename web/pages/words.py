"""Lines of the account in a reader's words; shared by home, statement and the page of one line."""

from core.base.clock import local
from core.base.errors import Message
from core.points.policy import Policy
from core.points.statement import Entry
from web import format as written
from web.ask import Ask
from web.view_parts import grouped, signed
from web.views import LineRow


def last_day(ask: Ask, end: int | None) -> str:
    """The last day on which points that end at a moment are good; '' for never."""
    return "" if end is None else written.day(local(end - 1, ask.zone), ask.lang)


def star_words(ask: Ask, stars: int) -> str:
    """A star level as it is shown; '' before the first."""
    if not stars:
        return ""
    marks = "★" * stars
    return f"{marks} " + ask.ngettext("%(n)s star", "%(n)s stars", stars)


def next_star(ask: Ask, policy: Policy, minutes: int) -> str:
    """How far it is to the next star; '' when all are reached."""
    level = policy.stars(minutes)
    if level >= len(policy.star_hours):
        return ""
    missing = ask.duration(policy.star_hours[level] * 60 - minutes)
    return ask._("%(time)s more of service to star %(n)s.", time=missing, n=level + 1)


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
