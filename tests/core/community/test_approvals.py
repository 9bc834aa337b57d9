"""Two persons: one asks, another decides, and what is approved is done once, in that very act."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.base.act import Done, Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import ConstraintBroken, Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.community import approval_lists as lists
from core.community.approvals import Approval, Kind, ask_approval, decide
from core.community.households import create_household
from core.community.notices import inbox
from core.community.overdue import end_overdue, is_due
from tests.support.cast import Cast
from tests.support.offices import Offices

ASKING, DECIDING = "陈社工", "林主任"


@dataclass
class Tries:
    """A kind made for the tests: what it did, let go, and whether it refuses."""

    cast: Cast
    done: list[int] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    refuses: bool = False

    async def execute(self, unit: Unit, approval: Approval) -> dict[str, Any]:
        await unit.audit("tried", "approval", approval.id)
        if self.refuses:
            raise Refused(Message("The shelf is empty."))
        self.done.append(approval.id)
        return {"did": approval.inputs["n"]}

    async def release(self, unit: Unit, approval: Approval) -> None:
        self.released.append(approval.id)

    async def ask(self, by: str = ASKING, beneficiary: str | None = None, **more: Any) -> str:
        values = {"subject_id": 1, "inputs": {"n": 7}, "reason": "因为", **more}
        person = self.cast[beneficiary].person if beneficiary else None

        async def work(unit: Unit) -> dict[str, Any]:
            subject = values.pop("subject_id")
            found = await ask_approval(unit, "test", "thing", subject, beneficiary=person, **values)
            return {"shown": found.public_id}

        return str((await self.cast.do(await self.cast.viewer(by), work)).answer["shown"])

    async def decide(
        self, shown: str, by: str = DECIDING, decision: str = "approved", reason: str = ""
    ) -> Done:
        viewer = await self.cast.viewer(by)
        return await self.cast.do(viewer, lambda unit: decide(unit, shown, decision, reason))


def says(inputs: Mapping[str, Any]) -> Message:
    return Message("Thing %(n)s", n=inputs["n"])


@pytest.fixture
def tries(offices: Offices) -> Tries:
    made = Tries(offices.cast)
    kind = Kind(
        key="test",
        title=Message("A thing"),
        asked=Message("A thing waits."),
        permission_to_ask="volunteer.write",
        permission_to_approve="volunteer.write",
        describe=says,
        execute=made.execute,
        release=made.release,
    )
    offices.cast.house.approvals = {"test": kind}
    return made


async def notices(cast: Cast, name: str) -> list[str]:
    return [n.kind for n in await inbox(await cast.viewer(name)) if n.kind.startswith("approval.")]


async def test_what_is_approved_is_done_in_the_act_of_the_approval(tries: Tries) -> None:
    cast = tries.cast
    shown = await tries.ask()
    assert await notices(cast, DECIDING) == ["approval.asked"]
    done = await tries.decide(shown)
    assert (done.answer, len(tries.done)) == ({"did": 7, "result": "approved"}, 1)
    act = await cast.house.db.value("select act from approval_end")
    assert act == await cast.house.db.value("select act from audit where action = 'tried'") == done.act
    assert await notices(cast, ASKING) == ["approval.decided"]
    assert await cast.house.db.value("select count(*) from approval_open") == 0


async def test_it_is_done_once_whoever_comes_second(tries: Tries) -> None:
    shown = await tries.ask()
    await tries.decide(shown)
    with pytest.raises(Refused, match="just decided"):
        await tries.decide(shown, decision="refused", reason="不行")
    assert len(tries.done) == 1 and not tries.released


async def test_of_two_who_decide_at_once_one_does(tries: Tries) -> None:
    cast = tries.cast
    from core.community.roles import NewGrant, grant_roles

    second = NewGrant(cast["吴大爷"].person, "worker", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [second]))
    shown = await tries.ask()
    ends = await asyncio.gather(tries.decide(shown), tries.decide(shown, by="吴大爷"), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Done", "Refused"]
    assert await cast.house.db.value("select count(*) from audit where action = 'tried'") == 1


async def test_what_the_executor_refuses_is_not_consumed(tries: Tries) -> None:
    shown = await tries.ask()
    tries.refuses = True
    with pytest.raises(Refused, match="shelf is empty"):
        await tries.decide(shown)
    assert [w.approval.public_id for w in await lists.waiting(await tries.cast.viewer(DECIDING))] == [shown]
    tries.refuses = False
    assert (await tries.decide(shown)).answer["result"] == "approved"


async def test_nobody_decides_about_what_he_asked_for(tries: Tries) -> None:
    shown = await tries.ask()
    for decision in ("approved", "refused"):
        with pytest.raises(Refused, match="what you asked for"):
            await tries.decide(shown, by=ASKING, decision=decision, reason="自己")
    with pytest.raises(NotFound):
        await tries.decide(shown, decision="withdrawn")
    assert (await tries.decide(shown, by=ASKING, decision="withdrawn")).answer == {"result": "withdrawn"}
    assert len(tries.released) == 1 and not tries.done


async def test_neither_whom_it_is_for_nor_who_lives_with_him_decides(tries: Tries) -> None:
    cast = tries.cast
    shown = await tries.ask(beneficiary="赵叔叔")
    home = {cast["赵叔叔"].person: "", cast[DECIDING].person: "son"}
    await cast.do(cast.system(), lambda unit: create_household(unit, home))
    with pytest.raises(Refused, match="your household"):
        await tries.decide(shown)
    (waiting,) = await lists.waiting(await cast.viewer(DECIDING))
    assert waiting.blocked and not waiting.may_decide
    with pytest.raises(Refused, match="nobody else here"):
        await tries.ask(beneficiary=DECIDING, subject_id=2)


async def test_the_database_itself_keeps_them_apart(tries: Tries) -> None:
    cast = tries.cast
    shown = await tries.ask(beneficiary="赵叔叔")
    sql = (
        "insert into approval_decision (approval, community, requester, approver, beneficiary, decision, "
        "act, at) select a.id, a.community, a.requester, :approver, a.beneficiary, 'approved', a.act, 0 "
        "from approval a where a.public_id = :shown"
    )
    for name in (ASKING, "赵叔叔"):
        approver = cast[name].person

        async def work(unit: Unit, approver: int = approver) -> None:
            await unit.execute(sql, approver=approver, shown=shown)

        with pytest.raises(ConstraintBroken):
            await cast.do(cast.system(), work)


async def test_who_may_not_decide_finds_nothing(tries: Tries) -> None:
    shown = await tries.ask()
    for name in ("周审计", "李阿姨", "王队长", "孙店员"):
        with pytest.raises(NotFound):
            await tries.decide(shown, by=name)
        with pytest.raises(NotFound):
            await lists.one(await tries.cast.viewer(name), shown)
    there = await tries.cast.viewer("何社工", "xinxing")
    with pytest.raises(NotFound):
        await lists.one(there, shown)
    with pytest.raises(NotFound):
        await tries.cast.do(there, lambda unit: decide(unit, shown, "approved"))
    with pytest.raises(NotFound):
        await tries.ask(by="孙店员")


async def test_a_refusal_says_why_and_lets_go_of_what_was_set_aside(tries: Tries) -> None:
    shown = await tries.ask()
    for reason in ("", " ", "长" * 201):
        with pytest.raises(Invalid):
            await tries.decide(shown, decision="refused", reason=reason)
    await tries.decide(shown, decision="refused", reason="材料不全")
    assert len(tries.released) == 1 and not tries.done
    (asked,) = await lists.asked(await tries.cast.viewer(ASKING))
    assert (asked.result, asked.decided_reason, asked.decider) == ("refused", "材料不全", DECIDING)


async def test_the_same_thing_is_asked_once_at_a_time(tries: Tries) -> None:
    shown = await tries.ask()
    with pytest.raises(Refused, match="already"):
        await tries.ask()
    await tries.decide(shown, decision="refused", reason="不行")
    assert await tries.ask() != shown


async def test_what_nobody_decides_ends_and_who_asked_is_told(tries: Tries, clock: FixedClock) -> None:
    house = tries.cast.house
    shown = await tries.ask(days=3)
    assert not await is_due(house)
    clock.advance(3 * DAY)
    with pytest.raises(Refused, match="in time"):
        await tries.decide(shown)
    assert await is_due(house)
    assert await end_overdue(house) == 1
    assert await end_overdue(house) == 0
    assert len(tries.released) == 1
    (asked,) = await lists.asked(await tries.cast.viewer(ASKING))
    assert (asked.result, asked.decider) == ("expired", "")
    assert await notices(tries.cast, ASKING) == ["approval.decided"]
    (ended,) = await lists.decided(await tries.cast.viewer(DECIDING))
    assert ended.approval.public_id == shown


async def test_lists_go_on_after_a_mark(tries: Tries, clock: FixedClock) -> None:
    shown = []
    for n in range(5):
        shown.append(await tries.ask(subject_id=n))
        clock.advance(1000)
    viewer = await tries.cast.viewer(DECIDING)
    first = await lists.waiting(viewer, most=3)
    rest = await lists.waiting(viewer, first[-1].approval.at, first[-1].approval.id, most=3)
    assert [w.approval.public_id for w in [*first, *rest]] == shown
    asker: Viewer = await tries.cast.viewer(ASKING)
    page = await lists.asked(asker, most=3)
    assert [a.approval.public_id for a in page] == shown[:1:-1]
    assert [a.approval.public_id for a in await lists.asked(asker, page[-1].approval.id)] == shown[1::-1]
