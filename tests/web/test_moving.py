"""The moving code on the pages: shown once, the same for a form sent again, typed there, cancelled here."""

import re

from tests.support.cast import Cast
from tests.support.life import value
from tests.web.conftest import Enter
from tests.web.guest import Reply

ARRIVE = "/c/xinxing/people/arrive"


def code_on(reply: Reply) -> str:
    found = re.search(r'class="moving-code num">([^<]+)<', reply.text)
    assert found is not None
    return found[1]


async def test_from_one_community_to_the_other(enter: Enter, cast: Cast) -> None:
    worker, there = await enter("陈社工"), await enter("何社工")
    base = f"/c/hongqi/people/{cast['李阿姨'].number}"
    page = await worker.get(base + "/move")
    shown = [await worker.submit(page, base + "/move") for _ in range(2)]
    code = code_on(shown[0])
    assert code == code_on(shown[1])
    assert shown[0].location == ""  # in no address
    assert code not in (await worker.get(base + "/move")).text  # once
    form = await there.get(ARRIVE)
    look = await there.submit(form, ARRIVE + "/confirm", code=code.lower())
    for text in ("李阿姨", "红旗社区", "0 分"):
        assert text in look.text
    answers = [await there.submit(look, ARRIVE) for _ in range(3)]
    number = await value(
        cast, "select number from volunteer where community = :c order by id desc", c=cast.xinxing
    )
    assert {a.location for a in answers} == {f"/c/xinxing/people/{number}/card?done=arrived"}
    assert "来自红旗社区" in (await there.get(f"/c/xinxing/people/{number}")).text
    old = await worker.get(base)
    assert "转往新兴社区" in old.text
    assert "已退出 · 搬走" in old.text


async def test_a_cancelled_or_wrong_code_is_told_at_the_field(enter: Enter, cast: Cast) -> None:
    worker, there = await enter("陈社工"), await enter("何社工")
    base = f"/c/hongqi/people/{cast['李阿姨'].number}"
    code = code_on(await worker.submit(await worker.get(base + "/move"), base + "/move"))
    page = await worker.get(base + "/move")
    assert "已开出一个转移码" in page.text
    assert (await worker.submit(page, base + "/move/cancel")).location == base + "?done=cancelled"
    form = await there.get(ARRIVE)
    for typed in (code, "", "x" * 300):
        wrong = await there.submit(form, ARRIVE + "/confirm", code=typed)
        assert wrong.status == 422
        assert 'id="code-error"' in wrong.text
        assert "李阿姨" not in wrong.text


async def test_codes_cannot_be_tried_without_end(enter: Enter) -> None:
    there = await enter("何社工")
    form = await there.get(ARRIVE)
    answers = [await there.submit(form, ARRIVE + "/confirm", code="0123456789") for _ in range(12)]
    assert answers[-1].status == 429
    assert answers[-1].header("retry-after")


async def test_only_the_office_takes_people_in(enter: Enter) -> None:
    for name in ("冯阿姨", "陈社工"):
        assert (await (await enter(name)).get(ARRIVE)).status == 404
