"""One volunteer as the community's office sees him: everything on one page, in three statements."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.community.names import words_of
from core.community.relocation import Earlier, chain
from core.community.volunteers import clean_number, reach

PERMISSION = "volunteer.read"
SEALED = ("phone", "address", "email", "birth_date", "sex", "id_number")

_FACTS = """
select v.id, v.person, v.number, p.name, v.status, v.left_why, v.left_on, v.joined_on, v.minutes, v.stars,
    p.died_on, p.disabled_at, coalesce(a.posted - a.held, 0) as points, coalesce(a.debt, 0) as debt
from volunteer n join volunteer v on v.id = coalesce(n.merged_into, n.id) and v.community = n.community
join person p on p.id = v.person left join points_account a on a.volunteer = v.id
where n.community = :community and n.number = :number and coalesce(v.left_why, '') <> 'refused'
  and (:applied = 1 or v.status <> 'applied')
  and (:everybody = 1 or exists (
       select 1 from team_member m where m.volunteer = v.id and m.to_day is null and m.team in ids(:teams)))
"""

# Parts of different shape share the columns of one result; each part names what it is, and its order.
_PARTS = """
select 'home' as part, h.id as place, a.name as a, a.public_id as b, h.from_day as c, h.to_day as d,
    cast(null as text) as e, cast(null as bigint) as n, cast(null as bigint) as m
from residence h join area a on a.id = h.area
where h.volunteer = :volunteer and +h.community = :community
union all
select 'team', m.id, t.name, t.public_id, m.from_day, m.to_day, m.role,
    case when t.closed_at is null then 0 else 1 end, null
from team_member m join team t on t.id = m.team
where m.volunteer = :volunteer and +m.community = :community
union all
select 'together', o.id, p.name, v.number, o.kinship, v.status, null, null, null
from household_member mine
join household_member o on o.household = mine.household and o.to_day is null and o.person <> mine.person
join person p on p.id = o.person
left join volunteer v on v.person = o.person and v.community = :community and v.status <> 'applied'
where mine.person = :person and +mine.community = :community and mine.to_day is null
union all
select 'helper', r.id, p.name, v.number, r.kind, r.from_day, null, null, null
from relation r join person p on p.id = r.person
left join volunteer v on v.person = r.person and v.community = :community and v.status <> 'applied'
where r.subject = :person and +r.community = :community and r.to_day is null
union all
select 'helped', r.id, p.name, v.number, r.kind, r.from_day, null, v.id, null
from relation r join person p on p.id = r.subject
left join volunteer v on v.person = r.subject and v.community = :community and v.status <> 'applied'
where r.person = :person and +r.community = :community and r.to_day is null
union all
select 'post', o.id, k.name, a.name, a.public_id, o.from_day, o.to_day, k.level, null
from post o join post_kind k on k.id = o.kind join area a on a.id = o.area
where o.person = :person and +o.community = :community
union all
select 'served', s.id, s.title, s.day, s.decision, null, null, s.minutes, s.from_at from (
    select d.id, y.title, d.day, d.minutes, d.from_at,
        (select case when max(case when x.decision = 'reversed' then 2 when x.decision = 'returned' then 1
            else 0 end) > 0 then 'off' else 'on' end
         from attendance_decision x where x.attendance = d.id having count(*) > 0) as decision
    from attendance d join activity y on y.id = d.activity
    where d.volunteer = :volunteer and +d.community = :community order by d.id desc limit 5) as s
union all
select 'alike', v.id, p.name, v.number, v.status, v.joined_on, l.kind, null, null
from person_lookup mine cross join person_lookup l cross join volunteer v cross join person p
where mine.person = :person and mine.kind in ('phone', 'id_number')
  and l.kind = mine.kind and l.hash = mine.hash and l.person <> mine.person
  and v.person = l.person and v.community = :community and p.id = v.person and v.status <> 'applied'
  and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
union all
select 'alike', v.id, p.name, v.number, v.status, v.joined_on, 'name', null, null
from volunteer v join person p on p.id = v.person
where v.id in (select w.volunteer from volunteer_word w
        where w.community = :community and w.word = :word order by w.volunteer limit 12)
  and +v.community = :community and v.id <> :volunteer and p.name = :name and v.status <> 'applied'
  and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
