"""Caps: the line says which one bit and how much was lost; late entries count in the window of their day."""

from hypothesis import given
from hypothesis import strategies as st

from core.base.act import Unit
from core.points import statement
from core.points.caps import Caps, Limits, Window, cut, span, windows
from tests.support.town import Town, add_activity

DAY = "2026-11-23"


async def outcome(town: Town) -> list[tuple[int, str | None, int]]:
    rows = await town.house.db.fetch("select points, cap, lost from award_outcome order by award")
    return [(row["points"], row["cap"], row["lost"]) for row in rows]


async def test_a_day_cap_cuts_the_line_and_says_so(town: Town) -> None:
    await town.rule(Caps(day=5))
    _, done = await town.earn([(0, 3), (0, 4), (0, 2), (1, 4)], DAY)
    assert await outcome(town) == [(3, None, 0), (2, "watch.day", 2), (0, "watch.day", 2), (4, None, 0)]
    assert (done.points, done.lost, done.lines) == (9, 4, 3)
    entry = (await statement.lines(town.as_volunteer(0), town.volunteers[0]))[0]
    assert (entry.amount, entry.cap, entry.lost) == (2, "watch.day", 2)


async def test_the_tightest_of_several_caps_bites(town: Town) -> None:
    await town.rule(Caps(day=50, month=6, year=8))
    await town.earn([(0, 5)], "2026-11-01")
    await town.earn([(0, 5)], "2026-11-02")
    await town.earn([(0, 5)], "2026-12-01")
    assert await outcome(town) == [(5, None, 0), (1, "watch.month", 4), (2, "watch.year", 3)]


async def test_a_late_entry_counts_in_the_window_of_its_day(town: Town) -> None:
    await town.rule(Caps(day=5))
    await town.earn([(0, 5)], DAY)
    await town.earn([(0, 4)], "2026-11-20")
    assert await outcome(town) == [(5, None, 0), (4, None, 0)]


async def test_an_activity_cap_counts_each_activity_alone(town: Town) -> None:
    await town.rule(Caps(activity=2))
    made: list[int] = []

    async def work(unit: Unit) -> dict[str, int]:
        made.append(await add_activity(unit, town.community))
        return {}

    await town.do(town.system, work)
    await town.earn([(0, 3)], DAY)
    await town.earn([(0, 3)], DAY, activity=made[-1])
    assert await outcome(town) == [(2, "watch.activity", 1), (2, "watch.activity", 1)]


async def test_taking_an_earning_back_gives_its_room_back(town: Town) -> None:
    await town.rule(Caps(day=5))
    attendances, _ = await town.earn([(0, 5)], DAY)
    await town.take_back(attendances)
    _, done = await town.earn([(0, 4)], DAY)
    assert (done.points, done.lost) == (4, 0)


async def test_a_lower_cap_of_later_rules_cuts_nothing_earned_before(town: Town) -> None:
    await town.rule(Caps(month=40))
    await town.earn([(0, 30)], DAY)
    await town.rule(Caps(month=10), "2026-11-23")
    _, done = await town.earn([(0, 3)], "2026-11-24")
    assert (done.points, done.lost) == (0, 3)
    assert (await statement.balance(town.system, town.volunteers[0])).posted == 30


def test_windows_are_those_of_the_day() -> None:
    names = ("day", "week", "month", "quarter", "year", "activity")
    spans = [span(name, "2027-01-01", 17) for name in names]
    # The first of January 2027 is a Friday: it belongs to the last week of 2026.
    assert spans == ["2027-01-01", "2026-W53", "2027-01", "2027-Q1", "2027", "activity:17"]
    assert [span("quarter", f"2026-{m:02d}-01", 0)[-1] for m in (3, 4, 9, 12)] == ["1", "2", "3", "4"]


@given(
    points=st.integers(1, 1000),
    limits=st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1200)), max_size=4),
)
def test_a_cut_never_passes_a_cap_and_never_loses_more_than_it_must(
    points: int, limits: list[tuple[int, int]]
) -> None:
    counters = [Window(f"p.{n}", "s", most) for n, (most, _) in enumerate(limits)]
    used = {(w.cap, w.span): u for w, (_, u) in zip(counters, limits, strict=True)}
    result = cut(points, counters, used)
    rooms = [max(0, most - u) for most, u in limits]
    assert result.points == min([points, *rooms])
    assert result.points + result.lost == points
    assert (result.cap is None) == (result.lost == 0)


def test_a_cap_of_none_opens_no_window() -> None:
    assert windows(Caps(), "watch", "hours", DAY, 1) == []
    found = windows(Caps(day=1, week=2), "watch", "hours", DAY, 1)
    assert [w.cap for w in found] == ["watch.day", "watch.week"]


async def test_a_rule_has_caps_of_its_own(town: Town) -> None:
    await town.rule(Caps(month=9, rules={"hours": Limits(day=4), "other": Limits(day=1)}))
    await town.earn([(0, 5)], DAY)
    await town.earn([(0, 5)], "2026-11-24")
    await town.earn([(0, 5)], "2026-11-25")
    assert await outcome(town) == [
        (4, "watch.hours.day", 1),
        (4, "watch.hours.day", 1),
        (1, "watch.month", 4),
    ]
    said = [str(m) for m in Caps(rules={"night_hours": Limits(week=3)}).sentences()]
    assert said == ["Night hours: At most 3 points a week."]


async def test_every_window_is_that_of_the_day_of_service(town: Town) -> None:
    """Entered on one evening for many days: each falls into its own week, month, quarter and year."""
    for name, inside, outside in (
        ("week", "2026-11-22", "2026-11-23"),
        ("month", "2026-10-31", "2026-11-01"),
        ("quarter", "2026-09-30", "2026-10-01"),
        ("year", "2025-12-31", "2026-01-01"),
    ):
        before = len(await outcome(town))
        await town.rule(Caps(**{name: 5}))
        await town.earn([(1, 4)], inside)
        await town.earn([(1, 4)], outside)
        await town.earn([(1, 4)], inside)
        assert (await outcome(town))[before:] == [(4, None, 0), (4, None, 0), (1, f"watch.{name}", 3)]


async def test_what_is_taken_back_late_gives_room_in_its_own_window(town: Town) -> None:
    await town.rule(Caps(quarter=5))
    attendances, _ = await town.earn([(0, 5)], "2026-09-30")
    await town.earn([(0, 5)], "2026-10-01")
    await town.take_back(attendances)
    _, done = await town.earn([(0, 3)], "2026-11-01")
    assert (done.points, done.lost) == (0, 3)
    _, done = await town.earn([(0, 3)], "2026-08-01")
    assert (done.points, done.lost) == (3, 0)
