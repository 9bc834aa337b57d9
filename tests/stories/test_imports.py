"""An administrator takes a messy list in: with and without JavaScript, on a desk and on a narrow phone."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.core.lifecycle.test_import_messy import register
from tests.support.browser import DESK, NARROW, Phone, axe, sideways_scroll, small_targets
from tests.support.people import sign_in_of
from tests.support.server import Server
from tests.support.walk import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

IMPORTS = "/c/chengjiang/imports"
BAD = "姓名,手机号,加入日期\n马小云,1.38E+10,2026-02-30\n,13800009003,\n" + "苗青,无,\n" * 30


async def fit(page: Page) -> None:
    """Accessible, no wider than the window, no small targets."""
    assert [*await axe(page), *await sideways_scroll(page), *await small_targets(page)] == []


async def press(page: Page, button: str) -> None:
    async with page.expect_navigation():
        await page.locator(button).click()


async def bring(page: Page, file: Path, script: bool) -> None:
    await page.goto(IMPORTS)
    if script:
        await fit(page)
    await page.locator("input[name=kind][value=volunteers]").check()
    await page.locator("input[type=file]").set_input_files(file)
    await press(page, "form[enctype] button")
    if script:
        await fit(page)
    await press(page, "form[action$='/columns'] button")


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_messy_list_comes_in_and_goes_out_again(
    server: Server, phone: Phone, tmp_path: Path, script: bool
) -> None:
    good, bad = tmp_path / "花名册.xlsx", tmp_path / "错的.csv"
    good.write_bytes(register())
    bad.write_bytes(BAD.encode("gb18030"))
    size = DESK if script else NARROW
    page = await (await phone.context(viewport=size, java_script_enabled=script)).new_page()
    page.set_default_timeout(30_000)
    await sign_in(page, sign_in_of(server.settings, "administrator"))
    await bring(page, bad, script)
    await page.wait_for_selector(".faults")
    if script:
        await fit(page)
    assert "处要改正" in await page.locator("main").inner_text()
    await bring(page, good, script)
    await page.wait_for_selector("fieldset.asked")
    assert await page.locator("fieldset.asked").count() == 2
    await press(page, "form[action$='/agree'] button")
    await page.wait_for_selector("form[action$='/undo/look']")
    assert "已全部导入" in await page.locator("main").inner_text()
    await press(page, "form[action$='/undo/look'] button")
    await press(page, "form[action$='/undo'] button")
    assert "撤销" in await page.locator("main").inner_text()
    await page.goto(IMPORTS)
    assert "已撤销" in await page.locator("main").inner_text()
