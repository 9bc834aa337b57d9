"""Redeeming: points, stock and receipt move together or not at all; every refusal says what is missing."""

from typing import Any

import pytest

from core.base.act import Done, Unit
from core.base.clock import DAY
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.viewer import Viewer
from core.points import statement
from core.points.home import home
from core.points.ledger import InsufficientPoints
from core.points.page import Note, open_page
from core.reward import catalogue, redemption
from core.reward.redemption import OutOfStock, TooManyTaken
from tests.support.town import Town, found_town


async def redeem(
    town: Town, reward: catalogue.Reward, quantity: int = 1, viewer: Viewer | None = None, **more: Any
) -> Done:
    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], reward.id, quantity, **more)

    return await town.do(viewer or town.as_clerk(), work)


async def state(town: Town) -> tuple[int, list[int]]:
    balance = await statement.balance(town.system, town.volunteers[0])
    rows = await town.house.db.fetch("select stock from reward order by id")
    return balance.available, [row["stock"] for row in rows]


async def test_points_and_stock_fall_together(town: Town) -> None:
    await town.earn([(0, 100)])
    rice = await town.stock("Rice", 44, 3)
    done = await redeem(town, rice, 2)
    assert (done.answer["points"], done.answer["left"], done.answer["stock"]) == (88, 12, 1)
    assert await state(town) == (12, [1])
    months = await statement.months(town.as_volunteer(0), town.volunteers[0])
    assert [(m.earned, m.spent) for m in months] == [(100, 88)]


async def test_spending_points_leaves_the_hours(town: Town) -> None:
    await town.earn([(0, 44)], minutes=120)
    await redeem(town, await town.stock("Rice", 44, 3))
    assert (await statement.balance(town.system, town.volunteers[0])).minutes == 120


async def test_the_lots_soonest_to_expire_are_spent_first(town: Town) -> None:
    async def grant(unit: Unit) -> dict[str, Any]:
        page = await open_page(unit, town.volunteers[:1])
        note = Note(message=Message("Opening"), text="期初", effective_at=unit.now)
        for n, end in ((10, None), (20, 5 * DAY), (30, 9 * DAY)):
            line = page.add(
                page.member(town.volunteers[0]),
                "earn",
                n,
                note,
                other=page.accounts.issued,
                posted=n,
                into=True,
            )
            page.open_lot(line, end and unit.now + end)
            page.months.add(town.volunteers[0], "2026-11", earned=n)
        await page.write()
        return {}

    await town.do(town.system, grant)
    assert (await home(town.as_volunteer(0))).expiring == 20
    await redeem(town, await town.stock("Soap", 25, 1))
    rows = await town.house.db.fetch("select amount, remaining from lot order by id")
    assert [(r["amount"], r["remaining"]) for r in rows] == [(10, 10), (20, 0), (30, 25)]


async def test_too_few_points_are_counted_and_nothing_moves(town: Town) -> None:
    await town.earn([(0, 40)])
    rice = await town.stock("Rice", 44, 3)
    with pytest.raises(InsufficientPoints) as refusal:
        await redeem(town, rice)
    assert refusal.value.short == 4
    assert await state(town) == (40, [3])


async def test_an_empty_shelf_is_told_and_nothing_moves(town: Town) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 1)
    with pytest.raises(OutOfStock) as refusal:
        await redeem(town, soap, 2)
    assert refusal.value.left == 1
    assert await state(town) == (100, [1])


@pytest.mark.parametrize("quantity", [0, -1, 1000])
async def test_a_quantity_is_between_one_and_999(town: Town, quantity: int) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 5)
    with pytest.raises(Invalid) as refusal:
        await redeem(town, soap, quantity)
    assert list(refusal.value.fields) == ["quantity"]


async def test_a_month_limit_counts_what_was_taken_and_not_undone(town: Town) -> None:
    await town.earn([(0, 200)])
    soap = await town.stock("Soap", 15, 9, per_person=2)
    first = await redeem(town, soap)
    with pytest.raises(TooManyTaken) as refusal:
        await redeem(town, soap, 2)
    assert refusal.value.left == 1
    await redeem(town, soap)
    with pytest.raises(TooManyTaken):
        await redeem(town, soap)

    async def undo(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, first.answer["redemption"], "wrong colour")

    await town.do(town.as_worker(), undo)
    await redeem(town, soap)


async def test_the_limit_is_that_of_the_community_month(town: Town, clock: Any) -> None:
    await town.earn([(0, 200)])
    soap = await town.stock("Soap", 15, 9, per_person=1)
    await redeem(town, soap)
    clock.advance(8 * 24 * 3_600_000)  # 1 December, 21:00 in Shanghai
    await redeem(town, soap)


async def test_a_clerk_cannot_redeem_for_himself(town: Town) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 5)
    own = Viewer(town.house, person=town.persons[0], community=town.community, grants=town.as_clerk().grants)
    with pytest.raises(Refused, match="household"):
        await redeem(town, soap, viewer=own)


