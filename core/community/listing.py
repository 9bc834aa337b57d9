"""What lists of people tell besides the search's own columns."""

from collections.abc import Sequence

from core.base.viewer import Viewer

_TEAMS = """
select m.volunteer, t.name from team_member m join team t on t.id = m.team
where m.volunteer in ids(:volunteers) and m.to_day is null and +m.community = :community
order by m.volunteer, t.name
"""


async def teams_of(viewer: Viewer, volunteers: Sequence[int]) -> dict[int, list[str]]:
    """Names of the teams each volunteer is in now, for pages that found him by search. One statement."""
    rows = await viewer.house.db.fetch(_TEAMS, volunteers=list(volunteers), community=viewer.community)
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["volunteer"], []).append(row["name"])
    return found
