"""Sessions: a random token in the browser, its hash here. An id nobody gave out means nothing.

A volunteer's lasts by use; that of somebody with a role of the office is short, because his screen stands in
the open. Who is given such a role signs in anew: a session older than the role is none (see viewer.py).
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from core.base.act import Unit, note
from core.base.clock import DAY, HOUR, MINUTE
from core.base.errors import NotFound, NotProved, NotSignedIn, Unavailable
from core.base.house import House
from core.base.ids import token as new_token
from core.base.viewer import Viewer

STEP_UP = 10 * MINUTE  # so long counts that somebody has shown once more who he is


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends: unused for `idle`, in any case after `longest`. Use is noted every `note`."""

    idle: int
    longest: int
    note: int


VOLUNTEER = Limits(idle=30 * DAY, longest=180 * DAY, note=5 * MINUTE)
STAFF = Limits(idle=15 * MINUTE, longest=12 * HOUR, note=MINUTE)

_OPEN = """
insert into session (token_hash, person, created_at, seen_at, expires_at, stepped_up_at, agent)
select :hash, p.id, :now, :now, cast(:now as bigint) + case when exists (
        -- everywhere (role_grant, role): a role anywhere makes the session a short one
        select 1 from role_grant g join role o on o.id = g.role
        where g.person = p.id and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
          and o.key not in ('volunteer', 'leader')) then cast(:staff_idle as bigint)
        else cast(:idle as bigint) end,
    cast(:stepped_up as bigint), :agent
from person p where p.id = :person and p.disabled_at is null and p.erased_at is null
returning id, expires_at - created_at as life
"""

_TOUCH = """
update session set seen_at = :now, expires_at = case when :now + :idle < created_at + :longest
    then :now + :idle else created_at + :longest end
where id = :session and expires_at > :now
"""

_ROTATE = """
update session set token_hash = :hash, stepped_up_at = cast(:stepped_up as bigint)
where id = :session and person = :person and expires_at > :now
"""

_OWN = """
select id, agent, created_at, seen_at from session
where person = :person and expires_at > :now order by seen_at desc, id desc limit 50
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: its token, and whether it is a short one."""

    token: str
    short: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of somebody's own sessions; `agent` is what his browser called itself, times in ms."""

    id: int
    agent: str
    opened_at: int
    seen_at: int


def hash_of(token: str) -> str:
    """What is kept of a token: its SHA-256, hex. (It has 256 random bits, so a plain hash is enough.)"""
    return hashlib.sha256(token.encode()).hexdigest()


async def open_session(house: House, person: int, agent: str = "", *, replaces: str | None = None) -> str:
    """Opens a session under a new token and returns it; the one it `replaces` (a token) ends with it.

    The token is always made here: whatever the browser brought is never taken over. Raises Unavailable.
    """
    return (await enter(house, person, agent, replaces=replaces)).token


async def enter(
    house: House, person: int, agent: str = "", *, replaces: str | None = None, proved: bool = False
) -> Opened:
    """`open_session` for somebody who has just shown who he is, if `proved`: that counts as a step up."""
    token = new_token()

    async def work(unit: Unit) -> int | None:
        await unit.execute(
            "delete from session where token_hash = :old or (person = :person and expires_at <= :now)",
            old=hash_of(replaces) if replaces else "",
            person=person,
            now=unit.now,
        )
        row = await unit.one(
            _OPEN,
            hash=hash_of(token),
            person=person,
            now=unit.now,
            idle=VOLUNTEER.idle,
            staff_idle=STAFF.idle,
            stepped_up=unit.now if proved else None,
            agent=agent[:200],
        )
        if row is None:
            return None
        await unit.audit("session.open", "person", person)
        return int(row["life"])

    life = await note(house, work)
    if life is None:
        raise Unavailable
    return Opened(token, life == STAFF.idle)


async def close_session(house: House, token: str) -> None:
    """Ends a session; one that is not there is ended already."""

    async def work(unit: Unit) -> None:
        person = await unit.value(
            "delete from session where token_hash = :hash returning person", hash=hash_of(token)
        )
        if person is not None:
            await unit.audit("session.close", "person", person)

    await note(house, work)


async def touch(house: House, session: int, limits: Limits = VOLUNTEER) -> None:
    """Notes that a session is in use and moves its end. A page is not refused because this failed."""

    async def work(unit: Unit) -> None:
        await unit.execute(_TOUCH, session=session, now=unit.now, idle=limits.idle, longest=limits.longest)

    with suppress(Unavailable):
        await note(house, work)


async def rotate(unit: Unit, *, proved: bool) -> str:
    """Gives the actor's own session a new token and returns it; the old one is worth nothing any more.

    `proved`: he has just shown who he is. Raises NotSignedIn when the session has ended meanwhile.
    """
    token = new_token()
    done = await unit.execute(
        _ROTATE,
        hash=hash_of(token),
        session=unit.viewer.session,
        person=unit.actor,
        now=unit.now,
        stepped_up=unit.now if proved else unit.viewer.stepped_up_at,
    )
    if not done:
        raise NotSignedIn
    return token


async def step_up(viewer: Viewer) -> str:
    """The viewer has shown once more who he is: his session goes on under a new token, which is returned."""

    async def work(unit: Unit) -> str:
        token = await rotate(unit, proved=True)
        await unit.audit("session.step_up", "person", unit.actor)
        return token

    return await note(viewer.house, work, viewer=viewer)


def has_stepped_up(viewer: Viewer) -> bool:
    """Whether the viewer has shown within ten minutes who he is; the house itself need not."""
    return viewer.system or viewer.house.clock.now() - (viewer.stepped_up_at or 0) < STEP_UP


def require_stepped_up(viewer: Viewer) -> None:
    """Raises NotProved: before what a thief of an open session must not do."""
    if not has_stepped_up(viewer):
        raise NotProved


async def end_sessions(unit: Unit, people: list[int]) -> None:
    """Ends all sessions of people: their password changed, or they were disabled."""
    await unit.execute("delete from session where person in ids(:people)", people=people)


async def end_others(unit: Unit) -> int:
    """Ends the actor's own sessions but the one he acts in; returns how many."""
    return await unit.execute(
        "delete from session where person = :person and id <> :session",
        person=unit.actor,
        session=unit.viewer.session,
    )


async def end_one(unit: Unit, session: int) -> None:
    """Ends one of the actor's own sessions. Raises NotFound: somebody else's looks like none."""
    done = await unit.execute(
        "delete from session where id = :id and person = :person", id=session, person=unit.actor
    )
    if not done:
        raise NotFound
    await unit.audit("session.end", "person", unit.actor)


async def own_sessions(viewer: Viewer) -> list[OpenSession]:
    """The viewer's own open sessions, the last used first. One statement."""
    rows = await viewer.house.db.fetch(_OWN, person=viewer.person, now=viewer.house.clock.now())
    return [OpenSession(r["id"], r["agent"], r["created_at"], r["seen_at"]) for r in rows]


async def sweep(house: House) -> int:
    """Removes sessions that have ended; returns how many. A job."""

    async def work(unit: Unit) -> int:
        return await unit.execute("delete from session where expires_at <= :now", now=unit.now)

    return await note(house, work)
