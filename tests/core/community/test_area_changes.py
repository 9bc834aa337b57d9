"""The area tree: read around an area, changed, moved as a whole, taken away while nothing hangs on it."""

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound, Refused
from core.community.area_changes import Change, change_area, move_area, remove_area
from core.community.area_tree import Node, areas_to_choose, around, find_areas, open_area, tree
from core.community.areas import NewArea, add_areas
from core.community.posts import NewPost, add_posts
from core.community.roles import NewGrant, grant_roles
from tests.support.cast import Cast
from tests.support.offices import Offices


def names(node: Node) -> object:
    return {node.area.name: [names(n) for n in node.nodes]} if node.nodes else node.area.name


async def test_the_tree_is_the_communitys_own_and_stops_three_levels_down(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda u: add_areas(u, offices.areas["1号楼"], [NewArea("unit", "一单元")]))
    found = await tree(worker)
    assert names(found) == {"红旗社区": [{"第一工作站": [{"第1网格": ["1号楼", "2号楼"]}, "第2网格"]}]}
    (house, other) = found.nodes[0].nodes[0].nodes
    assert (house.below, other.below) == (1, 0)
    assert names(await tree(await cast.viewer("何社工", "xinxing"))) == "新兴社区"
    for who in ("李阿姨", "王队长", "孙店员"):
        with pytest.raises(NotFound):
            await tree(await cast.viewer(who))


async def test_around_an_area_stand_those_above_and_those_below(offices: Offices) -> None:
    worker = await offices.cast.viewer("陈社工")
    found = await around(worker, offices.shown["第1网格"])
    assert [a.name for a in found.above] == ["城关县", "红旗社区", "第一工作站"]
    assert [n.area.name for n in found.below] == ["1号楼", "2号楼"]
    foreign = await offices.house.db.value("select public_id from area where name = '新兴社区'")
    above = await offices.house.db.value("select public_id from area where name = '城关县'")
    for shown in (foreign, above, "0123456789AB"):
        with pytest.raises(NotFound):
            await around(worker, shown)
        with pytest.raises(NotFound):
            await open_area(worker, shown)


async def test_a_role_below_an_area_reaches_that_area_only(offices: Offices) -> None:
    cast = offices.cast
    grant = NewGrant(cast["吴大爷"].person, "auditor", community=cast.hongqi, area=offices.areas["第1网格"])
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    viewer = await cast.viewer("吴大爷")
    assert (await around(viewer, offices.shown["1号楼"])).area.name == "1号楼"
    for name in ("第2网格", "第一工作站"):
        with pytest.raises(NotFound):
            await around(viewer, offices.shown[name])


@pytest.mark.parametrize(
    ("text", "found"),
    [("网格", {"第1网格", "第2网格"}), ("1", {"第1网格", "1号楼"}), ("%", set()), ("!", set()), ("_", set())],
)
async def test_areas_are_found_by_a_part_of_their_name(offices: Offices, text: str, found: set[str]) -> None:
    worker = await offices.cast.viewer("陈社工")
    assert {area.name for area, _ in await find_areas(worker, text)} == found


async def test_a_choice_of_areas_runs_from_parents_to_children(offices: Offices) -> None:
    worker = await offices.cast.viewer("陈社工")
    assert [(a.name, depth) for a, depth in await areas_to_choose(worker)] == [
        ("红旗社区", 0), ("第一工作站", 1), ("第1网格", 2), ("1号楼", 3), ("2号楼", 3), ("第2网格", 2),
    ]  # fmt: skip


async def test_name_kind_and_figures_change_and_wrong_ones_are_said_at_the_field(offices: Offices) -> None:
    cast, area = offices.cast, offices.areas["第1网格"]
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: change_area(unit, area, Change("片区", " 东 片 ", 7, None)))
    after = (await around(worker, offices.shown["第1网格"])).area
    assert (after.kind, after.name, after.households, after.residents) == ("片区", "东 片", 7, None)
    with pytest.raises(Invalid) as refused:
        await cast.do(worker, lambda unit: change_area(unit, area, Change(" ", "长" * 61, -1, 10**12)))
    assert set(refused.value.fields) == {"kind", "name", "households", "residents"}
    detail = await cast.house.db.value("select detail from audit where action = 'area.change'")
    assert "东" not in detail
    for who, slug in (("周审计", "hongqi"), ("何社工", "xinxing")):
        viewer = await cast.viewer(who, slug)
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: change_area(unit, area, Change("grid", "某")))


