"""The home page of a community: a volunteer's points first; for staff without points, their work."""

from core.base.clock import day_of
from core.points.home import Home
from core.points.home import home as read_home
from core.points.policy import Policy
from core.points.statement import Month
from web import format as written
from web.ask import Ask
from web.frame import plugin_entries
from web.pages import desk
from web.pages.book_settings import policy_here
from web.pages.words import last_day, line_row, next_star, star_words
from web.routes import Answer, get
from web.view_parts import Bar, NavItem, grouped
from web.views import HomeView, MessageView, Panel, RewardProgress

_MONTHS = 6
_MOST_ACTIONS = 4


@get("/c/{slug}", name="home", tenant="own")
async def home(ask: Ask) -> Answer:
    if ask.viewer.volunteer is None:
        return await _staff(ask)
    policy = policy_here(ask)
    found = await read_home(ask.viewer, notice_days=policy.expiry_notice_days)
    ask.unread = found.unread
    return ask.page("home.html", _view(ask, found, policy), title=ask._("Home"), fragment="balance")


async def _staff(ask: Ask) -> Answer:
    """Somebody with a role here and no account of his own: he starts at his work."""
    work = actions(ask)
    if work:
        return await desk.show(ask, _hello(ask), work)
    text = ask._("You have no account in this community.")
    view = MessageView(
        heading=_hello(ask), text=text, tone="info", href="/", label=ask._("Other communities")
    )
    return ask.page("message.html", view, title=ask._("Home"))


def _hello(ask: Ask) -> str:
    return ask._("Hello, %(name)s", name=ask.viewer.name)


def actions(ask: Ask) -> list[NavItem]:
    """What this viewer most likely came for. At a desk what waits has a place of its own."""
    viewer, base = ask.viewer, ask.home
    found: list[NavItem] = []
    if viewer.may_somewhere("redemption.make"):
        found.append(NavItem(title=ask._("Hand over a reward"), href=base + "/counter", icon="desk"))
    found += plugin_entries(ask, "navigation")[:2]
    if viewer.may("volunteer.write"):
        found.append(NavItem(title=ask._("Add a person"), href=base + "/people/new", icon="plus"))
    if viewer.volunteer is not None and viewer.may_somewhere("attendance.review"):
        found.append(NavItem(title=ask._("Review"), href=base + "/review", icon="check"))
    if viewer.volunteer is not None:
        found.append(NavItem(title=ask._("My points"), href=base + "/points", icon="list"))
        found.append(NavItem(title=ask._("Rewards"), href=base + "/rewards", icon="gift"))
        found.append(NavItem(title=ask._("Notices"), href=base + "/notices", icon="bell"))
    if viewer.may_somewhere("area.read"):
        found.append(NavItem(title=ask._("Areas and posts"), href=base + "/areas", icon="pin"))
    return found[:_MOST_ACTIONS]


def _view(ask: Ask, found: Home, policy: Policy) -> HomeView:
    balance, base = found.balance, ask.home
    months = _six(ask, found.months)
    fresh = not found.lines
    return HomeView(
        usable=grouped(balance.available),
        pending=grouped(found.pending) if found.pending else "",
        expiring=grouped(found.expiring) if found.expiring else "",
        expiring_by=last_day(ask, found.ends_at),
        debt=grouped(balance.debt) if balance.debt else "",
        hours=ask.duration(balance.minutes) if balance.minutes else "",
        stars=star_words(ask, balance.stars),
        stars_next=next_star(ask, policy, balance.minutes),
        statement_href=base + "/points",
        rewards_href=base + "/rewards",
        actions=tuple(actions(ask)),
        months=() if fresh else months,
        months_finding=_finding(ask, months),
        lines=tuple(line_row(ask, entry) for entry in found.lines),
        next_reward=_progress(ask, found),
        panels=tuple(
            Panel(plugin=entry.href.split("/")[4], title=entry.title, href=entry.href)
            for entry in plugin_entries(ask, "home")
        ),
        first_steps=(
            NavItem(title=ask._("Ask your team leader when you can come along"), href=base + "/notices"),
            NavItem(title=ask._("See what points bring"), href=base + "/rewards"),
        )
        if fresh
        else (),
    )


def _six(ask: Ask, months: list[Month]) -> tuple[Bar, ...]:
    """The last six calendar months, also those without anything."""
    earned = {m.month: m.earned for m in months}
    year, month = (int(part) for part in day_of(ask.now, ask.zone).split("-")[:2])
    names = []
    for back in range(_MONTHS - 1, -1, -1):
        whole = year * 12 + month - 1 - back
        names.append(f"{whole // 12:04}-{whole % 12 + 1:02}")
    return tuple(
        Bar(
            label=written.month_only(name, ask.lang),
            value=earned.get(name, 0),
            text=grouped(earned.get(name, 0)),
        )
        for name in names
    )


def _finding(ask: Ask, months: tuple[Bar, ...]) -> str:
    best = max(months, key=lambda bar: bar.value)
    if not best.value:
        return ask._("No points in the last six months.")
    return ask._("The most in one month: %(points)s points in %(month)s.", points=best.text, month=best.label)


def _progress(ask: Ask, found: Home) -> RewardProgress | None:
    goal = found.goal
    if goal is None:
        return None
    return RewardProgress(
        title=goal.name,
        cost=grouped(goal.price),
        missing=grouped(goal.missing),
        percent=max(0, min(100, (goal.price - goal.missing) * 100 // goal.price)),
        href=ask.home + "/rewards",
    )


ROUTES = (home,)
