"""The book's page, sealed receipts, and the page where anybody checks one."""

import json
import re
from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import HOUR
from core.base.seals import seal
from core.lifecycle.reconcile.freeze import prove_all
from tests.support.cast import Cast
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply
from tests.web.walks import record_patrol

BOOK = "/c/hongqi/book"


async def line_of(cast: Cast, enter: Enter, name: str = "赵叔叔") -> str:
    """A line somebody has earned, by its reference."""
    assert (await record_patrol(await enter("王队长"), cast, name)).status == 303
    sql = (
        "select t.public_id from transfer t join points_account a on a.id = t.account where a.volunteer = :v "
        "order by t.id limit 1"
    )
    return str(await cast.house.db.value(sql, v=cast[name].volunteer))


async def check(visitor: Guest, text: str) -> Reply:
    """What the page says to a text that was pasted."""
    return await visitor.submit(await visitor.get("/receipt"), "/receipt", receipt=text)


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_receipt_is_printed_kept_and_checked_by_anybody(
    enter: Enter, cast: Cast, visitor: Guest
) -> None:
    shown = await line_of(cast, enter)
    member = await enter("赵叔叔")
    here = f"/c/hongqi/points/{shown}/receipt"
    assert "还没有封存" in (await member.get(here)).text
    assert "还没有封存" in (await member.get(here + "/file")).text
    await seal(cast.house)
    assert here in (await member.get(f"/c/hongqi/points/{shown}")).text
    page = await member.get(here)
    assert "封存凭证" in page.text
    assert "赵叔叔" not in page.text.partition("<main")[2].partition("</main>")[0]
    kept = await member.get(here + "/file")
    assert f"receipt-{shown}.json" in kept.header("content-disposition")
    checked = await check(visitor, kept.text)
    assert checked.status == 200
    assert "凭证是真的" in checked.text
    altered = json.loads(kept.text)
    altered["row"][8] += 100
    refused = await check(visitor, json.dumps(altered))
    assert refused.status == 422
    assert "被改过" in refused.text
    assert (await (await enter("钱奶奶")).get(here)).status == 404


async def test_the_code_of_a_printed_receipt_says_whether_it_is_genuine(
    enter: Enter, cast: Cast, visitor: Guest
) -> None:
    shown = await line_of(cast, enter)
    await seal(cast.house)
    digest = await cast.house.db.value(
        "select s.digest from seal s join transfer t on t.id = s.transfer where t.public_id = :s", s=shown
    )
    address = f"/receipt?c=hongqi&r={shown}&h={digest[:32]}"
    assert "凭证是真的" in (await visitor.get(address)).text
    for wrong in (
        address[:-1],
        address[:-1] + "x",
        f"/receipt?c=xinxing&r={shown}&h={digest[:32]}",
        "/receipt?r=x",
    ):
        page = await visitor.get(wrong)
        assert page.status == 200
        assert "凭证无效" in page.text
        assert "+" not in re.findall(r"<main.*</main>", page.text, re.DOTALL)[0]


async def test_what_cannot_be_a_receipt_is_told_so(visitor: Guest) -> None:
    assert "请粘贴凭证内容" in (await check(visitor, "")).text
    for text in ("x", "{}", "[]", '{"linli": "linli receipt 1"}', "\ufffd" * 100):
        page = await check(visitor, text)
        assert page.status == 422
        assert "不是邻里的凭证" in page.text


async def test_a_book_that_does_not_add_up_is_told_and_two_persons_open_the_desk(
    enter: Enter, cast: Cast
) -> None:
    worker, auditor = await enter("陈社工"), await enter("周审计")
    assert "还没有核对过" in (await worker.get(BOOK)).text
    await prove_all(cast.house)
    assert "账本核对无误" in (await auditor.get(BOOK)).text
    await spoil(cast)
    worker, auditor = await enter("陈社工"), await enter("周审计")  # an hour ends a session of the office
    await worker.get(BOOK)
    with cast.house.db.watch() as log:
        page = await worker.get(BOOK)
    assert len(log) <= 1 + 3
    assert "stock" in page.text
    assert "请另一位确认" in page.text
    assert "请另一位确认" not in (await auditor.get(BOOK)).text
    for path in ("/c/hongqi/counter", "/c/hongqi"):
        assert "暂停兑换" in (await worker.get(path)).text
    assert "暂停兑换" in (await (await enter("孙店员")).get("/c/hongqi/counter")).text
    assert "暂停兑换" not in (await (await enter("李阿姨")).get("/c/hongqi")).text
    empty = await worker.submit(page, BOOK + "/clear", reason="")
    assert empty.status == 422
    # Nobody else here may decide: there is one worker, and no administrator.
    asked = await worker.submit(page, BOOK + "/clear", reason="清点时写错")
    assert asked.status == 409
    assert "清点时写错" in asked.text


async def spoil(cast: Cast) -> None:
    """Changes a shelf past its movements; an hour later the proof finds it."""

    async def damage(unit: Unit) -> dict[str, Any]:
        await unit.execute("update reward set stock = stock + 1 where community = :c", c=cast.hongqi)
        return {}

    await cast.do(cast.system(), damage)
    cast.house.clock.advance(HOUR)  # type: ignore[attr-defined]  # the tests' own clock
    await prove_all(cast.house)
