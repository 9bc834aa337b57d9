"""The list of people: search and filters in the address, page after page, and to take along as a spreadsheet.

What is typed comes by POST first: a whole telephone number must not stand in an address. Everything else is
sent on to an address that can be kept.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import urlencode

from core.base import sheets
from core.base.act import Unit, note
from core.base.clock import day_of
from core.base.errors import NotFound
from core.community.applicants import how_many_wait
from core.community.choices import Choices, choices
from core.community.listing import teams_of
from core.community.numbers import digits_of, is_number, is_phone
from core.community.people import phones_of
from core.community.search import BEGIN, Found, Mark, Wanted, browse
from web.ask import Ask
from web.forms import Form
from web.pages.people_words import STATUS, WRITE, address, area_options, team_options
from web.routes import Answer, get, post
from web.view_parts import FieldOption, NavItem
from web.views_people import PeopleView, PersonRow

PERMISSION = "volunteer.read"
PAGE, MOST, BATCH = 50, 20_000, 2_000
_LONGEST = 60
_STATUSES = ("active", "left", "all")


class Filters(NamedTuple):
    """What the list is asked for, as it stands in the address."""

    q: str = ""
    status: str = "active"
    team: str = ""
    area: str = ""

    def query(self, **more: str) -> str:
        """The address's query, without what is not wished for."""
        wishes = {k: v for k, v in self._asdict().items() if v and (k, v) != ("status", "active")}
        return urlencode({**wishes, **more})


def filters_of(form: Form) -> Filters:
    return Filters(
        form.raw("q")[:_LONGEST],
        form.choice("status", _STATUSES, default="active"),
        form.raw("team")[:_LONGEST],
        form.raw("area")[:_LONGEST],
    )


def _wanted(filters: Filters, found: Choices) -> Wanted:
    """Raises NotFound for a team or area that is not of this community."""
    team, area = found.team(filters.team), found.area(filters.area)
    if (filters.team and team is None) or (filters.area and area is None):
        raise NotFound
    return Wanted(
        text=filters.q,
        team=team.id if team else 0,
        area=area.path if area else "",
        status="" if filters.status == "all" else filters.status,
    )


@get("/c/{slug}/people", name="people", permission=PERMISSION)
async def people(ask: Ask) -> Answer:
    return await _page(ask, filters_of(ask.query), _mark(ask.query.raw("after")))


@post("/c/{slug}/people", name="people.find", permission=PERMISSION)
async def find(ask: Ask) -> Answer:
    """A number or telephone that fits one person leads to him at once; a card's code is a number too."""
    filters = filters_of(ask.form)
    filters = filters._replace(q=filters.q.rpartition("/")[2])
    digits = digits_of(filters.q)
    if is_phone(digits) or is_number(digits):
        found = await browse(ask.viewer, Wanted(text=digits, status=""), most=2)
        if len(found) == 1:
            return ask.redirect(address(ask, found[0].volunteer.number))
        return await _page(ask, filters, BEGIN)
    query = filters.query()
    return ask.redirect(f"{ask.home}/people" + ("?" + query if query else ""))


def _mark(text: str) -> Mark:
    """Where the page before ended; anything else than our own mark begins at the front."""
    way, _, rest = text.partition("~")
    last, _, word = rest.partition("~")
    if last.isascii() and last.isdecimal() and len(last) < 16:  # a bigint
        return Mark(word[: 4 * _LONGEST], int(last), way)
    return BEGIN


async def _page(ask: Ask, filters: Filters, after: Mark) -> Answer:
    offered = await choices(ask.viewer)
    found = await browse(ask.viewer, _wanted(filters, offered), after, PAGE + 1)
    rows, more = found[:PAGE], len(found) > PAGE
    seen = _seen(ask) + len(rows)
    base = ask.home + "/people"
    mark = rows[-1].mark if rows else BEGIN
    plain = filters == Filters() and after == BEGIN
    view = PeopleView(
        action=base,
        query=filters.q,
        status=filters.status,
        statuses=_statuses(ask),
        team=filters.team,
        teams=team_options(offered, FieldOption(value="", label=ask._("All teams"))),
        area=filters.area,
        areas=area_options(offered, FieldOption(value="", label=ask._("All areas"))),
        rows=tuple(row(ask, one) for one in rows),
        shown=_shown(ask, seen, more=more),
        more_href=f"{base}?{filters.query(after=f'{mark.way}~{mark.last}~{mark.text}', seen=str(seen))}"
        if more
        else "",
        reset_href="" if filters == Filters() else base,
        actions=await _actions(ask, base, count=plain),
        export_action=base + "/export",
        export_hidden=tuple((k, v) for k, v in filters._asdict().items() if v),
        export_links=()
        if is_phone(digits_of(filters.q))
        else tuple(
            NavItem(title=form.upper(), href=f"{base}/export?{filters.query(format=form)}", icon="list")
            for form in sheets.FORMATS
        ),
    )
    return ask.page("people.html", view, title=ask._("People"), current=base, fragment="rows")


