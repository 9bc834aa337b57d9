"""Roles of a community's own: a copy of one of the core's, with more or fewer permissions.

What is added is what whoever edits holds himself for the whole community, so nobody makes a role that can do
more than he can. A change counts at once for everybody who holds the role.
"""

from collections.abc import Iterable

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.ids import crockford
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.grants import WRITE
from core.community.permissions import held_here, spelled_out, titles
from core.community.roles import CORE_ROLES, HIGH_ROLES, permissions_of

# What a role of one's own may be a copy of. "" is none: it begins with nothing.
BASES = tuple(key for key in CORE_ROLES if key not in (*HIGH_ROLES, "volunteer", "leader"))
LONGEST = 40
PREFIX = "own-"

_ADD = """
insert into role (community, key, name, permissions, based_on)
values (:community, :key, :name, :permissions, :based_on) returning id
"""

_ONE = """
select id, key, name, permissions, based_on from role
where community = :community and key = :key and closed_at is null
"""

_NAMES = """
select key from role where community = :community and closed_at is null and lower(name) = lower(:name)
"""

_CHANGE = """
update role set name = :name, permissions = :permissions
where community = :community and key = :key and closed_at is null returning id
"""

_CLOSE = """
update role set closed_at = :now
where community = :community and key = :key and closed_at is null returning id
"""

_HELD = """
select count(*) from role_grant g where g.community = :community and g.role = :role
    and (g.to_at is null or g.to_at > :now)
"""

_TOUCH = """
update person set access_version = access_version + 1
where id in (select g.person from role_grant g where g.role = :role and +g.community = :community)
"""


class OwnRole(msgspec.Struct, frozen=True):
    """A community's own role; permissions spelled out."""

    id: int
    key: str
    name: str
    based_on: str
    permissions: tuple[str, ...]


def base_permissions(viewer: Viewer, base: str) -> list[str]:
    """What a role of the core holds, programmes' permissions too, spelled out. Raises NotFound."""
    if base not in BASES:
        raise NotFound
    stored = to_json(CORE_ROLES[base][1])
    return spelled_out(permissions_of(viewer.house, base, stored), titles(viewer.house))


def can_tick(viewer: Viewer, has: Iterable[str]) -> list[str]:
    """The permissions a form offers: what the role has already, and what the editor holds himself."""
    wanted = {*has, *held_here(viewer)} - {"operator", "role.write"}
    return [key for key in titles(viewer.house) if key in wanted]


async def own_role(viewer: Viewer, key: str) -> OwnRole:
    """A role of this community's own. Raises NotFound."""
    viewer.require(WRITE)
    row = await viewer.house.db.one(_ONE, community=viewer.community, key=key)
    if row is None:
        raise NotFound
    permissions = spelled_out(msgspec.json.decode(row["permissions"], type=list[str]), titles(viewer.house))
    return OwnRole(row["id"], row["key"], row["name"], row["based_on"], tuple(permissions))


async def copy_role(unit: Unit, base: str, name: str, permissions: Iterable[str]) -> str:
    """Makes a role of the community's own from one of the core's; returns its key.

    Raises Invalid (name, permissions), NotFound.
    """
    unit.viewer.require(WRITE)
    wanted = _checked(unit.viewer, base_permissions(unit.viewer, base), permissions)
    clean = await _name(unit, name, "")
    key = PREFIX + crockford(8).lower()
    role = await unit.value(
        _ADD, community=place(unit), key=key, name=clean, permissions=to_json(wanted), based_on=base
    )
    await unit.audit("role.copy", "role", role, base=base, permissions=wanted)
    return key


async def change_role(unit: Unit, key: str, name: str, permissions: Iterable[str]) -> None:
    """Renames a role of the community's own or changes what it holds, at once for all who hold it.

    Raises Invalid (name, permissions), NotFound, Refused (he holds it himself).
    """
    found = await _mine(unit, key)
    wanted = _checked(unit.viewer, found.permissions, permissions)
    clean = await _name(unit, name, key)
    await unit.value(_CHANGE, community=place(unit), key=key, name=clean, permissions=to_json(wanted))
    await unit.execute(_TOUCH, role=found.id, community=place(unit))
    before, after = set(found.permissions), set(wanted)
    await unit.audit(
        "role.change", "role", found.id, added=sorted(after - before), removed=sorted(before - after)
    )


async def close_role(unit: Unit, key: str) -> None:
    """Takes a role of the community's own out of use. Raises NotFound, Refused while somebody holds it."""
    found = await _mine(unit, key)
    if await unit.value(_HELD, community=place(unit), role=found.id, now=unit.now):
        raise Refused(Message("Somebody still holds this role. Take it away from everybody first."))
    await unit.value(_CLOSE, community=place(unit), key=key, now=unit.now)
    await unit.audit("role.close", "role", found.id)


async def _mine(unit: Unit, key: str) -> OwnRole:
    """The role, for somebody who may change it. Raises NotFound, Refused (he holds it himself)."""
    unit.viewer.require(WRITE)
    row = await unit.one(_ONE, community=place(unit), key=key)
    if row is None:
        raise NotFound
    permissions = spelled_out(msgspec.json.decode(row["permissions"], type=list[str]), titles(unit.house))
    mine = await unit.value(
        "select 1 from role_grant g where g.community = :community and g.role = :role and g.person = :person "
        "and (g.to_at is null or g.to_at > :now) limit 1",
        community=place(unit),
        role=row["id"],
        person=unit.actor or 0,
        now=unit.now,
    )
    if mine is not None:
        raise Refused(Message("You hold this role yourself. Somebody else has to change it."))
    return OwnRole(row["id"], row["key"], row["name"], row["based_on"], tuple(permissions))


def _checked(viewer: Viewer, has: Iterable[str], permissions: Iterable[str]) -> list[str]:
    wanted = set(permissions)
    if not wanted:
        raise Invalid({"permissions": Message("Tick at least one thing.")})
    if wanted - set(can_tick(viewer, has)):
        raise Invalid({"permissions": Message("Nobody can give more than he holds himself.")})
    return [key for key in titles(viewer.house) if key in wanted]


async def _name(unit: Unit, name: str, key: str) -> str:
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= LONGEST:
        raise Invalid({"name": Message("Give a name of at most %(most)s characters.", most=LONGEST)})
    rows = await unit.fetch(_NAMES, community=place(unit), name=clean)
    if any(row["key"] != key for row in rows):
        raise Invalid({"name": Message("There is a role of this name already.")})
    return clean
