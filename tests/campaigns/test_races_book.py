"""Real processes at the same moment over gifts, adjustments, points that end and months that are closed."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.ids import request_id
from core.base.settings import Settings
from core.lifecycle.approval_kinds import KINDS
from core.points import adjust, gifts, periods, statement
from core.points.policy import Policy, change_policy
from tests.campaigns.test_races import RACERS, kinds, redeem
from tests.campaigns.worker import Job, facts, race
from tests.support.book import check_book
from tests.support.campaign import Campaign
from tests.support.town import Town

pytestmark = pytest.mark.campaign


async def settle(town: Town) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await change_policy(unit, Policy(gifts=True, gift_month_most=1_000_000))
        return {}

    await town.do(town.as_worker(), work)


async def posted(town: Town, n: int) -> int:
    return (await statement.balance(town.system, town.volunteers[n])).posted


def all_at(what: Any, **job: Any) -> list[Job]:
    return [{**job, "what": what, "request": request_id()} for _ in range(RACERS)]


async def test_a_gift_is_accepted_once(town: Town, settings: Settings, campaign: Campaign) -> None:
    await settle(town)
    for number, _ in enumerate(campaign.rounds(2), 1):
        await town.earn([(0, 10)])

        async def give(unit: Unit) -> dict[str, Any]:
            return await gifts.give(unit, f"hongqi-{town.persons[1]}", "某3", 10)

        shown = (await town.do(town.as_volunteer(0), give)).answer["gift"]
        results = race(settings, facts(town), all_at(shown, do="accept", volunteer=1))
        assert kinds(results) == {"done": 1, "Refused": 7}
        assert (await posted(town, 0), await posted(town, 1)) == (0, 10 * number)
        assert await check_book(town.house.db) == []


async def test_an_adjustment_is_approved_once(town: Town, settings: Settings, campaign: Campaign) -> None:
    town.house.approvals = KINDS
    await town.appoint()
    for number, _ in enumerate(campaign.rounds(2), 1):

        async def ask(unit: Unit) -> dict[str, Any]:
            return await adjust.ask_adjustment(unit, f"hongqi-{town.persons[0]}", 7, "race", "race")

        shown = (await town.do(town.as_worker(), ask)).answer["approval"]
        results = race(settings, facts(town), all_at(shown, do="approve"))
        assert kinds(results) == {"done": 1, "Refused": 7}
        assert await posted(town, 0) == 7 * number


async def test_points_are_spent_or_end_and_never_both(town: Town, settings: Settings) -> None:
    """The run of a day is one act: whoever comes second finds it done."""
    soap = await town.stock("Soap", 10, 1000)
    await town.earn([(0, 10), (1, 3)])

    async def end(unit: Unit) -> dict[str, Any]:
        await unit.execute(
            "update lot set expires_at = :now where remaining > 0 and community = :community",
            now=unit.now - 1,
            community=unit.community,
        )
        return {}

    await town.do(town.system, end)
    jobs = [redeem(0, soap.id) if n % 2 else {"do": "expire"} for n in range(RACERS)]
    results = race(settings, facts(town), jobs)
    spent = sum(kind == "done" for kind, _ in results[1::2])
    assert spent <= 1
    assert all(kind == "done" for kind, _ in results[0::2])
    (line, *_) = await statement.lines(town.system, town.volunteers[0], limit=1)
    assert line.kind == ("capture" if spent else "expire")
    assert (await posted(town, 0), await posted(town, 1)) == (0, 0)


async def test_nothing_comes_between_the_sums_of_a_month_and_its_end(town: Town, settings: Settings) -> None:
    await town.earn([(0, 1)], "2026-08-10")
    for month in ("2026-08", "2026-09", "2026-10"):
        jobs: list[Job] = [
            {"do": "earn", "request": request_id(), "served": [[n, 2]], "day": f"{month}-11"}
            for n in range(1, RACERS)
        ]
        jobs.append({"do": "close", "what": month, "request": request_id()})
        results = race(settings, facts(town), jobs)
        assert kinds(results) == {"done": RACERS}
        assert await check_book(town.house.db) == []
    assert [one.last_day for one in await periods.closed(town.as_worker())] == [
        "2026-10-31",
        "2026-09-30",
        "2026-08-31",
    ]


async def test_a_month_is_closed_once(town: Town, settings: Settings) -> None:
    await town.earn([(n, 1) for n in range(RACERS)], "2026-10-10")
    results = race(settings, facts(town), all_at("2026-10", do="close"))
    assert kinds(results)["done"] == 1
    assert await check_book(town.house.db) == []
