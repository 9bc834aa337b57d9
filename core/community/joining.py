"""Adding one person at the desk: a name and a telephone number, and he is a volunteer with a card."""

from collections.abc import Callable, Sequence

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, Refused
from core.community.alike import Alike, Sought, alike
from core.community.communities import place
from core.community.days import clean_day, today_here
from core.community.membership import Joining, join
from core.community.names import clean_name
from core.community.people import NewPerson, add_people, clean_phone
from core.community.residence import area_here, live_in
from core.community.volunteers import Added, NewVolunteer, Volunteer, add_volunteers, clean_number

PERMISSION = "volunteer.write"


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """A filled-in form; all but the name may be ''. `area` and `team` are public ids, `joined` a day."""

    name: str
    phone: str = ""
    number: str = ""
    area: str = ""
    team: str = ""
    joined: str = ""


class PerhapsKnown(Refused):
    """Somebody here has the same telephone or the same name: is it one of these?"""

    def __init__(self, found: Sequence[Alike]) -> None:
        super().__init__(Message("Somebody with this name or telephone is here already."))
        self.found = list(found)


async def add_newcomer(unit: Unit, newcomer: Newcomer, *, sure: bool = False) -> Added:
    """Adds a person and makes him a volunteer here, in his team and at home in his area.

    Raises Invalid naming every wrong field (name, phone, number, area, team, joined), NotFound, and
    PerhapsKnown unless the one who asks is `sure` that this is somebody else.
    """
    unit.viewer.require(PERMISSION)
    clean, area = await _clean(unit, newcomer)
    if not sure:
        sought = [Sought(0, clean.name, clean.phone)]
        found = (await alike(unit.house, unit, place(unit), sought)).get(0)
        if found:
            raise PerhapsKnown(found)
    (person,) = await add_people(unit, [NewPerson(clean.name, clean.phone)])
    (added,) = await add_volunteers(unit, [NewVolunteer(person, clean.joined, clean.number)])
    if area is not None:
        await live_in(unit, added.id, area)
    if clean.team:
        who = Volunteer(added.id, person, added.number, clean.name, "active", 0, clean.joined)
        await join(unit, who, Joining(team=clean.team, from_day=clean.joined))
    return added


async def _clean(unit: Unit, newcomer: Newcomer) -> tuple[Newcomer, int | None]:
    wrong: dict[str, Message] = {}
    found: dict[str, str] = {"team": newcomer.team, "number": "", "phone": "", "joined": ""}
    area: int | None = None
    today = await today_here(unit)
    steps: dict[str, Callable[[], str]] = {
        "name": lambda: clean_name(newcomer.name),
        "phone": lambda: clean_phone(newcomer.phone),
        "number": lambda: clean_number(newcomer.number) if newcomer.number else "",
        "joined": lambda: clean_day(newcomer.joined, "joined", today),
    }
    for field, step in steps.items():
        try:
            found[field] = step()
        except Invalid as invalid:
            wrong.update(invalid.fields)
    try:
        area = await area_here(unit, newcomer.area) if newcomer.area else None
    except Invalid as invalid:
        wrong.update(invalid.fields)
    if wrong:
        raise Invalid(wrong)
    return Newcomer(area=newcomer.area, **found), area
