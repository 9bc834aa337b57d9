"""A merge needs two persons where there are two."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound, Refused
from core.community.approvals import decide
from core.lifecycle.merge_request import request_merge
from tests.support.cast import Cast
from tests.support.offices import Offices

STAYS, GOES = "赵叔叔", "吴大爷"


async def ask(cast: Cast, by: str = "陈社工", reason: str = "身份证号相同") -> dict[str, Any]:
    stays, goes = cast[STAYS].number, cast[GOES].number

    async def work(unit: Unit) -> dict[str, Any]:
        return await request_merge(unit, stays, goes, reason)

    return (await cast.do(await cast.viewer(by), work)).answer


async def merged(cast: Cast) -> bool:
    found = await cast.house.db.value(
        "select merged_into from volunteer where id = :id", id=cast[GOES].volunteer
    )
    return found == cast[STAYS].volunteer


async def test_one_asks_another_approves_and_both_are_one(offices: Offices) -> None:
    cast = offices.cast
    asked = await ask(cast)
    assert not await merged(cast)
    with pytest.raises(Refused, match="what you asked for"):
        await cast.do(await cast.viewer("陈社工"), lambda unit: decide(unit, asked["approval"], "approved"))
    admin = await cast.viewer("林主任")
    done = await cast.do(admin, lambda unit: decide(unit, asked["approval"], "approved"))
    assert await merged(cast)
    assert done.answer["volunteer"] == cast[STAYS].volunteer
    actor = await cast.house.db.value("select actor from audit where action = 'volunteer.merge'")
    assert actor == cast["林主任"].person


async def test_what_has_changed_meanwhile_is_looked_at_again(offices: Offices) -> None:
    cast = offices.cast
    asked = await ask(cast)
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "update person set died_on = '2026-11-20' where id = :id", id=cast[GOES].person
        ),
    )
    admin = await cast.viewer("林主任")
    with pytest.raises(Refused, match="passed away"):
        await cast.do(admin, lambda unit: decide(unit, asked["approval"], "approved"))
    assert not await merged(cast)
    assert await cast.house.db.value("select count(*) from approval_open") == 1


async def test_where_nobody_else_may_decide_it_is_done_at_once_and_the_log_says_so(cast: Cast) -> None:
    done = await ask(cast, reason="")
    assert await merged(cast) and "approval" not in done
    assert await cast.house.db.value("select count(*) from audit where action = 'volunteer.merge.alone'") == 1


async def test_it_is_asked_with_a_reason_once_and_by_those_who_may(offices: Offices) -> None:
    cast = offices.cast
    with pytest.raises(Invalid):
        await ask(cast, reason=" ")
    await ask(cast)
    with pytest.raises(Refused, match="already"):
        await ask(cast, by="林主任")
    for name in ("孙店员", "李阿姨", "周审计"):
        with pytest.raises(NotFound):
            await ask(cast, by=name)
