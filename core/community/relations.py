"""Who may do something for somebody else: a guardian sees the child's account, a collector fetches for him.

A relation holds from its day on until it is ended. Changing one moves the access version of the one it gives
something to, so that it counts at his next request, in every worker.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.days import clean_day, today_here
from core.community.roles import access_changed
from core.community.volunteers import Volunteer, clean_number

WRITE = "volunteer.write"
GUARDIAN, COLLECTOR = "guardian", "collector"


class RelationKind(msgspec.Struct, frozen=True):
    """`title`: what the person is to the other; `of`: the same from his side; `does`: what it allows."""

    key: str
    title: Message
    of: Message
    does: Message


KINDS: Mapping[str, RelationKind] = {
    kind.key: kind
    for kind in (
        RelationKind(
            GUARDIAN,
            Message("Guardian"),
            Message("Guardian of"),
            Message("Guardian: sees the child's points"),
        ),
        RelationKind(
            COLLECTOR,
            Message("Authorised collector"),
            Message("Collects for"),
            Message("Collector: may take home what was exchanged"),
        ),
    )
}

_OTHER = """
select v.person, (select d.died_on from person d where d.id = :subject) as died_on
from volunteer v join person p on p.id = v.person
where v.community = :community and v.number = :number and v.status = 'active' and p.died_on is null
"""

_ENTER = """
insert into relation (community, person, subject, kind, from_day)
values (:community, :person, :subject, :kind, :day) on conflict do nothing returning id
"""

_END = """
update relation set to_day = case when from_day > :today then from_day else :today end
where id = :relation and community = :community and to_day is null returning person, subject, kind
"""

_ONE = """
select r.id, r.kind, r.from_day, p.name as person_name, s.name as subject_name, v.number as subject_number
from relation r join person p on p.id = r.person join person s on s.id = r.subject
join volunteer v on v.person = r.subject and v.community = r.community and v.status <> 'applied'
where r.id = :relation and r.community = :community and r.to_day is null
"""

_WARD = """
select v.id, v.number, p.name from volunteer v join person p on p.id = v.person
where v.community = :community and v.number = :number and v.id in ids(:wards)
"""

_OWN = Message("Somebody else has to enter or end what concerns yourself.")


class Ward(msgspec.Struct, frozen=True):
    """Somebody whose guardian the viewer is: his volunteer row here."""

    id: int
    number: str
    name: str


async def enter_relation(unit: Unit, subject: Volunteer, kind: str, other: str, from_day: str = "") -> int:
    """Makes the volunteer with the number `other` the guardian or collector of `subject`; returns its id.

    `from_day` is 'YYYY-MM-DD', '' for today. Raises NotFound (not permitted), Invalid (kind, other,
    from_day), Refused (one's own; the subject has passed away).
    """
    unit.viewer.require(WRITE)
    if kind not in KINDS:
        raise Invalid({"kind": Message("Please choose one of these.")})
    day = clean_day(from_day, "from_day", await today_here(unit))
    number = clean_number(other, "other")
    row = await unit.one(_OTHER, community=place(unit), number=number, subject=subject.person)
    if row is None:
        raise Invalid({"other": Message("No active volunteer here has this number.")})
    person: int = row["person"]
    if person == subject.person:
        raise Invalid({"other": Message("This is the same person. Type the number of the other one.")})
    if unit.actor in (person, subject.person):
        raise Refused(_OWN)
    if row["died_on"] is not None:
        raise Refused(Message("This person has passed away."))
    values = {"person": person, "subject": subject.person, "kind": kind, "day": day}
    relation: int | None = await unit.value(_ENTER, community=place(unit), **values)
    if relation is None:
        raise Invalid({"other": Message("This is entered already.")})
    await access_changed(unit, [person])
    await unit.audit("relation.enter", "person", subject.person, other=person, kind=kind)
    return relation


async def relation_of(viewer: Viewer, relation: int) -> Row:
    """A relation of this community that has not ended: the columns of `_ONE`. Raises NotFound."""
    viewer.require(WRITE)
    row = await viewer.house.db.one(_ONE, relation=relation, community=viewer.community)
    if row is None:
        raise NotFound
    return row


async def end_relation(unit: Unit, relation: int) -> dict[str, Any]:
    """Ends a relation today, at once. Raises NotFound (absent, foreign, ended), Refused (one's own)."""
    unit.viewer.require(WRITE)
    row = await unit.one(_END, relation=relation, community=place(unit), today=await today_here(unit))
    if row is None:
        raise NotFound
    if unit.actor in (row["person"], row["subject"]):
        raise Refused(_OWN)
    await access_changed(unit, [row["person"]])
    await unit.audit("relation.end", "person", row["subject"], other=row["person"], kind=row["kind"])
    return {"relation": relation}


async def ward(viewer: Viewer, number: str) -> Ward:
    """The volunteer with a number, of whom the viewer is guardian today. One statement.

    Raises NotFound, the same for whoever is not, is not any more, or is not there.
    """
    try:
        plain = clean_number(number)
    except Invalid as invalid:
        raise NotFound from invalid
    row = await viewer.house.db.one(
        _WARD, community=viewer.community, number=plain, wards=sorted(viewer.wards)
    )
    if row is None:
        raise NotFound
    return Ward(row["id"], row["number"], row["name"])
