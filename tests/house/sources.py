"""The files the rules read. A rule takes a path and a text, so that it can be given bad samples too."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("core", "web", "plugins")


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(p for p in (ROOT / folder).rglob("*.py") if "vendor" not in p.parts)


def templates() -> Iterator[Path]:
    for folder in CODE:
        yield from sorted((ROOT / folder).rglob("templates/**/*.html"))


@cache
def project_files() -> tuple[Path, ...]:
    """Every file of the project that is or would be under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(sorted(ROOT / name for name in listed if (ROOT / name).is_file()))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
