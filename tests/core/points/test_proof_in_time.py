"""The reconciler over what the book keeps about time: nothing wrong is said of a right book, and each lie is
found."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.seals import seal
from core.lifecycle.reconcile.run import prove
from core.points import expiry
from tests.core.points import test_hold_timeout
from tests.core.points.test_expire import settle
from tests.core.points.test_gifts import answer, give
from tests.core.points.test_hold import capture, hold, refund
from tests.support.town import Town

HOUR = 60


async def lived(town: Town, clock: FixedClock) -> None:
    """A refund into a lot that is over, a gift that waits and one that is accepted, a hold, a star."""
    await settle(town, expiry="year_end", grace_days=7, gifts=True)
    await town.earn([(0, 9), (1, 4)])
    spent = await capture(town, await hold(town, 4))
    await seal(town.house)
    clock.advance(60 * DAY)
    await expiry.expire(town.house)
    await refund(town, spent)
    await town.earn([(0, 20), (2, 1)], "2027-01-15", minutes=101 * HOUR)
    await answer(town, await give(town, 2), "accepted")
    await give(town, 3)
    await test_hold_timeout.hold(town, 1, 3)
    await seal(town.house)


async def test_a_right_book_is_right_also_where_a_sealed_lot_lasts_longer(
    town: Town, clock: FixedClock
) -> None:
    await lived(town, clock)
    assert await town.house.db.value("select count(*) from lot_grace") == 1
    assert await prove(town.house, town.community) == []


LIES = {
    "gift_open": "delete from gift_open where community = :community",
    "hold_open": "update hold_open set hold = (select min(t.hold) from transfer t "
    "where t.community = :community and t.kind = 'capture') where community = :community",
    "lot": "update lot set expires_at = expires_at + 1 where community = :community and id in "
    "(select g.lot from lot_grace g where g.community = :community)",
    "volunteer": "update volunteer set stars = stars + 1 where community = :community and stars = 1",
}


@pytest.mark.parametrize("table", LIES)
async def test_a_lie_about_time_is_found_and_named(town: Town, clock: FixedClock, table: str) -> None:
    await lived(town, clock)
    before = await town.house.db.fetch(_ROWS[table], community=town.community)

    async def lie(unit: Unit) -> dict[str, Any]:
        return {"rows": await unit.execute(LIES[table], community=town.community)}

    assert (await town.do(town.system, lie)).answer["rows"] > 0
    faults = await prove(town.house, town.community)
    assert {fault.table for fault in faults} == {table}
    assert faults[0].says != faults[0].journal

    async def put_right(unit: Unit) -> dict[str, Any]:
        for row in before:
            await unit.execute(_RIGHT[table], community=town.community, a=row["a"], b=row["b"])
        return {}

    await town.do(town.system, put_right)  # the town's own audit comes after every test


_ROWS = {
    "gift_open": "select gift as a, ends_at as b from gift_open where community = :community",
    "hold_open": "select until_at as a, hold as b from hold_open where community = :community",
    "lot": "select id as a, expires_at as b from lot where community = :community",
    "volunteer": "select id as a, stars as b from volunteer where community = :community",
}
_RIGHT = {
    "gift_open": "insert into gift_open (gift, community, ends_at) values (:a, :community, :b)",
    "hold_open": "update hold_open set hold = :b where until_at = :a and community = :community",
    "lot": "update lot set expires_at = :b where id = :a and community = :community",
    "volunteer": "update volunteer set stars = :b where id = :a and community = :community",
}
