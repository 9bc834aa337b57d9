"""Large exchanges: points and pieces wait for a second person, and are spent once or go back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, Refused
from core.base.viewer import Viewer
from core.community.approvals import decide
from core.community.communities import change_settings
from core.community.households import create_household
from core.community.overdue import end_overdue
from core.community.roles import NewGrant, grant_roles
from core.points import statement
from core.points.opening import Opening, add_openings
from core.reward import catalogue, receipts, redemption
from core.reward.large import hand_over
from core.reward.redemption import OutOfStock
from core.reward.shelf import count_stock, write_off
from tests.support.book import check_book
from tests.support.cast import Cast
from tests.support.offices import Offices

MEMBER, CLERK, SECOND = "赵叔叔", "孙店员", "陈社工"


@pytest.fixture
async def shop(offices: Offices) -> AsyncIterator[Cast]:
    """赵叔叔 has 200 points; more than 40 at once need a second person; of 20 bags of rice 2 are left."""
    cast = offices.cast
    volunteer = cast[MEMBER].volunteer or 0

    async def work(unit: Unit) -> dict[str, Any]:
        await change_settings(unit, large_redemption=40)
        await add_openings(unit, [Opening(volunteer, 200, 0, "2026-11-01", "老账本")])
        await write_off(unit, cast.rice, 18)
        return {}

    await cast.do(cast.system(), work)
    yield cast
    assert await check_book(cast.house.db) == []


async def buy(cast: Cast, reward: int, *, by: str = CLERK, quantity: int = 1, **more: Any) -> dict[str, Any]:
    volunteer = cast[MEMBER].volunteer or 0
    viewer = await cast.viewer(by)
    return (await cast.do(viewer, lambda u: hand_over(u, volunteer, reward, quantity, **more))).answer


async def settle(cast: Cast, shown: str, decision: str, by: str = SECOND) -> dict[str, Any]:
    viewer = await cast.viewer(by)
    return (await cast.do(viewer, lambda unit: decide(unit, shown, decision, "看过了"))).answer


async def state(cast: Cast) -> tuple[int, int, int]:
    """Points that can be spent, pieces anybody can have, pieces on the shelf."""
    own = await statement.balance(cast.system(), cast[MEMBER].volunteer or 0)
    offered = {r.id: r.stock for r in await catalogue.offered(await cast.viewer(CLERK))}
    there = await cast.house.db.value("select stock from reward where id = :id", id=cast.rice)
    return own.available, offered[cast.rice], int(there)


async def test_up_to_the_limit_nobody_is_asked(shop: Cast) -> None:
    assert "redemption" in await buy(shop, shop.soap, quantity=2)
    asked = await buy(shop, shop.soap, quantity=3)
    assert set(asked) == {"approval", "left"} and asked["left"] == 200 - 30 - 45


async def test_while_it_waits_points_and_pieces_are_nobody_else_s(shop: Cast) -> None:
    asked = await buy(shop, shop.rice)
    assert await state(shop) == (156, 1, 2)
    await buy(shop, shop.rice)
    assert await state(shop) == (112, 0, 2)
    with pytest.raises(OutOfStock):
        await buy(shop, shop.rice)
    with pytest.raises(Refused, match="size"):
        await shop.do(
            await shop.viewer(CLERK),
            lambda unit: redemption.redeem(unit, shop[MEMBER].volunteer or 0, shop.soap, 3),
        )
    assert asked["approval"]


async def test_approved_it_is_an_exchange_like_any_other(shop: Cast) -> None:
    asked = await buy(shop, shop.rice, counter=shop.counter)
    done = await settle(shop, asked["approval"], "approved")
    assert await state(shop) == (156, 1, 1)
    found = await receipts.receipt(await shop.viewer(MEMBER), done["public_id"])
    assert (found.facts["clerk_name"], found.facts["counter"]) == (CLERK, "社区服务台")
    line = await shop.house.db.one("select actor, approver from transfer where kind = 'capture'")
    assert line is not None
    assert (line["actor"], line["approver"]) == (shop[CLERK].person, shop[SECOND].person)
    with pytest.raises(Refused):
        await settle(shop, asked["approval"], "approved", by="林主任")
    reason = "误发"
    await shop.do(await shop.viewer("林主任"), lambda unit: redemption.undo(unit, done["redemption"], reason))
    assert await state(shop) == (200, 2, 2)


@pytest.mark.parametrize("how", ["refused", "withdrawn", "nobody"])
async def test_what_is_not_approved_goes_back(shop: Cast, clock: FixedClock, how: str) -> None:
    asked = await buy(shop, shop.rice)
    if how == "nobody":
        clock.advance(15 * DAY)
        assert await end_overdue(shop.house) == 1
    else:
        await settle(shop, asked["approval"], how, CLERK if how == "withdrawn" else SECOND)
    assert await state(shop) == (200, 2, 2)
    assert await shop.house.db.value("select count(*) from redemption") == 0


async def test_the_price_agreed_is_the_price_paid(shop: Cast) -> None:
    asked = await buy(shop, shop.rice, agreed=44)
    await shop.do(
        shop.system(),
        lambda unit: unit.execute(
            "update reward set price = 60, status = 'withdrawn' where id = :id", id=shop.rice
        ),
    )
    assert (await settle(shop, asked["approval"], "approved"))["points"] == 44


async def test_a_clerk_serves_neither_himself_nor_his_household_and_they_approve_nothing_of_it(
    shop: Cast,
) -> None:
    household = {shop[MEMBER].person: "", shop[SECOND].person: "son"}
    await shop.do(shop.system(), lambda unit: create_household(unit, household))
    with pytest.raises(Refused, match="your household"):
        await buy(shop, shop.soap, by=SECOND)
    asked = await buy(shop, shop.rice)
    with pytest.raises(Refused, match="your household"):
        await settle(shop, asked["approval"], "approved")
    assert (await settle(shop, asked["approval"], "approved", by="林主任"))["result"] == "approved"


async def test_a_member_who_is_clerk_too_is_served_and_approved_by_others(shop: Cast) -> None:
    grants = [NewGrant(shop[MEMBER].person, role, community=shop.hongqi) for role in ("clerk", "worker")]
    await shop.do(shop.system(), lambda unit: grant_roles(unit, grants))
    with pytest.raises(Refused, match="your household"):
        await buy(shop, shop.rice, by=MEMBER)
    asked = await buy(shop, shop.rice)
    with pytest.raises(Refused, match="your household"):
        await settle(shop, asked["approval"], "approved", by=MEMBER)


async def test_without_a_second_person_nothing_is_set_aside(shop: Cast) -> None:
    await shop.do(
        shop.system(),
        lambda unit: unit.execute(
            "update role_grant set to_at = :now where person in (:a, :b)",
            now=unit.now,
            a=shop[SECOND].person,
            b=shop["林主任"].person,
        ),
    )
    with pytest.raises(Refused, match="nobody else here"):
        await buy(shop, shop.rice)
    assert await state(shop) == (200, 2, 2)


async def test_pieces_set_aside_can_be_neither_counted_away_nor_written_off(shop: Cast) -> None:
    await buy(shop, shop.rice)
    worker: Viewer = await shop.viewer(SECOND)
    with pytest.raises(Invalid, match="set aside"):
        await shop.do(worker, lambda unit: count_stock(unit, shop.rice, 0, 2))
    with pytest.raises(Invalid):
        await shop.do(worker, lambda unit: write_off(unit, shop.rice, 2))
    await shop.do(worker, lambda unit: write_off(unit, shop.rice, 1))
    with pytest.raises(Invalid, match="set aside"):
        await shop.do(worker, lambda unit: write_off(unit, shop.rice, 1))
    assert await state(shop) == (156, 0, 1)
