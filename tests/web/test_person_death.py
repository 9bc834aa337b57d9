"""The gentle pages: what happens is read first; it is written once; a mistake is put right."""

from core.community.notices import inbox
from tests.support.cast import Cast
from tests.web.conftest import Enter
from tests.web.walks import find

PEOPLE = "/c/hongqi/people"


async def test_read_once_more_written_once_and_his_page_is_quiet(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base + "/death")
    look = await worker.submit(page, base + "/death/confirm", day="2026-11-20")
    for text in ("缅怀李阿姨", "同住的 1 位家人会收到一条通知", "不再发送任何消息", "可以全部改回来"):
        assert text in look.text
    assert "注销" not in look.text
    assert "死亡" not in look.text
    answers = [await worker.submit(look, base + "/death") for _ in range(3)]
    assert {a.location for a in answers} == {base}
    page = await worker.get(base)
    for text in ("已离世 · 2026-11-20", "夜间义务巡逻队", base + "/death/undo"):
        assert text in page.text
    for text in ("/edit", "/teams?", "/card-lost", "/leave", "/merge", 'class="status'):
        assert text not in page.text.split("<main")[1].split("</main>")[0]
    assert len(await inbox(await cast.viewer("孙店员"))) == 1
    assert "没有" in (await find(await enter("孙店员"), cast["李阿姨"].number)).text


async def test_a_mistake_is_put_right(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    assert (await worker.get(base + "/death/undo")).status == 404
    look = await worker.submit(await worker.get(base + "/death"), base + "/death/confirm", day="2026-11-20")
    await worker.submit(look, base + "/death")
    again = await worker.get(base + "/death/undo")
    assert "家人已收到通知" in again.text
    answers = [await worker.submit(again, base + "/death/undo") for _ in range(3)]
    assert {a.location for a in answers} == {base + "?done=alive"}
    page = await worker.get(answers[0].location)
    assert "一切恢复原样" in page.text
    assert "在册" in page.text


async def test_the_day_must_be_one_that_can_be(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base + "/death")
    wrong = await worker.submit(page, base + "/death/confirm", day="2027-01-01")
    assert wrong.status == 422
    assert wrong.form(base + "/death/confirm")["day"] == "2027-01-01"
