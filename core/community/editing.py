"""What a worker changes of one person: one form, one act, every mistake told at once."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound
from core.base.viewer import Viewer
from core.community.days import today_here
from core.community.details import FIELDS, clean_details, forget_details, keep_details
from core.community.names import clean_name
from core.community.people import change_phone, clean_phone, rename
from core.community.residence import area_here, live_in
from core.community.volunteers import Volunteer, clean_number, lock_volunteer, volunteer_of

PERMISSION = "volunteer.write"
SEALED = ("phone", *FIELDS)


_RECORDED = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, a.public_id as area
from volunteer v join person p on p.id = v.person
left join residence h on h.volunteer = v.id and h.to_day is null left join area a on a.id = h.area
where v.number = :number and +v.community = :community and v.status <> 'applied'
  and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
"""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """A filled-in form. Of what is under seal an empty field stays as it is; `remove` names what is deleted.

    `area` is an area's public id, '' for none; `since` the day he lives there from, '' for today.
    """

    name: str
    area: str = ""
    since: str = ""
    sealed: Mapping[str, str] = {}
    remove: tuple[str, ...] = ()


class Recorded(NamedTuple):
    """What a form for editing begins with: who it is, the public id of his area, what is under seal."""

    volunteer: Volunteer
    area: str
    sealed: Mapping[str, str]


async def recorded(viewer: Viewer, number: str) -> Recorded:
    """What is recorded of a volunteer of this community. Two statements. Raises NotFound, Invalid."""
    viewer.require(PERMISSION)
    house = viewer.house
    row = await house.db.one(_RECORDED, community=viewer.community, number=clean_number(number))
    if row is None:
        raise NotFound
    opened = await house.vault.get(house.db, [row["person"]], SEALED)
    return Recorded(volunteer_of(row), row["area"] or "", opened.get(row["person"], {}))


async def edit(unit: Unit, volunteer: Volunteer, changes: Changes) -> list[str]:
    """Changes a volunteer of this community; returns the fields that were changed.

    Raises Invalid naming every wrong field (name, area, since, and those of SEALED), NotFound.
    """
    unit.viewer.require(PERMISSION)
    if (await lock_volunteer(unit, volunteer.id))["status"] == "applied":
        raise NotFound
    wrong: dict[str, Message] = {}
    name, phone, details, area = volunteer.name, "", {}, None
    try:
        name = clean_name(changes.name)
    except Invalid as invalid:
        wrong.update(invalid.fields)
    try:
        phone = clean_phone(changes.sealed.get("phone", ""))
    except Invalid as invalid:
        wrong.update(invalid.fields)
    try:
        details = clean_details(changes.sealed, await today_here(unit))
    except Invalid as invalid:
        wrong.update(invalid.fields)
    try:
        area = await area_here(unit, changes.area) if changes.area else None
    except Invalid as invalid:
        wrong.update(invalid.fields)
    if not wrong:
        try:
            moved = await live_in(unit, volunteer.id, area, changes.since)
        except Invalid as invalid:
            wrong.update(invalid.fields)
    if wrong:
        raise Invalid(wrong)
    changed = ["area"] if moved else []
    if name != volunteer.name:
        await rename(unit, volunteer.person, name)
        changed.append("name")
    remove = [f for f in changes.remove if f in SEALED and not changes.sealed.get(f)]
    if phone or "phone" in remove:
        await change_phone(unit, volunteer.person, phone)
    await forget_details(unit, volunteer.person, [f for f in remove if f != "phone"])
    await keep_details(unit, volunteer.person, details)
    return [*changed, *(["phone"] if phone else []), *details, *remove]
