"""The house's SQL as nested lists of words: enough to see tables, names given to them, and conditions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(
    r"(?P<quoted>'[^']*')|(?P<comment>--[^\n]*)"
    r"|rows\(\s*:(?P<rows>[a-z_][a-z0-9_]*)\s*;[^)]*\)"
    r"|\bids\(\s*:(?P<ids>[a-z_][a-z0-9_]*)\s*\)"
    r"|(?P<cast>::)[a-z]+(?:\[\])?"
    r"|(?P<name>[:$][a-z0-9_]+|\?[0-9]*)"
    r"|(?P<word>[a-z_][a-z0-9_]*(?:\.[a-z_*][a-z0-9_]*)?|[0-9]+)"
    r"|(?P<sign>\|\||<=|>=|<>|!=|\S)"
)
_BEGINS = "select|insert into|update|delete from|with"
STATEMENT = re.compile(rf"^\s*(?:--[^\n]*\n\s*)*(?:{_BEGINS}|{_BEGINS.upper()})\s+\S")
EVERYWHERE = re.compile(r"--\s*everywhere \((?P<tables>[a-z_, ]+)\):[ ]*(?P<why>[^\n]*)")
JOINS = frozenset({",", "join", "left", "right", "full", "inner", "outer", "cross", "natural"})
CLAUSES = frozenset(
    {
        "select",
        "from",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "offset",
        "for_update",
        "returning",
        "set",
    }
)


class Group(list["Word"]):
    """What stands between parentheses, or between `case` and `end`."""


@dataclass(frozen=True)
class Given:
    """A value handed in from outside: a parameter, a set of ids, or a set of rows."""

    name: str
    rows: bool = False


Word = str | Given | Group


def read(sql: str) -> Group:
    """The words of a statement; comments are gone, casts too."""
    stack: list[Group] = [Group()]
    for found in _WORD.finditer(sql.replace('"', "").lower()):
        if found["comment"] or found["cast"]:
            continue
        if name := found["rows"] or found["ids"] or found["name"]:
            name = f"{name}{found.start()}" if name == "?" else name.lstrip(":$")
            stack[-1].append(Given(name, bool(found["rows"])))
            continue
        word = found[0]
        if word in ("(", "case"):
            stack.append(Group())
        elif word in (")", "end"):
            closed = stack.pop()
            stack[-1].append(closed)
        elif word != ";":
            stack[-1].append(word)
    return stack[0]


def is_query(words: Iterable[Word]) -> bool:
    return next(iter(words), None) in ("select", "with")


def split(words: list[Word], *at: str) -> list[list[Word]]:
    """Cuts at words of this level; the `and` of `between … and …` cuts nothing."""
    parts: list[list[Word]] = [[]]
    between = False
    for word in words:
        if word == "between":
            between = True
        if isinstance(word, str) and word in at and not (word == "and" and between):
            parts.append([])
            continue
        if word == "and":
            between = False
        parts[-1].append(word)
    return parts


def clauses(words: list[Word]) -> dict[str, list[Word]]:
    """The parts of one select, update or delete by the word that begins them."""
    found: dict[str, list[Word]] = {}
    current: list[Word] = []
    for word in words:
        if isinstance(word, str) and word in CLAUSES and word not in found:
            current = found.setdefault(word, [])
        else:
            current.append(word)
    return found
