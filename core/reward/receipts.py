"""What was handed over: the receipt of an exchange, and who may still undo it."""

from dataclasses import dataclass
from typing import Any

from core.base.clock import MINUTE
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.points.access import require_sight

UNDO_WITHIN = 10 * MINUTE

_RECEIPT = """
select e.id, e.public_id, e.volunteer, e.reward_name, e.quantity, e.price, e.points, e.clerk, e.at,
    e.counter as counter_id, v.number, p.name as volunteer_name, k.name as clerk_name, n.name as counter,
    n.place as counter_place, n.public_id as desk,
    a.posted - a.held as available, s.at as undone_at, s.reason as undone_reason,
    t.public_id as line, h.name as collector_name
from redemption e join volunteer v on v.id = e.volunteer join person p on p.id = v.person
join person k on k.id = e.clerk join points_account a on a.volunteer = e.volunteer
join transfer t on t.account = a.id and t.redemption = e.id and t.kind = 'capture'
left join counter n on n.id = e.counter left join person h on h.id = e.collector
left join redemption_step s on s.redemption = e.id and s.step = 'undone'
where e.public_id = :public_id and e.community = :community
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed over, to whom, by whom; `facts` are the columns of `_RECEIPT`."""

    facts: dict[str, Any]
    may_undo: bool


def may_undo(viewer: Viewer, clerk: int, counter: int | None, at: int, now: int) -> bool:
    """Whether the viewer may undo what this clerk handed over at a moment: himself, or by right."""
    if viewer.may("redemption.undo", counter=counter):
        return True
    mine = viewer.person is not None and viewer.person == clerk
    return mine and viewer.may("redemption.make", counter=counter) and now - at <= UNDO_WITHIN


async def receipt(viewer: Viewer, shown: str) -> Receipt:
    """The receipt of a redemption, for the volunteer, the clerk who made it and those who may undo or read
    points.

    Raises NotFound, the same for a foreign one as for an absent one.
    """
    row = await viewer.house.db.one(_RECEIPT, public_id=shown, community=viewer.community)
    if row is None:
        raise NotFound
    if viewer.person != row["clerk"] and not viewer.may_somewhere("redemption.make"):
        require_sight(viewer, row["volunteer"])
    facts = {name: row[name] for name in row.keys()}  # noqa: SIM118  # asyncpg's rows iterate over values
    undoable = facts["undone_at"] is None and may_undo(
        viewer, row["clerk"], row["counter_id"], row["at"], viewer.house.clock.now()
    )
    return Receipt(facts, undoable)
