"""More of the cast, for tests of the office's pages: those above and beside, and areas to walk through.

林主任 is administrator of 红旗社区, 高科长 looks from the street office above both communities. Below
红旗社区: 第一工作站 with 第1网格 (1号楼, 2号楼) and 第2网格. 赵叔叔 and 钱奶奶 live in 1号楼, 李阿姨 in
第2网格.
"""

from dataclasses import dataclass, field
from typing import Any

from core.base.act import Unit
from core.base.house import House
from core.community.areas import NewArea, add_areas
from core.community.people import NewPerson, add_people
from core.community.roles import NewGrant, grant_roles
from core.community.viewer import system_viewer
from core.lifecycle import tallies
from tests.support.cast import Cast, Figure

TREE = ("第一工作站", "第1网格", "第2网格", "1号楼", "2号楼")


@dataclass
class Offices:
    """`areas` are ids by name, `shown` their public ids; `top` is the community's own node."""

    cast: Cast
    top: int = 0
    areas: dict[str, int] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.cast.house

    async def count(self) -> None:
        """What the job does every ten minutes."""
        await tallies.count(self.house)


async def make_offices(cast: Cast) -> Offices:
    """Adds them to the cast."""
    made = Offices(cast)
    db = cast.house.db
    county = await db.value("select id from area where parent is null")
    made.top = await db.value("select area from community where id = :id", id=cast.hongqi)
    names = {"林主任": "13900008001", "高科长": "13900008002"}

    async def staff(unit: Unit) -> dict[str, Any]:
        ids = await add_people(unit, [NewPerson(name, phone) for name, phone in names.items()])
        for (name, phone), person in zip(names.items(), ids, strict=True):
            cast.figures[name] = Figure(name, person, phone)
        await grant_roles(
            unit,
            [
                NewGrant(ids[0], "administrator", community=cast.hongqi),
                NewGrant(ids[1], "street", area=county),
            ],
        )
        return {}

    async def areas(unit: Unit) -> dict[str, Any]:
        (station,) = await add_areas(unit, made.top, [NewArea("station", TREE[0], 400, 900)])
        grids = await add_areas(unit, station, [NewArea("grid", n, 200, 450) for n in TREE[1:3]])
        houses = await add_areas(unit, grids[0], [NewArea("building", n) for n in TREE[3:]])
        made.areas.update(zip(TREE, [station, *grids, *houses], strict=True))
        homes = {"赵叔叔": "1号楼", "钱奶奶": "1号楼", "李阿姨": "第2网格"}
        await unit.execute(
            "insert into residence (community, volunteer, area, from_day, act) "
            "select cast(:community as bigint), r.volunteer, r.area, '2026-01-01', cast(:act as bigint) "
            "from rows(:items; volunteer bigint, area bigint) as r",
            community=cast.hongqi,
            act=unit.act,
            items=[
                {"volunteer": cast[who].volunteer, "area": made.areas[where]} for who, where in homes.items()
            ],
        )
        return {}

    await cast.do(system_viewer(cast.house, None), staff)
    await cast.do(cast.system(), areas)
    rows = await db.fetch("select name, public_id from area where community = :c", c=cast.hongqi)
    made.shown.update({row["name"]: row["public_id"] for row in rows})
    rows = await db.fetch("select key, id from post_kind where community = :c", c=cast.hongqi)
    made.kinds.update({row["key"]: row["id"] for row in rows})
    return made
