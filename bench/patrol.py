"""A patrol recorded, from the form's values to booked points, against the same rows in hand-written SQL."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bench.ledger import CASES, ROUNDS, WROTE, Figure, Raw, rows_of, table
from core.activity.scoring import Attended
from core.base.act import Unit
from core.base.clock import DAY, HOUR, MINUTE
from core.base.database import Database
from core.base.house import House, open_house
from core.base.ids import request_id
from core.base.settings import Settings
from core.base.viewer import Grant, Viewer
from core.community.teams import NewMember, add_members, create_team
from core.extension import switch
from core.extension.registry import load
from core.points import rules
from core.points.caps import Caps
from plugins.patrol.rules import PatrolRules
from plugins.patrol.service import Shift, record_shift
from tests.support.town import Town, found_town

PATROL = {
    "act": WROTE["act"],
    "activity": "select * from activity where act = :act",
    "patrol_shift": "select * from patrol_shift where act = :act",
    "attendance": "select * from attendance where act = :act",
    "interval": "select * from interval where attendance in (select id from attendance where act = :act)",
    "award": "select * from award where act = :act",
    "attendance_decision": "select * from attendance_decision where act = :act",
    **{name: sql for name, sql in WROTE.items() if name not in ("act", "act_answer")},
    "audit": "select * from audit where act = :act",
    "act_answer": WROTE["act_answer"],
}


async def people_of(db: Database, town: Town) -> list[Any]:
    return await db.fetch(
        "select id, person, number from volunteer "
        "where community = :community and id in ids(:volunteers) order by id",
        community=town.community,
        volunteers=town.volunteers,
    )


def attended(people: list[Any], from_at: int) -> list[Attended]:
    return [
        Attended(
            volunteer=row["id"],
            person=row["person"],
            number=row["number"],
            from_at=from_at,
            to_at=from_at + 2 * HOUR,
            minutes=2 * HOUR // MINUTE,
        )
        for row in people
    ]


async def settle(town: Town) -> int:
    """A team of everybody, the plugin switched on, its rules in force; the team."""
    made: dict[str, int] = {}

    async def work(unit: Unit) -> dict[str, int]:
        made["team"] = await create_team(unit, "巡逻队", "patrol")
        await add_members(unit, [NewMember(made["team"], v, "member", "2024-01-01") for v in town.volunteers])
        await switch.enable(unit, "patrol")
        await rules.publish(unit, "patrol", PatrolRules(caps=Caps(day=1_000_000)), "2024-01-01")
        return {}

    await town.do(town.system, work)
    return made["team"]


async def measure(settings: Settings, copy: Callable[[], Awaitable[Raw]]) -> list[Figure]:
    """Figures for one walker and for two hundred; medians."""
    house = await open_house(settings, registry=load(settings.plugins))
    town = await found_town(house, volunteers=max(CASES))
    team = await settle(town)
    people = await people_of(house.db, town)
    clock = house.clock.now() - 400 * DAY
    await walk(house, town, team, people, clock)  # opens everybody's account
    await house.close()
    raw = await copy()
    house = await open_house(settings, registry=load(settings.plugins))
    figures = []
    for count in CASES:
        ours, theirs, statements = [], [], 0
        for _ in range(ROUNDS + 1):
            clock += DAY
            with house.db.watch() as log:
                begin = time.perf_counter()
                act = await walk(house, replace(town, house=house), team, people[:count], clock)
                ours.append(time.perf_counter() - begin)
            statements = len(log)
            rows = await rows_of(house.db, act, PATROL)
            begin = time.perf_counter()
            await raw(rows)
            theirs.append(time.perf_counter() - begin)
        # The first round fills statement caches on both sides.
        figures.append(
            (count, statistics.median(ours[1:]) * 1e3, statistics.median(theirs[1:]) * 1e3, statements)
        )
    await house.close()
    return figures


async def walk(house: House, town: Town, team: int, people: list[Any], from_at: int) -> int:
    """Records a two-hour patrol; returns its act."""
    grant = Grant(frozenset({"patrol.record", "activity.record"}), community=town.community)
    leader = Viewer(house, person=town.worker, community=town.community, grants=(grant,))
    shift = Shift(team=team, route="西门", from_at=from_at, to_at=from_at + 2 * HOUR)
    done = await record_shift(leader, request_id(), "夜间巡逻", shift, attended(people, from_at))
    return done.act


def main() -> None:
    table("Recording a patrol", measure)
