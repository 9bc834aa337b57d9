"""What a worker's home page shows."""

from web.view_parts import Fact, NavItem, View


class DeskView(View, frozen=True, kw_only=True):
    """`desk.html`: what waits (each with its count as badge), what one does here, its figures."""

    heading: str
    waiting: tuple[NavItem, ...] = ()
    looks: bool = True  # whether anything can wait for him at all
    actions: tuple[NavItem, ...] = ()
    facts: tuple[Fact, ...] = ()
    as_of: str = ""  # of when the figures are
    facts_href: str = ""
