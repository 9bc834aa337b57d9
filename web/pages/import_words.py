"""Imports in a reader's words: what a list brings, where it stands, what is asked."""

from collections.abc import Mapping

from core.base.errors import Message
from core.lifecycle.imports.faults import Fault
from core.lifecycle.imports.kind import Kind, Proposal
from core.lifecycle.imports.runs import Run
from web.ask import Ask
from web.view_parts import Fact, Tone, grouped
from web.views_imports import ImportFault, ImportProposal

# What is counted, in the order it is told. Minutes are told as hours.
COUNTS = {
    "people": Message("New people"),
    "openings": Message("Openings"),
    "records": Message("Records of service"),
    "areas": Message("New areas"),
    "volunteers": Message("Volunteers they are about"),
    "points": Message("Points in all"),
    "minutes": Message("Hours in all"),
    "teams": Message("New teams"),
    "members": Message("Memberships"),
    "homes": Message("Homes entered"),
    "known": Message("Known already"),
    "there": Message("There already"),
    "same": Message("Taken for the same person"),
    "nothing": Message("Without points or hours"),
}
_ALWAYS = ("people", "openings", "records", "areas")

STATES: dict[str, tuple[Message, Tone, str]] = {
    "read": (Message("Columns to be chosen"), "warn", "edit"),
    "checking": (Message("Being checked"), "info", "wait"),
    "checked": (Message("To be looked at"), "warn", "search"),
    "wanted": (Message("Being taken in"), "info", "wait"),
    "done": (Message("Taken in"), "ok", "check"),
    "failed": (Message("Failed"), "bad", "alert"),
    "undone": (Message("Import undone"), "", "undo"),
}

WHY = {
    "phone": Message("The telephone number is the same, and the names are read alike."),
    "id_number": Message("The ID number is the same."),
    "name": Message("The name is the same, and one of the two has no telephone number."),
}


def counted(ask: Ask, counts: Mapping[str, int]) -> tuple[Fact, ...]:
    """What was counted, without what is nothing; the first line says the most."""
    rows = [Fact(label=ask._("Lines read"), text=grouped(counts.get("rows", 0)))]
    for key, label in COUNTS.items():
        number = counts.get(key)
        if number or (number is not None and key in _ALWAYS):
            text = ask.duration(number) if key == "minutes" else grouped(number)
            rows.append(Fact(label=ask.render(label), text=text))
    return tuple(rows)


def in_short(ask: Ask, run: Run) -> str:
    """What an import brought, in a few words."""
    told = []
    for key in ("people", "records", "openings", "areas", "teams", "members"):
        number = run.report.counts.get(key, 0)
        if number:
            told.append(f"{ask.render(COUNTS[key])} {grouped(number)}")
    return " · ".join(told[:3])


def agreement(ask: Ask, kind: Kind, counts: Mapping[str, int]) -> str:
    """The button that takes it in says what comes."""
    number = next((counts[key] for key in _ALWAYS if counts.get(key)), 0)
    people, records = counts.get("people", 0), counts.get("records", 0)
    if people:
        return ask.ngettext(
            "Take in %(count)s person", "Take in %(count)s people", people, count=grouped(people)
        )
    if records:
        return ask.ngettext(
            "Take in %(count)s record", "Take in %(count)s records", records, count=grouped(records)
        )
    if number:
        return ask.ngettext(
            "Take in %(count)s entry", "Take in %(count)s entries", number, count=grouped(number)
        )
    return ask._("Take it in")


def line_of(ask: Ask, sheet: str, line: int) -> str:
    if sheet:
        return ask._("%(sheet)s, line %(line)s", sheet=sheet, line=line)
    return ask._("Line %(line)s", line=line)


def fault_of(ask: Ask, fault: Fault) -> ImportFault:
    return ImportFault(
        line=line_of(ask, fault.sheet, fault.line),
        column=fault.column,
        what=ask.render(fault.message),
        cure=ask.render(fault.cure) if fault.cure is not None else "",
    )


def question(ask: Ask, proposal: Proposal) -> ImportProposal:
    if proposal.other_number:
        asked = ask._(
            "%(line)s, %(name)s: is this %(other)s, number %(number)s?",
            line=line_of(ask, proposal.sheet, proposal.line),
            name=proposal.name,
            other=proposal.other_name,
            number=proposal.other_number,
        )
    else:
        asked = ask._(
            "%(line)s, %(name)s: is this %(other)s of line %(first)s?",
            line=line_of(ask, proposal.sheet, proposal.line),
            name=proposal.name,
            other=proposal.other_name,
            first=proposal.other_line,
        )
    return ImportProposal(
        name="same-" + proposal.key,
        question=asked,
        why=ask.render(WHY[proposal.why]),
        same=ask._("The same person"),
        different=ask._("Two people"),
        value="same" if proposal.answer else "different",
    )
