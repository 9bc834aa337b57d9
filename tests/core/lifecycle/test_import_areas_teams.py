"""Lists of areas, by path, indentation or levels; and lists of teams."""

import pytest

from core.base.errors import NotFound
from core.community.areas import subtree
from tests.support.cast import Cast
from tests.support.lists import complaints, everything, table, take, take_out, told, xlsx


async def tree(cast: Cast) -> list[str]:
    """The community's areas as paths with their kinds, in order."""
    areas = await subtree(await cast.viewer("陈社工"))
    names = {a.id: a.name for a in areas}
    top = areas[0].path
    found = []
    for area in areas[1:]:
        ids = [int(part) for part in area.path.removeprefix(top).strip("/").split("/")]
        figures = f" {area.households}/{area.residents}" if area.households is not None else ""
        found.append("/".join(names[i] for i in ids) + f" {area.kind}{figures}")
    return sorted(found)


WANTED = ["第1网格 grid 100/250", "第1网格/3幢 building 20/50", "第1网格/3幢/1单元 unit", "第2网格 grid"]

LISTS = {
    "path": table(
        "路径,户数,人数",
        "红旗社区/第1网格,100,250",
        "第1网格/3幢,20户,50人",
        "城关县/红旗社区/第1网格/3幢/1单元,,",
        "第2网格,,",
        "红旗社区,,",
    ),
    "indentation": table(
        "名称,户数,人数", "第1网格,100,250", "　3幢,20,50", "　　1单元,,", "第2网格,,", "合计,120,300"
    ),
    "levels": xlsx(
        [
            ["网格", "楼栋", "单元", "户数", "人数"],
            [1, None, None, 100, 250],
            [None, 3, None, 20, 50],
            [None, None, 1, None, None],
            ["第2网格", None, None, None, None],
        ]
    ),
    "merged": xlsx(
        [
            ["网格", "楼栋", "单元", "户数", "人数"],
            ["第1网格", None, None, 100, 250],
            [None, "3幢", None, 20, 50],
            [None, "3幢", "1单元", None, None],
            ["第2网格", None, None, None, None],
        ],
        merge=["A2:A4"],
    ),
    "kinds": table(
        "路径,类型,户数,人数",
        "第1网格,网格,100,250",
        "第1网格/3幢,楼栋,20,50",
        "第1网格/3幢/1单元,单元,,",
        "第2网格,网格,,",
    ),
}


@pytest.mark.parametrize("way", LISTS)
async def test_areas_come_in_whichever_way_they_are_written(cast: Cast, way: str) -> None:
    worker = await cast.viewer("陈社工")
    assert (await take(worker, LISTS[way], "areas")).counts["areas"] == 4
    assert await tree(cast) == WANTED
    before = await everything(worker)
    for other in LISTS.values():
        assert (await take(worker, other, "areas")).act is None
    assert await everything(worker) == before


async def test_areas_that_are_missing_on_the_way_are_made(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, table("路径,类型", "东片/第1网格/3幢,", "东片/第1网格/4号楼,", "食堂,服务点"))
    assert await tree(cast) == [
        "东片 station",
        "东片/第1网格 grid",
        "东片/第1网格/3幢 building",
        "东片/第1网格/4号楼 building",
        "食堂 服务点",
    ]


async def test_lines_about_one_area_must_agree(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    faults = await complaints(
        worker, table("路径,户数", "第1网格,100", "第1网格,120", "第2网格,很多", "/".join("abcdefghi") + ",")
    )
    assert told(faults) == [
        (3, "", "Line 2 says something else about this area."),
        (4, "户数", "“很多” is not a whole number up to 10000000."),
        (5, "路径", "“a/b/c/d/e/f/g/h/i” is not the name of an area."),
    ]


async def test_areas_of_another_community_are_out_of_reach(cast: Cast) -> None:
    away = await cast.viewer("何社工", "xinxing")
    await take(away, LISTS["path"].replace("红旗".encode(), "新兴".encode()))
    assert await tree(cast) == []
    with pytest.raises(NotFound):
        await take(await cast.viewer("周审计"), LISTS["path"])


async def test_areas_cost_the_same_statements_whatever_their_number(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    counts = []
    for grid, buildings in (("甲", 1), ("乙", 300)):
        lines = [f"{grid}网格/{n}幢/{n}单元" for n in range(buildings)]
        with cast.house.db.watch() as log:
            await take(worker, table("路径", *lines))
        counts.append(len(log))
    assert counts[0] == counts[1]


TEAMS = table(
    "服务队名称,类别,队长,队长电话,网格,成立时间",
    "暖心队,助老,王队长,13900000006,第1网格,2024年3月",
    "棋友队,文化,,,,",
)


async def test_teams_come_in_with_leader_area_and_founding(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, LISTS["path"])
    text = TEAMS.replace(b"13900000006", cast["王队长"].phone.encode())
    done = await take(worker, text)
    assert (done.counts["teams"], done.counts["members"]) == (2, 1)
    row = await cast.house.db.one(
        "select t.category, a.name as area, t.created_at, m.role, m.volunteer, m.from_day from team t "
        "join area a on a.id = t.area join team_member m on m.team = t.id where t.name = '暖心队'"
    )
    assert row is not None
    assert (row["category"], row["area"], row["role"], row["volunteer"]) == (
        "助老",
        "第1网格",
        "leader",
        cast["王队长"].volunteer,
    )
    assert (row["from_day"], row["created_at"]) == ("2024-03-01", 1_709_222_400_000)
    before = await everything(worker)
    assert (await take(worker, text)).act is None
    assert await everything(worker) == before
    leader = await cast.viewer("王队长")
    team = await cast.house.db.value("select id from team where name = '暖心队'")
    assert leader.may("activity.record", team=team)
    await take_out(cast, worker)
    assert not (await cast.viewer("王队长")).may("activity.record", team=team)


async def test_a_leader_must_be_a_volunteer_here(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(
        "服务队名称,队长,队长电话,队长编号",
        f"暖心队,冯阿姨,{cast['冯阿姨'].phone},",
        "棋友队,王队长,,",
        f"棋友队,,,{cast['王队长'].number}",
        ",,,",
        f"合唱队,李阿姨,,{cast['王队长'].number}",
    )
    assert told(await complaints(worker, text)) == [
        (2, "队长", "Nobody here has this name and telephone number."),
        (3, "队长编号", "It does not say who is meant."),
        (4, "服务队名称", "Line 3 is about the same."),
        (6, "队长", "This number belongs to somebody with another name."),
    ]
