"""PINs: six digits for somebody without a telephone, typed at the counter by himself.

Kept as argon2id over a keyed hash, with a key of the community where it was set: a copy of the database alone
cannot be tried against a million PINs.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.hashing import hashed, matches
from core.community.notices import notify
from core.community.rank import require_above
from core.community.volunteers import Volunteer

SET = "redemption.make"  # who serves at the counter lets people set one
REMOVE = "volunteer.write"
LENGTH = 6
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_RUNS = ("0123456789", "1234567890", "9876543210", "0987654321")
_MONTH, _DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(rf"(19|20)\d\d{_MONTH}|\d\d{_MONTH}{_DAY}|{_MONTH}{_DAY}\d\d|{_DAY}{_MONTH}\d\d")
_EASY = frozenset(("112233", "332211", "123123", "321321", "121212", "147258", "258369", "159753", "520131"))
WAS_SET = Message("A PIN was set for you at the service desk. Was it not you? Call us.")
WAS_REMOVED = Message("Your PIN was removed at the service desk. Was it not you? Call us.")
THERE_IS_ONE = Message("There is a PIN already. A community worker can remove it; then a new one can be set.")

_KEEP = """
insert into pin (person, community, hash, changed_at, act) values (:person, :community, :hash, :now, :act)
on conflict (person) do update set community = excluded.community, hash = excluded.hash,
    changed_at = excluded.changed_at, act = excluded.act
"""

_FIRST = """
insert into pin (person, community, hash, changed_at, act) values (:person, :community, :hash, :now, :act)
on conflict do nothing
"""

_STORED = """
-- everywhere (pin): one's PIN is one's own, wherever it was set
select community, hash from pin where person = :person
"""

_OWN = """
select i.community as pin_in, (
    -- everywhere (volunteer): one's own, wherever one serves
    select min(v.community) from volunteer v where v.person = :person and v.status = 'active') as home
-- everywhere (pin): one's PIN is one's own, wherever it was set
from (select 1 as one) o left join pin i on i.person = :person
"""

_NUMBERS = ("phone", "birth_date", "id_number")
_OWN_NUMBERS = """
-- everywhere (volunteer): one's own, wherever one serves
select number from volunteer where person = :person
"""

_REMOVE = """
-- everywhere (pin): one's PIN is one's own, wherever it was set
delete from pin where person = :person
"""


@dataclass(frozen=True)
class PreparedPin:
    """A PIN that passed the rules, hashed for its person and the community where it is set."""

    person: int
    community: int
    hash: str = field(repr=False)


def clean_pin(text: str, *own: str, name: str = "pin") -> str:
    """A new PIN in digits. `own` are its owner's numbers, in which it must not stand (number, telephone).

    Raises Invalid at `name`: not six digits, or among the first a thief would try.
    """
    pin = read_pin(text)
    if not pin:
        raise Invalid({name: Message("A PIN has exactly 6 digits.")})
    digits = ["".join(c for c in o if c.isdecimal()) for o in own]
    easy = (
        len(set(pin)) < 3
        or pin in _EASY
        or any(pin in run for run in _RUNS)
        or _DATE.fullmatch(pin)
        or any(pin in o for o in digits)
    )
    if easy:
        raise Invalid({name: Message("This PIN is too easy to guess: no birthday, no row, no own number.")})
    return pin


def read_pin(text: str) -> str:
    """What was typed as a PIN, in plain digits; '' if it is none."""
    pin = "".join(text.translate(_FULL_WIDTH).split())
    return pin if len(pin) == LENGTH and pin.isascii() and pin.isdecimal() else ""


async def prepare_pin(house: House, person: int, community: int, pin: str) -> PreparedPin:
    """Hashes a clean PIN. Made outside the act, because hashing is slow."""
    return PreparedPin(person, community, await hashed(_peppered(house, community, person, pin)))


def _peppered(house: House, community: int, person: int, pin: str) -> str:
    pepper = house.vault.key(f"pin of community {community}")
    return hmac.new(pepper, f"{person}:{pin}".encode(), hashlib.sha256).hexdigest()


async def set_first_pin(unit: Unit, volunteer: Volunteer, pin: PreparedPin) -> None:
    """Keeps the first PIN of a volunteer, who typed it on the actor's screen.

    Raises NotFound, Refused where there is one, for oneself, and for who has more rights.
    """
    if not unit.viewer.may_somewhere(SET):
        raise NotFound
    await require_above(unit, volunteer.person)
    if pin.person != volunteer.person or pin.community != place(unit) or volunteer.status != "active":
        raise NotFound
    done = await unit.execute(
        _FIRST, person=pin.person, community=place(unit), hash=pin.hash, now=unit.now, act=unit.act
    )
    if not done:
        raise Refused(THERE_IS_ONE)
    await notify(unit, [pin.person], "pin.set", WAS_SET)
    await unit.audit("pin.set", "person", pin.person, on_behalf=pin.person)


async def remove_pin(unit: Unit, volunteer: Volunteer) -> None:
    """Takes a forgotten PIN off. Raises NotFound without one, Refused as `set_first_pin`."""
    unit.viewer.require(REMOVE)
    await require_above(unit, volunteer.person)
    if not await unit.execute(_REMOVE, person=volunteer.person):
        raise NotFound
    await notify(unit, [volunteer.person], "pin.removed", WAS_REMOVED)
    await unit.audit("pin.remove", "person", volunteer.person)


async def change_own_pin(unit: Unit, pin: PreparedPin) -> None:
    """Keeps another PIN for the actor himself, on his own telephone. Raises NotFound."""
    if unit.actor is None or pin.person != unit.actor:
        raise NotFound
    await unit.execute(
        _KEEP, person=pin.person, community=pin.community, hash=pin.hash, now=unit.now, act=unit.act
    )
    await unit.audit("pin.set", "person", pin.person)


async def own_pin(viewer: Viewer) -> tuple[int | None, bool]:
    """The community the viewer's own PIN belongs to, or would, and whether he has one. One statement.

    None for who is no volunteer anywhere: he has no account to look at.
    """
    row = await viewer.house.db.one(_OWN, person=viewer.person)
    if row is None:
        return None, False
    return row["pin_in"] or row["home"], row["pin_in"] is not None


async def own_numbers(house: House, reads: Reads, person: int) -> list[str]:
    """Numbers of a person that his PIN must not be taken from: telephone, birth date, ID, volunteer."""
    opened = (await house.vault.get(reads, [person], _NUMBERS)).get(person, {})
    rows = await reads.fetch(_OWN_NUMBERS, person=person)
    return [*opened.values(), *(row["number"] for row in rows)]


async def is_pin(house: House, person: int | None, typed: str) -> bool:
    """Whether this is the person's PIN; for nobody it takes as long. For callers that count the tries."""
    row = await house.db.one(_STORED, person=person)
    pin = read_pin(typed)
    if row is None:
        return await matches("", pin)
    return await matches(row["hash"], _peppered(house, row["community"], person or 0, pin))