async def test_a_subtree_moves_as_a_whole_in_the_same_statements_whatever_its_size(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    counted = []
    grid, other, house = (offices.areas[n] for n in ("第1网格", "第2网格", "1号楼"))
    for area, below, more in ((house, other, 0), (grid, other, 300)):
        if more:
            units = [NewArea("unit", f"{i}单元") for i in range(more)]
            await cast.do(worker, lambda u, units=units: add_areas(u, offices.areas["2号楼"], units))
        with cast.house.db.watch() as log:
            await cast.do(worker, lambda unit, area=area, below=below: move_area(unit, area, below))
        counted.append(len(log))
    assert counted[0] == counted[1]
    rows = await cast.house.db.fetch("select id, parent, path from area")
    paths = {row["id"]: row["path"] for row in rows}
    wrong = [r["id"] for r in rows if r["path"] != f"{paths.get(r['parent'], '/')}{r['id']}/"]
    assert not wrong
    assert paths[grid].startswith(paths[other])


async def test_no_area_ends_up_below_itself_elsewhere_or_too_deep(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    foreign = await cast.house.db.value("select area from community where id = :c", c=cast.xinxing)
    areas = ("第一工作站", "第1网格", "第2网格", "1号楼")
    station, grid, other, house = (offices.areas[n] for n in areas)

    async def deep(unit: Unit) -> dict[str, int]:
        area = house
        for depth in range(7):
            (area,) = await add_areas(unit, area, [NewArea("unit", str(depth))])
        return {"area": area}

    deepest = (await cast.do(worker, deep)).answer["area"]
    for area, below in ((grid, house), (grid, grid), (offices.top, grid), (other, deepest)):
        with pytest.raises(Invalid) as refused:
            await cast.do(worker, lambda unit, area=area, below=below: move_area(unit, area, below))
        assert list(refused.value.fields) == ["parent"]
    for area, below in ((grid, foreign), (foreign, grid), (grid, 10**9)):
        with pytest.raises(NotFound):
            await cast.do(worker, lambda unit, area=area, below=below: move_area(unit, area, below))
    assert await cast.house.db.value("select parent from area where id = :id", id=grid) == station


async def test_only_an_empty_area_is_taken_away_and_the_reason_is_said(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    post = NewPost(offices.kinds["building_head"], cast["吴大爷"].person, offices.areas["2号楼"])
    reasons = []
    for name in ("第1网格", "1号楼"):
        with pytest.raises(Refused) as refused:
            await cast.do(worker, lambda unit, name=name: remove_area(unit, offices.areas[name]))
        reasons.append(str(refused.value.message))
    assert "2 areas" in reasons[0]
    assert "live" in reasons[1]
    with pytest.raises(Refused):
        await cast.do(worker, lambda unit: remove_area(unit, offices.top))
    await cast.do(worker, lambda unit: add_posts(unit, [post]))
    with pytest.raises(Refused, match="post"):
        await cast.do(worker, lambda unit: remove_area(unit, offices.areas["2号楼"]))
    done = await cast.do(worker, lambda u: add_areas(u, offices.top, [NewArea("grid", "空")]))
    (empty,) = done.answer["value"]
    await cast.do(worker, lambda unit: remove_area(unit, empty))
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: remove_area(unit, empty))


async def test_an_area_of_another_community_is_not_there(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    foreign = await cast.house.db.value("select area from community where id = :c", c=cast.xinxing)
    for area in (foreign, 10**9):
        with pytest.raises(NotFound):
            await cast.do(worker, lambda unit, area=area: remove_area(unit, area))
