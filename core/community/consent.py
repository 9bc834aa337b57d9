"""What a person agreed to: for which purpose, in which words, when, and who wrote it down.

Publishing needs a consent of its own that can be taken back at any time (Personal Information Protection Law,
articles 15 and 25). A consent to older words does not cover new ones: it is asked for anew.
"""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.community.communities import place


class Purpose(msgspec.Struct, frozen=True):
    """What consent is asked for; `version` moves when the words do."""

    key: str
    version: int
    title: Message
    words: Message


CONTACT_CARD, VOLUNTEERING, GUARDIAN = "contact_card", "volunteering", "guardian"
PURPOSES = {
    VOLUNTEERING: Purpose(
        VOLUNTEERING,
        1,
        Message("Being recorded as a volunteer"),
        Message(
            "The community keeps my name, my telephone number and my services, to call me and to record my "
            "hours and points, until I take this back."
        ),
    ),
    GUARDIAN: Purpose(
        GUARDIAN,
        1,
        Message("The guardian's consent"),
        Message("My guardian agrees, on paper, that I help and that it is recorded."),
    ),
    CONTACT_CARD: Purpose(
        CONTACT_CARD,
        1,
        Message("Name and telephone number on the contact card"),
        Message(
            "My name, my post and my telephone number may stand on the public contact card of my area, "
            "on the web and on posters in the stairwell, until I take this back or give up the post."
        ),
    ),
}

_GIVE = """
insert into consent (community, person, purpose, version, given_at, taken_by, act)
values (:community, :person, :purpose, :version, :at, cast(:taken_by as bigint), :act)
on conflict do nothing
"""

_OUTDATED = """
update consent set ended_at = :at
where community = :community and person = :person and purpose = :purpose and ended_at is null
    and version < :version
"""

_TAKE_BACK = """
update consent set ended_at = :at
where community = :community and person = :person and purpose = :purpose and ended_at is null
returning id
"""

# Somebody of this community: he serves here, works here, or holds or held a post here.
_HERE = """
select 1 where exists (select 1 from volunteer v where v.person = :person and v.community = :community)
    or exists (select 1 from role_grant g where g.person = :person and g.community = :community)
    or exists (select 1 from post p where p.person = :person and p.community = :community)
"""

_GIVEN = """
select c.purpose, c.version, c.given_at, c.taken_by, t.name as taken_by_name
from consent c left join person t on t.id = c.taken_by
where c.person = :person and c.community = :community and c.ended_at is null order by c.purpose
"""


class Given(msgspec.Struct, frozen=True):
    """A consent that holds; `current`: to the words of today. Milliseconds since 1970 UTC."""

    purpose: str
    version: int
    given_at: int
    taken_by: int | None  # who wrote it down; None: he himself
    taken_by_name: str
    current: bool


async def give_consent(unit: Unit, person: int, purpose: str) -> bool:
    """Writes down that a person agrees; returns whether that is new. His own word, or one given on paper.

    For somebody else `volunteer.write` or `area.write` is needed. Raises NotFound.
    """
    await _may(unit, person, purpose)
    return await enter_consent(unit, person, purpose, None if person == unit.actor else unit.actor)


async def enter_consent(unit: Unit, person: int, purpose: str, taken_by: int | None) -> bool:
    """`give_consent` for verbs that have checked by themselves; `taken_by` None: his own word."""
    words = PURPOSES[purpose]
    given = {"community": place(unit), "person": person, "purpose": purpose, "version": words.version}
    await unit.execute(_OUTDATED, at=unit.now, **given)
    if not await unit.execute(_GIVE, at=unit.now, act=unit.act, taken_by=taken_by, **given):
        return False
    await unit.audit("consent.give", "person", person, purpose=purpose, version=words.version)
    return True


async def take_consent_back(unit: Unit, person: int, purpose: str) -> bool:
    """Ends a consent at once; returns whether there was one. Raises NotFound."""
    await _may(unit, person, purpose)
    found = await unit.value(_TAKE_BACK, community=place(unit), person=person, purpose=purpose, at=unit.now)
    if found is None:
        return False
    await unit.audit("consent.take_back", "person", person, purpose=purpose)
    return True


async def consents_of(viewer: Viewer, person: int) -> list[Given]:
    """What a person agreed to here: for himself, and for who may read volunteers. Raises NotFound."""
    if person != viewer.person:
        viewer.require("volunteer.read")
    rows = await viewer.house.db.fetch(_GIVEN, community=viewer.community, person=person)
    return [
        Given(
            r["purpose"],
            r["version"],
            r["given_at"],
            r["taken_by"],
            r["taken_by_name"] or "",
            r["purpose"] in PURPOSES and PURPOSES[r["purpose"]].version == r["version"],
        )
        for r in rows
    ]


async def agreed(reads: Reads, community: int | None, people: Sequence[int], purpose: str) -> set[int]:
    """Who of these persons agreed to today's words; for verbs that have checked the scope themselves."""
    rows = await reads.fetch(
        "select person from consent where person in ids(:people) and +community = :community "
        "and purpose = :purpose and version = :version and ended_at is null",
        people=list(people),
        community=community,
        purpose=purpose,
        version=PURPOSES[purpose].version,
    )
    return {row["person"] for row in rows}


async def _may(unit: Unit, person: int, purpose: str) -> Purpose:
    words = PURPOSES.get(purpose)
    if words is None:
        raise NotFound
    if person == unit.actor:
        return words
    if not unit.viewer.may("area.write"):
        unit.viewer.require("volunteer.write")
    if await unit.value(_HERE, person=person, community=place(unit)) is None:
        raise NotFound
    return words