async def test_a_clerk_cannot_redeem_for_his_household(town: Town) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 5)

    async def marry(unit: Unit) -> dict[str, Any]:
        household = await unit.value(
            "insert into household (community, public_id, created_at) values (:c, 'HOUSE', :at) returning id",
            c=town.community,
            at=unit.now,
        )
        await unit.execute(
            "insert into household_member (community, household, person, from_day) "
            "select cast(:c as bigint), cast(:h as bigint), r.person, '2020-01-01' "
            "from rows(:people; person bigint) as r",
            c=town.community,
            h=household,
            people=[{"person": town.persons[0]}, {"person": town.clerk}],
        )
        return {}

    await town.do(town.system, marry)
    with pytest.raises(Refused, match="household"):
        await redeem(town, soap)
    assert await state(town) == (100, [5])


async def test_without_permission_there_is_no_counter(town: Town) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 5)
    for viewer in (town.as_volunteer(1), town.as_worker()):
        with pytest.raises(NotFound):
            await redeem(town, soap, viewer=viewer)


async def test_foreign_rewards_volunteers_and_counters_look_absent(town: Town, house: House) -> None:
    other = await found_town(house, slug="xinxing")
    await town.earn([(0, 100)])
    soap, theirs = await town.stock("Soap", 15, 5), await other.stock("Soap", 15, 5)
    made: list[int] = []

    async def open_counter(unit: Unit) -> dict[str, Any]:
        made.append((await catalogue.add_counter(unit, "Theirs")).id)
        return {}

    await other.do(other.as_worker(), open_counter)
    for reward, counter in ((theirs, None), (soap, made[0]), (soap, 99999)):
        with pytest.raises(NotFound):
            await redeem(town, reward, counter=counter)

    async def to_stranger(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, other.volunteers[0], soap.id)

    with pytest.raises(NotFound):
        await town.do(town.as_clerk(), to_stranger)


async def test_a_withdrawn_reward_is_not_handed_over(town: Town) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 5)

    async def withdraw(unit: Unit) -> dict[str, Any]:
        await unit.execute("update reward set status = 'withdrawn'")
        return {}

    await town.do(town.system, withdraw)
    with pytest.raises(NotFound):
        await redeem(town, soap)


async def test_sent_three_times_it_is_handed_over_once(town: Town) -> None:
    await town.earn([(0, 100)])
    soap = await town.stock("Soap", 15, 5)

    async def work(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, town.volunteers[0], soap.id)

    answers = [await town.do(town.as_clerk(), work, "the same request") for _ in range(3)]
    assert [a.replayed for a in answers] == [False, True, True]
    assert answers[0].answer == answers[1].answer == answers[2].answer
    assert await state(town) == (85, [4])


async def test_a_redemption_takes_a_fixed_number_of_statements(town: Town) -> None:
    for _ in range(20):
        await town.earn([(0, 5)])
    soap = await town.stock("Soap", 5, 50)
    with town.house.db.watch() as one:
        await redeem(town, soap)
    with town.house.db.watch() as many:
        await redeem(town, soap, 18)
    assert [s.sql for s in one] == [s.sql for s in many]
    assert len(one) <= 20


async def test_the_price_agreed_is_the_price_paid(town: Town) -> None:
    await town.earn([(0, 100)])
    rice = await town.stock("Rice", 44, 3)
    with pytest.raises(Refused, match="price"):
        await redeem(town, rice, agreed=40)
    assert await state(town) == (100, [3])
    assert (await redeem(town, rice, agreed=44)).answer["points"] == 44


@pytest.mark.parametrize(
    ("change", "served"),
    [
        ("update volunteer set status = 'left', left_why = 'own_wish' where id = :v", True),
        ("update volunteer set status = 'left', left_why = 'moved' where id = :v", True),
        ("update volunteer set status = 'left', left_why = 'refused' where id = :v", False),
        ("update volunteer set status = 'applied' where id = :v", False),
        (
            "update person set died_on = '2026-11-20' "
            "where id = (select person from volunteer where id = :v)",
            False,
        ),
    ],
)
async def test_who_left_spends_what_he_has_and_nobody_does_for_the_dead(
    town: Town, change: str, served: bool
) -> None:
    await town.earn([(0, 100)])
    rice = await town.stock("Rice", 44, 3)

    async def happens(unit: Unit) -> dict[str, Any]:
        return {"rows": await unit.execute(change, v=town.volunteers[0])}

    await town.do(town.system, happens)
    if served:
        assert (await catalogue.affordable(town.as_clerk(), town.volunteers[0])).available == 100
        assert (await redeem(town, rice)).answer["left"] == 56
        return
    with pytest.raises(NotFound):
        await redeem(town, rice)
    assert await state(town) == (100, [3])
