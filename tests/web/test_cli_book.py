"""The book from the command line: proved, kept elsewhere, and receipts checked without a database."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.base.house import open_house
from core.base.receipts import written
from core.base.settings import Settings
from core.base.viewer import Viewer
from core.points.receipts import receipt_of
from tests.support.databases import in_thread
from tests.support.server import linli
from tests.web.test_cli import exit_code, fails


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def receipt_file(settings: Settings) -> str:
    """The receipt of the demo's latest line, as the page gives it out."""
    house = await open_house(settings)
    try:
        row = await house.db.one("select community, public_id from transfer order by id limit 1")
        assert row is not None
        viewer = Viewer(house, community=row["community"], system=True)
        return written(await receipt_of(viewer, row["public_id"]))
    finally:
        await house.close()


def damage(settings: Settings, text: str) -> None:
    """Changes the book beneath the product."""
    with closing(sqlite3.connect(settings.sqlite_path, isolation_level=None)) as book:
        for (name,) in book.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            book.execute(f"drop trigger {name}")
        assert book.execute(text).rowcount == 1


def test_a_book_is_proved_and_the_row_that_lies_is_named(demo_settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    printed = linli(demo_settings, "checkpoint", "--out", str(kept))
    assert "chengjiang: block" in printed
    said = linli(demo_settings, "verify", "--checkpoint", str(kept))
    for place in ("chengjiang", "(the house)", "(checkpoint)"):
        assert f"✓ {place}: everything follows from the journal" in said
    assert "no community" in fails(demo_settings, "verify", "--community", "nowhere")
    damage(demo_settings, "update transfer set text = text || 'x' where id = (select min(id) from transfer)")
    found = json.loads(fails(demo_settings, "verify", "--community", "chengjiang", "--json"))
    assert found["differs"] and [f["table"] for f in found["found"]["chengjiang"]] == ["transfer"]
    assert "it says" in fails(demo_settings, "verify", "--community", "chengjiang")


def test_a_receipt_is_checked_without_a_database(demo_settings: Settings, tmp_path: Path) -> None:
    kept, file = tmp_path / "kept.json", tmp_path / "receipt.json"
    linli(demo_settings, "checkpoint", "--out", str(kept))
    file.write_text(in_thread(receipt_file(demo_settings)), encoding="utf-8")
    nowhere = replace(demo_settings, database=f"sqlite:///{tmp_path / 'none' / 'none.db'}")
    said = linli(nowhere, "verify-receipt", str(file), "--checkpoint", str(kept))
    assert "✓ +" in said and "sealed" in said and "compare it with" not in said
    assert "compare it with" in linli(nowhere, "verify-receipt", str(file))
    assert "another key" in fails(nowhere, "verify-receipt", str(file), "--key", "ab" * 32)
    good = json.loads(file.read_text(encoding="utf-8"))
    amount = good["row"].index(next(v for v in good["row"][8:] if isinstance(v, int)), 8)
    good["row"][amount] += 1
    file.write_text(json.dumps(good, ensure_ascii=False), encoding="utf-8")
    assert "was altered" in fails(nowhere, "verify-receipt", str(file))
    file.write_bytes(b"\xff\xfe\x00")
    assert "not a receipt" in fails(nowhere, "verify-receipt", str(file))
    assert exit_code(nowhere, "verify-receipt", str(tmp_path / "no such file")) == 2
