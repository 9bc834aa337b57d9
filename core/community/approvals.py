"""What needs two persons: one asks, another decides, and only then is it done, in the act of the decision.

Kinds are data handed in when the house is opened (`House.approvals`): who may ask, who may decide, what it
says, and what is done. Neither the one who asked nor the one it is for decides, nor anybody who lives with
him. Of one thing about one subject only one request is open at a time; what nobody decides ends by a job.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from core.base.act import Unit
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
from core.extension.switch import enabled

DAYS = 14  # what nobody decides in so many days ends
LONGEST = 200  # characters of a reason
DECISIONS = ("approved", "refused", "withdrawn")
RESULTS = (*DECISIONS, "expired")
TIDIES = "plugin.manage"  # who may refuse what belongs to a plugin that is off or gone
OFF = Message("This belongs to a programme that is switched off or no longer here. It cannot be approved.")

_ASK = """
insert into approval (community, public_id, kind, subject, subject_id, requester, beneficiary, inputs,
    reason, evidence, title, text, act, at, expires_at)
values (:community, :public_id, :kind, :subject, :subject_id, :requester, cast(:beneficiary as bigint),
    :inputs, :reason, :evidence, :title, :text, :act, :at, :expires) returning id
"""

_OPEN = """
insert into approval_open (approval, community, kind, subject, subject_id, requester, since_at, expires_at)
values (:approval, :community, :kind, :subject, :subject_id, :requester, :at, :expires)
on conflict do nothing returning approval
"""

_FOUND = """
select a.id, a.public_id, a.kind, a.subject, a.subject_id, a.requester, a.beneficiary, a.inputs, a.reason,
    a.evidence, a.at, a.expires_at, a.title, a.text,
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

_LOCALE = "select locale from community where id = :community"


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
    title: str = ""  # the kind's, and what was asked for, in the community's language when it was asked
    text: str = ""


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
    plugin: str = ""  # whose kind it is, '' for the core's; set by the house


def known_kind(house: House, key: str) -> Kind | None:
    """The kind of this key; None when its plugin is gone or does not run."""
    kind: Kind | None = house.approvals.get(key)
    runs = kind is not None and (not kind.plugin or house.registry.get(kind.plugin) is not None)
    return kind if runs else None


async def kinds_here(viewer: Viewer) -> dict[str, Kind]:
    """The kinds that can be approved in this community: the core's, and those of plugins switched on."""
    kinds: dict[str, Kind] = dict(viewer.house.approvals)
    if not any(kind.plugin for kind in kinds.values()):
        return kinds
    on = await enabled(viewer)
    return {key: kind for key, kind in kinds.items() if not kind.plugin or kind.plugin in on}


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
    known = (await kinds_here(unit.viewer)).get(kind)
    if known is None or unit.actor is None or not unit.viewer.may_somewhere(known.permission_to_ask):
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
    locale: str = await unit.value(_LOCALE, community=place(unit))
    approval = await unit.value(
        _ASK,
        **values,
        public_id=shown,
        beneficiary=beneficiary,
        inputs=to_json(inputs),
        reason=reason,
        evidence=evidence,
        title=_in_words(unit, locale, known.title),
        text=_in_words(unit, locale, known.describe(inputs)),
        act=unit.act,
    )
    if await unit.value(_OPEN, **values, approval=approval) is None:
        raise Refused(Message("Somebody has asked for this already; it waits for a second person."))
    await notify(unit, who, "approval.asked", known.asked, await _href(unit, shown))
    await unit.audit("approval.ask", "approval", approval, kind=kind)
    return (await _approval(unit, shown))[0]


def _in_words(unit: Unit, locale: str, message: Message) -> str:
    texts = unit.house.texts
    return texts.render(locale, message) if texts is not None else str(message)


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
    refuses, with the request left open; approving what belongs to a plugin that is off or gone: such a
    request can only be refused, also by who switches programmes on and off, or taken back).
    """
    if decision not in DECISIONS:
        raise Invalid({"decision": Message("Please choose one of these.")})
    approval, waits = await _approval(unit, shown)
    kind = (await kinds_here(unit.viewer)).get(approval.kind)
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
    if decision != "approved":
        await _let_go(unit, approval)
    elif kind is not None:
        done = await kind.execute(unit, approval)
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


async def _let_go(unit: Unit, approval: Approval) -> None:
    """Gives back what was set aside; a plugin switched off here still can, one that is gone cannot."""
    known = known_kind(unit.house, approval.kind)
    if known is not None:
        await known.release(unit, approval)


def may_decide_about(viewer: Viewer, key: str, kinds: Mapping[str, Kind]) -> bool:
    """Whether the viewer is one of those who decide about a kind; `kinds` are those of `kinds_here`.

    What no plugin stands behind any more is left to those who switch programmes on and off.
    """
    known = known_kind(viewer.house, key)
    if known is not None and viewer.may(known.permission_to_approve):
        return True
    return key not in kinds and viewer.may(TIDIES)


async def _check_decider(unit: Unit, approval: Approval, kind: Kind | None, decision: str) -> None:
    if decision == "withdrawn":
        if unit.actor != approval.requester:
            raise NotFound
        return
    # Who asked may look at it, so he is told; to others it is not there.
    if unit.actor == approval.requester:
        raise Refused(Message("Somebody else has to decide about what you asked for."))
    if not may_decide_about(unit.viewer, approval.kind, {kind.key: kind} if kind else {}):
        raise NotFound
    barred = {approval.beneficiary, *(await _household(unit, approval.beneficiary))}
    if unit.actor is None or unit.actor in barred:
        raise Refused(Message("Somebody else has to decide about what is for you or your household."))
    if kind is None and decision == "approved":
        raise Refused(OFF)


async def end_unanswered(unit: Unit, shown: str) -> None:
    """Ends a request whose time is over, if it is still open. For the job."""
    approval, waits = await _approval(unit, shown)
    if not waits or not await _close(unit, approval, "expired"):
        return
    await _let_go(unit, approval)
    href = await _href(unit, shown)
    await notify(unit, [approval.requester], "approval.decided", _TOLD["expired"], href)
    await unit.audit("approval.expired", "approval", approval.id, kind=approval.kind)


async def _close(unit: Unit, approval: Approval, result: str) -> bool:
    """Ends the request; False when it was no longer open."""
    if await unit.value(_CLOSE, approval=approval.id, community=unit.community) is None:
        return False
    await unit.execute(
        _END, approval=approval.id, community=unit.community, result=result, act=unit.act, at=unit.now
    )
    return True
