"""Leaving on the page: a form, a look at what ends and what stays, the way back; rewards at the counter."""

from tests.support.cast import Cast
from tests.support.life import value
from tests.web.conftest import Enter
from tests.web.walks import choose, find, record_patrol

PEOPLE = "/c/hongqi/people"


async def test_leaves_after_a_second_look_and_comes_back(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base + "/leave")
    look = await worker.submit(page, base + "/leave/confirm", why="own_wish", day="2026-11-20")
    assert look.status == 200
    for text in ("2026-11-20", "本人意愿", "编号不变", "返回，不作改动"):
        assert text in look.text
    still = await value(cast, "select status from volunteer where id = :v", v=cast["李阿姨"].volunteer)
    assert still == "active"
    answers = [await worker.submit(look, base + "/leave") for _ in range(3)]
    assert {a.location for a in answers} == {base + "?done=left"}
    page = await worker.get(base)
    for text in ("已退出 · 本人意愿", "2026-11-20", base + "/return"):
        assert text in page.text
    assert base + "/teams" not in page.text
    back = await worker.submit(await worker.get(base + "/return"), base + "/return")
    assert "在册" in (await worker.get(back.location)).text


async def test_a_reason_is_needed_and_the_day_must_be_one(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base + "/leave")
    for field, changes in {
        "why": {"day": "2026-11-20"},
        "day": {"why": "moved", "day": "2027-01-01"},
    }.items():
        wrong = await worker.submit(page, base + "/leave/confirm", **changes)
        assert wrong.status == 422
        assert f'id="{field}-error"' in wrong.text


async def test_who_left_is_served_at_the_counter_and_recorded_no_more(enter: Enter, cast: Cast) -> None:
    leader, worker, clerk = await enter("王队长"), await enter("陈社工"), await enter("孙店员")
    for day in ("20", "21", "22"):
        times = {"from": f"2026-11-{day}T20:00", "to": f"2026-11-{day}T22:00"}
        assert (await record_patrol(leader, cast, "赵叔叔", **times)).status == 303
    base = f"{PEOPLE}/{cast['赵叔叔'].number}"
    page = await worker.get(base + "/leave")
    look = await worker.submit(page, base + "/leave/confirm", why="moved", day="2026-11-23")
    assert "分仍归本人" in look.text
    assert (await worker.submit(look, base + "/leave")).status == 303
    assert "赵*叔" in (await find(clerk, cast["赵叔叔"].number)).text
    confirm = await choose(clerk, cast, "赵叔叔", "香皂")
    assert (await clerk.submit(confirm, "/c/hongqi/redemptions")).status == 303
    assert (await record_patrol(leader, cast, "赵叔叔")).status == 422


async def test_nobody_else_lets_him_leave(enter: Enter, cast: Cast) -> None:
    base = f"{PEOPLE}/{cast['李阿姨'].number}"
    for name in ("王队长", "何社工", "赵叔叔"):
        guest = await enter(name)
        csrf = (await guest.get("/c/xinxing" if name == "何社工" else "/c/hongqi")).csrf
        fields = {"_csrf_token": csrf, "request_id": "A" * 26, "why": "other", "day": ""}
        for rest in ("/leave", "/leave/confirm", "/death", "/return", "/card-lost", "/phone-lost"):
            assert (await guest.post(base + rest, fields)).status == 404
