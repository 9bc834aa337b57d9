"""Ten working days, by the community's own calendar."""

import pytest

from core.community.communities import Holiday, add_holidays
from core.community.workdays import special_days, working_days
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-11-23", "2026-11-23", 0),
        ("2026-11-20", "2026-11-23", 1),  # Friday to Monday
        ("2026-11-09", "2026-11-23", 10),
        ("2026-11-08", "2026-11-23", 11),
        ("2026-11-24", "2026-11-23", 0),
    ],
)
def test_weeks_have_five(first: str, last: str, count: int) -> None:
    assert working_days(first, last, {}) == count


async def test_holidays_are_none_and_make_up_days_are_some(cast: Cast) -> None:
    holidays = [
        Holiday("2026-11-18", "社区日", "holiday"),
        Holiday("2026-11-21", "补班", "workday"),
        Holiday("2026-11-22", "也放假", "holiday"),
        Holiday("2026-10-01", "国庆节", "holiday"),
    ]
    await cast.do(cast.system(), lambda unit: add_holidays(unit, holidays))
    special = await special_days(cast.house.db, cast.hongqi, "2026-11-09", "2026-11-23")
    assert set(special) == {"2026-11-18", "2026-11-21", "2026-11-22"}
    assert working_days("2026-11-09", "2026-11-23", special) == 10
    assert await special_days(cast.house.db, cast.xinxing, "2026-11-09", "2026-11-23") == {}
