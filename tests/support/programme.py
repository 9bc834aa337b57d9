"""A programme made for a test: a plugin module, put together in memory, that enters by the same checks."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from core.api import Attendance, Caps, Kind, Line, Manifest, Message, Unit, hookimpl, publish
from core.base.act import act
from core.base.house import House
from core.base.ids import request_id
from core.community.viewer import system_viewer

Score = Callable[[Attendance, Any], Any]


class WatchRules(msgspec.Struct, frozen=True, kw_only=True):
    """So many points for each attendance, whatever its length."""

    points: int = 5
    caps: Caps = Caps()

    def sentences(self) -> list[Message]:
        return [Message("%(points)s points.", points=self.points)]


def flat(attendance: Attendance, rules: Any) -> Sequence[Line]:
    """The rules' points for everybody."""
    inputs = {"minutes": attendance.minutes}
    return [Line(rule="flat", points=rules.points, inputs=inputs, message=Message("Watch"))]


def programme(name: str = "watch", score: Score = flat, **parts: Any) -> ModuleType:
    """A plugin module called `name`; `parts` are fields of its manifest or of its only kind of activity."""
    kind = {key: parts.pop(key) for key in ("supervision", "evidence", "doubtful") if key in parts}
    fields: dict[str, Any] = {
        "name": name,
        "title": Message("Watch"),
        "api": (1, 1),
        "folder": Path(__file__).parent / name,
        "kinds": (Kind(key="watch", title=Message("Watch"), **kind),),
        "rules": WatchRules,
    }
    module = ModuleType("tests_plugin_" + name)
    module.manifest = Manifest(**{**fields, **parts})  # type: ignore[attr-defined]  # modules take any attribute
    asked = score

    def score(attendance: Attendance, rules: Any) -> Any:
        return asked(attendance, rules)

    module.score = hookimpl(score)  # type: ignore[attr-defined]  # as above
    return module


async def publish_rules(house: House, community: int, name: str = "watch", rules: Any = None) -> None:
    """Puts a rule sheet into force from the beginning of the year."""

    async def work(unit: Unit) -> dict[str, Any]:
        return {"version": await publish(unit, name, rules or WatchRules(), "2026-01-01")}

    await act(system_viewer(house, community), "rules", request_id(), name, work)
