"""Working days of a community: Monday to Friday, but for its holidays, and the days worked in their place."""

from collections.abc import Mapping
from datetime import date, timedelta

from core.base.database import Reads

_KINDS = """
select day, kind from holiday where community = :community and day > :first and day <= :last
"""


async def special_days(reads: Reads, community: int, first: str, last: str) -> dict[str, str]:
    """Days after the first up to the last that are not what their weekday says: 'holiday' or 'workday'."""
    rows = await reads.fetch(_KINDS, community=community, first=first, last=last)
    return {row["day"]: row["kind"] for row in rows}


def working_days(first: str, last: str, special: Mapping[str, str]) -> int:
    """How many working days there are after the first day, up to and with the last one."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    count = 0
    while day < end:
        day += timedelta(days=1)
        kind = special.get(day.isoformat(), "workday" if day.weekday() < 5 else "holiday")  # Monday is 0
        count += kind == "workday"
    return count
