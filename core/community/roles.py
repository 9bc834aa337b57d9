"""Roles and who holds them. A change moves the holder's access version, so it holds at once, everywhere."""

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.sql import to_json
from core.base.viewer import Viewer

# The roles every installation has. Plugins name in their manifest which of them get their permissions.
CORE_ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "volunteer": ("Volunteer", ()),
    "leader": ("Team leader", ("activity.record", "activity.read", "team.read")),
    "clerk": ("Counter clerk", ("redemption.make",)),
    "worker": (
        "Community worker",
        (
            "volunteer.read",
            "volunteer.write",
            "team.read",
            "team.write",
            "activity.record",
            "activity.read",
            "attendance.review",
            "points.read",
            "points.adjust",
            "points.close",
            "reward.write",
            "redemption.make",
            "redemption.undo",
            "redemption.approve",
            "area.read",
            "area.write",
            "import.run",
            "role.read",
            "book.read",
            "book.clear",
        ),
    ),
    "auditor": (
        "Auditor",
        ("audit.read", "points.read", "book.read", "area.read", "team.read", "activity.read", "role.read"),
    ),
    "administrator": (
        "Administrator",
        (
            "volunteer.*",
            "team.*",
            "activity.*",
            "attendance.review",
            "points.read",
            "points.adjust",
            "points.close",
            "reward.write",
            "redemption.undo",
            "redemption.approve",
            "area.*",
            "community.settings",
            "plugin.manage",
            "import.run",
            "audit.read",
            "role.*",
            "book.*",
        ),
    ),
    "street": ("Street office", ("area.read",)),
    "operator": (
        "Operator",
        (
            "operator",
            "community.settings",
            "area.*",
            "plugin.manage",
            "import.run",
            "audit.read",
            "role.*",
            "book.*",
        ),
    ),
}

HIGH_ROLES = ("administrator", "operator", "street")
OWN = Message("Nobody changes his own roles. Ask somebody else who may.")

_ENSURE = """
insert into role (community, key, name, permissions)
select null, r.key, r.name, r.permissions
from rows(:items; key text, name text, permissions text) as r where true
on conflict (coalesce(community, 0), key) do update
set name = excluded.name, permissions = excluded.permissions
where role.name <> excluded.name or role.permissions <> excluded.permissions returning id
"""

_TOUCH_HOLDERS = """
update person set access_version = access_version + 1
-- everywhere (role_grant): a role of the house changes for everybody who holds it
where id in (select g.person from role_grant g where g.role in ids(:roles))
"""

# What a role of a community reaches lies in that community; above one it reaches a county or a street.
_GRANT = """
insert into role_grant (person, role, community, area, team, counter, from_at, to_at, granted_by, act)
select r.person, o.id, r.community, r.area, r.team, r.counter, coalesce(r.from_at, :now), r.to_at,
    cast(:by as bigint), :act
from rows(:items; person bigint, role text, community bigint, area bigint, team bigint, counter bigint,
          from_at bigint, to_at bigint) as r
join role o on o.key = r.role and o.closed_at is null and (o.community is null or o.community = r.community)
-- everywhere (area): a role of no community reaches down from wherever an operator says
where (r.area is null or exists (select 1 from area a where a.id = r.area
       and (a.community is null or r.community is null or a.community = r.community)))
  and (r.team is null or exists (select 1 from team t where t.id = r.team and t.community = r.community))
  and (r.counter is null or exists (select 1 from counter c where c.id = r.counter
       and c.community = r.community))
returning id
"""

_END = """
update role_grant set to_at = case when from_at > :at then from_at
        when to_at < :at then to_at else :at end,
    ended_by = cast(:by as bigint)
-- everywhere (role_grant): an operator takes away any role
where id = :grant and (to_at is null or to_at > :now) and (:anywhere = 1 or (community = :community
    and role not in (select o.id from role o join rows(:high; key text) as h on h.key = o.key
                     where o.community is null)))
returning person
"""

# How many others are administrators of the grant's community beyond its end; null when it is no such grant.
_ADMINISTRATORS = """
select (select count(*) from role_grant x join role y on y.id = x.role and y.community is null
        join person p on p.id = x.person and p.disabled_at is null
        where x.community = g.community and y.key = 'administrator' and x.person <> g.person
          and x.area is null and x.team is null and x.counter is null
          and x.from_at <= :end and (x.to_at is null or x.to_at > :end))
from role_grant g join role o on o.id = g.role and o.community is null
where g.id = :grant and g.community = :community and o.key = 'administrator'
  and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
"""

_TOUCH = "update person set access_version = access_version + 1 where id in ids(:people)"

