"""The catalogue: rewards and deliveries, and what is refused at the field."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.base.house import House
from core.reward import catalogue
from tests.support.town import Town, found_town


@pytest.mark.parametrize(
    ("name", "price", "per_person", "fields"),
    [
        ("", 5, None, ["name"]),
        ("x" * 61, 5, None, ["name"]),
        ("Soap", 0, None, ["price"]),
        ("Soap", 1_000_000_001, None, ["price"]),
        ("Soap", 5, 0, ["per_person"]),
        (" ", -1, 1000, ["name", "price", "per_person"]),
    ],
)
async def test_a_wrong_reward_is_refused_at_each_field(
    town: Town, name: str, price: int, per_person: int | None, fields: list[str]
) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await catalogue.add_reward(unit, name, price, per_person=per_person)
        return {}

    with pytest.raises(Invalid) as refusal:
        await town.do(town.as_worker(), work)
    assert list(refusal.value.fields) == fields
    assert await catalogue.offered(town.as_worker()) == []


async def test_only_those_who_may_change_the_catalogue(town: Town) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await catalogue.add_reward(unit, "Soap", 5)
        return {}

    for viewer in (town.as_volunteer(0), town.as_clerk()):
        with pytest.raises(NotFound):
            await town.do(viewer, work)


@pytest.mark.parametrize("quantity", [0, -5, 1_000_001])
async def test_a_delivery_brings_something(town: Town, quantity: int) -> None:
    soap = await town.stock("Soap", 5, 1)

    async def work(unit: Unit) -> dict[str, Any]:
        await catalogue.receive_stock(unit, soap.id, quantity)
        return {}

    with pytest.raises(Invalid):
        await town.do(town.as_worker(), work)


async def test_a_foreign_reward_cannot_be_filled_or_seen(town: Town, house: House) -> None:
    other = await found_town(house, slug="xinxing")
    soap = await town.stock("Soap", 5, 1)

    async def work(unit: Unit) -> dict[str, Any]:
        await catalogue.receive_stock(unit, soap.id, 5)
        return {}

    with pytest.raises(NotFound):
        await other.do(other.as_worker(), work)
    with pytest.raises(NotFound):
        await catalogue.by_public_id(other.as_worker(), soap.public_id)
    assert (await catalogue.by_public_id(town.as_volunteer(0), soap.public_id)).stock == 1
    with pytest.raises(NotFound):
        await catalogue.affordable(other.as_worker(), town.volunteers[0])


async def test_every_movement_of_stock_is_written_down(town: Town) -> None:
    await town.stock("Soap", 5, 7)
    rows = await town.house.db.fetch("select quantity, stock_after, reason, actor from stock_move")
    assert [tuple(row[n] for n in ("quantity", "stock_after", "reason", "actor")) for row in rows] == [
        (7, 7, "received", town.worker)
    ]


async def test_counters_are_listed(town: Town) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await catalogue.add_counter(unit, " Front desk ", place="Hall 1", hours="9-11")
        return {}

    await town.do(town.as_worker(), work)
    (counter,) = await catalogue.counters(town.as_clerk())
    assert (counter.name, counter.place, counter.hours) == ("Front desk", "Hall 1", "9-11")
