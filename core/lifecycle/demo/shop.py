"""The demo's shelves: a delivery each month, and people who take something home."""

import random
from collections.abc import Callable

from core.base.act import Unit, act
from core.base.clock import MINUTE
from core.base.viewer import Viewer
from core.lifecycle.demo.figures import COUNTER, REWARDS
from core.reward import catalogue
from core.reward.redemption import redeem

EXCHANGES = 14  # of a community in a month
DEAREST = 44  # points: most people do not save for more


async def deliver(unit: Unit) -> None:
    """The catalogue and the counter with the first delivery, then one delivery of everything."""
    rows = await unit.fetch(
        "select id, name from reward where community = :community", community=unit.community
    )
    there = {row["name"]: row["id"] for row in rows}
    if not there:
        name, where, hours = COUNTER
        await catalogue.add_counter(unit, name, place=where, hours=hours)
    for name, price, pieces, description, most in REWARDS:
        if name not in there:
            reward = await catalogue.add_reward(unit, name, price, description=description, per_person=most)
            there[name] = reward.id
        await catalogue.receive_stock(unit, there[name], pieces)


async def exchange(clerk_at: Callable[[int], Viewer], until: int, chance: random.Random) -> int:
    """Some of those with enough points take something home in the hours before `until`; returns how many."""
    look = clerk_at(until)
    rewards = await catalogue.offered(look)
    left = {reward.id: reward.stock for reward in rewards}
    (counter, *_) = await catalogue.counters(look)
    rows = await look.house.db.fetch(
        "select volunteer, posted - held as free from points_account where community = :community "
        "and volunteer is not null and posted - held >= :least order by volunteer",
        community=look.community,
        least=min(r.price for r in rewards),
    )
    chosen = chance.sample(rows, min(EXCHANGES, len(rows)))
    for number, row in enumerate(chosen):
        can = [r for r in rewards if r.price <= min(row["free"], DEAREST) and left[r.id]]
        if not can:
            continue
        reward = chance.choice(can)
        left[reward.id] -= 1
        viewer = clerk_at(until - (len(chosen) - number) * chance.randint(6, 11) * MINUTE)

        async def work(
            unit: Unit, volunteer: int = row["volunteer"], bought: int = reward.id
        ) -> dict[str, int]:
            done = await redeem(unit, volunteer, bought, 1, counter.id)
            return {"points": done["points"]}

        await act(viewer, "demo.redeem", f"system:demo:redeem:{until}:{row['volunteer']}", None, work)
    return len(chosen)
