"""A small community for tests of the book, its rows written plainly so that no other package is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.base.act import Done, Unit, act
from core.base.clock import MINUTE, day_of
from core.base.errors import Message
from core.base.house import House
from core.base.ids import public_id, request_id
from core.base.viewer import Grant, Viewer
from core.community.roles import NewGrant, ensure_roles, grant_roles
from core.extension.types import Line
from core.points import awards, rules
from core.points.caps import Caps
from core.reward import catalogue

ZONE = "Asia/Shanghai"
PROGRAMME = "watch"


class Rules(msgspec.Struct):
    """A programme with nothing but caps."""

    caps: Caps = Caps()


@dataclass
class Town:
    """A community with volunteers, a clerk who is none of them, an activity and published rules."""

    house: House
    community: int
    volunteers: list[int]
    persons: list[int]
    clerk: int
    worker: int
    activity: int
    sheet: int = 0
    rewards: list[catalogue.Reward] = field(default_factory=list)
    posted: awards.Confirmed = field(default_factory=awards.Confirmed)

    @property
    def system(self) -> Viewer:
        return Viewer(self.house, community=self.community, system=True)

    def as_clerk(self) -> Viewer:
        return self._with(self.clerk, "redemption.make")

    def as_worker(self) -> Viewer:
        return self._with(
            self.worker,
            "reward.write",
            "redemption.undo",
            "points.read",
            "points.adjust",
            "points.close",
            "community.settings",
            "attendance.review",
        )

    def as_second(self) -> Viewer:
        """Another worker, for what needs two."""
        return self._with(self.clerk, "points.adjust", "points.close", "points.read")

    async def appoint(self) -> None:
        """Worker and clerk hold roles here, so that each finds the other when two are needed."""

        async def work(unit: Unit) -> dict[str, Any]:
            await ensure_roles(unit)
            people = (self.worker, self.clerk)
            await grant_roles(unit, [NewGrant(p, "worker", community=self.community) for p in people])
            return {}

        await self.do(self.system, work)

    def as_volunteer(self, number: int) -> Viewer:
        return Viewer(
            self.house,
            person=self.persons[number],
            community=self.community,
            volunteer=self.volunteers[number],
        )

    def _with(self, person: int, *permissions: str) -> Viewer:
        grant = Grant(frozenset(permissions), community=self.community)
        return Viewer(self.house, person=person, community=self.community, grants=(grant,))

    async def do(self, viewer: Viewer, work: Any, request: str | None = None, inputs: Any = None) -> Done:
        """An act with a request id of its own."""
        return await act(viewer, "test", request or request_id(), inputs, work)

    async def stock(
        self, name: str, price: int, pieces: int, per_person: int | None = None
    ) -> catalogue.Reward:
        """A reward with pieces on the shelf."""

        async def work(unit: Unit) -> dict[str, Any]:
            made.append(await catalogue.add_reward(unit, name, price, per_person=per_person))
            await catalogue.receive_stock(unit, made[-1].id, pieces)
            return {"reward": made[-1].id}

        made: list[catalogue.Reward] = []
        await self.do(self.as_worker(), work)
        self.rewards.append(made[-1])
        return made[-1]

    async def rule(self, caps: Caps, from_day: str = "2026-11-23") -> int:
        """Publishes the next version of the rules; later attendances fall under it."""

        async def work(unit: Unit) -> dict[str, Any]:
            return {"version": await rules.publish(unit, PROGRAMME, Rules(caps), from_day)}

        done = await self.do(self.system, work)
        row = await self.house.db.value(
            "select id from rule_sheet where community = :c and version = :v",
            c=self.community,
            v=done.answer["version"],
        )
        self.sheet = int(row)
        return int(done.answer["version"])

    async def attend(
        self,
        unit: Unit,
        served: Iterable[tuple[int, int]],
        day: str,
        minutes: int = 60,
        activity: int | None = None,
    ) -> list[int]:
        """Writes attendances of (volunteer number, points) and proposes a line each; returns their ids."""
        people = [
            {"public_id": public_id(), "volunteer": self.volunteers[n], "person": self.persons[n]}
            for n, _ in served
        ]
        rows = await unit.fetch(
            "insert into attendance (community, public_id, activity, volunteer, person, minutes, evidence, "
            "recorder, recorded_at, day, act) select :community, r.public_id, :activity, r.volunteer, "
            "r.person, :minutes, 'roster', :recorder, :at, :day, :act "
            "from rows(:people; public_id text, volunteer bigint, person bigint) as r "
            "returning id, public_id",
            community=self.community,
            activity=activity or self.activity,
            minutes=minutes,
            recorder=self.worker,
            at=unit.now,
            day=day,
            act=unit.act,
            people=people,
        )
        ids = {row["public_id"]: row["id"] for row in rows}
        attendances = [ids[person["public_id"]] for person in people]
        await awards.propose(
            unit,
            [
                awards.Proposed(
                    attendance=a,
                    volunteer=self.volunteers[n],
                    person=self.persons[n],
                    programme=PROGRAMME,
                    sheet=self.sheet,
                    day=day,
                    lines=[
                        Line(
                            rule="hours",
                            points=points,
                            inputs={"minutes": minutes},
                            message=Message("Watch: %(minutes)s minutes", minutes=minutes),
                        )
                    ],
                )
                for a, (n, points) in zip(attendances, served, strict=True)
            ],
        )
        return attendances

    async def decide(
        self, unit: Unit, attendances: Sequence[int], decision: str, decider: int | None = None
    ) -> None:
        """The decision rows the activity layer writes."""
        await unit.execute(
            "insert into attendance_decision (community, attendance, decision, decider, act, at) "
            "select cast(:community as bigint), a.id, cast(:decision as text), cast(:decider as bigint), "
            "cast(:act as bigint), cast(:at as bigint) from attendance a where a.id in ids(:attendances)",
            community=self.community,
            decision=decision,
            decider=decider,
            act=unit.act,
            at=unit.now,
            attendances=list(attendances),
        )

    async def earning(
        self,
        unit: Unit,
        served: Sequence[Sequence[int]],
        day: str,
        *,
        minutes: int = 60,
        approver: int | None = None,
        activity: int | None = None,
    ) -> dict[str, Any]:
        """The work of an act that records and confirms (volunteer number, points)."""
        attendances = await self.attend(unit, [(n, p) for n, p in served], day, minutes, activity)
        await self.decide(unit, attendances, "confirmed", approver)
        self.posted = await awards.confirm(unit, attendances, approver)
        return {"attendances": attendances}

    async def earn(
        self,
        served: Sequence[Sequence[int]],
        day: str | None = None,
        *,
        request: str | None = None,
        **more: Any,
    ) -> tuple[list[int], awards.Confirmed]:
        """Records and confirms in one act; returns attendances and what was posted."""
        day = day or day_of(self.house.clock.now(), ZONE)
        self.posted = awards.Confirmed()
        done = await self.do(
            self.system,
            lambda unit: self.earning(unit, served, day, **more),
            request,
            [list(s) for s in served],
        )
        return done.answer["attendances"], self.posted

    async def take_back(self, attendances: Sequence[int]) -> awards.Confirmed:
        """Reverses confirmed attendances."""
        result: list[awards.Confirmed] = []

        async def work(unit: Unit) -> dict[str, Any]:
            await self.decide(unit, attendances, "reversed", self.clerk)
            result.append(await awards.take_back(unit, attendances, Message("Recorded by mistake.")))
            return {}

        await self.do(self.as_worker(), work)
        return result[-1]


async def found_town(house: House, volunteers: int = 3, slug: str = "hongqi") -> Town:
    """Founds the community with that many volunteers, a clerk and a worker."""
    made: list[Town] = []

    async def work(unit: Unit) -> dict[str, Any]:
        community = await _community(unit, slug)
        people = await unit.fetch(
            "insert into person (public_id, name, created_at) select r.public_id, r.name, :at "
            "from rows(:people; public_id text, name text) as r returning id",
            at=unit.now,
            people=[{"public_id": public_id(), "name": f"某{n}"} for n in range(volunteers + 2)],
        )
        clerk, worker, *persons = sorted(row["id"] for row in people)
        rows = await unit.fetch(
            "insert into volunteer (community, person, number, joined_on) "
            "select :community, r.person, r.number, '2026-01-01' "
            "from rows(:people; person bigint, number text) as r returning id, person",
            community=community,
            people=[{"person": p, "number": f"{slug}-{p}"} for p in persons],
        )
        by_person = {row["person"]: row["id"] for row in rows}
        activity = await add_activity(unit, community)
        made.append(Town(house, community, [by_person[p] for p in persons], persons, clerk, worker, activity))
        return {"community": community}

    await act(Viewer(house, system=True), "found", request_id(), slug, work)
    town = made[-1]
    await town.rule(Caps(), "2026-01-01")
    return town


async def _community(unit: Unit, slug: str) -> int:
    area = await unit.value(
        "insert into area (public_id, kind, name, path, created_at) "
        "values (:public_id, 'community', :slug, :path, :at) returning id",
        public_id=public_id(),
        slug=slug,
        path=f"/{slug}/",
        at=unit.now,
    )
    return int(
        await unit.value(
            "insert into community (slug, name, area, zone, created_at) "
            "values (:slug, :slug, :area, :zone, :at) returning id",
            slug=slug,
            area=area,
            zone=ZONE,
            at=unit.now,
        )
    )


async def add_activity(unit: Unit, community: int, minutes: int = 600) -> int:
    """An activity that has just ended."""
    return int(
        await unit.value(
            "insert into activity (community, public_id, programme, kind, title, place, from_at, to_at, act) "
            "values (:community, :public_id, :programme, 'watch', '夜间巡逻', '西门', :from_at, :to_at, "
            ":act) returning id",
            community=community,
            public_id=public_id(),
            programme=PROGRAMME,
            from_at=unit.now - minutes * MINUTE,
            to_at=unit.now,
            act=unit.act,
        )
    )
