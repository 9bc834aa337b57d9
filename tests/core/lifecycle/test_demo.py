"""The demo: what a newcomer finds after the first start."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.base.clock import FixedClock
from core.base.errors import Message, Refused
from core.base.house import House, open_house
from core.base.migrate import migrate
from core.base.settings import Settings
from core.community.credentials import sign_in
from core.community.sessions import hash_of, open_session
from core.community.teams import members_for_roster, my_teams
from core.community.viewer import load_viewer, system_viewer
from core.extension.registry import load
from core.lifecycle.demo import EXAMPLE, SignIn, is_empty, load_demo
from core.lifecycle.demo_town import HOUSEHOLDS, PATROL, RESIDENTS
from core.lifecycle.imports.whole import import_file
from tests.support.book import check_book


@pytest.fixture
async def empty(settings: Settings, clock: FixedClock) -> AsyncIterator[House]:
    """A house with its plugins, and nothing in it."""
    registry = load(settings.plugins)
    assert not registry.broken
    await migrate(settings, registry.sources())
    opened = await open_house(settings, clock=clock, registry=registry, handlers=registry.handlers())
    yield opened
    await opened.close()


async def loaded(house: House) -> tuple[list[SignIn], list[tuple[int, int]]]:
    steps: list[tuple[int, int]] = []

    def progress(done: int, of: int, what: Message) -> None:
        steps.append((done, of))

    return await load_demo(house, progress), steps


async def test_the_demo_is_whole_and_its_book_holds(empty: House) -> None:
    ways, steps = await loaded(empty)
    assert steps == [(i, len(steps)) for i in range(1, len(steps) + 1)]
    value = empty.db.value
    assert await value("select count(*) from community") == 4
    for kind, count in (("county", 1), ("community", 4), ("station", 4), ("grid", 45)):
        row = await empty.db.one(
            "select count(*) as n, sum(households) as h, sum(residents) as r from area where kind = :kind",
            kind=kind,
        )
        assert row is not None
        assert (row["n"], row["h"], row["r"]) == (count, HOUSEHOLDS, RESIDENTS), kind
    assert await value("select count(*) from attendance") > 300
    assert await value("select count(*) from redemption") == 6
    assert await value("select count(*) from attendance_pending") > 0
    assert await check_book(empty.db) == []
    for way in ways:
        person = await sign_in(empty, way.account, way.password, "127.0.0.1")
        viewer, _ = await load_viewer(empty, hash_of(await open_session(empty, person)), "chengjiang")
        assert viewer.name == way.name
    assert {w.role for w in ways} >= {
        "leader",
        "volunteer",
        "worker",
        "clerk",
        "auditor",
        "operator",
        "street",
    }


async def test_the_leader_finds_thirty_people_on_his_roster(empty: House) -> None:
    ways, _ = await loaded(empty)
    leader = next(w for w in ways if w.role == "leader")
    person = await sign_in(empty, leader.account, leader.password, "127.0.0.1")
    viewer, _ = await load_viewer(empty, hash_of(await open_session(empty, person)), "chengjiang")
    (team,) = await my_teams(viewer)
    assert team.name == PATROL
    assert len(await members_for_roster(viewer, team.id)) >= 31
    assert viewer.may("patrol.record", team=team.id)


async def test_the_demo_s_people_are_the_example_file_s(empty: House) -> None:
    await loaded(empty)
    _, community = await load_viewer(empty, None, "chengjiang")
    assert community is not None
    viewer = system_viewer(empty, community.id)
    again = await import_file(viewer, EXAMPLE.name, EXAMPLE.read_bytes())
    assert (again.act, again.counts["known"]) == (None, 62)
    longer = EXAMPLE.read_bytes() + "新来,13800000099,,,,\n".encode()
    added = await import_file(viewer, EXAMPLE.name, longer)
    assert [added.counts[k] for k in ("people", "teams", "members")] == [1, 0, 0]


async def test_the_demo_goes_into_an_empty_database_only(empty: House) -> None:
    assert await is_empty(empty)
    await loaded(empty)
    assert not await is_empty(empty)
    before = await _counts(empty)
    with pytest.raises(Refused):
        await loaded(empty)
    assert await _counts(empty) == before


async def _counts(house: House) -> list[Any]:
    row = await house.db.one(
        "select (select count(*) from person) as p, (select count(*) from act) as a, "
        "(select count(*) from transfer) as t"
    )
    return list(row) if row is not None else []
