"""Among a hundred thousand volunteers every way of finding people enters by an index and reads few rows."""

import pytest

from core.base.database import Statement
from core.base.house import House
from core.base.viewer import Viewer
from core.community.search import BEGIN, Found, Mark, Wanted, browse
from tests.support import crowd
from tests.support.plans import inspect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PAGE = 50
SMALL_GRID, GRID, WHOLE = "/10/60/", "/10/15/", "/10/"

WAYS = {
    "a number": (Wanted(text=crowd.number_of(5001)), "digits"),
    "a telephone number": (Wanted(text=crowd.phone_of(5001)), "digits"),
    "its last four digits": (Wanted(text="5001"), "digits"),
    "one letter": (Wanted(text="w"), "word"),
    "a common surname in pinyin": (Wanted(text="wang"), "word"),
    "a common surname": (Wanted(text="王"), "word"),
    "initials": (Wanted(text="zxy"), "word"),
    "a rare name": (Wanted(text="zhaojianguo"), "word"),
    "nothing typed": (Wanted(), "order"),
    "who left": (Wanted(status="left"), "order"),
    "active or left": (Wanted(status=""), "order"),
    "one team": (Wanted(team=crowd.TEAM + 3), "team"),
    "a small grid": (Wanted(area=SMALL_GRID), "area"),
    "a grid of two thousand": (Wanted(area=GRID), "area"),
    "the whole community": (Wanted(area=WHOLE), "order"),
    "a common word in a team": (Wanted(text="w", team=crowd.TEAM + 3), "team"),
    "a common word in a small grid": (Wanted(text="w", area=SMALL_GRID), "area"),
    "a common word in all": (Wanted(text="w", area=WHOLE), "word"),
    "a common word among who left": (Wanted(text="w", status="left"), "word"),
    "a rare word among who left": (Wanted(text="zhaojianguo", status="left"), "word"),
    "a rare word in a grid": (Wanted(text="zhaojianguo", area=GRID), "word"),
    "a team in a grid": (Wanted(team=crowd.TEAM + 3, area=WHOLE), "team"),
}


def worker(house: House) -> Viewer:
    return Viewer(house, community=crowd.COMMUNITY, system=True)


async def looked(house: House, wanted: Wanted, after: Mark = BEGIN) -> tuple[list[Found], list[Statement]]:
    with house.db.watch() as log:
        found = await browse(worker(house), wanted, after, PAGE)
    return found, list(log)


@pytest.mark.parametrize("name", WAYS)
async def test_each_way_enters_by_an_index_and_reads_few_rows(crowd_house: House, name: str) -> None:
    wanted, way = WAYS[name]
    found, log = await looked(crowd_house, wanted)
    assert len(log) <= 2
    assert {f.mark.way for f in found} <= {way}
    await inspect(crowd_house, log)
    if found:
        _, log = await looked(crowd_house, wanted, found[-1].mark)
        assert len(log) == 1
        await inspect(crowd_house, log)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(status=""), Wanted(text="w"), Wanted(area=WHOLE)])
async def test_the_thousandth_page_costs_what_the_first_does(crowd_house: House, wanted: Wanted) -> None:
    """The mark of a far page: taken from the list's order by the rows themselves."""
    viewer = worker(crowd_house)
    mark, seen = BEGIN, 0
    while seen < PAGE * 1000:
        found = await browse(viewer, wanted, mark, 5000)
        seen += len(found)
        if len(found) < 5000:
            break
        mark = found[-1].mark
    found, log = await looked(crowd_house, wanted, mark)
    assert found
    await inspect(crowd_house, log)
