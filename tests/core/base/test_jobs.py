"""Jobs and leases: several workers, one does it."""

import asyncio

from core.base.clock import MINUTE, FixedClock
from core.base.house import House, Job
from core.base.jobs import LEASE, Runner, give_lease_back, run_due, take_lease
from core.base.outbox import is_due


async def test_one_of_several_gets_the_lease_until_it_ends(house: House) -> None:
    assert isinstance(house.clock, FixedClock)
    got = await asyncio.gather(*(take_lease(house, "sweep", f"worker{i}") for i in range(5)))
    assert sum(got) == 1
    winner = f"worker{got.index(True)}"
    assert await take_lease(house, "sweep", winner)  # his own he may take again
    house.clock.advance(LEASE + 1)
    assert await take_lease(house, "sweep", "another")
    assert not await take_lease(house, "sweep", winner)


async def test_only_the_holder_gives_a_lease_back(house: House) -> None:
    await take_lease(house, "sweep", "a")
    await give_lease_back(house, "sweep", "b")
    assert not await take_lease(house, "sweep", "b")
    await give_lease_back(house, "sweep", "a")
    assert await take_lease(house, "sweep", "b")


async def test_a_due_job_is_run_by_one_worker_and_then_not_until_it_is_due_again(house: House) -> None:
    runs: list[int] = []

    async def count(house: House) -> None:
        runs.append(house.clock.now())
        await asyncio.sleep(0.01)

    job = Job("count", 10 * MINUTE, count)
    ran = await asyncio.gather(*(run_due(house, job, f"w{i}") for i in range(5)))
    assert sum(ran) == 1 and len(runs) == 1
    assert not await run_due(house, job, "w9")
    assert isinstance(house.clock, FixedClock)
    house.clock.advance(11 * MINUTE)
    assert await run_due(house, job, "w9")
    assert len(runs) == 2


async def test_a_job_that_fails_is_kept_with_its_error_and_tried_again(house: House) -> None:
    async def fail(house: House) -> None:
        raise ValueError("no paper in the printer")

    job = Job("print", MINUTE, fail)
    assert await run_due(house, job, "w")
    row = await house.db.one("select attempts, error, next_at from job where name = 'print'")
    assert row is not None
    assert row["attempts"] == 1 and "no paper" in row["error"] and row["next_at"] > house.clock.now()
    assert await house.db.value("select count(*) from lease") == 0


async def test_the_runner_stops_when_it_is_told(house: House) -> None:
    runs: list[int] = []
    ran = asyncio.Event()

    async def count(house: House) -> None:
        runs.append(1)
        ran.set()

    house.jobs = (Job("count", MINUTE, count),)
    runner = Runner(house)
    runner.start()
    await asyncio.wait_for(ran.wait(), 5)
    await runner.stop()
    assert runs == [1]


async def test_an_idle_house_writes_nothing(house: House) -> None:
    async def never(house: House) -> None:
        raise AssertionError("there was nothing to do")

    job = Job("outbox", MINUTE, never, is_due)
    with house.db.watch() as log:
        assert not await run_due(house, job, "w")
    assert all(statement.sql.startswith("select") for statement in log)
    assert await house.db.value("select count(*) from job") == 0


async def test_a_job_that_takes_long_keeps_no_other_waiting(house: House) -> None:
    done = asyncio.Event()

    async def long(house: House) -> None:
        await asyncio.Event().wait()

    async def short(house: House) -> None:
        done.set()

    house.jobs = (Job("long", MINUTE, long), Job("short", MINUTE, short))
    runner = Runner(house)
    runner.start()
    await asyncio.wait_for(done.wait(), 5)
    await runner.stop()
