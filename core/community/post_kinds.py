"""Kinds of posts: what a community calls them, which form the chain of responsibility, in which order.

The standard ones are data that a community starts with, may rename and may add to. Names of standard kinds
are English message ids; what a community typed is shown as typed.
"""

from dataclasses import dataclass

from core.base.act import Unit
from core.base.errors import N_, Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer

LONGEST = 40
MOST = 100  # kinds of one community
LAST_LEVEL = 9

# (key, name, level in the chain, place in lists). The chain of five levels, and the eight of a grid's
# stewards, are those of the field (docs: a head of the grid is in both).
STANDARD = (
    ("street_leader", N_("Street leader in charge"), 1, 10),
    ("party_secretary", N_("Community Party secretary"), 2, 20),
    ("grid_head", N_("Grid head"), 3, 30),
    ("building_head", N_("Building head"), 4, 40),
    ("unit_head", N_("Unit head"), 5, 50),
    ("station_head", N_("Station head"), None, 60),
    ("grid_assistant", N_("Grid assistant"), None, 71),
    ("police", N_("Area police officer"), None, 72),
    ("fire", N_("Fire safety contact"), None, 73),
    ("legal", N_("Legal adviser"), None, 74),
    ("residents", N_("Residents' worker"), None, 75),
    ("livelihood", N_("Livelihood monitor"), None, 76),
    ("cleaner", N_("Grid cleaner"), None, 77),
)
STEWARDS = (
    "grid_head", "grid_assistant", "police", "fire", "legal", "residents", "livelihood", "cleaner",
)  # fmt: skip

# At which kinds of area a level of the chain is held, so that a vacant one can be told from one that is not
# there; a level without an entry is looked for everywhere.
HELD_AT = {
    "street_leader": ("community",),
    "party_secretary": ("community",),
    "grid_head": ("grid",),
    "building_head": ("building",),
    "unit_head": ("unit",),
}

_ENTER = """
insert into post_kind (community, key, name, level, place)
select cast(:community as bigint), r.key, r.name, r.level, r.place
from rows(:items; key text, name text, level bigint, place bigint) as r where true
on conflict do nothing
"""

_KINDS = """
select k.id, k.key, k.name, k.level, k.place,
    (select 1 from post p where p.kind = k.id and +p.community = :community limit 1) as used
from post_kind k where k.community = :community order by k.place, k.id
"""

_RENAME = "update post_kind set name = :name where community = :community and key = :key"

_REMOVE = """
delete from post_kind where community = :community and key = :key
    and not exists (select 1 from post p where p.kind = post_kind.id)
"""


@dataclass(frozen=True, slots=True)
class PostKind:
    """One kind. `level` is its place in the chain of responsibility, 1 the highest; None: beside it."""

    id: int
    key: str
    name: str
    level: int | None
    place: int
    used: bool = False  # somebody holds or held one


async def enter_post_kinds(unit: Unit, community: int) -> int:
    """Enters the standard kinds a community does not have yet; returns how many. For verbs that have checked.

    One statement.
    """
    items = [{"key": k, "name": n, "level": level, "place": p} for k, n, level, p in STANDARD]
    return await unit.execute(_ENTER, community=community, items=items)


async def ensure_post_kinds(unit: Unit) -> int:
    """Enters the standard kinds missing here, as in communities opened before posts were kept."""
    _require(unit)
    return await enter_post_kinds(unit, _here(unit))


async def kinds_of(viewer: Viewer) -> list[PostKind]:
    """The community's kinds of posts in their order. Raises NotFound without `area.read`."""
    if not viewer.may_somewhere("area.read"):
        raise NotFound
    rows = await viewer.house.db.fetch(_KINDS, community=viewer.community)
    return [
        PostKind(r["id"], r["key"], r["name"], r["level"], r["place"], r["used"] is not None) for r in rows
    ]


async def add_post_kind(unit: Unit, name: str, level: int | None = None, place: int = 100) -> str:
    """Adds a kind of the community's own; returns its key. Raises Invalid (name, level), NotFound."""
    _require(unit)
    name = _clean(name)
    if level is not None and not 1 <= level <= LAST_LEVEL:
        raise Invalid({"level": Message("Choose a level from 1 to %(last)s, or none.", last=LAST_LEVEL)})
    there = await unit.fetch("select name from post_kind where community = :community", community=_here(unit))
    if len(there) >= MOST:
        raise Invalid({"name": Message("There are too many kinds of posts already.")})
    if name in {row["name"] for row in there}:
        raise Invalid({"name": Message("There is a post of this name already.")})
    key = "own_" + public_id().lower()
    items = [{"key": key, "name": name, "level": level, "place": place}]
    await unit.execute(_ENTER, community=_here(unit), items=items)
    await unit.audit("post_kind.add", "post_kind", None, key=key)
    return key


async def rename_post_kind(unit: Unit, key: str, name: str) -> None:
    """Renames a kind; '' gives a standard one its usual name back. Raises Invalid (name), NotFound."""
    _require(unit)
    usual = next((n for k, n, _, _ in STANDARD if k == key), "")
    name = usual if usual and not name.strip() else _clean(name)
    if await unit.execute(_RENAME, community=_here(unit), key=key, name=name) != 1:
        raise NotFound
    await unit.audit("post_kind.rename", "post_kind", None, key=key)


async def remove_post_kind(unit: Unit, key: str) -> None:
    """Takes a kind of the community's own away. Raises Invalid where somebody holds or held it, NotFound."""
    _require(unit)
    found = await unit.value(
        "select id from post_kind where community = :community and key = :key", community=_here(unit), key=key
    )
    if found is None or not key.startswith("own_"):
        raise NotFound
    if await unit.execute(_REMOVE, community=_here(unit), key=key) != 1:
        raise Invalid({"": Message("Somebody holds or held this post, so it has to stay.")})
    await unit.audit("post_kind.remove", "post_kind", None, key=key)


def _require(unit: Unit) -> None:
    if not unit.viewer.may("area.write"):
        unit.viewer.require("community.settings")


def _here(unit: Unit) -> int:
    if unit.community is None:
        raise NotFound
    return unit.community


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST:
        raise Invalid({"name": Message("Give a name of at most %(most)s characters.", most=LONGEST)})
    return name
