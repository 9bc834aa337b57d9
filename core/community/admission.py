"""Deciding on an application: yes, no, or that it is somebody who is here already.

Refused, an applicant is erased, unless he is somebody here or elsewhere already.
"""

from collections.abc import Sequence

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound
from core.community.applications import LOOK_UP, MOST_TEAMS, OPEN_TEAMS, PERMISSION, field_of, wish_of
from core.community.communities import place
from core.community.consent import GUARDIAN, VOLUNTEERING, enter_consent
from core.community.days import today_here
from core.community.erasure import erase_person
from core.community.people import keep_phone
from core.community.residence import known_area, live_in
from core.community.teams import NewMember, add_members
from core.community.volunteers import Volunteer, lock_volunteer

REASONS = {
    "outside": Message("Lives outside the community"),
    "age": Message("Too young to volunteer"),
    "unreachable": Message("Could not be reached"),
    "withdrawn": Message("Took the application back"),
    "other": Message("Another reason"),
}

_ACCEPT = """
update volunteer set status = 'active', joined_on = :today
where id = :volunteer and +community = :community and status = 'applied' returning person
"""

_REFUSE = """
update volunteer set status = 'left', left_on = :today, left_why = 'refused'
where id = :volunteer and +community = :community and status = 'applied' returning person
"""


async def accept(
    unit: Unit, applicant: Volunteer, teams: Sequence[str], *, guardian_agreed: bool = False
) -> list[int]:
    """Makes an applicant a volunteer from today, and a member of these teams (public ids).

    Returns the teams' ids. Raises NotFound, Invalid (guardian: a minor needs his guardian's consent on
    paper).
    """
    unit.viewer.require(PERMISSION)
    today = await today_here(unit)
    person = await unit.value(_ACCEPT, volunteer=applicant.id, community=place(unit), today=today)
    if person is None:
        raise NotFound
    wish = await wish_of(unit, person)
    if wish.age == "minor":
        if not guardian_agreed:
            raise Invalid({"guardian": Message("A minor needs the guardian's consent on paper.")})
        await enter_consent(unit, person, GUARDIAN, unit.actor)
    await _known_by_phone(unit, person)
    area = await known_area(unit, wish.area) if wish.area else None
    if area is not None:
        await live_in(unit, applicant.id, area)
    wanted = [{"team": team} for team in teams[:MOST_TEAMS]]
    rows = await unit.fetch(OPEN_TEAMS, community=place(unit), wanted=wanted)
    ids = [row["id"] for row in rows]
    if ids:
        await add_members(unit, [NewMember(team, applicant.id) for team in ids])
    await _forget_wish(unit, person)
    await unit.audit("application.accept", "volunteer", applicant.id, teams=len(ids))
    return ids


async def _known_by_phone(unit: Unit, person: int) -> None:
    """From now on his phone leads to him, as every volunteer's does."""
    opened = await unit.house.vault.get(unit, [person], ["phone"])
    phone = opened.get(person, {}).get("phone")
    if phone:
        await keep_phone(unit, person, phone)


async def _forget_wish(unit: Unit, person: int) -> None:
    await unit.execute(
        "delete from person_secret where person = :person and field = :field",
        person=person,
        field=field_of(unit),
    )
    await unit.execute(
        "delete from person_lookup where person = :person and kind = :kind", person=person, kind=LOOK_UP
    )


async def refuse(unit: Unit, applicant: Volunteer, reason: str) -> None:
    """Says no for one of REASONS; what he gave is erased, unless he is somebody elsewhere too.

    Raises Invalid (reason), NotFound.
    """
    unit.viewer.require(PERMISSION)
    if reason not in REASONS:
        raise Invalid({"reason": Message("Please choose one of these.")})
    await _drop(unit, applicant)
    await unit.audit("application.refuse", "volunteer", applicant.id, reason=reason)


async def _drop(unit: Unit, applicant: Volunteer) -> None:
    today = await today_here(unit)
    person = await unit.value(_REFUSE, volunteer=applicant.id, community=place(unit), today=today)
    if person is None:
        raise NotFound
    await _forget_wish(unit, person)
    await unit.execute(
        "update consent set ended_at = :now "
        "where person = :person and +community = :community and ended_at is null",
        now=unit.now,
        person=person,
        community=place(unit),
    )
    await unit.execute(
        "delete from volunteer_word where volunteer = :volunteer and +community = :community",
        volunteer=applicant.id,
        community=place(unit),
    )
    await erase_person(unit, person)


async def same_person(unit: Unit, applicant: Volunteer, known: Volunteer) -> list[str]:
    """The applicant is a volunteer of this community already: the application is dropped.

    Returns the public ids of the teams he asked for, to be offered to the one who is known. Raises NotFound.
    """
    unit.viewer.require(PERMISSION)
    if (await lock_volunteer(unit, known.id))["status"] == "applied":
        raise NotFound
    wish = await wish_of(unit, applicant.person)
    await _drop(unit, applicant)
    await enter_consent(unit, known.person, VOLUNTEERING, unit.actor)
    await unit.audit("application.same", "volunteer", applicant.id, known=known.id)
    return list(wish.teams)