_HOLDERS = """
select g.person, o.permissions, o.key, g.team, g.counter, g.area
from role_grant g join role o on o.id = g.role and (o.community is null or o.community = g.community)
where g.community = :community and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
"""


class NewGrant(msgspec.Struct, frozen=True):
    """A role for a person. Without a community it holds everywhere, or below `area` where one is named."""

    person: int
    role: str
    community: int | None = None
    area: int | None = None
    team: int | None = None
    counter: int | None = None
    to_at: int | None = None
    from_at: int | None = None  # None: now


async def ensure_roles(unit: Unit) -> int:
    """Enters the roles of the core and of the plugins that run, as they are now; returns how many moved."""
    items = [{"key": k, "name": n, "permissions": to_json(p)} for k, (n, p) in CORE_ROLES.items()]
    for plugin in unit.house.registry or ():
        items += [
            {"key": r.key, "name": r.title.id, "permissions": to_json(r.permissions)}
            for r in plugin.manifest.roles
        ]
    rows = await unit.fetch(_ENSURE, items=items)
    if rows:
        await unit.execute(_TOUCH_HOLDERS, roles=[row["id"] for row in rows])
    return len(rows)


async def grant_roles(unit: Unit, grants: list[NewGrant]) -> list[int]:
    """Gives roles; returns the grants' ids. Here with `role.write`; beyond as an operator.

    Nobody hands out more than he may: HIGH_ROLES are the operator's to give and take. Nobody changes what
    he holds himself. Raises Invalid (role: none of this name, or for something that is not there), NotFound,
    Refused (his own).
    """
    for grant in grants:
        beyond = grant.community is None or grant.community != unit.community
        unit.viewer.require("operator" if beyond or grant.role in HIGH_ROLES else "role.write")
        if grant.person == unit.actor:
            raise Refused(OWN)
    rows = await unit.fetch(
        _GRANT, items=[msgspec.to_builtins(g) for g in grants], now=unit.now, by=unit.actor, act=unit.act
    )
    if len(rows) != len(grants):
        raise Invalid({"role": Message("There is no such role.")})
    await access_changed(unit, [g.person for g in grants])
    for grant in grants:
        await unit.audit("role.grant", "person", grant.person, role=grant.role)
    return [row["id"] for row in rows]


async def end_grant(unit: Unit, grant: int, at: int | None = None) -> None:
    """Takes a role away, now or at a later moment. One that has not begun never begins.

    Raises NotFound for one that is not of this community or has ended, Refused (his own; the last
    administrator).
    """
    unit.viewer.require("role.write")
    end = unit.now if at is None else at
    await _keep_an_administrator(unit, grant, end)
    person = await unit.value(
        _END,
        grant=grant,
        now=unit.now,
        at=end,
        by=unit.actor,
        community=unit.community,
        anywhere=int(unit.viewer.may("operator")),
        high=[{"key": key} for key in HIGH_ROLES],
    )
    if person is None:
        raise NotFound
    if person == unit.actor:
        raise Refused(OWN)
    await access_changed(unit, [person])
    await unit.audit("role.end", "person", person, grant=grant)


async def _keep_an_administrator(unit: Unit, grant: int, end: int) -> None:
    """Raises Refused when the grant is the last one of an administrator here that lasts beyond its end."""
    others = await unit.value(_ADMINISTRATORS, grant=grant, community=unit.community, end=end, now=unit.now)
    if others == 0:
        raise Refused(Message("This is the last administrator. Give somebody else the role first."))


async def access_changed(unit: Unit, people: list[int]) -> None:
    """Makes every worker read these people's roles again at their next request."""
    await unit.execute(_TOUCH, people=sorted(set(people)))


async def people_with(viewer: Viewer, permission: str) -> list[int]:
    """Persons who hold a permission for the whole of this community: whom a programme's notices go to."""
    rows = await viewer.house.db.fetch(_HOLDERS, community=viewer.community, now=viewer.house.clock.now())
    return sorted(
        {
            r["person"]
            for r in rows
            if r["team"] is None
            and r["counter"] is None
            and r["area"] is None
            and holds(permissions_of(viewer.house, r["key"], r["permissions"]), permission)
        }
    )


def holds(permissions: frozenset[str], permission: str) -> bool:
    """Whether permissions name this one, by itself or by its group."""
    return permission in permissions or permission.partition(".")[0] + ".*" in permissions


def permissions_of(house: House, key: str, stored: str) -> frozenset[str]:
    """A role's own permissions and those installed plugins give it."""
    own: set[str] = set(msgspec.json.decode(stored, type=list[str]))
    if house.registry is not None:
        own.update(house.registry.permissions_of(key))
    return frozenset(own)
