"""What a patrol earns: tables of worked examples, and what holds for all of them."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import HOUR, MINUTE, Attendance, Caps, day_of, moment
from plugins.patrol.rules import PatrolRules, night_minutes, reckon, score

ZONE = "Asia/Shanghai"


def at(text: str, zone: str = ZONE) -> int:
    return moment(datetime.fromisoformat(text), zone)


def attendance(from_at: int, to_at: int, **parts: Any) -> Attendance:
    fields = {
        "programme": "patrol",
        "kind": "patrol",
        "zone": ZONE,
        "day": day_of(from_at, ZONE),
        "minutes": (to_at - from_at) // MINUTE,
        "from_at": from_at,
        "to_at": to_at,
    }
    return Attendance(**{**fields, **parts})


@pytest.mark.parametrize(
    ("start", "end", "night"),
    [
        ("2026-11-22 20:00", "2026-11-22 22:00", 0),
        ("2026-11-22 20:00", "2026-11-22 22:01", 1),
        ("2026-11-22 21:00", "2026-11-22 23:00", 60),
        ("2026-11-22 21:59", "2026-11-22 22:00", 0),
        ("2026-11-22 22:00", "2026-11-23 06:00", 480),
        ("2026-11-22 23:30", "2026-11-23 00:30", 60),
        ("2026-11-23 05:00", "2026-11-23 07:00", 60),
        ("2026-11-23 06:00", "2026-11-23 22:00", 0),
        ("2026-11-23 01:00", "2026-11-23 04:00", 180),
        ("2026-11-22 12:00", "2026-11-24 12:00", 960),
    ],
)
def test_night_is_from_ten_to_six_by_the_minute(start: str, end: str, night: int):
    assert night_minutes(at(start), at(end), ZONE) == night


def test_night_is_that_of_the_communitys_clock():
    start, end = at("2026-11-22 22:00"), at("2026-11-22 23:00")
    assert night_minutes(start, end, ZONE) == 60
    assert night_minutes(start, end, "UTC") == 0
    summer_ends = at("2026-10-25 01:00", "Europe/Berlin")
    assert night_minutes(summer_ends, summer_ends + 3 * HOUR, "Europe/Berlin") == 180


@pytest.mark.parametrize(
    ("minutes", "night", "rate", "percent", "points"),
    [
        (120, 0, 3, 50, 6),
        (120, 60, 3, 50, 7),  # 6 + 1.5, rounded down once
        (120, 120, 3, 50, 9),
        (90, 0, 3, 50, 4),  # 4.5
        (19, 0, 3, 50, 0),
        (20, 0, 3, 50, 1),
        (1, 1, 60, 100, 2),
        (120, 120, 3, 0, 6),
        (120, 60, 0, 50, 0),
        (479, 77, 50, 33, 420),
    ],
)
def test_points_are_added_up_and_rounded_down_once(
    minutes: int, night: int, rate: int, percent: int, points: int
):
    assert reckon(minutes, night, PatrolRules(points_per_hour=rate, night_percent=percent)) == points


def test_a_line_says_all_that_was_reckoned():
    (line,) = score(attendance(at("2026-11-22 21:00"), at("2026-11-22 23:00")), PatrolRules())
    assert line.points == 7
    assert line.inputs == {"minutes": 120, "night_minutes": 60, "points_per_hour": 3, "night_percent": 50}
    said = "Patrol of 120 minutes, 60 of them at night (+50%), 3 points an hour"
    assert str(line.message) == said
    (line,) = score(attendance(at("2026-11-22 20:00"), at("2026-11-22 22:00")), PatrolRules())
    assert str(line.message) == "Patrol of 120 minutes, 3 points an hour"


def test_too_short_a_time_earns_no_line():
    assert score(attendance(at("2026-11-22 20:00"), at("2026-11-22 20:19")), PatrolRules()) == []


def test_minutes_that_count_bound_the_night():
    short = attendance(at("2026-11-22 22:00"), at("2026-11-23 02:00"), minutes=60)
    (line,) = score(short, PatrolRules())
    assert (line.inputs["night_minutes"], line.points) == (60, 4)
    untimed = Attendance(programme="patrol", kind="patrol", zone=ZONE, day="2026-11-22", minutes=60)
    (line,) = score(untimed, PatrolRules())
    assert (line.inputs["night_minutes"], line.points) == (0, 3)


starts = st.integers(at("2026-01-01"), at("2027-01-01")).map(lambda ms: ms // MINUTE * MINUTE)
lengths = st.integers(1, 24 * 60)
rules = st.builds(
    PatrolRules, points_per_hour=st.integers(0, 1000), night_percent=st.integers(0, 500), caps=st.just(Caps())
)


@given(starts, lengths)
def test_night_minutes_agree_with_counting_them_one_by_one(start: int, length: int):
    hours = [datetime.fromtimestamp((start + m * MINUTE) / 1000, UTC).hour for m in range(length)]
    counted = sum(1 for hour in hours if (hour + 8) % 24 in (22, 23, 0, 1, 2, 3, 4, 5))
    assert night_minutes(start, start + length * MINUTE, ZONE) == counted


@given(starts, lengths, lengths, rules)
def test_cutting_a_shift_in_two_never_earns_more(start: int, first: int, second: int, sheet: PatrolRules):
    middle, end = start + first * MINUTE, start + (first + second) * MINUTE

    def earned(a: int, b: int) -> int:
        return sum(line.points for line in score(attendance(a, b), sheet))

    assert 0 <= earned(start, middle) + earned(middle, end) <= earned(start, end)


@given(starts, lengths, lengths, rules)
def test_staying_longer_never_earns_less(start: int, length: int, more: int, sheet: PatrolRules):
    short = score(attendance(start, start + length * MINUTE), sheet)
    longer = score(attendance(start, start + (length + more) * MINUTE), sheet)
    assert sum(x.points for x in short) <= sum(x.points for x in longer)


@given(starts, lengths, rules)
def test_the_same_gives_the_same(start: int, length: int, sheet: PatrolRules):
    there = attendance(start, start + length * MINUTE)
    assert score(there, sheet) == score(there, sheet)


@given(rules)
def test_a_published_sheet_is_read_back_as_it_was(sheet: PatrolRules):
    assert msgspec.json.decode(msgspec.json.encode(sheet), type=PatrolRules) == sheet


@pytest.mark.parametrize(
    "bad",
    [
        {"points_per_hour": -1},
        {"points_per_hour": 1001},
        {"night_percent": 501},
        {"points_per_hour": "3"},
        {"per_hour": 3},
        {"caps": {"day": -1}},
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(bad: dict[str, Any]):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, PatrolRules)


def test_the_rules_read_as_sentences():
    said = [str(m) for m in PatrolRules().sentences()]
    assert said[0] == "A patrol earns 3 points an hour, by the minute."
    assert "Minutes between 22:00 and 06:00 earn 50% more." in said
    assert "At most 20 points a day." in said
    assert not any("22:00" in str(m) for m in PatrolRules(night_percent=0).sentences())
