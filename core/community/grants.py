"""Who holds which role, from when to when; giving one to somebody and taking it away, with all it takes."""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.base.clock import DAY
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.names import clean_name
from core.community.numbers import digits_of
from core.community.people import NewPerson, clean_phone, enter_ready, make_ready
from core.community.permissions import reaches
from core.community.roles import HIGH_ROLES, NewGrant, end_grant, grant_roles, permissions_of

READ, WRITE = "role.read", "role.write"
MOST_NOW = 500  # people with a role in one community
_NOT_GIVEN = ("volunteer", "leader")  # these follow from being one

# Those of the community, and those that reach it from above.
_HELD = """
select g.id, g.person, p.name, v.number, o.key, o.name as role, o.community as own, g.community, g.from_at,
    g.to_at, t.name as team, a.name as area, c.name as counter, b.name as given_by, e.name as ended_by
from role_grant g
join role o on o.id = g.role and (o.community is null or o.community = cast(:community as bigint))
join person p on p.id = g.person and p.erased_at is null
left join volunteer v on v.person = g.person and v.community = :community and v.status <> 'applied'
left join team t on t.id = g.team and t.community = :community
left join area a on a.id = g.area and (a.community is null or a.community = :community)
left join counter c on c.id = g.counter and c.community = :community
left join person b on b.id = g.granted_by left join person e on e.id = g.ended_by
where (g.community = :community
       or (g.community is null and (g.area is null or a.path = substr(:path, 1, length(a.path)))))
  and (:grant = 0 or g.id = :grant) and g.id < :before
  and ((:past = 0 and (g.to_at is null or g.to_at > :now)) or (:past = 1 and g.to_at <= :now))
order by g.id desc limit :most
"""

_PATH = "select a.path from community c join area a on a.id = c.area and a.community = c.id where c.id = :id"

# Whoever is known here: by volunteer number, whole telephone number, or the beginning of his name.
_NAMED = """
select p.id, p.public_id, p.name, v.number from person p
left join volunteer v on v.person = p.id and v.community = :community and v.status = 'active'
where p.erased_at is null and p.died_on is null and p.disabled_at is null and p.merged_into is null
  and (v.id is not null
       or exists (select 1 from role_grant g where g.person = p.id and g.community = :community)
       or exists (select 1 from post o where o.person = p.id and o.community = :community))
  and (p.id in (select n.person from volunteer n where n.number = :digits and +n.community = :community)
       or p.id in (select l.person from person_lookup l where l.kind = 'phone' and l.hash = :phone)
       or p.id in (select n.person from volunteer_word w join volunteer n on n.id = w.volunteer
                   where w.community = :community and w.word >= :word and w.word < :word_end)
       or (p.name = :name and p.id in (
               select g.person from role_grant g where g.community = :community
               union select o.person from post o where o.community = :community)))
order by p.name, p.id limit :most
"""

_KNOWN = """
select p.id, p.public_id, p.name, v.number from person p
left join volunteer v on v.person = p.id and v.community = :community and v.status = 'active'
where p.public_id = :shown and p.erased_at is null and p.died_on is null and p.disabled_at is null
  and (v.id is not null
       or exists (select 1 from role_grant g where g.person = p.id and g.community = :community)
       or exists (select 1 from post o where o.person = p.id and o.community = :community))
"""

_SAME = """
select p.id from person_lookup l join person p on p.id = l.person
where l.kind = 'phone' and l.hash = :phone and p.name = :name and p.erased_at is null and p.died_on is null
  and p.disabled_at is null and p.merged_into is null
order by p.id limit 1
"""

_TWICE = """
select 1 from role_grant g join role o on o.id = g.role and (o.community is null or o.community = g.community)
where g.person = :person and g.community = :community and o.key = :role
  and (g.to_at is null or g.to_at > :now)
  and coalesce(g.team, 0) = :team and coalesce(g.area, 0) = :area and coalesce(g.counter, 0) = :counter
limit 1
"""

_ROLES = """
select o.key, o.name, o.permissions, o.community, o.based_on, o.closed_at from role o
where (o.community is null or o.community = :community) and o.closed_at is null order by o.id limit 200
"""

