"""Somebody else takes an exchange home: only his collector of today, and never from a clerk who is one."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Refused
from core.community.approvals import decide
from core.community.communities import change_settings
from core.community.relations import end_relation, enter_relation
from core.community.volunteers import NewVolunteer, add_volunteers, by_number
from core.points.opening import Opening, add_openings
from core.reward import catalogue, receipts
from core.reward.large import hand_over
from tests.support.offices import Offices

MEMBER, COLLECTOR, CLERK = "赵叔叔", "李阿姨", "孙店员"


@pytest.fixture
async def shop(offices: Offices) -> Offices:
    cast = offices.cast
    opening = Opening(cast[MEMBER].volunteer or 0, 100, 0, "2026-11-01", "老账本")
    await cast.do(cast.system(), lambda unit: add_openings(unit, [opening]))
    return offices


async def relate(shop: Offices, person: str, kind: str = "collector") -> int:
    cast = shop.cast
    worker = await cast.viewer("陈社工")
    member = await by_number(worker, cast[MEMBER].number)

    async def work(unit: Unit) -> dict[str, Any]:
        return {"relation": await enter_relation(unit, member, kind, cast[person].number)}

    return int((await cast.do(worker, work)).answer["relation"])


async def sell(shop: Offices, collector: str | None, by: str = CLERK) -> dict[str, Any]:
    cast = shop.cast
    person = cast[collector].person if collector else None
    viewer = await cast.viewer(by)
    member = cast[MEMBER].volunteer or 0
    done = await cast.do(viewer, lambda unit: hand_over(unit, member, cast.rice, 1, collector=person))
    return done.answer


async def test_the_receipt_and_the_log_say_who_took_it_home(shop: Offices) -> None:
    cast, db = shop.cast, shop.house.db
    await relate(shop, COLLECTOR)
    clerk = await cast.viewer(CLERK)
    shelf = await catalogue.affordable(clerk, cast[MEMBER].volunteer or 0)
    assert [(c.person, c.number) for c in shelf.collectors] == [
        (cast[COLLECTOR].person, cast[COLLECTOR].number)
    ]
    assert len(shelf.affordable) == 2
    sold = await sell(shop, COLLECTOR)
    receipt = await receipts.receipt(clerk, sold["public_id"])
    assert receipt.facts["collector_name"] == COLLECTOR
    detail = await db.value("select detail from audit where action = 'redemption.make'")
    assert f'"collector":{cast[COLLECTOR].person}' in detail.replace(" ", "")
    own = await sell(shop, None)
    assert (await receipts.receipt(clerk, own["public_id"])).facts["collector_name"] is None


async def test_who_is_no_collector_today_collects_nothing(shop: Offices) -> None:
    relation = await relate(shop, COLLECTOR)
    await relate(shop, "钱奶奶", "guardian")
    for name in ("吴大爷", "钱奶奶"):
        with pytest.raises(Refused, match="may not collect"):
            await sell(shop, name)
    await shop.cast.do(shop.cast.system(), lambda unit: end_relation(unit, relation))
    with pytest.raises(Refused, match="may not collect"):
        await sell(shop, COLLECTOR)
    clerk = await shop.cast.viewer(CLERK)
    assert (await catalogue.affordable(clerk, shop.cast[MEMBER].volunteer or 0)).collectors == []
    assert await shop.house.db.value("select count(*) from redemption") == 0


@pytest.mark.parametrize("kind", ["collector", "guardian"])
async def test_a_clerk_never_serves_whom_he_cares_for_whoever_collects(shop: Offices, kind: str) -> None:
    cast = shop.cast
    await relate(shop, COLLECTOR)
    volunteer = NewVolunteer(cast[CLERK].person, joined_on="2026-01-01")
    added = (await cast.do(cast.system(), lambda unit: _number(unit, volunteer))).answer
    cast[CLERK].number = added["number"]
    relation = await relate(shop, CLERK, kind)
    for collector in (None, COLLECTOR, CLERK):
        with pytest.raises(Refused, match="guardian of or collect for"):
            await sell(shop, collector)
    assert (await sell(shop, COLLECTOR, by="陈社工"))["points"] > 0
    await cast.do(cast.system(), lambda unit: end_relation(unit, relation))
    assert (await sell(shop, COLLECTOR))["points"] > 0


async def _number(unit: Unit, volunteer: NewVolunteer) -> dict[str, Any]:
    (added,) = await add_volunteers(unit, [volunteer])
    return {"number": added.number}


async def test_a_large_exchange_remembers_who_will_take_it_home(shop: Offices) -> None:
    cast = shop.cast
    await relate(shop, COLLECTOR)
    await cast.do(cast.system(), lambda unit: change_settings(unit, large_redemption=10))
    asked = await sell(shop, COLLECTOR)
    second = await cast.viewer("陈社工")
    done = await cast.do(second, lambda unit: decide(unit, asked["approval"], "approved"))
    receipt = await receipts.receipt(second, done.answer["public_id"])
    assert receipt.facts["collector_name"] == COLLECTOR
