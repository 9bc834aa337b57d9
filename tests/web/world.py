"""A world for tests that go everywhere: somebody in each role, and something of everything in both communities.

In 红旗社区 all of the cast, 魏主任 (administrator) and 邓台员 (clerk of one counter), and a second team the leader
has nothing to do with; above it 曹科员 of the street office; in 新兴社区 its own worker, leader and member. Both
have patrols, lines, redemptions.
"""

from dataclasses import dataclass
from typing import Any

from litestar import Litestar

from core.base.act import Unit
from core.community.people import NewPerson, add_people
from core.community.roles import NewGrant, grant_roles
from core.community.teams import NewMember, add_members, create_team
from core.extension import switch
from core.points import rules
from core.reward import catalogue
from tests.support.cast import Cast, Figure
from tests.web.guest import Guest, Reply

MEMBER_THERE, WORKER_THERE = "冯阿姨", "何社工"
# Role by name; the last two are of the other community.
ROLES = {
    "李阿姨": "volunteer",
    "王队长": "leader",
    "郑副队": "deputy",
    "孙店员": "clerk",
    "邓台员": "clerk of one counter",
    "陈社工": "worker",
    "周审计": "auditor",
    "魏主任": "administrator",
    "曹科员": "street",
    "施运维": "operator",
    MEMBER_THERE: "member of the other community",
    WORKER_THERE: "worker of the other community",
}
SLUGS = {"hongqi": "xinxing", "xinxing": "hongqi"}


@dataclass
class World:
    app: Litestar
    cast: Cast
    desk: int  # 邓台员's counter
    quiet_team: int  # led by nobody
    guests: dict[str, Guest]

    def home(self, name: str) -> str:
        return "xinxing" if name in (MEMBER_THERE, WORKER_THERE) else "hongqi"

    def community(self, slug: str) -> int:
        return self.cast.hongqi if slug == "hongqi" else self.cast.xinxing


async def make_world(app: Litestar, cast: Cast) -> World:
    """Fills both communities through the verbs and pages anybody uses."""
    world = World(app, cast, 0, 0, {})
    await cast.do(cast.system(), lambda unit: _hongqi(world, unit))
    await cast.do(cast.system(cast.xinxing), lambda unit: _xinxing(world, unit))
    for name in ROLES:
        world.guests[name] = Guest(app, {"linli": await cast.token(name)})
    for day in (12, 13, 14):
        leader, worker = world.guests["王队长"], world.guests["陈社工"]
        await record(leader, "hongqi", day, [cast[n].number for n in ("王队长", "李阿姨", "赵叔叔")])
        await record(worker, "hongqi", day + 3, [cast["钱奶奶"].number], team=world.quiet_team)
        await record(world.guests[WORKER_THERE], "xinxing", day, [cast[MEMBER_THERE].number])
    await redeem(world, "陈社工", "赵叔叔")
    await redeem(world, WORKER_THERE, MEMBER_THERE)
    return world


async def _enter_staff(world: World, unit: Unit) -> None:
    names = ["魏主任", "邓台员", "曹科员"]
    ids = await add_people(unit, [NewPerson(n, f"1380000{i:04d}") for i, n in enumerate(names, 1)])
    for i, (name, person) in enumerate(zip(names, ids, strict=True), 1):
        world.cast.figures[name] = Figure(name, person, f"1380000{i:04d}")


async def _hongqi(world: World, unit: Unit) -> dict[str, Any]:
    cast = world.cast
    await _enter_staff(world, unit)
    world.desk = (await catalogue.add_counter(unit, "北门服务点")).id
    county = await unit.value("select id from area where parent is null")
    person = {name: cast[name].person for name in ROLES}
    await grant_roles(
        unit,
        [
            NewGrant(person["魏主任"], "administrator", community=cast.hongqi),
            NewGrant(person["邓台员"], "clerk", community=cast.hongqi, counter=world.desk),
            NewGrant(person["曹科员"], "street", area=county),
        ],
    )
    world.quiet_team = await create_team(unit, "南区巡逻队", "patrol")
    await add_members(unit, [NewMember(world.quiet_team, cast["钱奶奶"].volunteer or 0)])
    return {}


async def _xinxing(world: World, unit: Unit) -> dict[str, Any]:
    for plugin in world.cast.house.registry:
        await switch.enable(unit, plugin.name)
        await rules.publish(unit, plugin.name, plugin.manifest.rules(), "2026-01-01")
    soap = await catalogue.add_reward(unit, "毛巾", 5)
    await catalogue.receive_stock(unit, soap.id, 9)
    await catalogue.add_counter(unit, "新兴服务台")
    return {}


async def record(guest: Guest, slug: str, day: int, numbers: list[str], *, team: int | None = None) -> Reply:
    """A patrol of one evening in November, 20:00 to 22:00."""
    base = f"/c/{slug}/x/patrol/shifts"
    shown = (
        ""
        if team is None
        else await guest.app.state.site.house.db.value(
            "select public_id from team where id = :team", team=team
        )
    )
    page = await guest.get(base + "/new" + (f"?team={shown}" if shown else ""))
    fields = {
        **page.form(base),
        "from": f"2026-11-{day}T20:00",
        "to": f"2026-11-{day}T22:00",
        "who": numbers,
        "route": "东门",
    }
    reply = await guest.post(base, fields)
    assert reply.status == 303, reply.text
    return reply


async def redeem(world: World, clerk: str, member: str) -> Reply:
    """A clerk hands over the cheapest thing there is."""
    slug, guest = world.home(clerk), world.guests[clerk]
    base = f"/c/{slug}"
    shown = await world.cast.house.db.value(
        "select public_id from reward where community = :c order by price limit 1", c=world.community(slug)
    )
    desk = await guest.get(base + "/counter")
    chosen = {"_csrf_token": desk.csrf, "member": world.cast[member].number, "reward": shown}
    page = await guest.post(base + "/counter/confirm", chosen)
    reply = await guest.submit(page, base + "/redemptions")
    assert reply.status == 303, reply.text
    return reply
