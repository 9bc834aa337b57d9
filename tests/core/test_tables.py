"""Every Piccolo class against the schema that is really there, on both engines."""

from typing import Any, NamedTuple

import pytest
from piccolo.columns import BigInt, BigSerial
from piccolo.table import Table

from core.activity import tables as activity
from core.base import tables as base
from core.base.database import Database
from core.community import tables as community
from core.lifecycle import tables as lifecycle
from core.points import tables as points
from core.points import tables_book as book
from core.reward import tables as reward
from tests.support.cast import Cast

CLASSES: dict[str, type[Table]] = {
    table._meta.tablename: table
    for module in (base, community, activity, points, book, reward, lifecycle)
    for table in vars(module).values()
    if isinstance(table, type) and issubclass(table, Table) and table is not Table
}


class Column(NamedTuple):
    """What a column is: whole number or text, may be empty, its default ('' for none or an empty text)."""

    name: str
    whole: bool
    nullable: bool
    default: str


def described(table: type[Table]) -> set[Column]:
    return {
        Column(
            column._meta.db_column_name,
            isinstance(column, (BigInt, BigSerial)),
            column._meta.null,
            "" if isinstance(column, BigSerial) else _plain(getattr(column, "default", None)),
        )
        for column in table._meta.columns
    }


def _plain(default: Any) -> str:
    """A default as text; 0 and none are the same here, since Piccolo's whole numbers default to 0."""
    if default is None:
        return ""
    text = str(default).removesuffix("::text").removesuffix("::bigint").strip("'")
    return "" if text == "0" else text


async def columns_of(db: Database, table: str) -> set[Column]:
    if db.engine == "sqlite":
        rows = await db.fetch("select * from pragma_table_info(:name)", name=table)
        return {
            Column(
                r["name"],
                r["type"].lower() == "integer",
                not r["notnull"] and not r["pk"],
                _plain(r["dflt_value"]),
            )
            for r in rows
        }
    rows = await db.fetch(
        "select column_name, data_type, is_nullable, column_default from information_schema.columns "
        "where table_schema = 'public' and table_name = :name",
        name=table,
    )
    return {
        Column(
            r["column_name"],
            r["data_type"] == "bigint",
            r["is_nullable"] == "YES",
            _plain(r["column_default"]),
        )
        for r in rows
    }


async def tables_of(db: Database) -> set[str]:
    if db.engine == "sqlite":
        rows = await db.fetch(
            "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_'"
        )
    else:
        rows = await db.fetch("select tablename as name from pg_tables where schemaname = 'public'")
    return {row["name"] for row in rows} - {"migration"}


async def test_every_table_has_a_class_and_every_class_its_table(db: Database) -> None:
    core = {name for name in await tables_of(db) if not name.startswith("patrol_")}
    assert core == set(CLASSES)


async def test_every_class_says_what_its_columns_are(db: Database) -> None:
    assert {name: await columns_of(db, name) for name in CLASSES} == {
        name: described(table) for name, table in CLASSES.items()
    }


def test_a_class_that_lacks_a_column_or_calls_it_something_else_is_noticed() -> None:
    class Wrong(Table, tablename="holiday"):
        community = BigInt(primary_key=True)

    assert described(Wrong) != described(CLASSES["holiday"])


async def test_queries_run_through_the_classes_and_write_only_in_an_act(cast: Cast) -> None:
    query = community.Volunteer.select(community.Volunteer.number).where(
        community.Volunteer.community == cast.hongqi
    )
    rows = await query.order_by(community.Volunteer.id)
    assert rows[0]["number"] == cast["王队长"].number
    change = community.Household.update({community.Household.area: None}, force=True)
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await change
    await cast.do(cast.system(), lambda unit: unit.run(change))
