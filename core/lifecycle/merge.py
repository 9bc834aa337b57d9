"""One person entered twice becomes one: both books are shown side by side, then everything moves at once.

What was recorded stays as it was recorded, under the number it was recorded with. What both were recorded for
at the same time counts once: the record of the one who goes is taken back. A merge cannot be undone.
"""

from dataclasses import dataclass
from typing import Any

from core.activity import review
from core.base.act import Unit
from core.base.clock import day_of
from core.base.database import Reads, Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.people import take_over_data
from core.community.roles import access_changed
from core.community.sessions import end_sessions
from core.community.teams import zone_here
from core.community.volunteers import clean_number
from core.points.merging import merge_accounts

PERMISSION = "volunteer.write"
LINES = 5  # of each book on the preview

# Everything of both persons on the preview; `elsewhere`: rows that tie a person to another community.
_BOTH = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, p.died_on,
    coalesce(a.posted, 0) as posted, coalesce(a.held, 0) as held, coalesce(a.debt, 0) as debt,
    -- everywhere (volunteer, role_grant): whether the person is tied to another community, counted
    (select count(*) from volunteer o where o.person = v.person and o.community <> :community)
    + (select count(*) from role_grant g where g.person = v.person and (g.community is null
        or g.community <> :community) and (g.to_at is null or g.to_at > :now)) as elsewhere,
    (select count(*) from role_grant g where g.person = v.person and g.community = :community
        and (g.to_at is null or g.to_at > :now)) as roles,
    (select count(*) from team_member m where m.volunteer = v.id and m.to_day is null) as teams,
    (select count(*) from attendance d where d.volunteer = v.id) as records
from volunteer v join person p on p.id = v.person left join points_account a on a.volunteer = v.id
where v.community = :community and v.number in (select r.number from rows(:numbers; number text) as r)
    and v.merged_into is null and p.erased_at is null and v.status <> 'applied'
"""

_LAST = """
select t.account, a.volunteer, t.public_id, t.kind, t.amount, t.credit, t.effective_at, t.recorded_at,
    t.message, t.arguments, t.text, t.posted_after, t.booked_at, null as cap, 0 as lost, y.title
from points_account a join transfer t on t.account = a.id and t.version > a.version - :most
left join award w on w.id = t.award left join attendance d on d.id = w.attendance
left join activity y on y.id = d.activity
where a.volunteer in ids(:volunteers) and +a.community = :community and t.kind not in ('hold', 'release')
order by t.id desc
"""

# Records of the one who goes that lie in the same time as records of the one who stays, here or elsewhere.
_TWICE = """
select distinct d.id, d.from_at, d.to_at, d.minutes, y.title,
    (select count(*) from attendance_pending q where q.attendance = d.id) as waits,
    coalesce((select sum(o.points) from award w join award_outcome o on o.award = w.id
              where w.attendance = d.id), 0) as points
-- everywhere (interval): nobody is in two places at once, in whatever community
from interval g join interval s on s.person = :stays and s.from_at < g.to_at and s.to_at > g.from_at
join attendance d on d.id = g.attendance and +d.community = g.community join activity y on y.id = d.activity
where g.person = :goes and g.community = :community order by d.from_at
"""

_INTERVALS = """
-- everywhere (interval): both were one person, in whatever community
select attendance, community, from_at, to_at from interval where person = :goes
"""

_NO_INTERVALS = """
-- everywhere (interval): both were one person, in whatever community
delete from interval where person = :goes
"""

_ENTER_INTERVALS = """
insert into interval (attendance, person, community, from_at, to_at)
select r.attendance, cast(:stays as bigint), r.community, r.from_at, r.to_at
from rows(:items; attendance bigint, community bigint, from_at bigint, to_at bigint) as r
"""

_MEMBERSHIPS = """
insert into team_member (community, team, volunteer, role, from_day, act)
select m.community, m.team, cast(:stays as bigint), m.role, cast(:today as text), cast(:act as bigint)
from team_member m where m.volunteer = :goes and m.to_day is null and +m.community = :community
on conflict do nothing
"""

_HOUSEHOLD = """
insert into household_member (community, household, person, kinship, from_day)
select m.community, m.household, cast(:stays as bigint), m.kinship, cast(:today as text)
from household_member m where m.person = :goes and m.to_day is null and m.community = :community
on conflict do nothing
"""

_RELATIONS = """
insert into relation (community, person, subject, kind, from_day)
select r.community, case when r.person = :goes then cast(:stays as bigint) else r.person end,
    case when r.subject = :goes then cast(:stays as bigint) else r.subject end, r.kind, cast(:today as text)
