"""Calls into plugins, their events, and a community's switch."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from core.api import Event, NotFound, Unit, Viewer, as_of, hookimpl, once, settings_of
from core.base.act import act
from core.base.errors import Invalid
from core.base.outbox import deliver
from core.extension import switch
from core.extension.calls import BadAnswer, ask, tell
from core.extension.registry import Plugin, Registry
from tests.support.cast import Cast
from tests.support.programme import programme


def running(rule: Any) -> Plugin:
    registry = Registry()
    registry.add(programme("watch", rule), "watch")
    return registry.plugins["watch"]


def raising(error: BaseException) -> Any:
    def rule(attendance: Any, rules: Any) -> Any:
        raise error

    return rule


@pytest.mark.parametrize("error", [ValueError("bad\nline"), SystemExit(2), RecursionError()])
def test_what_a_plugin_raises_comes_back_in_one_line(error: BaseException, caplog: pytest.LogCaptureFixture):
    plugin = running(raising(error))
    with caplog.at_level(logging.WARNING):
        outcome = ask(plugin, "score", list, attendance=None, rules=None)
    assert outcome.failed
    assert outcome.value is None
    assert outcome.error.startswith(type(error).__name__)
    assert "\n" not in outcome.error
    assert "watch: score failed" in caplog.text
    assert (plugin.tally.calls["score"], plugin.tally.failures["score"]) == (1, 1)


def test_ctrl_c_is_the_operators_and_passes():
    with pytest.raises(KeyboardInterrupt):
        ask(running(raising(KeyboardInterrupt())), "score", list, attendance=None, rules=None)


def test_an_answer_that_fails_its_check_is_a_failure():
    def check(answer: Any) -> Any:
        raise BadAnswer("not this")

    outcome = ask(running(lambda attendance, rules: [1]), "score", check, attendance=None, rules=None)
    assert outcome.error == "BadAnswer: not this"


def test_calls_are_measured():
    plugin = running(lambda attendance, rules: [])
    for _ in range(3):
        assert not ask(plugin, "score", list, attendance=None, rules=None).failed
    assert plugin.tally.calls["score"] == 3
    assert plugin.tally.slowest["score"] > 0


def listening(handler: Any) -> Any:
    module = programme("ear", events=("test.said",))

    async def on_event(viewer: Viewer, event: Event) -> None:
        await handler(viewer, event)

    module.on_event = hookimpl(on_event)  # type: ignore[attr-defined]  # modules take any attribute
    return module


async def test_a_call_that_hangs_is_given_up():
    async def hang(viewer: Viewer, event: Event) -> None:
        await asyncio.sleep(60)

    registry = Registry()
    registry.add(listening(hang), "ear")
    outcome = await tell(registry.plugins["ear"], "on_event", patience=0.02, viewer=None, event=None)
    assert outcome.error.startswith("TimeoutError")


class Ear:
    """Hears events; fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.heard: list[tuple[Viewer, Event]] = []

    async def __call__(self, viewer: Viewer, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.heard.append((viewer, event))


async def listen(cast: Cast, ear: Ear, *, on: bool = True) -> None:
    house = cast.house
    house.registry.add(listening(ear), "ear")
    house.handlers = tuple(house.registry.handlers())
    if on:
        await turn(cast, on=True)


async def turn(cast: Cast, *, on: bool) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await (switch.enable if on else switch.disable)(unit, "ear")
        return {}

    await cast.do(cast.system(), work)


async def say(cast: Cast) -> None:
    async def work(unit: Unit) -> dict[str, Any]:
        await unit.emit("test.said", "subject:1", number=5)
        return {}

    await cast.do(cast.system(), work)


async def test_an_event_reaches_the_plugin_as_the_system_of_that_community(cast: Cast):
    ear = Ear()
    await listen(cast, ear)
    await say(cast)
    await deliver(cast.house)
    ((viewer, event),) = ear.heard
    assert (viewer.system, viewer.community, viewer.person) == (True, cast.hongqi, None)
    assert (event.name, event.payload) == ("test.said", {"number": 5})


async def test_a_failing_handler_is_asked_again_later(cast: Cast):
    ear = Ear(failures=1)
    await listen(cast, ear)
    await say(cast)
    assert await deliver(cast.house) == 0
    assert ear.heard == []
    row = await cast.house.db.one("select attempts, error from delivery")
    assert row is not None
    assert (row["attempts"], "not now" in row["error"]) == (1, True)
    cast.house.clock.advance(60_000)  # type: ignore[attr-defined]  # the tests' clock
    assert await deliver(cast.house) == 1
    assert len(ear.heard) == 1


async def test_a_plugin_that_is_off_here_hears_nothing(cast: Cast):
    ear = Ear()
    await listen(cast, ear, on=False)
    await say(cast)
    assert await deliver(cast.house) == 1
    assert ear.heard == []
    await turn(cast, on=True)
    assert await switch.enabled(cast.system()) == {"ear"}
    assert await switch.enabled(cast.system(cast.xinxing)) == frozenset()
    await turn(cast, on=False)
    await say(cast)
    await deliver(cast.house)
    assert ear.heard == []


async def test_what_is_done_about_an_event_is_done_once(cast: Cast):
    counted: list[int] = []

    async def handler(viewer: Viewer, event: Event) -> None:
        async def work(unit: Unit) -> dict[str, Any]:
            counted.append(event.id)
            return {}

        for _ in range(2):
            await act(viewer, "ear.heard", once(event, "ear"), event.payload, work)

    cast.house.registry.add(listening(handler), "ear")
    cast.house.handlers = tuple(cast.house.registry.handlers())
    await turn(cast, on=True)
    await say(cast)
    assert await deliver(cast.house) == 1
    assert len(counted) == 1


async def test_switching_is_for_who_manages_plugins_and_moves_the_communitys_version(cast: Cast):
    cast.house.registry.add(programme("ear"), "ear")
    before = await cast.house.db.value("select version from community where id = :id", id=cast.hongqi)
    for name in ("陈社工", "李阿姨", "王队长"):
        viewer = await cast.viewer(name)
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: switch.enable(unit, "ear"))
    with pytest.raises(NotFound):
        await cast.do(cast.system(), lambda unit: switch.enable(unit, "absent"))
    await turn(cast, on=True)
    after = await cast.house.db.value("select version from community where id = :id", id=cast.hongqi)
    assert after == before + 1
    assert await cast.house.db.value("select count(*) from audit where action = 'plugin.enable'") == 1


class EarSettings(msgspec.Struct, frozen=True):
    volume: int = 5


async def test_settings_have_defaults_and_refuse_what_the_struct_refuses(cast: Cast):
    cast.house.registry.add(programme("ear", settings=EarSettings), "ear")
    assert await settings_of(cast.system(), "ear") == EarSettings()
    await cast.do(cast.system(), lambda unit: switch.set_settings(unit, "ear", {"volume": 8}))
    assert await settings_of(cast.system(), "ear") == EarSettings(volume=8)
    assert await settings_of(cast.system(cast.xinxing), "ear") == EarSettings()
    with pytest.raises(Invalid):
        await cast.do(cast.system(), lambda unit: switch.set_settings(unit, "ear", {"volume": "loud"}))
    with pytest.raises(NotFound):
        await settings_of(cast.system(), "patrolling")


async def test_only_the_system_can_be_moved_in_time(cast: Cast):
    moved = as_of(cast.system(), 1_700_000_000_000, cast["王队长"].person)
    assert (moved.house.clock.now(), moved.person) == (1_700_000_000_000, cast["王队长"].person)
    assert cast.house.clock.now() != 1_700_000_000_000
    with pytest.raises(ValueError, match="only the system"):
        as_of(await cast.viewer("王队长"), 1)
