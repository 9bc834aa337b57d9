"""What needs two persons: one asks, another decides, and only then is it done, in the act of the decision.

Kinds are data handed in when the house is opened (`House.approvals`): who may ask, who may decide, what it
says, and what is done. Neither the one who asked nor the one it is for decides, nor anybody who lives with
him. Of one thing about one subject only one request is open at a time; what nobody decides ends by a job.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from core.base.act import SYSTEM, Unit, act
from core.base.clock import DAY
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.ids import public_id
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.notices import notify
from core.community.roles import people_with

DAYS = 14  # what nobody decides in so many days ends
LONGEST = 200  # characters of a reason
DECISIONS = ("approved", "refused", "withdrawn")
RESULTS = (*DECISIONS, "expired")

_ASK = """
insert into approval (community, public_id, kind, subject, subject_id, requester, beneficiary, inputs,
    reason, evidence, act, at, expires_at)
values (:community, :public_id, :kind, :subject, :subject_id, :requester, cast(:beneficiary as bigint),
    :inputs, :reason, :evidence, :act, :at, :expires) returning id
"""

_OPEN = """
insert into approval_open (approval, community, kind, subject, subject_id, requester, since_at, expires_at)
values (:approval, :community, :kind, :subject, :subject_id, :requester, :at, :expires)
on conflict do nothing returning approval
"""

_FOUND = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at,
    (select count(*) from approval_open o where o.approval = a.id) as waits
from approval a where a.community = :community and a.public_id = :shown
"""

# Taking the row out is the lock: of two who decide at once, one finds it gone.
_CLOSE = """
delete from approval_open where approval = :approval and +community = :community returning approval
"""

_DECIDE = """
insert into approval_decision (approval, community, requester, approver, beneficiary, decision, reason,
    act, at)
values (:approval, :community, :requester, :approver, cast(:beneficiary as bigint), :decision, :reason,
    :act, :at)
"""

_END = """
insert into approval_end (approval, community, result, act, at)
values (:approval, :community, :result, :act, :at)
"""

_TOGETHER = """
select b.person from household_member m
join household_member b on b.household = m.household and b.to_day is null
where m.person = :person and m.community = :community and m.to_day is null
"""

