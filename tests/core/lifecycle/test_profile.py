"""Everything the office sees of one volunteer: on one page, in three statements, of its own people only."""

import pytest

from core.base.errors import Invalid, NotFound
from core.community.joining import Newcomer, add_newcomer
from core.community.lost import new_card
from core.community.numbers import new_number
from core.lifecycle.profile import own_profile, profile
from tests.support.cast import Cast
from tests.support.life import grids, post_for, who


async def test_one_page_is_three_statements_and_holds_what_is_recorded(cast: Cast) -> None:
    await post_for(cast, "李阿姨", (await grids(cast, "第1网格"))["第1网格"])
    worker = await cast.viewer("陈社工")
    with cast.house.db.watch() as log:
        found = await profile(worker, cast["李阿姨"].number)
    assert len(log) == 3
    assert (found.facts["name"], found.facts["status"]) == ("李阿姨", "active")
    assert found.sealed["phone"] == cast["李阿姨"].phone
    assert [(r["a"], r["e"], r["d"]) for r in found.of("team")] == [("夜间义务巡逻队", "member", None)]
    assert [(r["a"], r["b"]) for r in found.of("together")] == [("孙店员", None)]
    assert [(r["a"], r["b"], r["n"]) for r in found.of("post")] == [("Grid head", "第1网格", 3)]
    assert found.of("alike") == []


async def test_who_may_be_the_same_is_told_with_the_reason(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    twin = Newcomer(name="李阿姨", phone=cast["李阿姨"].phone)
    await cast.do(worker, lambda unit: add_newcomer(unit, twin, sure=True))
    found = await profile(worker, cast["李阿姨"].number)
    assert sorted(r["e"] for r in found.of("alike")) == ["name", "phone"]


async def test_one_s_own_page_holds_the_same_of_oneself(cast: Cast) -> None:
    own = await own_profile(await cast.viewer("李阿姨"))
    assert own.facts["number"] == cast["李阿姨"].number
    with pytest.raises(NotFound):
        await own_profile(await cast.viewer("陈社工"))


async def test_foreign_absent_old_and_out_of_reach_look_alike(cast: Cast) -> None:
    worker, person = await cast.viewer("陈社工"), await who(cast, "钱奶奶")
    await cast.do(worker, lambda unit: new_card(unit, person))
    seen = []
    for number in (cast["冯阿姨"].number, new_number(), cast["钱奶奶"].number):
        with cast.house.db.watch() as log, pytest.raises(NotFound) as refused:
            await profile(worker, number)
        seen.append((str(refused.value), [statement.sql for statement in log]))
    assert seen[0] == seen[1] == seen[2]
    for name in ("孙店员", "王队长", "李阿姨"):
        with pytest.raises(NotFound):
            await profile(await cast.viewer(name), cast["李阿姨"].number)
    with pytest.raises(Invalid):
        await profile(worker, "12")
