"""Moving to another community: a code from the old one is typed in the new one, and he is at home there.

Points stay with the community that gave them. Both communities see the move in the person's history, and the
new one the hours of each earlier one as a sum.
"""

from collections.abc import Iterable

import msgspec

from core.base.act import Unit
from core.base.database import Reads, Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.days import today_here
from core.community.moving_code import GOOD_FOR, code_of, hash_of, read_code
from core.community.notices import notify
from core.community.ties import end_ties
from core.community.volunteers import NewVolunteer, enter_volunteers, lock_volunteer

PERMISSION = "volunteer.write"
WRONG = Message("There is no such code, or it was used or has run out. Ask the old community for a new one.")

_STOP = """
update relocation set expires_at = :now
where volunteer = :volunteer and +community = :community and arrived_at is null and expires_at > :now
returning id
"""

_OUT = """
select r.expires_at from relocation r
where r.volunteer = :volunteer and +r.community = :community and r.arrived_at is null and r.expires_at > :now
"""

_MAKE = """
insert into relocation (community, volunteer, code_hash, created_at, expires_at, act)
values (:community, :volunteer, :hash, :now, :expires, :act)
"""

# Whoever holds the code may see who moves: it is given to one person for this.
_WHO = """
-- everywhere (relocation, volunteer): whoever has the other community's code may read this much
select r.id, r.community, r.volunteer, v.person, v.number, v.minutes, v.joined_on, p.name,
    c.name as community_name, h.status as here, h.number as here_number
from relocation r join volunteer v on v.id = r.volunteer and v.community = r.community
join person p on p.id = v.person join community c on c.id = r.community
left join volunteer h on h.person = v.person and h.community = :community
where r.code_hash = :hash and r.community <> :community and r.arrived_at is null and r.expires_at > :now
  and v.status = 'active' and p.died_on is null and p.erased_at is null
"""

_ARRIVE = """
update relocation set arrived_at = :now, arrived_in = :community, arrived_as = :volunteer
where id = :id and community = :old and arrived_at is null and expires_at > :now returning id
"""

_LEAVE = """
update volunteer set status = 'left', left_why = 'moved', left_on = :day
where id = :volunteer and community = :old and status = 'active' returning id
"""

_END_HOME = """
update residence set to_day = case when from_day > :day then from_day else :day end
where volunteer = :volunteer and +community = :old and to_day is null
"""

_BACK = """
update volunteer set status = 'active', left_why = null, left_on = null
where person = :person and +community = :community and status <> 'active' returning id, number
"""

# Rows of one person in other communities, and where a move led from each.
_EARLIER = """
-- everywhere (relocation, volunteer): where the person served before he came here
select v.id, c.name as community, v.minutes, v.joined_on, v.left_on, r.arrived_as
from volunteer v join relocation r on r.volunteer = v.id join community c on c.id = v.community
where v.person = :person and v.community <> :community and r.arrived_at is not null
order by r.arrived_at desc
"""


class Mover(msgspec.Struct, frozen=True):
    """Who stands behind a code: his name, where he comes from, his hours there (minutes)."""

    name: str
    number: str
    community: str
    minutes: int
    joined_on: str


class Earlier(msgspec.Struct, frozen=True):
    """A community served in before, and the confirmed minutes there."""

    community: str
    minutes: int
    joined_on: str
    left_on: str


class Arrived(msgspec.Struct, frozen=True):
    """The volunteer he is now, here."""

    volunteer: int
    number: str


def _own_or_permitted(unit: Unit, volunteer: int) -> None:
    if unit.viewer.volunteer != volunteer:
        unit.viewer.require(PERMISSION)


async def make_code(unit: Unit, volunteer: int) -> int:
    """Makes a code for a volunteer of this community, by himself or a worker; an earlier one ends.

    `code_of(house, act, volunteer)` says it. Returns the volunteer. Raises NotFound, Refused.
    """
    _own_or_permitted(unit, volunteer)
    here = {"volunteer": volunteer, "community": place(unit)}
    if (await lock_volunteer(unit, volunteer))["status"] != "active":
        raise Refused(Message("This person is not an active volunteer here."))
    await unit.fetch(_STOP, now=unit.now, **here)
    code = code_of(unit.house, unit.act, volunteer)
    await unit.execute(
        _MAKE,
        hash=hash_of(unit.house, code),
        now=unit.now,
        expires=unit.now + GOOD_FOR,
        act=unit.act,
        **here,
    )
    await unit.audit("relocation.code", "volunteer", volunteer)
    return volunteer


