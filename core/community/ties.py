"""What ties a person to communities: memberships, posts, roles. They end together when he goes."""

from collections.abc import Sequence

import msgspec

from core.base.act import Unit
from core.community.roles import HIGH_ROLES, access_changed

_MEMBERS = """
update team_member set to_day = case when from_day > :day then from_day else :day end
where volunteer in ids(:volunteers) and +community in ids(:communities) and to_day is null returning id
"""

_POSTS = """
update post set to_day = case when from_day > :day then from_day else :day end
where person = :person and +community in ids(:communities) and to_day is null returning id
"""

_GRANTS = """
select g.id, g.to_at from role_grant g
join role o on o.id = g.role and (o.community is null or o.community = g.community)
where g.person = :person and (g.to_at is null or g.to_at > :now)
  and (g.community in ids(:communities) or (:everywhere = 1 and g.community is null))
  and (:high = 1 or o.key not in (select h.key from rows(:keys; key text) as h))
order by g.id for_update
"""

_HIGH = """
-- everywhere (role_grant): whoever holds a high role anywhere is left to the operator
select 1 from role_grant g join role o on o.id = g.role and o.community is null
where g.person = :person and (g.to_at is null or g.to_at > :now)
  and o.key in (select h.key from rows(:keys; key text) as h) limit 1
"""

_KEYS = [{"key": key} for key in HIGH_ROLES]

_END_GRANTS = """
-- everywhere (role_grant): those just found, of the house's own among them
update role_grant set to_at = :now where id in ids(:grants)
"""


class Ended(msgspec.Struct, frozen=True):
    """What was ended: ids of memberships and posts; of roles with the end they had before (None: none)."""

    members: list[int] = []
    posts: list[int] = []
    grants: list[tuple[int, int | None]] = []


async def end_ties(
    unit: Unit,
    person: int,
    volunteers: Sequence[int],
    communities: Sequence[int],
    day: str,
    *,
    everywhere: bool = False,
) -> Ended:
    """Ends memberships and posts on `day` and roles now, in these communities; at once in every worker.

    Roles only an operator may take (HIGH_ROLES) stay unless an operator acts; `everywhere` reaches roles
    that hold in all communities too. For verbs that have checked that it may be done. Five statements.
    """
    here = {"communities": list(communities)}
    members = await unit.fetch(_MEMBERS, volunteers=list(volunteers), day=day, **here)
    posts = await unit.fetch(_POSTS, person=person, day=day, **here)
    grants = await unit.fetch(
        _GRANTS,
        person=person,
        now=unit.now,
        everywhere=int(everywhere),
        high=int(unit.viewer.may("operator")),
        keys=_KEYS,
        **here,
    )
    if grants:
        await unit.execute(_END_GRANTS, now=unit.now, grants=[g["id"] for g in grants])
    await access_changed(unit, [person])
    return Ended(
        [r["id"] for r in members], [r["id"] for r in posts], [(r["id"], r["to_at"]) for r in grants]
    )


async def holds_high_role(unit: Unit, person: int) -> bool:
    """Whether a person holds a role, anywhere, that only an operator gives and takes."""
    return await unit.value(_HIGH, person=person, now=unit.now, keys=_KEYS) is not None
