"""Promises live in SQL: each breach is tried with raw statements, on both engines."""

import re

import pytest

from core.base import schema
from core.base.database import Transaction
from core.base.errors import ConstraintBroken
from core.base.house import House

BREACHES = {
    "an amount of nought": (
        "insert into transfer (community, public_id, act, kind, debit, credit, amount, effective_at, "
        "recorded_at, account, version, posted_after, held_after, message, text) values (1, 'x', 1, "
        "'earn', 1, 2, 0, 0, 0, 2, 1, 0, 0, '', '')"
    ),
    "an account against itself": (
        "insert into transfer (community, public_id, act, kind, debit, credit, amount, effective_at, "
        "recorded_at, account, version, posted_after, held_after, message, text) values (1, 'x', 1, "
        "'earn', 2, 2, 5, 0, 0, 2, 1, 0, 0, '', '')"
    ),
    "more held than posted": (
        "insert into points_account (community, kind, posted, held) values (1, 'issued', 5, 6)"
    ),
    "a negative balance": ("insert into points_account (community, kind, posted) values (1, 'issued', -1)"),
    "a cap passed": (
        "insert into cap_counter (community, volunteer, cap, span, used, most) values (1, 1, 'x', "
        "'2026', 9, 8)"
    ),
    "negative stock": (
        "insert into reward (community, public_id, name, price, stock, created_at) values (1, 'x', "
        "'米', 44, -1, 0)"
    ),
    "a clerk who serves himself": (
        "insert into redemption (community, public_id, volunteer, person, reward, reward_name, "
        "quantity, price, points, clerk, act, at) values (1, 'x', 1, 1, 1, '米', 1, 44, 44, 1, 1, 0)"
    ),
    "a price that does not multiply": (
        "insert into redemption (community, public_id, volunteer, person, reward, reward_name, "
        "quantity, price, points, clerk, act, at) values (1, 'x', 1, 1, 1, '米', 2, 44, 44, 2, 1, 0)"
    ),
    "minutes longer than the stay": (
        "insert into attendance (community, public_id, activity, volunteer, person, from_at, to_at, "
        "minutes, evidence, recorder, recorded_at, day, act) values (1, 'x', 1, 1, 1, 0, 60000, 2, "
        "'roster', 1, 0, '2026-11-23', 1)"
    ),
    "an approver who asked himself": (
        "insert into approval_decision (approval, community, requester, approver, decision, act, at) "
        "values (1, 1, 5, 5, 'approved', 1, 0)"
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
async def test_the_database_refuses(house: House, breach: str) -> None:
    with pytest.raises(ConstraintBroken) as refusal:
        async with house.db.transaction() as transaction:
            await transaction.run_text(BREACHES[breach], [])
    # The CHECK itself, not a foreign key that happens to be missing too.
    assert "foreign" not in refusal.value.constraint.lower() and "fkey" not in refusal.value.constraint


FRACTIONS = {
    "sqlite": "insert into throttle (bucket, count, until_at) values ('x', 1.5, 0)",
    "postgres": "insert into throttle (bucket, count, until_at) values ('x', '1.5', 0)",
}


async def test_whole_numbers_only(house: House) -> None:
    """SQLite's plain INTEGER accepts text and turns overflow into a float; strict tables do not."""
    words = "insert into throttle (bucket, count, until_at) values ('x', 'many', 0)"
    for sql in (words, FRACTIONS[house.db.engine]):
        with pytest.raises(Exception, match=r"(?i)cannot store|invalid input"):
            async with house.db.transaction() as transaction:
                await transaction.run_text(sql, [])


async def test_every_column_is_a_whole_number_or_text(house: House) -> None:
    """Decimals become floats on SQLite, and times and booleans texts and numbers, each in its own way."""
    if house.db.engine == "sqlite":
        sql = (
            "select distinct c.type as kind from sqlite_master t join pragma_table_info(t.name) c "
            "where t.type = 'table' and t.name not like 'sqlite_%'"
        )
    else:
        sql = (
            "select distinct data_type as kind from information_schema.columns where table_schema = 'public'"
        )
    kinds = {row["kind"].lower() for row in await house.db.run_text(sql, [])}
    assert kinds <= {"integer", "bigint", "text"}


async def _one_audit_row(transaction: Transaction) -> None:
    await transaction.execute("insert into audit (action, result, at) values ('x', 'done', 0)")


@pytest.mark.parametrize(
    ("engine", "change"),
    [
        ("sqlite", "update audit set action = 'y'"),
        ("sqlite", "delete from audit"),
        ("sqlite", "insert or replace into audit (id, action, result, at) values (1, 'y', 'done', 0)"),
        pytest.param("postgres", "update audit set action = 'y'", marks=pytest.mark.postgres),
        pytest.param("postgres", "delete from audit", marks=pytest.mark.postgres),
        pytest.param("postgres", "truncate audit", marks=pytest.mark.postgres),
    ],
    indirect=["engine"],
)
async def test_an_append_only_table_only_grows(house: House, change: str) -> None:
    """INSERT OR REPLACE skips SQLite's delete triggers; TRUNCATE skips PostgreSQL's row triggers."""
    async with house.db.transaction() as transaction:
        await _one_audit_row(transaction)
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        async with house.db.transaction() as transaction:
            await transaction.run_text(change, [])
    assert await house.db.value("select action from audit") == "x"


async def test_every_append_only_table_has_its_triggers(house: House) -> None:
    if house.db.engine == "sqlite":
        rows = await house.db.run_text(
            "select tbl_name as t, count(*) as n from sqlite_master where type = 'trigger' "
            "and name like '%_no_%' group by tbl_name",
            [],
        )
    else:
        rows = await house.db.run_text(
            "select tgrelid::regclass::text as t, count(*) as n from pg_trigger "
            "where tgname like '%_no_%' group by 1",
            [],
        )
    guarded = {r["t"]: r["n"] for r in rows}
    for table in schema.append_only_tables():
        assert guarded.get(table) == (3 if house.db.engine == "sqlite" else 2), table


def test_no_foreign_key_cascades() -> None:
    """Piccolo's ForeignKey cascades by default: deleting a parent removed the children."""
    for path in schema.SQL.glob("*.sql"):
        assert not re.search(r"on\s+delete\s+(cascade|set)", path.read_text("utf-8"), re.IGNORECASE), (
            path.name
        )


async def test_two_stays_of_one_person_cannot_overlap(house: House) -> None:
    sql = (
        "insert into interval (attendance, person, community, from_at, to_at) "
        "values (:attendance, 1, 1, :from_at, :to_at)"
    )
    # The copy PostgreSQL makes of the table names the same constraint by its columns.
    overlap = {"sqlite": "interval_no_overlap", "postgres": "interval_person_int8range_excl"}[house.db.engine]
    for from_at, to_at in ((0, 11), (19, 30), (12, 13), (0, 100)):
        with pytest.raises(ConstraintBroken) as refusal:
            async with house.db.transaction() as transaction:
                await transaction.run_text(
                    "pragma defer_foreign_keys = on" if house.db.engine == "sqlite" else "select 1", []
                )
                await _without_foreign_keys(transaction)
                await transaction.execute(sql, attendance=1, from_at=10, to_at=20)
                await transaction.execute(
                    sql, attendance=2, from_at=20, to_at=25
                )  # touching is not overlapping
                await transaction.execute(sql, attendance=3, from_at=from_at, to_at=to_at)
        assert overlap in refusal.value.constraint


async def _without_foreign_keys(transaction: Transaction) -> None:
    if transaction.engine == "postgres":
        # A copy with the same constraint and no foreign keys, for this transaction only.
        await transaction.run_text(
            "create temporary table interval (like interval including all) on commit drop", []
        )
    else:
        await transaction.run_text("drop trigger interval_attendance_tied_new", [])  # until the rollback
