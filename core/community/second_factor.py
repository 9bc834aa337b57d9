"""A second factor: an app that shows a new code every half minute, and ten codes on paper should it be lost.

Each code is worth something once: the step of the last one taken is kept, and a recovery code goes when it is
used. The app's secret is sealed with the person's own key.
"""

import hmac
from dataclasses import dataclass

import pyotp

from core.base.act import Unit, note
from core.base.clock import MINUTE, SECOND
from core.base.errors import Invalid, Message
from core.base.house import House
from core.base.viewer import Viewer
from core.community import throttle
from core.community.moving_code import read_code
from core.community.notices import notify
from core.community.sessions import end_others, rotate
from core.community.throttle import Budget, Patience

STEP = 30 * SECOND
DRIFT = 1  # steps a telephone's clock may be ahead or behind
RECOVERY = 10  # codes on paper
LENGTH = 10
FIELD = "totp"  # of person_secret
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
WRONG = Message("This code is not right, or it was used already. Wait for the next one.")
TURNED_ON = Message("From now on signing in also asks for a code of your app. Was it not you? Call us.")
TURNED_OFF = Message("Signing in no longer asks for a code of an app. Was it not you? Call us.")

_STATE = """
select f.since_at, (select count(*) from recovery_code r where r.person = f.person) as codes
from second_factor f where f.person = :person
"""

_KEEP = """
insert into second_factor (person, since_at, last_step) values (:person, :now, :step)
on conflict (person) do update set since_at = excluded.since_at, last_step = excluded.last_step
"""

# Of two who send one code at the same moment, one finds the step taken.
_TAKE = "update second_factor set last_step = :step where person = :person and last_step < :step"

_CODES = """
insert into recovery_code (person, hash)
select cast(:person as bigint), r.hash from rows(:codes; hash text) as r where true
"""


@dataclass(frozen=True, slots=True)
class Factor:
    """Since when (ms) somebody's sign-in asks for a code, and how many codes on paper are left."""

    since_at: int
    codes: int


def new_secret() -> str:
    return pyotp.random_base32()


def app_address(secret: str, name: str, issuer: str) -> str:
    """What the app's camera reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, typed: str, now: int) -> int | None:
    """The step (half minutes since 1970) whose code was typed, of those that are good at `now` (ms)."""
    code = "".join(typed.translate(_FULL_WIDTH).split())
    if not code.isascii():
        return None
    current, makes = now // STEP, pyotp.HOTP(secret)
    return next(
        (s for s in range(current - DRIFT, current + DRIFT + 1) if hmac.compare_digest(makes.at(s), code)),
        None,
    )


async def state(viewer: Viewer) -> Factor | None:
    """The viewer's own second factor; None without one. One statement."""
    row = await viewer.house.db.one(_STATE, person=viewer.person)
    return Factor(row["since_at"], row["codes"]) if row is not None else None


async def turn_on(unit: Unit, secret: str, typed: str) -> str:
    """Begins to ask the actor for codes, once the app has shown that it works; his other sessions end.

    Returns the session's new token. Raises Invalid (code).
    """
    person = unit.actor or 0
    step = step_of(secret, typed, unit.now)
    if step is None:
        raise Invalid({"code": WRONG})
    await unit.house.vault.put(unit.transaction, {person: {FIELD: secret}})
    await unit.execute(_KEEP, person=person, now=unit.now, step=step)
    await _write_codes(unit)
    await end_others(unit)
    await notify(unit, [person], "factor.on", TURNED_ON)
    await unit.audit("factor.on", "person", person)
    return await rotate(unit, proved=True)


async def renew_codes(unit: Unit) -> None:
    """Other codes on paper for the actor; the earlier ones are worth nothing any more."""
    await _write_codes(unit)
    await unit.audit("factor.codes", "person", unit.actor)


async def _write_codes(unit: Unit) -> None:
    person = unit.actor or 0
    await unit.execute("delete from recovery_code where person = :person", person=person)
    codes = [{"hash": _hash(unit.house, person, c)} for c in recovery_codes(unit.house, person, unit.act)]
    await unit.execute(_CODES, person=person, codes=codes)


def recovery_codes(house: House, person: int, act: int) -> list[str]:
    """The codes an act wrote for a person: shown in its answer, kept as hashes only."""
    return [house.vault.code("recovery", person, act, n, length=LENGTH) for n in range(RECOVERY)]


def _hash(house: House, person: int, code: str) -> str:
    return house.vault.hash("recovery", f"{person}:{code}")


async def drop_factor(unit: Unit, person: int) -> None:
    """No code is asked for any more; for verbs that have checked that it may be done."""
    if not await unit.execute("delete from second_factor where person = :person", person=person):
        return
    await unit.execute("delete from recovery_code where person = :person", person=person)
    await unit.execute(
        "delete from person_secret where person = :person and field = :field", person=person, field=FIELD
    )
    await notify(unit, [person], "factor.off", TURNED_OFF)
    await unit.audit("factor.off", "person", person)


async def spend_try(house: House, person: int, address: str) -> "Tries":
    """Counts one code typed for somebody. Raises TooMany."""
    place = house.vault.hash("address", address)
    tries = Tries(
        [Patience(f"factor:{person}")],
        [Budget(f"factor:address:{place}", 60, 15 * MINUTE), Budget("factor:all", 600, MINUTE)],
    )
    await throttle.spend(house, tries.around, tries.own)
    return tries


@dataclass(frozen=True, slots=True)
class Tries:
    """Where a try was counted, so that a right one is not held against anybody."""

    own: list[Patience]
    around: list[Budget]


async def check(house: House, person: int, typed: str, address: str) -> bool:
    """Whether a person's code was typed, of the app or on paper; it is used up by that. Raises TooMany."""
    tries = await spend_try(house, person, address)
    opened = await house.vault.get(house.db, [person], [FIELD])
    secret = opened.get(person, {}).get(FIELD, "")

    async def work(unit: Unit) -> bool:
        step = step_of(secret, typed, unit.now) if secret else None
        if step is not None:
            return bool(await unit.execute(_TAKE, person=person, step=step))
        used = await unit.execute(
            "delete from recovery_code where person = :person and hash = :hash",
            person=person,
            hash=_hash(house, person, read_code(typed)),
        )
        if used:
            await unit.audit("factor.recovery", "person", person)
        return bool(used)

    good = await note(house, work)
    if good:
        await throttle.forget(house, tries.own, tries.around)
    return good
