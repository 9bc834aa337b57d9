"""The eyes of the browser tests see: each catches a page made bad on purpose and passes a good one."""

import pytest

from tests.support.browser import axe, open_phone, sideways_scroll, small_targets

pytestmark = pytest.mark.browser

GOOD = """<!doctype html>
<html lang="zh-Hans"><head><title>积分</title><meta name="viewport" content="width=device-width">
<style>button { min-height: 48px; min-width: 48px }</style></head>
<body><main><h1>积分</h1><p>见<a href="#x">明细</a>一节</p><button>兑换</button></main></body></html>"""
BAD = """<!doctype html>
<html><head><title></title></head><body><main><div style="width: 900px">宽</div>
<button style="height: 12px; width: 12px"></button><img src="data:,"></main></body></html>"""


async def test_a_good_page_passes_every_eye():
    async with open_phone() as phone:
        page = await (await phone.context()).new_page()
        await page.set_content(GOOD)
        assert [await axe(page), await sideways_scroll(page), await small_targets(page)] == [[], [], []]


async def test_a_bad_page_is_caught_by_every_eye():
    async with open_phone() as phone:
        page = await (await phone.context()).new_page()
        await page.set_content(BAD)
        faults = "\n".join(await axe(page))
        assert "html-has-lang" in faults
        assert "button-name" in faults
        assert (await sideways_scroll(page))[0].startswith("9")
        assert (await small_targets(page))[0].partition(" ")[0].endswith("×12")


async def test_an_error_on_the_console_fails_the_test():
    with pytest.raises(AssertionError, match="boom"):
        async with open_phone() as phone:
            page = await (await phone.context()).new_page()
            await page.set_content("<script>setTimeout(() => { throw new Error('boom') })</script>")
            await page.wait_for_timeout(200)


async def test_a_refused_inline_style_fails_the_test():
    policy = "<meta http-equiv='Content-Security-Policy' content=\"style-src 'self'\">"
    with pytest.raises(AssertionError, match="Content Security Policy"):
        async with open_phone() as phone:
            page = await (await phone.context()).new_page()
            await page.set_content(f"<head>{policy}</head><body><p style='color: red'>红</p></body>")
            await page.wait_for_timeout(200)
