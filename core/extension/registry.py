"""The plugins of this process: which are there, which are allowed, and why one does not run.

Installed (an entry point of the group `linli.plugins`), allowed (named in LINLI_PLUGINS) and enabled (a
community's switch, `core.extension.switch`) are three facts. Only allowed plugins are imported. One that
cannot be imported, or breaks a rule, is kept with the reason, and everything else goes on.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy

from core.base.house import Handler, House
from core.base.migrate import Source, pending
from core.base.outbox import Event
from core.base.viewer import Viewer
from core.extension import specs
from core.extension.calls import tell
from core.extension.manifest import Kind, Manifest, faults
from core.extension.switch import is_enabled

log = logging.getLogger("linli.plugins")
GROUP = "linli.plugins"
CONSUMER = "plugin:"  # before the name of a plugin that hears events


@dataclass(slots=True)
class Tally:
    """How often a plugin's hooks were called and failed, and the slowest call in milliseconds."""

    calls: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    failures: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    slowest: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, hook: str, took: float, *, failed: bool) -> None:
        self.calls[hook] += 1
        self.failures[hook] += failed
        self.slowest[hook] = max(self.slowest[hook], took)


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that runs. `hooks.<name>(...)` calls it directly; use `core.extension.calls`."""

    manifest: Manifest
    module: ModuleType
    hooks: Any
    implements: frozenset[str]
    tally: Tally = field(default_factory=Tally)

    @property
    def name(self) -> str:
        return self.manifest.name


class Refusal(Exception):
    """Why a plugin cannot run, for the operator to read."""


class Registry:
    """Plugins by name, and those that are allowed but do not run, with the reason."""

    def __init__(self) -> None:
        self.plugins: dict[str, Plugin] = {}
        self.broken: dict[str, str] = {}
        self._permissions: dict[str, frozenset[str]] = {}

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self.plugins.values())

    def get(self, name: str) -> Plugin | None:
        return self.plugins.get(name)

    def kind(self, programme: str, kind: str) -> Kind | None:
        """An activity kind a running plugin declares."""
        plugin = self.plugins.get(programme)
        return None if plugin is None else plugin.manifest.kind(kind)

    def permissions_of(self, role: str) -> frozenset[str]:
        """The permissions that plugins give to a core role, by the role's key."""
        return self._permissions.get(role, frozenset())

    def mark_broken(self, name: str, reason: str) -> None:
        """Takes a plugin out of this process: its routes failed, or its migrations did."""
        log.error("plugin %s does not run: %s", name, reason)
        self.broken[name] = reason
        self.plugins.pop(name, None)
        self._permissions = _by_role(self.plugins.values())

    def add(self, module: ModuleType, name: str) -> None:
        """Takes a module in. Raises Refusal."""
        plugin = _plugin(module, name)
        for other in self.plugins.values():
            mine, theirs = plugin.manifest.prefix, other.manifest.prefix
            if mine.startswith(theirs) or theirs.startswith(mine):
                raise Refusal(f"its tables begin with {mine!r}, those of {other.name!r} with {theirs!r}")
        self.plugins[name] = plugin
        self._permissions = _by_role(self.plugins.values())

    def sources(self) -> list[Source]:
        """The folders of migration files, for `core.base.migrate`."""
        folders = {p.name: p.manifest.folder / "migrations" for p in self}
        return [Source(name, folder) for name, folder in sorted(folders.items()) if folder.is_dir()]

    def handlers(self) -> list[Handler]:
        """The plugins as consumers of events, for `open_house`."""
        return [_handler(p) for p in self if "on_event" in p.implements and p.manifest.events]

    def approvals(self) -> dict[str, tuple[Any, ...]]:
        """The kinds of approvals plugins bring, by plugin, for `core.lifecycle.approval_kinds` to check."""
        return {p.name: p.manifest.approvals for p in self if p.manifest.approvals}


def load(allowed: Iterable[str], installed: Iterable[EntryPoint] | None = None) -> Registry:
    """Finds, imports and checks the allowed plugins. Never raises for a plugin's sake."""
    registry = Registry()
    points: defaultdict[str, list[EntryPoint]] = defaultdict(list)
    for point in entry_points(group=GROUP) if installed is None else installed:
        if point not in points[point.name]:
            points[point.name].append(point)
    for name in dict.fromkeys(allowed):
        try:
            registry.add(_imported(name, points[name]), name)
        except Refusal as refusal:
            registry.mark_broken(name, str(refusal))
        except (Exception, SystemExit) as problem:
            registry.mark_broken(name, f"{type(problem).__name__}: {problem}")
    return registry


def _imported(name: str, points: list[EntryPoint]) -> ModuleType:
    if not points:
        raise Refusal("it is allowed but not installed")
    if len({point.value for point in points}) > 1:
        raise Refusal("two installed packages offer a plugin of this name")
    module = points[0].load()
    if not isinstance(module, ModuleType):
        raise Refusal("its entry point does not name a module")
    return module


def _plugin(module: ModuleType, name: str) -> Plugin:
    manifest = getattr(module, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise Refusal("it has no `manifest` of type core.api.Manifest")
    found = faults(manifest)
    if manifest.name != name:
        found.append(f"its manifest says {manifest.name!r}, its entry point {name!r}")
    if found:
        raise Refusal("; ".join(found))
    # A manager for each: a call reaches one plugin and no other, and what is misspelt is this plugin's.
    manager = pluggy.PluginManager(specs.PROJECT)
    manager.add_hookspecs(specs)
    try:
        manager.register(module, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise Refusal(" ".join(str(error).split())) from error
    implements = frozenset(caller.name for caller in manager.get_hookcallers(module) or ())
    if manifest.kinds and (manifest.rules is None or "score" not in implements):
        raise Refusal("it declares kinds of activities, but no rules struct or no `score`")
    return Plugin(manifest, module, manager.hook, implements)


def _by_role(plugins: Iterable[Plugin]) -> dict[str, frozenset[str]]:
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for plugin in plugins:
        for permission in plugin.manifest.permissions:
            for role in permission.roles:
                roles[role].add(permission.key)
    return {role: frozenset(keys) for role, keys in roles.items()}


def _handler(plugin: Plugin) -> Handler:
    async def here(house: House, community: int | None) -> bool:
        return community is not None and await is_enabled(house, community, plugin.name)

    async def run(house: House, event: Event) -> None:
        """Raises when the plugin failed, so that the outbox tries again later."""
        if not await here(house, event.community):
            return
        viewer = Viewer(house=house, community=event.community, system=True)
        outcome = await tell(plugin, "on_event", viewer=viewer, event=event)
        if outcome.failed:
            raise RuntimeError(outcome.error)

    return Handler(CONSUMER + plugin.name, frozenset(plugin.manifest.events), run, here)


async def leave_out_unmigrated(house: House) -> None:
    """Takes plugins out whose migrations have not all run: their tables are not what their code expects."""
    registry: Registry = house.registry
    for name, missing in (await pending(house.settings, house.db, registry.sources())).items():
        if registry.get(name) is not None:
            registry.mark_broken(name, f"its migrations have not run: {', '.join(missing)}")
            house.handlers = tuple(h for h in house.handlers if h.name != CONSUMER + name)


def names_of(registry: Registry) -> Mapping[str, str]:
    """State of every allowed plugin in a word or a reason, for `linli check` and the operator's page."""
    return {**dict.fromkeys(registry.plugins, "runs"), **registry.broken}
