"""Looks at every statement the suite makes the product run, and at the community an act speaks of.

What a test asks the database itself is not looked at; what the product asks is, however its text came about.
"""

import sys
from collections.abc import Mapping
from typing import Any

from core.base.act import Unit
from core.base.database import Database
from tests.house.sources import CODE, ROOT
from tests.support.scope.parts import Schema
from tests.support.scope.rule import faults
from tests.support.scope.words import STATEMENT

_CARRIERS = frozenset(
    {
        "fetch",
        "one",
        "value",
        "execute",
        "run_text",
        "run_querystring",
        "run",
        "_run",
        "_fetch",
        "_saw",
        "saw",
    }
)
_OURS = tuple(str(ROOT / folder) for folder in CODE)
_BASE = str(ROOT / "core" / "base")


class Watch:
    """What was seen: `hits` are the faults since they were last cleared."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.known: dict[str, list[str]] = {}
        self.hits: list[str] = []

    def look(self, sql: str) -> None:
        found = self.known.get(sql)
        if found is None:
            if not STATEMENT.match(sql) or not _of_the_product():
                return
            found = self.known[sql] = faults(sql, self.schema)
        self.hits += [f"{fault}: {' '.join(sql.split())[:200]}" for fault in found]

    def compare(self, unit: Unit, sql: str, params: Mapping[str, Any]) -> None:
        """An act of one community speaks of no other under the name `community`."""
        given = params.get("community")
        if isinstance(given, int) and unit.community is not None and given != unit.community:
            self.hits.append(f"an act of community {unit.community} asks for {given}: {sql[:200]}")

    def install(self) -> None:
        """For the whole run of this process."""
        before, within = Database._saw, Unit._saw

        def saw(database: Database, sql: str, params: Mapping[str, Any]) -> None:
            self.look(sql)
            before(database, sql, params)

        def _saw(unit: Unit, sql: str, params: Any) -> None:
            if _of_the_product():
                self.compare(unit, sql, params)
            within(unit, sql, params)

        Database._saw = saw  # type: ignore[method-assign]  # the one place all statements pass
        Unit._saw = _saw  # type: ignore[method-assign]  # the same, with the act that asks


def _of_the_product() -> bool:
    """Whether the nearest caller beyond the database's own doors is code of ours and no test."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        carries = name.startswith(_BASE) and frame.f_code.co_name in _CARRIERS
        if not carries and name != __file__ and name.startswith(str(ROOT)) and "site-packages" not in name:
            return name.startswith(_OURS)
        frame = frame.f_back  # type: ignore[assignment]  # None ends the walk
    return False
