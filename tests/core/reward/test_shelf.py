"""The storekeeper's verbs: labels, the list, counts against the book, losses, a month's exchanges."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound, Refused
from core.base.house import House
from core.points.caps import Caps
from core.reward import catalogue, redemption, shelf
from core.reward.handed_over import BEGIN, Mark, clerks_of, handed_over
from core.reward.shelf import Terms, all_rewards, moves_of, reward_of
from tests.support.town import Town, found_town

EVER = (0, 2**60)


async def do(town: Town, verb: Any, *given: Any) -> Any:
    """A verb of the worker's; its result."""

    async def work(unit: Unit) -> dict[str, Any]:
        return {"result": await verb(unit, *given)}

    return (await town.do(town.as_worker(), work)).answer["result"]


async def buy(town: Town, number: int, reward: int) -> dict[str, Any]:
    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[number], reward)

    return (await town.do(town.as_clerk(), work)).answer


async def figures(town: Town, reward: int) -> list[tuple[str, int, int]]:
    return [(m.reason, m.quantity, m.stock_after) for m in await moves_of(town.as_worker(), reward)]


async def test_a_new_price_leaves_what_was_sold_as_it_was(town: Town) -> None:
    await town.rule(Caps())
    await town.earn([(0, 30)])
    soap = await town.stock("Soap", 10, 5)
    await buy(town, 0, soap.id)
    await do(town, shelf.change_reward, soap.id, Terms("Fine soap", 12, "two in a box", 3))
    found = await reward_of(town.as_worker(), soap.public_id)
    assert (found.name, found.price, found.per_person) == ("Fine soap", 12, 3)
    (sold,) = await handed_over(town.as_worker(), *EVER)
    assert (sold.reward_name, sold.points) == ("Soap", 10)
    detail = await town.house.db.value("select detail from audit where action = 'reward.price'")
    assert '"price":12' in detail
    assert '"was":10' in detail
    await do(town, shelf.change_reward, soap.id, Terms("Finest soap", 12))
    assert await town.house.db.value("select count(*) from audit where action = 'reward.price'") == 1


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (Terms("", 5), ["name"]),
        (Terms("Soap", 0), ["price"]),
        (Terms("Soap", 5, "x" * 201), ["description"]),
        (Terms("Soap", 5, "", 1000), ["per_person"]),
    ],
)
async def test_a_label_that_cannot_be_is_refused_at_the_field(
    town: Town, terms: Terms, fields: list[str]
) -> None:
    soap = await town.stock("Soap", 5, 1)
    with pytest.raises(Invalid) as refused:
        await do(town, shelf.change_reward, soap.id, terms)
    assert list(refused.value.fields) == fields


async def test_what_is_withdrawn_is_not_offered_keeps_its_stock_and_comes_back(town: Town) -> None:
    soap = await town.stock("Soap", 5, 4)
    await do(town, shelf.withdraw, soap.id)
    assert await catalogue.offered(town.as_worker()) == []
    (kept,) = await all_rewards(town.as_worker())
    assert (kept.status, kept.stock) == ("withdrawn", 4)
    await do(town, shelf.offer, soap.id)
    assert [r.stock for r in await catalogue.offered(town.as_worker())] == [4]


async def test_a_count_books_the_difference_with_both_figures(town: Town) -> None:
    soap = await town.stock("Soap", 5, 10)
    assert await do(town, shelf.count_stock, soap.id, 8, 10) == -2
    assert await do(town, shelf.count_stock, soap.id, 8, 8) == 0
    assert await do(town, shelf.count_stock, soap.id, 9, 8) == 1
    assert await figures(town, soap.id) == [("counted", 1, 9), ("counted", -2, 8), ("received", 10, 10)]
    details = await town.house.db.fetch("select detail from audit where action = 'reward.count' order by id")
    assert [row["detail"] for row in details] == [
        '{"book":10,"counted":8}',
        '{"book":8,"counted":8}',
        '{"book":8,"counted":9}',
    ]
    for counted in (-1, 1_000_001):
        with pytest.raises(Invalid):
            await do(town, shelf.count_stock, soap.id, counted, 9)


