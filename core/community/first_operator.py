"""The first operator: an address printed at start, good for an hour, until there is one."""

import hashlib

from core.base.act import Unit, act, note
from core.base.clock import HOUR
from core.base.errors import Invalid, Message, Refused
from core.base.house import House
from core.base.ids import token as new_token
from core.base.viewer import Viewer
from core.community import throttle
from core.community.credentials import Prepared, keep_password
from core.community.names import clean_name
from core.community.people import NewPerson, clean_phone, enter_ready, make_ready
from core.community.roles import access_changed, ensure_roles
from core.community.throttle import Budget

GOOD_FOR = HOUR
THERE_IS_ONE = Message("There is an operator already. Sign in, or ask that operator for a slip.")
WRONG = Message("This address is not good any more. Run `linli operator-token` for another.")

_IS_THERE = """
-- everywhere (role_grant): operators belong to no community
select 1 from role_grant g join role o on o.id = g.role and o.community is null
where o.key = 'operator' and (g.to_at is null or g.to_at > :now)
"""

_LOCK = "select id from role where key = 'operator' and community is null for_update"

_GRANT = """
insert into role_grant (person, role, community, from_at, act)
select cast(:person as bigint), o.id, null, cast(:now as bigint), cast(:act as bigint)
from role o where o.key = 'operator' and o.community is null
"""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def has_operator(house: House) -> bool:
    """Whether somebody is the operator. One statement."""
    return await house.db.value(_IS_THERE, now=house.clock.now()) is not None


async def new_first_token(house: House) -> str:
    """A token for the address of the first operator; the one before is worth nothing any more.

    Raises Refused where there is an operator.
    """
    token = new_token()

    async def work(unit: Unit) -> None:
        if await unit.value(_IS_THERE, now=unit.now) is not None:
            raise Refused(THERE_IS_ONE)
        await unit.execute("delete from first_token")
        await unit.execute(
            "insert into first_token (hash, expires_at) values (:hash, :expires)",
            hash=_hash(token),
            expires=unit.now + GOOD_FOR,
        )
        await unit.audit("operator.token")

    await note(house, work)
    return token


async def count_try(house: House, address: str) -> None:
    """Counts one token shown. Raises TooMany."""
    place = house.vault.hash("address", address)
    await throttle.spend(
        house, [Budget(f"first-operator:address:{place}", 20, HOUR), Budget("first-operator:all", 200, HOUR)]
    )


async def make_first_operator(
    house: House, request_id: str, token: str, *, name: str, phone: str, password: Prepared
) -> int | None:
    """Makes the operator; returns the person, None for a form that was sent before.

    Raises Invalid (name, phone; '' for a token that is not good), Refused where there is one, Conflict.
    """
    clean = NewPerson(clean_name(name), clean_phone(phone))
    if not clean.phone:
        raise Invalid({"phone": Message("Please fill this in.")})
    ready = make_ready(house.vault, [clean])

    async def work(unit: Unit) -> dict[str, object]:
        await ensure_roles(unit)
        await unit.execute(_LOCK)
        if await unit.value(_IS_THERE, now=unit.now) is not None:
            raise Refused(THERE_IS_ONE)
        done = await unit.execute(
            "delete from first_token where hash = :hash and expires_at > :now",
            hash=_hash(token),
            now=unit.now,
        )
        if not done:
            raise Invalid({"": WRONG})
        (person,) = await enter_ready(unit, ready)
        await unit.execute(_GRANT, person=person, now=unit.now, act=unit.act)
        await access_changed(unit, [person])
        await keep_password(unit, person, password)
        await unit.audit("operator.first", "person", person)
        return {"person": person}

    done = await act(Viewer(house), "operator.first", request_id, [_hash(token), clean], work)
    return None if done.replayed else int(done.answer["person"])
