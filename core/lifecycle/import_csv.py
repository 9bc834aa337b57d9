"""Volunteers and teams from one CSV file: looked through first, then all or nothing, in one act.

A row is somebody known when its number is, or else its name together with its phone; who is known is not
added again, so that the same file twice adds nothing and a longer one only its new rows. The act's request
id comes from the community and the content, so a second sending of one file is answered, not done.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.errors import Invalid, Message, NotFound
from core.base.house import House
from core.base.viewer import Viewer
from core.community.names import clean_name
from core.community.numbers import digits_of, is_number
from core.community.people import NewPerson, add_people, clean_phone
from core.community.teams import NewMember, NewTeam, add_members, create_teams
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.csv_table import BadFile, Fault, Line, read_table

COLUMNS = {
    "姓名": "name",
    "name": "name",
    "手机号": "phone",
    "手机": "phone",
    "电话": "phone",
    "phone": "phone",
    "编号": "number",
    "志愿者编号": "number",
    "number": "number",
    "服务队": "team",
    "team": "team",
    "职务": "role",
    "role": "role",
    "加入日期": "joined",
    "joined": "joined",
}
ROLES = {
    "": "member",
    "队员": "member",
    "member": "member",
    "队长": "leader",
    "leader": "leader",
    "副队长": "deputy",
    "deputy": "deputy",
}

_KNOWN = """
select v.id, v.person, v.number, p.name, l.hash from volunteer v join person p on p.id = v.person
left join person_lookup l on l.person = p.id and l.kind = 'phone'
where v.community = :community and (
    v.number in (select r.number from rows(:numbers; number text) as r)
    or p.name in (select r.name from rows(:names; name text) as r))
order by v.id
"""

_TAKEN = """
-- everywhere (volunteer): numbers are unique everywhere
select number from volunteer where community <> :community
and number in (select r.number from rows(:numbers; number text) as r)
"""

_TEAMS = "select id, name from team where community = :community and closed_at is null"


class Entry(msgspec.Struct, frozen=True):
    """One good row, clean. `number` is '' where a new one is to be given."""

    line: int
    name: str
    phone: str
    number: str
    team: str
    role: str
    joined: str


class Plan(msgspec.Struct, frozen=True):
    """What an import would do, before it does it."""

    rows: int
    people: int
    teams: int
    memberships: int


class Imported(msgspec.Struct, frozen=True):
    """What an import has added; all zero when everything was known. `replayed`: the file was sent before."""

    rows: int
    volunteers: int
    teams: int
    memberships: int
    replayed: bool = False


def read_entries(content: bytes, today: str) -> list[Entry]:
    """The file's rows, clean. Raises BadFile naming every bad one by line and column, with the cure."""
    lines = read_table(content, COLUMNS, ("name",))
    faults: list[Fault] = []
    entries = [entry for line in lines if (entry := _entry(line, today, faults)) is not None]
    faults += _contradictions(entries)
    if faults:
        raise BadFile(sorted(faults, key=lambda f: f.line))
    return entries


def _entry(line: Line, today: str, faults: list[Fault]) -> Entry | None:
    cells = line.cells
    values: dict[str, str] = {"team": " ".join(cells.get("team", "").split())}
    found: dict[str, Message] = {}
    try:
        values["name"] = clean_name(cells["name"])
    except Invalid as error:
        found.update(error.fields)
    try:
        values["phone"] = clean_phone(cells.get("phone", ""))
    except Invalid as error:
        found.update(error.fields)
    values["number"] = digits_of(cells.get("number", ""))
    if values["number"] and not is_number(values["number"]):
        found["number"] = Message("This is not a volunteer number. Leave the cell empty to get a new one.")
    role = ROLES.get(cells.get("role", "").lower())
    if role is None:
        found["role"] = Message("Write 队员, 队长 or 副队长, or leave the cell empty.")
    elif role != "member" and not values["team"]:
        found["team"] = Message("A leader needs a team.")
    if len(values["team"]) > 60:
        found["team"] = Message("The name may have at most %(most)s characters.", most=60)
    joined = _day(cells.get("joined", ""), today)
    if joined is None:
        found["joined"] = Message("Write the day as 2026-03-05, not after today.")
    faults.extend(Fault(line.number, _column(key), message) for key, message in found.items())
    if found:
        return None
    return Entry(line=line.number, role=role or "member", joined=joined or today, **values)


def _column(key: str) -> str:
    return next(text for text, known in COLUMNS.items() if known == key)


def _day(text: str, today: str) -> str | None:
    """A day as 'YYYY-MM-DD' from the ways spreadsheets write it; '' is today."""
    if not text:
        return today
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    parts = plain.split("-")
    if len(parts) != 3 or not all(p.isascii() and p.isdecimal() for p in parts) or len(parts[0]) != 4:
        return None
    try:
        day = date(*(int(p) for p in parts)).isoformat()
    except ValueError:
        return None
    return day if "1900-01-01" <= day <= today else None


