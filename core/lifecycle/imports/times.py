"""Times of the day and lengths of time, as people write them in lists."""

import re
from functools import lru_cache
from typing import NamedTuple

from core.base.errors import Message
from core.lifecycle.imports.cells import minutes_of, plain
from core.lifecycle.imports.faults import Wrong, short

DAY_MINUTES = 1440

_PLAIN = re.compile(r"\d{1,7}(?:\.\d{1,6})?")
_COLON = re.compile(r"(\d{1,6}):([0-5]\d)(?::[0-5]\d)?")
_HOURS = re.compile(
    r"(\d{1,6}(?:\.\d{1,4})?|[一二两兩三四五六七八九十])?"
    r"(个半小时|個半小時|个?小时|個?小時|钟头|鐘頭|时|時|hours?|hrs?|h)(半|(\d{1,2})(?:分钟?|分鐘|minutes?|mins?|m)?)?"
)
_MINUTES = re.compile(r"(\d{1,7}(?:\.0+)?)(?:分钟?|分鐘|minutes?|mins?|m)")
_HALF = re.compile(r"半(?:个|個)?(?:小时|小時|钟头|鐘頭)")
_NUMERALS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2, "兩": 2}

_MORNING = ("上午", "早上", "早晨", "凌晨", "清晨", "am")
_LATER = ("下午", "晚上", "傍晚", "夜间", "夜間", "中午", "pm")
_OCLOCK = re.compile(r"(\d{1,2})(?:[:点點时時](\d{1,2})?(?::\d\d(?:\.\d+)?)?分?|(半))?")
_FOUR = re.compile(r"([01]\d|2[0-4])([0-5]\d)")
_FRACTION = re.compile(r"0?\.\d{1,17}")
_BETWEEN = re.compile(r"[-–—~至到]+")
_FULL = re.compile(r"(.+?[年月日/.-].*?\d日?)[\sT]+(\S*\d{1,2}[:点點时時].*)", re.IGNORECASE)

CLOCK_CURE = Message("Write the time as 08:30.")
LENGTH_CURE = Message("Write 1.5, 1:30 or 1小时30分.")


@lru_cache(maxsize=4096)
def length(text: str, unit: str = "hours") -> int | None:
    """Minutes of a length of time; a bare number is in `unit` ("hours", "minutes"). None: an empty cell."""
    found = plain(text).lower().replace(",", "")
    if not found:
        return None
    if _PLAIN.fullmatch(found):
        return minutes_of(found) if unit == "hours" else _whole(found, text)
    if (colon := _COLON.fullmatch(found)) is not None:
        return int(colon[1]) * 60 + int(colon[2])
    if _HALF.fullmatch(found):
        return 30
    if (minutes := _MINUTES.fullmatch(found)) is not None:
        return _whole(minutes[1], text)
    hours = _HOURS.fullmatch(found)
    if hours is None or hours[1] is None:
        raise Wrong(Message("“%(text)s” is not a length of time.", text=short(text)), LENGTH_CURE)
    whole = _NUMERALS[hours[1]] * 60 if hours[1] in _NUMERALS else minutes_of(hours[1])
    half = 30 if hours[3] == "半" or "半" in hours[2] else 0
    return whole + half + int(hours[4] or 0)


def _whole(found: str, text: str) -> int:
    if float(found) % 1:
        raise Wrong(Message("“%(text)s” is not a length of time.", text=short(text)), LENGTH_CURE)
    return int(float(found))


class Clock(NamedTuple):
    """A time of the day in minutes (1440: midnight at its end), and the day where it was written too."""

    minutes: int
    day: str = ""


@lru_cache(maxsize=4096)
def clock(text: str) -> Clock | None:
    """A time such as 8:30, 08:30:00, 8点半, 下午3点, 0830, 2024-03-05 08:30. None: an empty cell."""
    full = _FULL.fullmatch(text.strip())
    found = plain(full[2] if full else text).lower()
    if not found:
        return None
    minutes = _minutes(found)
    if minutes is None:
        raise Wrong(Message("“%(text)s” is not a time of the day.", text=short(text)), CLOCK_CURE)
    return Clock(minutes, full[1] if full else "")


def _minutes(found: str) -> int | None:
    if _FRACTION.fullmatch(found):  # what a spreadsheet keeps for a time: its part of the day
        return round(float(found) * DAY_MINUTES)
    if (four := _FOUR.fullmatch(found)) is not None:
        return _valid(int(four[1]), int(four[2]), "")
    half = ""
    for word in (*_MORNING, *_LATER):
        if word in found:
            half = "later" if word in _LATER else "morning"
            found = found.replace(word, "")
    if found.endswith("半"):
        found = found[:-1] + "30"
    time = _OCLOCK.fullmatch(found)
    if time is None or not any(sign in found for sign in ":点點时時"):
        return None
    return _valid(int(time[1]), int(time[2] or 0), half)


def _valid(hours: int, minutes: int, half: str) -> int | None:
    if half == "later" and hours < 12:
        hours += 12
    if half == "morning" and hours == 12:
        hours = 0
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= DAY_MINUTES else None


@lru_cache(maxsize=4096)
def span(text: str) -> tuple[int, int] | None:
    """From and to in minutes of 8:00-10:30, 下午2点至4点, 08:00~10:00. None: an empty cell."""
    found = plain(text).lower()
    if not found:
        return None
    parts = [part for part in _BETWEEN.split(found) if part]
    if len(parts) == 2:
        if any(word in parts[0] for word in _LATER) and not any(w in parts[1] for w in (*_MORNING, *_LATER)):
            parts[1] = "下午" + parts[1]
        start, end = _minutes(parts[0]), _minutes(parts[1])
        if start is not None and end is not None:
            return start, end
    raise Wrong(
        Message("“%(text)s” does not say from when to when.", text=short(text)),
        Message("Write the times as 08:00-10:30."),
    )
