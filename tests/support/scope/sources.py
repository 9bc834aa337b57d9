"""The statements that stand in the sources: every text of a Python file that is one."""

import ast
from typing import NamedTuple

from tests.house.sources import CODE, python_files, read, relative
from tests.support.scope.words import STATEMENT


class Stated(NamedTuple):
    path: str
    line: int
    sql: str

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


def statements() -> list[Stated]:
    """All of them, in order. A migration's schema is no statement of this kind."""
    return [
        Stated(relative(path), node.lineno, node.value)
        for path in python_files(*CODE)
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value)
    ]
