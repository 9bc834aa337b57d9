"""What a person agreed to, in which words, until he takes it back."""

from typing import NamedTuple

from core.base.act import Unit
from core.base.database import Reads, Row
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.community.communities import place

# The words themselves stand on the page where consent is given; a new version is a new number here.
VOLUNTEERING, GUARDIAN = "volunteering", "guardian"
VERSIONS = {VOLUNTEERING: 1, GUARDIAN: 1}
TITLES = {
    VOLUNTEERING: Message("Being recorded as a volunteer"),
    GUARDIAN: Message("The guardian agrees"),
}

_GIVE = """
insert into consent (community, person, purpose, version, given_at, taken_by, act)
values (:community, :person, :purpose, :version, :now, cast(:taken_by as bigint), :act)
on conflict do nothing
"""

_END = """
update consent set ended_at = :now
where person = :person and +community = :community and purpose = :purpose and ended_at is null returning id
"""

_OF = """
select c.purpose, c.version, c.given_at from consent c
where c.person = :person and +c.community = :community and c.ended_at is null order by c.id
"""


class Consent(NamedTuple):
    """One thing agreed to; `at` in milliseconds."""

    purpose: str
    version: int
    at: int


async def give(unit: Unit, person: int, purpose: str, *, taken_by: int | None = None) -> None:
    """Writes down that a person agrees (to the present words); `taken_by` who saw it, None: he himself.

    For verbs that have checked that it may be done. Given twice, it stays as it was given first.
    """
    await unit.execute(
        _GIVE,
        community=place(unit),
        person=person,
        purpose=purpose,
        version=VERSIONS.get(purpose, 1),
        now=unit.now,
        taken_by=taken_by,
        act=unit.act,
    )
    await unit.audit("consent.give", "person", person, purpose=purpose)


async def take_back(unit: Unit, purpose: str) -> None:
    """The actor takes back what he agreed to here. Raises NotFound where there is nothing to take back."""
    if unit.actor is None:
        raise NotFound
    done = await unit.value(_END, person=unit.actor, community=place(unit), purpose=purpose, now=unit.now)
    if done is None:
        raise NotFound
    await unit.audit("consent.end", "person", unit.actor, purpose=purpose)


async def consents_of(viewer: Viewer) -> list[Consent]:
    """What the viewer himself agreed to here."""
    if viewer.person is None:
        raise NotFound
    return [consent_of(row) for row in await _rows(viewer.house.db, viewer.person, viewer.community)]


async def _rows(reads: Reads, person: int, community: int | None) -> list[Row]:
    return await reads.fetch(_OF, person=person, community=community)


def consent_of(row: Row) -> Consent:
    return Consent(row["purpose"], row["version"], row["given_at"])
