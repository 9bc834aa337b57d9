"""A book that does not add up stops the desk, and two persons open it again; earning goes on."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import HOUR
from core.base.errors import NotFound, Refused
from core.community.approvals import decide
from core.lifecycle.reconcile.freeze import ask_to_clear, is_due, prove_all, state
from core.lifecycle.reconcile.run import prove
from core.reward import catalogue
from core.reward.redemption import redeem
from tests.support.cast import Cast


@pytest.fixture
async def frozen(offices: Any) -> Cast:
    """红旗社区, where somebody changed a shelf past its movements."""
    cast: Cast = offices.cast
    await prove_all(cast.house)

    async def damage(unit: Unit) -> dict[str, Any]:
        rice = await catalogue.add_reward(unit, "米", 3)
        await catalogue.receive_stock(unit, rice.id, 5)
        await unit.execute(
            "update reward set stock = stock + 4 where id = :id and community = :c", id=rice.id, c=cast.hongqi
        )
        return {"rice": rice.id}

    await cast.do(cast.system(), damage)
    cast.house.clock.advance(HOUR)  # type: ignore[attr-defined]  # the tests' own clock
    assert await is_due(cast.house)
    await prove_all(cast.house)
    return cast


async def sold(cast: Cast) -> Any:
    rice = await cast.house.db.value("select id from reward where name = '米'")
    clerk = await cast.viewer("孙店员")
    return await cast.do(clerk, lambda unit: redeem(unit, cast["赵叔叔"].volunteer, rice))


async def test_a_difference_stops_the_desk_and_says_where(frozen: Cast) -> None:
    found = await state(await frozen.viewer("陈社工"))
    assert found.frozen_at is not None
    assert (found.faults[0].table, found.faults[0].says, found.faults[0].journal) == (
        "reward",
        "stock 9",
        "stock 5",
    )
    assert await frozen.house.db.value("select count(*) from audit where action = 'book.freeze'") == 1
    with pytest.raises(Refused, match="does not add up"):
        await sold(frozen)
    with pytest.raises(NotFound):
        await state(await frozen.viewer("李阿姨"))
    # Once is enough: the next hour changes nothing.
    frozen.house.clock.advance(HOUR)  # type: ignore[attr-defined]  # as above
    await prove_all(frozen.house)
    assert await frozen.house.db.value("select count(*) from book_freeze") == 1


async def test_two_persons_open_the_desk_again(frozen: Cast, offices: Any) -> None:
    worker, second = await frozen.viewer("陈社工"), await frozen.viewer(SECOND)
    asked = await frozen.do(worker, lambda unit: ask_to_clear(unit, "数错了货架"))
    shown = asked.answer["value"]
    with pytest.raises(Refused):
        await frozen.do(worker, lambda unit: decide(unit, shown, "approved"))
    await frozen.do(second, lambda unit: decide(unit, shown, "approved"))
    assert (await state(worker)).frozen_at is None
    # What both let pass does not stop the desk again; something else does.
    assert await prove(frozen.house, frozen.hongqi)
    frozen.house.clock.advance(HOUR)  # type: ignore[attr-defined]  # as above
    await prove_all(frozen.house)
    assert (await state(worker)).frozen_at is None
    with pytest.raises(Refused, match="points are missing"):
        await sold(frozen)


SECOND = "林主任"
