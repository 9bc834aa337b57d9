"""Changing the area tree: names and stated figures, moving a whole subtree, taking an empty area away.

Each verb takes the community's row first: of two who rebuild the tree at once the second sees what the first
did, and every worker reads paths anew.
"""

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.areas import Area, area_of
from core.community.communities import place

LONGEST = 60  # characters of a name
LONGEST_KIND = 20
MOST_STATED = 100_000_000  # households or residents of one area
DEEPEST = 12  # levels from the root: a path stays short

_MOVED = "update community set version = version + 1 where id = :community returning area"

_CHANGE = """
update area set name = :name, kind = :kind, households = cast(:households as bigint),
    residents = cast(:residents as bigint)
where community = :community and id = :area
"""

_PARENT = "update area set parent = :parent where community = :community and id = :area"

_PATHS = """
update area set path = :above || substr(path, :cut)
where path >= :path and path < :path || 'a' and +community = :community
"""

_DEPTH = """
select max(length(path) - length(replace(path, '/', ''))) from area
where path >= :path and path < :path || 'a' and +community = :community
"""

# What keeps an area from being taken away.
_IN_USE = """
-- everywhere (role_grant): somebody of the house's own may have a role for it
select (select count(*) from area b where b.parent = :area and +b.community = :community) as below,
    (select count(*) from residence h where h.area = :area and +h.community = :community) as people,
    (select count(*) from post p where p.area = :area and +p.community = :community) as posts,
    (select count(*) from team t where t.community = :community and t.area = :area) as teams,
    (select 1 from activity y where y.community = :community and y.area = :area limit 1) as activities,
    (select 1 from household o where o.community = :community and o.area = :area limit 1) as households,
    (select 1 from role_grant g where g.area = :area limit 1) as grants
"""


class Change(msgspec.Struct, frozen=True):
    """What an area is called, and its stated figures (None: not stated)."""

    kind: str
    name: str
    households: int | None = None
    residents: int | None = None


def clean_change(change: Change) -> Change:
    """The same without stray blanks. Raises Invalid (kind, name, households, residents)."""
    name, kind = " ".join(change.name.split()), " ".join(change.kind.split())
    wrong: dict[str, Message] = {}
    if not 1 <= len(name) <= LONGEST:
        wrong["name"] = Message("Give a name of at most %(most)s characters.", most=LONGEST)
    if not 1 <= len(kind) <= LONGEST_KIND:
        wrong["kind"] = Message(
            "Say what kind of area it is, in at most %(most)s characters.", most=LONGEST_KIND
        )
    for field in ("households", "residents"):
        stated = getattr(change, field)
        if stated is not None and not 0 <= stated <= MOST_STATED:
            wrong[field] = Message("Give a whole number, or leave it empty.")
    if wrong:
        raise Invalid(wrong)
    return Change(kind, name, change.households, change.residents)


async def change_area(unit: Unit, area: int, change: Change) -> None:
    """Changes what an area is called, its kind and its stated figures. Raises Invalid, NotFound."""
    unit.viewer.require("area.write")
    change = clean_change(change)
    before = await _own(unit, area)
    await unit.execute(_CHANGE, community=place(unit), area=area, **msgspec.structs.asdict(change))
    changed = sorted(f for f in change.__struct_fields__ if getattr(change, f) != getattr(before, f))
    await unit.audit("area.change", "area", area, changed=changed)


async def move_area(unit: Unit, area: int, parent: int) -> None:
    """Hangs an area, with all below it, under another one of the community. Five statements at any size.

    Raises Invalid (parent), NotFound.
    """
    unit.viewer.require("area.write")
    top = await unit.value(_MOVED, community=place(unit))
    moved, above = await _own(unit, area), await _own(unit, parent)
    if area == top:
        raise Invalid({"parent": Message("The community itself cannot be moved here.")})
    if above.path.startswith(moved.path):
        raise Invalid({"parent": Message("An area cannot be put below itself.")})
    depth = await unit.value(_DEPTH, community=place(unit), path=moved.path)
    if depth - moved.path.count("/") + above.path.count("/") + 1 > DEEPEST:
        raise Invalid({"parent": Message("That would be too deep: choose an area further up.")})
    await unit.execute(_PARENT, community=place(unit), area=area, parent=parent)
    cut = len(moved.path) - len(f"{area}/") + 1  # SQL counts from one
    await unit.execute(_PATHS, community=place(unit), path=moved.path, above=above.path, cut=cut)
    await unit.audit("area.move", "area", area, parent=parent, was=moved.parent)


async def remove_area(unit: Unit, area: int) -> None:
    """Takes an area away that nothing hangs on. Raises Refused with the reason, NotFound."""
    unit.viewer.require("area.write")
    top = await unit.value(_MOVED, community=place(unit))
    await _own(unit, area)
    if area == top:
        raise Refused(Message("The community itself cannot be taken away."))
    used = await unit.one(_IN_USE, community=place(unit), area=area)
    reason = _reason({name: used[name] or 0 for name in used.keys()}) if used is not None else None  # noqa: SIM118
    if reason is not None:
        raise Refused(reason)
    await unit.execute(
        "delete from tally where community = :community and subject = 'area' and subject_id = :area",
        community=place(unit),
        area=area,
    )
    await unit.execute(
        "delete from area where community = :community and id = :area", community=place(unit), area=area
    )
    await unit.audit("area.remove", "area", area)


def _reason(used: dict[str, int]) -> Message | None:
    reasons = {
        "below": Message("There are %(n)s areas below it. Move or remove those first.", n=used["below"]),
        "people": Message("Volunteers live or lived here, so it has to stay."),
        "posts": Message("Somebody holds or held a post here, so it has to stay."),
        "teams": Message("A team belongs here. Give the team another area first."),
        "activities": Message("Activities took place here, so it has to stay."),
        "households": Message("A household belongs here, so it has to stay."),
        "grants": Message("Somebody has a role for this area, so it has to stay."),
    }
    return next((reason for name, reason in reasons.items() if used[name]), None)


async def _own(unit: Unit, area: int) -> Area:
    found = await area_of(unit, area)
    if found.community != place(unit):
        raise NotFound
    return found
