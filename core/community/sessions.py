"""Sessions: a random token in the browser, its hash here. An id nobody gave out means nothing."""

import hashlib
from contextlib import suppress

from core.base.act import Unit, note
from core.base.clock import DAY, MINUTE
from core.base.errors import Unavailable
from core.base.house import House
from core.base.ids import token as new_token

IDLE = 30 * DAY  # ends when not used for so long (milliseconds)
LONGEST = 180 * DAY  # ends in any case
SEEN_EVERY = 5 * MINUTE  # how often use is written down

_OPEN = """
insert into session (token_hash, person, created_at, seen_at, expires_at, agent)
select :hash, p.id, :now, :now, :expires, :agent from person p
where p.id = :person and p.disabled_at is null and p.erased_at is null
returning id
"""

_TOUCH = """
update session set seen_at = :now, expires_at = case when :now + :idle < created_at + :longest
    then :now + :idle else created_at + :longest end
where id = :session and expires_at > :now
"""


def hash_of(token: str) -> str:
    """What is kept of a token: its SHA-256, hex. (It has 256 random bits, so a plain hash is enough.)"""
    return hashlib.sha256(token.encode()).hexdigest()


async def open_session(house: House, person: int, agent: str = "", *, replaces: str | None = None) -> str:
    """Opens a session under a new token and returns it; the one it `replaces` (a token) ends with it.

    The token is always made here: whatever the browser brought is never taken over. Raises Unavailable.
    """
    token = new_token()

    async def work(unit: Unit) -> int | None:
        await unit.execute(
            "delete from session where token_hash = :old or (person = :person and expires_at <= :now)",
            old=hash_of(replaces) if replaces else "",
            person=person,
            now=unit.now,
        )
        opened: int | None = await unit.value(
            _OPEN,
            hash=hash_of(token),
            person=person,
            now=unit.now,
            expires=unit.now + IDLE,
            agent=agent[:200],
        )
        if opened is not None:
            await unit.audit("session.open", "person", person)
        return opened

    if await note(house, work) is None:
        raise Unavailable
    return token


async def close_session(house: House, token: str) -> None:
    """Ends a session; one that is not there is ended already."""

    async def work(unit: Unit) -> None:
        person = await unit.value(
            "delete from session where token_hash = :hash returning person", hash=hash_of(token)
        )
        if person is not None:
            await unit.audit("session.close", "person", person)

    await note(house, work)


async def touch(house: House, session: int) -> None:
    """Notes that a session is in use and moves its end. A page is not refused because this failed."""

    async def work(unit: Unit) -> None:
        await unit.execute(_TOUCH, session=session, now=unit.now, idle=IDLE, longest=LONGEST)

    with suppress(Unavailable):
        await note(house, work)


async def end_sessions(unit: Unit, people: list[int]) -> None:
    """Ends all sessions of people: their password changed, or they were disabled."""
    await unit.execute("delete from session where person in ids(:people)", people=people)