_PLACES = """
select 'team' as part, t.public_id as shown, t.id, t.name from team t
where t.community = :community and t.closed_at is null
union all
select 'counter', c.public_id, c.id, c.name from counter c where c.community = :community
union all
select 'area', a.public_id, a.id, a.name from area a
where a.community = :community and a.kind in ('community', 'station', 'grid')
order by part, name limit 1000
"""


class Somebody(msgspec.Struct, frozen=True):
    """A person a role can be given to; `number` is '' for one who is no volunteer here."""

    person: int
    shown: str
    name: str
    number: str


class Held(msgspec.Struct, frozen=True):
    """A role somebody holds, held or will hold. `own`: the community's own role; `above`: not given here."""

    id: int
    person: int
    name: str
    number: str
    key: str
    role: str
    own: bool
    above: bool
    team: str
    area: str
    counter: str
    from_at: int
    to_at: int | None
    given_by: str
    ended_by: str


class Role(msgspec.Struct, frozen=True):
    """A role as it can be given here; `name` is an English message id, or as the community typed it."""

    key: str
    name: str
    permissions: frozenset[str]
    own: bool
    based_on: str
    reaches: tuple[str, ...]

    @property
    def high(self) -> bool:
        return is_high(self.key)


class Place(msgspec.Struct, frozen=True):
    """A team, area or counter a role can be narrowed to."""

    part: str
    shown: str
    id: int
    name: str


def is_high(role: str) -> bool:
    """Whether only an operator gives and takes it."""
    return role in HIGH_ROLES


async def held(
    viewer: Viewer, *, past: bool = False, before: int | None = None, most: int = MOST_NOW
) -> list[Held]:
    """Who holds a role here, the newest first; with `past` who held one, before a grant's id. Two statements.

    Raises NotFound without `role.read`.
    """
    return [_held(row) for row in await _rows(viewer, past=past, before=before, most=most)]


async def one(viewer: Viewer, grant: int) -> Held:
    """A role somebody holds or will hold here. Raises NotFound (also for one that has ended)."""
    rows = await _rows(viewer, grant=grant)
    if not rows:
        raise NotFound
    return _held(rows[0])


async def _rows(
    viewer: Viewer, *, past: bool = False, before: int | None = None, most: int = 1, grant: int = 0
) -> list[Row]:
    viewer.require(READ)
    db = viewer.house.db
    path = await db.value(_PATH, id=viewer.community)
    return await db.fetch(
        _HELD,
        community=viewer.community,
        path=path,
        grant=grant,
        before=2**62 if before is None else before,
        past=int(past),
        now=viewer.house.clock.now(),
        most=most,
    )


def _held(row: Row) -> Held:
    return Held(
        id=row["id"],
        person=row["person"],
        name=row["name"],
        number=row["number"] or "",
        key=row["key"],
        role=row["role"],
        own=row["own"] is not None,
        above=row["community"] is None,
        team=row["team"] or "",
        area=row["area"] or "",
        counter=row["counter"] or "",
        from_at=row["from_at"],
        to_at=row["to_at"],
        given_by=row["given_by"] or "",
        ended_by=row["ended_by"] or "",
    )


async def roles_here(viewer: Viewer, plugins: frozenset[str], permission: str = READ) -> list[Role]:
    """The roles that can be given here: the core's, those of the programmes that are on, the community's own.

    `plugins` are those switched on. One statement. Raises NotFound without the permission.
    """
    viewer.require(permission)
    rows = await viewer.house.db.fetch(_ROLES, community=viewer.community)
    found = []
    for row in rows:
        plugin = row["key"].partition(".")[0] if "." in row["key"] else ""
        if row["key"] in _NOT_GIVEN or (plugin and plugin not in plugins):
            continue
        held_by_it = permissions_of(viewer.house, row["key"], row["permissions"])
        narrower = reaches(viewer.house, held_by_it)
        own = row["community"] is not None
        found.append(Role(row["key"], row["name"], held_by_it, own, row["based_on"], narrower))
    return found


