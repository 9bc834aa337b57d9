"""The one way to change anything: an act. And the small second door: a note.

An act's row goes in first, so that a twin sent at the same time waits and then reads the
answer, a row of its own written last. The same id with the same inputs gets the stored
answer; with others it is a conflict. A refusal rolls everything back and does not use up the id.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from piccolo.query.base import Query

from core.base.database import CommitLost, Reads, Retry, Row, Transaction
from core.base.errors import Conflict, Invalid, Message, Unavailable
from core.base.query import bound
from core.base.sql import Compiled, to_json
from core.base.viewer import Viewer

if TYPE_CHECKING:
    from core.base.house import House

log = logging.getLogger("linli.act")
_inside: ContextVar[bool] = ContextVar("linli_inside_act", default=False)
T = TypeVar("T")

TRIES = 6
SYSTEM = "system:"  # request ids of runs nobody asked for; never accepted from a form


_STORED = """
select a.id, a.digest, r.answer
-- everywhere (act): a request id is one person's own, wherever he acts
from act a join act_answer r on r.act = a.id
where coalesce(a.actor, 0) = coalesce(cast(:actor as bigint), 0) and a.request_id = :request_id
"""

_DELIVERIES = """
insert into delivery (event, consumer, subject, next_at)
select e.id, r.consumer, e.subject, :at
-- everywhere (event): what this very act has just written
from event e join rows(:items; name text, consumer text) as r on r.name = e.name where e.act = :act
"""

_AUDIT = """
insert into audit (act, community, actor, on_behalf, action, subject, subject_id, result, detail, at)
select r.act, r.community, r.actor, r.on_behalf, r.action, r.subject, r.subject_id, r.result, r.detail, r.at
from rows(:items; act bigint, community bigint, actor bigint, on_behalf bigint, action text, subject text,
    subject_id bigint, result text, detail text, at bigint) as r
"""


@dataclass(frozen=True)
class Done:
    """What an act answers: ids and counts, never names."""

    act: int
    answer: dict[str, Any]
    replayed: bool = False


@dataclass
class Unit(Reads):
    """What `work` is handed: reads, writes, audit rows and events of one act."""

    transaction: Transaction
    house: "House"
    viewer: Viewer
    now: int
    act: int
    community: int | None
    _audits: list[dict[str, Any]] = field(default_factory=list)
    _events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = self.transaction.engine

    @property
    def actor(self) -> int | None:
        """The person who acts; None: the system, or nobody signed in."""
        return self.viewer.person

    def _saw(self, sql: str, params: Any) -> None:
        self.transaction._saw(sql, params)

    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> list[Row]:
        return await self.transaction._fetch(compiled, arguments)

    async def execute(self, sql: str, /, **params: Any) -> int:
        """Runs a writing statement; returns the rows it touched. Raises ConstraintBroken."""
        return await self.transaction.execute(sql, **params)

    async def plan_anew(self) -> None:
        """Before thousands of rows refer to rows this act has just written; see `Transaction.plan_anew`."""
        await self.transaction.plan_anew()

    async def run(self, query: Query[Any, Any]) -> Any:
        """Runs a Piccolo query inside this act."""
        async with bound(self.transaction):
            return await query.run()

    async def audit(
        self,
        action: str,
        subject: str = "",
        subject_id: int | None = None,
        *,
        on_behalf: int | None = None,
        result: str = "done",
        community: int | None = None,
        **detail: Any,
    ) -> None:
        """Adds a line to the audit log, written with the act. `detail` holds ids and counts, never names.

        `community` is whose log it is, where that is another than the act's.
        """
        self._audits.append(
            {
                "act": self.act or None,
                "community": self.community if community is None else community,
                "actor": self.actor,
                "on_behalf": on_behalf,
                "action": action,
                "subject": subject,
                "subject_id": subject_id,
                "result": result,
                "detail": to_json(detail),
                "at": self.now,
            }
        )

    async def emit(self, name: str, subject: str, **payload: Any) -> None:
        """Tells handlers after the commit; events of one subject arrive in order. Ids and counts only."""
        if not self.act:
            raise RuntimeError("only an act emits events")
        self._events.append({"name": name, "subject": subject, "payload": to_json(payload)})

    async def _finish(self) -> None:
        """Writes the collected audit rows and events; three statements at most."""
        if self._audits:
            await self.execute(
                _AUDIT,
                items=self._audits,
            )
        if not self._events:
            return
        await self.execute(
            "insert into event (act, community, name, subject, payload, at) "
            "select :act, :community, r.name, r.subject, r.payload, :at "
            "from rows(:items; name text, subject text, payload text) as r",
            act=self.act,
            community=self.community,
            at=self.now,
            items=self._events,
        )
        wanted = [
            {"name": n, "consumer": c}
            for n in sorted({e["name"] for e in self._events})
            for c in self.house.consumers(n)
        ]
        if wanted:
            await self.execute(_DELIVERIES, act=self.act, at=self.now, items=wanted)


Work = Callable[[Unit], Awaitable[dict[str, Any]]]


async def act(
    viewer: Viewer,
    name: str,
    request_id: str,
    inputs: Any,
    work: Work,
    *,
    community: int | None = None,
) -> Done:
    """Does `work` once for this viewer and request id, in one transaction.

    `inputs` is anything JSON-able; only a keyed digest of it is kept. `work` may be run again
    (deadlock, lost connection), so it touches only the database. If the caller is cancelled
    the act still ends whole or not at all.

    Raises Conflict (same id, other inputs), Unavailable (the database stayed busy or away),
    Invalid (an id no form of ours carries), and whatever `work` raises, with nothing changed.
    """
    if _inside.get():
        raise RuntimeError("acts do not nest: give the unit to a verb that takes one")
    if not 8 <= len(request_id) <= 100 or (request_id.startswith(SYSTEM) and not viewer.system):
        raise Invalid({"request_id": Message("This form is out of date. Open it again.")})
    house = viewer.house
    place = community if community is not None else viewer.community
    digest = house.vault.digest(name, place, msgspec.to_builtins(inputs))
    task = asyncio.ensure_future(_attempt(_Asked(viewer, name, request_id, digest, place), work))
    house.running.add(task)
    task.add_done_callback(house.running.discard)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_tell_orphan)
        raise


def _tell_orphan(task: "asyncio.Task[Done]") -> None:
    """An act whose caller went away: its end is logged, since nobody else hears it."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("an act whose request was cancelled ended with %s", type(error).__name__)


