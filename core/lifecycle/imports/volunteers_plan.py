"""What a list of people would bring: who is new, which teams and homes are entered, and what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from core.base.errors import Message
from core.community.people import NewPerson
from core.lifecycle.imports.kind import Answers, Cells, Plan, Setting
from core.lifecycle.imports.people import Given, Group, Resolved, Who, resolve
from core.lifecycle.imports.places import Places, one_place
from core.lifecycle.imports.register import Known, Register

_RANK = {"leader": 0, "deputy": 1, "member": 2}
Key = tuple[int, int]  # a known volunteer and 0, or 0 and the place among the new people


class Entry(msgspec.Struct, frozen=True):
    """A row of people as it reads."""

    given: Given
    person: NewPerson
    area: tuple[str, ...]
    teams: tuple[str, ...]
    role: str
    joined: str


@dataclass(slots=True)
class Found:
    """What the database knows: volunteers, teams by name, areas, and what known volunteers belong to."""

    register: Register
    teams: dict[str, int]
    places: Places | None
    memberships: set[tuple[int, int]]  # team, volunteer
    at_home: set[int]


@dataclass(slots=True)
class PeoplePlan(Plan):
    """New people with all their rows say, teams to create, memberships and homes to enter."""

    people: list[NewPerson] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    teams: dict[str, int] = field(default_factory=dict)
    new_teams: list[str] = field(default_factory=list)
    members: dict[tuple[int, int, str], tuple[str, str]] = field(default_factory=dict)
    homes: dict[tuple[int, int], tuple[int, str]] = field(default_factory=dict)


def make_plan(
    cells: Cells, entries: Sequence[Entry | None], found: Found, answers: Answers, setting: Setting
) -> PeoplePlan:
    """Pure; faults go to the cells and from there into the plan."""
    resolved = resolve(cells, [e.given if e else None for e in entries], found.register, answers)
    plan = PeoplePlan(proposals=resolved.proposals, teams=found.teams)
    joining = _Joining(cells, plan, found, setting.today)
    joining.enter_new(resolved, entries)
    for row, (who, entry) in enumerate(zip(resolved.who, entries, strict=True)):
        if who is not None and entry is not None:
            joining.join(row, who, entry)
    plan.new_teams = list(joining.new_teams)
    _count(plan, cells, resolved)
    return plan


class _Joining:
    def __init__(self, cells: Cells, plan: PeoplePlan, found: Found, today: str) -> None:
        self.cells = cells
        self.plan = plan
        self.found = found
        self.today = today
        self.new_teams: dict[str, None] = {}

    def enter_new(self, resolved: Resolved, entries: Sequence[Entry | None]) -> None:
        """Each new person with all that the rows about him say."""
        for group in resolved.groups:
            rows = [e for row in group.rows if (e := entries[row]) is not None]
            person = rows[0].person
            for other in rows[1:]:
                more = msgspec.structs.asdict(other.person)
                missing = {f: t for f, t in more.items() if t and not getattr(person, f)}
                person = msgspec.structs.replace(person, **missing) if missing else person
            days = [e.joined for e in rows if e.joined]
            self.plan.people.append(person)
            self.plan.numbers.append(group.number)
            self.plan.joined.append(min(days) if days else self.today)

    def join(self, row: int, who: Who, entry: Entry) -> None:
        """What a row says about teams and a home."""
        if isinstance(who, Known) and who.status != "active" and (entry.teams or entry.area):
            self.cells.fault(
                row,
                "name",
                Message("This person is not an active volunteer here."),
                Message("Take him in again on his own page first, or delete the line."),
            )
            return
        plan = self.plan
        key = (who.id, 0) if isinstance(who, Known) else (0, who.place)
        for team in entry.teams:
            if (plan.teams.get(team, 0), key[0]) in self.found.memberships:
                continue
            if team not in plan.teams:
                self.new_teams[team] = None
            had = plan.members.get((*key, team))
            if had is None or _RANK[entry.role] < _RANK[had[0]]:
                plan.members[*key, team] = (entry.role, entry.joined or self.today)
        if entry.area:
            area = one_place(self.cells, row, entry.area, self.found.places)
            if area is not None and key[0] not in self.found.at_home:
                plan.homes.setdefault(key, (area, self.today))


def _count(plan: PeoplePlan, cells: Cells, resolved: Resolved) -> None:
    known = {who.id for who in resolved.who if isinstance(who, Known)}
    plan.counts = {
        "rows": len(resolved.who),
        "people": len(plan.people),
        "known": len(known),
        "teams": len(plan.new_teams),
        "members": len(plan.members),
        "homes": len(plan.homes),
        "same": sum(1 for p in plan.proposals if p.answer),
    }
    plan.adds = len(plan.people) + len(plan.members) + len(plan.homes)
    plan.outline = [_mark(who) for who in resolved.who]


def _mark(who: Who | None) -> int | None:
    """A known person by his id, a new one by his place counted down from −1."""
    if who is None:
        return None
    return -1 - who.place if isinstance(who, Group) else who.id
