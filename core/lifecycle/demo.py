"""Fills an empty database with the demo: through the verbs everybody uses, dated as if it had grown."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from core.base.act import Unit, act
from core.base.clock import DAY, HOUR, MINUTE, local
from core.base.errors import Message, Refused
from core.base.house import House
from core.base.viewer import Viewer
from core.community.areas import NewArea, add_areas, area_of
from core.community.communities import Holiday, add_holidays, create_community
from core.community.credentials import Prepared, prepare_password, set_password
from core.community.households import create_household
from core.community.people import NewPerson, add_people
from core.community.roles import NewGrant, grant_roles
from core.community.teams import NewMember, add_members, create_team
from core.community.viewer import system_viewer
from core.community.volunteers import NewVolunteer, add_volunteers
from core.extension import switch
from core.extension.asof import as_of
from core.extension.calls import tell
from core.lifecycle import demo_town as town
from core.lifecycle.imports.whole import import_file
from core.points.statement import balance
from core.reward import catalogue
from core.reward.redemption import redeem

EXAMPLE = Path(__file__).parent / "examples" / "volunteers.csv"
SEED = 2026
BEGAN = 120 * DAY  # so long ago the county took Linli into use
ZONE = "Asia/Shanghai"
JOINED = "2024-03-05"

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
    found = await house.db.value("select 1 from person union all select 1 from community limit 1")
    return found is None


async def load_demo(house: House, progress: Progress) -> list[SignIn]:
    """Fills the database; returns the sign-ins. `progress(done, of, what)` is told of each step.

    Raises Refused when there is something in the database, with nothing changed.
    """
    if not await is_empty(house):
        raise Refused(Message("There is data in this database. The demo goes into an empty one only."))
    return await _Demo(house, progress).load()


class _Demo:
    """The loading itself: what later steps need of earlier ones."""

    def __init__(self, house: House, progress: Progress) -> None:
        self.house = house
        self.progress = progress
        self.began = house.clock.now() - BEGAN
        self.communities: dict[str, int] = {}
        self.people: dict[str, int] = {}
        self.street = 0  # the area the street office reaches
        self.counts = 0
        self.steps = 3 + 3 * len(town.PLACES)

    def say(self, text: Message) -> None:
        self.counts += 1
        self.progress(self.counts, self.steps, text)

    def viewer(self, slug: str | None = None, at: int | None = None, person: int | None = None) -> Viewer:
        community = self.communities[slug] if slug else None
        return as_of(system_viewer(self.house, community), at or self.began, person)

    async def do(self, viewer: Viewer, name: str, work: Callable[[Unit], Awaitable[None]]) -> None:
        async def whole(unit: Unit) -> dict[str, Any]:
            await work(unit)
            return {}

        request = f"system:demo:{name}:{viewer.community or 0}"
        await act(viewer, "demo." + name, request, SEED, whole)

    async def load(self) -> list[SignIn]:
        password = await prepare_password(town.PASSWORD)
        self.say(Message("Areas and communities"))
        await self.do(self.viewer(), "areas", self._areas)
        self.say(Message("People who work there"))
        await self.do(self.viewer(), "staff", lambda unit: self._staff(unit, password))
        for place in town.PLACES:
            self.say(Message("Volunteers of %(community)s", community=place.name))
            await self._volunteers(place)
            self.say(Message("Rewards of %(community)s", community=place.name))
            await self.do(self.viewer(place.slug), "rewards", self._rewards)
            self.say(Message("Past service in %(community)s", community=place.name))
            await self._past(place)
        self.say(Message("Redemptions and passwords"))
        await self._redemptions(town.PLACES[0])
        return await self._sign_ins(password)

    async def _areas(self, unit: Unit) -> None:
        stated = NewArea("county", town.COUNTY, town.HOUSEHOLDS, town.RESIDENTS)
        (county,) = await add_areas(unit, None, [stated])
        (street,) = await add_areas(
            unit, county, [NewArea("street", town.STREET, town.HOUSEHOLDS, town.RESIDENTS)]
        )
        nodes = await add_areas(unit, street, town.community_nodes())
        for place, node in zip(town.PLACES, nodes, strict=True):
            self.communities[place.slug] = await create_community(
                unit, place.slug, place.name, node, zone=ZONE, help_phone=town.HELP_PHONE
            )
        self.street = street

    async def _staff(self, unit: Unit, password: Prepared) -> None:
        everybody = [town.OPERATOR, town.STREET_OFFICE, *(s for p in town.PLACES for s in p.staff)]
        ids = await add_people(unit, [NewPerson(s.name, s.phone) for s in everybody])
        self.people.update({s.phone: person for s, person in zip(everybody, ids, strict=True)})
        grants = [
            NewGrant(self.people[town.OPERATOR.phone], "operator"),
            NewGrant(self.people[town.STREET_OFFICE.phone], "street", area=self.street),
        ]
        for place in town.PLACES:
            here = self.communities[place.slug]
            grants += [NewGrant(self.people[s.phone], s.role, community=here) for s in place.staff]
        await grant_roles(unit, grants)
        for person in ids:
            await set_password(unit, person, password)

    async def _volunteers(self, place: town.Place) -> None:
        viewer = self.viewer(place.slug)
        await self.do(viewer, "place", lambda unit: self._place(unit, place))
        if not place.volunteers:
            await import_file(viewer, EXAMPLE.name, EXAMPLE.read_bytes(), "volunteers")
            await self.do(viewer, "household", self._household)
        else:
            await self.do(viewer, "volunteers", lambda unit: self._small_cast(unit, place))

    async def _place(self, unit: Unit, place: town.Place) -> None:
        node = await unit.value("select area from community where id = :id", id=unit.community)
        area = await area_of(unit, node)
        households, residents = area.households or 0, area.residents or 0
        (station,) = await add_areas(
            unit, node, [NewArea("station", f"{place.name}网格工作站", households, residents)]
        )
        await add_areas(unit, station, town.grid_nodes(place, households, residents))
        year = local(unit.now, ZONE).year
        days = [Holiday(f"{year}-10-0{day}", "国庆节", "holiday") for day in (1, 2, 3)]
        await add_holidays(unit, days)
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

    async def _small_cast(self, unit: Unit, place: town.Place) -> None:
        first = 2000 + 100 * town.PLACES.index(place)
        new = [NewPerson(name, f"1380000{first + i}") for i, name in enumerate(place.volunteers)]
        people = await add_people(unit, new)
        volunteers = await add_volunteers(unit, [NewVolunteer(person, JOINED) for person in people])
        team = await create_team(unit, place.team, "patrol")
        roles = ["leader", "deputy", *["member"] * (len(volunteers) - 2)]
        await add_members(
            unit, [NewMember(team, v.id, r, JOINED) for v, r in zip(volunteers, roles, strict=True)]
        )

    async def _rewards(self, unit: Unit) -> None:
        for name, price, stock, description, most in town.REWARDS:
            reward = await catalogue.add_reward(unit, name, price, description=description, per_person=most)
            await catalogue.receive_stock(unit, reward.id, stock)
        name, where, hours = town.COUNTER
        await catalogue.add_counter(unit, name, place=where, hours=hours)

    async def _past(self, place: town.Place) -> None:
        """Each plugin fills the last weeks; one that fails is said, and stops the demo."""
        viewer = system_viewer(self.house, self.communities[place.slug])
        for plugin in self.house.registry if self.house.registry is not None else ():
            if "demo_data" in plugin.implements:
                outcome = await tell(
                    plugin, "demo_data", patience=600, viewer=viewer, seed=SEED + town.PLACES.index(place)
                )
                if outcome.failed:
                    raise RuntimeError(f"the demo data of plugin {plugin.name} failed: {outcome.error}")

    async def _redemptions(self, place: town.Place) -> None:
        """Those with enough points have taken something home in the last hours."""
        chance = random.Random(SEED)  # noqa: S311  # believable, repeatable; no secret
        clerk = next(s for s in place.staff if s.role == "clerk")
        look = system_viewer(self.house, self.communities[place.slug])
        rewards = await catalogue.offered(look)
        (counter, *_) = await catalogue.counters(look)
        rows = await self.house.db.fetch(
            "select volunteer from points_account where community = :community and volunteer is not null "
            "and posted - held >= 15 order by volunteer",
            community=look.community,
        )
        at = self.house.clock.now() - 5 * HOUR
        for row in chance.sample(rows, min(6, len(rows))):
            at += chance.randint(10, 45) * MINUTE
            can = (await balance(look, row["volunteer"])).available
            reward = chance.choice([r for r in rewards if r.price <= can])
            viewer = self.viewer(place.slug, at, self.people[clerk.phone])
            await self.do(
                viewer, f"redeem-{row['volunteer']}", _redeems(row["volunteer"], reward.id, counter.id)
            )

    async def _sign_ins(self, password: Prepared) -> list[SignIn]:
        first = town.PLACES[0]
        rows = await self.house.db.fetch(
            "select v.person, v.number, p.name, m.role from team t join team_member m on m.team = t.id "
            "join volunteer v on v.id = m.volunteer join person p on p.id = v.person "
            "where t.community = :community and t.name = :team and m.to_day is null "
            "order by case m.role when 'leader' then 0 when 'deputy' then 1 else 2 end, m.id limit 3",
            community=self.communities[first.slug],
            team=town.PATROL,
        )

        async def passwords(unit: Unit) -> None:
            for row in rows:
                await set_password(unit, row["person"], password)

        await self.do(self.viewer(first.slug), "passwords", passwords)
        ways = [
            SignIn(_role(row["role"]), row["name"], first.name, row["number"], town.PASSWORD) for row in rows
        ]
        ways += [SignIn(s.role, s.name, first.name, s.phone, town.PASSWORD) for s in first.staff]
        ways += [
            SignIn(s.role, s.name, "", s.phone, town.PASSWORD) for s in (town.STREET_OFFICE, town.OPERATOR)
        ]
        return ways


def _role(in_team: str) -> str:
    return "volunteer" if in_team == "member" else in_team


def _redeems(volunteer: int, reward: int, counter: int) -> Callable[[Unit], Awaitable[None]]:
    async def work(unit: Unit) -> None:
        await redeem(unit, volunteer, reward, 1, counter)

    return work
