"""A lost telephone, a lost card: what was lost opens nothing any more, and the person goes on."""

from core.base.act import Unit
from core.base.errors import ConstraintBroken, Message, NotFound, Refused, Unavailable
from core.community.communities import place
from core.community.numbers import new_numbers
from core.community.people import change_phone
from core.community.sessions import end_sessions
from core.community.volunteers import Volunteer, lock_volunteer

PERMISSION = "volunteer.write"
_DRAWN = 8

_FREE = """
-- everywhere (volunteer, old_number): numbers are unique everywhere
select d.number from rows(:drawn; number text) as d
where not exists (select 1 from volunteer v where v.number = d.number)
  and not exists (select 1 from old_number o where o.number = d.number) limit 1
"""

_KEEP = """
insert into old_number (number, community, volunteer, why, act, at)
values (:number, :community, :volunteer, 'lost', :act, :at)
"""


async def lose_phone(unit: Unit, volunteer: Volunteer, new_phone: str = "") -> None:
    """Ends every session and takes the lost number off: nobody is found or signed in by it any more.

    A new number, when it is known, is kept at once. Raises Invalid (phone), NotFound.
    """
    unit.viewer.require(PERMISSION)
    if (await lock_volunteer(unit, volunteer.id))["status"] == "applied":
        raise NotFound
    await change_phone(unit, volunteer.person, new_phone)
    await end_sessions(unit, [volunteer.person])
    await unit.audit("person.phone_lost", "person", volunteer.person)


async def new_card(unit: Unit, volunteer: Volunteer) -> str:
    """Gives a volunteer a new number; the old one leads nowhere and is never given out again.

    Returns the new number. Raises NotFound, Refused for somebody who only applied.
    """
    unit.viewer.require(PERMISSION)
    row = await lock_volunteer(unit, volunteer.id)
    if row["status"] == "applied":
        raise Refused(Message("This person is not an active volunteer here."))
    number: str | None = await unit.value(_FREE, drawn=[{"number": n} for n in new_numbers(_DRAWN)])
    if number is None:
        raise Unavailable
    try:
        await unit.execute(
            "update volunteer set number = :number where id = :volunteer and +community = :community",
            number=number,
            volunteer=volunteer.id,
            community=place(unit),
        )
    except ConstraintBroken as taken:
        raise Unavailable from taken  # given out in this very moment; the next try draws another
    await unit.execute(
        _KEEP,
        number=row["number"],
        community=place(unit),
        volunteer=volunteer.id,
        act=unit.act,
        at=unit.now,
    )
    await unit.audit("volunteer.card_lost", "volunteer", volunteer.id)
    return number
