"""Somebody has passed away: nothing more is sent, his account is closed, his household is told.

What he did is kept. It is one person, so it holds in every community; each sees its own part. A mistake can
be taken back.
"""

from typing import Any

import msgspec

from core.base.act import Unit
from core.base.errors import Message, Refused
from core.base.sql import to_json
from core.community.communities import place
from core.community.days import clean_day, today_here
from core.community.notices import notify
from core.community.roles import access_changed
from core.community.sessions import end_sessions
from core.community.ties import Ended, end_ties, holds_high_role
from core.community.volunteers import lock_volunteer

PERMISSION = "volunteer.write"
KEPT = "farewell"  # under seal: what ended with it, for the case that it was a mistake

_LOCK_PERSON = "select died_on, disabled_at from person where id = :person for_update"

# Everywhere: it is one person. Only active rows and applications end; who had left stays as he left.
_ROWS = """
-- everywhere (volunteer): a death is one everywhere
select id, community, status, left_on, left_why from volunteer where person = :person order by id
"""

_DIED = """
update person set died_on = :day, disabled_at = coalesce(disabled_at, cast(:now as bigint)) where id = :person
"""

_END = """
-- everywhere (volunteer): a death is one everywhere
update volunteer set status = 'left', left_on = :day, left_why = 'died'
where id in ids(:volunteers) and status in ('active', 'applied')
"""

_STOP_CODES = """
-- everywhere (relocation): a death is one everywhere
update relocation set expires_at = :now
where volunteer in ids(:volunteers) and arrived_at is null and expires_at > :now
"""

_HOUSEHOLD = """
select distinct h.person from household_member mine
join household_member h on h.household = mine.household and h.to_day is null and h.person <> :person
where mine.person = :person and +mine.community = :community and mine.to_day is null
"""

_ALIVE = """
update person set died_on = null, disabled_at = cast(:disabled as bigint) where id = :person
"""

_ROWS_BACK = """
-- everywhere (volunteer): a death is one everywhere, and so is its mistake
update volunteer set status = r.status, left_on = null, left_why = null
from rows(:items; id bigint, status text) as r where volunteer.id = r.id and volunteer.left_why = 'died'
"""

_MEMBERS_BACK = """
-- everywhere (team, team_member): a death is one everywhere, and so is its mistake
update team_member set to_day = null
where id in ids(:members) and exists (select 1 from team t where t.id = team_member.team
    and t.closed_at is null)
  and not exists (select 1 from team_member o where o.team = team_member.team
    and o.volunteer = team_member.volunteer and o.to_day is null)
"""

_POSTS_BACK = """
-- everywhere (post): a death is one everywhere, and so is its mistake
update post set to_day = null
where id in ids(:posts) and not exists (select 1 from post o where o.area = post.area
    and o.kind = post.kind and o.person = post.person and o.to_day is null)
"""

_GRANTS_BACK = """
-- everywhere (role_grant): a death is one everywhere, and so is its mistake
update role_grant set to_at = r.to_at
from rows(:items; id bigint, to_at bigint) as r where role_grant.id = r.id
"""


class Kept(msgspec.Struct, frozen=True):
    """What ended with a death: rows as they were."""

    volunteers: list[tuple[int, str]]  # id, status before
    disabled_at: int | None
    ended: Ended


async def record_death(unit: Unit, volunteer: int, day: str) -> None:
    """Writes that a volunteer of this community has passed away, on a day not still to come.

    He signs in no more, at once; memberships, posts and roles end; the household is told once, without a
    name. Raises Invalid (day), NotFound, Refused for oneself, for what is written already, and for somebody
    with a role only an operator may take.
    """
    unit.viewer.require(PERMISSION)
    person = (await lock_volunteer(unit, volunteer))["person"]
    if person == unit.actor:
        raise Refused(Message("Somebody else has to write this."))
    before = await unit.one(_LOCK_PERSON, person=person)
    if before is None or before["died_on"] is not None:
        raise Refused(Message("This is written already."))
    if not unit.viewer.may("operator") and await holds_high_role(unit, person):
        raise Refused(Message("This person holds a role only the operator may end. Ask the operator."))
    last = clean_day(day, "day", await today_here(unit))
    rows = await unit.fetch(_ROWS, person=person)
    ended = [(r["id"], r["status"]) for r in rows if r["status"] != "left"]
    await unit.execute(_DIED, person=person, day=last, now=unit.now)
    await unit.execute(_END, volunteers=[v for v, _ in ended], day=last)
    await unit.execute(_STOP_CODES, volunteers=[v for v, _ in ended], now=unit.now)
    communities = sorted({r["community"] for r in rows})
    ties = await end_ties(unit, person, [r["id"] for r in rows], communities, last, everywhere=True)
    kept = Kept(ended, before["disabled_at"], ties)
    await unit.house.vault.put(unit.transaction, {person: {KEPT: to_json(kept)}})
    await end_sessions(unit, [person])
    family = [r["person"] for r in await unit.fetch(_HOUSEHOLD, person=person, community=place(unit))]
    await notify(unit, family, "household.farewell", FAREWELL)
    await _tell(unit, "volunteer.died", volunteer, rows)


FAREWELL = Message(
    "With sorrow we have heard that somebody of your household has passed away. The account is closed and "
    "nothing more will be sent; what was done for the neighbours is kept. If this is a mistake, call us."
)


async def _tell(unit: Unit, action: str, volunteer: int, rows: list[Any]) -> None:
    """A line in each community's own log: none of them sees the others'."""
    for row in rows:
        if row["id"] == volunteer or row["status"] != "left":
            await unit.audit(action, "volunteer", row["id"], community=row["community"])


async def take_back(unit: Unit, volunteer: int) -> None:
    """It was a mistake: he signs in again, and what ended with it is as it was.

    A team that was closed, or joined anew, since then stays as it is.

    Raises NotFound, Refused where nothing of the kind is written.
    """
    unit.viewer.require(PERMISSION)
    person = (await lock_volunteer(unit, volunteer))["person"]
    before = await unit.one(_LOCK_PERSON, person=person)
    if before is None or before["died_on"] is None:
        raise Refused(Message("This is not written of this person."))
    opened = await unit.house.vault.get(unit, [person], [KEPT])
    kept = msgspec.json.decode(opened.get(person, {}).get(KEPT, _NOTHING), type=Kept)
    await unit.execute(_ALIVE, person=person, disabled=kept.disabled_at)
    await unit.execute(_ROWS_BACK, items=[{"id": v, "status": status} for v, status in kept.volunteers])
    await unit.execute(_MEMBERS_BACK, members=kept.ended.members)
    await unit.execute(_POSTS_BACK, posts=kept.ended.posts)
    await unit.execute(
        _GRANTS_BACK, items=[{"id": grant, "to_at": to_at} for grant, to_at in kept.ended.grants]
    )
    await unit.execute(
        "delete from person_secret where person = :person and field = :field", person=person, field=KEPT
    )
    await access_changed(unit, [person])
    await _tell(unit, "volunteer.alive", volunteer, await unit.fetch(_ROWS, person=person))


_NOTHING = '{"volunteers":[],"disabled_at":null,"ended":{}}'
