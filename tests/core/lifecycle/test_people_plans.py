"""Pages about one of a hundred thousand: each statement enters by an index and reads few rows."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.activity.own import own_record
from core.base.house import House
from core.base.viewer import Viewer
from core.community.alike import Sought, alike
from core.community.applicants import how_many_wait, waiting
from core.community.choices import choices
from core.community.editing import recorded
from core.community.listing import teams_of
from core.community.membership import memberships
from core.community.relocation import code_out
from core.community.volunteers import by_number
from core.lifecycle.farewell import standing
from core.lifecycle.profile import own_profile, profile
from tests.support import crowd
from tests.support.plans import inspect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WHO = 5001
NUMBER = crowd.number_of(WHO)


def own(viewer: Viewer) -> Viewer:
    return Viewer(viewer.house, person=WHO, community=crowd.COMMUNITY, volunteer=WHO)


async def of_teams(viewer: Viewer) -> Any:
    return await memberships(viewer, await by_number(viewer, NUMBER))


async def likes(viewer: Viewer) -> Any:
    sought = [Sought(1, crowd.name_of(WHO), crowd.phone_of(WHO))]
    return await alike(viewer.house, viewer.house.db, viewer.community, sought)


READS: dict[str, tuple[int, Callable[[Viewer], Awaitable[Any]]]] = {
    "a profile": (3, lambda v: profile(v, NUMBER)),
    "one's own profile": (3, lambda v: own_profile(own(v))),
    "what editing begins with": (2, lambda v: recorded(v, NUMBER)),
    "teams of one": (2, of_teams),
    "teams of many": (1, lambda v: teams_of(v, range(WHO, WHO + 500))),
    "who may be the same": (1, likes),
    "the queue of applications": (1, waiting),
    "how many wait": (1, how_many_wait),
    "what filters offer": (1, choices),
    "a look before a farewell": (1, lambda v: standing(v, WHO)),
    "a moving code": (1, lambda v: code_out(v, WHO)),
    "one's own record": (1, lambda v: own_record(own(v), 300)),
}


@pytest.mark.parametrize("name", READS)
async def test_each_reads_few_rows_in_few_statements(crowd_house: House, name: str) -> None:
    most, read = READS[name]
    viewer = Viewer(crowd_house, community=crowd.COMMUNITY, system=True)
    with crowd_house.db.watch() as log:
        found = await read(viewer)
    assert found is not None or name == "a moving code"
    assert len(log) <= most
    await inspect(crowd_house, list(log))
    if name == "a profile":
        assert found.facts["number"] == NUMBER
