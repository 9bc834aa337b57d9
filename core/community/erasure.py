"""Erasing a person: without his key nothing sealed can be read, in no copy, and his name is blank."""

from core.base.act import Unit
from core.community.sessions import end_sessions

# Whether he is somebody anywhere: a volunteer, an applicant, one with a role, a household, a post.
_SOMEBODY = """
-- everywhere (household_member, post, relation, role_grant, volunteer): whether anything still needs him
select 1 where exists (select 1 from volunteer v where v.person = :person
        and (v.status <> 'left' or v.left_why is null or v.left_why <> 'refused'))
    or exists (select 1 from role_grant g where g.person = :person)
    or exists (select 1 from household_member h where h.person = :person)
    or exists (select 1 from post o where o.person = :person)
    or exists (select 1 from relation r where r.person = :person)
    or exists (select 1 from relation r where r.subject = :person)
"""

_GONE = (
    "delete from person_lookup where person = :person",
    "delete from person_secret where person = :person",
    "delete from person_key where person = :person",
    "delete from credential where person = :person",
    "delete from second_factor where person = :person",
    "delete from recovery_code where person = :person",
    "-- everywhere (pin): one's own\ndelete from pin where person = :person",
    "-- everywhere (slip): one's own\ndelete from slip where person = :person",
    "-- everywhere (volunteer): a name is the person's, wherever he served\n"
    "update volunteer set sort = '' where person = :person",
)

_BLANK = """
update person set name = '', search = '', erased_at = :now, access_version = access_version + 1
where id = :person and erased_at is null
"""


async def erase_person(unit: Unit, person: int) -> bool:
    """Erases somebody who is nobody anywhere; returns whether he was.

    For verbs that have checked that it may be done.
    """
    if await unit.value(_SOMEBODY, person=person) is not None:
        return False
    for statement in _GONE:
        await unit.execute(statement, person=person)
    await unit.execute(_BLANK, person=person, now=unit.now)
    await end_sessions(unit, [person])
    await unit.audit("person.erase", "person", person)
    return True
