"""Processes that use the book at the same time: racers that start together, and writers that get killed."""

import asyncio
import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from core.base.act import Done, Unit
from core.base.errors import Refused
from core.base.house import open_house
from core.base.ids import request_id
from core.base.settings import Settings
from core.base.viewer import Viewer
from core.community.approvals import decide
from core.lifecycle.approval_kinds import KINDS
from core.points import expiry, gifts, periods
from core.reward import redemption
from tests.support.town import Town

# Children come from a server that has everything imported, so that a process costs milliseconds.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.campaigns.worker"])

Facts = dict[str, Any]
Job = dict[str, Any]


def facts(town: Town) -> Facts:
    """A town's ids, for a process that opens a house of its own."""
    names = ("community", "volunteers", "persons", "clerk", "worker", "activity", "sheet", "rewards")
    return {name: getattr(town, name) for name in names}


@asynccontextmanager
async def town_of(settings: Settings, known: Facts) -> Any:
    """The town as this process sees it."""
    house = await open_house(settings, approvals=KINDS)
    try:
        yield Town(house, **known)
    finally:
        await house.close()


async def _accept(unit: Unit, job: Job) -> dict[str, Any]:
    await gifts.answer(unit, job["what"], "accepted")
    return {}


async def _approve(unit: Unit, job: Job) -> dict[str, Any]:
    return await decide(unit, job["what"], "approved")


async def _close(unit: Unit, job: Job) -> dict[str, Any]:
    return await periods.close(unit, job["what"])


# Who does it, and what he does.
_OTHERS: dict[str, tuple[Callable[[Town, Job], Viewer], Callable[[Unit, Job], Any]]] = {
    "accept": (lambda town, job: town.as_volunteer(job["volunteer"]), _accept),
    "approve": (lambda town, job: town.as_second(), _approve),
    "close": (lambda town, job: town.as_worker(), _close),
}


async def perform(town: Town, job: Job) -> Done:
    """Does one job under its request id: what the same id sent again must answer the same."""
    if job["do"] == "earn":

        async def earn(unit: Unit) -> dict[str, Any]:
            return await town.earning(unit, job["served"], job["day"])

        return await town.do(town.system, earn, job["request"], job["served"])
    if job["do"] == "redeem":

        async def redeem(unit: Unit) -> dict[str, Any]:
            return await redemption.redeem(unit, town.volunteers[job["volunteer"]], job["reward"])

        return await town.do(town.as_clerk(), redeem, job["request"], [job["volunteer"], job["reward"]])

    if job["do"] == "expire":
        return Done(0, {"accounts": await expiry.expire(town.house)})
    if job["do"] in _OTHERS:
        who, work = _OTHERS[job["do"]]
        return await town.do(who(town, job), lambda unit: work(unit, job), job["request"], job["what"])

    async def undo(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, job["redemption"], "race")

    return await town.do(town.as_worker(), undo, job["request"], job["redemption"])


def race(settings: Settings, known: Facts, jobs: list[Job]) -> list[tuple[str, Any]]:
    """Runs each job in a process of its own, all at the same moment; ('done', answer) or (refusal, text)
    each."""
    results = CONTEXT.Queue()
    ready = CONTEXT.Barrier(len(jobs))
    runners = [
        CONTEXT.Process(target=_race, args=(settings, known, job, number, (ready, results)), daemon=True)
        for number, job in enumerate(jobs)
    ]
    for runner in runners:
        runner.start()
    found = dict(results.get(timeout=60) for _ in jobs)
    for runner in runners:
        runner.join(30)
    results.close()
    return [found[number] for number in range(len(jobs))]


def _race(settings: Settings, known: Facts, job: Job, number: int, together: Any) -> None:
    ready, results = together

    async def run() -> tuple[str, Any]:
        async with town_of(settings, known) as town:
            await town.house.db.value("select 1")
            ready.wait(30)
            try:
                return "done", (await perform(town, job)).answer
            except Refused as refusal:
                return type(refusal).__name__, str(refusal)

    results.put((number, asyncio.run(run())))


@dataclass
class Storm:
    """Writers under load; `logs` hold what each tried and what it was answered, synced to the disk."""

    runners: list[BaseProcess]
    logs: list[Path]

    def kill(self) -> None:
        """Kill −9, all of them, wherever they are; a writer that had ended by itself is an AssertionError."""
        assert all(runner.is_alive() for runner in self.runners), "a writer ended by itself"
        for runner in self.runners:
            runner.kill()
        for runner in self.runners:
            runner.join(30)

    def words(self) -> list[tuple[str, Job, Any]]:
        """('try', job, None), ('ok', job, answer) and ('no', job, text) in the order of each writer."""
        found = []
        for log in self.logs:
            for line in log.read_bytes().split(b"\n")[:-1]:
                found.append(tuple(json.loads(line)))
        return found


def storm(settings: Settings, known: Facts, folder: Path, chance: random.Random, writers: int = 3) -> Storm:
    """Starts writers that earn and redeem without a pause until they are killed."""
    folder.mkdir()
    logs = [folder / f"{n}.log" for n in range(writers)]
    for log in logs:
        log.touch()
    seeds = [chance.randrange(2**32) for _ in logs]
    runners: list[BaseProcess] = [
        CONTEXT.Process(target=_write, args=(settings, known, log, seed), daemon=True)
        for log, seed in zip(logs, seeds, strict=True)
    ]
    for runner in runners:
        runner.start()
    return Storm(runners, logs)


def _write(settings: Settings, known: Facts, log: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # repeatable on purpose
    with log.open("ab", buffering=0) as file:

        def say(word: str, job: Job, answer: Any = None) -> None:
            file.write(json.dumps([word, job, answer]).encode() + b"\n")
            os.fsync(file.fileno())

        asyncio.run(_write_on(settings, known, chance, say))


async def _write_on(
    settings: Settings, known: Facts, chance: random.Random, say: Callable[..., None]
) -> None:
    async with town_of(settings, known) as town:
        while True:
            job = random_job(town, chance)
            say("try", job)
            try:
                say("ok", job, (await perform(town, job)).answer)
            except Refused as refusal:
                say("no", job, str(refusal))


def random_job(town: Town, chance: random.Random) -> Job:
    """Earning for a few people, or one redemption."""
    people = range(len(town.volunteers))
    if chance.random() < 0.6:
        served = [[n, chance.randint(1, 9)] for n in chance.sample(people, chance.randint(1, len(people)))]
        day = f"2026-11-{chance.randint(1, 23):02d}"
        return {"do": "earn", "request": request_id(), "served": served, "day": day}
    reward = chance.choice(town.rewards).id
    return {"do": "redeem", "request": request_id(), "volunteer": chance.choice(people), "reward": reward}


def wait_for(storm_: Storm, words: int, seconds: float = 30) -> None:
    """Waits until the writers have been answered that often."""
    until = time.monotonic() + seconds
    while sum(word == "ok" for word, _, _ in storm_.words()) < words:
        if time.monotonic() > until:
            raise TimeoutError("the writers are not getting anywhere")
        time.sleep(0.02)
