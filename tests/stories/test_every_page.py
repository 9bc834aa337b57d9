"""Every declared page on a phone, as each role: accessible, no wider than the screen, no small targets."""

import contextlib
import sqlite3

import pytest

from core.extension.registry import load
from core.lifecycle.demo import SignIn
from tests.support.browser import Phone, axe, sideways_scroll, small_targets
from tests.support.server import Server
from tests.support.walk import Map, sign_in, walk
from web.app import gather
from web.serve import demo_sign_ins

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


def one_of_each(server: Server) -> list[SignIn]:
    """The demo's first person of each role."""
    people: dict[str, SignIn] = {}
    for who in demo_sign_ins(server.settings):
        people.setdefault(who.role, who)
    return list(people.values())


def receipt_addresses(server: Server) -> list[str]:
    """A receipt is reached by redeeming; the demo has some, whose addresses the book knows."""
    with contextlib.closing(sqlite3.connect(server.settings.sqlite_path)) as book:
        rows = book.execute(
            "select c.slug, r.public_id from redemption r join community c on c.id = r.community limit 1"
        )
        return [f"/c/{slug}/redemptions/{public_id}" for slug, public_id in rows]


def office_addresses(server: Server) -> list[str]:
    """The walk looks at one area, which is the community's own and stays; no team of the demo is closed."""
    with contextlib.closing(sqlite3.connect(server.settings.sqlite_path)) as book:
        area = book.execute(
            "select c.slug, a.public_id from area a join community c on c.id = a.community "
            "where a.kind = 'grid' order by c.id limit 1"
        )
        found = [f"/c/{slug}/areas/{shown}/{page}" for slug, shown in area for page in ("move", "remove")]
        team = book.execute(
            "select c.slug, t.public_id from team t join community c on c.id = t.community "
            "order by c.id limit 1"
        )
        return found + [f"/c/{slug}/teams/{shown}/reopen" for slug, shown in team]


async def test_every_page_is_fit_for_a_phone(server: Server, phone: Phone):
    receipts = [*receipt_addresses(server), *office_addresses(server)]
    places = Map(gather(load(server.settings.plugins)))
    opened: set[str] = set()
    faults: list[str] = []
    for who in [None, *one_of_each(server)]:
        device = await phone.context()
        page = await device.new_page()
        await (page.goto("/sign-in") if who is None else sign_in(page, who))
        async for rule in walk(page, places, receipts):
            opened.add(rule.name)
            found = [*await axe(page), *await sideways_scroll(page), *await small_targets(page)]
            faults += [f"{rule.name} as {who.role if who else 'nobody'}: {fault}" for fault in found]
        await device.close()
    assert not faults, "\n".join(faults)
    pages = {rule.name for rule in places.rules if not rule.plain}
    assert sorted(pages - opened) == []


async def test_what_is_not_there_is_fit_for_a_phone_too(phone: Phone):
    page = await (await phone.context()).new_page()
    answer = await page.goto("/nowhere")
    assert answer is not None
    assert answer.status == 404
    faults = [*await axe(page), *await sideways_scroll(page), *await small_targets(page)]
    assert not faults, "\n".join(faults)
