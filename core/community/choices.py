"""What a form or a filter offers: the open teams of a community and the areas below its node."""

from typing import NamedTuple

from core.base.viewer import Viewer

MOST = 600  # of each

_CHOICES = """
select * from (select 'team' as part, t.id, t.public_id, t.name, t.category as kind, '' as path
    from team t where t.community = :community and t.closed_at is null order by t.name, t.id limit :most) as q
union all
select * from (select 'area', a.id, a.public_id, a.name, a.kind, a.path
    from community c join area top on top.id = c.area and +top.community = c.id
    join area a on +a.community = c.id and a.path >= top.path and a.path < top.path || 'a'
    where c.id = :community order by a.path limit :most) as q
"""


class Choice(NamedTuple):
    """One that may be chosen; `depth` of an area below the community's node (0)."""

    id: int
    public_id: str
    name: str
    path: str = ""
    depth: int = 0


class Choices(NamedTuple):
    """Teams by name, areas with parents before children."""

    teams: list[Choice]
    areas: list[Choice]

    def team(self, public: str) -> Choice | None:
        return next((t for t in self.teams if t.public_id == public), None)

    def area(self, public: str) -> Choice | None:
        return next((a for a in self.areas if a.public_id == public), None)


async def choices(viewer: Viewer) -> Choices:
    """The teams and areas of this community. One statement; their names are no secret within it."""
    rows = await viewer.house.db.fetch(_CHOICES, community=viewer.community, most=MOST)
    areas = [r for r in rows if r["part"] == "area"]
    top = min((r["path"].count("/") for r in areas), default=0)
    return Choices(
        [Choice(r["id"], r["public_id"], r["name"]) for r in rows if r["part"] == "team"],
        [
            Choice(r["id"], r["public_id"], r["name"], r["path"], r["path"].count("/") - top)
            for r in sorted(areas, key=lambda r: str(r["path"]))
        ],
    )
