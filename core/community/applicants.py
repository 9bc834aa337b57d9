"""The applications that wait, for those who decide on them."""

import msgspec

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.community.alike import Alike, Sought, alike
from core.community.applications import PERMISSION, Wish, field_of, read_wish
from core.community.volunteers import Volunteer, clean_number, volunteer_of

MOST = 50

_WAITING = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on
from volunteer v join person p on p.id = v.person
where v.community = :community and v.status = 'applied' and +v.id > :after order by +v.id limit :most
"""

_ONE = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on
from volunteer v join person p on p.id = v.person
where v.number = :number and +v.community = :community and v.status = 'applied'
"""

_HOW_MANY = """
select count(*) from (select 1 from volunteer v
    where v.community = :community and v.status = 'applied' limit 1000) as q
"""


class Applicant(msgspec.Struct, frozen=True):
    """One who waits: who he is, how to reach him, what he asked for, and who here may be the same person."""

    volunteer: Volunteer
    phone: str
    wish: Wish
    alike: list[Alike]


async def waiting(viewer: Viewer, after: int = 0, most: int = MOST) -> list[Applicant]:
    """Those who wait, the longest first, after a volunteer's id. Three statements. Raises NotFound."""
    viewer.require(PERMISSION)
    rows = await viewer.house.db.fetch(_WAITING, community=viewer.community, after=after, most=most)
    return await _whole(viewer, rows)


async def applicant(viewer: Viewer, number: str) -> Applicant:
    """One who waits. Raises NotFound (absent, foreign, accepted already, not permitted), Invalid (number)."""
    viewer.require(PERMISSION)
    row = await viewer.house.db.one(_ONE, number=clean_number(number), community=viewer.community)
    if row is None:
        raise NotFound
    return (await _whole(viewer, [row]))[0]


async def _whole(viewer: Viewer, rows: list[Row]) -> list[Applicant]:
    if not rows:
        return []
    house, field = viewer.house, field_of(viewer)
    opened = await house.vault.get(house.db, [row["person"] for row in rows], ["phone", field])
    phones = {row["id"]: opened.get(row["person"], {}).get("phone", "") for row in rows}
    likes = await alike(
        house,
        house.db,
        viewer.community,
        [Sought(row["id"], row["name"], phones[row["id"]]) for row in rows],
    )
    return [
        Applicant(
            volunteer_of(row),
            phones[row["id"]],
            read_wish(opened.get(row["person"], {}).get(field)),
            likes.get(row["id"], []),
        )
        for row in rows
    ]


async def how_many_wait(viewer: Viewer) -> int:
    """How many wait, counted to a thousand; none for those who do not decide. One statement."""
    if not viewer.may(PERMISSION):
        return 0
    return int(await viewer.house.db.value(_HOW_MANY, community=viewer.community))
