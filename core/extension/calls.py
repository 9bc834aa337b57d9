"""Calls into plugins: one plugin at a time, nothing escapes, everything is measured."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from core.extension.registry import Plugin

log = logging.getLogger("linli.plugins")
T = TypeVar("T")

SLOW = 50.0  # milliseconds a call inside a request may take before the log says so
AT_BOOT = 5_000.0  # the same for what is asked once, at boot: it imports the plugin's pages
PATIENCE = 30.0  # seconds an awaited hook may take


class BadAnswer(Exception):
    """A hook answered with something its contract does not allow."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of a call: a value, or the error in one line. `took` is milliseconds."""

    value: T | None
    error: str
    took: float

    @property
    def failed(self) -> bool:
        return bool(self.error)


def ask(plugin: "Plugin", hook: str, check: Callable[[Any], T], /, **arguments: Any) -> Outcome[T]:
    """Calls a synchronous hook and passes the answer through `check`, which raises BadAnswer.

    Never raises what the plugin raised, be it SystemExit; a KeyboardInterrupt is the operator's and passes.
    """
    started = time.perf_counter()
    value: T | None = None
    error = ""
    try:
        value = check(getattr(plugin.hooks, hook)(**arguments))
    except (Exception, SystemExit) as problem:
        error = _told(problem)
    outcome = Outcome(value, error, (time.perf_counter() - started) * 1000)
    _measure(plugin, hook, outcome, AT_BOOT if hook == "routes" else SLOW)
    return outcome


async def tell(
    plugin: "Plugin", hook: str, /, *, patience: float = PATIENCE, **arguments: Any
) -> Outcome[Any]:
    """Calls an awaited hook, for `patience` seconds at most. Never raises what the plugin raised."""
    started = time.perf_counter()
    value = None
    error = ""
    try:
        async with asyncio.timeout(patience):
            awaitable = getattr(plugin.hooks, hook)(**arguments)
            value = None if awaitable is None else await awaitable
    except (Exception, SystemExit) as problem:
        error = _told(problem)
    outcome = Outcome(value, error, (time.perf_counter() - started) * 1000)
    _measure(plugin, hook, outcome, patience * 1000)
    return outcome


def _told(problem: BaseException) -> str:
    """An exception in one line; its text may be a stranger's, so it cannot start a new log line."""
    return " ".join(f"{type(problem).__name__}: {problem}".split())[:500]


def _measure(plugin: "Plugin", hook: str, outcome: Outcome[Any], slow: float) -> None:
    plugin.tally.add(hook, outcome.took, failed=outcome.failed)
    if outcome.failed:
        log.warning("plugin %s: %s failed: %s", plugin.name, hook, outcome.error)
    elif outcome.took > slow:
        log.warning("plugin %s: %s took %.0f ms", plugin.name, hook, outcome.took)
