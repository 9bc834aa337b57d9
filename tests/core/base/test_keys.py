"""Keys carry the community: the database itself refuses a row that leads into another one."""

import sqlite3
from collections import defaultdict
from contextlib import closing

import pytest

from core.base.act import Unit
from core.base.database import Transaction
from core.base.errors import ConstraintBroken
from core.base.house import House
from tests.support.cast import Cast
from tests.support.scope.catalogue import Key, keys_of
from tests.support.scope.parts import ROOT

# Keys that lead out of the community on purpose.
ALLOWED = {
    ("area", "parent"): "above a community's own node lie county and street, which belong to none",
    ("role_grant", "area"): "a role above communities reaches down from county or street",
    ("role_grant", "role"): "the core's roles are the same everywhere",
}

_KEYS = """
select k.conrelid::regclass::text as t, k.confrelid::regclass::text as target, k.oid::bigint as id,
    a.attname::text as col, b.attname::text as leads
from pg_constraint k cross join lateral unnest(k.conkey, k.confkey) as x (here, there)
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.here
join pg_attribute b on b.attrelid = k.confrelid and b.attnum = x.there
where k.contype = 'f'
"""
_COLUMNS = "select table_name::text as t, column_name::text as c from information_schema.columns"


async def keys(house: House) -> tuple[list[Key], set[str]]:
    """All keys, and the tables that have a community."""
    if house.db.engine == "sqlite":
        with closing(sqlite3.connect(house.settings.sqlite_path)) as book:
            found = keys_of(book)
            rows = book.execute(
                "select t.name from sqlite_master t join pragma_table_info(t.name) c on c.name = 'community'"
            )
            return found, {name for (name,) in rows}
    columns: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    ends: dict[int, tuple[str, str]] = {}
    for row in await house.db.run_text(_KEYS, []):
        columns[row["id"]].append((row["col"], row["leads"]))
        ends[row["id"]] = (row["t"], row["target"])
    found = [Key(*ends[number], tuple(pairs)) for number, pairs in columns.items()]
    return found, {r["t"] for r in await house.db.run_text(_COLUMNS, []) if r["c"] == ROOT}


async def test_a_key_between_tables_of_a_community_carries_it(house: House) -> None:
    """But for the act that wrote a row: it may have been the house's own, or reach over a border."""
    found, of_a_community = await keys(house)
    carried = {(key.table, column) for key in found if key.carries for column, _ in key.columns}
    loose = {
        (key.table, column)
        for key in found
        for column, leads in key.columns
        if leads == "id" and key.table in of_a_community and key.target in of_a_community - {"act"}
    } - carried
    # Who came to another community from this one: the key carries the other's.
    assert loose - {("relocation", "arrived_as")} == set(ALLOWED)


ROWS = {
    "a grant for another community's counter": (
        "insert into role_grant (person, role, community, counter, from_at) "
        "select 1, r.id, :other, :counter, 0 from role r where r.key = 'clerk'"
    ),
    "a volunteer merged into another community's": (
        "update volunteer set merged_into = :theirs where id = :ours and community = :community"
    ),
    "a member of another community's team": (
        "insert into team_member (community, team, volunteer, from_day) "
        "values (:other, :team, :theirs, '2026-11-23')"
    ),
}


@pytest.mark.parametrize("what", ROWS)
async def test_the_database_refuses_a_row_that_leads_elsewhere(cast: Cast, what: str) -> None:
    values = {
        "other": cast.xinxing,
        "community": cast.hongqi,
        "counter": cast.counter,
        "team": cast.team,
        "ours": cast["李阿姨"].volunteer,
        "theirs": cast["冯阿姨"].volunteer,
    }

    async def work(unit: Unit) -> None:
        await write(unit.transaction, ROWS[what], values)

    with pytest.raises(ConstraintBroken, match=r"(?i)tied|foreign|fkey"):
        await cast.do(cast.system(), work)


async def write(transaction: Transaction, sql: str, values: dict[str, object]) -> None:
    await transaction.execute(sql, **values)
