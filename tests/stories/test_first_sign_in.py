"""How old neighbours come in: with a printed slip, two with one telephone, and without any telephone.

On a phone of 390 px in large text, with JavaScript and without.
"""

import contextlib
import re
import sqlite3

import pytest
from playwright.async_api import Page

from core.base.vault import Vault
from core.lifecycle.demo.ways_in import COUPLE, PIN
from tests.support.browser import DESK, Phone, axe, sideways_scroll, small_targets
from tests.support.databases import SECRET
from tests.support.people import sign_in_of
from tests.support.server import Server
from tests.support.walk import sign_in
from web.qr import code as drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

HOME = "/c/chengjiang"
PASSWORD = "每天早上去打太极拳"
TELEPHONE = "13800000004"  # the couple's, in the list of people the demo takes in
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])


def looked_up(server: Server, query: str, *given: str) -> list[str]:
    with contextlib.closing(sqlite3.connect(server.settings.sqlite_path)) as book:
        return [str(row[0]) for row in book.execute(query, given)]


def number_of(server: Server, name: str) -> str:
    query = (
        "select v.number from volunteer v join person p on p.id = v.person "
        "join community c on c.id = v.community where p.name = ? "
        "and c.slug = 'chengjiang' and v.status = 'active' order by v.id limit 1"
    )
    return looked_up(server, query, name)[0]


async def in_large_text(phone: Phone, script: bool) -> Page:
    """An old neighbour's telephone."""
    page = await (await phone.context(java_script_enabled=script)).new_page()
    await page.goto("/sign-in")
    async with page.expect_navigation():
        await page.locator("form[action='/prefs'] [name=size][value=elder]").click()
    return page


async def press(page: Page, selector: str) -> None:
    async with page.expect_navigation():
        await page.locator(selector).first.click()


async def fit(page: Page, script: bool) -> None:
    """The page as it stands can be used by old eyes and thumbs. (axe itself needs scripts.)"""
    faults = [*await sideways_scroll(page), *await small_targets(page)] if script else []
    faults += await axe(page) if script else []
    assert not faults, f"{page.url}:\n" + "\n".join(faults)


async def at_the_desk(server: Server, phone: Phone, role: str, script: bool) -> Page:
    page = await (await phone.context(viewport=DESK, java_script_enabled=script)).new_page()
    await sign_in(page, sign_in_of(server.settings, role))
    return page


async def printed_slip(desk: Page, number: str) -> str:
    """The worker prints a slip; the code on it."""
    await desk.goto(HOME + "/slips")
    await desk.locator("#q").fill(number)
    await press(desk, "form.card .btn.primary")
    await press(desk, "form.card.fields .btn.primary")
    code = (await desk.locator(".slip-code").inner_text()).replace(" ", "")
    assert number[4:] in await desk.locator(".slip").inner_text()
    address = f"{desk.url.partition('/c/')[0]}/code?c={code}"
    assert await desk.locator(".slip .qr path").get_attribute("d") == drawn(address).path
    return code


async def choose_password(page: Page, code: str, number: str, script: bool) -> None:
    """What the slip says, from the QR code's address on."""
    await page.goto(f"/code?c={code}")
    await fit(page, script)
    assert await page.locator("#code").input_value() == f"{code[:5]} {code[5:]}"
    await page.locator("#login").fill(f"{number[:4]} {number[4:]}")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#again").fill("每天早上去打太极")
    await press(page, "form.card .btn.primary")
    await fit(page, script)
    assert await page.locator("#again-error").count() == 1, "a slip of the finger is told at its field"
    assert (await page.locator("#login").input_value()).replace(" ", "") == number
    await page.locator("#password").fill(PASSWORD)
    if script:
        await page.locator("[data-reveal=password]").check()
        assert await page.locator("#password").get_attribute("type") == "text"
    await page.locator("#again").fill(PASSWORD)
    await press(page, "form.card .btn.primary")
    await page.wait_for_url(re.compile(HOME + "$"))


