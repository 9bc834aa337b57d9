"""Where somebody with work here and no account of his own begins: what waits for him, then what he does."""

from core.community.approval_lists import kinds_to_decide
from core.community.figures import Figures
from core.lifecycle.desk import PERMISSIONS, Desk
from core.lifecycle.desk import desk as read_desk
from web.ask import Ask
from web.pages.office import as_of, counted, hours
from web.routes import Answer
from web.view_parts import Fact, NavItem, grouped
from web.views_desk import DeskView


async def show(ask: Ask, heading: str, actions: list[NavItem]) -> Answer:
    found = await read_desk(ask.viewer)
    view = DeskView(
        heading=heading,
        waiting=tuple(_waiting(ask, found)),
        looks=bool(kinds_to_decide(ask.viewer)) or any(ask.viewer.may_somewhere(p) for p in PERMISSIONS),
        actions=tuple(actions),
        facts=_facts(ask, found.figures) if found.figures.as_of else (),
        as_of=as_of(ask, [found.figures]),
        facts_href=ask.home + "/areas",
    )
    return ask.page("desk.html", view, title=ask._("Home"))


def _waiting(ask: Ask, found: Desk) -> list[NavItem]:
    base = ask.home
    counts = (
        (found.approvals, ask._("Requests for your approval"), "/approvals", "done"),
        (found.reviews, ask._("Records to be confirmed"), "/review", "check"),
        (found.awards, ask._("Points not worked out yet"), "/review", "clock"),
        (found.applications, ask._("People who would like to join"), "/applications", "users"),
        (found.imports, ask._("Lists that are checked and not taken in"), "/imports", "list"),
        (found.sold_out, ask._("Rewards of which none is left"), "/stock", "gift"),
    )
    return [
        NavItem(title=title, href=base + path, icon=icon, badge=grouped(count))
        for count, title, path, icon in counts
        if count
    ]


def _facts(ask: Ask, figures: Figures) -> tuple[Fact, ...]:
    told = (
        (ask._("Volunteers"), counted(figures, "volunteers")),
        (ask._("Teams"), counted(figures, "teams")),
        (ask._("Activities this year"), counted(figures, "activities_year")),
        (ask._("Service this year"), hours(ask, figures)),
        (ask._("Points this year"), counted(figures, "points_year")),
        (ask._("Exchanges this year"), counted(figures, "redemptions_year")),
    )
    return tuple(Fact(label=label, text=text) for label, text in told)
