"""Reads the patrol's own fields of the form: route, clues, findings, who walked with whom. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.api import Invalid, Member, Message
from plugins.patrol.service import MOST_CLUES, MOST_FINDINGS
from web.api import Form

LONGEST_ROUTE = 100
LONGEST_FINDING = 200
LONGEST_TEXT = 10_000
LARGEST_PAIR = 4
_COMMAS = re.compile(r"[、，,;；+/]+")


@dataclass(frozen=True, slots=True)
class Fields:
    """What was typed, and what is wrong with it by field. `pairs` are volunteer numbers."""

    route: str
    clues: int
    findings: tuple[str, ...]
    pairs: tuple[tuple[str, ...], ...]
    errors: Mapping[str, Message]


def read_fields(form: Form, members: Sequence[Member]) -> Fields:
    """Reads the fields; `members` are the people who can be named in a pair. Never raises."""
    errors: dict[str, Message] = {}
    route, clues = "", 0
    findings: tuple[str, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    try:
        route = " ".join(form.text("route", most=LONGEST_ROUTE).split())
    except Invalid as invalid:
        errors.update(invalid.fields)
    try:
        clues = form.whole("clues", most=MOST_CLUES, default=0)
    except Invalid as invalid:
        errors.update(invalid.fields)
    try:
        findings = _findings(form)
    except Invalid as invalid:
        errors.update(invalid.fields)
    try:
        pairs = _pairs(form, members)
    except Invalid as invalid:
        errors.update(invalid.fields)
    return Fields(route, clues, findings, pairs, errors)


def _lines(form: Form, name: str) -> list[str]:
    text = form.text(name, most=LONGEST_TEXT, required=False)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _findings(form: Form) -> tuple[str, ...]:
    lines = _lines(form, "findings")
    if len(lines) > MOST_FINDINGS:
        raise Invalid({"findings": Message("At most %(most)s findings, one a line.", most=MOST_FINDINGS)})
    if any(len(line) > LONGEST_FINDING for line in lines):
        raise Invalid(
            {"findings": Message("One line can have at most %(most)s characters.", most=LONGEST_FINDING)}
        )
    return tuple(lines)


def _pairs(form: Form, members: Sequence[Member]) -> tuple[tuple[str, ...], ...]:
    pairs = []
    for line in _lines(form, "pairs"):
        # Names with blanks in them (Li Wei) need commas between people; names without need only a blank.
        parts = _COMMAS.split(line) if _COMMAS.search(line) else line.split()
        numbers = tuple(_number(part.strip(), members) for part in parts if part.strip())
        if not 2 <= len(numbers) <= LARGEST_PAIR:
            raise Invalid(
                {"pairs": Message("“%(line)s” is not two to four people.", line=line[:LONGEST_ROUTE])}
            )
        pairs.append(numbers)
    return tuple(pairs)


def _number(text: str, members: Sequence[Member]) -> str:
    """The volunteer number of somebody given by number or name."""
    found = [m.number for m in members if text in (m.number, m.name)]
    if not found:
        raise Invalid({"pairs": Message("“%(who)s” is not on the list above.", who=text[:LONGEST_ROUTE])})
    if len(found) > 1:
        raise Invalid(
            {
                "pairs": Message(
                    "There are several “%(who)s”: please write the number.", who=text[:LONGEST_ROUTE]
                )
            }
        )
    return found[0]
