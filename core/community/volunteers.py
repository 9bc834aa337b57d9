"""Volunteers: a person in one community, with a number that is unique everywhere."""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Unavailable
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.numbers import digits_of, is_number, new_number

_ADD = """
insert into volunteer (community, person, number, status, joined_on)
select :community, r.person, r.number, 'active', r.joined_on
from rows(:items; person bigint, number text, joined_on text) as r where true
on conflict do nothing returning id, person, number
"""

_THERE = "select id, person, number from volunteer where community = :community and person in ids(:people)"

_COLUMNS = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on
from volunteer v join person p on p.id = v.person
where v.community = :community and v.number = :number
  and (:everybody = 1 or exists (
       select 1 from team_member m where m.volunteer = v.id and m.to_day is null and m.team in ids(:teams)))
"""

_SEARCH = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on
from volunteer v join person p on p.id = v.person
where v.community = :community and v.status = 'active'
  and (:everybody = 1 or exists (
       select 1 from team_member m where m.volunteer = v.id and m.to_day is null and m.team in ids(:teams)))
  and (v.number = :number
       or (:like <> '' and p.search like :like escape '!')
       or p.id in (select l.person from person_lookup l
                   where (l.kind = 'phone' and l.hash = :phone) or (l.kind = 'phone4' and l.hash = :phone4)))
order by p.search, v.id limit :most
"""


class NewVolunteer(msgspec.Struct, frozen=True):
    """A person who joins; `number` '' gets a new one, else it is one given out before."""

    person: int
    joined_on: str
    number: str = ""


class Added(msgspec.Struct, frozen=True):
    """A volunteer's ids."""

    id: int
    person: int
    number: str


class Volunteer(msgspec.Struct, frozen=True):
    """A volunteer as staff see him; `minutes` is his confirmed service."""

    id: int
    person: int
    number: str
    name: str
    status: str
    minutes: int
    joined_on: str


def clean_number(text: str, field: str = "number") -> str:
    """A volunteer number in digits. Raises Invalid at `field`."""
    digits = digits_of(text)
    if not is_number(digits):
        raise Invalid({field: Message("There is no such number. A volunteer number has 8 digits.")})
    return digits


async def add_volunteers(unit: Unit, items: Sequence[NewVolunteer]) -> list[Added]:
    """Makes persons volunteers here; returns them in order. Who is one already stays as he is.

    Two statements, whatever their number. Raises Invalid (number) where a given number is taken, NotFound.
    """
    unit.viewer.require("volunteer.write")
    found: dict[int, Added] = {}
    missing = list(items)
    # A drawn number is taken once in many thousand times: then only those draw again.
    for _ in range(8):
        if not missing:
            break
        drawn = [
            {"person": m.person, "joined_on": m.joined_on, "number": m.number or new_number()}
            for m in missing
        ]
        rows = await unit.fetch(_ADD, community=place(unit), items=drawn)
        found.update({r["person"]: Added(r["id"], r["person"], r["number"]) for r in rows})
        missing = [m for m in missing if m.person not in found]
        if missing:
            people = [m.person for m in missing]
            rows = await unit.fetch(_THERE, community=place(unit), people=people)
            found.update({r["person"]: Added(r["id"], r["person"], r["number"]) for r in rows})
            missing = [m for m in missing if m.person not in found]
        if any(m.number for m in missing):
            raise Invalid({"number": Message("This number belongs to somebody else.")})
    if missing:
        raise Unavailable
    await unit.audit("volunteer.add", "volunteer", None, count=len(items))
    return [found[item.person] for item in items]


def _reach(viewer: Viewer, permission: str) -> tuple[int, list[int]]:
    """Whether everybody here is in reach, else the teams that are. Raises NotFound when nobody is."""
    teams = viewer.teams(permission)
    if teams is not None and any(
        g.counter is not None and g.allows(permission) and g.community == viewer.community
        for g in viewer.grants
    ):
        teams = None  # a counter serves everybody of the community
    if teams is not None and not teams:
        raise NotFound
    return int(teams is None), sorted(teams or ())


async def by_number(viewer: Viewer, number: str, permission: str = "volunteer.read") -> Volunteer:
    """The volunteer of this community with a number, within the permission's reach.

    Raises Invalid (number: not a number at all), NotFound (absent, of another community, out of reach).
    """
    everybody, teams = _reach(viewer, permission)
    row = await viewer.house.db.one(
        _COLUMNS,
        community=viewer.community,
        number=clean_number(number),
        everybody=everybody,
        teams=teams,
    )
    if row is None:
        raise NotFound
    return _volunteer(row)


async def search(
    viewer: Viewer, text: str, most: int = 20, permission: str = "volunteer.read"
) -> list[Volunteer]:
    """Volunteers found by number, name, pinyin, initials, whole phone or its last four digits."""
    everybody, teams = _reach(viewer, permission)
    plain = " ".join(text.lower().split())[:60]
    if not plain:
        return []
    digits = digits_of(plain)
    hashed = viewer.house.vault.hash
    escaped = plain.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = await viewer.house.db.fetch(
        _SEARCH,
        community=viewer.community,
        everybody=everybody,
        teams=teams,
        number=digits,
        like="" if digits.isdecimal() else "%" + escaped + "%",
        phone=hashed("phone", digits),
        phone4=hashed("phone4", digits),
        most=most,
    )
    return [_volunteer(row) for row in rows]


def _volunteer(row: Row) -> Volunteer:
    return Volunteer(**{k: row[k] for k in Volunteer.__struct_fields__})
