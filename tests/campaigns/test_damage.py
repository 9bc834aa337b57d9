"""Damage beneath the product: each flipped byte, removed, re-dated or swapped row is found and named."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import HOUR, MINUTE, day_of
from core.base.errors import Message
from core.base.ids import public_id
from core.base.seals import seal
from core.base.settings import Settings
from core.lifecycle.reconcile.run import prove, prove_own
from core.points import ledger
from core.points.caps import Caps
from core.points.page import Note, open_page
from core.reward import redemption
from tests.support.campaign import Campaign
from tests.support.damage import TABLES, beneath, do_damage
from tests.support.town import ZONE, Town

pytestmark = pytest.mark.campaign

ROUNDS, TORTURE = 50, 1_000


async def test_whatever_is_damaged_is_found(town: Town, settings: Settings, campaign: Campaign) -> None:
    await lively(town)
    house = town.house
    assert await prove(house, town.community) == []
    assert await prove_own(house) == []
    missed, hit = [], set()
    async with beneath(settings) as book:
        for chance in campaign.rounds(TORTURE if campaign.minutes else ROUNDS):
            damage = await do_damage(book, chance)
            hit.add(damage.table)
            found = [*await prove(house, town.community), *await prove_own(house)]
            if not found:
                missed.append(str(damage))
            await book.heal(damage)
        assert not missed
        assert len(hit) > len(TABLES) / 2
        assert await prove(house, town.community) == []


async def lively(town: Town) -> None:
    """A bit of everything that is kept: caps, months, holds, debts, exchanges, a queue, an open request."""
    await town.rule(Caps(day=30, month=90, activity=200), day_of(town.house.clock.now(), ZONE))
    for name, price in (("Soap", 3), ("Rice", 11)):
        await town.stock(name, price, 40)
    first, _ = await town.earn([(n, 20 + n) for n in range(6)], "2026-09-30")
    await town.earn([(n, 25) for n in range(6)], "2026-10-31")
    second, _ = await town.earn([(n, 40) for n in range(4)], "2026-11-20")
    for n in range(3):
        for reward in town.rewards:
            await town.do(town.as_clerk(), _redeem(town, n, reward.id))
    sold = await town.do(town.as_clerk(), _redeem(town, 4, town.rewards[0].id))
    await town.do(town.as_worker(), _undo(sold.answer["redemption"]))
    await town.take_back([first[0], second[3]])
    await town.do(town.system, _hold(town))
    await town.do(town.system, _waits(town))
    await seal(town.house)
    await town.earn([(7, 5)], "2026-11-21")
    await town.do(town.as_clerk(), _redeem(town, 5, town.rewards[1].id))
    await seal(town.house)


def _redeem(town: Town, n: int, reward: int) -> Any:
    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[n], reward)

    return work


def _undo(sold: int) -> Any:
    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, sold, "mistake")

    return work


def _hold(town: Town) -> Any:
    async def work(unit: Unit) -> dict[str, Any]:
        page = await open_page(unit, [town.volunteers[1]])
        await ledger.hold(
            page, town.volunteers[1], 4, Note(message=Message("x"), text="x", effective_at=unit.now)
        )
        await page.write()
        return {}

    return work


def _waits(town: Town) -> Any:
    """Three who wait for a second person, with their times; and three open requests."""

    async def work(unit: Unit) -> dict[str, Any]:
        people = [
            {"shown": public_id(), "volunteer": town.volunteers[n], "person": town.persons[n], "n": n}
            for n in range(3)
        ]
        await unit.execute(
            "insert into attendance (community, public_id, activity, volunteer, person, from_at, to_at, "
            "minutes, evidence, recorder, recorded_at, day, act) "
            "select :community, r.shown, :activity, r.volunteer, r.person, "
            ":since + r.n * 60000, :until, 60, 'roster', :worker, :at + r.n, '2026-11-19', :act "
            "from rows(:people; shown text, volunteer bigint, person bigint, n bigint) as r",
            community=town.community,
            activity=town.activity,
            worker=town.worker,
            since=unit.now - 3 * HOUR,
            until=unit.now - HOUR - MINUTE,
            at=unit.now,
            act=unit.act,
            people=people,
        )
        await unit.execute(
            "insert into interval (attendance, person, community, from_at, to_at) "
            "select a.id, a.person, a.community, a.from_at, a.to_at from attendance a "
            "where a.from_at is not null and a.community = :community",
            community=town.community,
        )
        await unit.execute(
            "insert into attendance_pending (attendance, community, volunteer, programme, since_at) "
            "select a.id, a.community, a.volunteer, 'watch', a.recorded_at from attendance a "
            "where a.from_at is not null and a.community = :community",
            community=town.community,
        )
        rows = await unit.fetch(
            "insert into approval (community, public_id, kind, subject, subject_id, requester, reason, "
            "act, at) select :community, r.shown, 'test', 'test', r.n, r.person, 'x', :act, :at "
            "from rows(:people; shown text, person bigint, n bigint) as r returning id",
            community=town.community,
            act=unit.act,
            at=unit.now,
            people=people,
        )
        await unit.execute(
            "insert into approval_open (approval, community, kind, subject, subject_id, requester, since_at) "
            "select a.id, a.community, a.kind, a.subject, a.subject_id, a.requester, a.at from approval a "
            "where a.community = :community and a.id in ids(:made)",
            community=town.community,
            made=[row["id"] for row in rows],
        )
        for n in range(3):
            await unit.audit("test.done", "person", n, count=n)
        return {}

    return work
