"""The area forest: county, street, community, station, grid, building. A subtree is a path prefix."""

import msgspec

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import N_, Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer

# What kinds of areas are called; a community may type another.
KINDS = {
    "county": N_("County"),
    "street": N_("Street"),
    "community": N_("Community"),
    "station": N_("Grid station"),
    "grid": N_("Grid"),
    "estate": N_("Estate"),
    "building": N_("Building"),
    "unit": N_("Unit"),
}

# The path needs the id, which only the insert gives; until then the public id stands in.
_ADD = """
insert into area (public_id, parent, community, kind, name, path, households, residents, created_at, act)
select r.public_id, cast(:parent as bigint), cast(:community as bigint), r.kind, r.name, r.public_id,
       r.households, r.residents, :at, cast(:act as bigint)
from rows(:items; public_id text, kind text, name text, households bigint, residents bigint) as r
returning id, public_id
"""

_PLACE = """
update area set path = :above || id || '/' where id in ids(:areas)
    and (community is null or community = cast(:community as bigint))
"""

_PARENTS = """
select a.id, a.path from area a where a.id in ids(:parents) and +a.community = :community
"""

# Of nodes of several levels the parents' ids are known after the insert as well.
_PLACE_FOREST = """
update area as a set parent = r.parent, path = r.path
from rows(:items; id bigint, parent bigint, path text) as r where a.id = r.id and +a.community = :community
"""

_ONE = """
select id, public_id, parent, community, kind, name, path, households, residents
-- everywhere (area): the forest is one; verbs compare the node's community with their own
from area where id = :id
"""

_SUBTREE = """
select a.id, a.public_id, a.parent, a.community, a.kind, a.name, a.path, a.households, a.residents
from community c join area top on top.id = c.area and top.community = c.id
join area a on +a.community = c.id
where c.id = :community and a.path >= top.path and a.path < top.path || 'a'
order by a.path
"""


class NewArea(msgspec.Struct, frozen=True):
    """A node to be added. Households and residents are stated figures, not counted ones."""

    kind: str
    name: str
    households: int | None = None
    residents: int | None = None


class NewNode(msgspec.Struct, frozen=True):
    """A node among others added at once: below an area that is there (`above`, its id), or below another new
    one (`below`, its place in the list, which comes earlier)."""

    area: NewArea
    above: int | None = None
    below: int = -1


class Area(msgspec.Struct, frozen=True):
    """A node of the forest; `path` is '/1/5/12/', the ids from its root."""

    id: int
    public_id: str
    parent: int | None
    community: int | None
    kind: str
    name: str
    path: str
    households: int | None
    residents: int | None


async def add_areas(unit: Unit, parent: int | None, items: list[NewArea]) -> list[int]:
    """Adds nodes below one parent (None: roots) in three statements; returns their ids in order.

    Below a community's node they belong to that community and need `area.write` there;
    above, they need `operator`. Raises Invalid (name), NotFound.
    """
    if not all(item.name.strip() for item in items):
        raise Invalid({"name": Message("Please give the name.")})
    above = await area_of(unit, parent) if parent is not None else None
    community = above.community if above is not None else None
    if community is None:
        unit.viewer.require("operator")
    elif community == unit.community:
        unit.viewer.require("area.write")
    else:
        raise NotFound
    given = [{"public_id": public_id(), **msgspec.to_builtins(item)} for item in items]
    rows = await unit.fetch(_ADD, parent=parent, community=community, items=given, at=unit.now, act=unit.act)
    ids = {row["public_id"]: row["id"] for row in rows}
    path = above.path if above is not None else "/"
    await unit.execute(_PLACE, above=path, areas=list(ids.values()), community=community)
    await unit.audit("area.add", "area", parent, count=len(items))
    return [ids[item["public_id"]] for item in given]


async def add_forest(unit: Unit, nodes: list[NewNode]) -> list[int]:
    """Adds nodes of several levels below areas of this community; returns their ids in order.

    Four statements, whatever the number. Raises Invalid (name), NotFound (a parent of elsewhere).
    """
    unit.viewer.require("area.write")
    if not all(node.area.name.strip() for node in nodes):
        raise Invalid({"name": Message("Please give the name.")})
    parents = sorted({node.above for node in nodes if node.above is not None})
    rows = await unit.fetch(_PARENTS, parents=parents, community=unit.community)
    paths: dict[int, str] = {row["id"]: row["path"] for row in rows}
    if unit.community is None or len(paths) < len(parents):
        raise NotFound
    given = [{"public_id": public_id(), **msgspec.to_builtins(node.area)} for node in nodes]
    rows = await unit.fetch(
        _ADD, parent=None, community=unit.community, items=given, at=unit.now, act=unit.act
    )
    by_public = {row["public_id"]: row["id"] for row in rows}
    ids = [by_public[item["public_id"]] for item in given]
    placed = []
    for node, area in zip(nodes, ids, strict=True):
        parent = node.above if node.above is not None else ids[node.below]
        paths[area] = f"{paths[parent]}{area}/"
        placed.append({"id": area, "parent": parent, "path": paths[area]})
    await unit.execute(_PLACE_FOREST, items=placed, community=unit.community)
    await unit.audit("area.add", "area", None, count=len(ids))
    return ids


async def area_of(reads: Reads, area: int) -> Area:
    """One node, for verbs that have checked the scope themselves. Raises NotFound."""
    row = await reads.one(_ONE, id=area)
    if row is None:
        raise NotFound
    return Area(**{k: row[k] for k in Area.__struct_fields__})


async def subtree(viewer: Viewer) -> list[Area]:
    """The community's node and all below it, parents before children; with `area.read`."""
    viewer.require("area.read")
    rows = await viewer.house.db.fetch(_SUBTREE, community=viewer.community)
    return [Area(**{k: row[k] for k in Area.__struct_fields__}) for row in rows]
