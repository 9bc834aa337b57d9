"""Roles a programme brings along: checked when it is loaded, worth something only where it is on."""

from pathlib import Path

import pytest

from core.api import Message, Permission, Role
from core.base.house import House
from core.community.grants import roles_here
from core.community.roles import NewGrant, ensure_roles, grant_roles
from core.extension import switch
from core.extension.registry import Refusal, Registry
from tests.support.cast import Cast
from tests.support.programme import programme

WARDEN = Role(key="watch.warden", title=Message("Warden"), permissions=("watch.see", "points.read"))
PARTS = {
    "permissions": (Permission(key="watch.see", title=Message("See"), roles=("worker",)),),
    "roles": (WARDEN,),
}


@pytest.mark.parametrize(
    ("role", "why"),
    [
        (Role(key="other.warden", title=Message("W"), permissions=("watch.see",)), "does not begin with"),
        (Role(key="watch.a.b", title=Message("W"), permissions=("watch.see",)), "does not begin with"),
        (
            Role(key="watch.w", title=Message("W"), permissions=("community.settings",)),
            "neither the plugin's",
        ),
        (Role(key="watch.w", title=Message("W"), permissions=("watch.unknown",)), "neither the plugin's"),
        (Role(key="watch.w", title=Message("W"), permissions=("operator",)), "neither the plugin's"),
    ],
)
def test_a_role_that_wants_too_much_keeps_the_plugin_out(role: Role, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        Registry().add(programme(**{**PARTS, "roles": (role,)}), "watch")
    with pytest.raises(Refusal, match="declared twice"):
        Registry().add(programme(**{**PARTS, "roles": (WARDEN, WARDEN)}), "watch")


@pytest.fixture
async def watched(house: House, cast: Cast) -> Cast:
    """The programme runs; 吴大爷 is its warden in 红旗社区."""
    house.registry.add(programme(folder=Path(__file__).parent, **PARTS), "watch")
    await cast.do(cast.system(), ensure_roles)
    wanted = NewGrant(cast["吴大爷"].person, "watch.warden", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [wanted]))
    return cast


async def test_a_programme_s_role_counts_where_the_programme_is_on(watched: Cast) -> None:
    cast = watched
    assert (await cast.viewer("吴大爷")).grants == ()
    await cast.do(cast.system(), lambda unit: switch.enable(unit, "watch"))
    viewer = await cast.viewer("吴大爷")
    assert viewer.may("watch.see") and viewer.may("points.read")
    await cast.do(cast.system(), lambda unit: switch.disable(unit, "watch"))
    assert (await cast.viewer("吴大爷")).grants == ()


async def test_it_is_offered_where_the_programme_is_on(watched: Cast) -> None:
    worker = await watched.viewer("陈社工")
    assert "watch.warden" not in [role.key for role in await roles_here(worker, frozenset())]
    (role,) = [r for r in await roles_here(worker, frozenset({"watch"})) if r.key == "watch.warden"]
    assert (role.name, role.own, role.high, "team" in role.reaches) == ("Warden", False, False, True)
