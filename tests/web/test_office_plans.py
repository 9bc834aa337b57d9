"""No page of the office walks through a community's people, activities or exchanges."""

import re
from typing import Any

import pytest

from core.base.house import House
from core.base.sql import compile_sql
from tests.support.offices import Offices
from tests.support.served import serve
from tests.web.conftest import Enter
from tests.web.test_office_door import things

# Small by nature in one community, whatever the number of its people.
SMALL = {
    "area", "community", "team", "post_kind", "holiday", "reward", "counter", "rule_sheet", "tally", "role",
    "community_plugin", "team_duty", "json_each",
}  # fmt: skip
_TABLES = re.compile(r"\b(?:from|join)\s+([a-z_]+)(?:\s+(?:as\s+)?([a-z_]+))?", re.IGNORECASE)
_STEP = re.compile(r"^(SCAN|SEARCH) (\w+)(.*)")


async def steps(house: House, sql: str, params: Any) -> list[str]:
    compiled = compile_sql(sql, "sqlite")
    rows = await house.db.run_text("explain query plan " + compiled.text, compiled.arguments(params))
    return [row["detail"] for row in rows]


def names_of(sql: str) -> dict[str, str]:
    """Tables by what a statement calls them; parts of the statement itself are none."""
    own = {found[1] for found in re.finditer(r"(?:with(?: recursive)?|,)\s*([a-z_]+) as \(", sql)}
    found = {}
    for table, alias in _TABLES.findall(sql):
        if table not in own:
            found[table] = table
            if alias:
                found[alias] = table
    return found


def walks(sql: str, step: str) -> bool:
    """Whether a step reads a whole table, or all rows of a community, of what people make grow."""
    names, found = names_of(sql), _STEP.match(step)
    if found is None or found[2] not in names or names[found[2]] in SMALL:
        return False
    if found[1] == "SCAN":
        return "CONSTANT ROW" not in step and "VIRTUAL TABLE" not in step
    return found[3].endswith("(community=?)")


@pytest.mark.parametrize(
    ("step", "bad"),
    [
        ("SCAN v", True),
        ("SEARCH v USING INDEX volunteer_in_order (community=?)", True),
        ("SEARCH v USING INDEX volunteer_in_order (community=? AND status=?)", False),
        ("SEARCH t USING INDEX team_name (community=?)", False),
    ],
)
def test_a_walk_is_told_from_a_look_up(step: str, bad: bool) -> None:
    assert walks("select 1 from volunteer v join team t on t.id = v.id", step) is bad


async def test_every_statement_of_the_office_enters_by_an_index(enter: Enter, offices: Offices) -> None:
    ours = await things(offices)
    await serve(offices.cast, "2026-10-20", 60, "李阿姨")
    await offices.count()
    base = "/c/hongqi"
    area, team = f"{base}/areas/{ours['area']}", f"{base}/teams/{ours['team']}"
    pages = [
        base + "/areas", base + "/areas?q=1", area, area + "/card", area + "/move",
        f"{area}/posts/{ours['post']}",
        base + "/teams", team, team + "/duty", base + "/teams/duty", f"{team}/members/{ours['number']}",
        base + "/activities", base + "/activities?month=2026-11", base + "/activities?programme=patrol",
        f"{base}/activities?team={ours['team']}", base + "/activities?after=1700000000000-5",
        f"{base}/activities/{ours['activity']}", base + "/stock", f"{base}/stock/{ours['reward']}",
        base + "/stock/handed-over", base + "/stock/handed-over?month=2026-10", base + "/settings",
        base + "/settings/programmes/patrol", "/areas", "/communities/new",
    ]  # fmt: skip
    bad: dict[str, list[str]] = {}
    looked = 0
    for name in ("陈社工", "林主任", "王队长", "施运维"):
        guest = await enter(name)
        with offices.house.db.watch() as log:
            for page in pages:
                await guest.get(page)
        for sql, params in log:
            looked += 1
            found = [s for s in await steps(offices.house, sql, params) if walks(sql, s)]
            if found:
                bad[sql] = found
    assert looked > 100
    assert not bad, "\n\n".join(f"{sql}\n{found}" for sql, found in bad.items())
