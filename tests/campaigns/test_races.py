"""Eight real processes at the same moment: one winner, clear refusals, and totals that hold."""

from collections import Counter
from typing import Any

import pytest

from core.base.act import Unit
from core.base.ids import request_id
from core.base.settings import Settings
from core.points import statement
from core.points.caps import Caps
from core.reward import redemption
from tests.campaigns.worker import Job, facts, race
from tests.support.book import check_book
from tests.support.campaign import Campaign
from tests.support.town import Town

pytestmark = pytest.mark.campaign

RACERS = 8


def kinds(results: list[tuple[str, Any]]) -> Counter[str]:
    return Counter(kind for kind, _ in results)


def redeem(volunteer: int, reward: int, request: str | None = None) -> Job:
    return {"do": "redeem", "request": request or request_id(), "volunteer": volunteer, "reward": reward}


async def test_of_eight_who_want_the_last_piece_one_gets_it(
    town: Town, settings: Settings, campaign: Campaign
) -> None:
    for _ in campaign.rounds(2):
        await town.earn([(n, 10) for n in range(RACERS)])
        soap = await town.stock("Soap", 10, 1)
        results = race(settings, facts(town), [redeem(n, soap.id) for n in range(RACERS)])
        assert kinds(results) == {"done": 1, "OutOfStock": 7}
        assert {text for kind, text in results if kind == "OutOfStock"} == {"There is none of it left."}
        assert await town.house.db.value("select stock from reward where id = :r", r=soap.id) == 0
        assert await check_book(town.house.db) == []


async def test_points_for_one_piece_buy_one_piece(town: Town, settings: Settings, campaign: Campaign) -> None:
    soap = await town.stock("Soap", 10, 1000)
    for _ in campaign.rounds(2):
        await town.earn([(0, 10)])
        results = race(settings, facts(town), [redeem(0, soap.id) for _ in range(RACERS)])
        assert kinds(results) == {"done": 1, "InsufficientPoints": 7}
        assert (await statement.balance(town.system, town.volunteers[0])).posted == 0
        assert await check_book(town.house.db) == []


async def test_one_request_sent_three_times_at_once_is_done_once(
    town: Town, settings: Settings, campaign: Campaign
) -> None:
    soap = await town.stock("Soap", 10, 1000)
    for _ in campaign.rounds(2):
        await town.earn([(0, 100)])
        before = await town.house.db.value("select stock from reward where id = :r", r=soap.id)
        job = redeem(0, soap.id, request_id())
        results = race(settings, facts(town), [job] * 3)
        assert kinds(results) == {"done": 3}
        assert results[0] == results[1] == results[2]
        assert await town.house.db.value("select stock from reward where id = :r", r=soap.id) == before - 1


async def test_eight_shifts_at_once_do_not_pass_the_day_cap(
    town: Town, settings: Settings, campaign: Campaign
) -> None:
    await town.rule(Caps(day=10), "2099-01-01")
    for number, _ in enumerate(campaign.rounds(2)):
        day = f"2026-10-{number % 28 + 1:02d}"
        before = (await statement.balance(town.system, town.volunteers[0])).posted
        jobs = [
            {"do": "earn", "request": request_id(), "served": [[0, 3], [n, 1]], "day": day}
            for n in range(1, RACERS)
        ]
        assert kinds(race(settings, facts(town), jobs)) == {"done": 7}
        earned = (await statement.balance(town.system, town.volunteers[0])).posted - before
        assert earned == (10 if number < 28 else 0)


async def test_an_exchange_is_undone_once(town: Town, settings: Settings, campaign: Campaign) -> None:
    soap = await town.stock("Soap", 10, 1000)
    for _ in campaign.rounds(1):
        await town.earn([(0, 10)])

        async def work(unit: Unit) -> dict[str, Any]:
            return await redemption.redeem(unit, town.volunteers[0], soap.id)

        sold = (await town.do(town.as_clerk(), work)).answer["redemption"]
        jobs = [{"do": "undo", "request": request_id(), "redemption": sold} for _ in range(RACERS)]
        assert kinds(race(settings, facts(town), jobs)) == {"done": 1, "Refused": 7}
        await town.do(town.as_clerk(), work)


async def test_two_batches_over_the_same_people_in_opposite_order_both_end(
    town: Town, settings: Settings, campaign: Campaign
) -> None:
    everybody = [[n, 1] for n in range(RACERS)]
    for _ in campaign.rounds(1):
        jobs = [
            {"do": "earn", "request": request_id(), "served": served, "day": "2026-10-01"}
            for served in (everybody, everybody[::-1]) * 4
        ]
        assert kinds(race(settings, facts(town), jobs)) == {"done": 8}
