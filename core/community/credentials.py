"""Signing in with a number or telephone number and a password.

Unknown and wrong look the same: one answer, the same statements, the same hashing work.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.base.act import Unit, note
from core.base.clock import DAY, HOUR, MINUTE
from core.base.errors import Invalid, Message, Unavailable
from core.base.house import House
from core.community import throttle
from core.community.numbers import digits_of, is_number
from core.community.sessions import end_sessions
from core.community.throttle import Budget

T = TypeVar("T")

SHORTEST, LONGEST = 8, 128
THREADS = 2  # hashings at a time in one process: each takes 19 MiB and a core
QUEUE = 32  # and so many waiting; more are told that the system is busy

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="linli-password")


@dataclass
class _Busy:
    """How many hashings are under way or waiting in this process."""

    waiting: int = 0


_busy = _Busy()

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
select p.id, coalesce(c.password, '') as password
from person p left join credential c on c.person = p.id
where p.disabled_at is null and p.erased_at is null and p.id in (
    -- everywhere (volunteer): who signs in is in no community yet; numbers are unique everywhere
    select w.person from volunteer n join volunteer w on w.id = coalesce(n.merged_into, n.id)
    where n.number = :number and w.status = 'active'
    union select person from person_lookup where kind = 'phone' and hash = :phone)
order by p.id limit 2
"""

_KEEP = """
insert into credential (person, password, changed_at) values (:person, :password, :now)
on conflict (person) do update set password = excluded.password, changed_at = excluded.changed_at
"""


@dataclass(frozen=True)
class Prepared:
    """A password that passed the rules, hashed. Made outside the act, because hashing is slow."""

    hash: str = field(repr=False)


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
    return Prepared(await _in_thread(lambda: _hasher.hash(password)))


async def set_password(unit: Unit, person: int, password: Prepared) -> None:
    """Gives a person a password and ends his sessions. He does it himself, or an operator for him."""
    if person != unit.actor:
        unit.viewer.require("operator")
    await unit.execute(_KEEP, person=person, password=password.hash, now=unit.now)
    await end_sessions(unit, [person])
    await unit.audit("password.set", "person", person)


async def sign_in(house: House, name: str, password: str, address: str) -> int:
    """The person with this number or phone and password.

    `address` is where the request comes from. Raises Invalid ('' : not right), TooMany, Unavailable.
    """
    digits = digits_of(name)[:40]
    phone = house.vault.hash("phone", digits)
    # `phone` is a keyed hash of whatever was typed, so it serves as the account's bucket too.
    account = [Budget(f"sign-in:minute:{phone}", 5, MINUTE), Budget(f"sign-in:hour:{phone}", 20, HOUR)]
    place = house.vault.hash("address", address)
    around = [Budget(f"sign-in:address:{place}", 60, 15 * MINUTE), Budget("sign-in:all", 1200, MINUTE)]
    day = Budget(f"sign-in:day:{phone}", 60, DAY)
    await throttle.spend(house, [*account, day, *around])
    rows = await house.db.fetch(_CANDIDATES, number=digits if is_number(digits) else "", phone=phone)
    stored = [row["password"] for row in rows]
    # Always two hashings: a couple may share a telephone, and nobody shall learn who is known from the time.
    right = [await _matches(stored[i] if i < len(stored) else "", password) for i in range(2)]
    people = [row["id"] for row, good in zip(rows, right, strict=False) if good]
    if len(people) > 1:
        message = Message(
            "Two people use this phone and password. Please sign in with your volunteer number."
        )
        raise Invalid({"name": message})
    if not people:
        raise Invalid({"": Message("The number or the password is not right.")})
    await throttle.forget(house, account, [day, *around])
    await _renew(house, people[0], stored[right.index(True)], password)
    return int(people[0])


async def _matches(stored: str, password: str) -> bool:
    if len(password) > LONGEST:
        password = ""
    good = await _in_thread(lambda: _verify(stored or _nobody(), password))
    return good and bool(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash no password is known for: verified for people who do not exist."""
    return _hasher.hash(secrets.token_urlsafe(32))


async def _renew(house: House, person: int, stored: str, password: str) -> None:
    """Hashes again where the parameters have grown since."""
    if not _hasher.check_needs_rehash(stored):
        return
    renewed = await _in_thread(lambda: _hasher.hash(password))

    async def work(unit: Unit) -> None:
        await unit.execute(
            "update credential set password = :new where person = :person and password = :old",
            new=renewed,
            person=person,
            old=stored,
        )

    await note(house, work)


async def _in_thread(work: Callable[[], T]) -> T:
    """Runs slow hashing off the event loop, so many at a time. Raises Unavailable when too many wait."""
    if _busy.waiting >= QUEUE:
        raise Unavailable
    _busy.waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work)
    finally:
        _busy.waiting -= 1
