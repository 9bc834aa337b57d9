"""The demo's areas: from the county down to each building and unit, with the figures their offices state."""

from dataclasses import dataclass, field

from core.base.act import Unit
from core.community.areas import NewArea, add_areas
from core.community.communities import Holiday, add_holidays, create_community
from core.lifecycle.demo.figures import (
    CITY,
    CITY_STREET,
    COUNTY,
    COUNTY_PLACES,
    DISTRICT,
    ESTATE,
    HELP_PHONE,
    HOUSEHOLDS,
    RESIDENTS,
    STREET,
    Place,
    even,
    spread,
)

ZONE = "Asia/Shanghai"
_HOLIDAYS = (
    ("01-01", "元旦"),
    ("05-01", "劳动节"),
    ("10-01", "国庆节"),
    ("10-02", "国庆节"),
    ("10-03", "国庆节"),
)


@dataclass(slots=True)
class Ground:
    """A community's ground: its id, its node, and the ids of its areas by kind, in order."""

    place: Place
    community: int
    node: int
    areas: dict[str, list[int]] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)  # area to the one it lies in

    @property
    def homes(self) -> list[int]:
        """The smallest areas: where people live."""
        return self.areas[self.place.levels[-1].kind]


async def found(unit: Unit) -> tuple[list[Ground], int]:
    """The two regions with their communities; returns their ground and the street the office reaches."""
    (county,) = await add_areas(unit, None, [NewArea("county", COUNTY, HOUSEHOLDS, RESIDENTS)])
    (street,) = await add_areas(unit, county, [NewArea("street", STREET, HOUSEHOLDS, RESIDENTS)])
    (city,) = await add_areas(unit, None, [NewArea("city", CITY)])
    (district,) = await add_areas(unit, city, [NewArea("district", DISTRICT)])
    (other,) = await add_areas(unit, district, [NewArea("street", CITY_STREET)])
    grounds = await _communities(unit, street, COUNTY_PLACES)
    return [*grounds, *await _communities(unit, other, (ESTATE,))], street


async def _communities(unit: Unit, street: int, places: tuple[Place, ...]) -> list[Ground]:
    nodes = await add_areas(
        unit, street, [NewArea("community", p.name, p.households, p.residents) for p in places]
    )
    return [
        Ground(
            place,
            await create_community(unit, place.slug, place.name, node, zone=ZONE, help_phone=HELP_PHONE),
            node,
        )
        for place, node in zip(places, nodes, strict=True)
    ]


async def lay_out(unit: Unit, ground: Ground, years: range) -> None:
    """The areas below a community's node, each level spread over the one above, and its holidays."""
    place = ground.place
    above = [(ground.node, place.households, place.residents)]
    for level in place.levels:
        made: list[tuple[int, int, int]] = []
        start = 1
        for (parent, households, residents), count in zip(above, even(level.parts, len(above)), strict=True):
            shares = list(zip(spread(households, count), spread(residents, count), strict=True))
            # Grids and buildings are numbered throughout, units anew in each building.
            first = 1 if level.kind == "unit" else start
            items = [
                NewArea(level.kind, _name(place, level.name, first + i), h, r)
                for i, (h, r) in enumerate(shares)
            ]
            ids = await add_areas(unit, parent, items)
            ground.above.update(dict.fromkeys(ids, parent))
            made += [(area, h, r) for area, (h, r) in zip(ids, shares, strict=True)]
            start += count
        ground.areas[level.kind] = [area for area, _, _ in made]
        above = made
    days = [Holiday(f"{year}-{day}", name, "holiday") for year in years for day, name in _HOLIDAYS]
    await add_holidays(unit, days)


def _name(place: Place, pattern: str, number: int) -> str:
    return pattern.format(number) if "{}" in pattern else place.name + pattern