@dataclass(frozen=True)
class _Asked:
    """What makes an act this one and no other."""

    viewer: Viewer
    name: str
    request_id: str
    digest: str
    community: int | None


async def _attempt(asked: _Asked, work: Work) -> Done:
    for number in range(TRIES):
        try:
            return await _once(asked, work)
        except (Retry, CommitLost):
            # After a lost COMMIT the next try finds the act's row, or does the work.
            await asyncio.sleep(random.uniform(0, 0.05 * 2**number))  # noqa: S311  # spreads tries, no secret
    raise Unavailable


async def _once(asked: _Asked, work: Work) -> Done:
    house = asked.viewer.house
    async with house.db.transaction() as transaction:
        now = house.clock.now()
        act_id = await transaction.value(
            "insert into act (actor, request_id, name, community, digest, at) "
            "values (cast(:actor as bigint), :request_id, :name, cast(:community as bigint), :digest, :at) "
            "on conflict do nothing returning id",
            actor=asked.viewer.person,
            request_id=asked.request_id,
            name=asked.name,
            community=asked.community,
            digest=asked.digest,
            at=now,
        )
        if act_id is None:
            return await _stored(transaction, asked)
        unit = Unit(transaction, house, asked.viewer, now, act_id, asked.community)
        # Set in the act's own task only, so nothing else sees it and nothing has to unset it.
        _inside.set(True)
        answer = await work(unit)
        await unit._finish()
        await transaction.execute(
            "insert into act_answer (act, answer) values (:act, :answer)", act=act_id, answer=to_json(answer)
        )
    return Done(act_id, answer)


async def _stored(transaction: Transaction, asked: _Asked) -> Done:
    row = await transaction.one(
        _STORED,
        actor=asked.viewer.person,
        request_id=asked.request_id,
    )
    if row is None:
        raise Retry  # the twin was rolled back between our two statements
    if row["digest"] != asked.digest:
        raise Conflict
    return Done(row["id"], msgspec.json.decode(row["answer"]), replayed=True)


async def note(house: "House", work: Callable[[Unit], Awaitable[T]], *, viewer: Viewer | None = None) -> T:
    """Commits one fact that must survive a rollback: a session, a throttle count, a lease, a refusal's audit.

    May run `work` again, like an act. Raises Unavailable.
    """
    if _inside.get():
        raise RuntimeError("a note inside an act would wait for the act for ever")
    for number in range(TRIES):
        try:
            async with house.db.transaction() as transaction:
                # Without a viewer it is nobody's: it holds no permission at all.
                who = viewer if viewer is not None else Viewer(house)
                unit = Unit(transaction, house, who, house.clock.now(), 0, who.community)
                result = await work(unit)
                await unit._finish()
            return result
        except (Retry, CommitLost):
            await asyncio.sleep(random.uniform(0, 0.02 * 2**number))  # noqa: S311  # spreads tries, no secret
    raise Unavailable