union all
select 'went', r.id, c.name, null, null, null, null, r.arrived_at, null
from relocation r join community c on c.id = r.arrived_in
where r.volunteer = :volunteer and +r.community = :community and r.arrived_at is not null
union all
select 'code', r.id, null, null, null, null, null, r.expires_at, null from relocation r
where r.volunteer = :volunteer and +r.community = :community and r.arrived_at is null and r.expires_at > :now
union all
-- everywhere (relocation, volunteer): where the person served before he came here
select 'earlier', v.id, c.name, v.joined_on, v.left_on, null, null, v.minutes, r.arrived_as
from volunteer v join relocation r on r.volunteer = v.id join community c on c.id = v.community
where v.person = :person and v.community <> :community and r.arrived_at is not null
union all
select 'consent', k.id, k.purpose, null, null, null, null, k.given_at, k.version from consent k
where k.person = :person and +k.community = :community and k.ended_at is null
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """`facts` are the columns of `_FACTS`, `sealed` the opened data (to be masked), `parts` rows by kind.

    The columns of each kind of row stand in `_PARTS`; the latest first. `earlier`: where he moved from.
    """

    facts: dict[str, Any]
    sealed: dict[str, str]
    parts: dict[str, list[Row]] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()

    def of(self, part: str) -> list[Row]:
        return self.parts.get(part, [])

    @property
    def id(self) -> int:
        return int(self.facts["id"])

    @property
    def left(self) -> bool:
        return bool(self.facts["status"] == "left")

    @property
    def died(self) -> bool:
        return self.facts["died_on"] is not None


class _Step(msgspec.Struct, frozen=True):
    """A move, as `relocation.chain` follows it."""

    id: int
    community: str
    minutes: int
    joined_on: str
    left_on: str | None
    arrived_as: int

    def __getitem__(self, name: str | int) -> Any:
        return getattr(self, str(name))

    def keys(self) -> Any:
        return self.__struct_fields__


async def profile(viewer: Viewer, number: str) -> Profile:
    """The volunteer of this community with a number. Raises Invalid (number), NotFound."""
    everybody, teams = reach(viewer, PERMISSION)
    house = viewer.house
    row = await house.db.one(
        _FACTS,
        community=viewer.community,
        number=clean_number(number),
        everybody=everybody,
        teams=teams,
        applied=int(viewer.may("volunteer.write")),
    )
    if row is None:
        raise NotFound
    return await _whole(viewer, row)


_OWN = """
select v.id, v.person, v.number, p.name, v.status, v.left_why, v.left_on, v.joined_on, v.minutes,
    p.died_on, p.disabled_at, coalesce(a.posted - a.held, 0) as points, coalesce(a.debt, 0) as debt
from volunteer v join person p on p.id = v.person left join points_account a on a.volunteer = v.id
where v.id = :volunteer and +v.community = :community
"""


async def own_profile(viewer: Viewer) -> Profile:
    """The viewer's own data here, as it is recorded. Raises NotFound for who is no volunteer here."""
    row = await viewer.house.db.one(_OWN, volunteer=viewer.volunteer, community=viewer.community)
    if viewer.volunteer is None or row is None:
        raise NotFound
    return await _whole(viewer, row)


async def _whole(viewer: Viewer, row: Row) -> Profile:
    house = viewer.house
    facts = {name: row[name] for name in row.keys()}  # noqa: SIM118  # asyncpg's rows iterate over values
    opened = await house.vault.get(house.db, [facts["person"]], SEALED)
    rows = await house.db.fetch(
        _PARTS,
        volunteer=facts["id"],
        person=facts["person"],
        community=viewer.community,
        name=facts["name"],
        word=next(iter(words_of(facts["name"])), ""),
        now=house.clock.now(),
    )
    parts: dict[str, list[Row]] = {}
    for part in sorted(rows, key=lambda r: -r["place"]):
        parts.setdefault(part["part"], []).append(part)
    moves = [
        _Step(r["place"], r["a"], r["n"], r["b"], r["c"], r["m"])
        for r in parts.get("earlier", [])
        if r["m"] is not None
    ]
    return Profile(facts, opened.get(facts["person"], {}), parts, tuple(chain(moves, facts["id"])))
