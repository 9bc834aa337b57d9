"""The operator opens a community in one form; its administrator signs in and finds everything in place."""

import pytest

from tests.support.cast import Cast
from tests.support.offices import Offices
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest, Reply
from tests.web.test_areas import send

NEW = "/communities/new"
GOOD = {
    "name": "向阳社区",
    "slug": "Xiangyang",
    "zone": "Asia/Shanghai",
    "help_phone": "0571-1",
    "above": "",
    "new_above": "",
    "new_above_kind": "street",
    "admin_name": "徐主任",
    "admin_phone": "139 1111 2222",
    "password": "quiet-harbour-71",
    "password_again": "quiet-harbour-71",
}


async def county(cast: Cast) -> str:
    return str(await cast.house.db.value("select public_id from area where name = '城关县'"))


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_new_community_is_complete_and_its_administrator_signs_in(enter: Enter, cast: Cast) -> None:
    operator = await enter("施运维")
    assert f'href="{NEW}"' in (await operator.get("/")).text
    wanted = {**GOOD, "above": await county(cast), "new_above": "朝阳街道"}
    fields = {**(await operator.get(NEW)).form(NEW), **wanted}
    replies = [await operator.post(NEW, fields) for _ in range(2)]
    assert [r.location for r in replies] == ["/c/xiangyang/settings"] * 2
    assert (await operator.get("/c/xiangyang/settings")).status == 200
    db = cast.house.db
    row = await db.one(
        "select n.name, n.kind, u.name as above, t.name as top from community c join area n on n.id = c.area "
        "join area u on u.id = n.parent join area t on t.id = u.parent where c.slug = 'xiangyang'"
    )
    assert row is not None
    assert tuple(row) == ("向阳社区", "community", "朝阳街道", "城关县")
    admin = Guest(operator.app)
    done = await send(admin, "/sign-in", login="13911112222", password=GOOD["password"])
    assert done.status == 303
    assert (await admin.get("/")).location == "/c/xiangyang"
    for page in ("/settings", "/areas", "/teams"):
        assert (await admin.get("/c/xiangyang" + page)).status == 200
    assert (await admin.get("/c/hongqi/settings")).status == 404
    assert "街道包联领导" in (await admin.get("/c/xiangyang/settings")).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "hongqi"}, "slug"),
        ({"slug": "红旗"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"name": ""}, "name"),
        ({"zone": "Mars"}, "zone"),
        ({"above": "0123456789AB"}, "above"),
        ({"admin_name": ""}, "admin_name"),
        ({"admin_phone": ""}, "admin_phone"),
        ({"admin_phone": "12"}, "admin_phone"),
        ({"password_again": "other"}, "password_again"),
        ({"password": "", "password_again": ""}, "password"),
        ({"password": "12345678", "password_again": "12345678"}, "password"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"new_above": "长" * 61}, "new_above"),
        ({"help_phone": "1" * 41}, "help_phone"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    enter: Enter, cast: Cast, changes: dict[str, str], field: str
) -> None:
    operator = await enter("施运维")
    reply: Reply = await send(operator, NEW, **{**GOOD, **changes})
    assert reply.status == 422
    assert f'id="{field}-error"' in reply.text
    assert GOOD["password"] not in reply.text
    if "admin_name" not in changes:
        assert 'value="徐主任"' in reply.text
    assert await cast.house.db.value("select count(*) from community") == 2
    assert await cast.house.db.value("select count(*) from person where name = '徐主任'") == 0


async def test_only_an_operator_opens_communities(enter: Enter, offices: Offices) -> None:
    for name in ("林主任", "高科长", "陈社工"):
        guest = await enter(name)
        assert (await guest.get(NEW)).status == 404
        assert NEW not in (await guest.get("/")).text
