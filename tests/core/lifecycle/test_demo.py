"""The demo: what a newcomer finds after the first start, counted from rows."""

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
from core.lifecycle.approval_kinds import approval_kinds
from core.lifecycle.demo import EXAMPLE, SignIn, is_empty, load_demo
from core.lifecycle.demo.figures import COUNTY_PLACES, ESTATE, HOUSEHOLDS, PATROL, RESIDENTS
from core.lifecycle.imports.whole import import_file
from core.lifecycle.reconcile.run import communities, prove
from tests.support.book import check_book


@pytest.fixture
async def empty(settings: Settings, clock: FixedClock) -> AsyncIterator[House]:
    """A house with its plugins, and nothing in it."""
    registry = load(settings.plugins)
    assert not registry.broken
    await migrate(settings, registry.sources())
    opened = await open_house(
        settings,
        clock=clock,
        registry=registry,
        approvals=approval_kinds(registry),
        handlers=registry.handlers(),
    )
    yield opened
    await opened.close()


async def loaded(house: House, months: int = 1) -> tuple[list[SignIn], list[tuple[int, int]]]:
    steps: list[tuple[int, int]] = []

    def progress(done: int, of: int, what: Message) -> None:
        steps.append((done, of))

    return await load_demo(house, progress, months), steps


async def counted(house: House, slugs: tuple[str, ...], sql: str) -> Any:
    """A figure over some communities; `sql` names them `:communities`."""
    rows = await house.db.fetch(
        "select id from community where slug in (select r.slug from rows(:slugs; slug text) as r)",
        slugs=[{"slug": slug} for slug in slugs],
    )
    return await house.db.value(sql, communities=[row["id"] for row in rows])


COUNTY = tuple(place.slug for place in COUNTY_PLACES)

# The figures the two places report of themselves, each counted from rows.
FIGURES: dict[str, tuple[tuple[str, ...], str, int]] = {
    "volunteers": (
        COUNTY,
        "select count(*) from volunteer where community in ids(:communities) and status = 'active'",
        1_700,
    ),
    "teams": (COUNTY, "select count(*) from team where community in ids(:communities)", 39),
    "grids": (
        COUNTY,
        "select count(*) from area where community in ids(:communities) and kind = 'grid'",
        45,
    ),
    "stations": (
        COUNTY,
        "select count(*) from area where community in ids(:communities) and kind = 'station'",
        4,
    ),
    "building heads": (
        COUNTY,
        "select count(distinct p.person) from post p join post_kind k on k.id = p.kind "
        "where p.community in ids(:communities) and k.key = 'building_head'",
        251,
    ),
    "grid heads": (
        COUNTY,
        "select count(distinct p.person) from post p join post_kind k on k.id = p.kind "
        "where p.community in ids(:communities) and k.key = 'grid_head'",
        22,
    ),
    "station heads": (
        COUNTY,
        "select count(*) from post p join post_kind k on k.id = p.kind "
        "where p.community in ids(:communities) and k.key = 'station_head'",
        8,
    ),
    "grids with all eight stewards": (
        COUNTY,
        "select count(*) from (select p.area from post p join post_kind k on k.id = p.kind "
        "join area a on a.id = p.area where p.community in ids(:communities) and a.kind = 'grid' "
        "group by p.area having count(distinct k.key) = 8) as g",
        45,
    ),
    "grids of the first level": (
        (ESTATE.slug,),
        "select count(*) from area where community in ids(:communities) and kind = 'grid'",
        8,
    ),
    "of the second": (
        (ESTATE.slug,),
        "select count(*) from area where community in ids(:communities) and kind = 'building'",
        44,
    ),
    "of the third": (
        (ESTATE.slug,),
        "select count(*) from area where community in ids(:communities) and kind = 'unit'",
        181,
    ),
    "teams of the estate": (
        (ESTATE.slug,),
        "select count(*) from team where community in ids(:communities)",
        22,
    ),
    "kinds of teams there": (
        (ESTATE.slug,),
        "select count(distinct category) from team where community in ids(:communities)",
        5,
    ),
    "levels of responsibility there": (
        (ESTATE.slug,),
        "select count(distinct k.level) from post p join post_kind k on k.id = p.kind "
        "where p.community in ids(:communities) and k.level is not null",
        5,
    ),
}


async def test_the_demo_s_figures_are_those_of_the_two_places_and_its_book_holds(empty: House) -> None:
    ways, steps = await loaded(empty)
    assert steps == [(i, len(steps)) for i in range(1, len(steps) + 1)]
    found = {name: await counted(empty, slugs, sql) for name, (slugs, sql, _) in FIGURES.items()}
    assert found == {name: figure for name, (_, _, figure) in FIGURES.items()}
    for slugs, stated in ((COUNTY, (HOUSEHOLDS, RESIDENTS)), ((ESTATE.slug,), (2_436, 5_155))):
        for kind in ("community", "grid", "building"):
            for column, figure in zip(("households", "residents"), stated, strict=True):
                sums = {
                    "households": "select sum(a.households) from area a "
                    "where a.community in ids(:communities) and a.kind = :kind",
                    "residents": "select sum(a.residents) from area a "
                    "where a.community in ids(:communities) and a.kind = :kind",
                }
                rows = await empty.db.fetch("select id, slug from community")
                here = [row["id"] for row in rows if row["slug"] in slugs]
                assert await empty.db.value(sums[column], communities=here, kind=kind) == figure, kind
    assert await empty.db.value("select count(*) from redemption") > 50
    assert await empty.db.value("select count(*) from attendance_pending") > 0
    assert await empty.db.value("select count(*) from opening") > 300
    assert await check_book(empty.db) == []
    for community in await communities(empty):
        assert await prove(empty, community["id"]) == [], community["slug"]
    for way in ways:
        (known,) = await sign_in(empty, way.account, way.password, "127.0.0.1")
        viewer, _ = await load_viewer(empty, hash_of(await open_session(empty, known.person)), "chengjiang")
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


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_year_goes_by_month_by_month(empty: House) -> None:
    await loaded(empty, 12)
    days = await empty.db.fetch("select distinct substr(day, 1, 7) as month from attendance order by 1")
    assert len(days) in (12, 13)
    assert await empty.db.value("select count(*) from patrol_shift") > 1_000
    assert await empty.db.value("select count(*) from redemption") > 600
    assert await check_book(empty.db) == []
    # What was spent stands in the book between what was earned before and after.
    late = await empty.db.value(
        "select count(*) from transfer c join transfer e on e.account = c.account and e.kind = 'earn' "
        "and e.id > c.id and e.recorded_at < c.recorded_at where c.kind = 'capture'"
    )
    assert late == 0


async def test_the_leader_finds_thirty_people_on_his_roster(empty: House) -> None:
    ways, _ = await loaded(empty)
    leader = next(w for w in ways if w.role == "leader")
    (known,) = await sign_in(empty, leader.account, leader.password, "127.0.0.1")
    viewer, _ = await load_viewer(empty, hash_of(await open_session(empty, known.person)), "chengjiang")
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
