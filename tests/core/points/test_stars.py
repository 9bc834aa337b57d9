"""Star levels on confirmed hours: kept, told, lowered, and thresholds of a community's own."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.community.notices import inbox
from core.points import home, stars, statement
from tests.core.points.test_hold import capture, hold
from tests.support.town import Town

HOUR = 60


async def level(town: Town, n: int = 0) -> int:
    return (await statement.balance(town.system, town.volunteers[n])).stars


async def change(town: Town, *hours: int) -> int:
    async def work(unit: Unit) -> dict[str, Any]:
        return {"changed": await stars.change_hours(unit, hours)}

    return int((await town.do(town.as_worker(), work)).answer["changed"])


async def test_the_level_follows_confirmed_hours(town: Town) -> None:
    await town.earn([(0, 1)], minutes=100 * HOUR - 1)
    assert (await level(town), await inbox(town.as_volunteer(0))) == (0, [])
    await town.earn([(0, 1), (1, 1)], minutes=1)
    assert (await level(town), await level(town, 1)) == (1, 0)
    (told,) = await inbox(town.as_volunteer(0))
    assert told.message.args == {"stars": 1, "hours": 100}
    assert (await home.home(town.as_volunteer(0))).balance.stars == 1


async def test_several_levels_at_once_are_told_once(town: Town) -> None:
    await town.earn([(0, 1)], minutes=700 * HOUR)
    assert await level(town) == 3
    (told,) = await inbox(town.as_volunteer(0))
    assert told.message.args == {"stars": 3, "hours": 600}


async def test_spending_points_changes_no_level(town: Town) -> None:
    await town.earn([(0, 200)], minutes=100 * HOUR)
    await capture(town, await hold(town, 200))
    assert await level(town) == 1


async def test_hours_that_are_taken_back_can_lower_it_and_he_is_told(town: Town) -> None:
    await town.earn([(0, 1)], minutes=90 * HOUR)
    attendances, _ = await town.earn([(0, 1)], minutes=20 * HOUR)
    assert await level(town) == 1
    await town.take_back(attendances)
    assert await level(town) == 0
    told = await inbox(town.as_volunteer(0))
    assert told[0].message.id == stars.FALLEN.id and told[0].message.args["stars"] == 0
    rows = await town.house.db.fetch("select stars from star_change order by id")
    assert [row["stars"] for row in rows] == [1, 0]


async def test_a_community_sets_its_own_hours_and_levels_follow(town: Town) -> None:
    await town.earn([(0, 1)], minutes=40 * HOUR)
    await town.earn([(1, 1)], minutes=5 * HOUR)
    assert await change(town, 10, 30, 60) == 1
    assert (await level(town), await level(town, 1)) == (2, 0)
    await town.earn([(1, 1)], minutes=5 * HOUR)
    assert await level(town, 1) == 1
    assert await change(town, 10, 30, 60) == 0


@pytest.mark.parametrize("hours", [(), (0, 5), (10, 10), (30, 20), tuple(range(1, 12)), (5, 1_000_000)])
async def test_hours_that_do_not_rise_are_refused(town: Town, hours: tuple[int, ...]) -> None:
    with pytest.raises(Invalid):
        await change(town, *hours)


async def test_others_change_no_hours(town: Town) -> None:
    with pytest.raises(NotFound):
        await town.do(town.as_clerk(), lambda unit: stars.change_hours(unit, (1, 2)))


async def test_two_hundred_who_rise_cost_as_many_statements_as_one(town: Town) -> None:
    from tests.support.town import found_town  # a larger one, here alone

    counts = []
    for slug, people in (("one", 1), ("many", 200)):
        large = await found_town(town.house, volunteers=people, slug=slug)
        await large.earn([(n, 1) for n in range(people)], minutes=1)
        with town.house.db.watch() as log:
            await large.earn([(n, 1) for n in range(people)], minutes=100 * HOUR)
        counts.append(len(log))
    assert counts[0] == counts[1]
