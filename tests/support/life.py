"""Short ways to what tests of people's life begin with."""

from typing import Any

from core.base.act import Unit
from core.base.viewer import Viewer
from core.community.applicants import Applicant, waiting
from core.community.applications import Application, apply
from core.community.areas import NewArea, add_areas
from core.community.posts import NewPost, add_posts
from core.community.volunteers import Volunteer, by_number
from tests.support.cast import Cast


async def who(cast: Cast, name: str, worker: str = "陈社工", slug: str = "hongqi") -> Volunteer:
    """A figure as a worker of the community has him before himself."""
    return await by_number(await cast.viewer(worker, slug), cast[name].number)


async def grids(cast: Cast, *names: str) -> dict[str, str]:
    """Grids below 红旗社区: name → public id."""

    async def work(unit: Unit) -> dict[str, Any]:
        node = await unit.value("select area from community where id = :id", id=cast.hongqi)
        await add_areas(unit, node, [NewArea("grid", name) for name in names])
        return {}

    await cast.do(cast.system(), work)
    rows = await cast.house.db.fetch("select name, public_id from area where kind = 'grid'")
    return {row["name"]: row["public_id"] for row in rows}


async def post_for(cast: Cast, name: str, area: str) -> None:
    """Gives a figure a post in an area (its public id) of 红旗社区."""

    async def work(unit: Unit) -> dict[str, Any]:
        kind = await unit.value(
            "select id from post_kind where community = :c and key = 'grid_head'", c=cast.hongqi
        )
        where = await unit.value("select id from area where public_id = :area", area=area)
        await add_posts(unit, [NewPost(kind, cast[name].person, where, "2026-01-01")])
        return {}

    await cast.do(cast.system(), work)


async def value(cast: Cast, sql: str, **params: Any) -> Any:
    return await cast.house.db.value(sql, **params)


async def open_teams(cast: Cast, name: str) -> int:
    """How many teams a figure is in now."""
    return int(
        await cast.house.db.value(
            "select count(*) from team_member where volunteer = :v and to_day is null",
            v=cast[name].volunteer,
        )
    )


def stranger(cast: Cast) -> Viewer:
    """Somebody who has not signed in, looking at 红旗社区."""
    return Viewer(cast.house, community=cast.hongqi)


APPLICATION = Application(name="马小红", phone="137 0000 0001", age="adult", agreed=True)


async def applies(cast: Cast, application: Application = APPLICATION, viewer: Viewer | None = None) -> bool:
    """Sends an application to 红旗社区; whether it is new."""
    done = await cast.do(viewer or stranger(cast), lambda unit: apply(unit, application))
    return bool(done.answer["value"])


async def the_applicant(cast: Cast, name: str = "陈社工") -> Applicant:
    """The first who waits, as the office sees him."""
    return (await waiting(await cast.viewer(name)))[0]
