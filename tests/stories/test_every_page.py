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


def unlinked(server: Server) -> list[str]:
    """Pages no link leads to: a receipt is reached by redeeming, the others by a form; the demo has them."""
    with contextlib.closing(sqlite3.connect(server.settings.sqlite_path)) as book:
        rows = book.execute(
            "select c.slug, r.public_id from redemption r join community c on c.id = r.community limit 1"
        )
        found = [f"/c/{slug}/redemptions/{public_id}" for slug, public_id in rows]
        # The pages of who left or passed away, which the list of people leads to by its filter.
        people = book.execute(
            "select c.slug, v.number, coalesce(v.left_why, '') from volunteer v "
            "join community c on c.id = v.community where v.status = 'active' or v.left_why in "
            "('own_wish', 'died') group by v.left_why order by v.left_why is not null"
        ).fetchall()
    # Somebody active first, because one page of each kind is opened and his has the most ways on.
    ways = {"": "", "own_wish": "/return", "died": "/death/undo"}
    found += [f"/c/{slug}/people/{number}{ways[why]}" for slug, number, why in people]
    return [*found, *{f"/c/{slug}/join/thanks" for slug, _, _ in people}]


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
    more = [*unlinked(server), *office_addresses(server)]
    places = Map(gather(load(server.settings.plugins)))
    opened: set[str] = set()
    faults: list[str] = []
    for who in [None, *one_of_each(server)]:
        device = await phone.context()
        page = await device.new_page()
        await (page.goto("/sign-in") if who is None else sign_in(page, who))
        async for rule in walk(page, places, more):
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
