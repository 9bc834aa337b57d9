"""What nobody decided in time ends by a job: what was set aside goes back, who asked is told."""

import logging
from typing import Any

from core.base.act import SYSTEM, Unit, act
from core.base.house import House
from core.base.viewer import Viewer
from core.community.approvals import end_unanswered

log = logging.getLogger("linli.approvals")
PORTION = 200

_DUE = """
-- everywhere (approval, approval_open): one job ends what nobody decided in time, in all communities
select a.id, a.community, a.public_id, o.expires_at from approval_open o join approval a on a.id = o.approval
where o.expires_at <= :now and (o.expires_at > :since or (o.expires_at = :since and o.approval > :last))
order by o.expires_at, o.approval limit :most
"""


async def is_due(house: House) -> bool:
    """Whether a request has outlived its time."""
    return bool(await house.db.fetch(_DUE, now=house.clock.now(), since=0, last=0, most=1))


async def end_overdue(house: House) -> int:
    """Ends requests nobody decided in time; returns how many. A job.

    One whose plugin fails to let go of what was set aside stays open and holds up no other; it is tried again
    by the next run. Raises the last such failure once all others have ended, so that the job tells of it.
    """
    now, since, last, ended = house.clock.now(), 0, 0, 0
    failure: Exception | None = None
    while rows := await house.db.fetch(_DUE, now=now, since=since, last=last, most=PORTION):
        for row in rows:
            since, last = row["expires_at"], row["id"]
            try:
                await _end(house, row["community"], row["public_id"])
                ended += 1
            except Exception as problem:
                log.exception("request %s could not end", row["public_id"])
                failure = problem
    if failure is not None:
        raise failure
    return ended


async def _end(house: House, community: int, shown: str) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await end_unanswered(unit, shown)
        return {}

    viewer = Viewer(house=house, community=community, system=True)
    await act(viewer, "approval.expire", f"{SYSTEM}approval:{shown}:end", None, work)
