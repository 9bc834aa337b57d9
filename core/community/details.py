"""What is kept of a person under seal besides the telephone: address, e-mail, birth date, sex, ID number."""

import re
from collections.abc import Mapping

from core.base.act import Unit
from core.base.errors import Invalid, Message
from core.community.days import clean_day
from core.community.id_number import birth_date_of, is_id_number, sex_of

FIELDS = ("address", "email", "birth_date", "sex", "id_number")
SEXES = {"female": Message("Woman"), "male": Message("Man")}
MOST_ADDRESS, MOST_EMAIL = 200, 120
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")

_FORGET = """
delete from person_secret where person = :person
and field in (select r.field from rows(:fields; field text) as r)
"""


def clean_details(typed: Mapping[str, str], today: str) -> dict[str, str]:
    """What was typed, clean; empty fields are left out. An ID number brings birth date and sex along.

    Raises Invalid naming every field that is wrong.
    """
    found: dict[str, str] = {}
    wrong: dict[str, Message] = {}
    for field in FIELDS:
        text = " ".join(typed.get(field, "").split())
        if not text:
            continue
        try:
            found[field] = _clean(field, text, today)
        except Invalid as invalid:
            wrong.update(invalid.fields)
    if "id_number" in found:
        number = found["id_number"]
        for field, said in (("birth_date", birth_date_of(number) or ""), ("sex", sex_of(number))):
            if found.setdefault(field, said) != said:
                wrong[field] = Message("This does not fit the ID number.")
    if wrong:
        raise Invalid(wrong)
    return found


def _clean(field: str, text: str, today: str) -> str:
    if field == "birth_date":
        return clean_day(text, field, today)
    if field == "address" and len(text) > MOST_ADDRESS:
        raise Invalid({field: Message("This is too long: at most %(most)s characters.", most=MOST_ADDRESS)})
    if field == "email" and (len(text) > MOST_EMAIL or not _EMAIL.fullmatch(text)):
        raise Invalid({field: Message("This is not an e-mail address.")})
    if field == "sex" and text not in SEXES:
        raise Invalid({field: Message("Please choose one of these.")})
    if field == "id_number":
        text = text.replace(" ", "").upper()
        if not is_id_number(text):
            raise Invalid({field: Message("This is not an ID number: 18 places, and one of them is wrong.")})
    return text


async def keep_details(unit: Unit, person: int, details: Mapping[str, str]) -> None:
    """Seals clean details of a person; others stay. For verbs that have checked that it may be done."""
    if not details:
        return
    vault = unit.house.vault
    await vault.put(unit.transaction, {person: details})
    if "id_number" in details:
        await unit.execute(
            "delete from person_lookup where person = :person and kind = 'id_number'", person=person
        )
        await unit.execute(
            "insert into person_lookup (kind, hash, person) values ('id_number', :hash, :person)",
            hash=vault.hash("id_number", details["id_number"]),
            person=person,
        )
    await unit.audit("person.details", "person", person, fields=sorted(details))


async def forget_details(unit: Unit, person: int, fields: list[str]) -> None:
    """Removes some of what is kept under seal. For verbs that have checked that it may be done."""
    if not fields:
        return
    await unit.execute(_FORGET, person=person, fields=[{"field": field} for field in fields])
    if "id_number" in fields:
        await unit.execute(
            "delete from person_lookup where person = :person and kind = 'id_number'", person=person
        )
    await unit.audit("person.forget", "person", person, fields=sorted(fields))
