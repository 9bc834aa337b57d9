"""People by keyboard: a list walked through with keys, two people added without touching the mouse."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import DESK, Phone, axe
from tests.support.people import sign_in_of
from tests.support.server import Server
from tests.support.walk import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PEOPLE = "/c/chengjiang/people"


async def desk(server: Server, phone: Phone) -> Page:
    page = await (await phone.context(viewport=DESK)).new_page()
    await sign_in(page, sign_in_of(server.settings, "worker"))
    return page


async def focused(page: Page, what: str = "textContent") -> str:
    return str(await page.evaluate(f"document.activeElement.{what}"))


async def test_a_list_is_walked_through_with_keys(server: Server, phone: Phone):
    page = await desk(server, phone)
    await page.goto(PEOPLE)
    rows = page.locator("[data-row]")
    names = await rows.all_inner_texts()
    assert len(names) == 50
    for key, expected in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("k", 0)):
        await page.keyboard.press(key)
        assert await focused(page) == names[expected]
    await page.keyboard.press("/")
    assert await focused(page, "id") == "q"
    await page.keyboard.type("wang")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.endswith("?q=wang")
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert re.search(PEOPLE + r"/\d{8}$", page.url)


async def test_more_rows_join_the_table_and_the_focus_goes_on_to_them(server: Server, phone: Phone):
    page = await desk(server, phone)
    await page.goto(PEOPLE)
    await page.locator("#pager a").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-row]")).to_have_count(100)
    assert await page.locator("table thead").count() == 1
    await expect(page.locator("[data-row]").nth(50)).to_be_focused()
    assert await axe(page) == []


async def test_two_people_are_added_without_the_mouse(server: Server, phone: Phone):
    page = await desk(server, phone)
    await page.goto(PEOPLE + "/new")
    for name, number in (("甄小满", "13766660001"), ("甄小寒", "13766660002")):
        assert await focused(page, "id") == "name"
        await page.keyboard.type(name)
        await page.keyboard.press("Tab")
        await page.keyboard.type(number)
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert "/card" in page.url
        assert name in await page.locator(".vcard").inner_text()
        async with page.expect_navigation():
            await page.keyboard.press("Enter")  # the next
    # Somebody of this name is here by now: asked first, and Enter in a field does not add him.
    await page.keyboard.type("甄小满")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.locator("#name").focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.endswith(PEOPLE + "/new")
    assert await page.locator("#name").input_value() == "甄小满"
    assert await axe(page) == []
    await page.locator("button[name=sure]").focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert "/card" in page.url
