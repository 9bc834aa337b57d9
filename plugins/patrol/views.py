"""What each of the plugin's pages shows: finished strings, as in `web.views`."""

from typing import Literal

from web.api import Fact, FieldError, NavItem, RosterView, View

Status = Literal["waiting", "booked", "returned", "reversed"]

# What became of an attendance, in the words of the status macro.
WORDS: dict[str, Status] = {
    "waiting": "waiting",
    "confirmed": "booked",
    "returned": "returned",
    "reversed": "reversed",
}


class ShiftCard(View, frozen=True, kw_only=True):
    """One shift in the list."""

    href: str
    title: str
    team: str
    route: str
    when: str
    people: str  # "30 人"
    time: str  # of all people together
    findings: str = ""
    waiting: str = ""  # how many wait for a second person


class ShiftList(View, frozen=True, kw_only=True):
    """`patrol/shifts.html`; the block `shifts` alone is what "load more" fetches."""

    shifts: tuple[ShiftCard, ...] = ()
    new_href: str = ""  # "" for somebody who only looks
    more_href: str = ""


class OwnPatrol(View, frozen=True, kw_only=True):
    """One of the reader's own patrols."""

    when: str
    route: str
    time: str
    status: Status
    points: str = ""


class OwnPatrols(View, frozen=True, kw_only=True):
    """`patrol/mine.html`; the block `panel` alone is the panel on the home page."""

    recent: tuple[OwnPatrol, ...] = ()
    earlier: tuple[OwnPatrol, ...] = ()
    earlier_href: str = ""


class TeamsView(View, frozen=True, kw_only=True):
    """`patrol/teams.html`: for which team?"""

    teams: tuple[NavItem, ...] = ()


class ShiftForm(View, frozen=True, kw_only=True):
    """`patrol/new.html`: the roster and the patrol's own fields, as typed, with what is wrong."""

    action: str
    request_id: str
    back_href: str
    team: str  # public id
    team_name: str
    roster: RosterView
    errors: tuple[FieldError, ...] = ()
    route: str = ""
    route_error: str = ""
    routes: tuple[str, ...] = ()  # what the community usually walks
    clues: str = ""
    clues_error: str = ""
    findings: str = ""
    findings_error: str = ""
    pairs: str = ""
    pairs_error: str = ""


class WalkerRow(View, frozen=True, kw_only=True):
    """One person of a shift."""

    name: str
    number: str
    time: str
    note: str = ""  # own times, "20:30–22:00"
    status: Status
    points: str = ""


class ShiftView(View, frozen=True, kw_only=True):
    """`patrol/shift.html`."""

    title: str
    reference: str
    facts: tuple[Fact, ...]
    findings: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    people: tuple[WalkerRow, ...] = ()
    waiting: str = ""
    back_href: str
