"""Patrols for the demo: two shifts a week for each team that walks, recorded the same evening."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.api import (
    HOUR,
    MINUTE,
    Attended,
    Member,
    Team,
    Unit,
    Viewer,
    act,
    as_of,
    confirm,
    local,
    members_for_roster,
    my_teams,
    people_with,
    publish,
    request_id,
    versions,
)
from plugins.patrol.rules import PatrolRules
from plugins.patrol.service import Shift, record_shift

SMALLEST = 3  # members a team needs to walk at all
LARGEST = 16  # people of a large team who come on one evening
WALKS = ("巡", "patrol")  # in the name or category of a team that walks
BEFORE = timedelta(weeks=4)  # how long before the first shift the rules were published
ZONE = "Asia/Shanghai"
TITLE = "夜间巡逻"
ROUTES = ("西门—菜场—小学—西门", "沿河步道一圈", "北区楼栋与车棚", "东门—地下车库—广场")
FINDINGS = (
    "3号楼楼道堆放纸箱，已请住户搬走",
    "北门路灯不亮",
    "地下车库有电动车飞线充电",
    "消防通道停了一辆面包车，已挪开",
    "7号楼单元门锁坏了",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One evening of one team: who, where, from when to when, in milliseconds since 1970 UTC."""

    team: int
    members: tuple[Member, ...]
    leader: Member
    from_at: int
    to_at: int


async def load(viewer: Viewer, seed: int, since: int) -> dict[str, int]:
    """Publishes a rule sheet if there is none, and records the shifts since then. Returns counts."""
    chance = random.Random(seed + since)  # noqa: S311  # believable, repeatable; no secret
    now = viewer.house.clock.now()
    await _publish(viewer, since)
    plans: list[Plan] = []
    out: set[tuple[int, int]] = set()  # who is out already on which day: nobody walks twice
    teams = [t for t in await my_teams(viewer) if any(word in t.name + t.category for word in WALKS)]
    for place, team in enumerate(teams):
        plans += await _plans(viewer, team, place, span=(since, now), out=out, chance=chance)
    points = 0
    for plan in sorted(plans, key=lambda plan: plan.from_at):
        points += await _walk(viewer, plan, chance)
    confirmed = await _confirm(viewer, now - 3 * 24 * HOUR)
    return {"shifts": len(plans), "points": points + confirmed}


async def _publish(viewer: Viewer, since: int) -> None:
    if await versions(viewer, "patrol"):
        return
    start = (local(since, ZONE) - BEFORE).strftime("%Y-%m-%d")

    async def work(unit: Unit) -> dict[str, int]:
        return {"version": await publish(unit, "patrol", PatrolRules(), start)}

    await act(viewer, "demo.rules", request_id(), "patrol", work)


async def _plans(
    viewer: Viewer,
    team: Team,
    place: int,
    *,
    span: tuple[int, int],
    out: set[tuple[int, int]],
    chance: random.Random,
) -> list[Plan]:
    """Evenings of one team that are over, with those of its members who are not out with another team."""
    if team.members < SMALLEST:
        return []
    members = await members_for_roster(viewer, team.id)
    leader = next((m for m in members if m.role != "member"), members[0])
    since, now = span
    day = local(since, ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    plans = []
    while (day := day + timedelta(days=1)).timestamp() * 1000 < now:
        if (day.weekday() - place) % 7 not in (1, 4):
            continue
        from_at = _at(day, chance.choice((19, 20, 21)))
        to_at = from_at + 2 * HOUR
        free = [m for m in members if (day.toordinal(), m.person) not in out]
        many = min(LARGEST, len(members) * chance.randint(5, 8) // 10) - chance.randrange(4)
        came = chance.sample(free, min(len(free), max(2, many)))
        if to_at + HOUR < now and len(came) > 1:
            out.update((day.toordinal(), m.person) for m in came)
            plans.append(Plan(team.id, tuple(came), leader, from_at, to_at))
    return plans


def _at(day: datetime, hour: int) -> int:
    return int(day.replace(hour=hour).timestamp() * 1000)


async def _walk(viewer: Viewer, plan: Plan, chance: random.Random) -> int:
    """Records one evening; returns the points booked."""
    found = tuple(chance.sample(FINDINGS, chance.choice((0, 0, 0, 1, 2))))
    people = [_attended(plan, member, chance) for member in plan.members]
    numbers = [member.number for member in plan.members]
    shift = Shift(
        team=plan.team,
        route=chance.choice(ROUTES),
        from_at=plan.from_at,
        to_at=plan.to_at,
        clues=chance.choice((0, 0, 1)),
        findings=found,
        pairs=tuple(tuple(numbers[i : i + 2]) for i in range(0, len(numbers) - 1, 2)),
    )
    leader = as_of(viewer, plan.to_at + 20 * MINUTE, plan.leader.person)
    done = await record_shift(leader, request_id(), TITLE, shift, people)
    return int(done.answer["points"])


def _attended(plan: Plan, member: Member, chance: random.Random) -> Attended:
    """Most walk the whole shift; one in eight comes half an hour late."""
    from_at = plan.from_at + (30 * MINUTE if chance.random() < 1 / 8 else 0)
    return Attended(
        volunteer=member.volunteer,
        person=member.person,
        number=member.number,
        from_at=from_at,
        to_at=plan.to_at,
        minutes=(plan.to_at - from_at) // MINUTE,
    )


async def _confirm(viewer: Viewer, before: int) -> int:
    """A worker has confirmed the leaders' own service, but for the last days: those wait in the queue."""
    workers = await people_with(viewer, "attendance.review")
    rows = await viewer.house.db.fetch(
        "select attendance from attendance_pending where community = :community and since_at < :before",
        community=viewer.community,
        before=before,
    )
    if not workers or not rows:
        return 0
    waiting = [row["attendance"] for row in rows]

    async def work(unit: Unit) -> dict[str, int]:
        return {"points": (await confirm(unit, waiting)).points}

    worker = as_of(viewer, before, workers[0])
    done = await act(worker, "demo.confirm", request_id(), waiting, work)
    return int(done.answer["points"])
