"""What the other teams did, what stood in paper books before, and what teams have set themselves to do."""

import random
from datetime import timedelta

from core.activity.duty import set_duty
from core.activity.history import Past, make_ready, record_past
from core.base.act import Unit
from core.base.clock import local
from core.community.people import NewPerson, add_people
from core.community.team_pages import Goal
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.demo.figures import SERVICES
from core.lifecycle.demo.folk import Folk
from core.lifecycle.demo.land import ZONE, Ground
from core.points.opening import Opening, add_openings

BOOK = "纸质积分册"
TWIN = "李秀瑛"  # 李秀英 of the example file
DUTY = Goal(least=2, most=3, minutes=180)  # activities a month; minutes each on average


async def books(unit: Unit, folk: Folk, day: str, chance: random.Random) -> None:
    """One in six brings hours and points from the paper book."""
    bring = chance.sample(folk.volunteers, len(folk.volunteers) // 6)
    items = [
        Opening(volunteer, chance.randrange(2, 60), chance.randrange(2, 140) * 30, day, BOOK)
        for volunteer, _ in bring
    ]
    await add_openings(unit, items)


async def duties(unit: Unit, folk: Folk, month: str) -> None:
    """Every team sets itself what is asked of teams: two or three activities a month, three hours each."""
    for team in folk.teams.values():
        await set_duty(unit, team, month, DUTY)


async def enter_twice(unit: Unit, day: str) -> str:
    """Somebody who is in the book already was entered once more, a little misspelt; that entry's number."""
    (person,) = await add_people(unit, [NewPerson(TWIN)])
    (added,) = await add_volunteers(unit, [NewVolunteer(person, day)])
    await add_openings(unit, [Opening(added.id, 12, 6 * 60, day, BOOK)])
    return added.number


async def services(
    unit: Unit, ground: Ground, folk: Folk, span: tuple[int, int], chance: random.Random
) -> int:
    """A past of the teams that do not walk: two or three times a month, three hours or so."""
    members = await _members(unit)
    records: list[Past] = []
    for plan in ground.place.teams:
        if plan.category in SERVICES:
            team = folk.teams[plan.name]
            records += _team(team, plan.category, members[team], span, chance)
    return (await record_past(unit, make_ready(records, ZONE))).attendances


async def _members(unit: Unit) -> dict[int, list[int]]:
    """The volunteers of each team here."""
    rows = await unit.fetch(
        "select team, volunteer from team_member where community = :community and to_day is null order by id",
        community=unit.community,
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row["team"], []).append(row["volunteer"])
    return found


def _team(
    team: int, category: str, members: list[int], span: tuple[int, int], chance: random.Random
) -> list[Past]:
    """One team's service: two or three times a month, most of its people, all for about three hours."""
    found: list[Past] = []
    day = local(span[0], ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    while (day := day + timedelta(days=chance.choice((8, 11, 13, 15)))) < local(span[1], ZONE) - timedelta(
        days=1
    ):
        title, place = chance.choice(SERVICES[category])
        minutes = chance.choice((150, 180, 180, 210))
        came = chance.sample(members, max(2, len(members) * chance.randint(4, 8) // 10))
        found += [Past(volunteer, f"{day:%Y-%m-%d}", minutes, title, place, team) for volunteer in came]
    return found
