"""Dates, times and durations as a reader of each language writes them. Pure and cheap: no locale data."""

from datetime import datetime, timedelta
from functools import lru_cache

from core.base.clock import local

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = {"zh-Hans": "周", "zh-Hant": "週"}
_NEAR = {"en": ("today", "yesterday"), "zh-Hans": ("今天", "昨天"), "zh-Hant": ("今天", "昨天")}


def day(moment: datetime, lang: str) -> str:
    """2026年11月22日; Nov 22, 2026."""
    if lang == "en":
        return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}"
    return f"{moment.year}年{moment.month}月{moment.day}日"


def weekday(moment: datetime, lang: str) -> str:
    """周日; Sun."""
    return _DAYS[moment.weekday()] if lang == "en" else _WEEK[lang] + "一二三四五六日"[moment.weekday()]


def _whole_day(moment: datetime) -> bool:
    """What counts for a day begins with it; nobody wants to read its midnight."""
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


@lru_cache(maxsize=4096)
def full(at: int, zone: str, lang: str) -> str:
    """2026年11月22日 20:00; Nov 22, 2026, 20:00. `at` in milliseconds."""
    moment = local(at, zone)
    if _whole_day(moment):
        return day(moment, lang)
    return f"{day(moment, lang)}{',' if lang == 'en' else ''} {moment:%H:%M}"


@lru_cache(maxsize=4096)
def _short(at: int, today: str, zone: str, lang: str) -> str:
    moment, now = local(at, zone), datetime.fromisoformat(today)
    clock = "" if _whole_day(moment) else f" {moment:%H:%M}"
    if moment.year != now.year:
        return day(moment, lang)
    return day_short(moment, now, lang) + clock


def day_short(moment: datetime, now: datetime, lang: str) -> str:
    """昨天; 11月3日; 2025年3月1日."""
    gap = (now.date() - moment.date()).days
    if gap in (0, 1):
        return _NEAR[lang][gap]
    if moment.year != now.year:
        return day(moment, lang)
    return f"{_MONTHS[moment.month - 1]} {moment.day}" if lang == "en" else f"{moment.month}月{moment.day}日"


def short(at: int, now: int, zone: str, lang: str) -> str:
    """昨天 20:00; 11月3日 20:00; 2025年3月1日. Milliseconds; "today" is the zone's."""
    return _short(at, f"{local(now, zone):%Y-%m-%d}", zone, lang)


def clock(at: int, zone: str) -> str:
    """20:00."""
    return f"{local(at, zone):%H:%M}"


def span(from_at: int, to_at: int, zone: str, lang: str) -> str:
    """2026年11月22日 周日 20:00–22:00; the day is named again when it changed, a whole day alone."""
    start, end = local(from_at, zone), local(to_at, zone)
    if _whole_day(start) and _whole_day(end) and end.date() - start.date() == timedelta(days=1):
        return f"{day(start, lang)} {weekday(start, lang)}"
    head = f"{day(start, lang)} {weekday(start, lang)} {start:%H:%M}"
    if start.date() == end.date():
        return f"{head}–{end:%H:%M}"
    if start.date() + timedelta(days=1) == end.date() and end.hour < 12:
        return f"{head}–{'次日' if lang != 'en' else 'next day '}{end:%H:%M}"
    return f"{head}–{day(end, lang)} {end:%H:%M}"


def duration(minutes: int, lang: str) -> str:
    """2 小时 30 分; 2 h 30 min."""
    hours, rest = divmod(minutes, 60)
    hour, minute = (
        (" h", " min") if lang == "en" else (" 小时", " 分") if lang == "zh-Hans" else (" 小時", " 分")
    )
    parts = ([f"{hours:,}{hour}"] if hours else []) + ([f"{rest}{minute}"] if rest or not hours else [])
    return " ".join(parts)


def month(name: str, lang: str) -> str:
    """2026年11月 of "2026-11"; Nov 2026."""
    year, number = name.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}" if lang == "en" else f"{year}年{int(number)}月"


def month_only(name: str, lang: str) -> str:
    """11月 of "2026-11"; Nov."""
    number = int(name[5:7])
    return _MONTHS[number - 1] if lang == "en" else f"{number}月"
