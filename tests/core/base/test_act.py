"""The act: done once, whole or not at all."""

import asyncio

import pytest

from core.base.act import Unit, act, note
from core.base.database import CommitLost, Retry
from core.base.errors import Conflict, Invalid, Message, Refused, Unavailable
from core.base.house import House
from core.base.ids import request_id
from core.base.viewer import Viewer


@pytest.fixture
def system(house: House) -> Viewer:
    return Viewer(house, system=True)


async def jot(unit: Unit) -> dict[str, int]:
    """A piece of work one can count: a throttle row and its answer."""
    await unit.execute(
        "insert into throttle (bucket, count, until_at) values ('jot', 1, 0) "
        "on conflict (bucket) do update set count = throttle.count + 1"
    )
    return {"count": await unit.value("select count from throttle where bucket = 'jot'")}


async def jotted(house: House) -> int:
    return await house.db.value("select count from throttle where bucket = 'jot'") or 0


async def test_the_same_request_is_done_once_and_answered_twice(house: House, system: Viewer) -> None:
    request = request_id()
    first = await act(system, "jot", request, {"a": 1}, jot)
    second = await act(system, "jot", request, {"a": 1}, jot)
    assert (first.replayed, second.replayed) == (False, True)
    assert first.answer == second.answer == {"count": 1}
    assert first.act == second.act


async def test_twins_sent_at_the_same_time_do_it_once(house: House, system: Viewer) -> None:
    request = request_id()
    answers = await asyncio.gather(*(act(system, "jot", request, {}, jot) for _ in range(8)))
    assert [a.answer for a in answers] == [{"count": 1}] * 8
    assert sum(not a.replayed for a in answers) == 1
    assert await jotted(house) == 1


async def test_the_same_id_with_other_inputs_is_a_conflict(house: House, system: Viewer) -> None:
    request = request_id()
    await act(system, "jot", request, {"a": 1}, jot)
    with pytest.raises(Conflict):
        await act(system, "jot", request, {"a": 2}, jot)
    with pytest.raises(Conflict):
        await act(system, "another", request, {"a": 1}, jot)
    assert await jotted(house) == 1


async def test_the_same_id_of_another_person_is_another_act(house: House) -> None:
    request = request_id()
    for person in (None, 1, 2):
        done = await act(Viewer(house, person=person), "jot", request, {}, jot)
        assert not done.replayed
    assert await jotted(house) == 3


async def test_a_refusal_changes_nothing_and_does_not_use_up_the_id(house: House, system: Viewer) -> None:
    request = request_id()

    async def refuse(unit: Unit) -> dict[str, int]:
        await jot(unit)
        await unit.audit("jot")
        await unit.emit("jotted", "one")
        raise Refused(Message("No."))

    with pytest.raises(Refused):
        await act(system, "jot", request, {}, refuse)
    assert await jotted(house) == 0
    assert await house.db.value("select count(*) from act") == 0
    assert await house.db.value("select count(*) from audit") == 0
    done = await act(system, "jot", request, {}, jot)
    assert not done.replayed


async def test_a_cancelled_request_leaves_the_act_whole(house: House, system: Viewer) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(unit: Unit) -> dict[str, int]:
        started.set()
        await go_on.wait()
        return await jot(unit)

    request = request_id()
    caller = asyncio.create_task(act(system, "jot", request, {}, slow))
    await started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    again = await act(system, "jot", request, {}, jot)  # waits for the first, which goes on
    assert again.replayed
    assert await jotted(house) == 1


async def test_closing_the_house_waits_for_an_act_whose_caller_went_away(
    house: House, system: Viewer
) -> None:
    started = asyncio.Event()

    async def slow(unit: Unit) -> dict[str, int]:
        started.set()
        await asyncio.sleep(0.05)
        return await jot(unit)

    caller = asyncio.create_task(act(system, "jot", request_id(), {}, slow))
    await started.wait()
    caller.cancel()
    await house.close()
    await house.db.open()
    assert await jotted(house) == 1


async def test_work_is_run_again_after_a_deadlock(house: House, system: Viewer) -> None:
    tries: list[int] = []

    async def stumbles(unit: Unit) -> dict[str, int]:
        tries.append(unit.act)
        answer = await jot(unit)
        if len(tries) < 3:
            raise Retry
        return answer

    done = await act(system, "jot", request_id(), {}, stumbles)
    assert len(tries) == 3
    assert done.answer == {"count": 1}


