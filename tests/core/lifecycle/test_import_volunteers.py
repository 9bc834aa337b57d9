"""Lists of people: who is new, who is known, what is asked, and what is wrong."""

from dataclasses import replace

import pytest

from core.base.act import Unit
from core.base.errors import NotFound
from core.community.areas import NewArea, add_areas
from core.community.numbers import new_number
from core.community.people import add_person
from core.community.search import search
from core.community.volunteers import NewVolunteer, add_volunteers
from core.lifecycle.demo import EXAMPLE
from core.lifecycle.imports.whole import bring, import_brought, look_through
from tests.support.cast import Cast
from tests.support.lists import (
    complaints,
    dry,
    everything,
    last_run,
    table,
    take,
    take_out,
    take_with,
    told,
    xlsx,
)

HEADER = "姓名,手机号,编号,服务队,职务,加入日期"
SMALL = table(
    HEADER, "马小云,13800009001,,晨练队,队长,2025-03-05", "苗青,13800009002,,晨练队,,2025/3/6", "方正,,,,,"
)


async def test_people_teams_and_roles_come_in_and_the_dry_run_foretold_it(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    before = await everything(worker)
    foretold = (await dry(worker, SMALL)).plan.counts
    assert await everything(worker) == before
    done = await take(worker, SMALL)
    assert done.counts == foretold
    assert (done.counts["people"], done.counts["teams"], done.counts["members"]) == (3, 1, 2)
    rows = await cast.house.db.fetch(
        "select p.name, m.role, v.joined_on, m.from_day from team t join team_member m on m.team = t.id "
        "join volunteer v on v.id = m.volunteer join person p on p.id = v.person "
        "where t.name = '晨练队' and t.community = :community order by p.name",
        community=cast.hongqi,
    )
    assert [tuple(r) for r in rows] == [
        ("苗青", "member", "2025-03-06", "2025-03-06"),
        ("马小云", "leader", "2025-03-05", "2025-03-05"),
    ]
    assert [v.name for v in await search(worker, "maxiao")] == ["马小云"]
    assert (await last_run(worker)).report.counts == done.counts


async def test_the_example_file_comes_in_whole_and_twice_adds_nothing(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    done = await take(worker, EXAMPLE.read_bytes())
    assert [done.counts[k] for k in ("rows", "people", "teams", "members")] == [65, 62, 2, 65]
    before = await everything(worker)
    for viewer in (worker, cast.system(), replace(worker, person=cast["施运维"].person)):
        again = await take(viewer, EXAMPLE.read_bytes())
        assert again.act is None
        assert (again.counts["people"], again.counts["members"], again.counts["known"]) == (0, 0, 62)
    assert await everything(worker) == before


async def test_a_longer_file_adds_its_new_rows_only(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, SMALL)
    longer = SMALL + table("", "凤鸣,13800009004,,晨练队,,", "马小云,13800009001,,夜跑队,,")
    done = await take(worker, longer)
    assert (done.counts["people"], done.counts["teams"], done.counts["members"]) == (1, 1, 2)


async def test_what_is_sealed_of_a_person_is_sealed_and_found_by_hash(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    header = "姓名,手机号,性别,出生日期,身份证号,住址,邮箱"
    line = "马小云,13800009001,女,1949年12月31日,11010519491231002X,红旗路8号,ma@example.com"
    await take(worker, table(header, line))
    person = await cast.house.db.value("select id from person where name = '马小云'")
    vault, db = cast.house.vault, cast.house.db
    fields = ["phone", "sex", "birth_date", "id_number", "address", "email"]
    assert (await vault.get(db, [person], fields))[person] == {
        "phone": "13800009001",
        "sex": "female",
        "birth_date": "1949-12-31",
        "id_number": "11010519491231002X",
        "address": "红旗路8号",
        "email": "ma@example.com",
    }
    rows = await db.fetch("select kind, hash from person_lookup where person = :p order by kind", p=person)
    assert [tuple(r) for r in rows] == [
        ("id_number", vault.hash("id_number", "11010519491231002X")),
        ("phone", vault.hash("phone", "13800009001")),
        ("phone4", vault.hash("phone4", "9001")),
    ]


async def test_where_somebody_lives_is_found_by_name_or_path(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")

    async def areas(unit: Unit) -> None:
        node = await unit.value("select area from community where id = :id", id=unit.community)
        first, second = await add_areas(unit, node, [NewArea("grid", "第1网格"), NewArea("grid", "第2网格")])
        for grid in (first, second):
            await add_areas(unit, grid, [NewArea("building", "3幢")])

    await cast.do(cast.system(), areas)
    header = "姓名,手机号,网格,楼栋"
    done = await take(
        worker, table(header, "马小云,13800009001,第１ 网格,", "苗青,13800009002,红旗社区/第2网格,3幢")
    )
    assert done.counts["homes"] == 2
    rows = await cast.house.db.fetch(
        "select p.name, a.name as area, u.name as above from residence r join area a on a.id = r.area "
        "join area u on u.id = a.parent join volunteer v on v.id = r.volunteer "
        "join person p on p.id = v.person order by r.id"
    )
    assert [tuple(r) for r in rows] == [("马小云", "第1网格", "红旗社区"), ("苗青", "3幢", "第2网格")]
    faults = await complaints(worker, table(header, "方正,,,3幢", "凤鸣,,第9网格,"))
    assert told(faults) == [
        (2, "网格", "Several areas are called “3幢”."),
        (3, "网格", "There is no area “第9网格” here."),
    ]


async def test_somebody_known_by_his_number_is_not_added_again(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    line = f"李阿姨,,{cast['李阿姨'].number},晨练队,,"
    done = await take(worker, table(HEADER, line))
    assert (done.counts["people"], done.counts["teams"], done.counts["members"]) == (0, 1, 1)
    assert told(await complaints(worker, table(HEADER, line.replace("李阿姨", "赵叔叔")))) == [
        (2, "姓名", "This number belongs to somebody with another name.")
    ]


async def test_a_couple_may_share_a_telephone_and_namesakes_differ_by_it(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(HEADER, "马小云,13800009001,,,,", "苗青,13800009001,,,,", "马小云,13800009009,,,,")
    checked = await dry(worker, text)
    assert checked.plan.proposals == []
    assert (await take(worker, text)).counts["people"] == 3


async def test_two_spellings_read_alike_with_one_telephone_are_asked_about(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(
        HEADER,
        "张莉,13800009001,,晨练队,,",
        "张丽,13800009001,,夜跑队,,",
        "歐陽靖,13800009002,,,,",
        "欧阳靖,13800009002,,,,",
        "钱奶奶,,,晨练队,,",
    )
    asked = (await dry(worker, text)).plan.proposals
    assert [(p.line, p.name, p.other_name, p.other_line, p.why, p.answer) for p in asked] == [
        (3, "张丽", "张莉", 2, "phone", True),
        (5, "欧阳靖", "歐陽靖", 4, "phone", True),
        (6, "钱奶奶", "钱奶奶", 0, "name", True),
    ]
    assert asked[2].other_number == cast["钱奶奶"].number
    done = await take_with(worker, text, "", {asked[1].key: False})
    assert (done.counts["people"], done.counts["members"], done.counts["same"]) == (3, 3, 2)
    names = await cast.house.db.fetch(
        "select p.name, (select count(*) from team_member m where m.volunteer = v.id) as teams "
        "from person p join volunteer v on v.person = p.id "
        "where p.name in ('张莉', '张丽', '歐陽靖', '欧阳靖', '钱奶奶') order by p.id"
    )
    # 张莉 keeps the first spelling and is in both teams; grandmother Qian is no longer added anew.
    assert [tuple(r) for r in names] == [("钱奶奶", 2), ("张莉", 2), ("歐陽靖", 0), ("欧阳靖", 0)]


async def test_known_people_with_another_spelling_or_the_same_id_number_are_asked_about(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    header = "姓名,手机号,身份证号"
    await take(worker, table(header, "张莉,13800009001,11010519491231002X", "陈勇,13800009002,"))
    text = table(header, "张丽,,11010519491231002X", "沈勇,13800009002,", "陈咏,13800009002,")
    asked = (await dry(worker, text)).plan.proposals
    assert [(p.line, p.other_name, p.why) for p in asked] == [(2, "张莉", "id_number"), (4, "陈勇", "phone")]
    faults = await complaints(worker, table(header, "赵六,,11010519491231002X"))
    assert told(faults) == [(2, "身份证号", "This ID number belongs to somebody with another name.")]


async def test_of_several_namesakes_without_telephone_nobody_is_chosen(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, table(HEADER, "王伟,13800009001,,,,", "王伟,13800009002,,,,"))
    (asked,) = (await dry(worker, table(HEADER, "王伟,,,,,"))).plan.proposals
    assert (asked.default, asked.answer) == (False, False)


async def test_one_person_in_two_lines_is_one_and_must_be_the_same_in_both(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    header = "姓名,手机号,服务队,职务,性别,出生日期"
    text = table(header, "马小云,13800009001,晨练队,,,", "马小云,13800009001,夜跑队,队长,女,1950-01-01")
    done = await take(worker, text)
    assert (done.counts["people"], done.counts["members"]) == (1, 2)
    text = table(header, "方正,13800009003,,,男,", "方正,13800009003,,,女,")
    assert told(await complaints(worker, text)) == [
        (3, "性别", "Line 2 says something else about the same person.")
    ]


async def test_several_teams_may_stand_in_one_cell_or_in_columns_of_their_own(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table("姓名,手机号,服务队,所属队伍", "马小云,13800009001,晨练队、夜跑队,棋友队")
    done = await take(worker, text)
    assert (done.counts["teams"], done.counts["members"]) == (3, 3)


async def test_every_bad_cell_is_named_by_line_and_column_with_the_cure(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(
        HEADER,
        ",13800009001,,,,",
        "马小云,1.38E+10,,,,",
        "苗青,,12345678,,,",
        "",
        "方正,,,,队长,",
        "凤鸣,,,晨练队,组长,",
        "花蕾,,,,,2026-02-30",
        "俞静,138,,,,2027-01-01",
    )
    faults = await complaints(worker, text)
    assert [(f.line, f.column) for f in faults] == [
        (2, "姓名"),
        (3, "手机号"),
        (4, "编号"),
        (6, "职务"),
        (7, "职务"),
        (8, "加入日期"),
        (9, "手机号"),
        (9, "加入日期"),
    ]
    assert all(f.cure is not None for f in faults)
    assert "shortened by the spreadsheet" in str(faults[1].message)


async def test_formulas_are_complained_about_where_they_matter(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    content = xlsx(
        [["姓名", "手机号", "备注"], ["王芳", '="138"&"00009001"', "=1+1"], ["李娜", 13800009002, ""]]
    )
    (fault,) = await complaints(worker, content)
    assert (fault.line, fault.column, str(fault.message)) == (2, "手机号", "This cell holds a formula.")
    assert "paste it as values" in str(fault.cure)


async def test_rows_that_contradict_each_other_are_named(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    number = new_number()
    text = table(HEADER, f"马小云,,{number},,,", f"苗青,,{number},晨练队,,")
    assert told(await complaints(worker, text)) == [(3, "编号", "Line 2 gives this number to somebody else.")]


async def test_a_number_of_another_community_is_refused_without_saying_whose(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(HEADER, f"冯阿姨,,{cast['冯阿姨'].number},,,")
    assert told(await complaints(worker, text)) == [(2, "编号", "This number belongs to somebody else.")]


async def test_people_of_elsewhere_are_never_proposed(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(HEADER, f"冯阿姨,{cast['冯阿姨'].phone},,,,", "冯阿仪,,,,,")
    checked = await dry(worker, text)
    assert checked.plan.proposals == []
    assert checked.plan.counts["people"] == 2


async def test_the_id_number_must_fit_birth_and_sex(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table("姓名,性别,出生日期,身份证号", "马小云,男,1950-01-01,11010519491231002X")
    assert [(f.line, f.column) for f in await complaints(worker, text)] == [(2, "出生日期"), (2, "性别")]


async def test_columns_nobody_knows_or_that_come_twice_are_refused(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    for text, column, message in (
        (table("姓名,星座", "马小云,白羊"), "星座", "Nobody knows this column."),
        (table("姓名,手机号", "马小云,13800009001,多余"), "", "This line has more cells than the header."),
        (table("手机号,服务队", "13800009001,"), "", "The column “Name” is missing."),
    ):
        (fault,) = await complaints(worker, text, "volunteers")
        assert (fault.column, str(fault.message)) == (column, message)


async def test_a_community_s_own_heading_can_be_said_once_and_common_ones_do_not_disturb(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table("序号,姓名,担任,备注,年龄", "1,马小云,队员,好,61")
    brought = await bring(worker, "list", text, "volunteers", {"担任": "role"})
    assert list(brought.wish.chosen) == ["-", "name", "role", "-", "-"]
    assert (await look_through(worker, brought)).plan.counts["people"] == 1


async def test_only_who_may_import_imports_and_only_at_home(cast: Cast) -> None:
    for name, slug in (
        ("李阿姨", "hongqi"),
        ("孙店员", "hongqi"),
        ("陈社工", "xinxing"),
        ("王队长", "hongqi"),
    ):
        viewer = await cast.viewer(name, slug)
        before = await everything(viewer)
        for step in (dry, take):
            with pytest.raises(NotFound):
                await step(viewer, SMALL)
        assert await everything(viewer) == before


async def test_somebody_who_left_is_not_taken_in_by_the_back_door(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")

    async def leaves(unit: Unit) -> None:
        await unit.execute("update volunteer set status = 'left' where id = :v", v=cast["李阿姨"].volunteer)

    await cast.do(worker, leaves)
    text = table(HEADER, f"李阿姨,,{cast['李阿姨'].number},晨练队,,")
    assert told(await complaints(worker, text)) == [
        (2, "姓名", "This person is not an active volunteer here.")
    ]


async def test_an_import_is_a_fixed_number_of_statements(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")

    async def statements(people: int, team: str) -> int:
        lines = (f"王{team}{i},138{people:03}{i:05},,{team},,2024-03-05" for i in range(people))
        with cast.house.db.watch() as log:
            await take(worker, table(HEADER, *lines))
        return len(log)

    assert await statements(2, "甲队") == await statements(400, "乙队")


async def test_what_is_added_between_the_look_and_the_act_is_seen(cast: Cast) -> None:
    """Somebody adds the same person by hand while the file is being prepared: it is looked at again."""
    worker = await cast.viewer("陈社工")
    brought = await bring(worker, "list", SMALL)
    checked = await look_through(worker, brought)

    async def by_hand(unit: Unit) -> None:
        person = await add_person(unit, "马小云", "13800009001")
        await add_volunteers(unit, [NewVolunteer(person, "2026-01-01")])

    await cast.do(worker, by_hand)
    done = await import_brought(worker, brought, checked=checked)
    assert (done.counts["people"], done.counts["known"]) == (2, 1)
    assert await cast.house.db.value("select count(*) from person where name = '马小云'") == 1


async def test_after_an_undo_the_same_file_comes_in_again(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    first = await take(worker, EXAMPLE.read_bytes())
    await take_out(cast, worker)
    again = await take(worker, EXAMPLE.read_bytes())
    assert again.act is not None and again.act != first.act
    assert again.counts == first.counts
