"""Who is looking, and what he may see and do. Every verb takes a viewer (or a unit that has one)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.base.errors import NotFound

if TYPE_CHECKING:
    from core.base.house import House


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions and how far they reach; an empty reach is the whole community (None: every one)."""

    permissions: frozenset[str]
    community: int | None = None
    area: str | None = None  # path prefix of the area's subtree
    team: int | None = None
    counter: int | None = None

    def allows(self, permission: str) -> bool:
        return permission in self.permissions or permission.partition(".")[0] + ".*" in self.permissions


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person (or nobody, or the system) looking at one community."""

    house: "House"
    person: int | None = None
    community: int | None = None
    volunteer: int | None = None  # his own volunteer row in this community
    grants: tuple[Grant, ...] = ()
    wards: frozenset[int] = frozenset()  # volunteers of this community whose guardian he is today
    locale: str = "zh-Hans"
    session: int | None = None
    system: bool = False
    name: str = ""  # his own, shown to himself
    number: str = ""  # his volunteer number in this community
    size: str = ""  # '' or 'elder'
    theme: str = ""  # '', 'light' or 'dark'
    staff: bool = False  # holds a role of the office, here or anywhere
    stepped_up_at: int | None = None  # when he last showed who he is since signing in (ms)
    lacks_factor: bool = False  # must set up a second factor before he holds anything

    def may(
        self, permission: str, *, team: int | None = None, area: str | None = None, counter: int | None = None
    ) -> bool:
        """Whether the permission is held here; with a team, area path or counter: for that one."""
        return self.system or any(
            g.allows(permission)
            and (g.community is None or g.community == self.community)
            and (g.team is None or g.team == team)
            and (g.counter is None or g.counter == counter)
            and (g.area is None or (area is not None and area.startswith(g.area)))
            for g in self.grants
        )

    def may_somewhere(self, permission: str) -> bool:
        """Whether the permission is held for at least some team, area or counter of this community."""
        return self.system or any(
            g.allows(permission) and (g.community is None or g.community == self.community)
            for g in self.grants
        )

    def require(
        self, permission: str, *, team: int | None = None, area: str | None = None, counter: int | None = None
    ) -> None:
        """Raises NotFound unless `may`: what one may not do looks as if it did not exist."""
        if not self.may(permission, team=team, area=area, counter=counter):
            raise NotFound

    def teams(self, permission: str) -> frozenset[int] | None:
        """The teams one holds the permission for; None: all teams of the community."""
        if self.may(permission):
            return None
        return frozenset(
            g.team
            for g in self.grants
            if g.team is not None and g.allows(permission) and g.community == self.community
        )
