"""Whether statements enter by an index and read few rows: looked up in the plans of both engines.

Rows are counted on PostgreSQL from the executed plan, node by node; SQLite counts the steps of its machine,
of which a row that is looked at takes ten to forty.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from core.base.database import Statement
from core.base.house import House
from core.base.sql import compile_sql
from core.base.sqlite import SQLiteDatabase, connect
from core.community.search import FEW

ROWS = 10 * FEW  # of all nodes of one statement's plan; the crowd has 100,000 people and 700,000 words
STEPS = 60 * FEW
FULL = {"person", "volunteer", "volunteer_word", "person_lookup", "residence"}  # the crowd's big tables
# Small by nature: the areas and teams of one community.
PARTS = {"f", "q", "x", "y", "c", "s"}  # what a bounded part of a statement has found
SMALL = {"area", "team", "a", "b", "t"}


async def inspect(house: House, log: Iterable[Statement]) -> None:
    """Fails for a statement that walks through a big table or reads more than a page's worth of rows."""
    for statement in log:
        if isinstance(house.db, SQLiteDatabase):
            steps, walks = of_sqlite(house, statement)
            assert not walks, walks
            assert steps <= STEPS, statement.sql
        else:
            rows, scans = await of_postgres(house, statement)
            assert not scans, scans
            assert rows <= ROWS, statement.sql


def of_sqlite(house: House, statement: Statement) -> tuple[int, list[str]]:
    """Steps of the machine, and those of the plan that walk through a big table."""
    sql, params = statement
    compiled = compile_sql(sql, "sqlite")
    arguments = compiled.arguments(params)
    connection = connect(str(house.settings.sqlite_path), read_only=True)
    try:
        plan = [row["detail"] for row in connection.execute("explain query plan " + compiled.text, arguments)]
        ticks: list[None] = []
        connection.set_progress_handler(lambda: ticks.append(None), 100)
        connection.execute(compiled.text, arguments).fetchall()
    finally:
        connection.close()
    return 100 * len(ticks), [step for step in plan if walks(step)]


def walks(step: str) -> bool:
    found = re.match(r"(SCAN|SEARCH) (\w+)(.*)", step)
    if found is None or found[2] in SMALL or "VIRTUAL TABLE" in step or "CONSTANT ROW" in step:
        return False
    if found[1] == "SCAN":
        return found[2] not in PARTS
    return found[3].endswith("(community=?)")


async def of_postgres(house: House, statement: Statement) -> tuple[int, list[str]]:
    """Rows of all nodes of the executed plan, those filtered out among them, and scans of whole tables."""
    sql, params = statement
    compiled = compile_sql(sql, "postgres")
    text = "explain (analyze, format json) " + compiled.text
    (row,) = await house.db.run_text(text, compiled.arguments(params))
    nodes = list(nodes_of(msgspec.json.decode(row[0])[0]["Plan"]))
    rows = sum(
        round(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)))
        for node in nodes
    )
    scans = [n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan" and n["Relation Name"] in FULL]
    return rows, scans


def nodes_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes_of(child)
