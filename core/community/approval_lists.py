"""The queue of requests: what waits for me, what I asked for, what was decided; and one of them."""

import msgspec

from core.base.database import Row
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.community.approvals import Approval, Kind, of_row

PAGE = 50

_WAITING = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, r.name as requester_name, b.name as beneficiary_name, '' as result,
    null as decider_name, null as decided_reason, null as ended_at,
    (select count(*) from household_member m join household_member o on o.household = m.household
     where m.community = :community and m.person = a.beneficiary and o.person = :person
        and m.to_day is null and o.to_day is null) as together
from approval_open w join approval a on a.id = w.approval
join person r on r.id = a.requester left join person b on b.id = a.beneficiary
where w.community = :community and w.kind in (select k.kind from rows(:kinds; kind text) as k)
  and (w.since_at > :since or (w.since_at = :since and w.approval > :last))
order by w.since_at, w.approval limit :most
"""

_ASKED = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, r.name as requester_name, b.name as beneficiary_name,
    coalesce(e.result, '') as result, p.name as decider_name, d.reason as decided_reason, e.at as ended_at,
    0 as together
from approval a join person r on r.id = a.requester left join person b on b.id = a.beneficiary
left join approval_end e on e.approval = a.id
left join approval_decision d on d.approval = a.id and +d.community = a.community
left join person p on p.id = d.approver
where a.requester = :person and +a.community = :community and a.id < :before
order by a.id desc limit :most
"""

_DECIDED = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, r.name as requester_name, b.name as beneficiary_name, e.result,
    p.name as decider_name, d.reason as decided_reason, e.at as ended_at, 0 as together
from approval_end e join approval a on a.id = e.approval
join person r on r.id = a.requester left join person b on b.id = a.beneficiary
left join approval_decision d on d.approval = a.id and +d.community = a.community
left join person p on p.id = d.approver
where e.community = :community and a.kind in (select k.kind from rows(:kinds; kind text) as k)
  and (e.at < :since or (e.at = :since and e.approval < :last))
order by e.at desc, e.approval desc limit :most
"""

_ONE = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, r.name as requester_name, b.name as beneficiary_name,
    coalesce(e.result, '') as result, p.name as decider_name, d.reason as decided_reason, e.at as ended_at,
    (select count(*) from household_member m join household_member o on o.household = m.household
     where m.community = :community and m.person = a.beneficiary and o.person = :person
        and m.to_day is null and o.to_day is null) as together
from approval a join person r on r.id = a.requester left join person b on b.id = a.beneficiary
left join approval_end e on e.approval = a.id
left join approval_decision d on d.approval = a.id and +d.community = a.community
left join person p on p.id = d.approver
where a.community = :community and a.public_id = :shown
"""


class Shown(msgspec.Struct, frozen=True):
    """A request as lists show it. `result` is '' while it waits; `blocked` says why one may not decide."""

    approval: Approval
    kind: Kind
    requester: str
    beneficiary: str
    result: str
    decider: str
    decided_reason: str
    ended_at: int | None
    mine: bool
    may_decide: bool
    blocked: Message | None

    @property
    def what(self) -> Message:
        return self.kind.describe(self.approval.inputs)


def kinds_to_decide(viewer: Viewer) -> list[str]:
    """The kinds the viewer may decide about."""
    return [key for key, kind in viewer.house.approvals.items() if viewer.may(kind.permission_to_approve)]


def may_ask(viewer: Viewer) -> bool:
    """Whether there is any kind the viewer may ask for."""
    return any(viewer.may_somewhere(kind.permission_to_ask) for kind in viewer.house.approvals.values())


def has_queue(viewer: Viewer) -> bool:
    """Whether the page of requests is any of the viewer's business."""
    return bool(kinds_to_decide(viewer)) or may_ask(viewer)


def _require(viewer: Viewer) -> None:
    if viewer.person is None or not has_queue(viewer):
        raise NotFound


async def waiting(viewer: Viewer, since: int = 0, last: int = 0, most: int = PAGE) -> list[Shown]:
    """What waits for somebody who may decide what the viewer may, the oldest first. One statement.

    `since` and `last` are the time and id of the request to go on after. Raises NotFound.
    """
    _require(viewer)
    kinds = [{"kind": key} for key in kinds_to_decide(viewer)]
    rows = await viewer.house.db.fetch(
        _WAITING,
        community=viewer.community,
        person=viewer.person,
        kinds=kinds,
        since=since,
        last=last,
        most=most,
    )
    return [shown for row in rows if (shown := _shown(viewer, row)) is not None]


async def asked(viewer: Viewer, before: int | None = None, most: int = PAGE) -> list[Shown]:
    """What the viewer has asked for, the newest first, before a request's id. Raises NotFound."""
    _require(viewer)
    rows = await viewer.house.db.fetch(
        _ASKED,
        community=viewer.community,
        person=viewer.person,
        before=2**62 if before is None else before,
        most=most,
    )
    return [shown for row in rows if (shown := _shown(viewer, row)) is not None]


async def decided(viewer: Viewer, since: int = 2**62, last: int = 2**62, most: int = PAGE) -> list[Shown]:
    """What was decided, or ended, the latest first; of the kinds the viewer may decide about."""
    _require(viewer)
    kinds = [{"kind": key} for key in kinds_to_decide(viewer)]
    rows = await viewer.house.db.fetch(
        _DECIDED, community=viewer.community, kinds=kinds, since=since, last=last, most=most
    )
    return [shown for row in rows if (shown := _shown(viewer, row)) is not None]


async def one(viewer: Viewer, shown: str) -> Shown:
    """A request the viewer made, or may decide about. Raises NotFound."""
    _require(viewer)
    row = await viewer.house.db.one(_ONE, community=viewer.community, person=viewer.person, shown=shown)
    found = _shown(viewer, row) if row is not None else None
    if found is None or not (found.mine or found.approval.kind in kinds_to_decide(viewer)):
        raise NotFound
    return found


def _shown(viewer: Viewer, row: Row) -> Shown | None:
    """None for a kind nobody knows any more."""
    kind: Kind | None = viewer.house.approvals.get(row["kind"])
    if kind is None:
        return None
    approval = of_row(row)
    mine = approval.requester == viewer.person
    blocked = None
    if mine:
        blocked = Message("Somebody else has to decide about what you asked for.")
    elif approval.beneficiary == viewer.person or row["together"]:
        blocked = Message("Somebody else has to decide about what is for you or your household.")
    permitted = viewer.may(kind.permission_to_approve)
    return Shown(
        approval=approval,
        kind=kind,
        requester=row["requester_name"],
        beneficiary=row["beneficiary_name"] or "",
        result=row["result"],
        decider=row["decider_name"] or "",
        decided_reason=row["decided_reason"] or "",
        ended_at=row["ended_at"],
        mine=mine,
        may_decide=permitted and blocked is None and not row["result"],
        blocked=blocked if permitted and not row["result"] else None,
    )
