"""Totals of communities for those above them: the street office, the county, the operator. Never a person."""

import msgspec

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.community.figures import NONE, Figures
from core.community.roles import holds, permissions_of

_REACH = """
-- everywhere (area): a role above communities reaches down from county or street
select o.key, o.permissions, a.path from role_grant g
join role o on o.id = g.role and o.community is null left join area a on a.id = g.area
where g.person = :person and g.community is null and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
"""

_BELOW = """
-- everywhere (area): the communities below a county or street, in figures
select c.id, c.slug, c.name, n.households, n.residents, u.name as above, u.path as place
from community c join area n on n.id = c.area left join area u on u.id = n.parent
where c.closed_at is null and exists (
    select 1 from rows(:paths; path text) as r where r.path = substr(n.path, 1, length(r.path)))
order by u.path, c.name, c.id
"""

_FIGURES = """
select community, name, value, as_of from tally
where community in ids(:communities) and subject = 'community'
"""


class Overview(msgspec.Struct, frozen=True):
    """A community in figures: stated households and residents, and what was counted."""

    slug: str
    name: str
    above: str  # the area above it, '' for none
    households: int | None
    residents: int | None
    figures: Figures


async def reach_above(viewer: Viewer) -> list[str]:
    """Paths of the areas above communities whose totals the viewer may see; '/' is everywhere."""
    now = viewer.house.clock.now()
    rows = await viewer.house.db.fetch(_REACH, person=viewer.person, now=now)
    return [
        row["path"] or "/"
        for row in rows
        if holds(permissions_of(viewer.house, row["key"], row["permissions"]), "area.read")
    ]


async def overview(viewer: Viewer) -> list[Overview]:
    """The communities below the areas whose totals the viewer may see, by area. Three statements.

    Raises NotFound for who has no such area.
    """
    db = viewer.house.db
    paths = await reach_above(viewer)
    if not paths:
        raise NotFound
    below = await db.fetch(_BELOW, paths=[{"path": path} for path in paths])
    counted = await db.fetch(_FIGURES, communities=[row["id"] for row in below])
    by_community: dict[int, list[Row]] = {}
    for row in counted:
        by_community.setdefault(row["community"], []).append(row)
    return [_overview(row, by_community.get(row["id"], [])) for row in below]


def _overview(row: Row, counted: list[Row]) -> Overview:
    values = {c["name"]: c["value"] for c in counted}
    figures = Figures(values, max(c["as_of"] for c in counted)) if counted else NONE
    return Overview(
        row["slug"], row["name"], row["above"] or "", row["households"], row["residents"], figures
    )
