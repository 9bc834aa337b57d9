"""The office's things open for those they are meant for; what is foreign is in tests/web/test_matrix.py."""

import re

from litestar import Litestar

from core.community.post_kinds import add_post_kind
from core.community.posts import NewPost, add_posts
from tests.support.offices import Offices
from tests.support.served import serve
from tests.web.conftest import Enter
from tests.web.test_door import routes_of
from web.routes import Rule

THINGS = ("area", "post", "team", "number", "activity", "reward", "counter", "kind")
PARAMETER = re.compile(r"\{([a-z_]+):[a-z]+\}")
OFFICE = re.compile(r"/c/\{slug:str\}/(areas|teams|activities|stock|settings)/")


async def things(offices: Offices) -> dict[str, str]:
    """One of each in 红旗社区, by the name of its place in addresses."""
    cast, db = offices.cast, offices.house.db
    worker = await cast.viewer("陈社工")
    await serve(cast, "2026-11-20", 60, "李阿姨")
    post = NewPost(offices.kinds["grid_head"], cast["王队长"].person, offices.areas["第1网格"])
    await cast.do(worker, lambda unit: add_posts(unit, [post]))
    await cast.do(worker, lambda unit: add_post_kind(unit, "电梯安全员"))
    return {
        "area": offices.shown["第1网格"],
        "post": await db.value("select public_id from post"),
        "team": await db.value("select public_id from team where id = :id", id=cast.team),
        "number": cast["李阿姨"].number,
        "activity": await db.value("select public_id from activity"),
        "reward": await db.value("select public_id from reward limit 1"),
        "counter": await db.value("select public_id from counter"),
        "kind": await db.value("select key from post_kind where name = '电梯安全员'"),
    }


def _ours(rule: Rule) -> bool:
    """Whether a page of the office is about one of the things here."""
    about = set(PARAMETER.findall(rule.path))
    return OFFICE.match(rule.path) is not None and not about.isdisjoint(THINGS)


def address(path: str, slug: str, given: dict[str, str]) -> str:
    return PARAMETER.sub(lambda found: given.get(found[1], "0123456789AB"), path.replace("{slug:str}", slug))


async def test_what_is_there_opens_for_whom_it_is_meant(
    app: Litestar, enter: Enter, offices: Offices
) -> None:
    ours = await things(offices)
    worker, admin = await enter("陈社工"), await enter("林主任")
    for route in routes_of(app):
        rule = route.rule
        if rule.method != "GET" or not _ours(rule):
            continue
        guest = admin if "/settings" in rule.path else worker
        reply = await guest.get(address(rule.path, "hongqi", ours))
        assert reply.status == 200, rule
