"""Every declared page on a phone, as each role: accessible, no wider than the screen, no small targets."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.extension.registry import load
from core.lifecycle.demo import SignIn
from tests.support.browser import Phone, axe, open_phone, sideways_scroll, small_targets
from tests.support.databases import fresh_database, loaded
from tests.support.postgres import locked
from tests.support.server import Server, serving
from tests.support.walk import Map, sign_in, walk
from web.app import gather
from web.serve import demo_sign_ins

NOBODY = "nobody"
ROLES = [
    NOBODY,
    "administrator",
    "operator",
    "worker",
    "leader",
    "deputy",
    "street",
    "auditor",
    "clerk",
    "volunteer",
]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def place(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, served for all walks of this process: they look and change nothing."""
    folder = tmp_path_factory.mktemp("walks")
    with fresh_database("sqlite", run, folder, "demo", loaded) as fresh, serving(fresh) as running:
        yield running


def first_of(server: Server, role: str) -> SignIn:
    """The demo's first person of a role."""
    return next(who for who in demo_sign_ins(server.settings) if who.role == role)


def came_home(run: Path, role: str, opened: set[str]) -> set[str] | None:
    """Notes what a walk opened; what all walks opened once every role is back, else None."""
    notes = run / "walks"
    with locked(run / "walks.lock"):
        notes.mkdir(exist_ok=True)
        (notes / role.replace(" ", "_")).write_text("\n".join(opened), encoding="utf-8")
        back = [note.read_text(encoding="utf-8").split("\n") for note in notes.iterdir()]
    return {name for names in back for name in names} if len(back) == len(ROLES) else None


def unlinked(server: Server) -> list[str]:
    """Pages no link leads to: a receipt is reached by redeeming, the others by a form; the demo has them.

    The end of a relation is linked from the pages of two people only.
    """
    with contextlib.closing(sqlite3.connect(server.settings.sqlite_path)) as book:
        rows = book.execute(
            "select c.slug, r.public_id from redemption r join community c on c.id = r.community limit 1"
        )
        found = [f"/c/{slug}/redemptions/{public_id}" for slug, public_id in rows]
        ties = book.execute(
            "select c.slug, r.id from relation r join community c on c.id = r.community limit 1"
        )
        found += [f"/c/{slug}/relations/{relation}/end" for slug, relation in ties]
        # The pages of who left or passed away, which the list of people leads to by its filter.
        people = book.execute(
            "select c.slug, v.number, coalesce(v.left_why, '') from volunteer v "
            "join community c on c.id = v.community where v.status = 'active' or v.left_why in "
            "('own_wish', 'died') group by v.left_why order by v.left_why is not null"
        ).fetchall()
    # Codes on paper lead there: of a slip, a card, the first start.
    found += ["/code", "/k/0", "/first-operator", "/step-up"]
    # Somebody active first, because one page of each kind is opened and his has the most ways on.
    ways = {"": "", "own_wish": "/return", "died": "/death/undo"}
    found += [f"/c/{slug}/people/{number}{ways[why]}" for slug, number, why in people]
    # Of the couple with slips one has a PIN already, and whose page is met first is chance.
    found += [f"/c/{slug}/pins/new?number={number}" for slug, number, why in people if not why]
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


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_is_fit_for_a_phone(place: Server, run: Path, role: str):
    """Whoever is the last to come home sees to it that no page was left out."""
    places = Map(gather(load(place.settings.plugins)))
    opened: set[str] = set()
    faults: list[str] = []
    async with open_phone(place.url) as phone:
        page = await (await phone.context()).new_page()
        await (page.goto("/sign-in") if role == NOBODY else sign_in(page, first_of(place, role)))
        more = [*unlinked(place), *office_addresses(place)]
        async for rule in walk(page, places, more):
            opened.add(rule.name)
            found = [*await axe(page), *await sideways_scroll(page), *await small_targets(page)]
            faults += [f"{rule.name} as {role}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)
    everybody = came_home(run, role, opened)
    if everybody is not None:
        # A look at the counter is there for some minutes: tests/stories/test_first_sign_in.py has one. Nobody
        # of the demo is shut out: the page that lets him in again is built like the one that shuts him out.
        # The demo has no mail server, so nobody forgets a password there: tests/web/test_forgot.py looks.
        elsewhere = {"behalf.look", "account.ask_open", "forgot"}
        pages = {rule.name for rule in places.rules if not rule.plain} - elsewhere
        assert sorted(pages - everybody) == []


async def test_what_is_not_there_is_fit_for_a_phone_too(phone: Phone):
    page = await (await phone.context()).new_page()
    answer = await page.goto("/nowhere")
    assert answer is not None
    assert answer.status == 404
    faults = [*await axe(page), *await sideways_scroll(page), *await small_targets(page)]
    assert not faults, "\n".join(faults)
