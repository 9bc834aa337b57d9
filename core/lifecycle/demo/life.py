"""The demo's comings and goings: some would like to join, some have left, one has passed away."""

from core.base.act import Unit
from core.base.clock import DAY, day_of
from core.community.applications import Application, apply
from core.community.consent import VOLUNTEERING, enter_consent
from core.community.households import create_household
from core.community.joining import Newcomer, add_newcomer
from core.community.people import phones_of
from core.lifecycle.death import record_death
from core.lifecycle.demo.land import ZONE
from core.lifecycle.farewell import leave

_APPLY = (
    ("江小雨", "13900099001", "adult", 2, "会修电器，周末有空"),
    ("郝天佑", "13900099002", "minor", 1, "想参加假期活动"),
)
_TEAMS = """
select t.public_id from team t where t.community = :community and t.closed_at is null order by t.id limit 2
"""


async def applications(unit: Unit, known: str) -> None:
    """Three wait: a handy one, a minor, and the volunteer with the number `known`, who is here already."""
    teams = tuple(r["public_id"] for r in await unit.fetch(_TEAMS, community=unit.community))
    for name, phone, age, wants, note in _APPLY:
        given = Application(name=name, phone=phone, age=age, note=note, teams=teams[:wants], agreed=True)
        await apply(unit, given)
    row = await unit.one(
        "select v.person, p.name from volunteer v join person p on p.id = v.person "
        "where v.number = :number and +v.community = :community",
        number=known,
        community=unit.community,
    )
    if row is None:
        return
    phone = (await phones_of(unit.house, unit, [row["person"]])).get(row["person"], "")
    if phone:
        again = Application(name=row["name"], phone=phone, age="adult", teams=teams[1:], agreed=True)
        await apply(unit, again)
    await enter_consent(unit, row["person"], VOLUNTEERING, None)


async def goings(unit: Unit) -> None:
    """Two have left, and one has passed away; his wife is a volunteer."""
    joined = "2023-03-05"
    for name, why in (("邢卫民", "own_wish"), ("柯秀兰", "moved")):
        gone = await add_newcomer(unit, Newcomer(name=name, joined=joined), sure=True)
        await leave(unit, gone.id, why, day_of(unit.now - 40 * DAY, ZONE))
    late = await add_newcomer(unit, Newcomer(name="谷长庚", joined=joined), sure=True)
    wife = await unit.value(
        "select v.person from volunteer v where v.community = :community and v.status = 'active' "
        "and v.id <> :late order by v.id desc limit 1",
        community=unit.community,
        late=late.id,
    )
    if wife is not None:
        await create_household(unit, {late.person: "", wife: "spouse"})
    await record_death(unit, late.id, day_of(unit.now - 12 * DAY, ZONE))
