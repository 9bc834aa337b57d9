"""The demo's posts: heads of stations, grids, buildings and units, and each grid's stewards."""

import random
from collections.abc import Mapping
from itertools import islice

from core.base.act import Unit
from core.community.consent import give_consent
from core.community.people import NewPerson, add_people
from core.community.posts import NewPost, add_posts
from core.lifecycle.demo.crowd import crowd
from core.lifecycle.demo.folk import Folk
from core.lifecycle.demo.land import Ground

# Stewards who work there: post, and how many grids one of them looks after.
STEWARDS = (
    ("grid_assistant", 1),
    ("police", 4),
    ("fire", 6),
    ("legal", 6),
    ("residents", 2),
    ("cleaner", 1),
)
STATION_HEADS = 2  # of each station
Seat = tuple[str, int, int]  # post, number of the person among the new ones, area


async def appoint(
    unit: Unit, ground: Ground, folk: Folk, *, kinds: Mapping[str, int], chance: random.Random, phone: int
) -> int:
    """Fills every post of a community; returns how many. Who works there agrees to the contact card.

    `kinds` are the ids of posts by key; `phone` the first telephone number nobody of this demo has.
    """
    seats = _work(ground)
    new = list(islice(crowd(chance, phone), max(number for _, number, _ in seats) + 1))
    people = await add_people(
        unit, [NewPerson(p.name, p.phone or str(phone + 5000 + i)) for i, p in enumerate(new)]
    )
    posts = [NewPost(kinds[post], people[number], area) for post, number, area in seats]
    posts += [NewPost(kinds[post], person, area) for post, person, area in _residents(ground, folk)]
    await add_posts(unit, posts)
    for person in people:
        await give_consent(unit, person, "contact_card")
    return len(posts)


def _work(ground: Ground) -> list[Seat]:
    """The seats of those who work there, each with the number of the person who has it."""
    seats: list[Seat] = [("street_leader", 0, ground.node), ("party_secretary", 1, ground.node)]
    count = 2
    for station in ground.areas.get("station", ()):
        seats += [("station_head", count + i, station) for i in range(STATION_HEADS)]
        count += STATION_HEADS
    grids = ground.areas["grid"]
    # Fewer heads than grids: some have two.
    seats += [("grid_head", count + i % ground.place.heads, grid) for i, grid in enumerate(grids)]
    count += ground.place.heads
    for post, each in STEWARDS:
        seats += [(post, count + i // each, grid) for i, grid in enumerate(grids)]
        count += -(-len(grids) // each)
    return seats


def _residents(ground: Ground, folk: Folk) -> list[Seat]:
    """Heads of buildings and units, and a monitor for each grid, out of those who live there."""
    lives: dict[int, int] = {}
    for area, people in folk.homes.items():
        above: int | None = area
        while above is not None:
            lives.setdefault(above, people[0])
            above = ground.above.get(above)
    seats = [
        (post, lives[area], area)
        for post, kind in (("building_head", "building"), ("unit_head", "unit"))
        for area in ground.areas.get(kind, ())
    ]
    monitors = [(grid, folk.homes[_home(ground, folk, grid)][-1]) for grid in ground.areas["grid"]]
    return seats + [("livelihood", person, grid) for grid, person in monitors]


def _home(ground: Ground, folk: Folk, grid: int) -> int:
    """The first inhabited building (or unit) of a grid."""
    return next(area for area in folk.homes if _within(ground, area, grid))


def _within(ground: Ground, area: int, grid: int) -> bool:
    above: int | None = area
    while above is not None and above != grid:
        above = ground.above.get(above)
    return above == grid
