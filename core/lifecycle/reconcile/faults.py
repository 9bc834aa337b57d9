"""What a check is, and what it finds: a row that says something else than the journal."""

from collections.abc import Sequence
from typing import Any

import msgspec

from core.base.database import Row
from core.base.house import House

MOST = 20  # faults a check names; the first is what matters


class Fault(msgspec.Struct, frozen=True, order=True):
    """A row that differs: what it says, and what the journal says. Ids and figures only, never names."""

    check: str
    table: str
    row: str
    says: str
    journal: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: it says {self.says}; the journal says {self.journal}"


class Check(msgspec.Struct, frozen=True):
    """One statement that finds what differs in one community.

    Its rows have `at_row` (and more key columns that begin with `at_`), and for each figure a pair
    `<name>_kept` and `<name>_said`: what the row says, and what the journal says.
    """

    name: str
    table: str
    sql: str


async def differing(house: House, check: Check, community: int, **params: Any) -> list[Fault]:
    """The first rows of one community that differ."""
    rows = await house.db.fetch_apart(check.sql, community=community, most=MOST, **params)
    return faults_of(check, rows)


def faults_of(check: Check, rows: Sequence[Row]) -> list[Fault]:
    """The rows in words: only the figures that differ are named."""
    found = []
    for row in rows:
        columns = list(row.keys())
        names = [c.removesuffix("_kept") for c in columns if c.endswith("_kept")]
        pairs = [(n.replace("_", " "), row[n + "_kept"], row[n + "_said"]) for n in names]
        pairs = [pair for pair in pairs if pair[1] != pair[2]]
        found.append(
            Fault(
                check.name,
                check.table,
                " ".join(str(row[c]) for c in columns if c.startswith("at_")),
                ", ".join(f"{name} {_text(kept)}" for name, kept, _ in pairs),
                ", ".join(f"{name} {_text(said)}" for name, _, said in pairs),
            )
        )
    return found


def _text(value: Any) -> str:
    return "nothing" if value is None else str(value)
