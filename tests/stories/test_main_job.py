"""The main job: a leader records a patrol, a volunteer reads why, a clerk hands over a reward."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page

from core.lifecycle.demo import SignIn
from tests.support.browser import Phone
from tests.support.people import sign_in_of
from tests.support.server import Server
from tests.support.walk import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# Yesterday before dawn: no patrol of the demo is then, and it is over whenever the test runs.
START, END = "04:30", "06:30"
PEOPLE, LATECOMERS = 30, 3
# Three points an hour, half as much again before six o'clock: 2 h, of them 90 min by night.
WHOLE = (3 * 120 * 100 + 3 * 90 * 50) // 6000
LATE = "05:30"  # came an hour late: 60 min, of them 30 by night
HALF = (3 * 60 * 100 + 3 * 30 * 50) // 6000


def number(text: str) -> int:
    """The first figure of a text as pages write it: '+6', '−44', '1,280分'."""
    found = re.search(r"[+−-]?[\d,]+", text)
    assert found is not None, text
    return int(found[0].replace(",", "").replace("\N{MINUS SIGN}", "-"))


async def balance(page: Page) -> int:
    await page.goto("/c/chengjiang")
    return number(await page.locator(".balance-sum").inner_text())


async def record(page: Page, day: str, walker: str, leader: str) -> None:
    """Fills the form for thirty people, the walker and two others an hour late. Does not send it."""
    await page.goto("/c/chengjiang/x/patrol/shifts/new")
    await page.locator("#from").fill(f"{day}T{START}")
    await page.locator("#to").fill(f"{day}T{END}")
    everybody: list[str] = await page.locator("input[name=who]").evaluate_all("all => all.map(e => e.value)")
    numbers = [walker, *(n for n in everybody if n != walker)][:PEOPLE]
    assert len(numbers) == PEOPLE
    for who in numbers:
        await page.locator(f"#who-{who}").check()
    for who in [walker, *(n for n in numbers[1:] if n != leader)][:LATECOMERS]:
        await page.locator(f".person:has(#who-{who}) summary").click()
        await page.locator(f"#from-{who}").fill(LATE)
    await page.locator("#route").fill("西门—菜场—小学—西门")
    await page.locator("#findings").fill("北门路灯不亮")
    return numbers


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_patrol_becomes_points_and_points_become_rice(
    server: Server, phone: Phone, script: bool
) -> None:
    leader, volunteer, clerk = (sign_in_of(server.settings, r) for r in ("leader", "volunteer", "clerk"))
    day = (datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)).strftime("%Y-%m-%d")

    hers = await (await phone.context(java_script_enabled=script)).new_page()
    await sign_in(hers, volunteer)
    before = await balance(hers)

    his = await (await phone.context(java_script_enabled=script)).new_page()
    await sign_in(his, leader)
    await record(his, day, volunteer.account, leader.account)
    await his.locator(".dock button.primary").click()
    await his.wait_for_url(re.compile("/shifts/[0-9A-Z]{12}"))
    receipt = await his.locator("main").inner_text()
    assert "北门路灯不亮" in receipt
    assert await his.locator(".line").count() == PEOPLE
    sums = await his.locator(".line .points").all_inner_texts()
    # The leader's own patrol waits for somebody else: 29 are booked, three of them for one hour.
    assert sorted(number(s) for s in sums) == [HALF] * LATECOMERS + [WHOLE] * (PEOPLE - 1 - LATECOMERS)

    await his.goto("/c/chengjiang")
    waits = his.locator(".balance dt", has_text="待入账")
    assert number(await waits.locator("xpath=following-sibling::dd").inner_text()) >= WHOLE

    assert await balance(hers) == before + HALF
    await hers.locator(".lines a").first.click()
    line = await hers.locator("main").inner_text()
    for told in ("夜间巡逻", leader.name, "第 1 版", f"+{HALF}", "60", "30"):
        assert told in line, f"{told} is not on the line's page:\n{line}"

    await hand_over(
        await (await phone.context(java_script_enabled=script)).new_page(), hers, clerk, volunteer
    )


async def hand_over(desk: Page, hers: Page, clerk: SignIn, volunteer: SignIn) -> None:
    had = await balance(hers)
    await sign_in(desk, clerk)
    await desk.goto("/c/chengjiang/counter")
    await desk.locator("#q").fill(volunteer.account)
    await desk.locator("#q").press("Enter")
    affordable = desk.locator(".reward:not(.off)")
    await affordable.first.wait_for()
    assert volunteer.account in await desk.locator(".member").inner_text()
    assert volunteer.name not in await desk.locator(".member").inner_text()  # masked at the counter
    title = await affordable.first.locator("h3").inner_text()
    price = number(await affordable.first.locator(".cost").inner_text())
    stock = number(re.findall(r"\d+", await affordable.first.inner_text())[-1])
    await affordable.first.get_by_role("button").click()
    await desk.get_by_role("heading", level=1).filter(has_text=title).wait_for()
    assert price <= had
    await desk.locator("form.stack button.primary").click()
    await desk.wait_for_url(re.compile("/redemptions/[0-9A-Z]{12}"))
    assert title in await desk.locator("h1").inner_text()
    assert await balance(hers) == had - price
    await hers.goto("/c/chengjiang/points")
    first = hers.locator(".lines a").first
    assert title in await first.inner_text()
    assert number(await first.locator(".points").inner_text()) == -price
    # The stock on the shelf agrees.
    await desk.goto("/c/chengjiang/counter")
    await desk.locator("#q").fill(volunteer.account)
    await desk.locator("#q").press("Enter")
    again = desk.locator(".reward", has_text=title)
    await again.first.wait_for()
    assert number(re.findall(r"\d+", await again.first.inner_text())[-1]) == stock - 1
