"""What needs two persons, and a role of the community's own, for the demo."""

from core.base.act import Unit
from core.community.communities import change_settings
from core.community.own_roles import copy_role
from core.reward.large import hand_over

LARGE = 100  # points at once from which a second person looks
LIST_KEEPER = ("worker", "名册员", ("volunteer.read", "team.read", "area.read"))


async def set_limit(unit: Unit) -> None:
    """Large exchanges need a second person; and somebody may keep the lists, and nothing else."""
    await change_settings(unit, large_redemption=LARGE)
    base, name, permissions = LIST_KEEPER
    await copy_role(unit, base, name, permissions)


async def ask_for_much(unit: Unit) -> None:
    """The one with the most points wants more at once than a clerk gives out alone."""
    row = await unit.one(
        "select a.volunteer, a.posted - a.held as free, r.id, r.price, r.stock - r.held as stock "
        "from points_account a join reward r on r.community = a.community and r.per_person is null "
        "join volunteer v on v.id = a.volunteer and v.status = 'active' "
        "where a.community = :community and r.status = 'offered' and a.posted - a.held > :large "
        "and (r.stock - r.held) * r.price > :large order by a.posted - a.held desc, r.price limit 1",
        community=unit.community,
        large=LARGE,
    )
    if row is None:
        return
    pieces = LARGE // row["price"] + 1
    if pieces * row["price"] <= row["free"] and pieces <= row["stock"]:
        await hand_over(unit, row["volunteer"], row["id"], pieces)
