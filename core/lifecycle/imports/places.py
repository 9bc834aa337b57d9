"""Areas of a community, found by what people call them: the name, or as much of the path as is needed."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.base.database import Reads
from core.base.errors import Message
from core.lifecycle.imports.cells import words
from core.lifecycle.imports.faults import Wrong, short
from core.lifecycle.imports.kind import Cells

_CUT = re.compile(r"[/／\\>＞→|｜]+")
MOST_NAME = 60
MOST_DEEP = 8

_AREAS = """
select a.id, a.parent, a.name, a.kind, a.path from area a
join community c on c.id = :community join area top on top.id = c.area and +top.community = c.id
where a.community = :community and a.path >= top.path and a.path < top.path || 'a' order by a.path
"""

_ABOVE = """
-- everywhere (area): county and street stand above the communities
select a.name from community c join area top on top.id = c.area
join area a on a.path = substr(top.path, 1, length(a.path)) where c.id = :community
order by a.path
"""


class Node(NamedTuple):
    """An area that is there."""

    id: int
    parent: int | None
    name: str
    kind: str


@dataclass(slots=True)
class Places:
    """A community's own node, all below it, and what the areas above are called."""

    top: int = 0
    nodes: dict[int, Node] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)  # from the root to the community's own node
    _found: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _by_name: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, node: Node) -> None:
        self.nodes[node.id] = node
        self._by_name[plain_name(node.name)].append(node.id)

    def below(self, parent: int, name: str) -> int | None:
        """The child of an area with this name."""
        return next(
            (i for i in self._by_name.get(plain_name(name), ()) if self.nodes[i].parent == parent), None
        )

    def find(self, path: Sequence[str]) -> list[int]:
        """The areas whose name is the last, below areas that are called as the others, in order."""
        key = tuple(path)
        if key not in self._found:
            called = self._by_name.get(plain_name(path[-1]), ())
            self._found[key] = [i for i in called if self._fits(i, path[:-1])]
        return self._found[key]

    def _fits(self, node: int, above: Sequence[str]) -> bool:
        wanted = [plain_name(name) for name in above]
        parent = self.nodes[node].parent
        while wanted and parent in self.nodes:
            if plain_name(self.nodes[parent].name) == wanted[-1]:
                wanted.pop()
            parent = self.nodes[parent].parent
        outside = [plain_name(name) for name in self.above]
        return all(name in outside for name in wanted)


def plain_name(name: str) -> str:
    """A name as it is compared: 第３ 网格 is 第3网格."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def parts_of(text: str) -> tuple[str, ...]:
    """甲/乙/丙 in its parts. Raises Wrong."""
    parts = tuple(clean for part in _CUT.split(text) if (clean := words(part, MOST_NAME)))
    if len(parts) > MOST_DEEP:
        raise Wrong(
            Message("“%(text)s” is not the name of an area.", text=short(text)),
            Message("Write the names from above to below, with / between them."),
        )
    return parts


async def places_of(reads: Reads, community: int) -> Places:
    """The areas of a community. Two statements."""
    found = Places()
    for row in await reads.fetch(_AREAS, community=community):
        found.top = found.top or row["id"]
        found.add(Node(row["id"], row["parent"], row["name"], row["kind"]))
    found.above = [row["name"] for row in await reads.fetch(_ABOVE, community=community)]
    return found


def one_place(cells: Cells, row: int, path: Sequence[str], places: Places | None) -> int | None:
    """The area a row names; None, with a fault at the row, where there is none or several."""
    found = places.find(path) if places is not None else []
    if len(found) == 1:
        return found[0]
    text = "/".join(path)
    message = Message("There is no area “%(text)s” here.", text=text)
    cure = Message("Import the areas first, or write the name as it stands there.")
    if found:
        message = Message("Several areas are called “%(text)s”.", text=text)
        cure = Message("Write the area above it too, such as 第1网格/3幢.")
    cells.fault(row, "area", message, cure)
    return None
