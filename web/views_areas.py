"""What the pages of areas and posts show (see `web.views`)."""

from web.view_parts import Fact, NavItem, View
from web.views_office import Grid, Press, Section


class AreaNode(View, frozen=True, kw_only=True):
    """An area in the tree with those below it."""

    name: str
    kind: str
    href: str
    stated: str  # "200 户，450 人"; "" where nothing is stated
    counted: str  # "志愿者 12 人，今年 86 小时"
    nodes: tuple["AreaNode", ...] = ()
    deeper: str = ""  # "下级 3 个", also where they stand on the area's own page only
    open: bool = False


class AreasView(View, frozen=True, kw_only=True):
    """`areas.html`: the tree, or what a search found."""

    action: str
    query: str = ""
    found: Grid | None = None
    root: AreaNode | None = None
    lead: str = ""
    as_of: str = ""
    exports: tuple[NavItem, ...] = ()
    reset_href: str = ""


class HolderLine(View, frozen=True, kw_only=True):
    """Somebody who holds a post."""

    name: str  # for those who see totals only: "已任命"
    href: str = ""  # the post's page, for who may change it
    since: str = ""
    where: str = ""  # the area, where it is not the page's own
    on_card: bool = False


class SeatLine(View, frozen=True, kw_only=True):
    """A post of the chain or of the stewards; no holders: vacant."""

    title: str
    level: str = ""  # "第 3 级"
    holders: tuple[HolderLine, ...] = ()


class AreaView(View, frozen=True, kw_only=True):
    """`area.html`."""

    crumbs: tuple[NavItem, ...]  # those above, the highest first; without href above the community
    heading: str
    kind: str
    facts: tuple[Fact, ...]
    as_of: str = ""
    actions: tuple[NavItem, ...] = ()
    chain: tuple[SeatLine, ...] = ()
    stewards: tuple[SeatLine, ...] = ()
    others: tuple[SeatLine, ...] = ()
    post_href: str = ""  # where a post is given
    card_href: str = ""
    sections: tuple[Section, ...] = ()
    manage: tuple[NavItem, ...] = ()  # rename, move, remove
    presses: tuple[Press, ...] = ()


class CardLine(View, frozen=True, kw_only=True):
    """A line of the contact card."""

    post: str
    name: str = ""  # "" without consent
    phone: str = ""
    tel: str = ""  # the same for `tel:`


class CardView(View, frozen=True, kw_only=True):
    """`area_card.html`: who is responsible for an area; a poster when printed. Open to everybody."""

    heading: str
    place: str  # the areas above it
    lines: tuple[CardLine, ...]
    help_phone: str
    help_tel: str
    note: str = ""
    back_href: str = ""
