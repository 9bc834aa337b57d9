"""The code on a volunteer card: an address with a random token that tells nothing about its holder.

The token is worked out from the card's public id, so that a card can be printed again, and only its hash is
kept. A card is good for the number it was printed with: a new number ends it, and so does stopping it.
"""

import hashlib

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.base.house import House
from core.base.ids import CROCKFORD, public_id
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.volunteers import Volunteer, by_number

MAKE = "volunteer.write"
STOP = "redemption.make"  # at the counter a lost card is stopped at once
LENGTH = 26  # 130 random bits

_CURRENT = """
select k.public_id from card k join volunteer v on v.id = k.volunteer and v.community = k.community
where k.volunteer = :volunteer and k.community = :community and k.ended_at is null and k.number = v.number
"""

_MAKE = """
insert into card (community, volunteer, number, public_id, token_hash, made_at, act)
select v.community, v.id, v.number, :public_id, :hash, cast(:now as bigint), cast(:act as bigint)
from volunteer v where v.id = :volunteer and v.community = :community and v.status = 'active'
"""

_STOP = """
update card set ended_at = :now
where volunteer = :volunteer and community = :community and ended_at is null
"""

_NUMBER = """
select v.number from card k join volunteer v on v.id = k.volunteer and v.community = k.community
where k.token_hash = :hash and k.community = :community and k.ended_at is null and k.number = v.number
"""


def token_of(house: House, card: str) -> str:
    """The token of a card, by its public id."""
    return house.vault.code("card", card, length=LENGTH)


def read_token(text: str) -> str:
    """The token in what a scanner typed: the address on the card, or its end; '' if there is none."""
    tail = text.strip().rstrip("/").rpartition("/")[2].upper()
    return tail if len(tail) == LENGTH and all(c in CROCKFORD for c in tail) else ""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def card_of(viewer: Viewer, volunteer: Volunteer) -> str:
    """The token of the card a volunteer has, '' without one. One statement. Raises NotFound."""
    viewer.require(MAKE)
    card = await viewer.house.db.value(_CURRENT, volunteer=volunteer.id, community=viewer.community)
    return token_of(viewer.house, card) if card is not None else ""


async def make_card(unit: Unit, volunteer: Volunteer) -> None:
    """Makes a new card; the code of the earlier one opens nothing any more. Raises NotFound."""
    unit.viewer.require(MAKE)
    card = public_id()
    await unit.execute(_STOP, volunteer=volunteer.id, community=place(unit), now=unit.now)
    done = await unit.execute(
        _MAKE,
        volunteer=volunteer.id,
        community=place(unit),
        public_id=card,
        hash=_hash(token_of(unit.house, card)),
        now=unit.now,
        act=unit.act,
    )
    if not done:
        raise NotFound
    await unit.audit("card.make", "volunteer", volunteer.id)


async def stop_card(unit: Unit, volunteer: Volunteer) -> None:
    """A lost card: its code opens nothing any more, at once. Raises NotFound without one."""
    if not (unit.viewer.may(MAKE) or unit.viewer.may_somewhere(STOP)):
        raise NotFound
    if not await unit.execute(_STOP, volunteer=volunteer.id, community=place(unit), now=unit.now):
        raise NotFound
    await unit.audit("card.stop", "volunteer", volunteer.id)


async def number_on(viewer: Viewer, text: str) -> str:
    """The volunteer number behind a scanned card of this community; '' for anything else. One statement."""
    token = read_token(text)
    found = await viewer.house.db.value(_NUMBER, hash=_hash(token), community=viewer.community)
    return found or ""


async def holder(viewer: Viewer, text: str, permission: str) -> Volunteer | None:
    """The active volunteer a card was scanned for, or a number typed. Two statements; None for nobody here.

    Raises NotFound without the permission.
    """
    number = await number_on(viewer, text) or text
    try:
        found = await by_number(viewer, number, permission)
    except (Invalid, NotFound):
        if not viewer.may_somewhere(permission):
            raise NotFound from None
        return None
    return found if found.status == "active" else None
