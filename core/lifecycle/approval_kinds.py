"""The kinds of things that need two persons, handed in when the house is opened: the core's, the plugins'."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from core.community.approvals import Kind
from core.community.permissions import PERMISSIONS
from core.extension.registry import Registry
from core.lifecycle.merge_request import MERGE
from core.lifecycle.reconcile.freeze import CLEARED
from core.points.adjust import ADJUST
from core.points.periods import REOPEN
from core.reward.large import LARGE

KINDS: dict[str, Kind] = {kind.key: kind for kind in (LARGE, MERGE, ADJUST, REOPEN, CLEARED)}


def approval_kinds(registry: Registry) -> dict[str, Kind]:
    """All kinds of this process. A plugin whose kinds break a rule is marked broken, with the reason."""
    kinds = dict(KINDS)
    for name, brought in registry.approvals().items():
        plugin = registry.plugins[name]
        own = {permission.key for permission in plugin.manifest.permissions}
        found = _faults(name, brought, own)
        if found:
            registry.mark_broken(name, "; ".join(found))
        else:
            kinds.update({kind.key: replace(kind, plugin=name) for kind in brought})
    return kinds


def _faults(name: str, brought: Iterable[Any], own: set[str]) -> list[str]:
    found, seen = [], set()
    for kind in brought:
        if not isinstance(kind, Kind):
            found.append(f"{kind!r} among its approvals is no core.api.ApprovalKind")
            continue
        if not kind.key.startswith(name + ".") or kind.key in KINDS:
            found.append(f"approval kind {kind.key!r} does not begin with '{name}.', or is the core's")
        if kind.key in seen:
            found.append(f"approval kind {kind.key!r} is declared twice")
        seen.add(kind.key)
        found += [
            f"approval kind {kind.key!r} asks for permission {permission!r}, "
            "which is neither the plugin's own nor the core's"
            for permission in (kind.permission_to_ask, kind.permission_to_approve)
            if permission not in own and permission not in PERMISSIONS
        ]
    return found
