"""From a cookie and an address to a viewer: one statement, and caches that key on versions.

A role given or taken, a person disabled, a plugin switched: each moves a version that this
statement returns, so every worker acts on it at its next request.
"""

from typing import Any

import msgspec

from core.base.clock import DAY, day_of
from core.base.database import Row
from core.base.errors import Unavailable
from core.base.house import House
from core.base.viewer import Grant, Viewer
from core.community.permissions import PERMISSIONS
from core.community.roles import permissions_of
from core.community.sessions import STAFF, VOLUNTEER, touch

_KEPT = 20_000  # cached entries of each kind per process

_LOOK = """
select c.id as community, c.slug, c.name as community_name, c.zone, c.locale as community_locale,
       c.help_phone, c.version, c.settings, c.frozen_at, a.path as area_path,
       s.id as session, s.seen_at, s.created_at as session_at, s.stepped_up_at,
       p.id as person, p.name, p.locale, p.size, p.theme, p.access_version,
       v.id as volunteer, v.number, f.since_at as factor_at,
       -- everywhere (role_grant, role): a role anywhere makes a session a short one
       (select max(g.from_at) from role_grant g join role r on r.id = g.role
        where g.person = s.person and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
          and r.key not in ('volunteer', 'leader')) as staff_since
from (select 1 as one) o
left join community c on c.slug = cast(:slug as text) and c.closed_at is null
left join area a on a.id = c.area and a.community = c.id
left join session s on s.token_hash = cast(:token_hash as text) and s.expires_at > :now
left join person p on p.id = s.person and p.disabled_at is null and p.erased_at is null
left join volunteer v on v.community = c.id and v.person = p.id and v.status = 'active'
left join second_factor f on f.person = p.id
"""

# What reaches this community: grants made here, everywhere, or on an area above it; own teams; and own
# relations: whom he is guardian of.
_GRANTS = """
select o.key, o.permissions, g.community, g.team, g.counter, a.path as area, g.from_at, g.to_at,
    cast(null as bigint) as ward, cast(null as text) as from_day
from role_grant g join role o on o.id = g.role and (o.community is null or o.community = g.community)
left join area a on a.id = g.area and (a.community is null or a.community = cast(:community as bigint))
where g.person = :person and (g.to_at is null or g.to_at > :now) and (g.area is null or a.path is not null)
  and (g.community = cast(:community as bigint) or (g.community is null
       and (g.area is null or a.path = substr(cast(:path as text), 1, length(a.path)))))
union all
select o.key, o.permissions, m.community, m.team, null, null, 0, null, null, null
from volunteer v join team_member m on m.volunteer = v.id and m.to_day is null
join team t on t.id = m.team and t.closed_at is null
join role o on o.key = 'leader' and o.community is null
where v.person = :person and v.community = cast(:community as bigint) and m.community = v.community
  and v.status = 'active' and m.role in ('leader', 'deputy')
union all
select '', '[]', r.community, null, null, null, 0, null, v.id, r.from_day
from relation r join person p on p.id = r.subject and p.died_on is null
join volunteer v on v.person = r.subject and v.community = r.community and v.status <> 'applied'
where r.person = :person and r.community = cast(:community as bigint) and r.kind = 'guardian'
  and r.to_day is null
"""

_PLUGINS = "select plugin from community_plugin where community = :community and enabled = 1 order by plugin"


class CommunityInfo(msgspec.Struct, frozen=True):
    """A community as every page of it needs it."""

    id: int
    slug: str
    name: str
    zone: str
    locale: str
    help_phone: str
    version: int
    settings: dict[str, Any]
    area_path: str
    frozen_at: int | None  # its book does not add up: nothing is handed over
    plugins: frozenset[str]  # switched on here and running in this process


class _Held(msgspec.Struct, frozen=True):
    """Grants and wards, and the moment the next of them begins or ends."""

    grants: tuple[Grant, ...]
    wards: frozenset[int]
    until: int


_NOTHING = _Held((), frozenset(), 0)


