"""Pages of the book: rules of points, star levels, adjustments, gifts, closed months."""

import re

import pytest

from core.points.opening import Opening, add_openings
from core.points.policy import Policy, change_policy
from tests.support.cast import PASSWORD
from tests.support.offices import Offices
from tests.web.conftest import Enter
from tests.web.entering import step_up
from tests.web.walks import points_of

HOME = "/c/hongqi"


@pytest.fixture
async def rich(offices: Offices) -> Offices:
    """赵叔叔 has 100 points brought over, which end with the year; gifts are allowed."""
    cast = offices.cast
    policy = Policy(expiry="year_end", expiry_notice_days=60, gifts=True)

    async def settle(unit: object) -> dict[str, object]:
        await change_policy(unit, policy)  # type: ignore[arg-type]  # the cast hands its unit over
        return {}

    await cast.do(cast.system(), settle)
    opening = Opening(cast["赵叔叔"].volunteer or 0, 100, 0, "2026-10-01", "老账本")
    await cast.do(cast.system(), lambda unit: add_openings(unit, [opening]))
    return offices


async def test_home_and_statement_say_what_ends_and_when(enter: Enter, rich: Offices) -> None:
    guest = await enter("赵叔叔")
    assert "2026年12月31日" in (await guest.get(HOME)).text
    assert "100 分有效期到 2026年12月31日" in (await guest.get(HOME + "/points")).text


async def test_the_rules_of_points_are_settled_and_said(enter: Enter, offices: Offices) -> None:
    guest = await enter("林主任")
    address = HOME + "/settings/points"
    page = await guest.get(address)
    wrong = await guest.submit(page, address, expiry="months", expiry_months="0", grace_days="x")
    assert wrong.status == 422
    assert "expiry_months-error" in wrong.text and "grace_days-error" in wrong.text
    done = await guest.submit(page, address, expiry="months", expiry_months="18", gifts="1")
    assert done.status == 303
    settings = (await guest.get(HOME + "/settings")).text
    assert "18 个月" in settings and "每人每月最多 50 分" in settings


async def test_the_star_levels_are_changed(enter: Enter, offices: Offices) -> None:
    guest = await enter("林主任")
    address = HOME + "/settings/stars"
    page = await guest.get(address)
    assert "100 300 600 1000 1500" in page.text
    for text in ("", "30 20", "abc"):
        wrong = await guest.submit(page, address, hours=text)
        assert wrong.status == 422 and "hours-error" in wrong.text
    assert (await guest.submit(page, address, hours="30，60、100")).status == 303
    assert "30 · 60 · 100" in (await guest.get(HOME + "/settings")).text


async def test_points_are_adjusted_by_two(enter: Enter, rich: Offices) -> None:
    worker, other = await enter("陈社工"), await enter("林主任")
    address = f"{HOME}/people/{rich.cast['赵叔叔'].number}/adjust"
    page = await worker.get(address)
    wrong = await worker.submit(page, address, points="5", reason="漏记")
    assert wrong.status == 422
    assert "way-error" in wrong.text and "evidence-error" in wrong.text and 'value="漏记"' in wrong.text
    asked = await worker.submit(
        page, address, way="less", points="30", reason="领错了", evidence="领取登记第二页"
    )
    shown = asked.location.partition("?")[0]
    assert await points_of(rich.cast, "赵叔叔") == 100
    look = await other.get(shown)
    assert "领错了" in look.text and "领取登记第二页" in look.text
    assert (await other.submit(look, shown, decision="approved")).status == 303
    assert await points_of(rich.cast, "赵叔叔") == 70
    guest = await enter("赵叔叔")
    statement = (await guest.get(HOME + "/points?kind=other")).text
    line = re.findall(r'href="(/c/hongqi/points/[0-9A-Z]+)"', statement)[0]
    assert "领错了" in (await guest.get(line)).text


async def test_a_gift_is_looked_at_given_and_accepted(enter: Enter, rich: Offices) -> None:
    giver, receiver = await enter("赵叔叔"), await enter("李阿姨")
    number = rich.cast["李阿姨"].number
    assert (await giver.get(HOME + "/gifts/new")).location == "/step-up?next=%2Fc%2Fhongqi%2Fgifts%2Fnew"
    await step_up(giver, PASSWORD)
    page = await giver.get(HOME + "/gifts/new")
    look = HOME + "/gifts/look"
    wrong = await giver.submit(page, look, name="李阿姨", number="123", points="5")
    assert wrong.status == 422 and "number-error" in wrong.text and 'value="李阿姨"' in wrong.text
    confirm = await giver.submit(page, look, name="李阿姨", number=number, points="20")
    assert confirm.status == 200 and "−20" in confirm.text
    assert await points_of(rich.cast, "赵叔叔") == 100
    done = await giver.submit(confirm, HOME + "/gifts")
    assert done.location == HOME + "/gifts?done=given"
    assert await points_of(rich.cast, "赵叔叔") == 80
    waiting = await receiver.get(HOME + "/gifts")
    assert "赵叔叔" in waiting.text
    action = re.findall(r'action="(/c/hongqi/gifts/[0-9A-Z]+)"', waiting.text)[0]
    assert (await receiver.submit(waiting, action, answer="accepted")).status == 303
    assert await points_of(rich.cast, "李阿姨") == 20
    again = await receiver.submit(waiting, action, answer="accepted", request_id="C" * 26)
    assert again.status == 409


async def test_without_gifts_there_is_no_such_page(enter: Enter, offices: Offices) -> None:
    guest = await enter("赵叔叔")
    assert (await guest.get(HOME + "/gifts")).status == 404
    assert (await guest.get(HOME + "/gifts/new")).status == 404
    assert "/gifts" not in (await guest.get(HOME + "/points")).text


async def test_a_month_is_closed_read_and_opened_again(enter: Enter, rich: Offices) -> None:
    worker, other, auditor = await enter("陈社工"), await enter("林主任"), await enter("周审计")
    page = await worker.get(HOME + "/periods")
    look = await worker.submit(page, HOME + "/periods/look")
    assert look.status == 200 and "2026年10月" in look.text
    closed = await worker.submit(look, HOME + "/periods")
    shown = closed.location.partition("?")[0]
    read = await auditor.get(shown)
    assert "100" in read.text and "纸质台账转入" in read.text and "/reopen" not in read.text
    file = await auditor.get(shown + "?as=csv")
    assert rich.cast["赵叔叔"].number in file.text
    late = await worker.submit(page, HOME + "/periods/look", month="2026-10")
    assert late.status == 422
    silent = await worker.submit(await worker.get(shown + "/reopen"), shown + "/reopen")
    assert silent.status == 422 and "reason-error" in silent.text
    asked = await worker.submit(await worker.get(shown + "/reopen"), shown + "/reopen", reason="漏了一张单")
    approval = asked.location.partition("?")[0]
    assert (await other.submit(await other.get(approval), approval, decision="approved")).status == 303
    assert "已重新开账" in (await auditor.get(HOME + "/periods")).text
