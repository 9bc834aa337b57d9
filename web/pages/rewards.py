"""What points can be exchanged for."""

from core.reward import catalogue
from core.reward.catalogue import Counter, Reward
from web.ask import Ask
from web.routes import Answer, get
from web.view_parts import NavItem, grouped
from web.views import RewardCard, RewardsView


@get("/c/{slug}/rewards", name="rewards")
async def rewards(ask: Ask) -> Answer:
    volunteer = ask.viewer.volunteer
    mine = ask.query.raw("show") == "mine" and volunteer is not None
    available = 0
    if volunteer is not None:
        shelf = await catalogue.affordable(ask.viewer, volunteer)
        available, now = shelf.available, shelf.affordable
        offered = now if mine else sorted([*now, *shelf.others], key=lambda r: (r.price, r.id))
    else:
        offered = await catalogue.offered(ask.viewer)
    counters = await catalogue.counters(ask.viewer)
    base = ask.home + "/rewards"
    view = RewardsView(
        usable=grouped(available),
        filters=(
            NavItem(title=ask._("All"), href=base, current=not mine),
            NavItem(title=ask._("What I can have now"), href=base + "?show=mine", current=mine),
        )
        if volunteer is not None
        else (),
        rewards=tuple(_card(ask, reward, available, counters) for reward in offered),
        reset_href=base if mine else "",
    )
    return ask.page("rewards.html", view, title=ask._("Rewards"))


def _card(ask: Ask, reward: Reward, available: int, counters: list[Counter]) -> RewardCard:
    missing = reward.price - available
    limit = ""
    if reward.per_person:
        limit = ask._("At most %(most)s per person a month", most=reward.per_person)
    desk = counters[0] if counters else None
    pickup = " · ".join(part for part in (desk.name, desk.place, desk.hours) if part) if desk else ""
    return RewardCard(
        title=reward.name,
        cost=grouped(reward.price),
        stock=ask._("%(stock)s left", stock=grouped(reward.stock)) if reward.stock else "",
        pickup=pickup,
        limit=limit,
        missing=grouped(missing) if missing > 0 else "",
        sold_out=not reward.stock,
    )


ROUTES = (rewards,)