async def load_viewer(
    house: House, token_hash: str | None, slug: str | None
) -> tuple[Viewer, CommunityInfo | None]:
    """Who is looking at which community; an unknown token is nobody, an unknown slug is no community.

    One statement; two more, once, after something changed. A session's use is noted now and then.
    """
    now = house.clock.now()
    row = await house.db.one(_LOOK, slug=slug, token_hash=token_hash, now=now)
    if row is None:
        raise Unavailable
    community = await _community(house, row) if row["community"] is not None else None
    if row["person"] is None or not _goes_on(row, now):
        locale = community.locale if community is not None else "zh-Hans"
        return Viewer(house=house, community=row["community"], locale=locale), community
    staff = row["staff_since"] is not None
    limits = STAFF if staff else VOLUNTEER
    if now - row["seen_at"] >= limits.note:
        await touch(house, row["session"], limits)
    # Who must have a second factor holds nothing until he has it.
    lacks = staff and row["factor_at"] is None and house.settings.staff_totp
    held = _NOTHING
    if not lacks:
        held = await _grants(house, row, now, community.plugins if community is not None else frozenset())
    viewer = Viewer(
        house=house,
        person=row["person"],
        community=row["community"],
        volunteer=row["volunteer"],
        grants=held.grants,
        wards=held.wards,
        locale=row["locale"],
        session=row["session"],
        name=row["name"],
        number=row["number"] or "",
        size=row["size"],
        theme=row["theme"],
        staff=staff,
        stepped_up_at=row["stepped_up_at"],
        lacks_factor=lacks,
    )
    return viewer, community


def _goes_on(row: Row, now: int) -> bool:
    """Whether the session counts for somebody of the office: used of late, and not older than his role."""
    since = row["staff_since"]
    return since is None or (
        now - row["seen_at"] < STAFF.idle
        and now - row["session_at"] < STAFF.longest
        and row["session_at"] >= since
    )


def system_viewer(house: House, community: int | None) -> Viewer:
    """The house itself: jobs, the command line, demo data. Never made from a request."""
    return Viewer(house=house, community=community, system=True)


async def _community(house: House, row: Row) -> CommunityInfo:
    cache: dict[int, CommunityInfo] = house.cache.setdefault("communities", {})
    known = cache.get(row["community"])
    if known is not None and known.version == row["version"]:
        return known
    rows = await house.db.fetch(_PLUGINS, community=row["community"])
    info = CommunityInfo(
        id=row["community"],
        slug=row["slug"],
        name=row["community_name"],
        zone=row["zone"],
        locale=row["community_locale"],
        help_phone=row["help_phone"],
        version=row["version"],
        settings=msgspec.json.decode(row["settings"]),
        area_path=row["area_path"],
        frozen_at=row["frozen_at"],
        plugins=frozenset(r["plugin"] for r in rows if _runs(house, r["plugin"])),
    )
    cache[info.id] = info
    return info


def _runs(house: House, plugin: str) -> bool:
    return house.registry is not None and house.registry.get(plugin) is not None


async def _grants(house: House, row: Row, now: int, plugins: frozenset[str]) -> _Held:
    cache: dict[tuple[Any, ...], _Held] = house.cache.setdefault("grants", {})
    key = (row["person"], row["access_version"], row["community"], row["version"])
    held = cache.get(key)
    if held is not None and now < held.until:
        return held
    found = await house.db.fetch(
        _GRANTS, person=row["person"], community=row["community"], path=row["area_path"], now=now
    )
    # A plugin's roles and permissions are worth nothing where the plugin is off.
    rows = [r for r in found if r["ward"] is None]
    rows = [r for r in rows if "." not in r["key"] or r["key"].partition(".")[0] in plugins]
    # Boundaries move what is held without moving a version; a day bounds what a cache can get wrong.
    edges = [edge for r in rows for edge in (r["from_at"], r["to_at"]) if edge is not None and edge > now]
    today = day_of(now, row["zone"]) if row["zone"] else ""
    held = _Held(
        tuple(_grant(house, r, row["area_path"], plugins) for r in rows if r["from_at"] <= now),
        frozenset(r["ward"] for r in found if r["ward"] is not None and r["from_day"] <= today),
        min([*edges, now + DAY]),
    )
    if len(cache) >= _KEPT:
        cache.clear()
    cache[key] = held
    return held


def _grant(house: House, row: Row, here: str | None, plugins: frozenset[str]) -> Grant:
    # An area above the community reaches all of it; one inside reaches its subtree.
    held = permissions_of(house, row["key"], row["permissions"])
    idle = [p.manifest for p in house.registry or () if p.name not in plugins]
    off = {permission.key for manifest in idle for permission in manifest.permissions} - PERMISSIONS.keys()
    above = row["area"] is not None and here is not None and here.startswith(row["area"])
    return Grant(
        permissions=held - off,
        community=row["community"],
        area=None if above else row["area"],
        team=row["team"],
        counter=row["counter"],
    )
