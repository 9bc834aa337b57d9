"""docs/hazards.md names a test for each hazard; the test is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_hazard_has_its_test() -> None:
    rows = [
        line
        for line in (ROOT / "docs" / "hazards.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| hazard")
    ]
    named = [re.findall(r"`(test_\w+)`", row) for row in rows]
    assert len(rows) > 30
    assert all(named), [row for row, tests in zip(rows, named, strict=True) if not tests]
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    assert sorted({name for tests in named for name in tests} - there) == []
