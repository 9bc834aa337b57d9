"""Among a hundred thousand volunteers every way of finding people enters by an index and reads few rows.

Rows are counted on PostgreSQL from the executed plan, node by node; SQLite counts the steps of its machine,
of which a row that is looked at takes ten to forty.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest

from core.base.database import Statement
from core.base.house import House, open_house
from core.base.settings import Settings
from core.base.sql import compile_sql
from core.base.sqlite import SQLiteDatabase, connect
from core.base.viewer import Viewer
from core.community.search import BEGIN, FEW, Found, Mark, Wanted, browse
from tests.support import crowd
from tests.support.databases import fresh_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PAGE = 50
SMALL_GRID, GRID, WHOLE = "/10/60/", "/10/15/", "/10/"
ROWS = 10 * FEW  # of all nodes of one statement's plan; the crowd has 100,000 people and 700,000 words
STEPS = 60 * FEW
# Small by nature: the areas and teams of one community.
SMALL = {"area", "team", "a", "b", "t"}

WAYS = {
    "a number": (Wanted(text=crowd.number_of(5001)), "digits"),
    "a telephone number": (Wanted(text=crowd.phone_of(5001)), "digits"),
    "its last four digits": (Wanted(text="5001"), "digits"),
    "one letter": (Wanted(text="w"), "word"),
    "a common surname in pinyin": (Wanted(text="wang"), "word"),
    "a common surname": (Wanted(text="王"), "word"),
    "initials": (Wanted(text="zxy"), "word"),
    "a rare name": (Wanted(text="zhaojianguo"), "word"),
    "nothing typed": (Wanted(), "order"),
    "who left": (Wanted(status="left"), "order"),
    "active or left": (Wanted(status=""), "order"),
    "one team": (Wanted(team=crowd.TEAM + 3), "team"),
    "a small grid": (Wanted(area=SMALL_GRID), "area"),
    "a grid of two thousand": (Wanted(area=GRID), "area"),
    "the whole community": (Wanted(area=WHOLE), "order"),
    "a common word in a team": (Wanted(text="w", team=crowd.TEAM + 3), "team"),
    "a common word in a small grid": (Wanted(text="w", area=SMALL_GRID), "area"),
    "a common word in all": (Wanted(text="w", area=WHOLE), "word"),
    "a common word among who left": (Wanted(text="w", status="left"), "word"),
    "a rare word among who left": (Wanted(text="zhaojianguo", status="left"), "word"),
    "a rare word in a grid": (Wanted(text="zhaojianguo", area=GRID), "word"),
    "a team in a grid": (Wanted(team=crowd.TEAM + 3, area=WHOLE), "team"),
}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def crowded(request: pytest.FixtureRequest, run: Any, tmp_path_factory: Any) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("crowd")
    with fresh_database(request.param, run, folder, "crowd", crowd.crowded) as settings:
        yield settings


@pytest.fixture
async def house(crowded: Settings) -> AsyncIterator[House]:
    opened = await open_house(crowded)
    try:
        yield opened
    finally:
        await opened.close()


def worker(house: House) -> Viewer:
    return Viewer(house, community=crowd.COMMUNITY, system=True)


async def looked(house: House, wanted: Wanted, after: Mark = BEGIN) -> tuple[list[Found], list[Statement]]:
    with house.db.watch() as log:
        found = await browse(worker(house), wanted, after, PAGE)
    return found, list(log)


@pytest.mark.parametrize("name", WAYS)
async def test_each_way_enters_by_an_index_and_reads_few_rows(house: House, name: str) -> None:
    wanted, way = WAYS[name]
    found, log = await looked(house, wanted)
    assert len(log) <= 2
    assert {f.mark.way for f in found} <= {way}
    await inspect(house, log)
    if found:
        _, log = await looked(house, wanted, found[-1].mark)
        assert len(log) == 1
        await inspect(house, log)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(status=""), Wanted(text="w"), Wanted(area=WHOLE)])
async def test_the_thousandth_page_costs_what_the_first_does(house: House, wanted: Wanted) -> None:
    """The mark of a far page: taken from the list's order by the rows themselves."""
    viewer = worker(house)
    mark, seen = BEGIN, 0
    while seen < PAGE * 1000:
        found = await browse(viewer, wanted, mark, 5000)
        seen += len(found)
        if len(found) < 5000:
            break
        mark = found[-1].mark
    found, log = await looked(house, wanted, mark)
    assert found
    await inspect(house, log)


async def inspect(house: House, log: list[Statement]) -> None:
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
        return found[2] not in ("f", "q", "x", "y", "c")  # what a bounded part of the statement has found
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
    scans = [
        node["Relation Name"]
        for node in nodes
        if node["Node Type"] == "Seq Scan"
        and node["Alias"] not in SMALL
        and node["Relation Name"] not in SMALL
    ]
    return rows, scans


def nodes_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes_of(child)