async def cancel_code(unit: Unit, volunteer: int) -> None:
    """Makes an unused code worth nothing. Raises NotFound where there is none."""
    _own_or_permitted(unit, volunteer)
    if not await unit.fetch(_STOP, now=unit.now, volunteer=volunteer, community=place(unit)):
        raise NotFound
    await unit.audit("relocation.cancel", "volunteer", volunteer)


async def code_out(viewer: Viewer, volunteer: int) -> int | None:
    """Until when an unused code of a volunteer is good; None for none. For pages that found him."""
    until: int | None = await viewer.house.db.value(
        _OUT, volunteer=volunteer, community=viewer.community, now=viewer.house.clock.now()
    )
    return until


async def _who(reads: Reads, viewer: Viewer, typed: str) -> Row:
    """Who moves here with a code. Raises Invalid (code)."""
    viewer.require(PERMISSION)
    code = read_code(typed)
    row = await reads.one(
        _WHO,
        hash=hash_of(viewer.house, code) if code else "",
        community=viewer.community,
        now=viewer.house.clock.now(),
    )
    if row is None:
        raise Invalid({"code": WRONG})
    if row["here"] == "active":
        message = Message("This person is a volunteer here already: %(number)s.", number=row["here_number"])
        raise Invalid({"code": message})
    return row


async def mover(viewer: Viewer, typed: str) -> Mover:
    """Who stands behind a code; the caller counts tries (`moving_code.spend_try`). Raises Invalid (code)."""
    row = await _who(viewer.house.db, viewer, typed)
    return Mover(row["name"], row["number"], row["community_name"], row["minutes"], row["joined_on"])


async def arrive(unit: Unit, typed: str) -> Arrived:
    """Somebody with a code becomes a volunteer here, with a number of this community; name and phone are his.

    There he has left, moved, with memberships, posts and roles. Raises Invalid (code), NotFound.
    """
    row = await _who(unit, unit.viewer, typed)
    today = await today_here(unit)
    back = await unit.one(_BACK, person=row["person"], community=place(unit))
    if back is not None:
        here = Arrived(back["id"], back["number"])
    else:
        (added,) = await enter_volunteers(unit, [NewVolunteer(row["person"], today)])
        here = Arrived(added.id, added.number)
    moved = await unit.value(
        _ARRIVE,
        now=unit.now,
        community=place(unit),
        volunteer=here.volunteer,
        id=row["id"],
        old=row["community"],
    )
    gone = await unit.value(_LEAVE, volunteer=row["volunteer"], old=row["community"], day=today)
    if moved is None or gone is None:
        raise Invalid({"code": WRONG})  # used in this very moment
    await unit.execute(_END_HOME, volunteer=row["volunteer"], old=row["community"], day=today)
    await end_ties(unit, row["person"], [row["volunteer"]], [row["community"]], today)
    welcome = Message("Welcome: you are a volunteer here now, with a new number. Please fetch your card.")
    await notify(unit, [row["person"]], "relocation", welcome)
    await unit.audit("relocation.arrive", "volunteer", here.volunteer, relocation=row["id"])
    await unit.audit(
        "relocation.leave", "volunteer", row["volunteer"], community=row["community"], relocation=row["id"]
    )
    return here


async def earlier(reads: Reads, person: int, volunteer: int, community: int | None) -> list[Earlier]:
    """The communities a volunteer came here from, one after the other, the last first. One statement."""
    return chain(await reads.fetch(_EARLIER, person=person, community=community), volunteer)


def chain(rows: Iterable[Row], volunteer: int) -> list[Earlier]:
    """Follows moves back from a volunteer row to those he came from."""
    found: list[Earlier] = []
    reached = {volunteer}
    left = list(rows)
    while step := next((row for row in left if row["arrived_as"] in reached), None):
        left = [row for row in left if row["id"] != step["id"]]
        reached.add(step["id"])
        found.append(Earlier(step["community"], step["minutes"], step["joined_on"], step["left_on"] or ""))
    return found
