"""Fills an empty database with the demo: through the verbs everybody uses, dated as if it had grown."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from core.base.act import Unit, act
from core.base.clock import DAY, HOUR, local, moment
from core.base.errors import Message, Refused
from core.base.house import House
from core.base.viewer import Viewer
from core.community.credentials import Prepared, prepare_password, set_password
from core.community.households import create_household
from core.community.people import NewPerson, add_people
from core.community.post_kinds import kinds_of
from core.community.roles import NewGrant, grant_roles
from core.community.viewer import system_viewer
from core.extension import switch
from core.extension.asof import as_of
from core.extension.calls import tell
from core.lifecycle.demo import book
from core.lifecycle.demo import figures as told
from core.lifecycle.demo.family import relate
from core.lifecycle.demo.folk import Folk, settle
from core.lifecycle.demo.land import ZONE, Ground, found, lay_out
from core.lifecycle.demo.life import applications, goings
from core.lifecycle.demo.offices import appoint
from core.lifecycle.demo.past import books, duties, enter_twice, services
from core.lifecycle.demo.shop import deliver, exchange
from core.lifecycle.demo.trust import ask_for_much, set_limit
from core.lifecycle.demo.ways_in import let_in, prepare
from core.lifecycle.imports.whole import import_file
from core.lifecycle.merge import merge

EXAMPLE = Path(__file__).parent.parent / "examples" / "volunteers.csv"
SEED = 2026
MONTHS = 12
PHONES = 13_900_010_000  # the first of the invented numbers; each community has ten thousand

Progress = Callable[[int, int, Message], None]


class SignIn(NamedTuple):
    """One way into the demo: role and community to show, what to type."""

    role: str
    name: str
    community: str
    account: str  # volunteer number or phone
    password: str


async def is_empty(house: House) -> bool:
    """Whether nobody and nothing is in the database yet."""
    found_one = await house.db.value("select 1 from person union all select 1 from community limit 1")
    return found_one is None


async def load_demo(house: House, progress: Progress, months: int = MONTHS) -> list[SignIn]:
    """Fills the database; returns the sign-ins. `progress(done, of, what)` is told of each step.

    `months` is how far back the past goes. Raises Refused when there is something in the database, with
    nothing changed.
    """
    if not await is_empty(house):
        raise Refused(Message("There is data in this database. The demo goes into an empty one only."))
    return await _Demo(house, progress, months).load()


class _Demo:
    """The loading itself: what later steps need of earlier ones."""

    def __init__(self, house: House, progress: Progress, months: int) -> None:
        self.house = house
        self.progress = progress
        self.chance = random.Random(SEED)  # noqa: S311  # believable, repeatable; no secret
        # The past begins at midnight, so many months ago.
        today = local(house.clock.now(), ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        self.marks = [moment(today - timedelta(days=30 * back), ZONE) for back in range(months, -1, -1)]
        self.marks[-1] = house.clock.now()
        self.began = self.marks[0] - 20 * DAY
        self.grounds: list[Ground] = []
        self.street = 0  # the area the street office reaches
        self.people: dict[str, int] = {}
        self.counts = 0
        self.steps = 2 + len(told.COUNTY_PLACES) + 1 + months + 2

    def say(self, text: Message) -> None:
        self.counts += 1
        self.progress(self.counts, self.steps, text)

    def viewer(
        self, ground: Ground | None = None, at: int | None = None, person: int | None = None
    ) -> Viewer:
        community = ground.community if ground is not None else None
        return as_of(system_viewer(self.house, community), at or self.began, person)

    async def do(self, viewer: Viewer, name: str, work: Callable[[Unit], Awaitable[object]]) -> None:
        async def whole(unit: Unit) -> dict[str, Any]:
            await work(unit)
            return {}

        request = f"system:demo:{name}:{viewer.community or 0}"
        await act(viewer, "demo." + name, request, SEED, whole)

    async def load(self) -> list[SignIn]:
        password = await prepare_password(told.PASSWORD)
        self.say(Message("Areas and communities"))
        await self.do(self.viewer(), "areas", self._areas)
        self.say(Message("People who work there"))
        await self.do(self.viewer(), "staff", lambda unit: self._staff(unit, password))
        folks = []
        for ground in self.grounds:
            self.say(Message("Volunteers of %(community)s", community=ground.place.name))
            folks.append(await self._settle(ground))
        for since, until in zip(self.marks, self.marks[1:], strict=False):
            self.say(Message("Patrols and exchanges up to %(day)s", day=f"{local(until, ZONE):%Y-%m-%d}"))
            for ground in self.grounds:
                await self._month(ground, since, until)
        self.say(Message("Service of other teams"))
        for ground, folk in zip(self.grounds, folks, strict=True):
            await self._services(ground, folk)
        self.say(Message("Passwords"))
        ways = await self._sign_ins(password)
        known = next(way.account for way in ways if way.role == "volunteer")
        await self._merge_twin(known)
        await self._life(known)
        await self._let_in()
        return ways

    async def _areas(self, unit: Unit) -> None:
        self.grounds, self.street = await found(unit)

    def _staff_of(self, ground: Ground, role: str) -> int:
        return self.people[next(s.phone for s in ground.place.staff if s.role == role)]

    async def _staff(self, unit: Unit, password: Prepared) -> None:
        everybody = [told.OPERATOR, told.STREET_OFFICE, *(s for g in self.grounds for s in g.place.staff)]
        ids = await add_people(unit, [NewPerson(s.name, s.phone) for s in everybody])
        self.people.update({s.phone: person for s, person in zip(everybody, ids, strict=True)})
        grants = [
            NewGrant(self.people[told.OPERATOR.phone], "operator"),
            NewGrant(self.people[told.STREET_OFFICE.phone], "street", area=self.street),
        ]
        for ground in self.grounds:
            grants += [
                NewGrant(self.people[s.phone], s.role, community=ground.community) for s in ground.place.staff
            ]
        await grant_roles(unit, grants)
        for person in ids:
            await set_password(unit, person, password)

    async def _settle(self, ground: Ground) -> Folk:
        """Areas, people, teams, posts, targets, what stood in the paper books, and what is on the shelves."""
        viewer, number = self.viewer(ground), self.grounds.index(ground)
        year = local(self.began, ZONE).year
        years = range(year, local(self.marks[-1], ZONE).year + 1)
        await self.do(viewer, "land", lambda unit: lay_out(unit, ground, years))
        await self.do(viewer, "programmes", self._programmes)
        await self.do(viewer, "book", book.settle_book)
        if ground.place.example:
            await import_file(viewer, EXAMPLE.name, EXAMPLE.read_bytes(), "volunteers")
            await self.do(viewer, "household", self._household)
        folk = Folk()
        first = PHONES + 10_000 * number
        joined = [f"{year - back}-{month:02}-05" for back in (1, 2, 3, 4) for month in (3, 6, 9, 12)]

        async def fill(unit: Unit) -> None:
            nonlocal folk
            folk = await settle(unit, ground, self.chance, first, joined)

        await self.do(viewer, "volunteers", fill)
        kinds = {kind.key: kind.id for kind in await kinds_of(viewer)}
        await self.do(
            viewer,
            "posts",
            lambda unit: appoint(unit, ground, folk, kinds=kinds, chance=self.chance, phone=first + 4000),
        )
        day = f"{local(self.began, ZONE):%Y-%m-%d}"
        await self.do(viewer, "duties", lambda unit: duties(unit, folk, day[:7]))
        await self.do(viewer, "books", lambda unit: books(unit, folk, day, self.chance))
        return folk

    async def _programmes(self, unit: Unit) -> None:
        for name in self.house.registry.plugins if self.house.registry is not None else ():
            await switch.enable(unit, name)

    async def _household(self, unit: Unit) -> None:
        """The couple who share a telephone live together."""
        rows = await unit.fetch(
            "select v.person from volunteer v join person p on p.id = v.person "
            "where v.community = :community and p.name in ('赵德福', '钱桂兰')",
            community=unit.community,
        )
        await create_household(unit, {row["person"]: "spouse" for row in rows})

    async def _month(self, ground: Ground, since: int, until: int) -> None:
        """Each programme fills the month; then the shelves are filled, and people exchange."""
        seed = SEED + self.grounds.index(ground)
        viewer = self.viewer(ground, until)
        for plugin in self.house.registry if self.house.registry is not None else ():
            if "demo_data" in plugin.implements:
                outcome = await tell(plugin, "demo_data", patience=600, viewer=viewer, seed=seed, since=since)
                if outcome.failed:
                    raise RuntimeError(f"the demo data of plugin {plugin.name} failed: {outcome.error}")
        clerk = self._staff_of(ground, "clerk")
        await self.do(self.viewer(ground, since + HOUR), f"deliver:{since}", deliver)
        await exchange(lambda at: self.viewer(ground, at, clerk), until - 6 * HOUR, self.chance)

    async def _merge_twin(self, stays: str) -> None:
        """The demo's volunteer was entered twice; a worker has noticed and merged the two."""
        ground, at = self.grounds[0], self.marks[-1] - DAY
        goes = ""

        async def enter(unit: Unit) -> None:
            nonlocal goes
            goes = await enter_twice(unit, f"{local(at, ZONE):%Y-%m-%d}")

        worker = self.viewer(ground, at, self._staff_of(ground, "worker"))
        await self.do(worker, "twin", enter)
        await self.do(worker, "merge", lambda unit: merge(unit, stays, goes))

    async def _let_in(self) -> None:
        """A worker has printed slips for those who have no password yet."""
        ground = self.grounds[0]
        worker = self.viewer(ground, self.marks[-1], self._staff_of(ground, "worker"))
        who, pin = await prepare(worker)
        await self.do(worker, "ways in", lambda unit: let_in(unit, who, pin))

    async def _life(self, known: str) -> None:
        """People come and go; the volunteer with the number `known` has applied a second time."""
        ground, at = self.grounds[0], self.marks[-1] - 2 * DAY
        worker = self.viewer(ground, at, self._staff_of(ground, "worker"))
        await self.do(worker, "goings", goings)
        await self.do(worker, "family", lambda unit: relate(unit, known))
        await self.do(self.viewer(ground, at), "applications", lambda unit: applications(unit, known))
        await self.do(self.viewer(ground, at), "limit", set_limit)
        clerk = self.viewer(ground, self.marks[-1] - HOUR, self._staff_of(ground, "clerk"))
        await self.do(clerk, "much", ask_for_much)
        # The month before last is closed; the last is still at work.
        closed = f"{local(self.marks[-1] - 35 * DAY, ZONE):%Y-%m}"
        await self.do(worker, "close", lambda unit: book.close_up_to(unit, closed))
        await self.do(worker, "adjust", lambda unit: book.wants_adjusting(unit, known))
        await self._gifts(known)

    async def _gifts(self, known: str) -> None:
        """A neighbour has given the demo's volunteer points twice; the second gift waits for an answer."""
        ground, gift, at = self.grounds[0], "", self.marks[-1] - 3 * HOUR
        both: list[dict[str, Any]] = []

        async def find(unit: Unit) -> None:
            both.extend(await book.parties(unit, known))

        async def first(unit: Unit) -> None:
            nonlocal gift
            gift = await book.give_to(unit, me, 5)

        await self.do(self.viewer(ground, at), "parties", find)
        me, friend = both
        mine = replace(self.viewer(ground, at, me["person"]), volunteer=me["id"])
        theirs = replace(self.viewer(ground, at, friend["person"]), volunteer=friend["id"])
        await self.do(theirs, "gift", first)
        await self.do(mine, "thanks", lambda unit: book.accept(unit, gift))
        await self.do(theirs, "second gift", lambda unit: book.give_to(unit, me, 10))

    async def _services(self, ground: Ground, folk: Folk) -> None:
        """A worker has entered the other teams' lists."""
        worker = self.viewer(ground, self.marks[-1] - 2 * HOUR, self._staff_of(ground, "worker"))
        span = (self.marks[0], self.marks[-1])
        await self.do(worker, "services", lambda unit: services(unit, ground, folk, span, self.chance))

    async def _sign_ins(self, password: Prepared) -> list[SignIn]:
        first = self.grounds[0]
        rows = await self.house.db.fetch(
            "select v.person, v.number, p.name, m.role from team t join team_member m on m.team = t.id "
            "join volunteer v on v.id = m.volunteer join person p on p.id = v.person "
            "where t.community = :community and t.name = :team and m.to_day is null "
            "order by case m.role when 'leader' then 0 when 'deputy' then 1 else 2 end, m.id limit 3",
            community=first.community,
            team=told.PATROL,
        )

        async def passwords(unit: Unit) -> None:
            for row in rows:
                await set_password(unit, row["person"], password)

        await self.do(self.viewer(first), "passwords", passwords)
        name = first.place.name
        ways = [SignIn(_role(row["role"]), row["name"], name, row["number"], told.PASSWORD) for row in rows]
        ways += [SignIn(s.role, s.name, name, s.phone, told.PASSWORD) for s in first.place.staff]
        ways += [
            SignIn(s.role, s.name, "", s.phone, told.PASSWORD) for s in (told.STREET_OFFICE, told.OPERATOR)
        ]
        other = self.grounds[-1].place
        return ways + [SignIn(s.role, s.name, other.name, s.phone, told.PASSWORD) for s in other.staff]


def _role(in_team: str) -> str:
    return "volunteer" if in_team == "member" else in_team
