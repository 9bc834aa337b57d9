"""Events leave after their act was committed: at least once, in order per subject.

Each delivery is a row of its own, written with the act, so nothing is found by an id cursor
(ids commit out of order) and nothing is lost when a worker dies.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from core.base.act import Unit, note
from core.base.clock import MINUTE, SECOND

if TYPE_CHECKING:
    from core.base.house import House

log = logging.getLogger("linli.outbox")

BATCH = 50
MOST_ATTEMPTS = 8


@dataclass(frozen=True)
class Event:
    """Something that was committed. `id` is the same at every delivery: use it to do things once."""

    id: int
    name: str
    community: int | None
    subject: str
    payload: dict[str, Any]
    at: int  # milliseconds


def delay(attempts: int) -> int:
    """Milliseconds until the next try: 5 s, 10 s, 20 s … at most an hour."""
    return min(5 * SECOND << (attempts - 1), 60 * MINUTE)


_FAILED = """
update delivery set attempts = r.attempts, state = r.state, next_at = r.next_at, error = r.error
from rows(:items; event bigint, consumer text, attempts bigint, state text, next_at bigint, error text) as r
where r.event = delivery.event and r.consumer = delivery.consumer
"""


async def is_due(house: "House") -> bool:
    """Whether a delivery waits for now."""
    found = await house.db.value(
        "select 1 from delivery where state = 'waiting' and next_at <= :now limit 1", now=house.clock.now()
    )
    return found is not None


_DUE = """
select d.event, d.consumer, d.attempts, e.name, e.community, e.subject, e.payload, e.at
-- everywhere (event): one job hands over the events of all communities
from delivery d join event e on e.id = d.event
where d.state = 'waiting' and d.next_at <= :now and not exists (
    select 1 from delivery o where o.consumer = d.consumer and o.subject = d.subject
    and o.event < d.event and o.state = 'waiting')
order by d.event limit :most
"""


async def deliver(house: "House") -> int:
    """Hands due events to their handlers; returns how many were done. Run by one worker at a time."""
    due = await house.db.fetch(_DUE, now=house.clock.now(), most=BATCH)
    handlers = {h.name: h for h in house.handlers}
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for row in due:
        handler = handlers.get(row["consumer"])
        event = Event(
            row["event"],
            row["name"],
            row["community"],
            row["subject"],
            msgspec.json.decode(row["payload"]),
            row["at"],
        )
        try:
            if handler is None:
                raise LookupError(f"no handler named {row['consumer']} is installed")
            await handler.run(house, event)
            done.append({"event": row["event"], "consumer": row["consumer"]})
        except Exception as error:
            log.warning(
                "delivery of event %s to %s failed: %s", row["event"], row["consumer"], type(error).__name__
            )
            attempts = row["attempts"] + 1
            failed.append(
                {
                    "event": row["event"],
                    "consumer": row["consumer"],
                    "attempts": attempts,
                    "state": "dead" if attempts >= MOST_ATTEMPTS else "waiting",
                    "next_at": house.clock.now() + delay(attempts),
                    "error": f"{type(error).__name__}: {error}"[:500],
                }
            )
    if due:
        await note(house, lambda unit: _settle(unit, done, failed))
    return len(done)


async def _settle(unit: Unit, done: list[dict[str, Any]], failed: list[dict[str, Any]]) -> None:
    if done:
        await unit.execute(
            "delete from delivery where exists (select 1 from rows(:items; event bigint, consumer text) as r "
            "where r.event = delivery.event and r.consumer = delivery.consumer)",
            items=done,
        )
    if failed:
        await unit.execute(
            _FAILED,
            items=failed,
        )
