"""A walk through every page a person can reach, link by link, one page for each declared route."""

import re
from collections import deque
from collections.abc import AsyncIterator, Iterable
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Error, Page

from core.lifecycle.demo import SignIn
from web.routes import Route, Rule

_PARAMETER = re.compile(r"\{[a-z_]+:([a-z]+)\}")


class Map:
    """Finds the declared GET route an address belongs to."""

    def __init__(self, routes: Iterable[Route]) -> None:
        # A name that ends with .file is a file to keep, not a page to look at.
        self.rules = [r.rule for r in routes if r.rule.method == "GET" and not r.rule.name.endswith(".file")]
        self._patterns = [(re.compile(_pattern(rule.path)), rule) for rule in self.rules]

    def rule_of(self, address: str) -> Rule | None:
        """The route of an address; one without parameters wins over one with."""
        path = urlsplit(address).path.rstrip("/") or "/"
        fitting = [rule for pattern, rule in self._patterns if pattern.fullmatch(path)]
        return min(fitting, key=lambda rule: rule.path.count("{"), default=None)


def _pattern(path: str) -> str:
    kept, at = "", 0
    for found in _PARAMETER.finditer(path):
        kept += re.escape(path[at : found.start()]) + (".+" if found[1] == "path" else "[^/]+")
        at = found.end()
    return (kept + re.escape(path[at:])).rstrip("/") or "/"


async def sign_in(page: Page, who: SignIn) -> None:
    """Signs in by the form, as a person does. The page is then the one after signing in."""
    await page.goto("/sign-in")
    await page.locator("input[name=login]").fill(who.account)
    await page.locator("input[name=password]").fill(who.password)
    async with page.expect_navigation():
        await page.locator("input[name=password]").press("Enter")
    assert not urlsplit(page.url).path.startswith("/sign-in"), f"the {who.role} could not sign in"


async def walk(page: Page, places: Map, start: Iterable[str] = ()) -> AsyncIterator[Rule]:
    """Visits each route that links lead to from the open page and from `start`; yields with the page open."""
    seen: set[str] = set()
    queue = deque([page.url, *start])
    while queue:
        address = urljoin(page.url, queue.popleft())
        rule = places.rule_of(address)
        if rule is None or rule.plain or rule.name in seen or _elsewhere(page.url, address):
            continue
        try:
            answer = await page.goto(address)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            seen.add(rule.name)  # a file to keep: the page stays as it was
            yield rule
            continue
        if await page.locator("[hx-trigger~=load]").count():
            await page.wait_for_load_state("networkidle")
        arrived = places.rule_of(page.url)
        if arrived is None or arrived.name in seen or answer is None or answer.status != 200:
            continue
        seen.add(arrived.name)
        links: list[str] = await page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        yield arrived
        queue.extend(links)


def _elsewhere(here: str, address: str) -> bool:
    return here.startswith("http") and urlsplit(here).netloc != urlsplit(address).netloc
