"""The plugin's pages: the list of shifts, recording one, and looking at one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.api import (
    Attended,
    Invalid,
    Message,
    NotFound,
    Row,
    Team,
    attendance_of,
    local,
    members_for_roster,
    my_teams,
    settings_of,
)
from plugins.patrol import service
from plugins.patrol.fields import read_fields
from plugins.patrol.rules import night_minutes
from plugins.patrol.service import READ, RECORD, Shift, record_shift
from plugins.patrol.views import (
    WORDS,
    OwnPatrol,
    OwnPatrols,
    ShiftCard,
    ShiftForm,
    ShiftList,
    ShiftView,
    TeamsView,
    WalkerRow,
)
from web.api import Answer, Ask, Fact, FieldError, Flash, NavItem, Roster, get, parse_roster, post, signed

PAGE = 20
RECENT = 3  # what the panel on the home page shows
_LARGEST_ID = 10**15
_USUAL = (20, 22)  # a patrol's usual hours, where the clock does not tell better


@get("/shifts", name="patrol.shifts", permission=READ, tenant="team")
async def shifts(ask: Ask) -> Answer:
    before = ask.query.raw("before")
    last = int(before) if before.isdecimal() and int(before) < _LARGEST_ID else None
    rows = await service.shifts(ask.viewer, last, PAGE + 1)
    more = len(rows) > PAGE
    view = ShiftList(
        shifts=tuple(_card(ask, row) for row in rows[:PAGE]),
        new_href=ask.url("/shifts/new") if ask.viewer.may_somewhere(RECORD) else "",
        more_href=ask.url(f"/shifts?before={rows[PAGE - 1]['id']}") if more else "",
    )
    return ask.page("patrol/shifts.html", view, title=ask._("Patrols"), fragment="shifts")


def _card(ask: Ask, row: Row) -> ShiftCard:
    return ShiftCard(
        href=ask.url(f"/shifts/{row['public_id']}"),
        title=row["title"],
        team=row["team_name"] or "",
        route=row["route"],
        when=ask.span(row["from_at"], row["to_at"]),
        people=ask.ngettext("%(n)s person", "%(n)s people", row["people"]),
        time=ask.duration(row["minutes"]),
        findings=ask.ngettext("%(n)s finding", "%(n)s findings", row["findings"]) if row["findings"] else "",
        waiting=ask.ngettext("%(n)s waits", "%(n)s wait", row["waiting"]) if row["waiting"] else "",
    )


@get("/shifts/new", name="patrol.new", permission=RECORD, tenant="team")
async def new(ask: Ask) -> Answer:
    team = await _team(ask, ask.query.raw("team"))
    if isinstance(team, TeamsView):
        return ask.page("patrol/teams.html", team, title=ask._("Record a patrol"), current=ask.url("/shifts"))
    members = await members_for_roster(ask.viewer, team.id)
    roster = parse_roster(ask.form, members, ask.zone)
    return await _form(ask, team, roster, {})


async def _team(ask: Ask, public: str) -> Team | TeamsView:
    """The team of the form; where none is named: the only one there is, or a choice. Raises NotFound."""
    teams = await my_teams(ask.viewer, RECORD)
    if public:
        team = next((team for team in teams if team.public_id == public), None)
        if team is None:
            raise NotFound
        return team
    if len(teams) == 1:
        return teams[0]
    return TeamsView(
        teams=tuple(
            NavItem(title=team.name, href=ask.url(f"/shifts/new?team={team.public_id}"), icon="users")
            for team in teams
            if team.members
        )
    )


@post("/shifts", name="patrol.record", permission=RECORD, tenant="team", body=256 * 1024)
async def record(ask: Ask) -> Answer:
    form = ask.form
    team = await _team(ask, form.raw("team"))
    if isinstance(team, TeamsView):
        raise NotFound
    members = await members_for_roster(ask.viewer, team.id)
    roster = parse_roster(form, members, ask.zone)
    typed = read_fields(form, members)
    try:
        wrong = {**roster.errors, **typed.errors}
        if wrong:
            raise Invalid(wrong)
        shift = Shift(
            team=team.id,
            route=typed.route,
            from_at=roster.from_at,
            to_at=roster.to_at,
            clues=typed.clues,
            findings=typed.findings,
            pairs=typed.pairs,
        )
        night = night_minutes(roster.from_at, roster.to_at, ask.zone) > 0
        title = ask._("Night patrol") if night else ask._("Patrol")
        done = await record_shift(ask.viewer, form.request_id, title, shift, _attended(roster))
    except Invalid as invalid:
        return await _form(ask, team, roster, invalid.fields, status=422)
    return ask.redirect(ask.url(f"/shifts/{done.answer['shift']}?done=1"))


def _attended(roster: Roster) -> list[Attended]:
    return [
        Attended(
            volunteer=who.volunteer,
            person=who.person,
            number=who.number,
            from_at=who.from_at,
            to_at=who.to_at,
            minutes=who.minutes,
        )
        for who in roster.people
    ]


async def _form(
    ask: Ask, team: Team, roster: Roster, wrong: Mapping[str, Message], *, status: int = 200
) -> Answer:
    form = ask.form
    settings = await settings_of(ask.viewer, "patrol")
    texts = {name: ask.render(message) for name, message in wrong.items()}
    start, end = _usual(ask)
    view = ShiftForm(
        action=ask.url("/shifts"),
        request_id=form.raw("request_id") or ask.new_request_id(),
        back_href=ask.url("/shifts"),
        team=team.public_id,
        team_name=team.name,
        roster=roster.view(ask, wrong, from_value=start, to_value=end),
        errors=tuple(FieldError(field=name, text=text) for name, text in texts.items()),
        route=form.raw("route")[:200],
        route_error=texts.get("route", ""),
        routes=settings.routes,
        clues=form.raw("clues")[:20],
        clues_error=texts.get("clues", ""),
        findings=form.raw("findings"),
        findings_error=texts.get("findings", ""),
        pairs=form.raw("pairs"),
        pairs_error=texts.get("pairs", ""),
    )
    return ask.page(
        "patrol/new.html", view, title=ask._("Record a patrol"), current=ask.url("/shifts"), status=status
    )


def _usual(ask: Ask) -> tuple[str, str]:
    """What a fresh form offers: the two hours that just ended, or yesterday's usual ones (datetime-local)."""
    now = local(ask.now, ask.zone)
    if now.hour >= _USUAL[0] + 1:
        end = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
        start = end - timedelta(hours=2)
    else:
        day = (now - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        start, end = day.replace(hour=_USUAL[0]), day.replace(hour=_USUAL[1])
    return f"{start:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}"


@get("/shifts/{shift}", name="patrol.shift", permission=READ, tenant="team")
async def shift(ask: Ask) -> Answer:
    row = await service.shift_by(ask.viewer, ask.path["shift"])
    people = await attendance_of(ask.viewer, row["activity"])
    found, pairs = await service.details_of(ask.viewer, row["id"])
    minutes = sum(person["minutes"] for person in people)
    facts = [
        Fact(label=ask._("Team"), text=row["team_name"] or ""),
        Fact(label=ask._("Route"), text=row["route"]),
        Fact(label=ask._("Time"), text=ask.span(row["from_at"], row["to_at"])),
        Fact(label=ask._("People"), text=str(len(people))),
        Fact(label=ask._("Time in all"), text=ask.duration(minutes)),
        Fact(label=ask._("Points booked"), text=signed(sum(person["points"] for person in people))),
    ]
    if row["clues"]:
        facts.append(Fact(label=ask._("Useful clues"), text=str(row["clues"])))
    waiting = sum(person["status"] == "waiting" for person in people)
    view = ShiftView(
        title=row["title"],
        reference=row["public_id"],
        facts=tuple(facts),
        findings=tuple(found),
        pairs=tuple("、".join(names) for names in pairs),
        people=tuple(_walker(ask, person, row) for person in people),
        waiting=ask.ngettext(
            "%(n)s person still has to be confirmed by somebody else.",
            "%(n)s people still have to be confirmed by somebody else.",
            waiting,
        )
        if waiting
        else "",
        back_href=ask.url("/shifts"),
    )
    flash = Flash(text=ask._("The patrol is recorded.")) if ask.query.raw("done") else None
    return ask.page("patrol/shift.html", view, title=row["title"], current=ask.url("/shifts"), flash=flash)


def _own(ask: Ask, row: Row) -> OwnPatrol:
    return OwnPatrol(
        when=ask.when(row["from_at"]),
        route=row["route"],
        time=ask.duration(row["minutes"]),
        status=WORDS[row["status"]],
        points=signed(row["points"]) if row["status"] == "confirmed" and row["points"] else "",
    )


@get("/mine", name="patrol.mine", tenant="own")
async def mine(ask: Ask) -> Answer:
    rows = await service.own_patrols(ask.viewer)
    patrols = tuple(_own(ask, row) for row in rows)
    view = OwnPatrols(
        recent=patrols[:RECENT],
        earlier=patrols[RECENT:],
        earlier_href=ask.url("/mine#earlier") if len(patrols) > RECENT else "",
    )
    return ask.page("patrol/mine.html", view, title=ask._("My patrols"), fragment="panel")


def _walker(ask: Ask, person: Mapping[str, Any], row: Row) -> WalkerRow:
    other = (person["from_at"], person["to_at"]) != (row["from_at"], row["to_at"])
    points = signed(person["points"]) if person["status"] == "confirmed" else ""
    return WalkerRow(
        name=person["name"],
        number=person["number"],
        time=ask.duration(person["minutes"]),
        note=_clock(ask, person) if other and person["from_at"] is not None else "",
        status=WORDS[person["status"]],
        points=ask._("points follow") if person["waits"] else points,
    )


def _clock(ask: Ask, person: Mapping[str, Any]) -> str:
    start, end = local(person["from_at"], ask.zone), local(person["to_at"], ask.zone)
    return f"{start:%H:%M}–{end:%H:%M}"


ROUTES = (shifts, new, record, shift, mine)
