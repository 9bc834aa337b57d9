"""Merging two entries of one person needs two persons: one asks, another looks at both books and approves.

In a community where nobody else may decide it is done at once, and the log says why.
"""

from collections.abc import Mapping
from typing import Any

from core.base.act import Unit
from core.base.errors import Invalid, Message, Refused
from core.community.approvals import Approval, Kind, ask_approval, deciders
from core.lifecycle.merge import PERMISSION, both_of, merge, obstacle_of

KIND = "volunteer.merge"


async def request_merge(unit: Unit, stays: str, goes: str, reason: str) -> dict[str, Any]:
    """Asks for a merge, or does it where there is nobody else to ask.

    Returns `approval` (the request's public id), or what `merge` returns. Raises NotFound, Invalid (number,
    reason), Refused (see `preview`; it waits already).
    """
    unit.viewer.require(PERMISSION)
    stay, go = await both_of(unit, stays, goes)
    obstacle = obstacle_of(unit.viewer, stay, go)
    if obstacle is not None:
        raise Refused(obstacle)
    if not await _others(unit, stay["person"], go["person"]):
        await unit.audit("volunteer.merge.alone", "volunteer", stay["id"], why="nobody else may decide")
        return await merge(unit, stays, goes)
    if not reason.strip():
        raise Invalid({"reason": Message("Say how you know that both are the same person.")})
    approval = await ask_approval(
        unit,
        KIND,
        "volunteer",
        stay["id"],
        beneficiary=stay["person"],
        inputs={"stays": stay["number"], "goes": go["number"]},
        reason=reason,
    )
    return {"approval": approval.public_id}


async def _others(unit: Unit, stays: int, goes: int) -> list[int]:
    return [person for person in await deciders(unit, MERGE, stays) if person != goes]


async def _execute(unit: Unit, approval: Approval) -> dict[str, Any]:
    return await merge(unit, approval.inputs["stays"], approval.inputs["goes"])


def _describe(inputs: Mapping[str, Any]) -> Message:
    return Message("%(goes)s becomes part of %(stays)s", goes=inputs["goes"], stays=inputs["stays"])


def _href(inputs: Mapping[str, Any]) -> str:
    return f"/people/{inputs['stays']}/merge?with={inputs['goes']}"


MERGE = Kind(
    key=KIND,
    title=Message("Merge two entries of one person"),
    asked=Message("Two entries of one person are to be merged; this waits for your approval."),
    permission_to_ask=PERMISSION,
    permission_to_approve=PERMISSION,
    describe=_describe,
    execute=_execute,
    href=_href,
)
