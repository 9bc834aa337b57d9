"""Volunteers: a person in one community, with a number that is unique everywhere."""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Unavailable
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.names import sort_text, words_of
from core.community.numbers import digits_of, is_number, new_numbers

MANY = 200  # people from which plans are worth making anew

# A number that was given out once is never given to another, lost cards' numbers among them.
_ADD = """
insert into volunteer (community, person, number, status, joined_on, sort, act)
select cast(:community as bigint), r.person, r.number, r.status, r.joined_on, r.sort, cast(:act as bigint)
from rows(:items; person bigint, number text, status text, joined_on text, sort text) as r
-- everywhere (old_number): numbers are unique everywhere
where not exists (select 1 from old_number o where o.number = r.number)
on conflict do nothing returning id, person, number
"""

_NAMES = "select id, name from person where id in ids(:people)"

_WORDS = """
insert into volunteer_word (community, word, volunteer)
select cast(:community as bigint), r.word, r.volunteer
from rows(:words; word text, volunteer bigint) as r where true on conflict do nothing
"""

_THERE = "select id, person, number from volunteer where community = :community and person in ids(:people)"

# The number of somebody who was merged into another leads to that other.
_COLUMNS = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on
from volunteer n join volunteer v on v.id = coalesce(n.merged_into, n.id) and v.community = n.community
join person p on p.id = v.person
where n.community = :community and n.number = :number and coalesce(v.left_why, '') <> 'refused'
  and (:applied = 1 or v.status <> 'applied')
  and (:everybody = 1 or exists (
       select 1 from team_member m where m.volunteer = v.id and m.to_day is null and m.team in ids(:teams)))
"""

_SORT_ANYWHERE = """
-- everywhere (volunteer): a name is the person's, wherever he serves
update volunteer set sort = :sort where person = :person returning id, community
"""

_NO_WORDS = """
-- everywhere (volunteer_word): a name is the person's, wherever he serves
delete from volunteer_word where volunteer in ids(:volunteers)
"""

_WORDS_ANYWHERE = """
insert into volunteer_word (community, word, volunteer)
select r.community, r.word, r.volunteer
from rows(:words; community bigint, word text, volunteer bigint) as r where true on conflict do nothing
"""


class NewVolunteer(msgspec.Struct, frozen=True):
    """A person who joins; `number` '' gets a new one, else it is one given out before.

    `status` is 'active', or 'applied' for somebody who waits to be accepted. `spoken` is what `speak` says of
    his name, where that was asked before the act.
    """

    person: int
    joined_on: str
    number: str = ""
    status: str = "active"
    spoken: "Spoken | None" = None


class Spoken(msgspec.Struct, frozen=True):
    """What a volunteer is sorted and found by."""

    sort: str
    words: list[str]


def speak(name: str) -> Spoken:
    """Works a name's pinyin out: some ten thousandths of a second, which thousands of people add up."""
    return Spoken(sort_text(name), words_of(name))


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

    Four statements, whatever their number. Raises Invalid (number) where a given number is taken, NotFound.
    """
    unit.viewer.require("volunteer.write")
    return await enter_volunteers(unit, items)


async def enter_volunteers(unit: Unit, items: Sequence[NewVolunteer]) -> list[Added]:
    """`add_volunteers` for verbs that have checked by themselves that it may be done."""
    found: dict[int, Added] = {}
    fresh: dict[int, Added] = {}
    spoken = await _spoken(unit, items)
    missing = list(items)
    # A drawn number is taken once in many thousand times: then only those draw again.
    for _ in range(8):
        if not missing:
            break
        drawn = [
            {
                "person": m.person,
                "joined_on": m.joined_on,
                "number": m.number or number,
                "status": m.status,
                "sort": spoken[m.person].sort,
            }
            for m, number in zip(missing, new_numbers(len(missing)), strict=True)
        ]
        rows = await unit.fetch(_ADD, community=place(unit), items=drawn, act=unit.act)
        fresh.update({r["person"]: Added(r["id"], r["person"], r["number"]) for r in rows})
        found.update(fresh)
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
    if len(fresh) > MANY:
        await unit.plan_anew()
    words = [{"word": w, "volunteer": a.id} for a in fresh.values() for w in spoken[a.person].words]
    if words:
        await unit.execute(_WORDS, community=place(unit), words=words)
    await unit.audit("volunteer.add", "volunteer", None, count=len(items))
    return [found[item.person] for item in items]


async def _spoken(unit: Unit, items: Sequence[NewVolunteer]) -> dict[int, Spoken]:
    """What each is found by; the names of those of whom it is not known yet are looked up."""
    known = {item.person: item.spoken for item in items if item.spoken is not None}
    unknown = [item.person for item in items if item.spoken is None]
    if unknown:
        rows = await unit.fetch(_NAMES, people=unknown)
        names = {row["id"]: row["name"] for row in rows}
        known.update({person: speak(names.get(person, "")) for person in unknown})
    return known


async def renamed(unit: Unit, person: int, name: str) -> None:
    """Makes a person's volunteer rows, in every community, findable by another name ('' by none)."""
    rows = await unit.fetch(_SORT_ANYWHERE, sort=sort_text(name), person=person)
    await unit.execute(_NO_WORDS, volunteers=[r["id"] for r in rows])
    words = [
        {"community": r["community"], "word": word, "volunteer": r["id"]}
        for r in rows
        for word in words_of(name)
    ]
    if words:
        await unit.execute(_WORDS_ANYWHERE, words=words)


def reach(viewer: Viewer, permission: str) -> tuple[int, list[int]]:
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

    Somebody who has only applied is seen by those with `volunteer.write` alone. Raises Invalid (number: not
    a number at all), NotFound (absent, of another community, out of reach).
    """
    everybody, teams = reach(viewer, permission)
    row = await viewer.house.db.one(
        _COLUMNS,
        community=viewer.community,
        number=clean_number(number),
        everybody=everybody,
        teams=teams,
        applied=int(viewer.may("volunteer.write")),
    )
    if row is None:
        raise NotFound
    return volunteer_of(row)


_LOCK = """
select v.id, v.person, v.number, v.status, v.joined_on, v.left_why, v.merged_into from volunteer v
where v.id = :volunteer and +v.community = :community for_update
"""


async def lock_volunteer(unit: Unit, volunteer: int) -> Row:
    """The row of a volunteer of this community, as it is now; who else changes him waits. Raises NotFound."""
    row = await unit.one(_LOCK, volunteer=volunteer, community=place(unit))
    if row is None:
        raise NotFound
    return row


def volunteer_of(row: Row) -> Volunteer:
    return Volunteer(**{k: row[k] for k in Volunteer.__struct_fields__})
