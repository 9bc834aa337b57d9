"""A hundred thousand volunteers of one community, written plainly: for plans and rows read, not for verbs.

Every sixteenth has left; each lives in one of fifty grids (the last has a hundred people) and every fifth
is in a team. Ids are numbered from FIRST, so that a test knows who is who.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.base.act import Unit, act
from core.base.house import House, open_house
from core.base.ids import public_id
from core.base.postgres import PostgresDatabase
from core.base.settings import Settings
from core.base.viewer import Viewer
from core.community.names import sort_text, words_of
from core.community.numbers import check_digit
from tests.support.databases import in_thread, migrated

PEOPLE = 100_000
FIRST = 1_000
GRIDS, TEAMS = 50, 200
AREA, TEAM = 10, 10  # ids of the community's node and of the first team; grids follow the node
COMMUNITY = 1
_BATCH = 20_000
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建国华文玉梅春花海燕志成德福永"

_PERSONS = """
insert into person (id, public_id, name, created_at)
select r.id, r.public_id, r.name, 0 from rows(:items; id bigint, public_id text, name text) as r
"""
_VOLUNTEERS = """
insert into volunteer (id, community, person, number, status, left_on, left_why, joined_on, sort)
select r.id, 1, r.id, r.number, r.status, r.left_on, r.left_why, '2020-01-01', r.sort
from rows(:items; id bigint, number text, status text, left_on text, left_why text, sort text) as r
"""
_WORDS = """
insert into volunteer_word (community, word, volunteer)
select 1, r.word, r.volunteer from rows(:items; word text, volunteer bigint) as r
"""
_PHONES = """
insert into person_lookup (kind, hash, person)
select r.kind, r.hash, r.person from rows(:items; kind text, hash text, person bigint) as r
"""
_HOMES = """
insert into residence (community, volunteer, area, from_day)
select 1, r.volunteer, r.area, '2020-01-01' from rows(:items; volunteer bigint, area bigint) as r
"""
_MEMBERS = """
insert into team_member (community, team, volunteer, from_day)
select 1, r.team, r.volunteer, '2020-01-01' from rows(:items; team bigint, volunteer bigint) as r
"""


def crowded(settings: Settings) -> None:
    """Fills a blank database with the schema and the crowd."""
    migrated(settings)
    in_thread(_fill(settings))


async def _fill(settings: Settings) -> None:
    house = await open_house(settings)
    try:
        viewer = Viewer(house, community=COMMUNITY, system=True)
        await act(viewer, "crowd", "system:crowd", None, _place)
        for start in range(FIRST, FIRST + PEOPLE, _BATCH):
            batch = range(start, start + _BATCH)
            await act(viewer, "crowd", f"system:crowd:{start}", None, _people(house, batch))
    finally:
        await house.close()
    if settings.engine == "postgres":
        await _analyze(PostgresDatabase(settings.owner_database))


async def _analyze(database: PostgresDatabase) -> None:
    """What the server does by itself within a minute of so many new rows."""
    await database.open()
    try:
        async with database.transaction() as transaction:
            await transaction.run_text("analyze", [])
    finally:
        await database.close()


def name_of(number: int) -> str:
    """The name of the volunteer with this id: one of some thousands, common surnames more often."""
    chance = random.Random(number)  # noqa: S311  # believable, repeatable; no secret
    surname = _SURNAMES[min(chance.randrange(len(_SURNAMES)), chance.randrange(len(_SURNAMES)))]
    return surname + "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))


def number_of(number: int) -> str:
    """The volunteer number of the volunteer with this id."""
    body = f"2{number:06d}"
    return body + check_digit(body)


def phone_of(number: int) -> str:
    return f"1380{number:07d}"


def grid_of(number: int) -> int:
    """The id of the grid he lives in; the last grid is a small one."""
    return AREA + GRIDS if number % 1000 == 0 else AREA + 1 + number % (GRIDS - 1)


async def _place(unit: Unit) -> dict[str, Any]:
    await unit.execute(
        "insert into area (id, public_id, kind, name, path, created_at) "
        "values (:id, 'node', 'community', '大社区', '/10/', 0)",
        id=AREA,
    )
    await unit.execute(
        "insert into community (id, slug, name, area, created_at) values (1, 'big', '大社区', :area, 0)",
        area=AREA,
    )
    await unit.execute("update area set community = 1 where id = :area", area=AREA)
    grids = [
        {"id": AREA + n, "public_id": public_id(), "name": f"第{n}网格", "path": f"/10/{AREA + n}/"}
        for n in range(1, GRIDS + 1)
    ]
    await unit.execute(
        "insert into area (id, public_id, parent, community, kind, name, path, created_at) "
        "select r.id, r.public_id, 10, 1, 'grid', r.name, r.path, 0 "
        "from rows(:items; id bigint, public_id text, name text, path text) as r",
        items=grids,
    )
    await unit.execute(
        "insert into team (id, community, public_id, name, created_at) "
        "select r.id, 1, r.public_id, r.name, 0 "
        "from rows(:items; id bigint, public_id text, name text) as r",
        items=[{"id": TEAM + n, "public_id": f"team-{n}", "name": f"第{n}队"} for n in range(TEAMS)],
    )
    return {}


def _people(house: House, batch: Sequence[int]) -> Callable[[Unit], Any]:
    async def work(unit: Unit) -> dict[str, Any]:
        names = {n: name_of(n) for n in batch}
        await unit.execute(
            _PERSONS, items=[{"id": n, "public_id": public_id(), "name": name} for n, name in names.items()]
        )
        await unit.execute(_VOLUNTEERS, items=[_volunteer(n, name) for n, name in names.items()])
        words = [{"word": w, "volunteer": n} for n, name in names.items() for w in words_of(name)]
        await unit.execute(_WORDS, items=words)
        await unit.execute(_PHONES, items=list(_phones(house, batch)))
        await unit.execute(_HOMES, items=[{"volunteer": n, "area": grid_of(n)} for n in batch])
        members = [{"team": TEAM + n // 5 % TEAMS, "volunteer": n} for n in batch if n % 5 == 0]
        await unit.execute(_MEMBERS, items=members)
        return {}

    return work


def _volunteer(number: int, name: str) -> dict[str, Any]:
    left = number % 16 == 0
    return {
        "id": number,
        "number": number_of(number),
        "status": "left" if left else "active",
        "left_on": "2025-01-01" if left else None,
        "left_why": "own_wish" if left else None,
        "sort": sort_text(name),
    }


def _phones(house: House, batch: Sequence[int]) -> Iterator[dict[str, Any]]:
    for number in batch:
        phone = phone_of(number)
        yield {"kind": "phone", "hash": house.vault.hash("phone", phone), "person": number}
        yield {"kind": "phone4", "hash": house.vault.hash("phone4", phone[-4:]), "person": number}
