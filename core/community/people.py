"""People: one row each, whatever they are here. Names are ordinary; a telephone number is sealed."""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Invalid, Message, NotFound
from core.base.house import House
from core.base.ids import public_id
from core.base.vault import Vault
from core.community.names import clean_name, search_text
from core.community.numbers import digits_of, is_phone
from core.community.volunteers import renamed

_ADD = """
insert into person (public_id, name, search, locale, created_at, act)
select r.public_id, r.name, r.search, r.locale, :at, cast(:act as bigint)
from rows(:items; public_id text, name text, search text, locale text) as r
returning id, public_id
"""

_LOOKUPS = """
insert into person_lookup (kind, hash, person)
select r.kind, r.hash, r.person from rows(:items; kind text, hash text, person bigint) as r where true
on conflict do nothing
"""

# What of a person is sealed with his own key.
SEALED = ("phone", "sex", "birth_date", "id_number", "address", "email")

_HERE = """
select p.id from person p where p.id = :person and (:anywhere = 1 or exists (
    select 1 from volunteer v where v.person = p.id and v.community = :community))
"""


class NewPerson(msgspec.Struct, frozen=True):
    """Somebody to be added, all of it clean; '' where nothing is known.

    The phone in digits, `sex` 'female' or 'male', `birth_date` 'YYYY-MM-DD', the ID number with a capital X.
    """

    name: str
    phone: str = ""
    locale: str = ""
    sex: str = ""
    birth_date: str = ""
    id_number: str = ""
    address: str = ""
    email: str = ""


class Ready(msgspec.Struct, frozen=True):
    """Persons worked out as far as it goes before they have ids: rows, what is sealed, what finds them."""

    rows: list[dict[str, str]]
    secrets: list[dict[str, str]]
    lookups: list[list[tuple[str, str]]]


def clean_phone(text: str, field: str = "phone") -> str:
    """A telephone number in digits, without the country's prefix; '' stays ''. Raises Invalid at `field`."""
    digits = digits_of(text)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    if digits and not is_phone(digits):
        raise Invalid({field: Message("This is not a telephone number: 11 digits, or with area code.")})
    return digits


def make_ready(vault: Vault, people: Sequence[NewPerson]) -> Ready:
    """Works out all that needs no database: of thousands before the act, on a thread."""
    rows = [
        {"public_id": public_id(), "name": p.name, "search": search_text(p.name), "locale": p.locale}
        for p in people
    ]
    secrets = [{f: text for f in SEALED if (text := getattr(p, f))} for p in people]
    return Ready(rows, secrets, [lookups_of(vault, p.phone, p.id_number) for p in people])


def lookups_of(vault: Vault, phone: str, id_number: str = "") -> list[tuple[str, str]]:
    """What somebody is found by, as (kind, hash)."""
    found = []
    if phone:
        found += [("phone", vault.hash("phone", phone)), ("phone4", vault.hash("phone4", phone[-4:]))]
    if id_number:
        found.append(("id_number", vault.hash("id_number", id_number)))
    return found


async def add_people(unit: Unit, people: Sequence[NewPerson]) -> list[int]:
    """Adds persons with clean names and fields; returns their ids in order. Four statements at most."""
    return await enter_people(unit, make_ready(unit.house.vault, people))


async def enter_people(unit: Unit, ready: Ready) -> list[int]:
    """`add_people` of persons made ready before."""
    if not unit.viewer.may("operator"):
        unit.viewer.require("volunteer.write")
    return await enter_ready(unit, ready)


async def enter_ready(unit: Unit, ready: Ready) -> list[int]:
    """`enter_people` for verbs that have checked by themselves that it may be done."""
    if not ready.rows:
        return []
    rows = await unit.fetch(_ADD, items=ready.rows, at=unit.now, act=unit.act)
    by_public = {row["public_id"]: row["id"] for row in rows}
    ids = [by_public[row["public_id"]] for row in ready.rows]
    secrets = {person: fields for person, fields in zip(ids, ready.secrets, strict=True) if fields}
    await unit.house.vault.put_new(unit.transaction, secrets)
    lookups = [
        {"kind": kind, "hash": text, "person": person}
        for person, found in zip(ids, ready.lookups, strict=True)
        for kind, text in found
    ]
    if lookups:
        await unit.execute(_LOOKUPS, items=lookups)
    await unit.audit("person.add", "person", ids[0] if len(ids) == 1 else None, count=len(ids))
    return ids


async def add_person(unit: Unit, name: str, phone: str = "", locale: str = "") -> int:
    """Adds one person; returns the id. Raises Invalid (name, phone), NotFound."""
    return (await add_people(unit, [NewPerson(clean_name(name), clean_phone(phone), locale)]))[0]


