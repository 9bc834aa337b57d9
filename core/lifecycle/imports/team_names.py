"""Teams as files name them."""

import re

from core.base.database import Reads
from core.lifecycle.imports.cells import words

MOST_NAME = 60
_SEVERAL = re.compile(r"[、；;\n/／，]+")

_TEAMS = "select id, name from team where community = :community and closed_at is null"


def teams_of(text: str) -> tuple[str, ...]:
    """The teams a cell names: several with 、 ； ， / or a new line between. Raises Wrong."""
    return tuple(name for part in _SEVERAL.split(text) if (name := team_of(part)))


def team_of(text: str) -> str:
    """One team's name without stray blanks. Raises Wrong."""
    return words(text, MOST_NAME)


async def teams_here(reads: Reads, community: int) -> dict[str, int]:
    """The teams that are open, name → id. One statement."""
    return {row["name"]: row["id"] for row in await reads.fetch(_TEAMS, community=community)}
