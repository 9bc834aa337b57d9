"""A woman without a telephone at the counter: card, PIN, one screen; and what a clerk cannot do with it."""

import re

import pytest

from core.base.clock import MINUTE, FixedClock
from tests.support.cast import Cast
from tests.support.ways import PIN, give_card, give_pin
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply
from tests.web.walks import record_patrol

BEHALF = "/c/hongqi/on-behalf"


async def show(clerk: Guest, typed: str, pin: str = PIN) -> Reply:
    page = await clerk.get(BEHALF)
    return await clerk.submit(page, BEHALF, q=typed, pin=pin)


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_card_and_pin_show_balance_lines_and_what_can_be_had(enter: Enter, cast: Cast) -> None:
    leader = await enter("王队长")
    for day in (10, 11, 12):
        times = {"from": f"2026-11-{day}T20:00", "to": f"2026-11-{day}T22:00"}
        await record_patrol(leader, cast, "李阿姨", **times)
    clerk = await enter("孙店员")
    page = await clerk.get(f"/c/hongqi/pins/new?number={cast['李阿姨'].number}")
    set_ = await clerk.submit(page, "/c/hongqi/pins", pin=PIN, again=PIN)
    assert set_.location == BEHALF + "?done=pin"
    token = await give_card(cast, "李阿姨")
    opened = await show(clerk, f"http://linli.test/k/{token}")
    assert re.fullmatch(BEHALF + "/[0-9A-Z]{12}", opened.location)
    view = await clerk.get(opened.location)
    for told in ("李*姨", "巡逻", "+6", "香皂", "看完了"):
        assert told in view.text, told
    for hidden in ("李阿姨", "大米", "孙店员", PIN):
        assert hidden not in view.text, hidden
    closed = await clerk.submit(view, opened.location + "/close")
    assert closed.location == BEHALF + "?done=closed"
    over = await clerk.get(opened.location)
    assert "查询已结束" in over.text
    assert "香皂" not in over.text