from relation r where r.to_day is null and r.community = :community
  and ((r.person = :goes and r.subject <> :stays) or (r.subject = :goes and r.person <> :stays))
on conflict do nothing
"""

# Whoever is guardian of the one who goes is guardian of the one who stays at his next request.
_GUARDIANS = """
update person set access_version = access_version + 1 where id in (
    select r.person from relation r where r.subject = :goes and r.to_day is null
        and r.community = :community)
"""

_RESIDENCE = """
insert into residence (community, volunteer, area, from_day, act)
select h.community, cast(:stays as bigint), h.area, h.from_day, cast(:act as bigint)
from residence h where h.volunteer = :goes and h.to_day is null and +h.community = :community
on conflict do nothing
"""

_POSTS = """
update post set person = :stays where person = :goes and community = :community and to_day is null
and not exists (select 1 from post o where o.area = post.area and o.kind = post.kind and o.person = :stays
                and o.to_day is null)
"""

_CLOSE = """
update volunteer set status = 'left', left_why = 'merged', left_on = :today, merged_into = :stays
where community = :community and (id = :goes or merged_into = :goes)
"""

_SHUT = """
update person set merged_into = :stays, disabled_at = coalesce(disabled_at, cast(:now as bigint)),
    access_version = access_version + 1 where id = :goes
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the columns of `_BOTH`, and the last lines of his book."""

    facts: dict[str, Any]
    lines: list[Row]

    @property
    def available(self) -> int:
        return int(self.facts["posted"] - self.facts["held"])


@dataclass(frozen=True, slots=True)
class Preview:
    """Both books, what is there twice and will count once, and why it cannot be done ('' : it can)."""

    stays: Side
    goes: Side
    twice: list[Row]
    obstacle: Message | None


async def preview(viewer: Viewer, stays: str, goes: str) -> Preview:
    """What merging the volunteer with the number `goes` into the one with `stays` would do. Three statements.

    Raises Invalid (number), NotFound (absent, of another community, merged already, not permitted).
    """
    viewer.require(PERMISSION)
    db = viewer.house.db
    both = await _both(db, viewer, clean_number(stays), clean_number(goes))
    ids = [row["id"] for row in both]
    last = await db.fetch(_LAST, volunteers=ids, community=viewer.community, most=LINES)
    twice = await _twice(db, viewer.community, both)
    stay, go = (
        Side(
            {name: row[name] for name in row.keys()},  # noqa: SIM118  # asyncpg's rows iterate over values
            [line for line in last if line["volunteer"] == row["id"]],
        )
        for row in both
    )
    return Preview(stay, go, twice, obstacle_of(viewer, *both))


async def exists(viewer: Viewer, number: str) -> None:
    """Raises NotFound unless a volunteer of this community, not merged yet, has the number."""
    viewer.require(PERMISSION)
    try:
        plain = clean_number(number)
    except Invalid as invalid:
        raise NotFound from invalid
    rows = await viewer.house.db.fetch(
        _BOTH, community=viewer.community, now=viewer.house.clock.now(), numbers=[{"number": plain}]
    )
    if not rows:
        raise NotFound


async def both_of(unit: Unit, stays: str, goes: str) -> list[Row]:
    """The rows of `_BOTH` of the one who stays and the one who goes, by their numbers as typed.

    Raises Invalid (number), NotFound.
    """
    return await _both(unit, unit.viewer, clean_number(stays), clean_number(goes))


async def _both(reads: Reads, viewer: Viewer, stays: str, goes: str) -> list[Row]:
    """The rows of the one who stays and the one who goes. Raises NotFound."""
    rows = await reads.fetch(
        _BOTH,
        community=viewer.community,
        now=viewer.house.clock.now(),
        numbers=[{"number": stays}, {"number": goes}],
    )
    found = {row["number"]: row for row in rows}
    if stays == goes or stays not in found or goes not in found:
        raise NotFound
    return [found[stays], found[goes]]


async def _twice(reads: Reads, community: int | None, both: list[Row]) -> list[Row]:
    stays, goes = both
    return await reads.fetch(_TWICE, community=community, stays=stays["person"], goes=goes["person"])


def obstacle_of(viewer: Viewer, stays: Row, goes: Row) -> Message | None:
    """Why the two cannot be merged (by this viewer); None when they can."""
    if viewer.person in (stays["person"], goes["person"]):
        return Message("Somebody else has to merge your own records.")
    if goes["elsewhere"]:
        return Message("The second one also serves or works elsewhere. Merge it the other way round.")
    if goes["held"]:
        return Message("Points of the second one are set aside for a purchase. Settle that first.")
    if (stays["died_on"] is None) != (goes["died_on"] is None):
        return Message("One of the two has passed away. Put that right first.")
    return None


async def merge(unit: Unit, stays: str, goes: str) -> dict[str, Any]:
    """Makes two volunteers of this community one, in a fixed number of statements.

    Returns volunteer, points and debt that moved, and how many records counted twice. Raises NotFound,
    Invalid (number), Refused (see `preview`; or what is there twice may only be taken back by another).
    """
    unit.viewer.require(PERMISSION)
    both = await both_of(unit, stays, goes)
    obstacle = obstacle_of(unit.viewer, *both)
    if obstacle is not None:
        raise Refused(obstacle)
    stay, go = both
    twice = await _twice(unit, unit.community, both)
    waiting = [row["id"] for row in twice if row["waits"]]
    booked = [row["id"] for row in twice if not row["waits"]]
    if waiting:
        await review.send_back(unit, waiting, "twice")
    if booked:
        await review.reverse(unit, booked, "twice")
    moved = await merge_accounts(unit, go["id"], stay["id"])
    await _move_times(unit, stay["person"], go["person"])
    await _move_ties(unit, stay, go)
    await take_over_data(unit, stay["person"], go["person"])
    await end_sessions(unit, [go["person"]])
    await access_changed(unit, [stay["person"]])
    await unit.audit("volunteer.merge", "volunteer", stay["id"], other=go["id"], twice=len(twice))
    await unit.emit("volunteer.merged", f"volunteer:{go['id']}", volunteer=stay["id"], other=go["id"])
    return {"volunteer": stay["id"], "points": moved.points, "debt": moved.debt, "twice": len(twice)}


async def _move_times(unit: Unit, stays: int, goes: int) -> None:
    """From now on the one who stays was where the other was: nobody records him elsewhere at that time."""
    rows = await unit.fetch(_INTERVALS, goes=goes)
    items = [{k: row[k] for k in ("attendance", "community", "from_at", "to_at")} for row in rows]
    await unit.execute(_NO_INTERVALS, goes=goes)
    await unit.execute(_ENTER_INTERVALS, stays=stays, items=items)


async def _move_ties(unit: Unit, stay: Row, go: Row) -> None:
    """Teams, household, relations, home, posts pass over where who stays has none; the other's end today."""
    today = day_of(unit.now, await zone_here(unit))
    here = {"community": place(unit)}
    volunteers = {"stays": stay["id"], "goes": go["id"]}
    persons = {"stays": stay["person"], "goes": go["person"]}
    await unit.execute(_MEMBERSHIPS, **volunteers, today=today, act=unit.act, **here)
    await unit.execute(_RESIDENCE, **volunteers, act=unit.act, **here)
    await unit.execute(_HOUSEHOLD, **persons, today=today, **here)
    await unit.execute(_RELATIONS, **persons, today=today, **here)
    await unit.execute(_GUARDIANS, goes=go["person"], **here)
    await unit.execute(_POSTS, **persons, **here)
    for end in _ENDS:
        await unit.execute(end, volunteer=go["id"], person=go["person"], today=today, now=unit.now, **here)
    await unit.execute(
        "update attendance_pending set volunteer = :stays where volunteer = :goes and community = :community",
        **volunteers,
        **here,
    )
    await unit.execute(_CLOSE, **volunteers, today=today, **here)
    await unit.execute(_SHUT, **persons, now=unit.now)
    await unit.execute(
        "delete from volunteer_word where volunteer = :goes and community = :community", goes=go["id"], **here
    )


_ENDS = (
    "update team_member set to_day = case when from_day > :today then from_day else :today end "
    "where volunteer = :volunteer and to_day is null and +community = :community",
    "update residence set to_day = case when from_day > :today then from_day else :today end "
    "where volunteer = :volunteer and to_day is null and +community = :community",
    "update household_member set to_day = case when from_day > :today then from_day else :today end "
    "where person = :person and to_day is null and community = :community",
    "update relation set to_day = case when from_day > :today then from_day else :today end "
    "where (person = :person or subject = :person) and to_day is null and community = :community",
    "update post set to_day = case when from_day > :today then from_day else :today end "
    "where person = :person and to_day is null and community = :community",
    "update role_grant set to_at = :now where person = :person and community = :community "
    "and (to_at is null or to_at > :now)",
    "update consent set ended_at = :now "
    "where person = :person and community = :community and ended_at is null",
)
