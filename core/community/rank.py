"""Who may help somebody into his account: nobody who would gain by it.

Whoever makes a slip or sets a PIN could use it himself. So he must hold every right the other holds, and more
than the other: two who review each other's work must not become each other. An auditor is outside everybody's
power but the operator's, who may help anybody but himself.
"""

from collections.abc import Sequence

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Message, Refused
from core.base.sql import to_json
from core.base.viewer import Grant, Viewer
from core.community.roles import CORE_ROLES, HIGH_ROLES, holds, permissions_of

# Roles of the office; a team's leader has his by the team, and whoever may write volunteers makes leaders.
_GRANTS = """
-- everywhere (role_grant, role): what he may elsewhere is more than anybody here may give
select o.key, o.permissions, g.community, g.team, g.counter, a.path as area, g.area as area_id
from role_grant g join role o on o.id = g.role
left join area a on a.id = g.area and a.community = cast(:community as bigint)
where g.person = :person and (g.to_at is null or g.to_at > :now) and o.key not in ('volunteer', 'leader')
"""

BEYOND = (*HIGH_ROLES, "auditor")
ABOVE = Message("This person has rights that you do not have. The administrator or the operator can do it.")
ONESELF = Message("For yourself use your own security page.")


async def require_above(unit: Unit, person: int) -> None:
    """Raises Refused for oneself, and for somebody of the office whose rights the actor does not hold."""
    if person == unit.actor:
        raise Refused(ONESELF)
    viewer = unit.viewer
    if viewer.system or viewer.may("operator"):
        return
    rows = await unit.fetch(_GRANTS, person=person, community=viewer.community, now=unit.now)
    if rows and (any(not _reaches(viewer, row) for row in rows) or not _holds_more(viewer, rows)):
        raise Refused(ABOVE)


def _reaches(viewer: Viewer, row: Row) -> bool:
    """Whether the viewer may, as far as it goes, all that a role lets somebody do, or may give it away."""
    if row["key"] in BEYOND or row["community"] is None or row["community"] != viewer.community:
        return False
    if row["area_id"] is not None and row["area"] is None:
        return False
    given = _may_give(viewer)
    return all(
        p in given or _may(viewer, p, team=row["team"], area=row["area"], counter=row["counter"])
        for p in permissions_of(viewer.house, row["key"], row["permissions"])
    )


def _may_give(viewer: Viewer) -> frozenset[str]:
    """What an administrator does not do himself but sets others to: the work of the office."""
    if not any("volunteer.*" in g.permissions and _is_whole(g) for g in viewer.grants):
        return frozenset()
    kept = {key: to_json(CORE_ROLES[key][1]) for key in ("worker", "clerk")}
    return frozenset().union(*(permissions_of(viewer.house, key, text) for key, text in kept.items()))


def _may(viewer: Viewer, permission: str, *, team: int | None, area: str | None, counter: int | None) -> bool:
    if permission.endswith(".*"):  # a group is held only by the whole group
        return any(permission in g.permissions and _is_whole(g) for g in viewer.grants)
    return viewer.may(permission, team=team, area=area, counter=counter)


def _is_whole(grant: Grant) -> bool:
    return grant.team is None and grant.area is None and grant.counter is None


def _holds_more(viewer: Viewer, rows: Sequence[Row]) -> bool:
    """Whether the viewer holds anything, for all of the community, that the other does not hold so."""
    others = [
        permissions_of(viewer.house, row["key"], row["permissions"])
        for row in rows
        if row["team"] is None and row["counter"] is None and row["area_id"] is None
    ]
    mine = {p for g in viewer.grants if _is_whole(g) for p in g.permissions}
    return any(not any(holds(theirs, p) for theirs in others) for p in mine)