async def test_work_that_never_gets_through_says_the_system_is_busy(house: House, system: Viewer) -> None:
    async def stumbles(unit: Unit) -> dict[str, int]:
        await jot(unit)
        raise Retry

    with pytest.raises(Unavailable):
        await act(system, "jot", request_id(), {}, stumbles)
    assert await jotted(house) == 0


@pytest.mark.parametrize("committed", [True, False])
async def test_after_a_lost_commit_the_id_is_looked_up(
    house: House, system: Viewer, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    commit = house.db._commit  # type: ignore[attr-defined]  # the seam where a network is cut
    losses: list[int] = []

    async def cut(connection: object) -> None:
        if losses:
            await commit(connection)
            return
        losses.append(1)
        if committed:
            await commit(connection)
        raise CommitLost

    monkeypatch.setattr(house.db, "_commit", cut)
    done = await act(system, "jot", request_id(), {}, jot)
    assert done.answer == {"count": 1}
    assert done.replayed is committed
    assert await jotted(house) == 1


@pytest.mark.parametrize("request_id", ["", "short", "x" * 101])
async def test_an_id_no_form_carries_is_refused(house: House, request_id: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await act(Viewer(house), "jot", request_id, {}, jot)
    assert "request_id" in refusal.value.fields


async def test_a_person_cannot_use_a_system_run_s_id(house: House) -> None:
    with pytest.raises(Invalid):
        await act(Viewer(house, person=7), "jot", "system:expire:1", {}, jot)


async def test_acts_do_not_nest(house: House, system: Viewer) -> None:
    async def nested(unit: Unit) -> dict[str, int]:
        await act(system, "jot", request_id(), {}, jot)
        return {}

    async def with_a_note(unit: Unit) -> dict[str, int]:
        await note(house, jot)
        return {}

    for work in (nested, with_a_note):
        with pytest.raises(RuntimeError):
            await act(system, "outer", request_id(), {}, work)
    assert await jotted(house) == 0


async def test_a_note_survives_what_comes_after_it(house: House, system: Viewer) -> None:
    await note(house, jot)

    async def refuse(unit: Unit) -> dict[str, int]:
        raise Refused(Message("No."))

    with pytest.raises(Refused):
        await act(system, "other", request_id(), {}, refuse)
    assert await jotted(house) == 1


async def test_an_act_keeps_no_inputs(house: House, system: Viewer) -> None:
    await act(system, "jot", request_id(), {"name": "李秀英", "phone": "13800000001"}, jot)
    row = await house.db.one("select * from act")
    assert row is not None
    kept = " ".join(str(value) for value in dict(row).values())
    assert "李秀英" not in kept and "13800000001" not in kept


async def test_audit_rows_and_events_are_part_of_the_act(house: House, system: Viewer) -> None:
    async def work(unit: Unit) -> dict[str, int]:
        await unit.audit("thing.done", "thing", 5, on_behalf=None, size=3)
        await unit.emit("thing.happened", "thing:5", size=3)
        return {}

    done = await act(system, "thing", request_id(), {}, work)
    audit = await house.db.one("select act, action, subject_id, detail from audit")
    event = await house.db.one("select act, name, payload from event")
    assert audit is not None and event is not None
    assert (audit["act"], audit["action"], audit["subject_id"], audit["detail"]) == (
        done.act,
        "thing.done",
        5,
        '{"size":3}',
    )
    assert (event["act"], event["name"], event["payload"]) == (done.act, "thing.happened", '{"size":3}')


async def test_an_act_costs_the_same_statements_for_one_event_and_for_many(
    house: House, system: Viewer
) -> None:
    async def work(unit: Unit, count: int) -> dict[str, int]:
        for i in range(count):
            await unit.audit("a", "s", i)
            await unit.emit("e", f"s:{i}")
        return {}

    counts = []
    for count in (1, 50):
        with house.db.watch() as log:
            await act(system, "many", request_id(), {}, lambda unit, n=count: work(unit, n))
        counts.append(len(log))
    assert counts[0] == counts[1]
