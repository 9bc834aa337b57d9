"""What an act entered into the register (people, volunteers, teams, areas), taken out again, or not at all.

Nothing may have been built on it since. Volunteers, memberships, teams and areas are removed; a person's row
stays as an erased one stays: without name, key or look-ups, so that old audit lines still lead somewhere.
"""

from collections.abc import Sequence

from core.base.act import Unit
from core.base.errors import ConstraintBroken, Message, Refused
from core.community.communities import place
from core.community.roles import access_changed
from core.community.sessions import end_sessions

_HOMES = """
insert into residence (community, volunteer, area, from_day, act)
select v.community, v.id, a.id, r.from_day, cast(:act as bigint)
from rows(:items; volunteer bigint, area bigint, from_day text) as r
join volunteer v on v.id = r.volunteer and +v.community = :community
join area a on a.id = r.area and +a.community = :community
where true on conflict do nothing returning id
"""

_PEOPLE = """
select v.id, v.person, p.act from volunteer v join person p on p.id = v.person
where v.community = :community and v.act = :act
"""

_BUILT_ON_PEOPLE = """
-- everywhere (household_member, relation, role_grant, post, consent, volunteer): a person's ties, counted
with mine as (select id, person, status from volunteer where community = :community and act = :act)
select
    (select count(*) from mine where exists (select 1 from attendance a where a.volunteer = mine.id)
        or exists (select 1 from redemption e where e.volunteer = mine.id)
        or exists (select 1 from opening o where o.volunteer = mine.id)
        or exists (select 1 from points_account a where a.volunteer = mine.id and a.version > 0)) as recorded,
    (select count(*) from mine where exists (select 1 from team_member m where m.volunteer = mine.id
        and (m.act is null or m.act <> :act))) as joined,
    (select count(*) from mine where status <> 'active'
        or exists (select 1 from residence h where h.volunteer = mine.id and (h.act is null or h.act <> :act))
        or exists (select 1 from relocation r where r.volunteer = mine.id)
        or exists (select 1 from volunteer o where o.merged_into = mine.id)
        or exists (select 1 from volunteer o where o.person = mine.person and o.id <> mine.id)) as moved,
    (select count(*) from mine where exists (select 1 from household_member h where h.person = mine.person)
        or exists (select 1 from relation r where r.person = mine.person or r.subject = mine.person)
        or exists (select 1 from role_grant g where g.person = mine.person)
        or exists (select 1 from post s where s.person = mine.person)
        or exists (select 1 from consent c where c.person = mine.person)
        or exists (select 1 from old_number n where n.volunteer = mine.id)
        or exists (select 1 from credential c where c.person = mine.person)) as known
"""

_BUILT_ON_TEAMS = """
with mine as (select id from team where community = :community and act = :act)
select
    (select count(*) from mine where exists (select 1 from team_member m where m.team = mine.id
        and (m.act is null or m.act <> :act))) as joined,
    (select count(*) from mine where exists (select 1 from activity a where a.team = mine.id)
        or exists (select 1 from role_grant g where g.team = mine.id)
        or exists (select 1 from team_duty d where d.team = mine.id)) as active
"""

_BUILT_ON_AREAS = """
-- everywhere (area, role_grant): whether anything else hangs on the area, of whomever; only counted
with mine as (select id from area where community = :community and act = :act)
select
    (select count(*) from mine where exists (select 1 from area a where a.parent = mine.id
        and (a.act is null or a.act <> :act))) as divided,
    (select count(*) from mine where exists (select 1 from residence h where h.area = mine.id)) as lived_in,
    (select count(*) from mine where exists (select 1 from team t where t.area = mine.id)
        or exists (select 1 from household h where h.area = mine.id)
        or exists (select 1 from post s where s.area = mine.id)
        or exists (select 1 from activity a where a.area = mine.id)
        or exists (select 1 from role_grant g where g.area = mine.id)) as named
"""

_REASONS = {
    "recorded": Message("Service or points of some of these people have been recorded since."),
    "joined": Message("Some of these people have joined other teams since."),
    "moved": Message("Some of these people have moved, left, or been merged since."),
    "known": Message("Some of these people have a post, a role, a household or a password by now."),
    "members": Message("Others have joined these teams since."),
    "active": Message("These teams have held activities or been given tasks since."),
    "divided": Message("Areas have been entered below these since."),
    "lived_in": Message("People have been entered as living in these areas."),
    "named": Message("Teams, posts, households or activities belong to these areas by now."),
}
_ELSEWHERE = Message("Something else refers to what this import entered.")

_NO_NOTICES = """
-- everywhere (notice): the person goes as if he had never been entered
delete from notice where person in ids(:people)
"""


class BuiltOn(Refused):
    """It cannot be taken out any more; `reasons` say why."""

    def __init__(self, reasons: Sequence[Message]) -> None:
        super().__init__(reasons[0])
        self.reasons = list(reasons)