async def places_here(viewer: Viewer) -> list[Place]:
    """Teams, counters and areas a role can be narrowed to. One statement. Raises NotFound."""
    viewer.require(WRITE)
    rows = await viewer.house.db.fetch(_PLACES, community=viewer.community)
    return [Place(row["part"], row["shown"], row["id"], row["name"]) for row in rows]


async def people_named(viewer: Viewer, text: str, most: int = 11) -> list[Somebody]:
    """Who is known here by a volunteer number, a whole telephone number or the beginning of a name.

    One statement. Raises NotFound without `role.write`.
    """
    viewer.require(WRITE)
    plain = " ".join(text.split())[:60]
    if not plain:
        return []
    digits = digits_of(plain)
    word = plain.lower().replace(" ", "")
    rows = await viewer.house.db.fetch(
        _NAMED,
        community=viewer.community,
        digits=digits,
        phone=viewer.house.vault.hash("phone", digits),
        word=word,
        word_end=word + "\U0010ffff",
        name=plain,
        most=most,
    )
    return [_somebody(row) for row in rows]


async def somebody(viewer: Viewer, shown: str) -> Somebody:
    """The person of this community with a public id. Raises NotFound."""
    viewer.require(WRITE)
    row = await viewer.house.db.one(_KNOWN, community=viewer.community, shown=shown)
    if row is None:
        raise NotFound
    return _somebody(row)


def _somebody(row: Row) -> Somebody:
    return Somebody(row["id"], row["public_id"], row["name"], row["number"] or "")


async def staff(unit: Unit, name: str, phone: str) -> int:
    """Somebody who is to work here and is not known here: the person with this name and telephone number.

    One who is known elsewhere under both is the same person; whether he was, nobody is told.
    Raises Invalid (name, phone), NotFound.
    """
    unit.viewer.require(WRITE)
    clean, digits = clean_name(name), clean_phone(phone)
    if not digits:
        raise Invalid({"phone": Message("Give the telephone number: it is how this person signs in.")})
    same: int | None = await unit.value(_SAME, phone=unit.house.vault.hash("phone", digits), name=clean)
    if same is not None:
        return same
    ready = make_ready(unit.house.vault, [NewPerson(clean, digits)])
    return (await enter_ready(unit, ready))[0]


async def give(unit: Unit, wanted: NewGrant, roles: Sequence[Role]) -> int:
    """Gives somebody a role here; returns the grant's id. `roles` are those that can be given (`roles_here`).

    Raises Invalid (role, scope, from, until), NotFound, Refused (his own; he holds it already).
    """
    role = next((r for r in roles if r.key == wanted.role), None)
    if role is None:
        raise Invalid({"role": Message("There is no such role.")})
    _check_reach(role, wanted)
    begins = unit.now if wanted.from_at is None else wanted.from_at
    if begins < unit.now - DAY:
        raise Invalid({"from": Message("A role begins today or later.")})
    if wanted.to_at is not None and wanted.to_at <= max(begins, unit.now):
        raise Invalid({"until": Message("The last day cannot lie before the first.")})
    twice = await unit.value(
        _TWICE,
        person=wanted.person,
        community=place(unit),
        role=wanted.role,
        team=wanted.team or 0,
        area=wanted.area or 0,
        counter=wanted.counter or 0,
        now=unit.now,
    )
    if twice is not None:
        raise Refused(Message("This person holds this role already."))
    start = None if begins <= unit.now else begins
    (grant,) = await grant_roles(unit, [msgspec.structs.replace(wanted, from_at=start)])
    return grant


def _check_reach(role: Role, wanted: NewGrant) -> None:
    named = {
        part: getattr(wanted, part)
        for part in ("team", "area", "counter")
        if getattr(wanted, part) is not None
    }
    if len(named) > 1 or any(part not in role.reaches for part in named):
        raise Invalid({"scope": Message("This role cannot be narrowed in this way.")})


async def take(unit: Unit, grant: int, at: int | None = None) -> None:
    """Takes a role away, now or at a moment to come. Raises Invalid (until), NotFound, Refused."""
    if at is not None and at <= unit.now:
        raise Invalid({"until": Message("Choose today or a later day.")})
    await end_grant(unit, grant, at)
