"""Where a volunteer lives: one place at a time, the earlier ones kept with their days."""

from core.base.act import Unit
from core.base.errors import Invalid, Message
from core.community.communities import place
from core.community.days import clean_day, today_here

_NOW = """
select h.id, h.area, h.from_day from residence h
where h.volunteer = :volunteer and +h.community = :community and h.to_day is null
"""

_END = """
update residence set to_day = :day where id = :id and community = :community
"""

_BEGIN = """
insert into residence (community, volunteer, area, from_day, act)
values (:community, :volunteer, :area, :day, :act)
"""


async def known_area(unit: Unit, public: str) -> int | None:
    """An area of this community by its public id; None where there is none (any more)."""
    area: int | None = await unit.value(
        "select id from area where public_id = :public and +community = :community",
        public=public,
        community=place(unit),
    )
    return area


async def area_here(unit: Unit, public: str, field: str = "area") -> int:
    """An area of this community by its public id. Raises Invalid at `field`."""
    area = await known_area(unit, public)
    if area is None:
        raise Invalid({field: Message("Please choose one of these.")})
    return area


async def live_in(unit: Unit, volunteer: int, area: int | None, since: str = "") -> bool:
    """Writes where a volunteer lives from a day on ('' is today; None: not known any more).

    The earlier place ends that day. Nothing changes where he lives there already; returns whether it did.
    For verbs that have checked the volunteer. Raises Invalid (since).
    """
    now = await unit.one(_NOW, volunteer=volunteer, community=place(unit))
    if (now["area"] if now is not None else None) == area:
        return False
    today = await today_here(unit)
    day = clean_day(since, "since", today, now["from_day"] if now is not None else "")
    if now is not None:
        await unit.execute(_END, id=now["id"], day=day, community=place(unit))
    if area is not None:
        await unit.execute(
            _BEGIN, community=place(unit), volunteer=volunteer, area=area, day=day, act=unit.act
        )
    await unit.audit("volunteer.home", "volunteer", volunteer, area=area)
    return True
