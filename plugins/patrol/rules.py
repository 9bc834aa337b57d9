"""What a patrol earns. Pure: the same attendance under the same rules gives the same line for ever.

Every minute counts `points_per_hour` / 60 points; a minute between 22:00 and 06:00 local time counts
`night_percent` per cent more. The whole is added up first and rounded down once, so that cutting a shift into
pieces never earns more than walking it in one.
"""

from datetime import datetime, time, timedelta
from typing import Annotated

import msgspec

from core.api import MINUTE, N_, Attendance, Caps, Line, Message, local, moment

NIGHT_BEGINS = time(22)
NIGHT_ENDS = time(6)

Rate = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=500)]

DAY_LINE = N_("Patrol of %(minutes)s minutes, %(rate)s points an hour")
NIGHT_LINE = N_(
    "Patrol of %(minutes)s minutes, %(night)s of them at night (+%(percent)s%%), %(rate)s points an hour"
)

# What the figures of a line are called on the page that explains it.
FIGURES = (N_("Minutes"), N_("Night minutes"), N_("Points per hour"), N_("Night percent"))


class PatrolRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A community's rule sheet for patrols: whole points an hour, night bonus in per cent, caps."""

    points_per_hour: Rate = 3
    night_percent: Percent = 50
    caps: Caps = Caps(day=20)

    def sentences(self) -> list[Message]:
        """The rules as a volunteer reads them."""
        said = [Message("A patrol earns %(rate)s points an hour, by the minute.", rate=self.points_per_hour)]
        if self.night_percent:
            said.append(
                Message(
                    "Minutes between 22:00 and 06:00 earn %(percent)s%% more.",
                    percent=self.night_percent,
                )
            )
        said.append(Message("Points are added up over the whole patrol and rounded down once."))
        return [*said, *self.caps.sentences()]


def night_minutes(from_at: int, to_at: int, zone: str) -> int:
    """Whole minutes between 22:00 and 06:00 of the zone's clock in a time given in ms since 1970 UTC."""
    day = local(from_at, zone).date() - timedelta(days=1)
    last = local(to_at, zone).date()
    night = 0
    while day <= last:
        begins = moment(datetime.combine(day, NIGHT_BEGINS), zone)
        day += timedelta(days=1)
        ends = moment(datetime.combine(day, NIGHT_ENDS), zone)
        night += max(0, min(to_at, ends) - max(from_at, begins))
    return night // MINUTE


def reckon(minutes: int, night: int, rules: PatrolRules) -> int:
    """Points for `minutes`, `night` of them at night; rounded down once."""
    return rules.points_per_hour * (minutes * 100 + night * rules.night_percent) // 6000


def score(attendance: Attendance, rules: PatrolRules) -> list[Line]:
    """One line, or none where the time is too short for a point."""
    minutes = attendance.minutes
    night = 0
    if attendance.from_at is not None and attendance.to_at is not None:
        night = min(minutes, night_minutes(attendance.from_at, attendance.to_at, attendance.zone))
    points = reckon(minutes, night, rules)
    if points < 1:
        return []
    rate, percent = rules.points_per_hour, rules.night_percent
    inputs = {"minutes": minutes, "night_minutes": night, "points_per_hour": rate, "night_percent": percent}
    if night and percent:
        message = Message(NIGHT_LINE, minutes=minutes, night=night, percent=percent, rate=rate)
    else:
        message = Message(DAY_LINE, minutes=minutes, rate=rate)
    return [Line(rule="patrol", points=points, inputs=inputs, message=message)]
