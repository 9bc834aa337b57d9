"""Volunteering oneself: an application waits, sealed, until the community says yes or no.

Whoever applies becomes a volunteer who is none yet: he has a number nobody knows, cannot sign in, be
recorded or be found, and what he wrote is sealed with his own key. Whether somebody is known changes nothing
of the answer he gets.
"""

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, Refused
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.consent import VOLUNTEERING, enter_consent
from core.community.days import today_here
from core.community.names import clean_name
from core.community.people import NewPerson, clean_phone, enter_ready, make_ready
from core.community.residence import area_here
from core.community.volunteers import NewVolunteer, enter_volunteers

PERMISSION = "volunteer.write"
AGES = ("adult", "minor")  # eighteen and over; fourteen to seventeen with a guardian's consent
MOST_TEAMS, MOST_NOTE = 20, 300
LOOK_UP = "applied"  # under this kind an applicant's phone leads nobody to him, and him nowhere

OPEN_TEAMS = """
select t.id, t.public_id, t.name from team t
where t.community = :community and t.closed_at is null
  and t.public_id in (select r.team from rows(:wanted; team text) as r) order by t.name
"""

_WAITS = """
select v.id from person_lookup l join volunteer v on v.person = l.person and v.community = :community
where l.kind = 'applied' and l.hash = :hash and v.status = 'applied' limit 1
"""

_AGAIN = """
update volunteer set status = 'applied', left_on = null, left_why = null, joined_on = :today
where community = :community and person = :person and status = 'left' and left_why = 'refused' returning id
"""

_MINE = """
select v.id, v.status, v.left_why from volunteer v where v.person = :person and +v.community = :community
"""


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """A filled-in form; `teams` and `area` are public ids. Who is signed in gives no name or phone."""

    name: str = ""
    phone: str = ""
    area: str = ""
    teams: tuple[str, ...] = ()
    age: str = ""
    note: str = ""
    agreed: bool = False


class Wish(msgspec.Struct, frozen=True):
    """What an applicant asked for, as it is sealed."""

    age: str
    area: str = ""
    note: str = ""
    teams: tuple[str, ...] = ()


async def apply(unit: Unit, application: Application) -> bool:
    """Enters an application of whoever fills in the form; anybody may, signed in or not.

    Returns whether it is new: from one telephone one application waits at a time.

    Raises Invalid (name, phone, age, agreed, area, note), and Refused only to somebody who is signed in and
    here already: a stranger is never told who is known.
    """
    own = unit.actor
    wish, name, phone = await _clean(unit, application, own)
    if own is not None:
        person, fresh = own, await _may_apply(unit, own)
    else:
        hash_ = unit.house.vault.hash("phone", phone)
        if await unit.value(_WAITS, community=place(unit), hash=hash_) is not None:
            return False
        (person,) = await enter_ready(unit, make_ready(unit.house.vault, [NewPerson(name)]))
        fresh = True
    today = await today_here(unit)
    if fresh:
        await enter_volunteers(unit, [NewVolunteer(person, today, status="applied")])
    sealed = {field_of(unit): to_json(wish), **({"phone": phone} if phone else {})}
    await unit.house.vault.put(unit.transaction, {person: sealed})
    if phone:
        await _look_up(unit, person, phone)
    await enter_consent(unit, person, VOLUNTEERING, None)
    await unit.audit("application.enter", "person", person)
    return True


async def _clean(unit: Unit, application: Application, own: int | None) -> tuple[Wish, str, str]:
    wrong: dict[str, Message] = {}
    name = phone = ""
    if own is None:
        try:
            name = clean_name(application.name)
        except Invalid as invalid:
            wrong.update(invalid.fields)
        try:
            phone = clean_phone(application.phone)
            if not phone:
                wrong["phone"] = Message(
                    "Please give a telephone number, so that the community can call you."
                )
        except Invalid as invalid:
            wrong.update(invalid.fields)
    if application.age not in AGES:
        wrong["age"] = Message("Please choose one of these.")
    if not application.agreed:
        wrong["agreed"] = Message("Without your consent the community may not record you.")
    note = " ".join(application.note.split())
    if len(note) > MOST_NOTE:
        wrong["note"] = Message("This is too long: at most %(most)s characters.", most=MOST_NOTE)
    try:
        if application.area:
            await area_here(unit, application.area)
    except Invalid as invalid:
        wrong.update(invalid.fields)
    if wrong:
        raise Invalid(wrong)
    wanted = [{"team": team} for team in application.teams[:MOST_TEAMS]]
    rows = await unit.fetch(OPEN_TEAMS, community=place(unit), wanted=wanted)
    teams = tuple(row["public_id"] for row in rows)
    return Wish(application.age, application.area, note, teams), name, phone


async def _may_apply(unit: Unit, person: int) -> bool:
    """Whether somebody signed in is new here (else his refused application waits again). Raises Refused."""
    row = await unit.one(_MINE, person=person, community=place(unit))
    if row is None:
        return True
    if row["status"] == "left" and row["left_why"] == "refused":
        today = await today_here(unit)
        await unit.fetch(_AGAIN, person=person, community=place(unit), today=today)
        return False
    if row["status"] == "applied":
        raise Refused(Message("Your application is here already. The community will call you."))
    if row["status"] == "left":
        raise Refused(Message("You were a volunteer here before. Call the community: they take you back in."))
    raise Refused(Message("You are a volunteer here already."))


async def _look_up(unit: Unit, person: int, phone: str) -> None:
    await unit.execute(
        "insert into person_lookup (kind, hash, person) values (:kind, :hash, :person) "
        "on conflict do nothing",
        kind=LOOK_UP,
        hash=unit.house.vault.hash("phone", phone),
        person=person,
    )


def field_of(where: Unit | Viewer) -> str:
    return f"application:{where.community}"


async def wish_of(unit: Unit, person: int) -> Wish:
    """What an applicant asked for; nothing when it is gone."""
    opened = await unit.house.vault.get(unit, [person], [field_of(unit)])
    text = opened.get(person, {}).get(field_of(unit))
    return read_wish(text)


def read_wish(text: str | None) -> Wish:
    return msgspec.json.decode(text, type=Wish) if text else Wish("adult")
