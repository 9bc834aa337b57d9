"""What the rule reads of a schema, from the schema itself."""

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.support.scope.parts import ROOT, Schema

_TIED = re.compile(
    r"new\.(\w+) is not null .* from (\w+) t where t\.id = new\.\1 and t\.community = new\.community"
)


@dataclass(frozen=True)
class Key:
    """A foreign key: columns of `table` that lead to columns of `target`."""

    table: str
    target: str
    columns: tuple[tuple[str, str], ...]

    @property
    def carries(self) -> bool:
        """Whether the row it leads to is of the same community."""
        return (ROOT, ROOT) in self.columns


def keys_of(book: sqlite3.Connection) -> list[Key]:
    """The keys of a database on SQLite, and what its triggers see to in the place of one."""
    found = []
    for table, sql in book.execute(
        "select tbl_name, sql from sqlite_master where type = 'trigger'"
    ).fetchall():
        if tied := _TIED.search(sql):
            found.append(Key(table, tied[2], ((ROOT, ROOT), (tied[1], "id"))))
    for (table,) in book.execute("select name from sqlite_master where type = 'table'").fetchall():
        keys: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        targets: dict[int, str] = {}
        for row in book.execute("select * from pragma_foreign_key_list(?)", (table,)).fetchall():
            keys[row[0]].append((row[3], row[4]))
            targets[row[0]] = row[2]
        found += [Key(table, targets[number], tuple(columns)) for number, columns in keys.items()]
    return found


def schema_at(path: Path) -> Schema:
    """The schema of a database file nobody writes; leaves no file beside it."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as book:
        return schema_of(book)


def schema_of(book: sqlite3.Connection) -> Schema:
    """Columns and carrying keys of a database."""
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in book.execute(
        "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'"
    ).fetchall():
        columns[table].add(column)
    carries = {
        (key.table, column): key.target
        for key in keys_of(book)
        if key.carries
        for column, target in key.columns
        if target == "id"
    }
    return Schema({table: frozenset(names) for table, names in columns.items()}, carries)
