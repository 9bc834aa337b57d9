"""Notices: messages to persons, in the reader's own language, in his inbox here."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from core.base.act import Unit
from core.base.errors import Message, NotFound
from core.base.sql import to_json
from core.base.viewer import Viewer

PAGE = 20

_NOTIFY = """
insert into notice (community, person, kind, message, arguments, href, act, at)
select cast(:community as bigint), p.id, :kind, :message, :arguments, :href, :act, :at
from person p where p.id in ids(:people) and p.erased_at is null and p.died_on is null
"""

_NOTIFY_EACH = """
insert into notice (community, person, kind, message, arguments, href, act, at)
select cast(:community as bigint), p.id, :kind, r.message, r.arguments, :href, :act, :at
from rows(:items; person bigint, message text, arguments text) as r join person p on p.id = r.person
where p.erased_at is null and p.died_on is null
"""

_INBOX = """
select id, kind, message, arguments, href, at, read_at from notice
where person = :person and (community is null or community = cast(:community as bigint))
  and id < coalesce(cast(:before as bigint), 9223372036854775807)
order by id desc limit :most
"""

_READ = """
update notice set read_at = :now
where person = :person and (community is null or community = cast(:community as bigint)) and read_at is null
  and id <= :last
"""


class Notice(msgspec.Struct, frozen=True):
    """One message in an inbox; times are milliseconds since 1970 UTC."""

    id: int
    kind: str
    message: Message
    href: str
    at: int
    read: bool


async def notify(unit: Unit, people: Iterable[int], kind: str, message: Message, href: str = "") -> int:
    """Tells persons something, with the act; returns how many. One statement. Arguments carry no names.

    Nothing is sent to somebody who has died.
    """
    return await unit.execute(
        _NOTIFY,
        community=unit.community,
        people=sorted(set(people)),
        kind=kind,
        message=message.id,
        arguments=to_json(message.args),
        href=href,
        act=unit.act,
        at=unit.now,
    )


class Told(NamedTuple):
    """What one of many is told."""

    person: int
    message: Message


async def notify_each(unit: Unit, kind: str, told: Iterable[Told], href: str = "") -> int:
    """Tells many persons, each something of his own; one statement. As `notify` otherwise."""
    items = [
        {"person": one.person, "message": one.message.id, "arguments": to_json(one.message.args)}
        for one in told
    ]
    if not items:
        return 0
    return await unit.execute(
        _NOTIFY_EACH,
        community=unit.community,
        kind=kind,
        items=items,
        href=href,
        act=unit.act,
        at=unit.now,
    )


async def inbox(viewer: Viewer, before: int | None = None, most: int = PAGE) -> list[Notice]:
    """The viewer's own notices here, newest first, older than the notice `before`."""
    if viewer.person is None:
        raise NotFound
    rows = await viewer.house.db.fetch(
        _INBOX, person=viewer.person, community=viewer.community, before=before, most=most
    )
    return [
        Notice(
            id=row["id"],
            kind=row["kind"],
            message=Message(row["message"], **_arguments(row["arguments"])),
            href=row["href"],
            at=row["at"],
            read=row["read_at"] is not None,
        )
        for row in rows
    ]


def _arguments(text: str) -> dict[str, Any]:
    arguments: dict[str, Any] = msgspec.json.decode(text)
    return arguments


async def mark_read(unit: Unit, last: int) -> int:
    """Marks the actor's own notices here up to `last` (a notice's id) as read; returns how many."""
    if unit.actor is None:
        raise NotFound
    return await unit.execute(_READ, person=unit.actor, community=unit.community, last=last, now=unit.now)
