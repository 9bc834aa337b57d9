"""A small cast for tests, made through the core's own verbs: two communities, one team, one of each role.

红旗社区 (hongqi): 陈社工 worker, 孙店员 clerk, 周审计 auditor; 王队长 leads 夜间义务巡逻队, 郑副队 is
deputy, and 李阿姨, 赵叔叔, 钱奶奶, 吴大爷 are members; 李阿姨 and 孙店员 live together.
新兴社区 (xinxing): 何社工 worker, 冯阿姨 leads 便民服务队. 施运维 is the operator.
All have the password PASSWORD and telephones of their own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from core.base.act import Done, Unit, act
from core.base.house import House
from core.base.ids import request_id
from core.base.viewer import Viewer
from core.community.areas import NewArea, add_areas
from core.community.communities import create_community
from core.community.credentials import Prepared, prepare_password, set_password
from core.community.households import create_household
from core.community.people import NewPerson, add_people
from core.community.roles import NewGrant, grant_roles
from core.community.sessions import hash_of, open_session
from core.community.teams import NewMember, add_members, create_team
from core.community.viewer import load_viewer, system_viewer
from core.community.volunteers import NewVolunteer, add_volunteers
from core.reward import catalogue

PASSWORD = "steady-lantern-88"
OTHERS = {
    "陈社工": "worker",
    "孙店员": "clerk",
    "周审计": "auditor",
    "何社工": "worker",
    "施运维": "operator",
}
HONGQI = ("王队长", "郑副队", "李阿姨", "赵叔叔", "钱奶奶", "吴大爷")
XINXING = ("冯阿姨",)
PATROL = "夜间义务巡逻队"

_prepared: list[Prepared] = []


@dataclass
class Figure:
    """One of the cast: `volunteer` and `number` are of his own community, None and '' for staff."""

    name: str
    person: int
    phone: str
    community: int | None = None
    volunteer: int | None = None
    number: str = ""


@dataclass
class Cast:
    """Who is there. `cast["李阿姨"]` is a figure; `await cast.viewer("李阿姨")` looks with her eyes."""

    house: House
    hongqi: int = 0
    xinxing: int = 0
    team: int = 0
    other_team: int = 0
    rice: int = 0
    soap: int = 0
    counter: int = 0
    figures: dict[str, Figure] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Figure:
        return self.figures[name]

    def system(self, community: int | None = None) -> Viewer:
        return system_viewer(self.house, self.hongqi if community is None else community)

    async def token(self, name: str) -> str:
        """A session of this figure, as a cookie's value."""
        return await open_session(self.house, self[name].person, "tests")

    async def viewer(self, name: str, slug: str = "hongqi") -> Viewer:
        """This figure looking at a community."""
        viewer, _ = await load_viewer(self.house, hash_of(await self.token(name)), slug)
        return viewer

    async def do(self, viewer: Viewer, work: Callable[[Unit], Awaitable[Any]]) -> Done:
        """An act with a request id of its own; what `work` returns is the answer when it is a dict."""

        async def wrapped(unit: Unit) -> dict[str, Any]:
            answer = await work(unit)
            return answer if isinstance(answer, dict) else {"value": answer}

        return await act(viewer, "test", request_id(), None, wrapped)


async def make_cast(house: House) -> Cast:
    """Makes the cast in an empty house."""
    cast = Cast(house)
    if not _prepared:
        _prepared.append(await prepare_password(PASSWORD))

    async def communities(unit: Unit) -> dict[str, Any]:
        (county,) = await add_areas(unit, None, [NewArea("county", "城关县", 10479, 24868)])
        nodes = await add_areas(
            unit, county, [NewArea("community", "红旗社区"), NewArea("community", "新兴社区")]
        )
        cast.hongqi = await create_community(unit, "hongqi", "红旗社区", nodes[0], help_phone="0571-86000001")
        cast.xinxing = await create_community(unit, "xinxing", "新兴社区", nodes[1])
        return {}

    await cast.do(system_viewer(house, None), communities)
    await _people(cast)
    await cast.do(cast.system(), lambda unit: _hongqi(cast, unit))
    await cast.do(cast.system(cast.xinxing), lambda unit: _xinxing(cast, unit))
    return cast


async def _people(cast: Cast) -> None:
    names = [*OTHERS, *HONGQI, *XINXING]
    phones = {name: f"1390000{i:04d}" for i, name in enumerate(names, 1)}

    async def work(unit: Unit) -> dict[str, Any]:
        ids = await add_people(unit, [NewPerson(name, phones[name]) for name in names])
        cast.figures.update({n: Figure(n, p, phones[n]) for n, p in zip(names, ids, strict=True)})
        for person in ids:
            await set_password(unit, person, _prepared[0])
        return {}

    await cast.do(cast.system(), work)


async def _volunteers(cast: Cast, unit: Unit, names: tuple[str, ...]) -> None:
    added = await add_volunteers(unit, [NewVolunteer(cast[n].person, "2026-03-05") for n in names])
    for name, one in zip(names, added, strict=True):
        cast[name].volunteer, cast[name].number, cast[name].community = one.id, one.number, unit.community


async def _hongqi(cast: Cast, unit: Unit) -> dict[str, Any]:
    await _volunteers(cast, unit, HONGQI)
    cast.team = await create_team(unit, PATROL, "patrol")
    roles = {"王队长": "leader", "郑副队": "deputy"}
    members = [NewMember(cast.team, cast[n].volunteer or 0, roles.get(n, "member")) for n in HONGQI]
    await add_members(unit, members)
    await create_household(unit, {cast["李阿姨"].person: "", cast["孙店员"].person: "spouse"})
    here = {n: r for n, r in OTHERS.items() if r != "operator" and n != "何社工"}
    await grant_roles(
        unit, [NewGrant(cast[n].person, role, community=cast.hongqi) for n, role in here.items()]
    )
    await grant_roles(unit, [NewGrant(cast["施运维"].person, "operator")])
    rice = await catalogue.add_reward(unit, "大米 5 公斤", 44)
    soap = await catalogue.add_reward(unit, "香皂", 15)
    await catalogue.receive_stock(unit, rice.id, 20)
    await catalogue.receive_stock(unit, soap.id, 50)
    cast.counter = (await catalogue.add_counter(unit, "社区服务台", place="一楼大厅")).id
    cast.rice, cast.soap = rice.id, soap.id
    return {}


async def _xinxing(cast: Cast, unit: Unit) -> dict[str, Any]:
    await _volunteers(cast, unit, XINXING)
    cast.other_team = await create_team(unit, "便民服务队")
    await add_members(unit, [NewMember(cast.other_team, cast["冯阿姨"].volunteer or 0, "leader")])
    await grant_roles(unit, [NewGrant(cast["何社工"].person, "worker", community=cast.xinxing)])
    return {}
