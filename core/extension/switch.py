"""A community's switch for each plugin, and what the community set for it."""

from typing import Any

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound
from core.base.house import House
from core.base.sql import to_json
from core.base.viewer import Viewer

_TURN = """
insert into community_plugin (community, plugin, enabled, changed_at)
values (:community, :plugin, :enabled, :at)
on conflict (community, plugin) do update set enabled = excluded.enabled, changed_at = excluded.changed_at
"""

_SET = """
insert into community_plugin (community, plugin, enabled, settings, changed_at)
values (:community, :plugin, 0, :settings, :at)
on conflict (community, plugin) do update set settings = excluded.settings, changed_at = excluded.changed_at
"""

_MOVED = "update community set version = version + 1 where id = :community"


async def enable(unit: Unit, name: str) -> None:
    """Switches a running plugin on here. Raises NotFound (not permitted, or no such plugin)."""
    await _turn(unit, name, on=True)


async def disable(unit: Unit, name: str) -> None:
    """Switches a plugin off here: its pages and hooks stop, its data and the history stay."""
    await _turn(unit, name, on=False)


async def _turn(unit: Unit, name: str, *, on: bool) -> None:
    unit.viewer.require("plugin.manage")
    if on and unit.house.registry.get(name) is None:
        raise NotFound
    await unit.execute(_TURN, community=unit.community, plugin=name, enabled=int(on), at=unit.now)
    await unit.execute(_MOVED, community=unit.community)
    await unit.audit("plugin.enable" if on else "plugin.disable", "plugin", plugin=name)


async def is_enabled(house: House, community: int, name: str) -> bool:
    found: int | None = await house.db.value(
        "select enabled from community_plugin where community = :community and plugin = :plugin",
        community=community,
        plugin=name,
    )
    return found == 1


async def enabled(viewer: Viewer) -> frozenset[str]:
    """Names of the plugins that run and are switched on in the viewer's community."""
    rows = await viewer.house.db.fetch(
        "select plugin from community_plugin where community = :community and enabled = 1",
        community=viewer.community,
    )
    return frozenset(row["plugin"] for row in rows if viewer.house.registry.get(row["plugin"]) is not None)


async def settings_of(viewer: Viewer, name: str) -> Any:
    """The plugin's settings struct as this community set it; its defaults where it set nothing.

    Raises NotFound for a plugin that does not run or has no settings.
    """
    plugin = viewer.house.registry.get(name)
    if plugin is None or plugin.manifest.settings is None:
        raise NotFound
    text = await viewer.house.db.value(
        "select settings from community_plugin where community = :community and plugin = :plugin",
        community=viewer.community,
        plugin=name,
    )
    return msgspec.json.decode(text or "{}", type=plugin.manifest.settings)


async def set_settings(unit: Unit, name: str, settings: dict[str, Any]) -> None:
    """Keeps a community's settings of a plugin. Raises Invalid (the struct does not take them), NotFound."""
    plugin = unit.house.registry.get(name)
    if plugin is None or plugin.manifest.settings is None:
        raise NotFound
    unit.viewer.require("plugin.manage")
    try:
        struct = msgspec.convert(settings, plugin.manifest.settings)
    except msgspec.ValidationError as error:
        message = Message("These settings cannot be used: %(reason)s", reason=str(error))
        raise Invalid({"": message}) from error
    await unit.execute(_SET, community=unit.community, plugin=name, settings=to_json(struct), at=unit.now)
    await unit.execute(_MOVED, community=unit.community)
    await unit.audit("plugin.settings", "plugin", plugin=name)
