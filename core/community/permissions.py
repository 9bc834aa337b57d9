"""What each permission of the core lets somebody do, in words; and how far a role with it can reach."""

from collections.abc import Iterable, Mapping

from core.base.errors import Message
from core.base.house import House
from core.base.viewer import Viewer

# In the order of a list to tick.
PERMISSIONS: Mapping[str, Message] = {
    "volunteer.read": Message("See the volunteers"),
    "volunteer.write": Message("Enter and change volunteers"),
    "team.read": Message("See the teams and their members"),
    "team.write": Message("Change the teams"),
    "activity.read": Message("See the activities"),
    "activity.record": Message("Record who was there"),
    "attendance.review": Message("Confirm what others recorded"),
    "points.read": Message("See everybody's points"),
    "points.adjust": Message("Adjust points, together with a second person"),
    "points.close": Message("Close months of the book"),
    "reward.write": Message("Change rewards and stock"),
    "redemption.make": Message("Hand over rewards at the service desk"),
    "redemption.undo": Message("Undo an exchange at any time"),
    "redemption.approve": Message("Approve large exchanges"),
    "book.read": Message("See how the book is proved"),
    "book.clear": Message("Let rewards be handed over again when the book did not add up"),
    "area.read": Message("See areas and who is responsible"),
    "area.write": Message("Change areas and posts"),
    "import.run": Message("Take in files"),
    "audit.read": Message("Read the log"),
    "role.read": Message("See who holds which role"),
    "role.write": Message("Give and take roles"),
    "community.settings": Message("Change the community's settings"),
    "plugin.manage": Message("Switch programmes on and off"),
    "operator": Message("Everything an operator does"),
}

# How far a role can be narrowed, by what its permissions are about: only where something looks at it.
_BY_TEAM = ("team", "activity", "attendance", "volunteer")
_BY_COUNTER = ("redemption",)
_BY_AREA = ("area",)
_NEVER_ALONE = frozenset({"operator", "role.write", "audit.read", "community.settings", "plugin.manage"})


def titles(house: House) -> dict[str, Message]:
    """The core's permissions and those of the plugins that run, with their titles."""
    found = dict(PERMISSIONS)
    for plugin in house.registry or ():
        found.update({p.key: p.title for p in plugin.manifest.permissions})
    return found


def spelled_out(permissions: Iterable[str], known: Iterable[str]) -> list[str]:
    """Permissions one by one, in the order they are known: `team.*` is all that begin with `team.`."""
    held = set(permissions)
    groups = tuple(p.removesuffix("*") for p in held if p.endswith(".*"))
    return [key for key in known if key in held or (groups and key.startswith(groups))]


def held_here(viewer: Viewer) -> list[str]:
    """The permissions the viewer holds for the whole of his community."""
    return [key for key in titles(viewer.house) if viewer.may(key)]


def reaches(house: House, permissions: Iterable[str]) -> tuple[str, ...]:
    """How a role can be narrowed: 'team', 'area' and 'counter', those that make sense for what it holds."""
    spelled = spelled_out(permissions, titles(house))
    subjects = {key.partition(".")[0] for key in spelled}
    own = {plugin.name for plugin in house.registry or ()}
    if _NEVER_ALONE & set(spelled):
        return ()
    found = []
    if subjects & {*_BY_TEAM, *own}:
        found.append("team")
    if subjects & set(_BY_AREA):
        found.append("area")
    if subjects & set(_BY_COUNTER):
        found.append("counter")
    return tuple(found)
