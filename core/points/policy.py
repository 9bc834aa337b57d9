"""What a community has settled about its book: when points end, gifts, star levels, how far one may adjust.

Kept with the community's other settings; what is not said there holds as it stands here.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from core.base.act import Unit
from core.base.clock import DAY, day_of, moment
from core.base.errors import Invalid, Message, NotFound
from core.community.communities import change_settings

EXPIRIES = ("never", "months", "year_end", "next_year_end")
STARS = (100, 300, 600, 1000, 1500)  # hours; the usual five levels
MOST_STARS = 10
PERMISSION = "community.settings"

_SETTINGS = "select settings from community where id = :community"


class Policy(msgspec.Struct, frozen=True):
    """The settings the book reads. Points and days are whole numbers."""

    expiry: str = "never"
    expiry_months: int = 12
    grace_days: int = 30  # what comes back to a lot that is over lasts so long
    expiry_notice_days: int = 30  # told so long before
    star_hours: tuple[int, ...] = STARS  # hours for one star, two, and so on
    gifts: bool = False
    gift_month_most: int = 50  # points one may give away in a month
    gift_days: int = 7  # a gift nobody accepts ends after so many days
    adjust_most: int = 500  # points in one adjustment

    def end(self, day: str, zone: str, now: int) -> int | None:
        """When points of a day ('YYYY-MM-DD') end, in ms: the first moment they are gone; None: never.

        What would be over already (service entered long after) lasts the days of grace.
        """
        last = last_day(self.expiry, self.expiry_months, day)
        if last is None:
            return None
        end = _after(last, zone)
        return end if end > now else self.grace(now, zone)

    def grace(self, now: int, zone: str) -> int:
        """When points end that came back to a lot which was over."""
        return _after(day_of(now + self.grace_days * DAY, zone), zone)

    def stars(self, minutes: int) -> int:
        """The star level of so many confirmed minutes."""
        return sum(minutes >= hours * 60 for hours in self.star_hours)


@lru_cache(maxsize=4096)
def last_day(expiry: str, months: int, day: str) -> str | None:
    """The last day on which points earned on a day are good."""
    start = date.fromisoformat(day)
    if expiry == "months":
        whole = start.year * 12 + start.month - 1 + months
        year, month = divmod(whole, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).isoformat()
    if expiry in ("year_end", "next_year_end"):
        return f"{start.year + (expiry == 'next_year_end'):04}-12-31"
    return None


@lru_cache(maxsize=4096)
def _after(day: str, zone: str) -> int:
    return moment(datetime.fromisoformat(day) + timedelta(days=1), zone)


def next_month(month: str) -> str:
    """The month after 'YYYY-MM'."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def month_start(month: str, zone: str) -> int:
    """The first moment of a month 'YYYY-MM', in ms."""
    return moment(datetime.fromisoformat(month + "-01"), zone)


def read(settings: str | dict[str, Any]) -> Policy:
    """The policy in a community's settings (JSON, or decoded)."""
    if isinstance(settings, str):
        return msgspec.json.decode(settings, type=Policy)
    return msgspec.convert(settings, Policy)


async def policy_of(unit: Unit) -> Policy:
    """The policy of the act's community, for verbs that open no page of the book. Raises NotFound."""
    settings = await unit.value(_SETTINGS, community=unit.community)
    if settings is None:
        raise NotFound
    return read(settings)


async def change_policy(unit: Unit, policy: Policy) -> None:
    """Settles anew when points end, gifts and adjustments; lots that are open keep their end.

    Star levels are changed by `stars.change_hours`. Raises NotFound, Invalid (the field's name).
    """
    unit.viewer.require(PERMISSION)
    wrong = _wrong(policy)
    if wrong:
        raise Invalid(wrong)
    values = {name: getattr(policy, name) for name in policy.__struct_fields__ if name != "star_hours"}
    await change_settings(unit, **values)


_LIMITS = {
    "expiry_months": (1, 120),
    "grace_days": (1, 365),
    "expiry_notice_days": (1, 180),
    "gift_month_most": (1, 1_000_000),
    "gift_days": (1, 60),
    "adjust_most": (1, 1_000_000),
}


def limits(name: str) -> tuple[int, int]:
    """The least and the most a number of the policy may be."""
    return _LIMITS[name]


def _wrong(policy: Policy) -> dict[str, Message]:
    wrong = {}
    if policy.expiry not in EXPIRIES:
        wrong["expiry"] = Message("Please choose one of these.")
    for name, (least, most) in _LIMITS.items():
        if not least <= getattr(policy, name) <= most:
            wrong[name] = Message(
                "Please type a whole number from %(least)s to %(most)s.", least=least, most=most
            )
    return wrong