_DUE = """
-- everywhere (approval, approval_open): one job ends what nobody decided in time, in all communities
select a.community, a.public_id from approval_open o join approval a on a.id = o.approval
where o.expires_at <= :now order by o.expires_at limit 200
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """What was asked for. `beneficiary` is the person it is for, where it is for one."""

    id: int
    public_id: str
    kind: str
    subject: str
    subject_id: int
    requester: int
    beneficiary: int | None
    inputs: dict[str, Any]
    reason: str
    evidence: str
    at: int
    expires_at: int | None


Execute = Callable[[Unit, Approval], Awaitable[dict[str, Any]]]
Release = Callable[[Unit, Approval], Awaitable[None]]


async def nothing_to_release(unit: Unit, approval: Approval) -> None:
    """For kinds that set nothing aside while they wait."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that needs two persons.

    `asked` is what those who may decide are told. `describe` says what is asked for, from the inputs alone
    and without names; `href` is an address below the community where it can be looked at ('' for none).
    `execute` does it, in the act of the approval; what it refuses leaves the request open. `release` gives
    back what was set aside when it is not done.
    """

    key: str
    title: Message
    asked: Message
    permission_to_ask: str
    permission_to_approve: str
    describe: Callable[[Mapping[str, Any]], Message]
    execute: Execute
    release: Release = nothing_to_release
    href: Callable[[Mapping[str, Any]], str] = lambda inputs: ""


def kind_of(house: House, key: str) -> Kind:
    """The kind of this key. Raises NotFound for one nobody knows (any more)."""
    kind: Kind | None = house.approvals.get(key)
    if kind is None:
        raise NotFound
    return kind


async def ask_approval(
    unit: Unit,
    kind: str,
    subject: str,
    subject_id: int,
    *,
    beneficiary: int | None,
    inputs: Mapping[str, Any],
    reason: str,
    evidence: str = "",
    days: int = DAYS,
) -> Approval:
    """Asks a second person. `inputs` hold ids, counts and words, never a person's name.

    Raises NotFound, Invalid (reason), Refused (it waits already; nobody here could decide).
    """
    known = kind_of(unit.house, kind)
    if unit.actor is None or not unit.viewer.may_somewhere(known.permission_to_ask):
        raise NotFound
    reason, evidence = _words("reason", reason), _words("evidence", evidence)
    who = await deciders(unit, known, beneficiary)
    if not who:
        raise Refused(Message("This needs a second person, and nobody else here may decide about it."))
    values = {
        "community": place(unit),
        "kind": kind,
        "subject": subject,
        "subject_id": subject_id,
        "requester": unit.actor,
        "at": unit.now,
        "expires": unit.now + days * DAY,
    }
    shown = public_id()
    approval = await unit.value(
        _ASK,
        **values,
        public_id=shown,
        beneficiary=beneficiary,
        inputs=to_json(inputs),
        reason=reason,
        evidence=evidence,
        act=unit.act,
    )
    if await unit.value(_OPEN, **values, approval=approval) is None:
        raise Refused(Message("Somebody has asked for this already; it waits for a second person."))
    await notify(unit, who, "approval.asked", known.asked, await _href(unit, shown))
    await unit.audit("approval.ask", "approval", approval, kind=kind)
    return (await _approval(unit, shown))[0]


def _words(field: str, text: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > LONGEST:
        raise Invalid({field: Message("This is too long: at most %(most)s characters.", most=LONGEST)})
    return clean


async def deciders(unit: Unit, kind: Kind, beneficiary: int | None) -> list[int]:
    """Who may decide what this act asks for: not the actor, nor the one it is for, nor his household."""
    barred = {unit.actor, beneficiary, *(await _household(unit, beneficiary))}
    return [p for p in await people_with(unit.viewer, kind.permission_to_approve) if p not in barred]


async def _household(unit: Unit, person: int | None) -> set[int]:
    if person is None:
        return set()
    rows = await unit.fetch(_TOGETHER, person=person, community=place(unit))
    return {row["person"] for row in rows}


async def _href(unit: Unit, shown: str) -> str:
    slug = await unit.value("select slug from community where id = :community", community=place(unit))
    return f"/c/{slug}/approvals/{shown}"


async def decide(unit: Unit, shown: str, decision: str, reason: str = "") -> dict[str, Any]:
    """Decides about what was asked for; what is approved is done in this very act, once.

    `shown` is the request's public id. Returns what the kind's `execute` did, with `result`. Raises NotFound,
    Invalid (decision, reason), Refused (one's own or for one's own; decided or ended already; what `execute`
    refuses, with the request left open).
    """
    if decision not in DECISIONS:
        raise Invalid({"decision": Message("Please choose one of these.")})
    approval, waits = await _approval(unit, shown)
    kind = kind_of(unit.house, approval.kind)
    await _check_decider(unit, approval, kind, decision)
    reason = " ".join(reason.split())
    if len(reason) > LONGEST or (decision == "refused" and not reason):
        raise Invalid({"reason": Message("Say why, in at most %(most)s characters.", most=LONGEST)})
    if not waits or not await _close(unit, approval, decision):
        raise Refused(Message("Somebody else has just decided about this."))
    if approval.expires_at is not None and approval.expires_at <= unit.now:
        raise Refused(Message("Nobody decided in time. It has to be asked for anew."))
    await unit.execute(
        _DECIDE,
        approval=approval.id,
        community=unit.community,
        requester=approval.requester,
        approver=unit.actor,
        beneficiary=approval.beneficiary,
        decision=decision,
        reason=reason,
        act=unit.act,
        at=unit.now,
    )
    done: dict[str, Any] = {}
    if decision == "approved":
        done = await kind.execute(unit, approval)
    else:
        await kind.release(unit, approval)
    if decision != "withdrawn":
        await notify(
            unit, [approval.requester], "approval.decided", _TOLD[decision], await _href(unit, shown)
        )
    await unit.audit("approval." + decision, "approval", approval.id, kind=approval.kind)
    return {**done, "result": decision}


_TOLD = {
    "approved": Message("What you asked for was approved and is done."),
    "refused": Message("What you asked for was refused."),
    "expired": Message("Nobody decided in time about what you asked for. Ask again if it is still needed."),
}


async def _approval(unit: Unit, shown: str) -> tuple[Approval, bool]:
    row = await unit.one(_FOUND, community=unit.community, shown=shown)
    if row is None:
        raise NotFound
    return of_row(row), bool(row["waits"])


def of_row(row: Row) -> Approval:
    fields = {name: row[name] for name in Approval.__dataclass_fields__ if name != "inputs"}
    return Approval(**fields, inputs=msgspec.json.decode(row["inputs"]))


async def _check_decider(unit: Unit, approval: Approval, kind: Kind, decision: str) -> None:
    if decision == "withdrawn":
        if unit.actor != approval.requester:
            raise NotFound
        return
    # Who asked may look at it, so he is told; to others it is not there.
    if unit.actor == approval.requester:
        raise Refused(Message("Somebody else has to decide about what you asked for."))
    unit.viewer.require(kind.permission_to_approve)
    barred = {approval.beneficiary, *(await _household(unit, approval.beneficiary))}
    if unit.actor is None or unit.actor in barred:
        raise Refused(Message("Somebody else has to decide about what is for you or your household."))


async def _close(unit: Unit, approval: Approval, result: str) -> bool:
    """Ends the request; False when it was no longer open."""
    if await unit.value(_CLOSE, approval=approval.id, community=unit.community) is None:
        return False
    await unit.execute(
        _END, approval=approval.id, community=unit.community, result=result, act=unit.act, at=unit.now
    )
    return True


# -- what nobody decides ---------------------------------------------------------------------------------


async def is_due(house: House) -> bool:
    """Whether a request has outlived its time."""
    return bool(await house.db.fetch(_DUE, now=house.clock.now()))


async def end_overdue(house: House) -> int:
    """Ends requests nobody decided in time: what was set aside goes back, who asked is told. A job."""
    rows = await house.db.fetch(_DUE, now=house.clock.now())
    for row in rows:
        viewer = Viewer(house=house, community=row["community"], system=True)
        shown: str = row["public_id"]

        async def work(unit: Unit, shown: str = shown) -> dict[str, Any]:
            approval, waits = await _approval(unit, shown)
            if waits and await _close(unit, approval, "expired"):
                await kind_of(unit.house, approval.kind).release(unit, approval)
                href = await _href(unit, shown)
                await notify(unit, [approval.requester], "approval.decided", _TOLD["expired"], href)
                await unit.audit("approval.expired", "approval", approval.id, kind=approval.kind)
            return {}

        await act(viewer, "approval.expire", f"{SYSTEM}approval:{shown}:end", None, work)
    return len(rows)
