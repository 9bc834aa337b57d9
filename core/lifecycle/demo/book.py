"""The book in the demo: points that end, star levels, a closed year, an adjustment and gifts that wait."""

from core.base.act import Unit
from core.community.communities import change_settings
from core.points.adjust import ask_adjustment
from core.points.gifts import answer, give
from core.points.periods import close
from core.points.policy import Policy, change_policy

STARS = (30, 60, 100, 200, 300)  # hours; a small community's own levels
POLICY = Policy(expiry="months", expiry_months=13, expiry_notice_days=60, gifts=True)

_FRIEND = """
select v.id, v.person, v.number, p.name from volunteer v join person p on p.id = v.person
join points_account a on a.volunteer = v.id and a.community = v.community
where v.community = :community and v.status = 'active' and v.number <> :number and a.posted - a.held >= 20
    and v.merged_into is null and p.died_on is null
order by a.posted - a.held desc, v.id limit 1
"""

_KNOWN = """
select v.id, v.person, v.number, p.name from volunteer v join person p on p.id = v.person
where v.community = :community and v.number = :number
"""


async def settle_book(unit: Unit) -> None:
    """What holds from the first day on."""
    await change_policy(unit, POLICY)
    await change_settings(unit, star_hours=list(STARS))


async def close_up_to(unit: Unit, month: str) -> None:
    """Everything up to the month is closed."""
    await close(unit, month)


async def wants_adjusting(unit: Unit, number: str) -> None:
    """A worker found service that was forgotten; it waits for a second person."""
    await ask_adjustment(unit, number, 6, "上月一次夜间巡逻漏记", "纸质签到表第 7 页，存服务台")


async def parties(unit: Unit, number: str) -> tuple[dict[str, object], dict[str, object]]:
    """The demo's volunteer and a neighbour with points enough; ids, numbers and names."""
    known = await unit.one(_KNOWN, community=unit.community, number=number)
    friend = await unit.one(_FRIEND, community=unit.community, number=number)
    if known is None or friend is None:
        raise RuntimeError("the demo has nobody to give points to")
    names = ("id", "person", "number", "name")
    return {n: known[n] for n in names}, {n: friend[n] for n in names}


async def give_to(unit: Unit, to: dict[str, object], points: int) -> str:
    """The viewer gives points to another; the gift's public id."""
    return str((await give(unit, str(to["number"]), str(to["name"]), points))["gift"])


async def accept(unit: Unit, gift: str) -> None:
    await answer(unit, gift, "accepted")
