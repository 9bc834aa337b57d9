"""A phone in front of the pages: chromium, and a listener that fails the test for what the console says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.needs import chromium

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Phone:
    """An open browser; each `context` is a person's own device with its own cookies."""

    browser: Browser
    base_url: str = ""
    complaints: list[str] = field(default_factory=list)

    async def context(self, **wishes: Any) -> BrowserContext:
        """A fresh device: zh-CN, Asia/Shanghai, 390 px, no service workers. `wishes` override."""
        options: dict[str, Any] = {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": PHONE,
            "service_workers": "block",
            "base_url": self.base_url or None,
            **wishes,
        }
        context = await self.browser.new_context(**options)
        context.set_default_timeout(10_000)
        context.on("page", self._listen)
        return context

    def _listen(self, page: Page) -> None:
        page.on("console", lambda said: self._console(page, said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))

    def _console(self, page: Page, kind: str, text: str) -> None:
        # Chromium also reports every 4xx answer; which answers are right is the test's to say.
        answered = text.startswith("Failed to load resource: the server responded")
        if kind in ("error", "warning") and not answered:
            self.complaints.append(f"{page.url}: {kind}: {text}")

    def _failed(self, url: str, failure: str | None) -> None:
        if failure != "net::ERR_ABORTED":
            self.complaints.append(f"{url}: {failure}")


@asynccontextmanager
async def open_phone(base_url: str = "") -> AsyncIterator[Phone]:
    """Starts chromium; on leaving, anything the pages complained about is an AssertionError."""
    async with async_playwright() as playwright:
        # No sandbox: containers and root have none, and only our own pages are opened.
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        phone = Phone(browser, base_url)
        try:
            yield phone
        finally:
            await browser.close()
        assert not phone.complaints, "the browser complained:\n" + "\n".join(phone.complaints)


async def axe(page: Page) -> list[str]:
    """Accessibility faults of the page as it stands, one line each; empty is good."""
    if not await page.evaluate("typeof window.axe === 'object'"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: "
        + "; ".join(n["html"][:160] for n in fault["nodes"][:3])
        for fault in found["violations"]
    ]


async def sideways_scroll(page: Page) -> list[str]:
    """Elements that make the page wider than its window; empty is good. Boxes that scroll inside may."""
    found: list[str] = await page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const wide = [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > width + 1);
          const names = wide.slice(0, 5).map(e => e.outerHTML.slice(0, 160));
          return [`${document.documentElement.scrollWidth} px in a window of ${width}`, ...names];
        }"""
    )
    return found


async def small_targets(page: Page, least: int = 44) -> list[str]:
    """Buttons, fields and standalone links a thumb would miss; empty is good.

    A box or radio counts with its label; a link inside running text is exempt (WCAG 2.5.8), and so
    is what waits outside the page until it has the focus.
    """
    found: list[str] = await page.evaluate(
        """least => {
          const seen = e => e.checkVisibility({checkVisibilityCSS: true, checkOpacity: true})
            && !e.closest('[hidden], [inert], svg');
          const inText = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
            && !!e.closest('p, li, dd, td, figcaption, small')
            && e.parentElement.textContent.trim().length > e.textContent.trim().length;
          const box = e => {
            const ticked = e.type === 'checkbox' || e.type === 'radio';
            const label = ticked && (e.closest('label') || e.labels?.[0]);
            return (label || e).getBoundingClientRect();
          };
          const kinds = 'a[href], button, summary, select, textarea, [role=button], input:not([type=hidden])';
          return [...document.querySelectorAll(kinds)].filter(seen).filter(e => !inText(e))
            .map(e => [e, box(e)])
            .filter(([, b]) => b.width > 1 && b.height > 1 && b.bottom > 0 && b.right > 0)
            .filter(([, b]) => Math.min(b.width, b.height) < least - 0.5)
            .map(([e, b]) => `${Math.round(b.width)}×${Math.round(b.height)} ${e.outerHTML.slice(0, 120)}`);
        }""",
        least,
    )
    return found
