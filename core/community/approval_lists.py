"""The queue of requests: what waits for me, what I asked for, what was decided; and one of them."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec

from core.base.database import Row
from core.base.errors import Message, NotFound
from core.base.viewer import Viewer
from core.community.approvals import (
    OFF,
    TIDIES,
    Approval,
    Kind,
    kinds_here,
    known_kind,
    may_decide_about,
    of_row,
)

log = logging.getLogger("linli.approvals")
PAGE = 50
_NAMELESS = Message("Something of a programme that is no longer here")

_WAITING = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, a.title, a.text,
    r.name as requester_name, b.name as beneficiary_name, '' as result,
    null as decider_name, null as decided_reason, null as ended_at,
    (select count(*) from household_member m join household_member o on o.household = m.household
     where m.community = :community and m.person = a.beneficiary and o.person = :person
        and m.to_day is null and o.to_day is null) as together
from approval_open w join approval a on a.id = w.approval
join person r on r.id = a.requester left join person b on b.id = a.beneficiary
where w.community = :community and (w.kind in (select k.kind from rows(:kinds; kind text) as k)
    or (:tidies = 1 and w.kind not in (select k.kind from rows(:here; kind text) as k)))
  and (w.since_at > :since or (w.since_at = :since and w.approval > :last))
order by w.since_at, w.approval limit :most
"""

_ASKED = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, a.title, a.text,
    r.name as requester_name, b.name as beneficiary_name,
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
    a.evidence, a.at, a.expires_at, a.title, a.text,
    r.name as requester_name, b.name as beneficiary_name, e.result,
    p.name as decider_name, d.reason as decided_reason, e.at as ended_at, 0 as together
from approval_end e join approval a on a.id = e.approval
join person r on r.id = a.requester left join person b on b.id = a.beneficiary
left join approval_decision d on d.approval = a.id and +d.community = a.community
left join person p on p.id = d.approver
where e.community = :community and (a.kind in (select k.kind from rows(:kinds; kind text) as k)
    or (:tidies = 1 and a.kind not in (select k.kind from rows(:here; kind text) as k)))
  and (e.at < :since or (e.at = :since and e.approval < :last))
order by e.at desc, e.approval desc limit :most
"""

_ONE = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, a.title, a.text,
    r.name as requester_name, b.name as beneficiary_name,
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
    """A request as lists show it. `result` is '' while it waits; `blocked` says why one may not approve.

    `title`, `what` and `look` (an address below the community, '' for none) are the kind's own words, or,
    where no plugin stands behind it any more, those that were kept when it was asked for.
    """

    approval: Approval
    title: Message | str
    what: Message | str
    look: str
    requester: str
    beneficiary: str
    result: str
    decider: str
    decided_reason: str
    ended_at: int | None
    mine: bool
    may_decide: bool
    may_refuse: bool
    blocked: Message | None


def kinds_to_decide(viewer: Viewer) -> list[str]:
    """The kinds the viewer may decide about."""
    return [kind.key for kind in _known(viewer) if viewer.may(kind.permission_to_approve)]


def _known(viewer: Viewer) -> list[Kind]:
    found = (known_kind(viewer.house, key) for key in viewer.house.approvals)
    return [kind for kind in found if kind is not None]


def _whose(viewer: Viewer, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """The parameters that choose the requests the viewer may decide about."""
    return {
        "kinds": [{"kind": key} for key in kinds_to_decide(viewer)],
        "here": [{"kind": key} for key in kinds],
        "tidies": int(viewer.may(TIDIES)),
    }


def may_ask(viewer: Viewer) -> bool:
    """Whether there is any kind the viewer may ask for."""
    return any(viewer.may_somewhere(kind.permission_to_ask) for kind in _known(viewer))


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
    kinds = await kinds_here(viewer)
    rows = await viewer.house.db.fetch(
        _WAITING,
        community=viewer.community,
        person=viewer.person,
        since=since,
        last=last,
        most=most,
        **_whose(viewer, kinds),
    )
    return [_shown(viewer, row, kinds) for row in rows]


async def asked(viewer: Viewer, before: int | None = None, most: int = PAGE) -> list[Shown]:
    """What the viewer has asked for, the newest first, before a request's id. Raises NotFound."""
    if viewer.person is None:
        raise NotFound
    kinds = await kinds_here(viewer)
    rows = await viewer.house.db.fetch(
        _ASKED,
        community=viewer.community,
        person=viewer.person,
        before=2**62 if before is None else before,
        most=most,
    )
    if not rows:
        _require(viewer)  # who asked for something still finds it when he may ask for nothing any more
    return [_shown(viewer, row, kinds) for row in rows]


async def decided(viewer: Viewer, since: int = 2**62, last: int = 2**62, most: int = PAGE) -> list[Shown]:
    """What was decided, or ended, the latest first; of the kinds the viewer may decide about."""
    _require(viewer)
    kinds = await kinds_here(viewer)
    rows = await viewer.house.db.fetch(
        _DECIDED, community=viewer.community, since=since, last=last, most=most, **_whose(viewer, kinds)
    )
    return [_shown(viewer, row, kinds) for row in rows]


async def one(viewer: Viewer, shown: str) -> Shown:
    """A request the viewer made, or may decide about. Raises NotFound."""
    if viewer.person is None:
        raise NotFound
    kinds = await kinds_here(viewer)
    row = await viewer.house.db.one(_ONE, community=viewer.community, person=viewer.person, shown=shown)
    if row is None:
        raise NotFound
    found = _shown(viewer, row, kinds)
    if not found.mine and not may_decide_about(viewer, found.approval.kind, kinds):
        raise NotFound
    return found


def _words(approval: Approval, kind: Kind | None) -> tuple[Message | str, Message | str, str]:
    """Title, what is asked for, and where to look at it. A plugin's mistake costs its own words only."""
    kept = (approval.title or _NAMELESS, approval.text or "—", "")
    if kind is None:
        return kept
    try:
        return kind.title, kind.describe(approval.inputs), kind.href(approval.inputs)
    except Exception:
        if not kind.plugin:
            raise
        log.exception("approval kind %s cannot say what is asked for", kind.key)
        return kept


def _shown(viewer: Viewer, row: Row, kinds: Mapping[str, Kind]) -> Shown:
    approval = of_row(row)
    kind = kinds.get(approval.kind)
    title, what, look = _words(approval, kind)
    mine = approval.requester == viewer.person
    blocked = None
    if mine:
        blocked = Message("Somebody else has to decide about what you asked for.")
    elif approval.beneficiary == viewer.person or row["together"]:
        blocked = Message("Somebody else has to decide about what is for you or your household.")
    permitted = may_decide_about(viewer, approval.kind, kinds)
    open_to_him = permitted and blocked is None and not row["result"]
    if blocked is None and kind is None:
        blocked = OFF
    return Shown(
        approval=approval,
        title=title,
        what=what,
        look=look,
        requester=row["requester_name"],
        beneficiary=row["beneficiary_name"] or "",
        result=row["result"],
        decider=row["decider_name"] or "",
        decided_reason=row["decided_reason"] or "",
        ended_at=row["ended_at"],
        mine=mine,
        may_decide=open_to_him and kind is not None,
        may_refuse=open_to_him,
        blocked=blocked if permitted and not row["result"] else None,
    )