async def keep_phone(unit: Unit, person: int, phone: str) -> None:
    """Seals a clean telephone number and makes the person findable by it; for verbs that have checked."""
    vault = unit.house.vault
    await vault.put(unit.transaction, {person: {"phone": phone}})
    lookups = [{"kind": kind, "hash": text, "person": person} for kind, text in lookups_of(vault, phone)]
    await unit.execute(_LOOKUPS, items=lookups)


async def _own_or_here(unit: Unit, person: int) -> None:
    """Raises NotFound unless it is the actor himself or somebody of this community he may change."""
    if person == unit.actor:
        return
    unit.viewer.require("volunteer.write")
    anywhere = int(unit.viewer.may("operator"))
    if await unit.value(_HERE, person=person, community=unit.community, anywhere=anywhere) is None:
        raise NotFound


async def rename(unit: Unit, person: int, name: str) -> None:
    """Changes a person's name. Raises Invalid (name), NotFound."""
    await _own_or_here(unit, person)
    clean = clean_name(name)
    await unit.execute(
        "update person set name = :name, search = :search where id = :person and erased_at is null",
        name=clean,
        search=search_text(clean),
        person=person,
    )
    await renamed(unit, person, clean)
    await unit.audit("person.rename", "person", person)


async def change_phone(unit: Unit, person: int, phone: str) -> None:
    """Changes a person's telephone number; the old one no longer finds or signs him in."""
    await _own_or_here(unit, person)
    digits = clean_phone(phone)
    await unit.execute(
        "delete from person_lookup where person = :person and kind in ('phone', 'phone4')", person=person
    )
    if digits:
        await keep_phone(unit, person, digits)
    else:
        await unit.execute(
            "delete from person_secret where person = :person and field = 'phone'", person=person
        )
    await unit.audit("person.phone", "person", person)


async def prefer(
    unit: Unit, *, locale: str | None = None, size: str | None = None, theme: str | None = None
) -> None:
    """Keeps the actor's own language, text size ('', 'elder') and theme ('', 'light', 'dark')."""
    if unit.actor is None:
        raise NotFound
    await unit.execute(
        "update person set locale = coalesce(cast(:locale as text), locale), "
        "size = coalesce(cast(:size as text), size), theme = coalesce(cast(:theme as text), theme) "
        "where id = :person",
        locale=locale,
        size=size,
        theme=theme,
        person=unit.actor,
    )


async def phones_of(house: House, reads: Reads, people: Sequence[int]) -> dict[int, str]:
    """Telephone numbers by person, opened; for verbs that have checked the scope themselves."""
    opened = await house.vault.get(reads, people, ["phone"])
    return {person: fields["phone"] for person, fields in opened.items() if "phone" in fields}


async def take_over_data(unit: Unit, stays: int, goes: int) -> None:
    """Gives a person what he lacks of another's sealed data, and destroys the other's: they are one person.

    For verbs that have checked that this may be done. A fixed number of statements.
    """
    vault = unit.house.vault
    rows = await unit.fetch(
        "select person, field from person_secret where person in ids(:both)", both=[stays, goes]
    )
    has = {row["field"] for row in rows if row["person"] == stays}
    lacks = {row["field"] for row in rows if row["person"] == goes} - has - _STAYS_BEHIND
    opened = (await vault.get(unit, [goes], lacks)).get(goes, {}) if lacks else {}
    if opened:
        await vault.put(unit.transaction, {stays: opened})
    kinds = [{"kind": kind} for field, kinds in _LOOKED_UP.items() if field in lacks for kind in kinds]
    await unit.execute(_HAND_ON, stays=stays, goes=goes, kinds=kinds)
    for table in _OWN_DATA:
        await unit.execute(table, person=goes)


_STAYS_BEHIND = {"totp"}  # the secret of an app is no fact about a person

_LOOKED_UP = {"phone": ("phone", "phone4"), "id_number": ("id_number",)}

_HAND_ON = """
insert into person_lookup (kind, hash, person)
select l.kind, l.hash, cast(:stays as bigint) from person_lookup l
join rows(:kinds; kind text) as r on r.kind = l.kind where l.person = :goes
on conflict do nothing
"""

_OWN_DATA = (
    "delete from person_lookup where person = :person",
    "delete from person_secret where person = :person",
    "delete from person_key where person = :person",
    "delete from credential where person = :person",
    "delete from second_factor where person = :person",
    "delete from recovery_code where person = :person",
    "-- everywhere (pin): one's own\ndelete from pin where person = :person",
    "-- everywhere (slip): one's own\ndelete from slip where person = :person",
)
