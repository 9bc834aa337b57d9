"""Where staff begin: what waits, counted within what each may do."""

import re

import pytest

from core.lifecycle import tallies
from core.lifecycle.desk import desk
from core.reward.shelf import count_stock
from tests.support.cast import Cast
from tests.support.life import applies
from tests.web.conftest import BOTH, Enter
from tests.web.walks import record_patrol

STOCK = 50  # of soap, in the cast


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_worker_sees_what_waits_and_where_to_go(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    assert "现在没有等您处理的事。" in (await worker.get("/c/hongqi")).text
    await record_patrol(await enter("王队长"), cast, "王队长", "赵叔叔")  # his own waits
    await applies(cast)
    await cast.do(cast.system(), lambda unit: count_stock(unit, cast.soap, 0, STOCK))
    with cast.house.db.watch() as log:
        page = await worker.get("/c/hongqi")
    assert len(log) <= 1 + 2
    assert re.findall('<b class="points">(.+?)</b>', page.text) == ["1", "1", "1"]
    for path, words in (
        ("review", "待确认的服务记录"),
        ("applications", "入队申请"),
        ("stock", "已兑完的兑换品"),
    ):
        assert f'href="/c/hongqi/{path}"' in page.text
        assert words in page.text
    assert "已检查、还没导入的名单" not in page.text


async def test_nobody_is_told_of_work_that_is_not_his(enter: Enter, cast: Cast) -> None:
    await record_patrol(await enter("王队长"), cast, "王队长")
    clerk = await (await enter("孙店员")).get("/c/hongqi")
    assert "待确认的服务记录" not in clerk.text
    assert "等您处理" not in clerk.text
    found = await desk(await cast.viewer("何社工", "xinxing"))
    assert (found.reviews, found.applications, found.sold_out) == (0, 0, 0)
    found = await desk(await cast.viewer("周审计"))
    assert found.reviews == 0


async def test_kept_figures_say_as_of_when(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    assert "本社区" not in (await worker.get("/c/hongqi")).text
    await tallies.count(cast.house)
    page = await worker.get("/c/hongqi")
    assert "本社区" in page.text
    assert "统计数字截至" in page.text
