"""Days as people and spreadsheets write them. What could mean two days is refused, never guessed."""

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache

from core.base.errors import Message
from core.lifecycle.imports.faults import Wrong, short

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, as from March 1900 on
_SERIAL = re.compile(r"([1-7]\d{4})(?:\.\d+)?")
_WHOLE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\.0)?")
_PARTS = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_CLOCK = re.compile(r"(?:T|(?<=\d)|(?<=日))(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|[+]\d\d:?\d\d)?$")
_WEEKDAY = re.compile(r"[(\[]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)\]]?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = (
    re.compile(r"(?P<day>\d{1,2})[- ]?(?P<month>[a-z]{3,9})[-., ]*(?P<year>\d{4})"),
    re.compile(r"(?P<month>[a-z]{3,9})[. ]*(?P<day>\d{1,2})(?:st|nd|rd|th)?[, ]+(?P<year>\d{4})"),
)
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE = re.compile(r"[〇零○一二三四五六七八九]{4}年")
_EARLIEST = "1900-01-01"
LAST_MONTH = 12

CURE = Message("Write the day as 2026-03-05, with the year in four digits.")


def day(text: str, latest: str, earliest: str = _EARLIEST, *, month_is_enough: bool = False) -> str:
    """'YYYY-MM-DD' of a cell. `month_is_enough`: a month is its first day. Raises Wrong."""
    found = text if _ISO.fullmatch(text) else _plain(text, month_is_enough)
    found = _real(found)
    if not found:
        raise Wrong(Message("“%(text)s” is not a day we can read.", text=short(text)), CURE)
    if found > latest:
        message = Message("“%(text)s” is still to come.", text=short(text))
        raise Wrong(message, Message("Write a day that has been."))
    if found < earliest:
        message = Message("“%(text)s” is too long ago.", text=short(text))
        raise Wrong(message, Message("Write a day from %(day)s on.", day=earliest))
    return found


@lru_cache(maxsize=4096)
def _real(found: str) -> str:
    try:
        return date.fromisoformat(found).isoformat() if found else ""
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def _plain(text: str, month_is_enough: bool) -> str:
    """The day as 'YYYY-MM-DD' where the text can mean just one, else ''."""
    text = unicodedata.normalize("NFKC", text).strip().strip("'")
    text = _WEEKDAY.sub("", text)
    english = _english(text.lower())
    if english:
        return english
    text = "".join(text.split())
    if _CHINESE.match(text):
        text = _from_chinese(text)
    text = _CLOCK.sub("", text)
    if (serial := _SERIAL.fullmatch(text)) is not None:
        return (_SERIAL_ZERO + timedelta(days=int(serial[1]))).isoformat()
    if (whole := _WHOLE.fullmatch(text)) is not None:
        return "-".join(whole.groups())
    month_by_word = "月" in text
    text = text.replace("年", "-").replace("月", "-").replace("日", "").replace("号", "").replace("號", "")
    parts = _PARTS.fullmatch(text.rstrip("-"))
    if parts is None:
        return ""
    year, month, of_month = parts.groups()
    if of_month is None:
        # 2023.1 may be what a spreadsheet made of 2023.10: a month must be said in words or with a dash.
        if not month_is_enough or not (month_by_word or "-" in text):
            return ""
        of_month = "1"
    return f"{year}-{int(month):02d}-{int(of_month):02d}"


def _english(text: str) -> str:
    for shape in _ENGLISH:
        found = shape.match(text)
        if found is not None and found["month"][:3] in _MONTHS:
            month = _MONTHS.index(found["month"][:3]) + 1
            return f"{found['year']}-{month:02d}-{int(found['day']):02d}"
    return ""


def _from_chinese(text: str) -> str:
    """二〇二四年三月十五日 in digits."""
    year, _, rest = text.partition("年")
    month, _, of_month = rest.partition("月")
    parts = [year.translate(_DIGITS), _small(month), _small(of_month.rstrip("日号號"))]
    return "-".join(part for part in parts if part)


def _small(text: str) -> str:
    """Numbers up to 99 as they are said: 十 is 10, 十五 is 15, 二十三 and 廿三 are 23."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        return text.translate(_DIGITS)
    tens, _, ones = text.partition("十")
    return (tens or "一").translate(_DIGITS) + (ones or "〇").translate(_DIGITS)
