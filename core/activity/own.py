"""A volunteer's own record: what he did, as far as it is confirmed."""

from dataclasses import dataclass

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer

_RECORD = """
select v.joined_on, v.minutes as total, s.day, s.minutes, s.title, s.place, s.team
from volunteer v left join (
    select d.volunteer, d.id, d.day, d.minutes, y.title, y.place, t.name as team
    from attendance d join activity y on y.id = d.activity left join team t on t.id = y.team
    where d.volunteer = :volunteer and +d.community = :community
      and (select max(case x.decision when 'confirmed' then 1 else 2 end) from attendance_decision x
           where x.attendance = d.id) = 1
    order by d.day desc, d.id desc limit :most) as s on s.volunteer = v.id
where v.id = :volunteer and +v.community = :community order by s.day desc, s.id desc
"""


@dataclass(frozen=True, slots=True)
class Record:
    """`rows` have day, minutes, title, place and team (or None), the latest first; `minutes` is the sum."""

    joined_on: str
    minutes: int
    rows: list[Row]


async def own_record(viewer: Viewer, most: int) -> Record:
    """The viewer's confirmed services here. One statement. Raises NotFound for who is no volunteer here."""
    if viewer.volunteer is None:
        raise NotFound
    rows = await viewer.house.db.fetch(
        _RECORD, volunteer=viewer.volunteer, community=viewer.community, most=most
    )
    if not rows:
        raise NotFound
    return Record(rows[0]["joined_on"], rows[0]["total"], [row for row in rows if row["day"] is not None])
