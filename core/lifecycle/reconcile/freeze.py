"""What follows when a book does not add up: nothing is handed over until two persons have looked at it.

Earning goes on. What both persons let pass does not stop the desk again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.base.act import SYSTEM, Unit, act, note
from core.base.clock import HOUR
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.ids import public_id
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.approvals import Approval, Kind, ask_approval
from core.community.communities import place
from core.community.notices import notify
from core.community.roles import people_with
from core.lifecycle.reconcile.faults import Fault
from core.lifecycle.reconcile.run import prove

READ, CLEAR = "book.read", "book.clear"
KIND = "book.clear"
LONGEST = 200  # characters of the reason
EVERY = HOUR

_DUE = """
select c.id
-- everywhere (book_proof): one job proves the books of all communities
from community c left join book_proof p on p.community = c.id
where c.closed_at is null and coalesce(p.at, 0) <= :before order by c.id
"""

_PROVED = """
insert into book_proof (community, at, faults) values (:community, :at, :faults)
on conflict (community) do update set at = excluded.at, faults = excluded.faults
"""

_PASSED = "select faults from book_freeze where community = :community and ended_at is not null"

_FREEZE = """
insert into book_freeze (community, public_id, faults, at) values (:community, :shown, :faults, :at)
on conflict do nothing returning id
"""

# The version moves, so that every worker sees it with the next page.
_MARK = """
update community set frozen_at = cast(:at as bigint), version = version + 1 where id = :community
"""

_OPEN = """
select f.id, f.public_id, f.faults, f.at from book_freeze f
where f.community = :community and f.ended_at is null
"""

_END = """
update book_freeze set ended_at = :at, approval = :approval
where id = :freeze and community = :community and ended_at is null
"""

_STATE = """
select c.slug, p.at, p.faults, f.id as freeze, f.faults as found, f.at as frozen_at,
    (select count(*) from approval_open o where o.community = c.id and o.kind = 'book.clear') as asked
from community c left join book_proof p on p.community = c.id
left join book_freeze f on f.community = c.id and f.ended_at is null
where c.id = :community
"""

_HEAD = """
select b.number, b.last, b.head, b.at from seal_block b where b.community = :community
order by b.number desc limit 1
"""

_FROZEN = "select slug, name, frozen_at from community where frozen_at is not null order by id"

_TOLD = Message("The book does not add up. Nothing is handed over until two persons have looked at it.")
_decode = msgspec.json.Decoder(list[Fault]).decode


class State(msgspec.Struct, frozen=True):
    """How a community's book stands: when it was last proved, and what stops the desk. Times in ms."""

    proved_at: int | None
    frozen_at: int | None
    faults: list[Fault]
    asked: bool  # somebody has asked a second person to let it pass


async def state(viewer: Viewer) -> State:
    """How the book of the viewer's community stands. One statement. Raises NotFound."""
    viewer.require(READ)
    row = await viewer.house.db.one(_STATE, community=viewer.community)
    if row is None:
        raise NotFound
    faults = _decode(row["found"]) if row["found"] is not None else []
    return State(row["at"], row["frozen_at"], faults, bool(row["asked"]))


async def head_of(viewer: Viewer) -> Row | None:
    """The latest block of the community's chain (number, last, head, at). Raises NotFound."""
    viewer.require(READ)
    return await viewer.house.db.one(_HEAD, community=viewer.community)


async def frozen(house: House) -> list[str]:
    """The communities whose desks stand still, by slug."""
    return [row["slug"] for row in await house.db.fetch(_FROZEN)]


# -- the job ---------------------------------------------------------------------------------------------


async def prove_all(house: House) -> int:
    """Proves each community's book once an hour, and stops its desk where it differs. A job."""
    due = await house.db.fetch(_DUE, before=house.clock.now() - EVERY)
    for row in due:
        faults = await prove(house, row["id"], whole=False)
        await keep(house, row["id"], faults)
    return len(due)


async def is_due(house: House) -> bool:
    """Whether a book has not been proved for an hour."""
    return bool(await house.db.fetch(_DUE, before=house.clock.now() - EVERY))


async def keep(house: House, community: int, faults: Sequence[Fault]) -> None:
    """Writes down that a book was proved; stops the desk for what nobody has let pass before."""
    passed = {
        fault
        for row in await house.db.fetch(_PASSED, community=community)
        for fault in _decode(row["faults"])
    }
    found = [fault for fault in faults if fault not in passed]
    viewer = Viewer(house=house, community=community, system=True)
    if found:
        now = house.clock.now()
        await act(viewer, "book.freeze", f"{SYSTEM}book:{community}:{now}", None, _freeze(found))

    async def proved(unit: Unit) -> None:
        await unit.execute(_PROVED, community=community, at=unit.now, faults=len(found))

    await note(house, proved, viewer=viewer)


def _freeze(faults: Sequence[Fault]) -> Any:
    async def work(unit: Unit) -> dict[str, Any]:
        freeze = await unit.value(
            _FREEZE, community=unit.community, shown=public_id(), faults=to_json(faults), at=unit.now
        )
        if freeze is None:
            return {}  # it stands still already
        await unit.execute(_MARK, community=unit.community, at=unit.now)
        told = await people_with(unit.viewer, READ)
        slug = await unit.value("select slug from community where id = :community", community=unit.community)
        await notify(unit, told, "book.freeze", _TOLD, f"/c/{slug}/book")
        first = faults[0]
        await unit.audit("book.freeze", first.table, None, count=len(faults), row=first.row, kind=first.check)
        return {"freeze": freeze}

    return work


# -- letting it pass: two persons -------------------------------------------------------------------------


async def ask_to_clear(unit: Unit, reason: str) -> str:
    """Asks a second person to let the desk open again; returns the request's public id.

    Raises NotFound, Invalid (reason), Refused (the desk does not stand still; it waits already).
    """
    unit.viewer.require(CLEAR)
    row = await unit.one(_OPEN, community=place(unit))
    if row is None:
        raise Refused(Message("The book adds up; nothing stands still."))
    if not 1 <= len(reason.strip()) <= LONGEST:
        raise Invalid(
            {"reason": Message("Say what you found, in at most %(most)s characters.", most=LONGEST)}
        )
    faults = _decode(row["faults"])
    inputs = {"count": len(faults), "first": f"{faults[0].table} {faults[0].row}"}
    asked = await ask_approval(
        unit, KIND, "book_freeze", row["id"], beneficiary=None, inputs=inputs, reason=reason
    )
    return asked.public_id


async def _execute(unit: Unit, approval: Approval) -> dict[str, Any]:
    done = await unit.execute(
        _END, community=unit.community, freeze=approval.subject_id, approval=approval.id, at=unit.now
    )
    if not done:
        raise NotFound
    await unit.execute(_MARK, community=unit.community, at=None)
    await unit.audit("book.clear", "book_freeze", approval.subject_id)
    return {"freeze": approval.subject_id}


def _describe(inputs: Mapping[str, Any]) -> Message:
    return Message(
        "Hand over again although the book differs in %(count)s places, first: %(first)s",
        count=inputs["count"],
        first=inputs["first"],
    )


CLEARED = Kind(
    key=KIND,
    title=Message("Hand over again"),
    asked=Message("The book did not add up; letting the service desk open again waits for your approval."),
    permission_to_ask=CLEAR,
    permission_to_approve=CLEAR,
    describe=_describe,
    execute=_execute,
    href=lambda inputs: "/book",
)
