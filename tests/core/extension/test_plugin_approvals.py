"""Kinds of approvals a programme brings along; and what becomes of a request when the programme goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from core.api import Approval, ApprovalKind, Message, NotFound, Permission, Refused, Unit, ask_approval
from core.base.clock import DAY, FixedClock
from core.community import approval_lists as lists
from core.community.approvals import decide
from core.community.overdue import end_overdue, is_due
from core.extension import switch
from core.extension.registry import Registry
from core.lifecycle.approval_kinds import KINDS, approval_kinds
from tests.support.offices import Offices
from tests.support.programme import programme

PERMISSIONS = (
    Permission(key="watch.ask", title=Message("Ask"), roles=("leader",)),
    Permission(key="watch.agree", title=Message("Agree"), roles=("worker",)),
)


@dataclass
class Shed:
    """What the programme's kind did, and let go."""

    done: list[int] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    fails: bool = False

    def describe(self, inputs: Mapping[str, Any]) -> Message:
        if self.fails:
            raise ValueError("a mistake in the programme")
        return Message("%(n)s lamps", n=inputs["n"])

    async def execute(self, unit: Unit, approval: Approval) -> dict[str, Any]:
        self.done.append(approval.subject_id)
        return {"lent": approval.inputs["n"]}

    async def release(self, unit: Unit, approval: Approval) -> None:
        if self.fails:
            raise ValueError("a mistake in the programme")
        self.released.append(approval.subject_id)

    def kind(self, **parts: Any) -> ApprovalKind:
        fields = {
            "key": "watch.lamps",
            "title": Message("Lamps for the watch"),
            "asked": Message("Somebody asks for lamps."),
            "permission_to_ask": "watch.ask",
            "permission_to_approve": "watch.agree",
            "describe": self.describe,
            "execute": self.execute,
            "release": self.release,
            **parts,
        }
        return ApprovalKind(**fields)


def watch(*kinds: Any) -> Any:
    return programme(folder=Path(__file__).parent, permissions=PERMISSIONS, approvals=kinds)


FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "key": ({"key": "other.lamps"}, "does not begin with 'watch.'"),
    "core's key": ({"key": "volunteer.merge"}, "does not begin with 'watch.'"),
    "asks": ({"permission_to_ask": "patrol.record"}, "neither the plugin's own nor the core's"),
    "approves": ({"permission_to_approve": "watch.nothing"}, "neither the plugin's own nor the core's"),
}


@pytest.mark.parametrize(("parts", "reason"), FAULTY.values(), ids=FAULTY)
def test_a_kind_that_breaks_a_rule_keeps_the_plugin_out(parts: dict[str, Any], reason: str) -> None:
    registry = Registry()
    registry.add(watch(Shed().kind(**parts)), "watch")
    registry.add(programme("other"), "other")
    assert approval_kinds(registry) == KINDS
    assert reason in registry.broken["watch"] and registry.get("watch") is None
    assert registry.get("other") is not None


def test_what_is_no_kind_or_is_there_twice_keeps_the_plugin_out() -> None:
    for brought, reason in (
        (({"key": "watch.lamps"},), "is no core.api.ApprovalKind"),
        ((Shed().kind(), Shed().kind()), "declared twice"),
    ):
        registry = Registry()
        registry.add(watch(*brought), "watch")
        assert approval_kinds(registry) == KINDS
        assert reason in registry.broken["watch"]


def test_a_kind_may_rest_on_the_core_s_permissions_and_is_known_by_its_plugin() -> None:
    registry = Registry()
    kind = Shed().kind(permission_to_approve="volunteer.write")
    registry.add(watch(kind), "watch")
    assert approval_kinds(registry) == {**KINDS, "watch.lamps": replace(kind, plugin="watch")}
    assert registry.broken == {}


@dataclass
class Lamps:
    """The programme is on in 红旗社区; its leaders ask, its workers agree."""

    offices: Offices
    shed: Shed

    async def ask(self, subject: int = 1, days: int = 14) -> str:
        async def work(unit: Unit) -> dict[str, Any]:
            asked = await ask_approval(
                unit,
                "watch.lamps",
                "lamp",
                subject,
                beneficiary=None,
                inputs={"n": 3},
                reason="夜里黑",
                days=days,
            )
            return {"shown": asked.public_id}

        cast = self.offices.cast
        return str((await cast.do(await cast.viewer("陈社工"), work)).answer["shown"])

    async def decide(self, shown: str, by: str, decision: str = "approved") -> dict[str, Any]:
        cast = self.offices.cast
        viewer = await cast.viewer(by)
        done = await cast.do(viewer, lambda unit: decide(unit, shown, decision, "不行"))
        return done.answer

    async def off(self) -> None:
        cast = self.offices.cast
        await cast.do(cast.system(), lambda unit: switch.disable(unit, "watch"))

    def gone(self) -> None:
        """As after the next start without the plugin."""
        house = self.offices.house
        house.registry.mark_broken("watch", "taken away")
        house.cache.clear()
        house.approvals = approval_kinds(house.registry)


@pytest.fixture
async def lamps(offices: Offices) -> Lamps:
    shed = Shed()
    house, cast = offices.house, offices.cast
    kind = shed.kind(permission_to_ask="volunteer.write", permission_to_approve="volunteer.write")
    house.registry.add(watch(kind), "watch")
    house.approvals = approval_kinds(house.registry)
    await cast.do(cast.system(), lambda unit: switch.enable(unit, "watch"))
    return Lamps(offices, shed)


