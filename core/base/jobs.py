"""Jobs: done every so often, by one worker of several, under a lease that ends by itself."""

import asyncio
import logging
from typing import TYPE_CHECKING

from core.base.act import Unit, note
from core.base.clock import MINUTE, SECOND
from core.base.ids import token

if TYPE_CHECKING:
    from core.base.house import House, Job

log = logging.getLogger("linli.jobs")

LEASE = 2 * MINUTE
PAUSE = 1.0  # seconds between looks


_KEEP = """
insert into job (name, next_at, started_at, finished_at, attempts, error)
values (:name, :next_at, :started, :finished, :attempts, :error)
on conflict (name) do update set next_at = excluded.next_at, started_at = excluded.started_at,
    finished_at = excluded.finished_at, attempts = excluded.attempts, error = excluded.error
"""


async def take_lease(house: "House", name: str, holder: str, length: int = LEASE) -> bool:
    """Whether `holder` has the lease for the next `length` ms: it was free, run out, or his already."""

    async def work(unit: Unit) -> bool:
        got = await unit.value(
            "insert into lease (name, holder, until_at) values (:name, :holder, :until) "
            "on conflict (name) do update set holder = excluded.holder, until_at = excluded.until_at "
            "where lease.until_at <= :now or lease.holder = excluded.holder returning name",
            name=name,
            holder=holder,
            until=unit.now + length,
            now=unit.now,
        )
        return got is not None

    return await note(house, work)


async def give_lease_back(house: "House", name: str, holder: str) -> None:
    """Frees the lease if `holder` still has it."""

    async def work(unit: Unit) -> None:
        await unit.execute(
            "delete from lease where name = :name and holder = :holder", name=name, holder=holder
        )

    await note(house, work)


async def run_due(house: "House", job: "Job", holder: str) -> bool:
    """Runs a job if it is due and no other worker has it; returns whether it ran.

    A job that raises is tried again after a growing pause; its error is kept with it.
    """
    now = house.clock.now()
    next_at = await house.db.value("select next_at from job where name = :name", name=job.name)
    if next_at is not None and next_at > now:
        return False
    if job.wanted is not None and not await job.wanted(house):
        return False
    if not await take_lease(house, "job:" + job.name, holder):
        return False
    try:
        # Another worker may have run it between our look and our lease.
        next_at = await house.db.value("select next_at from job where name = :name", name=job.name)
        if next_at is not None and next_at > now:
            return False
        error = ""
        try:
            await job.run(house)
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"[:500]
            log.warning("job %s failed: %s", job.name, error.replace("\n", " "))
        await _keep(house, job, now, error)
        return True
    finally:
        await give_lease_back(house, "job:" + job.name, holder)


async def _keep(house: "House", job: "Job", started: int, error: str) -> None:
    async def work(unit: Unit) -> None:
        before = await unit.value("select attempts from job where name = :name", name=job.name) or 0
        attempts = before + 1 if error else 0
        pause = max(job.every, min(5 * SECOND * 2 ** min(attempts, 10), 60 * MINUTE)) if error else job.every
        await unit.execute(
            _KEEP,
            name=job.name,
            next_at=unit.now + pause,
            started=started,
            finished=unit.now,
            attempts=attempts,
            error=error,
        )

    await note(house, work)


class Runner:
    """Looks for due jobs until it is stopped. One per worker process; no job waits for another to end."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.holder = token()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._loop(job)) for job in self.house.jobs]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self, job: "Job") -> None:
        while True:
            try:
                await run_due(self.house, job, self.holder)
            except Exception:
                # The database is away: the next look finds it back, or says so again.
                log.exception("jobs could not be looked at")
            await asyncio.sleep(PAUSE)
