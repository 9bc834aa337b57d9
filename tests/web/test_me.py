"""One's own page: what is recorded of me, what I agreed to, my record; moving, and stopping."""

from typing import Any

import pytest

from core.base.act import Unit
from core.community.consent import VOLUNTEERING, give_consent
from tests.support.cast import Cast
from tests.support.life import value
from tests.web.conftest import BOTH, Enter
from tests.web.test_moving import code_on
from tests.web.walks import record_patrol

ME = "/c/hongqi/me"


async def agree(cast: Cast, name: str) -> None:
    person = cast[name].person

    async def work(unit: Unit) -> dict[str, Any]:
        return {"new": await give_consent(unit, person, VOLUNTEERING)}

    await cast.do(await cast.viewer(name), work)


async def test_what_is_recorded_of_me_and_nothing_in_full(enter: Enter, cast: Cast) -> None:
    member = await enter("李阿姨")
    await member.get(ME)
    with cast.house.db.watch() as log:
        page = await member.get(ME)
    assert len(log) <= 1 + 3
    number = cast["李阿姨"].number
    for text in ("李阿姨", f"{number[:4]} {number[4:]}", "139****0008", "夜间义务巡逻队", "孙店员"):
        assert text in page.text
    assert cast["李阿姨"].phone not in page.text
    assert f'href="{ME}"' in (await member.get("/c/hongqi")).text


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_my_record_lists_what_is_confirmed_and_its_sum(enter: Enter, cast: Cast) -> None:
    assert (await record_patrol(await enter("王队长"), cast, "李阿姨", "王队长")).status == 303
    member = await enter("李阿姨")
    page = await member.get(ME + "/record")
    for text in ("2026-11-22", "巡逻", "东门—广场", "夜间义务巡逻队", "2 小时", "data-print"):
        assert text in page.text
    # A leader's own record waits for a second person.
    own = await (await enter("王队长")).get(ME + "/record")
    assert "还没有确认过的服务" in own.text


async def test_i_make_and_cancel_my_moving_code(enter: Enter) -> None:
    member = await enter("李阿姨")
    page = await member.get(ME + "/move")
    code_on(await member.submit(page, ME + "/move"))
    again = await member.get(ME + "/move")
    assert (await member.submit(again, ME + "/move/cancel")).location == ME + "?done=cancelled"


async def test_i_stop_after_a_second_look(enter: Enter, cast: Cast) -> None:
    member = await enter("李阿姨")
    page = await member.get(ME + "/leave")
    for text in ("感谢您", "编号不变", "服务队"):
        assert text in page.text
    wrong = await member.submit(page, ME + "/leave")
    assert wrong.status == 422
    answer = await member.submit(wrong, ME + "/leave", why="own_wish")
    assert answer.location == "/"
    left = await value(cast, "select left_why from volunteer where id = :v", v=cast["李阿姨"].volunteer)
    assert left == "own_wish"
    assert (await member.get(ME)).status == 404


async def test_taking_back_the_consent_to_be_recorded_is_leaving(enter: Enter, cast: Cast) -> None:
    await agree(cast, "李阿姨")
    member = await enter("李阿姨")
    base = f"{ME}/consents/volunteering"
    assert base in (await member.get(ME)).text
    look = await member.get(base)
    assert "退出了本社区的志愿服务" in look.text
    assert (await member.submit(look, base)).location == "/"
    row = await cast.house.db.one(
        "select status, left_why from volunteer where id = :v", v=cast["李阿姨"].volunteer
    )
    assert row is not None
    assert tuple(row) == ("left", "own_wish")
    assert await value(cast, "select count(*) from consent where ended_at is null") == 0


async def test_what_i_did_not_agree_to_cannot_be_taken_back(enter: Enter) -> None:
    member = await enter("李阿姨")
    for purpose in ("volunteering", "absent", "contact_card"):
        assert (await member.get(f"{ME}/consents/{purpose}")).status == 404


async def test_who_is_no_volunteer_here_has_no_such_page(enter: Enter) -> None:
    clerk = await enter("孙店员")
    assert (await clerk.get(ME)).location == "/c/hongqi"
    for rest in ("/leave", "/move", "/record"):
        assert (await clerk.get(ME + rest)).status == 404
    assert (await (await enter("冯阿姨")).get(ME)).status == 404
