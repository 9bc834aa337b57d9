"""One text, two engines."""

import pytest

from core.base.house import House
from core.base.sql import compile_sql


def test_names_become_numbers_and_repeat() -> None:
    compiled = compile_sql("select :b, :a, :b", "postgres")
    assert (compiled.text, compiled.names) == ("select $1, $2, $1", ("b", "a"))
    assert compile_sql("select :b, :a, :b", "sqlite").text == "select ?1, ?2, ?1"


def test_casts_quotes_and_comments_are_left_alone() -> None:
    compiled = compile_sql("select ':x', '{}'::jsonb -- :y it's\n, :z", "postgres")
    assert compiled.names == ("z",)
    assert "':x'" in compiled.text and "::jsonb" in compiled.text


def test_row_locks_are_postgres_only() -> None:
    assert compile_sql("select 1 for_update", "postgres").text == "select 1 for no key update"
    assert compile_sql("select 1 for_update", "sqlite").text == "select 1 "


def test_a_missing_parameter_is_an_error() -> None:
    with pytest.raises(KeyError):
        compile_sql("select :a", "sqlite").arguments({})


async def test_a_set_of_rows_is_one_parameter(house: House) -> None:
    items = [
        {"id": 1, "name": "李秀英", "note": None},
        {"id": 2, "name": 'O\'Neil "x" \\ 😀', "note": '{"a": [1]}'},
        {"id": 9007199254740991, "name": "", "note": "\n"},
    ]
    rows = await house.db.fetch(
        "select r.id, r.name, r.note from rows(:items; id bigint, name text, note text) as r order by r.id",
        items=items,
    )
    assert [dict(r) for r in rows] == items


async def test_a_set_of_ids_is_one_parameter(house: House) -> None:
    sql = "select r.id from rows(:items; id bigint) as r where r.id in ids(:wanted) order by 1"
    rows = await house.db.fetch(sql, items=[{"id": i} for i in range(5)], wanted=[1, 3, 77])
    assert [r["id"] for r in rows] == [1, 3]
    assert await house.db.fetch(sql, items=[], wanted=[]) == []
