"""Reading the area tree: a community's areas one area with what is above and below it, a search."""

from collections.abc import Sequence

import msgspec

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.community.areas import Area

DEEPEST = 3  # levels below the community that the tree shows; deeper ones stand on their area's page
MOST_FOUND = 50
LONGEST = 60

_TREE = """
select a.id, a.public_id, a.parent, a.community, a.kind, a.name, a.path, a.households, a.residents,
    (select count(*) from area b where b.parent = a.id and +b.community = c.id) as below
from community c join area top on top.id = c.area and +top.community = c.id join area a on +a.community = c.id
where c.id = :community and a.path >= top.path and a.path < top.path || 'a'
    and length(a.path) - length(replace(a.path, '/', ''))
        <= length(top.path) - length(replace(top.path, '/', '')) + :deepest
order by a.id
"""

# Parts by `step`: 0 the area itself, above 0 those above it, -1 those directly below it, -2 its teams.
_AROUND = """
with recursive me as (
    select id, public_id, parent, community, kind, name, path, households, residents from area
    where public_id = :public_id and +community = :community
),
up as (
    select me.*, 0 as step from me
    union all
    select p.id, p.public_id, p.parent, p.community, p.kind, p.name, p.path, p.households, p.residents,
        up.step + 1
    -- everywhere (area): county and street stand above the communities
    from up join area p on p.id = up.parent
)
select up.*, 0 as below from up
union all
select b.id, b.public_id, b.parent, b.community, b.kind, b.name, b.path, b.households, b.residents, -1,
    (select count(*) from area x where x.parent = b.id)
from me join area b on b.parent = me.id and +b.community = :community
union all
select t.id, t.public_id, cast(null as bigint), t.community, t.category, t.name, '', cast(null as bigint),
    cast(null as bigint), -2, 0
from me join team t on t.area = me.id and t.community = :community and t.closed_at is null
order by step desc, id
"""

_FIND = """
select a.id, a.public_id, a.parent, a.community, a.kind, a.name, a.path, a.households, a.residents,
    u.name as above
-- everywhere (area): county and street stand above the communities
from area a left join area u on u.id = a.parent
where a.community = :community and a.name like :pattern escape '!' order by a.path limit :most
"""

_ONE = """
select id, public_id, parent, community, kind, name, path, households, residents from area
where public_id = :public_id and +community = :community
"""

_CHOICE = """
select a.id, a.public_id, a.parent, a.community, a.kind, a.name, a.path, a.households, a.residents
from area a where a.community = :community order by a.id limit 2000
"""


class Node(msgspec.Struct):
    """An area of the tree; `below` is how many areas are directly below it, `nodes` those that were read."""

    area: Area
    below: int
    nodes: list["Node"]


class TeamHere(msgspec.Struct, frozen=True):
    """A team that belongs to an area."""

    id: int
    public_id: str
    name: str
    category: str


class Around(msgspec.Struct, frozen=True):
    """An area with those above it, the highest first, those directly below it, and its teams."""

    area: Area
    above: tuple[Area, ...]
    below: tuple[Node, ...]
    teams: tuple[TeamHere, ...]


def area_row(row: Row) -> Area:
    return Area(**{k: row[k] for k in Area.__struct_fields__})


async def tree(viewer: Viewer) -> Node:
    """The community's node with three levels below it, in the order of entry. Raises NotFound."""
    viewer.require("area.read")
    rows = await viewer.house.db.fetch(_TREE, community=viewer.community, deepest=DEEPEST)
    nodes = {row["id"]: Node(area_row(row), row["below"], []) for row in rows}
    roots: list[Node] = []
    for node in sorted(nodes.values(), key=lambda n: n.area.id):
        above = nodes.get(node.area.parent or 0)
        (above.nodes if above is not None else roots).append(node)
    if len(roots) != 1:
        raise NotFound
    return roots[0]


async def around(viewer: Viewer, shown: str) -> Around:
    """One area of this community with its surroundings. One statement. Raises NotFound."""
    rows = await viewer.house.db.fetch(_AROUND, community=viewer.community, public_id=shown)
    here = [row for row in rows if row["step"] == 0]
    if not here:
        raise NotFound
    area = area_row(here[0])
    viewer.require("area.read", area=area.path)
    return Around(
        area,
        tuple(area_row(row) for row in rows if row["step"] > 0),
        tuple(Node(area_row(row), row["below"], []) for row in rows if row["step"] == -1),
        tuple(
            TeamHere(row["id"], row["public_id"], row["name"], row["kind"])
            for row in rows
            if row["step"] == -2  # the parts of the statement
        ),
    )


async def find_areas(viewer: Viewer, text: str) -> list[tuple[Area, str]]:
    """Areas whose name holds a text, each with the name of the one above it. Raises NotFound."""
    viewer.require("area.read")
    plain = text.strip()[:LONGEST]
    for special in "!%_":
        plain = plain.replace(special, "!" + special)
    pattern = f"%{plain}%"
    rows = await viewer.house.db.fetch(_FIND, community=viewer.community, pattern=pattern, most=MOST_FOUND)
    return [(area_row(row), row["above"] or "") for row in rows]


async def open_area(viewer: Viewer, shown: str) -> Area:
    """An area of a community as anybody may name it: for public pages. Raises NotFound."""
    row = await viewer.house.db.one(_ONE, community=viewer.community, public_id=shown)
    if row is None:
        raise NotFound
    return area_row(row)


async def areas_to_choose(viewer: Viewer) -> list[tuple[Area, int]]:
    """The community's areas for a select, parents before children, each with its depth. Raises NotFound."""
    if not viewer.may_somewhere("area.read") and not viewer.may_somewhere("team.write"):
        raise NotFound
    rows = await viewer.house.db.fetch(_CHOICE, community=viewer.community)
    return _in_order([area_row(row) for row in rows])


def _in_order(areas: Sequence[Area]) -> list[tuple[Area, int]]:
    known = {area.id for area in areas}
    below: dict[int, list[Area]] = {}
    for area in areas:
        below.setdefault(area.parent if area.parent in known else 0, []).append(area)
    found: list[tuple[Area, int]] = []

    def walk(parent: int, depth: int) -> None:
        for area in below.get(parent, ()):
            found.append((area, depth))
            walk(area.id, depth + 1)

    walk(0, 0)
    return found
