"""A world for tests that go everywhere: somebody in each role, something of everything in both communities.

In 红旗社区 all of the cast, 林主任 (administrator), 邓台员 (clerk of one counter), and a second team that
the leader has nothing to do with; above it 高科长 of the street office; in 新兴社区 its own worker and a
leader. Both have patrols, lines, redemptions, posts, imports.
"""

from dataclasses import dataclass
from typing import Any

from litestar import Litestar

from core.base.act import Unit
from core.base.clock import DAY
from core.base.ids import public_id
from core.community.numbers import check_digit
from core.community.people import NewPerson, add_people
from core.community.roles import NewGrant, grant_roles
from core.community.teams import NewMember, add_members, create_team
from core.extension import switch
from core.points import rules
from core.reward import catalogue
from tests.support.cast import Cast, Figure
from tests.support.offices import Offices
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
    "林主任": "administrator",
    "高科长": "street",
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


# A post in the newest area, somebody who has applied, a file on its way in.
_MORE = (
    "insert into post (community, public_id, kind, person, area, from_day, act) "
    "select k.community, :shown, k.id, :person, "
    "(select max(a.id) from area a where a.community = k.community), '2026-01-01', :act "
    "from post_kind k where k.community = :community and k.key = 'grid_head'",
    "insert into volunteer (community, person, number, status, joined_on, act) "
    "values (:community, :applicant, :number, 'applied', '2026-11-20', :act)",
    "insert into consent (community, person, purpose, version, given_at, act) select v.community, v.person, "
    "'volunteering', 1, :now, :act from volunteer v where v.community = :community and v.status = 'active'",
    "insert into import_run (community, public_id, person, kind, file_name, digest, state, created_at, "
    "changed_at) values (:community, :shown, :person, 'volunteers', '名单.csv', '', 'failed', :now, :now)",
    "insert into approval (community, public_id, kind, subject, subject_id, requester, inputs, reason, act, "
    "at) values (:community, :shown, 'volunteer.merge', 'volunteer', 1, :person, "
    '\'{"stays":"1","goes":"2"}\', \'同一人\', :act, :now)',
    "insert into approval_open (approval, community, kind, subject, subject_id, requester, since_at) "
    "select id, community, kind, subject, subject_id, requester, at from approval where community = :here",
    "insert into relation (community, person, subject, kind, from_day) "
    "select v.community, :applicant, v.person, 'collector', '2026-01-01' from volunteer v "
    "where v.community = :community and v.status = 'active' order by v.id limit 1",
    "insert into role (community, key, name, permissions, based_on) "
    "values (:community, :role, '名册员', '[\"volunteer.read\"]', 'worker')",
)


# A card, a slip the worker printed, a look at the counter that goes on; whoever is signed in has just shown
# once more who he is.
_WAYS_IN = (
    "insert into card (community, volunteer, number, public_id, token_hash, made_at, act) "
    "select v.community, v.id, v.number, :shown, :shown, :now, :act from volunteer v "
    "where v.id = :volunteer and v.community = :community",
    "insert into slip (community, public_id, person, purpose, code_hash, made_by, made_at, expires_at, act) "
    "values (:community, :shown, :member, 'reset', :shown, :worker, :now, :later, :act)",
    "insert into visit (community, public_id, volunteer, person, helper, session, by_card, opened_at, "
    "expires_at, act) select :community, :shown, :volunteer, :member, s.person, s.id, 1, :now, :later, :act "
    "from session s where s.person = :helper",
    "update session set stepped_up_at = :later",
    "insert into period (community, public_id, first_day, last_day, since_at, until_at, act, at) "
    "values (:community, :shown, '2019-12-01', '2019-12-31', 0, 1577836800000, :act, :now)",
    "insert into gift (community, public_id, giver, receiver, points, hold, act, at, ends_at) "
    "select v.community, :shown, max(v.id), cast(:volunteer as bigint), 1, (select min(t.id) from transfer t "
    "where t.community = :community), cast(:act as bigint), cast(:now as bigint), cast(:later as bigint) "
    "from volunteer v where v.community = :community and v.id <> :volunteer group by v.community",
    "insert into gift_open (gift, community, ends_at) "
    "select g.id, g.community, g.ends_at from gift g where g.community = :community",
)


async def make_world(app: Litestar, offices: Offices) -> World:
    """Fills both communities through the verbs and pages anybody uses."""
    cast = offices.cast
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
    for slug, helper, member in (("hongqi", "孙店员", "李阿姨"), ("xinxing", WORKER_THERE, MEMBER_THERE)):
        await cast.do(
            cast.system(world.community(slug)), lambda unit, h=helper, m=member: _ways_in(world, unit, h, m)
        )
    await redeem(world, "陈社工", "赵叔叔")
    await redeem(world, WORKER_THERE, MEMBER_THERE)
    return world


async def _hongqi(world: World, unit: Unit) -> dict[str, Any]:
    cast = world.cast
    (clerk,) = await add_people(unit, [NewPerson("邓台员", "13900008003")])
    cast.figures["邓台员"] = Figure("邓台员", clerk, "13900008003")
    world.desk = (await catalogue.add_counter(unit, "北门服务点")).id
    await grant_roles(unit, [NewGrant(clerk, "clerk", community=cast.hongqi, counter=world.desk)])
    await _more(unit, cast["陈社工"].person, "赵申请", "2000000")
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
    await _more(unit, world.cast[WORKER_THERE].person, "钱申请", "2000001")
    return {}


async def _more(unit: Unit, person: int, applicant: str, digits: str) -> None:
    (applied,) = await add_people(unit, [NewPerson(applicant)])
    values = {
        "community": unit.community,
        "here": unit.community,
        "person": person,
        "applicant": applied,
        "number": digits + check_digit(digits),
        "shown": public_id(),
        "role": "own-" + public_id().lower(),
        "act": unit.act,
        "now": unit.now,
    }
    for sql in _MORE:
        await unit.execute(sql, **values)


async def _ways_in(world: World, unit: Unit, helper: str, member: str) -> dict[str, Any]:
    there = unit.community != world.cast.hongqi
    values = {
        "community": unit.community,
        "helper": world.cast[helper].person,
        "worker": world.cast[WORKER_THERE if there else "陈社工"].person,
        "member": world.cast[member].person,
        "volunteer": world.cast[member].volunteer,
        "shown": public_id(),
        "act": unit.act,
        "now": unit.now,
        "later": unit.now + DAY,
    }
    for sql in _WAYS_IN:
        await unit.execute(sql, **{name: value for name, value in values.items() if f":{name}" in sql})
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
        "from": f"2026-11-{day:02}T20:00",
        "to": f"2026-11-{day:02}T22:00",
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
