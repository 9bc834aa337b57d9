"""What a plugin says about itself: data, readable while the plugin is off."""

import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from core.base.errors import Message

API_VERSION = 1

Evidence = Literal["scanned", "roster", "paper", "self", "imported"]
NAME = re.compile(r"[a-z][a-z0-9_]{1,29}")


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """A permission `<plugin>.<verb>` and the keys of the core roles that get it."""

    key: str
    title: Message
    roles: tuple[str, ...] = ()


# What of the core's permissions a plugin's role may hold beside the plugin's own.
LENT = (
    "activity.read",
    "activity.record",
    "attendance.review",
    "points.read",
    "team.read",
    "volunteer.read",
)


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role `<plugin>.<role>` with permissions of the plugin's own, or of those the core lends (LENT)."""

    key: str
    title: Message
    permissions: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A link core draws: `place` is where, `path` is below the plugin's own address.

    In place `navigation` it is a link in the menu; in place `team` one on a team's page, which adds
    `?team=<public id>`; elsewhere it is a panel loaded lazily from `path`.
    """

    title: Message
    path: str
    permission: str = ""
    place: Literal["navigation", "home", "volunteer", "team", "counter"] = "navigation"
    icon: str = ""
    weight: int = 100


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of activity: which evidence it may rest on, and who must look at it before points are booked.

    `supervision` "at_once": booked when recorded, but for the recorder's own attendance; "second": a second
    person confirms. Evidence named in `doubtful` always waits for a second person.
    """

    key: str
    title: Message
    evidence: tuple[Evidence, ...] = ("roster",)
    supervision: Literal["at_once", "second"] = "at_once"
    doubtful: tuple[Evidence, ...] = ("self", "paper")


class NoticeKind(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    title: Message


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """What one table holds about people, so that export, erasure and merging work without the plugin.

    `person` is the column that says whose row it is: an id of `person` or of `volunteer` as `names` says;
    "" means the row belongs to nobody in particular. `columns` are those `erasure` reaches.
    """

    table: str
    person: str = ""
    names: Literal["person", "volunteer"] = "person"
    columns: tuple[str, ...] = ()
    purpose: Message
    months: int | None = None
    erasure: Literal["keep", "blank", "delete"] = "keep"
    merging: Literal["keep", "move"] = "move"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin's manifest. `api` is the first and the last version of `core.api` it was written for.

    `name` is also the address (`/c/{community}/x/{name}/`), the entry point's name, and, with an underscore,
    the beginning of every table and migration file of the plugin. `folder` is where `templates/`, `static/`,
    `locale/` and `migrations/` are. `events` names what `on_event` wants to hear of.
    """

    name: str
    title: Message
    api: tuple[int, int]
    folder: Path
    permissions: tuple[Permission, ...] = ()
    roles: tuple[Role, ...] = ()
    entries: tuple[Entry, ...] = ()
    kinds: tuple[Kind, ...] = ()
    rules: type[Any] | None = None
    settings: type[Any] | None = None
    events: tuple[str, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    approvals: tuple[Any, ...] = ()  # core.api.ApprovalKind; checked where the house is opened

    @property
    def prefix(self) -> str:
        return self.name + "_"

    def kind(self, key: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.key == key), None)


def faults(manifest: Manifest) -> list[str]:
    """What is wrong with a manifest by itself, for the operator to read. Empty: nothing."""
    found = []
    if not NAME.fullmatch(manifest.name):
        found.append(f"the name {manifest.name!r} is not 2 to 30 small letters, digits and underscores")
    first, last = manifest.api
    if not first <= API_VERSION <= last:
        found.append(f"it was written for versions {first} to {last} of core.api, this is {API_VERSION}")
    own = {permission.key for permission in manifest.permissions}
    found += [
        f"permission {key!r} does not begin with '{manifest.name}.'"
        for key in sorted(own)
        if not key.startswith(manifest.name + ".")
    ]
    found += _faults_of_roles(manifest, own)
    found += [
        f"{entry.path!r} asks for permission {entry.permission!r}, which the manifest does not declare"
        for entry in manifest.entries
        if entry.permission and entry.permission not in own
    ]
    found += [
        f"personal data of table {data.table!r}, which does not begin with {manifest.prefix!r}"
        for data in manifest.personal_data
        if not data.table.startswith(manifest.prefix)
    ]
    keys = [kind.key for kind in manifest.kinds]
    found += [f"activity kind {key!r} is declared twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    if manifest.rules is not None and not callable(getattr(manifest.rules, "sentences", None)):
        found.append("the rules struct has no method sentences(), so nobody could read the rules")
    return found


def _faults_of_roles(manifest: Manifest, own: set[str]) -> list[str]:
    keys = [role.key for role in manifest.roles]
    found = [
        f"role {key!r} does not begin with '{manifest.name}.'"
        for key in sorted(set(keys))
        if not key.startswith(manifest.name + ".") or key.count(".") != 1
    ]
    found += [f"role {key!r} is declared twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    found += [
        f"role {role.key!r} wants permission {permission!r}, which is neither the plugin's own nor lent"
        for role in manifest.roles
        for permission in role.permissions
        if permission not in own and permission not in LENT
    ]
    return found
