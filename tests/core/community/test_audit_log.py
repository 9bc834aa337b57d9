"""The log: read by auditors, by person, action and day; refusals in it, but no flood of them."""

import re
from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, HOUR, MINUTE, FixedClock
from core.base.errors import NotFound
from core.community.audit_log import MOST_REFUSED, REFUSED, Wanted, actor_named, read_log, tell_refusal
from core.community.people import rename
from core.community.teams import leave
from tests.house.sources import python_files, read
from tests.support.cast import Cast
from web.pages.audit_words import ACTIONS


async def test_the_latest_first_with_names_read_through_joins(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: leave(unit, cast.team, cast["钱奶奶"].volunteer or 0))
    first, *_ = await read_log(await cast.viewer("周审计"), Wanted())
    assert (first.action, first.actor_name, first.subject_name) == ("team.leave", "陈社工", "钱奶奶")
    assert first.number == cast["钱奶奶"].number
    row = await cast.house.db.value("select detail from audit order by id desc limit 1")
    assert "钱奶奶" not in row
    await cast.do(cast.system(), lambda unit: rename(unit, cast["钱奶奶"].person, "钱改名"))
    entries = await read_log(await cast.viewer("周审计"), Wanted(action="team.leave"))
    assert [e.subject_name for e in entries] == ["钱改名"]


async def test_only_auditors_read_it_and_only_their_own(cast: Cast) -> None:
    for name in ("陈社工", "孙店员", "李阿姨", "王队长"):
        with pytest.raises(NotFound):
            await read_log(await cast.viewer(name), Wanted())
        with pytest.raises(NotFound):
            await actor_named(await cast.viewer(name), "李阿姨")
    there = await cast.viewer("何社工", "xinxing")
    await cast.do(there, lambda unit: leave(unit, cast.other_team, cast["冯阿姨"].volunteer or 0))
    entries = await read_log(await cast.viewer("周审计"), Wanted(action="team.leave"), most=500)
    assert entries == []


async def test_filters_by_person_action_result_and_day(cast: Cast, clock: FixedClock) -> None:
    auditor, worker = await cast.viewer("周审计"), await cast.viewer("陈社工")
    start = clock.now()
    await cast.do(worker, lambda unit: leave(unit, cast.team, cast["钱奶奶"].volunteer or 0))
    clock.advance(2 * DAY)
    await cast.do(worker, lambda unit: leave(unit, cast.team, cast["吴大爷"].volunteer or 0))
    await tell_refusal(await cast.viewer("孙店员"), "people", "GET")

    async def found(**wanted: Any) -> list[tuple[str, str]]:
        entries = await read_log(auditor, Wanted(**wanted), most=500)
        return [(e.action, e.subject_name) for e in entries if e.action in ("team.leave", REFUSED)]

    actor = await actor_named(auditor, "陈社工")
    assert actor == cast["陈社工"].person
    assert await found(actor=actor) == [("team.leave", "吴大爷"), ("team.leave", "钱奶奶")]
    assert await found(actor=actor, action="team.leave", since=start + DAY) == [("team.leave", "吴大爷")]
    assert await found(action="team.leave", until=start + DAY) == [("team.leave", "钱奶奶")]
    assert await found(result="refused") == [(REFUSED, "")]
    assert await found(actor=actor, result="refused") == []
    for text in (cast["李阿姨"].number, cast["李阿姨"].phone, "李阿姨"):
        assert await actor_named(auditor, text) == cast["李阿姨"].person
    for text in ("冯阿姨", cast["冯阿姨"].number, "", "没有人"):
        assert await actor_named(auditor, text) is None


async def test_pages_follow_one_another_without_gap_or_twin(cast: Cast, clock: FixedClock) -> None:
    async def lines(unit: Unit) -> dict[str, Any]:
        for n in range(7):
            await unit.audit("team.remind", "team", cast.team, count=n)
        return {}

    for _ in range(3):
        await cast.do(await cast.viewer("陈社工"), lines)
        clock.advance(MINUTE)
    auditor, seen, after = await cast.viewer("周审计"), [], None
    while page := await read_log(auditor, Wanted(action="team.remind"), after, most=4):
        seen += [e.id for e in page]
        after = page[-1].mark
    assert len(seen) == len(set(seen)) == 21


async def test_a_refusal_tells_who_what_and_when_and_a_flood_leaves_no_more_than_so_many(
    cast: Cast, clock: FixedClock
) -> None:
    clerk = await cast.viewer("孙店员")
    for _ in range(MOST_REFUSED + 5):
        await tell_refusal(clerk, "people", "GET")
    cast.house.cache.pop("refusals")  # another worker has counted nothing yet
    await tell_refusal(clerk, "people", "GET")
    rows = await cast.house.db.fetch(
        "select actor, community, result, detail, at from audit where action = :a", a=REFUSED
    )
    assert len(rows) == MOST_REFUSED
    assert {(r["actor"], r["community"], r["result"], r["at"]) for r in rows} == {
        (clerk.person, cast.hongqi, "refused", clock.now())
    }
    assert '"rule":"people"' in rows[0]["detail"]
    await tell_refusal(await cast.viewer("李阿姨"), "people", "GET")
    clock.advance(HOUR)
    await tell_refusal(clerk, "people", "GET")
    assert await cast.house.db.value("select count(*) from audit where action = :a", a=REFUSED) == (
        MOST_REFUSED + 2
    )


def test_every_action_of_the_core_has_words() -> None:
    written = set()
    for path in python_files("core"):
        written.update(re.findall(r'audit\(\s*"([a-z_.]+[a-z])"[,\s)]', read(path)))
    assert len(written) > 50
    assert sorted(written - set(ACTIONS)) == []
