"""Days as people type them: 'YYYY-MM-DD' in the community's own zone, never still to come."""

from datetime import date

from core.base.act import Unit
from core.base.clock import day_of
from core.base.errors import Invalid, Message
from core.community.teams import zone_here

FIRST_DAY = "1900-01-01"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")


def read_day(text: str) -> str | None:
    """'2026-03-05' of 2026-3-5, 2026/3/5, 2026.3.5, 20260305 or 2026年3月5日; None for anything else."""
    plain = text.strip().translate(_FULL_WIDTH)
    plain = plain.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    if len(plain) == 8 and plain.isascii() and plain.isdecimal():
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    parts = plain.split("-")
    if len(parts) != 3 or len(parts[0]) != 4 or not all(p.isascii() and p.isdecimal() for p in parts):
        return None
    try:
        return date(*(int(p) for p in parts)).isoformat()
    except ValueError:
        return None


def clean_day(text: str, field: str, today: str, earliest: str = "") -> str:
    """The day typed; '' is today. Raises Invalid at `field`: no day, still to come, or before `earliest`."""
    day = read_day(text) if text.strip() else today
    if day is None:
        raise Invalid({field: Message("Write the day like this: 2026-03-05.")})
    if day > today:
        raise Invalid({field: Message("This day is still to come.")})
    first = max(earliest, FIRST_DAY)
    if day < first:
        raise Invalid({field: Message("The earliest day possible here is %(day)s.", day=first)})
    return day


async def today_here(unit: Unit) -> str:
    """The day it is in the act's community. Raises NotFound outside all of them."""
    return day_of(unit.now, await zone_here(unit))
