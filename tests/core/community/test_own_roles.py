"""A community's own roles: copied, ticked, changed at once, closed."""

from collections.abc import Iterable
from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound, Refused
from core.base.viewer import Viewer
from core.community import grants, own_roles
from core.community.grants import give, roles_here
from core.community.own_roles import BASES, change_role, close_role, copy_role
from core.community.roles import NewGrant
from tests.support.cast import Cast
from tests.support.offices import Offices

NONE: frozenset[str] = frozenset()


async def copied(cast: Cast, by: Viewer, base: str, name: str, ticked: Iterable[str]) -> str:
    async def work(unit: Unit) -> dict[str, Any]:
        return {"key": await copy_role(unit, base, name, list(ticked))}

    return str((await cast.do(by, work)).answer["key"])


async def hand(cast: Cast, by: Viewer, person: str, key: str) -> None:
    roles = await roles_here(by, NONE, grants.WRITE)
    wanted = NewGrant(cast[person].person, key, community=cast.hongqi)
    await cast.do(by, lambda unit: give(unit, wanted, roles))


async def test_a_copy_holds_what_was_ticked_and_nothing_else(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    key = await copied(cast, admin, "worker", "名册员", ["volunteer.read", "team.read"])
    await hand(cast, admin, "吴大爷", key)
    viewer = await cast.viewer("吴大爷")
    assert viewer.may("volunteer.read") and viewer.may("team.read")
    assert not viewer.may_somewhere("volunteer.write")
    assert not viewer.may_somewhere("patrol.record"), "a programme's permission was not ticked"


async def test_nobody_gives_more_than_he_holds_himself(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    assert not admin.may("redemption.make")
    await copied(cast, admin, "clerk", "台员", ["redemption.make", "points.read"])
    for permission in ("redemption.make", "operator", "role.write", "nothing.known"):
        with pytest.raises(Invalid, match="more than he holds"):
            await copied(cast, admin, "auditor", "审计二", ["audit.read", permission])
    with pytest.raises(Invalid):
        await copied(cast, admin, "auditor", "审计三", [])


async def test_high_roles_cannot_be_copied_nor_by_those_who_give_none(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    for base in ("administrator", "operator", "street", "volunteer", "leader", "nothing"):
        with pytest.raises(NotFound):
            await copied(cast, admin, base, "新角色", ["volunteer.read"])
    assert set(BASES) == {"clerk", "worker", "auditor"}
    with pytest.raises(NotFound):
        await copied(cast, await cast.viewer("陈社工"), "clerk", "新角色", ["redemption.make"])


async def test_a_change_counts_at_once_for_those_who_hold_it(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    key = await copied(cast, admin, "worker", "名册员", ["volunteer.read", "team.read"])
    await hand(cast, admin, "吴大爷", key)
    assert (await cast.viewer("吴大爷")).may("team.read")
    await cast.do(admin, lambda unit: change_role(unit, key, "名册员", ["volunteer.read", "area.read"]))
    viewer = await cast.viewer("吴大爷")
    assert viewer.may("area.read")
    assert not viewer.may_somewhere("team.read")
    detail = await cast.house.db.value("select detail from audit where action = 'role.change'")
    assert "area.read" in detail and "team.read" in detail


async def test_who_holds_a_role_does_not_change_it(offices: Offices) -> None:
    cast = offices.cast
    operator, admin = await cast.viewer("施运维"), await cast.viewer("林主任")
    key = await copied(cast, admin, "worker", "名册员", ["volunteer.read"])
    await hand(cast, operator, "林主任", key)
    admin = await cast.viewer("林主任")
    with pytest.raises(Refused, match="hold this role yourself"):
        await cast.do(admin, lambda unit: change_role(unit, key, "名册员", ["volunteer.read", "team.read"]))


async def test_a_role_is_closed_when_nobody_holds_it_and_given_no_more(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    key = await copied(cast, admin, "clerk", "台员", ["redemption.make"])
    await hand(cast, admin, "吴大爷", key)
    with pytest.raises(Refused, match="still holds"):
        await cast.do(admin, lambda unit: close_role(unit, key))
    grant = next(h.id for h in await grants.held(admin) if h.key == key)
    await cast.do(admin, lambda unit: grants.take(unit, grant))
    await cast.do(admin, lambda unit: close_role(unit, key))
    assert key not in [role.key for role in await roles_here(admin, NONE)]
    with pytest.raises(NotFound):
        await own_roles.own_role(admin, key)


async def test_a_role_of_another_community_is_none_here(offices: Offices) -> None:
    cast = offices.cast
    admin, operator = await cast.viewer("林主任"), await cast.viewer("施运维", "xinxing")
    key = await copied(cast, admin, "clerk", "台员", ["redemption.make"])
    assert key not in [role.key for role in await roles_here(operator, NONE)]
    with pytest.raises(NotFound):
        await cast.do(operator, lambda unit: change_role(unit, key, "台员", ["redemption.make"]))
    wanted = NewGrant(cast["冯阿姨"].person, key, community=cast.xinxing)
    from core.community.roles import grant_roles

    with pytest.raises(Invalid):
        await cast.do(operator, lambda unit: grant_roles(unit, [wanted]))


async def test_names_of_roles_are_told_apart(offices: Offices) -> None:
    cast = offices.cast
    admin = await cast.viewer("林主任")
    await copied(cast, admin, "clerk", "台员", ["redemption.make"])
    for name in ("台员", " 台员 ", "", "长" * 41):
        with pytest.raises(Invalid):
            await copied(cast, admin, "clerk", name, ["redemption.make"])