async def test_a_programme_s_request_is_asked_approved_and_done_once(lamps: Lamps) -> None:
    shown = await lamps.ask()
    (waiting,) = await lists.waiting(await lamps.offices.cast.viewer("林主任"))
    assert (str(waiting.what), waiting.may_decide) == ("3 lamps", True)
    with pytest.raises(Refused):
        await lamps.decide(shown, "陈社工")
    assert await lamps.decide(shown, "林主任") == {"lent": 3, "result": "approved"}
    assert lamps.shed.done == [1]


async def test_a_programme_s_own_permissions_say_who_asks_and_who_agrees(offices: Offices) -> None:
    cast, house, shed = offices.cast, offices.house, Shed()
    house.registry.add(watch(shed.kind()), "watch")
    house.approvals = approval_kinds(house.registry)
    await cast.do(cast.system(), lambda unit: switch.enable(unit, "watch"))

    async def work(unit: Unit) -> dict[str, Any]:
        asked = await ask_approval(
            unit, "watch.lamps", "lamp", 1, beneficiary=None, inputs={"n": 2}, reason=""
        )
        return {"shown": asked.public_id}

    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("李阿姨"), work)
    shown = (await cast.do(await cast.viewer("王队长"), work)).answer["shown"]
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("林主任"), lambda unit: decide(unit, shown, "approved"))
    await cast.do(await cast.viewer("陈社工"), lambda unit: decide(unit, shown, "approved"))
    assert shed.done == [1]


@pytest.mark.parametrize("how", ["off", "gone"])
async def test_without_its_programme_a_request_is_read_and_refused_and_never_approved(
    lamps: Lamps, how: str
) -> None:
    cast, shown = lamps.offices.cast, await lamps.ask()
    await (lamps.off() if how == "off" else _now(lamps.gone))
    (waiting,) = await lists.waiting(await cast.viewer("林主任"))
    assert (waiting.title, waiting.what) == ("Lamps for the watch", "3 lamps")
    assert (waiting.may_decide, waiting.may_refuse) == (False, True) and waiting.blocked
    assert (await lists.one(await cast.viewer("陈社工"), shown)).what == "3 lamps"
    with pytest.raises(Refused, match="switched off"):
        await lamps.decide(shown, "林主任")
    with pytest.raises(NotFound):
        await lamps.decide(shown, "周审计", "refused")
    assert (await lamps.decide(shown, "林主任", "refused"))["result"] == "refused"
    assert lamps.shed.released == ([1] if how == "off" else []) and not lamps.shed.done
    (decided,) = await lists.decided(await cast.viewer("林主任"))
    assert (decided.what, decided.decided_reason) == ("3 lamps", "不行")


async def _now(what: Any) -> None:
    what()


@pytest.mark.parametrize("how", ["off", "gone"])
async def test_who_asked_takes_back_what_nobody_can_approve_any_more(lamps: Lamps, how: str) -> None:
    shown = await lamps.ask()
    await (lamps.off() if how == "off" else _now(lamps.gone))
    assert (await lamps.decide(shown, "陈社工", "withdrawn"))["result"] == "withdrawn"


async def test_nobody_asks_where_the_programme_is_off(lamps: Lamps) -> None:
    await lamps.off()
    with pytest.raises(NotFound):
        await lamps.ask()


async def test_a_request_of_a_programme_that_is_gone_ends_and_holds_up_no_other(
    lamps: Lamps, clock: FixedClock
) -> None:
    house, cast = lamps.offices.house, lamps.offices.cast
    await lamps.ask(1, days=1)
    lamps.gone()

    async def merging(unit: Unit) -> dict[str, Any]:
        asked = await ask_approval(
            unit,
            "volunteer.merge",
            "volunteer",
            1,
            beneficiary=None,
            inputs={"stays": "1", "goes": "2"},
            reason="x",
            days=2,
        )
        return {"shown": asked.public_id}

    await cast.do(await cast.viewer("陈社工"), merging)
    clock.advance(3 * DAY)
    assert await end_overdue(house) == 2
    assert not await is_due(house)
    assert {r["result"] for r in await house.db.fetch("select result from approval_end")} == {"expired"}


async def test_a_programme_that_fails_to_let_go_holds_up_no_other(lamps: Lamps, clock: FixedClock) -> None:
    house, cast = lamps.offices.house, lamps.offices.cast
    first = await lamps.ask(1, days=1)

    async def merging(unit: Unit) -> dict[str, Any]:
        await ask_approval(
            unit,
            "volunteer.merge",
            "volunteer",
            1,
            beneficiary=None,
            inputs={"stays": "1", "goes": "2"},
            reason="x",
        )
        return {}

    await cast.do(await cast.viewer("陈社工"), merging)
    lamps.shed.fails = True
    clock.advance(20 * DAY)
    with pytest.raises(ValueError, match="a mistake"):
        await end_overdue(house)
    waiting = await lists.waiting(await cast.viewer("林主任"))
    assert [(w.approval.public_id, w.what) for w in waiting] == [(first, "3 lamps")]
    lamps.shed.fails = False
    assert await end_overdue(house) == 1
    assert lamps.shed.released == [1]