async def enter_homes(unit: Unit, items: Sequence[tuple[int, int, str]]) -> int:
    """Enters where volunteers live: (volunteer, area, from which day). Who has a home already keeps it.

    One statement; returns how many are new.
    """
    unit.viewer.require("volunteer.write")
    rows = [{"volunteer": v, "area": a, "from_day": day} for v, a, day in items]
    found = await unit.fetch(_HOMES, community=place(unit), items=rows, act=unit.act) if rows else []
    return len(found)


async def take_out_people(unit: Unit, act: int) -> dict[str, int]:
    """Takes out the volunteers, memberships, homes and teams an act entered. Raises BuiltOn, NotFound."""
    unit.viewer.require("volunteer.write")
    here = {"community": place(unit), "act": act}
    await _refuse_what_is_built_on(unit, _BUILT_ON_PEOPLE, _BUILT_ON_TEAMS, act)
    mine = await unit.fetch(_PEOPLE, **here)
    volunteers = [row["id"] for row in mine]
    people = [row["person"] for row in mine if row["act"] == act]
    try:
        await unit.execute(
            "delete from volunteer_word where volunteer in ids(:volunteers) and +community = :community",
            volunteers=volunteers,
            community=here["community"],
        )
        await unit.execute("delete from residence where community = :community and act = :act", **here)
        await _take_out_teams(unit, act)
        await unit.execute(
            "delete from points_account where volunteer in ids(:volunteers) and +community = :community",
            volunteers=volunteers,
            community=here["community"],
        )
        await unit.execute("delete from volunteer where community = :community and act = :act", **here)
        await _forget(unit, people)
    except ConstraintBroken as broken:
        raise BuiltOn([_ELSEWHERE]) from broken
    await unit.audit("person.take_out", "act", act, people=len(people), volunteers=len(volunteers))
    return {"volunteers": len(volunteers), "people": len(people)}


async def _forget(unit: Unit, people: Sequence[int]) -> None:
    """Leaves of persons what an erasure leaves."""
    await unit.execute("delete from person_lookup where person in ids(:people)", people=people)
    await unit.execute("delete from person_secret where person in ids(:people)", people=people)
    await unit.execute("delete from person_key where person in ids(:people)", people=people)
    await unit.execute(_NO_NOTICES, people=people)
    await end_sessions(unit, list(people))
    await unit.execute(
        "update person set name = '', search = '', erased_at = :now where id in ids(:people)",
        people=people,
        now=unit.now,
    )


async def take_out_teams(unit: Unit, act: int) -> int:
    """Takes out the teams and memberships an act entered; returns how many. Raises BuiltOn, NotFound."""
    unit.viewer.require("team.write")
    await _refuse_what_is_built_on(unit, _BUILT_ON_TEAMS, "", act)
    try:
        count = await _take_out_teams(unit, act)
    except ConstraintBroken as broken:
        raise BuiltOn([_ELSEWHERE]) from broken
    await unit.audit("team.take_out", "act", act, count=count)
    return count


async def _take_out_teams(unit: Unit, act: int) -> int:
    here = {"community": place(unit), "act": act}
    rows = await unit.fetch(
        "delete from team_member where community = :community and act = :act returning volunteer, role",
        **here,
    )
    led = [row["volunteer"] for row in rows if row["role"] != "member"]
    if led:
        leaders = await unit.fetch(
            "select person from volunteer where id in ids(:led) and +community = :community",
            led=led,
            community=here["community"],
        )
        await access_changed(unit, [row["person"] for row in leaders])
    return await unit.execute("delete from team where community = :community and act = :act", **here)


async def take_out_areas(unit: Unit, act: int) -> int:
    """Takes out the areas an act entered; returns how many. Raises BuiltOn, NotFound."""
    unit.viewer.require("area.write")
    await _refuse_what_is_built_on(unit, _BUILT_ON_AREAS, "", act)
    try:
        count = await unit.execute(
            "delete from area where community = :community and act = :act", community=place(unit), act=act
        )
    except ConstraintBroken as broken:
        raise BuiltOn([_ELSEWHERE]) from broken
    await unit.audit("area.take_out", "act", act, count=count)
    return count


async def _refuse_what_is_built_on(unit: Unit, first: str, second: str, act: int) -> None:
    reasons: list[Message] = []
    for sql in (first, second):
        row = await unit.one(sql, community=place(unit), act=act) if sql else None
        if row is not None:
            teams = sql == _BUILT_ON_TEAMS
            found = [name for name in row.keys() if row[name]]  # noqa: SIM118  # asyncpg's rows iterate values
            reasons += [_REASONS["members" if teams and n == "joined" else n] for n in found]
    if reasons:
        raise BuiltOn(reasons)
