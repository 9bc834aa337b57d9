"""Damage done beneath the product: on a connection of its own, with triggers and keys out of the way."""

import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any, NamedTuple

import asyncpg

from core.base.settings import Settings
from tests.support.postgres import APPLICATION, SUPERUSER

Values = dict[str, Any]

# What is proved: of each table its key, and the columns that may not be anything else.
SEALED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "transfer": (
        ("id",),
        (
            *("community", "public_id", "act", "kind", "debit", "credit", "amount", "effective_at"),
            *(
                "booked_at",
                "recorded_at",
                "award",
                "redemption",
                "hold",
                "reverses",
                "actor",
                "approver",
                "account",
            ),
            *("version", "posted_after", "held_after", "message", "arguments", "text"),
        ),
    ),
    "audit": (
        ("id",),
        ("community", "act", "actor", "action", "subject", "subject_id", "result", "detail", "at"),
    ),
    "seal": (("community", "sequence"), ("sequence", "block", "transfer", "audit", "digest")),
    "seal_block": (
        ("community", "number"),
        ("number", "first", "last", "root", "previous", "at", "head", "signature"),
    ),
}
KEPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "points_account": (("id",), ("posted", "held", "debt", "version")),
    "lot": (("id",), ("remaining", "amount", "account", "transfer", "expires_at")),
    "lot_use": (("id",), ("amount",)),
    "award_outcome": (("award",), ("points", "lost", "transfer")),
    "cap_counter": (("volunteer", "cap", "span"), ("used",)),
    "volunteer_month": (("volunteer", "month"), ("earned", "spent", "minutes")),
    "volunteer": (("id",), ("minutes",)),
    "interval": (("attendance",), ("person", "from_at", "to_at")),
    "attendance_pending": (("attendance",), ("volunteer", "since_at")),
    "reward": (("id",), ("stock", "held")),
    "stock_move": (("id",), ("quantity", "stock_after", "redemption")),
    "approval_open": (("approval",), ("requester",)),
}
TABLES = {**SEALED, **KEPT}
LASTING = ("volunteer", "reward", "points_account")  # a row of these is not taken away: others hang on it


class Damage(NamedTuple):
    """What was done to which rows: their values before, by key."""

    manner: str
    table: str
    before: list[Values]
    after: list[Values]

    def __str__(self) -> str:
        return f"{self.manner} in {self.table}: {self.before} became {self.after}"


class Refused(Exception):
    """The database does not take it, even here: a CHECK or a unique index stands."""


class Beneath:
    """A connection beneath the product."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def rows(self, table: str) -> list[Values]:
        text = f"select * from {table} order by 1, 2"  # noqa: S608  # names of our own schema, as below
        if isinstance(self._connection, sqlite3.Connection):
            return [dict(row) for row in self._connection.execute(text)]
        return [dict(row) for row in await self._connection.fetch(text)]

    async def run(self, text: str, values: list[Any]) -> None:
        """`?` stands for the values in their order. Raises Refused."""
        try:
            if isinstance(self._connection, sqlite3.Connection):
                self._connection.execute(text, values)
                return
            for number in range(1, len(values) + 1):
                text = text.replace("?", f"${number}", 1)
            await self._connection.execute(text, *values)
        except (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
            raise Refused(str(error)) from error

    async def change(self, table: str, row: Values, changed: Values) -> None:
        keys = TABLES[table][0]
        sets = ", ".join(f"{name} = ?" for name in changed)
        where = " and ".join(f"{key} = ?" for key in keys)
        text = f"update {table} set {sets} where {where}"  # noqa: S608
        await self.run(text, [*changed.values(), *(row[k] for k in keys)])

    async def remove(self, table: str, row: Values) -> None:
        keys = TABLES[table][0]
        where = " and ".join(f"{key} = ?" for key in keys)
        text = f"delete from {table} where {where}"  # noqa: S608
        await self.run(text, [row[k] for k in keys])

    async def put(self, table: str, row: Values) -> None:
        marks = ", ".join("?" for _ in row)
        text = f"insert into {table} ({', '.join(row)}) values ({marks})"  # noqa: S608
        await self.run(text, list(row.values()))

    async def heal(self, damage: Damage) -> None:
        """Puts the rows back as they were."""
        for row in damage.after:
            await self.remove(damage.table, row)
        for row in damage.before:
            await self.put(damage.table, row)


@asynccontextmanager
async def beneath(settings: Settings) -> AsyncIterator[Beneath]:
    """Opens it: SQLite's file without triggers, or PostgreSQL's as the superuser in the role of a replica."""
    if settings.engine == "sqlite":
        with closing(sqlite3.connect(settings.sqlite_path, isolation_level=None)) as book:
            book.row_factory = sqlite3.Row
            for (name,) in book.execute("select name from sqlite_master where type = 'trigger'").fetchall():
                book.execute(f"drop trigger {name}")
            book.execute("pragma ignore_check_constraints = on")
            yield Beneath(book)
        return
    connection = await asyncpg.connect(settings.database.replace(f"{APPLICATION}@", f"{SUPERUSER}@"))
    try:
        await connection.execute("set session_replication_role = replica")
        yield Beneath(connection)
    finally:
        await connection.close()


MANNERS = ("flipped byte", "removed", "re-dated", "swapped")


async def do_damage(book: Beneath, chance: random.Random) -> Damage:
    """Damages something; what the database refuses even here is drawn again."""
    while True:
        manner, table = chance.choice(MANNERS), chance.choice(list(TABLES))
        rows = await book.rows(table)
        if not rows:
            raise AssertionError(f"{table} is empty: nothing can be damaged there")
        try:
            done = await _damage(book, manner, table, chance.sample(rows, min(2, len(rows))), chance)
        except Refused:
            continue
        if done is not None:
            return done


async def _damage(
    book: Beneath, manner: str, table: str, rows: list[Values], chance: random.Random
) -> Damage | None:
    row, columns = rows[0], TABLES[table][1]
    if manner == "removed":
        # What says nothing is nothing: a month or a counter of noughts may come or go.
        if table in LASTING or not any(row[name] for name in columns):
            return None
        await book.remove(table, row)
        return Damage(manner, table, [row], [])
    if manner == "swapped":
        return await _swap(book, table, rows, chance.choice(columns))
    times = [c for c in columns if c.endswith("at") or c == "month"]
    if manner == "re-dated" and not times:
        return None
    column = chance.choice(times if manner == "re-dated" else columns)
    value = _other(row[column], chance)
    if value is None:
        return None
    await book.change(table, row, {column: value})
    return Damage(manner, table, [row], [{**row, column: value}])


async def _swap(book: Beneath, table: str, rows: list[Values], column: str) -> Damage | None:
    if len(rows) < 2 or rows[0][column] == rows[1][column]:
        return None
    one, other = rows
    keys = TABLES[table][0]
    after = [{**one, column: other[column]}, {**other, column: one[column]}]
    if column in keys:
        return None
    for row in rows:
        await book.remove(table, row)
    try:
        for row in after:
            await book.put(table, row)
    except Refused:
        for row in after:
            await book.remove(table, row)
        for row in rows:
            await book.put(table, row)
        raise
    return Damage("swapped", table, rows, after)


def _other(value: Any, chance: random.Random) -> Any:
    """The value with one bit or one character changed; None where there is nothing to change."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(12))
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        new = "0" if value[at] != "0" else "1"
        return value[:at] + new + value[at + 1 :]
    return None