def _contradictions(entries: Sequence[Entry]) -> list[Fault]:
    """Rows of one file that cannot both be true."""
    faults = []
    named: dict[str, Entry] = {}
    seen: dict[tuple[str, ...], int] = {}
    for entry in entries:
        first = named.setdefault(entry.number, entry) if entry.number else entry
        if (first.name, first.phone) != (entry.name, entry.phone):
            message = Message("Line %(line)s gives this number to somebody else.", line=first.line)
            faults.append(Fault(entry.line, _column("number"), message))
        key = (entry.number or entry.name, entry.number or entry.phone, entry.team)
        if key in seen:
            message = Message("The same person is in line %(line)s already.", line=seen[key])
            faults.append(Fault(entry.line, "", message))
        seen.setdefault(key, entry.line)
    return faults


class _Found(msgspec.Struct):
    """Volunteers who are there already, by number and by (name, phone hash)."""

    by_number: dict[str, int]
    by_name: dict[tuple[str, str], int]
    names: dict[int, str]

    def volunteer(self, house: House, entry: Entry) -> int | None:
        if entry.number:
            return self.by_number.get(entry.number)
        phone = house.vault.hash("phone", entry.phone) if entry.phone else ""
        return self.by_name.get((entry.name, phone))


async def _find(unit_or_db: "Unit | House", community: int, entries: Sequence[Entry]) -> _Found:
    reads = unit_or_db.db if isinstance(unit_or_db, House) else unit_or_db
    rows = await reads.fetch(
        _KNOWN,
        community=community,
        numbers=[{"number": e.number} for e in entries if e.number],
        names=[{"name": e.name} for e in entries],
    )
    found = _Found({}, {}, {})
    for row in rows:
        found.by_number[row["number"]] = row["id"]
        found.by_name.setdefault((row["name"], row["hash"] or ""), row["id"])
        found.names[row["id"]] = row["name"]
    faults = [
        Fault(entry.line, _column("name"), Message("This number belongs to somebody with another name."))
        for entry in entries
        if entry.number and (known := found.by_number.get(entry.number)) and found.names[known] != entry.name
    ]
    taken = {
        row["number"]
        for row in await reads.fetch(
            _TAKEN, community=community, numbers=[{"number": e.number} for e in entries if e.number]
        )
    }
    faults += [
        Fault(entry.line, _column("number"), Message("This number belongs to somebody else."))
        for entry in entries
        if entry.number in taken
    ]
    if faults:
        raise BadFile(faults)
    return found


async def look_through(viewer: Viewer, content: bytes, zone: str) -> Plan:
    """The dry pass: what the file would add. Raises BadFile, NotFound; changes nothing."""
    viewer.require("import.run")
    if viewer.community is None:
        raise NotFound
    house = viewer.house
    entries = read_entries(content, day_of(house.clock.now(), zone))
    found = await _find(house, viewer.community, entries)
    fresh = {(e.number or e.name, e.number or e.phone) for e in entries if found.volunteer(house, e) is None}
    rows = await house.db.fetch(_TEAMS, community=viewer.community)
    teams = {e.team for e in entries if e.team} - {row["name"] for row in rows}
    memberships = sum(1 for e in entries if e.team and found.volunteer(house, e) is None)
    return Plan(rows=len(entries), people=len(fresh), teams=len(teams), memberships=memberships)


async def import_csv(viewer: Viewer, content: bytes, zone: str) -> Imported:
    """Imports a file into the viewer's community; whole or not at all. `zone` is the community's.

    Raises BadFile (every bad row by line and column), NotFound.
    """
    viewer.require("import.run")
    if viewer.community is None:
        raise NotFound
    today = day_of(viewer.house.clock.now(), zone)
    entries = read_entries(content, today)
    digest = hashlib.sha256(content).hexdigest()
    request = f"import:{viewer.community}:{digest}"
    done = await act(
        viewer, "import.csv", request[:100], [viewer.community, digest], lambda unit: _import(unit, entries)
    )
    return Imported(**done.answer, replayed=done.replayed)


async def _import(unit: Unit, entries: Sequence[Entry]) -> dict[str, int]:
    community = unit.community or 0
    found = await _find(unit, community, entries)
    fresh: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if found.volunteer(unit.house, entry) is None:
            fresh.setdefault(_who(entry), entry)
    people = await add_people(unit, [NewPerson(e.name, e.phone) for e in fresh.values()])
    added = await add_volunteers(
        unit, [NewVolunteer(p, e.joined, e.number) for p, e in zip(people, fresh.values(), strict=True)]
    )
    new = {who: volunteer.id for who, volunteer in zip(fresh, added, strict=True)}
    teams = {row["name"]: row["id"] for row in await unit.fetch(_TEAMS, community=community)}
    missing = sorted({e.team for e in entries if e.team} - set(teams))
    if missing:
        teams |= await create_teams(unit, [NewTeam(name) for name in missing])
    memberships = 0
    if any(e.team for e in entries):
        members = [
            NewMember(teams[e.team], known or new[_who(e)], e.role, e.joined)
            for e in entries
            if e.team
            for known in [found.volunteer(unit.house, e)]
        ]
        memberships = await add_members(unit, members)
    counts = {
        "rows": len(entries),
        "volunteers": len(added),
        "teams": len(missing),
        "memberships": memberships,
    }
    await unit.audit("import.csv", "community", community, counts=counts)
    return counts


def _who(entry: Entry) -> tuple[str, str]:
    return (entry.number, "") if entry.number else (entry.name, entry.phone)