async def test_the_screen_leads_nowhere_and_clears_itself(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    await give_pin(cast, "李阿姨")
    clerk = await enter("孙店员")
    opened = await show(clerk, cast["李阿姨"].number)
    clock.advance(MINUTE)
    view = await clerk.get(opened.location)
    assert view.header("refresh") == f"240; url={BEHALF}?done=closed"
    assert "no-store" in view.header("cache-control")
    links = set(re.findall(r'<a [^>]*href="([^"]+)"', view.text))
    assert links <= {"#main", "tel:0571-86000001", "tel:057186000001"}, links
    actions = set(re.findall(r'action="([^"]+)"', view.text))
    assert actions == {"/prefs", opened.location + "/close"}
    clock.advance(4 * MINUTE)
    assert "查询已结束" in (await clerk.get(opened.location)).text


async def test_nobody_else_sees_it_and_each_page_is_written_down(enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "李阿姨")
    clerk = await enter("孙店员")
    opened = await show(clerk, cast["李阿姨"].number)
    await clerk.get(opened.location)
    for name in ("孙店员", "陈社工"):
        other = await enter(name)
        assert "查询已结束" in (await other.get(opened.location)).text
    assert (await (await enter("李阿姨")).get(opened.location)).status == 404
    rows = await cast.house.db.fetch(
        "select action, actor, on_behalf from audit where action like 'visit.%' order by id"
    )
    assert [(r["action"], r["actor"], r["on_behalf"]) for r in rows] == [
        ("visit.open", cast["孙店员"].person, cast["李阿姨"].person),
        ("visit.look", cast["孙店员"].person, cast["李阿姨"].person),
    ]


async def test_a_wrong_pin_keeps_the_number_and_not_the_pin(enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "李阿姨")
    clerk = await enter("孙店员")
    reply = await show(clerk, cast["李阿姨"].number, "917253")
    assert reply.status == 422
    assert reply.form(BEHALF)["q"] == cast["李阿姨"].number
    assert "917253" not in reply.text
    for typed, pin, field in (("", PIN, "q"), (cast["李阿姨"].number, "", "pin")):
        reply = await show(clerk, typed, pin)
        assert reply.status == 422
        assert f'id="{field}-error"' in reply.text


async def test_guessing_pins_at_the_counter_is_stopped_for_a_while_only(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    await give_pin(cast, "李阿姨")
    clerk, worker = await enter("孙店员"), await enter("陈社工")
    statuses = []
    for n in range(8):
        guest = (clerk, worker)[n % 2]
        statuses.append((await show(guest, cast["李阿姨"].number, f"70000{n}")).status)
    assert statuses == [422] * 5 + [429] * 3
    assert (await show(clerk, cast["李阿姨"].number)).status == 429, "also the right one waits"
    clock.advance(MINUTE)
    assert (await show(clerk, cast["李阿姨"].number)).status == 303


async def test_a_clerk_cannot_make_himself_a_way_into_an_account(enter: Enter, cast: Cast) -> None:
    """He cannot change a PIN that is there, remove it, print a card or a slip; and what he does is told."""
    await give_pin(cast, "李阿姨")
    number = cast["李阿姨"].number
    clerk = await enter("孙店员")
    page = await clerk.get(f"/c/hongqi/pins/new?number={number}")
    reply = await clerk.submit(page, "/c/hongqi/pins", pin="917253", again="917253")
    assert reply.status == 409
    token = page.csrf
    for path in (
        "/c/hongqi/pins/remove",
        f"/c/hongqi/cards/{number}",
        "/c/hongqi/slips",
        "/c/hongqi/slips/find",
    ):
        fields = {
            "_csrf_token": token,
            "request_id": "A" * 26,
            "number": number,
            "person": "A" * 12,
            "q": number,
        }
        assert (await clerk.post(path, fields)).status == 404, path
    for path in (f"/c/hongqi/cards/{number}", "/c/hongqi/slips", f"/c/hongqi/slips/new?number={number}"):
        assert (await clerk.get(path)).status == 404, path
    notices = await (await enter("李阿姨")).get("/c/hongqi/notices")
    assert "卡密码" in notices.text


async def test_a_lost_card_is_stopped_at_once(enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "李阿姨")
    token = await give_card(cast, "李阿姨")
    clerk, worker = await enter("孙店员"), await enter("陈社工")
    card = f"/c/hongqi/cards/{cast['李阿姨'].number}"
    assert (await show(clerk, token)).status == 303
    stopped = await worker.submit(await worker.get(card), card + "/stop")
    assert stopped.location == card + "?done=stopped"
    assert (await show(clerk, token)).status == 422
    assert (await show(clerk, cast["李阿姨"].number)).status == 303
    made = await worker.submit(await worker.get(card), card)
    assert made.location == card + "?done=made"
    fields = {"_csrf_token": (await clerk.get(BEHALF)).csrf, "request_id": "C" * 26}
    assert (await clerk.post(card + "/stop", fields)).location == BEHALF + "?done=stopped"
    assert await cast.house.db.value("select count(*) from card where ended_at is null") == 0


async def test_the_counter_finds_the_member_by_the_cards_code(enter: Enter, cast: Cast) -> None:
    token = await give_card(cast, "李阿姨")
    clerk = await enter("孙店员")
    page = await clerk.get("/c/hongqi/counter")
    found = await clerk.submit(page, "/c/hongqi/counter", q=f"http://linli.test/k/{token}")
    assert found.status == 200
    assert cast["李阿姨"].number in found.text
    assert (await clerk.submit(page, "/c/hongqi/counter", q="0" * 26)).status == 422


async def test_a_worker_removes_a_forgotten_pin_after_a_second_look(enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "李阿姨")
    worker = await enter("陈社工")
    number = cast["李阿姨"].number
    page = await worker.get(f"/c/hongqi/pins/remove?number={number}")
    assert "取消" in page.text
    done = await worker.submit(page, "/c/hongqi/pins/remove")
    assert done.location == f"/c/hongqi/slips/new?number={number}"
    assert await cast.house.db.value("select count(*) from pin") == 0


@pytest.mark.parametrize(
    ("pin", "again", "field"), [("123456", "123456", "pin"), ("804172", "804173", "again"), ("", "", "pin")]
)
async def test_a_bad_pin_is_named_at_its_field(
    enter: Enter, cast: Cast, pin: str, again: str, field: str
) -> None:
    clerk = await enter("孙店员")
    page = await clerk.get(f"/c/hongqi/pins/new?number={cast['李阿姨'].number}")
    reply = await clerk.submit(page, "/c/hongqi/pins", pin=pin, again=again)
    assert reply.status == 422
    assert f'id="{field}-error"' in reply.text
    assert await cast.house.db.value("select count(*) from pin") == 0
