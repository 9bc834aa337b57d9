"""No statement of the book walks through a community: each enters by an index on what it asks for."""

import re
from typing import Any

import pytest

from core.base.act import Unit
from core.base.house import House
from core.base.sql import compile_sql
from core.points import home, statement
from core.points.caps import Caps
from core.points.opening import Opening, Span, add_openings, take_back_openings
from core.reward import catalogue, receipts, redemption
from tests.support.town import Town, found_town

# Small by nature: a community's catalogue, counters, accounts of its own, rule sheets, closed months.
SMALL = {"reward", "counter", "rule_sheet", "r", "q", "shut", "soonest"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_every_statement_enters_by_an_index(house: House) -> None:
    town = await found_town(house)
    await town.rule(Caps(day=50, month=100))
    with house.db.watch() as log:
        await live(town)
    plans = {
        sql: await plan(house, sql, params) for sql, params in log if "insert into attendance" not in sql
    }
    assert len(plans) > 30
    bad = {sql: [s for s in steps if walks(s)] for sql, steps in plans.items() if any(map(walks, steps))}
    assert bad == {}


async def live(town: Town) -> None:
    """Every verb once."""
    attendances, _ = await town.earn([(0, 30), (1, 5)])
    soap = await town.stock("Soap", 10, 5, per_person=3)

    async def buy(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], soap.id)

    sold = [(await town.do(town.as_clerk(), buy)).answer for _ in range(2)]

    async def undo(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, sold[0]["redemption"], "plan")

    await town.do(town.as_worker(), undo)
    await town.take_back(attendances)
    await town.earn([(0, 3)])
    await paper_book(town)
    viewer, mine = town.as_volunteer(0), town.volunteers[0]
    await home.home(viewer)
    await statement.balance(viewer, mine)
    entries = await statement.lines(viewer, mine, kind="earned")
    await statement.lines(viewer, mine, before=entries[-1].public_id)
    await statement.line(viewer, entries[-1].public_id)
    await statement.months(viewer, mine)
    await catalogue.offered(viewer)
    await catalogue.affordable(viewer, mine)
    await receipts.receipt(viewer, sold[1]["public_id"])


async def paper_book(town: Town) -> None:
    spans: list[Span] = []

    async def bring(unit: Unit) -> dict[str, Any]:
        spans.append(await add_openings(unit, [Opening(town.volunteers[1], 9, 60, "2025-12-31", "book")]))
        return {}

    act = (await town.do(town.system, bring)).act

    async def take_back(unit: Unit) -> dict[str, Any]:
        return {"count": await take_back_openings(unit, act, spans[0])}

    await town.do(town.system, take_back)


async def plan(house: House, sql: str, params: Any) -> list[str]:
    compiled = compile_sql(sql, "sqlite")
    rows = await house.db.run_text("explain query plan " + compiled.text, compiled.arguments(params))
    # SQLite also lists its look for children of a new parent row, made only while a foreign key is broken.
    return [row["detail"] for row in rows if named(row["detail"]) & set(re.findall(r"\w+", sql))]


def named(step: str) -> set[str]:
    return set(re.findall(r"^(?:SCAN|SEARCH) (\w+)", step))


def walks(step: str) -> bool:
    """Whether a step of a plan reads all rows of a table, or all rows of a community."""
    found = re.match(r"(SCAN|SEARCH) (\w+)(.*)", step)
    if found is None or found[2] in SMALL or "VIRTUAL TABLE" in step:
        return False
    if found[1] == "SCAN":
        return found[2] not in ("json_each", "l", "m", "g", "me", "_") and "CONSTANT ROW" not in step
    return found[3].endswith("(community=?)")