async def test_a_count_is_refused_when_something_was_handed_over_meanwhile(town: Town) -> None:
    await town.rule(Caps())
    await town.earn([(0, 30)])
    soap = await town.stock("Soap", 10, 5)
    await buy(town, 0, soap.id)
    with pytest.raises(Refused):
        await do(town, shelf.count_stock, soap.id, 5, 5)
    assert await figures(town, soap.id) == [("redeemed", -1, 4), ("received", 5, 5)]


async def test_no_more_can_be_spoiled_than_is_there(town: Town) -> None:
    soap = await town.stock("Soap", 5, 3)
    assert await do(town, shelf.write_off, soap.id, 2) == 1
    for quantity in (0, 2, -1):
        with pytest.raises(Invalid):
            await do(town, shelf.write_off, soap.id, quantity)
    assert await figures(town, soap.id) == [("spoiled", -2, 1), ("received", 3, 3)]


async def test_the_exchanges_of_a_month_are_told_by_clerk_with_undone_ones_marked(town: Town) -> None:
    await town.rule(Caps())
    await town.earn([(0, 30), (1, 30)])
    soap = await town.stock("Soap", 10, 5)
    first, second = await buy(town, 0, soap.id), await buy(town, 1, soap.id)

    async def undo(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, first["redemption"], "by mistake")

    await town.do(town.as_worker(), undo)
    viewer = town.as_worker()
    rows = await handed_over(viewer, *EVER)
    assert [(r.public_id, r.undone_at is None) for r in rows] == [
        (second["public_id"], True),
        (first["public_id"], False),
    ]
    (clerk,) = await clerks_of(viewer, *EVER)
    assert (clerk.times, clerk.standing, clerk.points) == (2, 1, 10)
    assert len(await handed_over(viewer, *EVER, clerk.public_id)) == 2
    assert await handed_over(viewer, *EVER, "0123456789AB") == []
    after = Mark(rows[0].at, rows[0].id)
    assert [r.id for r in await handed_over(viewer, *EVER, after=after)] == [rows[1].id]
    assert await handed_over(viewer, rows[0].at + 1, EVER[1], after=BEGIN) == []


async def test_only_the_storekeeper_of_this_community(town: Town, house: House) -> None:
    soap = await town.stock("Soap", 5, 3)
    other = await found_town(house, slug="elsewhere")
    verbs: list[tuple[Any, ...]] = [
        (shelf.change_reward, soap.id, Terms("x", 1)),
        (shelf.withdraw, soap.id),
        (shelf.offer, soap.id),
        (shelf.count_stock, soap.id, 1, 3),
        (shelf.write_off, soap.id, 1),
    ]
    for verb, *given in verbs:
        with pytest.raises(NotFound):
            await do(other, verb, *given)

        async def work(unit: Unit, verb: Any = verb, given: Any = given) -> dict[str, Any]:
            return {"result": await verb(unit, *given)}

        for viewer in (town.as_clerk(), town.as_volunteer(0)):
            with pytest.raises(NotFound):
                await town.do(viewer, work)
    for reader in (all_rewards(town.as_clerk()), reward_of(other.as_worker(), soap.public_id)):
        with pytest.raises(NotFound):
            await reader


async def test_a_counter_changes_its_hours(town: Town) -> None:
    desk = await do(town, _add_counter)
    await do(town, shelf.change_counter, desk, " Desk  one ", "Hall", "9–17")
    (found,) = await catalogue.counters(town.as_worker())
    assert (found.name, found.place, found.hours) == ("Desk one", "Hall", "9–17")
    with pytest.raises(Invalid):
        await do(town, shelf.change_counter, desk, "", "", "")
    with pytest.raises(NotFound):
        await do(town, shelf.change_counter, "0123456789AB", "x", "", "")


async def _add_counter(unit: Unit) -> str:
    return (await catalogue.add_counter(unit, "Desk")).public_id
