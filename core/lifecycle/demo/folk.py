"""The demo's people: volunteers in their buildings and teams, staff, and who holds which post."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from core.base.act import Unit
from core.community.entered import enter_homes
from core.community.people import NewPerson, add_people
from core.community.team_changes import change_team
from core.community.teams import NewMember, NewTeam, add_members, create_teams
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.demo.crowd import crowd
from core.lifecycle.demo.figures import EVERYBODY, LISTED, Place, TeamPlan
from core.lifecycle.demo.land import Ground


@dataclass(slots=True)
class Folk:
    """Who is in a community: volunteers (id, person) with the area each lives in, team ids by name."""

    volunteers: list[tuple[int, int]] = field(default_factory=list)
    homes: dict[int, list[int]] = field(default_factory=dict)  # area to volunteers' persons
    teams: dict[str, int] = field(default_factory=dict)


async def settle(
    unit: Unit, ground: Ground, chance: random.Random, first_phone: int, joined: Sequence[str]
) -> Folk:
    """Fills a community up to its number of volunteers, houses them all, and founds its teams.

    `joined` are the days on which people may have joined. Who is there already stays in his teams.
    """
    folk = Folk()
    rows = await unit.fetch(
        "select id, person from volunteer where community = :community order by id", community=unit.community
    )
    folk.volunteers = [(row["id"], row["person"]) for row in rows]
    missing = ground.place.volunteers - len(folk.volunteers)
    new = list(islice(crowd(chance, first_phone), missing))
    people = await add_people(unit, [NewPerson(p.name, p.phone) for p in new])
    added = await add_volunteers(unit, [NewVolunteer(p, chance.choice(joined)) for p in people])
    folk.volunteers += [(v.id, v.person) for v in added]
    await _house(unit, ground, folk, chance, min(joined))
    await _teams(unit, ground.place, folk, chance)
    return folk


async def _house(unit: Unit, ground: Ground, folk: Folk, chance: random.Random, since: str) -> None:
    """Somebody in every building first, the others where chance puts them."""
    order = list(folk.volunteers)
    chance.shuffle(order)
    homes = ground.homes
    items = []
    for number, (volunteer, person) in enumerate(order):
        area = homes[number] if number < len(homes) else chance.choice(homes)
        folk.homes.setdefault(area, []).append(person)
        items.append((volunteer, area, since))
    await enter_homes(unit, items)


async def _teams(unit: Unit, place: Place, folk: Folk, chance: random.Random) -> None:
    known = await unit.fetch(
        "select id, name from team where community = :community", community=unit.community
    )
    folk.teams = {row["name"]: row["id"] for row in known}
    for plan in place.teams:
        if plan.size == LISTED:  # a file of people says nothing about their teams
            await change_team(unit, folk.teams[plan.name], plan.name, plan.category, None)
    plans = [p for p in place.teams if p.name not in folk.teams]
    folk.teams |= await create_teams(unit, [NewTeam(p.name, p.category) for p in plans])
    ids = [volunteer for volunteer, _ in folk.volunteers]
    drawn = [(p, chance.sample(ids, p.size)) for p in plans if p.size > 0]
    walkers = [p for p in plans if p.size == EVERYBODY]
    chance.shuffle(ids)
    drawn += [(p, ids[row :: len(walkers)]) for row, p in enumerate(walkers)]
    await add_members(unit, [m for plan, chosen in drawn for m in _members(folk, plan, chosen)])


def _members(folk: Folk, plan: TeamPlan, volunteers: Sequence[int]) -> list[NewMember]:
    roles = ("leader", "deputy")
    return [
        NewMember(folk.teams[plan.name], v, roles[i] if i < len(roles) else "member")
        for i, v in enumerate(volunteers)
    ]
