"""A rule that fails costs nobody the record: the award waits and is asked again."""

from collections.abc import Sequence
from typing import Any

import pytest

from core.activity import review
from core.activity.retry import retry_waiting
from core.activity.scoring import NO_RULES
from core.api import Attendance, Line, Message
from core.base.clock import MINUTE
from core.base.errors import NotFound
from tests.core.activity.conftest import Desk
from tests.support.book import check_book
from tests.support.programme import WatchRules, flat, programme, publish_rules


class Moody:
    """A rule that answers what it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __call__(self, attendance: Attendance, rules: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return flat(attendance, rules) if self.answer == "flat" else self.answer


def line(**parts: Any) -> Line:
    return Line(**{"rule": "r", "points": 5, "inputs": {}, "message": Message("Watch"), **parts})


NONSENSE: dict[str, Any] = {
    "raises": RuntimeError("no"),
    "leaves": SystemExit(1),
    "nothing": None,
    "text": "5",
    "a number": 5,
    "not lines": [5],
    "a fraction": [line(points=2.5)],
    "a truth": [line(points=True)],
    "nought": [line(points=0)],
    "a debt": [line(points=-5)],
    "too much": [line(points=10**12)],
    "twice": [line(), line()],
    "not JSON": [line(inputs={"x": object()})],
    "wrong words": [line(message=Message("%(absent)s", points=5))],
    "too many": [line(rule=str(n)) for n in range(50)],
}


async def moody(desk: Desk, answer: Any) -> Moody:
    rule = Moody(answer)
    desk.house.registry.add(programme("moody", rule), "moody")
    await publish_rules(desk.house, desk.cast.hongqi, "moody")
    desk.programme = "moody"
    return rule


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
async def test_the_record_stands_and_the_award_waits(desk: Desk, answer: Any):
    await moody(desk, answer)
    recorded = await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    assert len(recorded.confirmed) == len(recorded.unscored) == 1
    assert await desk.balance("李阿姨") == 0
    assert await desk.minutes("李阿姨") == 120
    assert await desk.count("waiting") == 1
    await check_book(desk.house.db)


async def test_the_award_is_booked_once_the_rule_answers(desk: Desk):
    rule = await moody(desk, RuntimeError("not today"))
    await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨"), desk.who("王队长")])
    assert await retry_waiting(desk.house) == 0  # nothing is due yet
    desk.house.clock.advance(5 * MINUTE)  # type: ignore[attr-defined]  # the tests' clock
    assert await retry_waiting(desk.house) == 0
    assert await desk.count("waiting") == 2
    rule.answer = "flat"
    desk.house.clock.advance(60 * MINUTE)  # type: ignore[attr-defined]  # the tests' clock
    assert await retry_waiting(desk.house) == 2
    assert await retry_waiting(desk.house) == 0
    assert await desk.balance("李阿姨") == 5
    assert await desk.minutes("李阿姨") == 120
    assert await desk.balance("王队长") == 0  # his own still waits for a second person
    (pending,) = await review.queue(await desk.cast.viewer("陈社工"))
    assert (pending.row["points"], pending.row["unscored"]) == (5, 0)
    await check_book(desk.house.db)


async def test_what_was_sent_back_is_not_asked_again(desk: Desk):
    await moody(desk, RuntimeError("no"))
    recorded = await desk.record(await desk.cast.viewer("王队长"), [desk.who("王队长")])
    worker = await desk.cast.viewer("陈社工")
    await desk.cast.do(worker, lambda unit: review.send_back(unit, recorded.waiting, "absent"))
    desk.house.clock.advance(60 * MINUTE)  # type: ignore[attr-defined]  # the tests' clock
    assert await desk.count("waiting") == 0
    assert await retry_waiting(desk.house) == 0


async def test_a_programme_that_is_gone_keeps_its_awards_waiting(desk: Desk):
    await moody(desk, RuntimeError("no"))
    await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    desk.house.registry.mark_broken("moody", "taken away")
    desk.house.clock.advance(60 * MINUTE)  # type: ignore[attr-defined]  # the tests' clock
    assert await retry_waiting(desk.house) == 0
    assert await desk.count("waiting") == 1


async def test_without_rules_in_force_the_award_waits_for_them(desk: Desk):
    desk.house.registry.add(programme("young"), "young")
    desk.programme = "young"
    scored = await desk.scored(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    assert [s.error for s in scored] == [NO_RULES]
    await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    await publish_rules(desk.house, desk.cast.hongqi, "young", WatchRules(points=7))
    desk.house.clock.advance(60 * MINUTE)  # type: ignore[attr-defined]  # the tests' clock
    assert await retry_waiting(desk.house) == 1
    assert await desk.balance("李阿姨") == 7


async def test_an_attendance_may_earn_nothing(desk: Desk):
    await moody(desk, [])
    recorded = await desk.record(await desk.cast.viewer("王队长"), [desk.who("李阿姨")])
    assert recorded.unscored == ()
    assert await desk.minutes("李阿姨") == 120
    assert await desk.count("transfer") == 0


async def test_a_rule_is_given_nobodys_name(desk: Desk):
    seen: list[Attendance] = []

    def curious(attendance: Attendance, rules: Any) -> Sequence[Line]:
        seen.append(attendance)
        return []

    desk.house.registry.add(programme("curious", curious), "curious")
    await publish_rules(desk.house, desk.cast.hongqi, "curious")
    desk.programme = "curious"
    who = desk.who("李阿姨", counts={"clues": 1}, fields={"role": "front"})
    await desk.record(await desk.cast.viewer("王队长"), [who])
    (attendance,) = seen
    assert (attendance.day, attendance.zone, attendance.minutes) == ("2026-11-22", "Asia/Shanghai", 120)
    assert (attendance.counts, attendance.fields) == ({"clues": 1}, {"role": "front"})
    assert not hasattr(attendance, "person")
    assert not hasattr(attendance, "volunteer")


async def test_an_unknown_programme_or_kind_scores_nothing(desk: Desk):
    desk.programme = "absent"
    with pytest.raises(NotFound):
        await desk.scored(await desk.cast.viewer("王队长"), [])
