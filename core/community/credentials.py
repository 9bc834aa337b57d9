"""Signing in with a number or telephone number and a password.

Unknown and wrong look the same: one answer, the same statements, the same hashing work. A telephone may be
shared by a household; who of it is meant is asked only after the right password of more than one (see
docs/decisions/0020).
"""

from dataclasses import dataclass, field

from core.base.act import Unit, note
from core.base.clock import MINUTE
from core.base.errors import Invalid, Message
from core.base.house import House
from core.base.viewer import Viewer
from core.community import throttle
from core.community.hashing import hashed, is_old, matches
from core.community.numbers import digits_of, is_number
from core.community.sessions import end_others, end_sessions, rotate
from core.community.throttle import Budget, Patience

SHORTEST, LONGEST = 8, 128
SHARED = 3  # people of one telephone that a password is tried for

# The passwords that are tried first, here and elsewhere.
_COMMON = """
12345678 123456789 1234567890 11111111 88888888 66666666 00000000 87654321 123123123
password password1 passw0rd qwertyui qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx a1234567 a12345678
a123456789 aa123456 aa123456789 abc12345 abcd1234 abc123456 admin123 woaini1314 woaini520
5201314520 iloveyou 1314520520 asdfghjk asdf1234 zxcvbnm1 zxcvbnm123 letmein1 welcome1 linli123
linli2026 shequ123 zhiyuanzhe
"""
COMMON = frozenset(_COMMON.split())

_CANDIDATES = """
select p.id, p.name, c.password, f.since_at as factor_at,
    -- everywhere (volunteer): who signs in is in no community yet; numbers are unique everywhere
    (select min(o.number) from volunteer o where o.person = p.id and o.status = 'active') as number
from person p join credential c on c.person = p.id left join second_factor f on f.person = p.id
where p.disabled_at is null and p.erased_at is null and p.id in (
    -- everywhere (volunteer): who signs in is in no community yet; numbers are unique everywhere
    select w.person from volunteer n join volunteer w on w.id = coalesce(n.merged_into, n.id)
    where n.number = :number and w.status = 'active'
    union select person from person_lookup where kind = 'phone' and hash = :phone)
order by p.id limit :most
"""

_KEEP = """
insert into credential (person, password, changed_at) values (:person, :password, :now)
on conflict (person) do update set password = excluded.password, changed_at = excluded.changed_at
"""

# A code in a mailbox was asked for because the password was forgotten: with a new one it is worth nothing.
_END_MAILED = """
-- everywhere (slip): a password is one, wherever its owner serves
update slip set ended_at = :now
where person = :person and mailed = 1 and used_at is null and ended_at is null
"""


@dataclass(frozen=True)
class Prepared:
    """A password that passed the rules, hashed. Made outside the act, because hashing is slow."""

    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Somebody whose password was right. `number` is one of his volunteer numbers, '' for staff."""

    person: int
    name: str
    number: str
    has_factor: bool


async def prepare_password(password: str, *own: str) -> Prepared:
    """Checks and hashes a new password; `own` are its owner's name, number and phone.

    Raises Invalid (password): too short or long, one of the commonest, or made of the owner's own data.
    """
    plain = password.strip().lower()
    if len(password) < SHORTEST:
        raise Invalid({"password": Message("Use at least %(least)s characters.", least=SHORTEST)})
    if len(password) > LONGEST:
        raise Invalid({"password": Message("Use at most %(most)s characters.", most=LONGEST)})
    if plain in COMMON or len(set(plain)) < 3 or any(len(o) >= 4 and o.lower() in plain for o in own):
        raise Invalid({"password": Message("This password is too easy to guess.")})
    return Prepared(await hashed(password))


async def set_password(unit: Unit, person: int, password: Prepared) -> None:
    """Gives a person a password and ends his sessions. He does it himself, or an operator for him."""
    if person != unit.actor:
        unit.viewer.require("operator")
    await keep_password(unit, person, password)
    await unit.audit("password.set", "person", person)


async def keep_password(unit: Unit, person: int, password: Prepared) -> None:
    """`set_password` for verbs that have checked by themselves that it may be done."""
    await unit.execute(_KEEP, person=person, password=password.hash, now=unit.now)
    await unit.execute(_END_MAILED, person=person, now=unit.now)
    await end_sessions(unit, [person])


async def change_own_password(unit: Unit, password: Prepared) -> str:
    """Gives the actor another password: his other sessions end, this one goes on under the token returned."""
    token = await rotate(unit, proved=True)
    await unit.execute(_KEEP, person=unit.actor, password=password.hash, now=unit.now)
    await unit.execute(_END_MAILED, person=unit.actor, now=unit.now)
    await end_others(unit)
    await unit.audit("password.set", "person", unit.actor)
    return token


async def sign_in(house: House, name: str, password: str, address: str) -> list[Recognised]:
    """Those with this number or phone whose password this is: one, or several who share both.

    `address` is where the request comes from. Raises Invalid ('' : not right), TooMany, Unavailable.
    """
    digits = digits_of(name)[:40]
    phone = house.vault.hash("phone", digits)
    place = house.vault.hash("address", address)
    # `phone` is a keyed hash of whatever was typed, so it serves as the account's bucket too. From one
    # address patience ends soon, from everywhere late: a stranger cannot keep somebody out of his account.
    own = [Patience(f"sign-in:{phone}:{place}"), Patience(f"sign-in:{phone}", free=50, longest=5 * MINUTE)]
    around = [Budget(f"sign-in:address:{place}", 60, 15 * MINUTE), Budget("sign-in:all", 1200, MINUTE)]
    await throttle.spend(house, around, own)
    rows = await house.db.fetch(
        _CANDIDATES, number=digits if is_number(digits) else "", phone=phone, most=SHARED
    )
    stored = [row["password"] for row in rows]
    plain = password if len(password) <= LONGEST else ""
    # Always so many hashings: nobody shall learn from the time who is known, or how many share a telephone.
    right = [await matches(stored[i] if i < len(stored) else "", plain) for i in range(SHARED)]
    found = [
        Recognised(row["id"], row["name"], row["number"] or "", row["factor_at"] is not None)
        for row, good in zip(rows, right, strict=False)
        if good
    ]
    if not found:
        raise Invalid({"": Message("The number or the password is not right.")})
    await throttle.forget(house, own, around)
    for row, good in zip(rows, right, strict=False):
        if good:
            await _renew(house, row["id"], row["password"], plain)
    return found


async def unchanged_since(house: House, person: int, at: int) -> bool:
    """Whether a password that was right at a moment (ms) still is the person's."""
    changed = await house.db.value("select changed_at from credential where person = :person", person=person)
    return changed is not None and changed <= at


async def has_password(viewer: Viewer, password: str) -> bool:
    """Whether this is the viewer's own password. For pages that count the tries themselves."""
    stored = await viewer.house.db.value(
        "select password from credential where person = :person", person=viewer.person
    )
    return await matches(stored or "", password if len(password) <= LONGEST else "")


async def _renew(house: House, person: int, stored: str, password: str) -> None:
    """Hashes again where the parameters have grown since."""
    if not is_old(stored):
        return
    renewed = await hashed(password)

    async def work(unit: Unit) -> None:
        await unit.execute(
            "update credential set password = :new where person = :person and password = :old",
            new=renewed,
            person=person,
            old=stored,
        )

    await note(house, work)
