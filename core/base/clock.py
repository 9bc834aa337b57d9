"""Time. Inside it is an integer: milliseconds since 1970 UTC; a community reads it in its own zone."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock:
    """The machine's clock. Tests hand in one of their own."""

    def now(self) -> int:
        """Milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000


class FixedClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    def advance(self, milliseconds: int) -> None:
        self.at += milliseconds


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: int, zone: str) -> datetime:
    """The moment `at` (ms) as an aware datetime in the zone."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone_of(zone))


def moment(wall: datetime, zone: str) -> int:
    """Milliseconds of a wall-clock time in the zone (an aware datetime keeps its own zone)."""
    aware = wall if wall.tzinfo else wall.replace(tzinfo=zone_of(zone))
    return round(aware.timestamp() * 1000)


def day_of(at: int, zone: str) -> str:
    """The community's day of a moment, 'YYYY-MM-DD'."""
    return local(at, zone).strftime("%Y-%m-%d")


def month_of(day: str) -> str:
    """'YYYY-MM' of a day."""
    return day[:7]
