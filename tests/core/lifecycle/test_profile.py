"""Everything the office sees of one volunteer: on one page, in three statements, and only of its own people."""

from core.lifecycle.profile import profile
from tests.support.cast import Cast


async def test_one_page_is_three_statements_and_holds_what_is_recorded(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    with cast.house.db.watch() as log:
        found = await profile(worker, cast["李阿姨"].number)
    assert len(log) == 3
    assert (found.facts["name"], found.facts["status"]) == ("李阿姨", "active")
    assert found.sealed["phone"] == cast["李阿姨"].phone
    assert [(r["a"], r["e"], r["d"]) for r in found.of("team")] == [("夜间义务巡逻队", "member", None)]
    assert [(r["a"], r["b"]) for r in found.of("together")] == [("孙店员", None)]
    assert found.of("alike") == []
