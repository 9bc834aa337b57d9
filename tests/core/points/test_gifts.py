"""Gifts from one volunteer to another: set aside, accepted, declined, ended."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock, day_of
from core.base.errors import Invalid, NotFound, Refused
from core.community.notices import inbox
from core.points import gifts, statement
from tests.core.points.test_expire import settle
from tests.core.points.test_hold import capture, hold
from tests.support.town import ZONE, Town


async def give(town: Town, points: int, to: int = 1, name: str = "", giver: int = 0) -> str:
    row = await town.house.db.one(
        "select v.number, p.name from volunteer v join person p on p.id = v.person where v.id = :v",
        v=town.volunteers[to],
    )
    assert row is not None

    async def work(unit: Unit) -> dict[str, Any]:
        return await gifts.give(unit, row["number"], name or row["name"], points)

    await gifts.look(town.as_volunteer(giver), row["number"], name or row["name"], points)
    return str((await town.do(town.as_volunteer(giver), work)).answer["gift"])


async def answer(town: Town, shown: str, result: str, who: int = 1) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await gifts.answer(unit, shown, result)
        return {}

    await town.do(town.as_volunteer(who), work)


async def have(town: Town, n: int) -> tuple[int, int]:
    balance = await statement.balance(town.system, town.volunteers[n])
    return balance.posted, balance.available


async def test_gifts_are_off_until_the_community_allows_them(town: Town) -> None:
    await town.earn([(0, 9)])
    with pytest.raises(NotFound):
        await give(town, 4)


async def test_the_receiver_accepts_and_the_lots_keep_their_end(town: Town) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    await settle(town, gifts=True, expiry="year_end")
    await town.earn([(0, 3)])
    shown = await give(town, 4)
    assert (await have(town, 0), await have(town, 1)) == ((12, 8), (0, 0))
    (offered,) = await inbox(town.as_volunteer(1))
    assert offered.message.args == {"points": 4} and offered.href == "/c/hongqi/gifts"
    await answer(town, shown, "accepted")
    assert (await have(town, 0), await have(town, 1)) == ((8, 8), (4, 4))
    rows = await town.house.db.fetch(
        "select l.amount, l.expires_at from lot l join points_account a on a.id = l.account "
        "where a.volunteer = :v order by l.id",
        v=town.volunteers[1],
    )
    ends = [(r["amount"], r["expires_at"] and day_of(r["expires_at"] - 1, ZONE)) for r in rows]
    assert sorted(ends, key=str) == [(1, None), (3, "2026-12-31")]
    (told,) = await inbox(town.as_volunteer(0))
    assert told.kind == "gift.accepted"
    (gift,) = await gifts.mine(town.as_volunteer(1))
    assert (gift.result, gift.given, gift.points) == ("accepted", False, 4)


@pytest.mark.parametrize(("result", "who"), [("declined", 1), ("withdrawn", 0)])
async def test_what_is_not_taken_goes_back(town: Town, result: str, who: int) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    await answer(town, await give(town, 4), result, who)
    assert (await have(town, 0), await have(town, 1)) == ((9, 9), (0, 0))


@pytest.mark.parametrize("first", ["accepted", "declined"])
async def test_a_gift_is_answered_once(town: Town, first: str) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    shown = await give(town, 4)
    await answer(town, shown, first)
    with pytest.raises(Refused):
        await answer(town, shown, "accepted")
    with pytest.raises(Refused):
        await answer(town, shown, "withdrawn", 0)


@pytest.mark.parametrize(("result", "who"), [("accepted", 0), ("accepted", 2), ("withdrawn", 1), ("x", 1)])
async def test_only_whose_it_is_answers(town: Town, result: str, who: int) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    shown = await give(town, 4)
    with pytest.raises(NotFound):
        await answer(town, shown, result, who)


async def test_a_gift_nobody_answers_ends_and_goes_back(town: Town, clock: FixedClock) -> None:
    await settle(town, gifts=True, gift_days=5)
    await town.earn([(0, 9)])
    shown = await give(town, 4)
    clock.advance(5 * DAY - 1)
    assert not await gifts.is_due(town.house)
    clock.advance(1)
    with pytest.raises(Refused):
        await answer(town, shown, "accepted")
    assert await gifts.end_overdue(town.house) == 1
    assert await gifts.end_overdue(town.house) == 0
    assert await have(town, 0) == (9, 9)
    (told,) = await inbox(town.as_volunteer(0))
    assert told.kind == "gift.expired"


async def test_a_gift_pays_the_receivers_debt_first(town: Town) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    attendances, _ = await town.earn([(1, 3)])
    await town.earn([(2, 3)])

    await answer(town, await give(town, 3, to=2, giver=1), "accepted", 2)
    await town.take_back(attendances)
    await answer(town, await give(town, 5), "accepted")
    balance = await statement.balance(town.system, town.volunteers[1])
    assert (balance.available, balance.debt) == (2, 0)


@pytest.mark.parametrize(
    ("points", "to", "name", "field"),
    [
        (10, 1, "", "points"),
        (0, 1, "", "points"),
        (51, 1, "", "points"),
        (2, 0, "", "number"),
        (2, 1, "王", "number"),
    ],
)
async def test_what_cannot_be_given_is_said_at_its_field(
    town: Town, points: int, to: int, name: str, field: str
) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    with pytest.raises(Invalid) as wrong:
        await give(town, points, to, name)
    assert set(wrong.value.fields) == {field}


async def test_a_month_has_its_most_and_declined_gifts_do_not_count(town: Town, clock: FixedClock) -> None:
    await settle(town, gifts=True, gift_month_most=10)
    await town.earn([(0, 40)])
    await give(town, 6)
    await answer(town, await give(town, 4), "declined")
    with pytest.raises(Invalid):
        await give(town, 5)
    await give(town, 4)
    clock.advance(10 * DAY)
    await give(town, 10)


async def test_points_set_aside_as_a_gift_cannot_be_spent(town: Town) -> None:
    await settle(town, gifts=True)
    await town.earn([(0, 9)])
    await give(town, 9)
    with pytest.raises(Refused):
        await capture(town, await hold(town, 1))
