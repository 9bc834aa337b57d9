"""What the rule about communities speaks of: a schema, tables as a statement names them, conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.scope.words import Given

ROOT = "community"  # the table of communities: its own id is what the others call `community`


class Schema(NamedTuple):
    """Columns by table, and where keys that carry the community lead: (table, column) → table."""

    columns: Mapping[str, frozenset[str]]
    carries: Mapping[tuple[str, str], str]

    def of_a_community(self, table: str) -> bool:
        return ROOT in self.columns.get(table, ())


class Term(NamedTuple):
    """A column of a table as the statement names it, or a value handed in (`ref` None)."""

    ref: "Ref | None"
    column: str


Pair = tuple[Term, Term]


@dataclass(eq=False)
class Ref:
    """A table under the name it has in one select. `own`: conditions of the left join that brings it."""

    table: str
    block: "Block"
    own: list[Pair] = field(default_factory=list)
    tied: bool = False


@dataclass(eq=False)
class Block:
    """One select (or update, or delete): what it reads and what must be true of it."""

    parent: "Block | None"
    names: dict[str, "Ref | dict[str, Term] | Given"] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    nulls: list[Ref] = field(default_factory=list)

    def facts(self) -> Iterator[Pair]:
        block: Block | None = self
        while block is not None:
            yield from block.pairs
            block = block.parent


class Told(NamedTuple):
    """What a condition says for certain: equal pairs, and tables whose community is null."""

    pairs: list[Pair]
    nulls: list[Ref]


NOTHING = Told([], [])