def _seen(ask: Ask) -> int:
    text = ask.query.raw("seen")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _shown(ask: Ask, seen: int, *, more: bool) -> str:
    if more:
        return ask._("%(people)s people shown; there are more.", people=seen)
    return ask.ngettext("%(n)s person, that is all.", "%(n)s people, that is all.", seen)


def _statuses(ask: Ask) -> tuple[FieldOption, ...]:
    words = {"active": ask._("Active"), "left": ask._("Has left"), "all": ask._("Active and left")}
    return tuple(FieldOption(value=key, label=label) for key, label in words.items())


async def _actions(ask: Ask, base: str, *, count: bool) -> tuple[NavItem, ...]:
    if not ask.viewer.may(WRITE):
        return ()
    # Counted on the list's first page only: with filters the page has its three statements already.
    waiting = await how_many_wait(ask.viewer) if count else 0
    return (
        NavItem(title=ask._("Add a person"), href=base + "/new", icon="plus"),
        NavItem(
            title=ask._("Applications"),
            href=ask.home + "/applications",
            icon="user",
            badge=str(waiting) if waiting else "",
        ),
        NavItem(title=ask._("Somebody moves here"), href=base + "/arrive", icon="key"),
    )


def row(ask: Ask, found: Found) -> PersonRow:
    who = found.volunteer
    return PersonRow(
        href=address(ask, who.number),
        name=who.name,
        number=who.number,
        status=status_of(ask, found),
        team=found.team,
        area=found.area,
        hours=ask.duration(who.minutes) if who.minutes else "",
        joined=who.joined_on,
    )


def status_of(ask: Ask, found: Found) -> str:
    """What stands beside a name; nothing for the active."""
    if found.left_why == "died":
        return ask._("Passed away")
    return "" if found.volunteer.status == "active" else ask.render(STATUS[found.volunteer.status])


@get("/c/{slug}/people/export", name="people.export", permission=PERMISSION)
async def export(ask: Ask) -> Answer:
    """The list with its filters as a file; without telephone numbers."""
    return await _file(ask, ask.query, phones=False)


@post("/c/{slug}/people/export", name="people.export.phones", permission=PERMISSION)
async def export_phones(ask: Ask) -> Answer:
    """The same with telephone numbers, where they were asked for: that is written into the log."""
    return await _file(ask, ask.form, phones=ask.form.raw("phones") == "1")


async def _file(ask: Ask, form: Form, *, phones: bool) -> Answer:
    kind = form.choice("format", sheets.FORMATS, default=sheets.FORMATS[0])
    filters = filters_of(form)
    wanted = _wanted(filters, await choices(ask.viewer))
    head = [ask._("Number"), ask._("Full name"), ask._("Status"), ask._("Teams"), ask._("Area")]
    head += [ask._("Minutes"), ask._("Service hours"), ask._("Joined")]
    head += [ask._("Telephone")] if phones else []
    rows = [line async for line in _lines(ask, wanted, phones=phones)]
    if phones:

        async def work(unit: Unit) -> None:
            await unit.audit("people.export", "community", unit.community, people=len(rows), phones=True)

        await note(ask.house, work, viewer=ask.viewer)
    # Writing a big workbook takes a second of a core: not on the loop that serves everybody.
    file = await asyncio.to_thread(sheets.write, kind, ask._("People"), head, rows)
    today = day_of(ask.now, ask.zone)
    place = ask.community.name if ask.community is not None else ""
    name = f"{place}-{ask._('People')}-{today}.{file.ending}"
    return ask.download(file.content, file.media_type, name)


async def _lines(ask: Ask, wanted: Wanted, *, phones: bool) -> AsyncIterator[list[sheets.Cell]]:
    """The rows of a file, BATCH at a time: a fixed number of statements for each batch."""
    mark, left = BEGIN, MOST
    while left > 0:
        found = await browse(ask.viewer, wanted, mark, min(BATCH, left))
        teams = await teams_of(ask.viewer, [f.volunteer.id for f in found])
        numbers = (
            await phones_of(ask.house, ask.house.db, [f.volunteer.person for f in found]) if phones else {}
        )
        for one in found:
            who = one.volunteer
            yield [
                who.number,
                who.name,
                status_of(ask, one) or ask._("Active"),
                "、".join(teams.get(who.id, ())),
                one.area,
                who.minutes,
                f"{who.minutes // 60}:{who.minutes % 60:02}",
                who.joined_on,
                *([numbers.get(who.person, "")] if phones else []),
            ]
        if len(found) < BATCH:
            return
        left -= len(found)
        mark = found[-1].mark
        await asyncio.sleep(0)  # others take their turn between the batches


ROUTES = (people, find, export, export_phones)