@BOTH
async def test_the_first_sign_in_with_a_printed_invitation(
    server: Server, phone: Phone, script: bool
) -> None:
    number = number_of(server, COUPLE[0])
    desk = await at_the_desk(server, phone, "worker", script)
    code = await printed_slip(desk, number)
    his = await in_large_text(phone, script)
    await fit(his, script)
    await choose_password(his, code, number, script)
    assert await his.locator(".balance-sum").count() == 1
    await fit(his, script)
    # The slip is used up; with number and password he comes in from now on.
    again = await in_large_text(phone, script)
    await again.locator("#login").fill(number)
    await again.locator("#password").fill(PASSWORD)
    await press(again, "form.card .btn.primary")
    await again.wait_for_url(re.compile(HOME + "$"))
    other = await in_large_text(phone, script)
    await other.goto(f"/code?c={code}")
    for field, text in (("login", number), ("password", PASSWORD), ("again", PASSWORD)):
        await other.locator(f"#{field}").fill(text)
    await press(other, "form.card .btn.primary")
    assert "失效" in await other.locator("main").inner_text()
    await fit(other, script)


@BOTH
async def test_a_couple_with_one_telephone(server: Server, phone: Phone, script: bool) -> None:
    numbers = [number_of(server, name) for name in COUPLE]
    desk = await at_the_desk(server, phone, "worker", script)
    shared = await in_large_text(phone, script)
    for number in numbers:
        code = await printed_slip(desk, number)
        await choose_password(shared, code, number, script)
    for name, number in zip(COUPLE, numbers, strict=True):
        theirs = await in_large_text(phone, script)
        await theirs.locator("#login").fill(TELEPHONE)
        await theirs.locator("#password").fill(PASSWORD)
        await press(theirs, "form.card .btn.primary")
        await fit(theirs, script)
        asked = await theirs.locator("main").inner_text()
        assert number[-4:] in asked
        assert name not in asked, "names are masked"
        await press(theirs, f"button[name=who]:has-text('{number[-4:]}')")
        await theirs.wait_for_url(re.compile(HOME + "$"))
        await theirs.goto("/account")
        assert name in await theirs.locator("header").text_content()  # type: ignore[operator]  # there is one
        await fit(theirs, script)


@BOTH
async def test_a_woman_without_a_telephone(server: Server, phone: Phone, script: bool) -> None:
    number = number_of(server, COUPLE[1])
    (card,) = looked_up(
        server,
        "select k.public_id from card k join volunteer v on v.id = k.volunteer "
        "where v.number = ? and k.ended_at is null",
        number,
    )
    token = Vault(SECRET).code("card", card, length=26)
    worker = await at_the_desk(server, phone, "worker", script)
    await worker.goto(f"{HOME}/cards/{number}")
    scanned = f"{worker.url.partition('/c/')[0]}/k/{token}"
    assert await worker.locator(".idcard .qr path").get_attribute("d") == drawn(scanned, "q").path

    counter = await in_large_text(phone, script)
    await sign_in(counter, sign_in_of(server.settings, "clerk"))
    await counter.goto(HOME + "/on-behalf")
    await fit(counter, script)
    await counter.locator("#q").fill(scanned)
    await counter.locator("#pin").fill("917253")
    await press(counter, "form.card .btn.primary")
    assert "对不上" in await counter.locator("main").inner_text()
    await fit(counter, script)
    await counter.locator("#pin").fill(PIN)
    await press(counter, "form.card .btn.primary")
    await counter.wait_for_url(re.compile(HOME + "/on-behalf/[0-9A-Z]{12}$"))
    shown = await counter.locator("main").inner_text()
    assert number[4:] in shown
    assert COUPLE[1] not in shown
    assert await counter.locator(".balance-sum").count() == 1
    assert await counter.locator("main a, nav a").count() == 0, "it leads nowhere else"
    await fit(counter, script)
    written = looked_up(
        server,
        "select group_concat(a.action, ' ') from audit a join volunteer v on v.person = a.on_behalf "
        "where v.number = ? and a.actor <> a.on_behalf and a.action like 'visit.%'",
        number,
    )
    assert written == ["visit.open visit.open visit.look"], "a refusal, then what the clerk was shown"
    address = counter.url
    await press(counter, "form[action$='/close'] .btn")
    await counter.goto(address)
    assert "查询已结束" in await counter.locator("main").inner_text()
