"""Kill −9 under load: nothing acknowledged is lost, nothing is half, and every id answers the same again."""

import asyncio
from pathlib import Path

import pytest

from core.base.settings import Settings
from tests.campaigns.worker import Job, facts, perform, storm, wait_for
from tests.support.book import check_book
from tests.support.campaign import Campaign
from tests.support.town import Town

pytestmark = pytest.mark.campaign


async def test_killed_writers_lose_nothing_acknowledged(
    town: Town, settings: Settings, campaign: Campaign, tmp_path: Path
) -> None:
    for n in range(3):
        await town.stock(f"Thing {n}", 2 + n, 100_000)
    acknowledged = 0
    for number, chance in enumerate(campaign.rounds(10)):
        writers = storm(settings, facts(town), tmp_path / f"round{number}", chance)
        wait_for(writers, 5)
        await asyncio.sleep(chance.uniform(0, 0.3))
        writers.kill()
        acknowledged += await check_round(town, writers.words())
        assert await check_book(town.house.db) == []
    assert acknowledged >= 50


async def check_round(town: Town, words: list[tuple[str, Job, object]]) -> int:
    """Sends again all that was tried: what was answered answers the same; what was not is done now, once."""
    answers = {job["request"]: answer for word, job, answer in words if word == "ok"}
    refused = {job["request"] for word, job, _ in words if word == "no"}
    tried = {job["request"]: job for word, job, _ in words if word == "try"}
    cut_off = [job for request, job in tried.items() if request not in answers and request not in refused]
    for request, answer in answers.items():
        done = await perform(town, tried[request])
        assert (done.replayed, done.answer) == (True, answer), f"{request} was acknowledged with {answer}"
    for job in cut_off:
        if job["do"] == "earn":
            first, again = await perform(town, job), await perform(town, job)
            assert (again.replayed, again.answer) == (True, first.answer)
    count = "select count(*) from act where request_id in (select r.id from rows(:ids; id text) as r)"
    sent = [{"id": request} for request in answers]
    assert await town.house.db.value(count, ids=sent) == len(answers)
    return len(answers)
