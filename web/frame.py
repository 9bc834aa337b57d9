"""The frame around a page: tabs, menu, who is signed in. Menus are kept per language and rights."""

from typing import TYPE_CHECKING

from core.base.errors import N_
from core.community.approval_lists import has_queue
from web.view_parts import Flash, NavItem, PageFrame

if TYPE_CHECKING:
    from core.community.viewer import CommunityInfo
    from web.ask import Ask

MOST_KEPT = 2000
_MOST_TABS = 5

# The office's pages: title, address below the community, icon, permission.
OFFICE = (
    (N_("People"), "/people", "users", "volunteer.read"),
    (N_("Teams"), "/teams", "shield", "team.read"),
    (N_("Activities"), "/activities", "calendar", "activity.read"),
    (N_("Areas and posts"), "/areas", "pin", "area.read"),
    (N_("Rewards and stock"), "/stock", "gift", "reward.write"),
    (N_("Closed months"), "/periods", "book", "points.read"),
    (N_("Imports"), "/imports", "list", "import.run"),
    (N_("Roles"), "/roles", "shield", "role.read"),
    (N_("The book"), "/book", "check", "book.read"),
    (N_("Log"), "/audit", "list", "audit.read"),
    (N_("Settings"), "/settings", "tools", "community.settings"),
)
Menus = tuple[tuple[NavItem, ...], tuple[NavItem, ...]]


def build_frame(
    ask: "Ask", title: str, *, current: str = "", flash: Flash | None = None, bare: bool = False
) -> PageFrame:
    """The frame of this page for this reader. `current` is the address of the menu entry it belongs to."""
    place, viewer = ask.community, ask.viewer
    known = viewer.person is not None and not bare
    tabs, nav = _menus(ask, place) if place is not None and known else ((), ())
    here = current or ask.target.partition("?")[0]
    plugin = ask.rule.plugin
    css = f"{plugin}/{plugin}.css" if plugin else ""
    return PageFrame(
        title=title,
        lang=ask.lang,  # type: ignore[arg-type]  # negotiated: one of Lang
        size=ask.likes.size,  # type: ignore[arg-type]  # checked where the wish came in
        theme=ask.likes.theme,  # type: ignore[arg-type]  # checked where the wish came in
        community=place.name if place is not None else "",
        base=ask.home,
        bare=bare,
        viewer_name=viewer.name if known else "",
        viewer_number=viewer.number if known else "",
        csrf=ask.csrf,
        tabs=_mark(tabs, here),
        nav=_mark(nav, here),
        banners=_banners(ask),
        unread=str(ask.unread) if ask.unread else "",
        flash=flash,
        help_phone=place.help_phone if place is not None else "",
        here=ask.target,
        plugin=plugin,
        plugin_css=ask.site.assets.url(css) if css and ask.site.assets.has(css) else "",
    )


def _banners(ask: "Ask") -> tuple[Flash, ...]:
    """What whoever works here must not miss, on whatever page he is."""
    place, viewer = ask.community, ask.viewer
    if place is None or place.frozen_at is None:
        return ()
    if not viewer.may_somewhere("redemption.make") and not viewer.may_somewhere("book.read"):
        return ()
    text = ask._(
        "Since %(time)s nothing is handed over: the book does not add up.", time=ask.when(place.frozen_at)
    )
    more = ask._("Two persons have to look at it, on the page “The book”.")
    return (Flash(text=f"{text} {more}", tone="bad"),)


def _mark(entries: tuple[NavItem, ...], here: str) -> tuple[NavItem, ...]:
    return tuple(
        NavItem(title=e.title, href=e.href, icon=e.icon, current=True, badge=e.badge) if e.href == here else e
        for e in entries
    )


def _menus(ask: "Ask", place: "CommunityInfo") -> Menus:
    viewer = ask.viewer
    kept = ask.site.menus
    key = (ask.lang, place.id, place.version, viewer.volunteer is None, viewer.grants)
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[key] = _build(ask)
    return found


def _build(ask: "Ask") -> Menus:
    base, viewer = ask.home, ask.viewer
    member = viewer.volunteer is not None
    of_plugins = plugin_entries(ask, "navigation")
    tabs = [NavItem(title=ask._("Home"), href=base, icon="home")]
    if member:
        tabs.append(NavItem(title=ask._("My points"), href=base + "/points", icon="list"))
    tabs.append(NavItem(title=ask._("Rewards"), href=base + "/rewards", icon="gift"))
    if viewer.may_somewhere("activity.record") and of_plugins:
        lead = of_plugins.pop(0)
        tabs.append(NavItem(title=ask._("Lead"), href=lead.href, icon=lead.icon))
    if viewer.may_somewhere("redemption.make"):
        tabs.append(NavItem(title=ask._("Service desk"), href=base + "/counter", icon="desk"))
    nav = [NavItem(title=ask._("Notices"), href=base + "/notices", icon="bell")]
    if member:
        nav.append(NavItem(title=ask._("About me"), href=base + "/me", icon="user"))
    if viewer.may_somewhere("attendance.review"):
        review = NavItem(title=ask._("Review"), href=base + "/review", icon="check")
        (tabs if len(tabs) < _MOST_TABS else nav).append(review)
    if has_queue(viewer):
        nav.append(NavItem(title=ask._("Approvals"), href=base + "/approvals", icon="check"))
    nav += of_plugins
    nav += [
        NavItem(title=ask._(title), href=base + path, icon=icon)
        for title, path, icon, permission in OFFICE
        if viewer.may_somewhere(permission)
    ]
    if viewer.may_somewhere("redemption.make"):
        nav.append(NavItem(title=ask._("Card and PIN"), href=base + "/on-behalf", icon="scan"))
    if viewer.may_somewhere("volunteer.write") or viewer.may("operator"):
        nav.append(NavItem(title=ask._("Sign-in slips"), href=base + "/slips", icon="print"))
    nav.append(NavItem(title=ask._("Sign-in and security"), href="/account", icon="key"))
    nav.append(NavItem(title=ask._("Other communities"), href="/", icon="house"))
    if viewer.may("operator"):
        nav.append(NavItem(title=ask._("Parts"), href="/design", icon="star"))
    return tuple(tabs[:_MOST_TABS]), tuple(nav)


def plugin_entries(ask: "Ask", place: str) -> list[NavItem]:
    """What enabled programmes offer this viewer at a place, in the order they ask for."""
    registry, community = ask.site.house.registry, ask.community
    if registry is None or community is None:
        return []
    found = [
        (entry.weight, plugin.name, entry)
        for plugin in registry
        if plugin.name in community.plugins
        for entry in plugin.manifest.entries
        if entry.place == place and (not entry.permission or ask.viewer.may_somewhere(entry.permission))
    ]
    found.sort(key=lambda item: item[:2])
    return [
        NavItem(
            title=ask.render(entry.title),
            href=f"{ask.home}/x/{name}{entry.path}".rstrip("/"),
            icon=entry.icon or "dot",
        )
        for _, name, entry in found
    ]
