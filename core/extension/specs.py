"""The hooks a plugin may implement. One that is misspelt or takes other arguments breaks its plugin at boot.

Every hook here is used by a plugin that comes with Linli, and documented in docs/plugins.md.
"""

from collections.abc import Sequence
from typing import Any

import pluggy

from core.base.outbox import Event
from core.base.viewer import Viewer
from core.extension.types import Attendance, Line

PROJECT = "linli"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(firstresult=True)
def routes() -> Sequence[object]:
    """The plugin's pages, made with `web.api.get` and `web.api.post`; asked once, at boot.

    They are mounted below `/c/{community}/x/{name}/`. Raising marks the plugin broken; the host boots.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def score(attendance: Attendance, rules: Any) -> Sequence[Line]:
    """The lines one attendance earns under `rules`, the sheet in force on its day. Pure.

    No clock, no database, no randomness: the same arguments give the same lines for ever. An empty
    sequence means that nothing is earned. Raising, or anything that is not a sequence of `Line`, leaves the
    attendance recorded and its award waiting, to be asked again.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
async def on_event(viewer: Viewer, event: Event) -> None:
    """Called after the commit, once for each event of a community where the plugin is enabled.

    `viewer` is the system's own in that community. Events of one subject come in order; the same event may
    come twice, so use the event's id as the request id of what you do. Raising means: again, later.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
async def demo_data(viewer: Viewer, seed: int, since: int) -> dict[str, int]:
    """Fills one community with a believable past, from `since` (ms) to the viewer's own now; returns counts.

    Command line only. A long past comes in pieces, the oldest first, so that what was spent meanwhile lies in
    between; the same seed gives the same past.
    """
    raise NotImplementedError
