"""Importing volunteers and teams from one file."""

import pytest

from core.base.errors import NotFound
from core.community.numbers import new_number
from core.lifecycle.csv_table import BadFile
from core.lifecycle.demo import EXAMPLE
from core.lifecycle.import_csv import Imported, import_csv, look_through
from tests.support.cast import Cast

ZONE = "Asia/Shanghai"
HEADER = "姓名,手机号,编号,服务队,职务,加入日期\n"
SMALL = HEADER + "马小云,13800009001,,晨练队,队长,2025-03-05\n苗青,13800009002,,晨练队,,2025/3/6\n方正,,,,,\n"


async def count(cast: Cast, table: str) -> int:
    statements = {
        "person": "select count(*) from person",
        "volunteer": "select count(*) from volunteer",
        "team": "select count(*) from team",
        "team_member": "select count(*) from team_member",
        "act": "select count(*) from act",
    }
    return int(await cast.house.db.value(statements[table]))


async def faults(cast: Cast, text: str | bytes) -> list[tuple[int, str, str]]:
    """What is wrong, as (line, column, message); the dry pass and the import say the same."""
    content = text.encode() if isinstance(text, str) else text
    worker = await cast.viewer("陈社工")
    before = [await count(cast, t) for t in ("person", "volunteer", "team", "team_member", "act")]
    with pytest.raises(BadFile) as dry:
        await look_through(worker, content, ZONE)
    with pytest.raises(BadFile) as wet:
        await import_csv(worker, content, ZONE)
    assert dry.value.faults == wet.value.faults
    assert [await count(cast, t) for t in ("person", "volunteer", "team", "team_member", "act")] == before
    return [(f.line, f.column, str(f.message)) for f in wet.value.faults]


async def test_people_teams_and_roles_come_in_and_the_dry_pass_foretold_it(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    plan = await look_through(worker, SMALL.encode(), ZONE)
    assert (plan.rows, plan.people, plan.teams, plan.memberships) == (3, 3, 1, 2)
    assert await import_csv(worker, SMALL.encode(), ZONE) == Imported(3, 3, 1, 2)
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


async def test_the_example_file_comes_in_whole(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    done = await import_csv(worker, EXAMPLE.read_bytes(), ZONE)
    assert (done.rows, done.volunteers, done.teams, done.memberships) == (65, 62, 2, 65)


async def test_the_same_file_twice_adds_nothing(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    first = await import_csv(worker, EXAMPLE.read_bytes(), ZONE)
    people = await count(cast, "person")
    again = await import_csv(worker, EXAMPLE.read_bytes(), ZONE)
    assert again.replayed
    assert (again.rows, again.volunteers) == (first.rows, first.volunteers)
    by_another = await import_csv(cast.system(), EXAMPLE.read_bytes(), ZONE)
    assert (by_another.volunteers, by_another.teams, by_another.memberships) == (0, 0, 0)
    assert await count(cast, "person") == people


async def test_a_longer_file_adds_its_new_rows_only(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await import_csv(worker, SMALL.encode(), ZONE)
    longer = SMALL + "凤鸣,13800009004,,晨练队,,\n马小云,13800009001,,夜跑队,,\n"
    done = await import_csv(worker, longer.encode(), ZONE)
    assert (done.volunteers, done.teams, done.memberships) == (1, 1, 2)


async def test_somebody_known_by_his_number_is_not_added_again(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    line = f"李阿姨,,{cast['李阿姨'].number},晨练队,,\n"
    done = await import_csv(worker, (HEADER + line).encode(), ZONE)
    assert (done.volunteers, done.teams, done.memberships) == (0, 1, 1)
    assert await faults(cast, HEADER + line.replace("李阿姨", "李大姐")) == [
        (2, "姓名", "This number belongs to somebody with another name.")
    ]


async def test_a_couple_may_share_a_telephone_and_namesakes_differ_by_it(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = HEADER + "马小云,13800009001,,,,\n苗青,13800009001,,,,\n马小云,13800009009,,,,\n"
    assert (await import_csv(worker, text.encode(), ZONE)).volunteers == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_files_as_spreadsheets_save_them_are_read(cast: Cast, encoding: str) -> None:
    worker = await cast.viewer("陈社工")
    text = SMALL.replace("方正", "𠮷田镕堃").replace("\n", "\r\n").replace(",", ";")
    done = await import_csv(worker, text.encode(encoding), ZONE)
    assert (done.volunteers, done.teams) == (3, 1)
    found = await cast.house.db.value("select count(*) from person where name = '𠮷田镕堃'")
    assert found == 1


async def test_english_headers_in_any_order_are_read(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = 'Team,Name,Role,Phone\n"Morning, walkers","Anna Li",Leader,+86 138-0000-9001\n'
    done = await import_csv(worker, text.encode(), ZONE)
    assert (done.volunteers, done.teams, done.memberships) == (1, 1, 1)


async def test_every_bad_cell_is_named_by_line_and_column_with_the_cure(cast: Cast) -> None:
    text = (
        HEADER
        + ",13800009001,,,,\n"
        + "马小云,1234,,,,\n"
        + "苗青,,12345678,,,\n"
        + "\n"
        + "方正,,,,队长,\n"
        + "凤鸣,,,晨练队,组长,\n"
        + "花蕾,,,,,2026-02-30\n"
        + "俞静,,,,,2027-01-01\n"
    )
    assert await faults(cast, text) == [
        (2, "姓名", "Please give the name."),
        (3, "手机号", "This is not a telephone number: 11 digits, or with area code."),
        (4, "编号", "This is not a volunteer number. Leave the cell empty to get a new one."),
        (6, "服务队", "A leader needs a team."),
        (7, "职务", "Write 队员, 队长 or 副队长, or leave the cell empty."),
        (8, "加入日期", "Write the day as 2026-03-05, not after today."),
        (9, "加入日期", "Write the day as 2026-03-05, not after today."),
    ]


async def test_rows_that_contradict_each_other_are_named(cast: Cast) -> None:
    number = new_number()
    text = HEADER + f"马小云,,{number},,,\n苗青,,{number},晨练队,,\n方正,,,,,\n方正,,,,,\n"
    assert await faults(cast, text) == [
        (3, "编号", "Line 2 gives this number to somebody else."),
        (5, "", "The same person is in line 4 already."),
    ]


async def test_a_number_of_another_community_is_refused_without_saying_whose(cast: Cast) -> None:
    text = HEADER + f"冯阿姨,,{cast['冯阿姨'].number},,,\n"
    assert await faults(cast, text) == [(2, "编号", "This number belongs to somebody else.")]


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        (b"", 1, "", "The file is empty."),
        (b"\xff\xfe\x00\x00\x81", 1, "", "cannot be read"),
        (b"PK\x03\x04\x00\x00\x00\x00", 1, "", "cannot be read"),
        ("姓名,星座\n马小云,白羊\n", 1, "星座", "Nobody knows this column"),
        ("姓名,手机,电话\n马小云,,\n", 1, "电话", "This column is there twice."),
        ("手机号\n13800009001\n", 1, "姓名", "The column “姓名” is missing."),
        (HEADER + "马小云,,,,,,,多余\n", 2, "", "more cells than the header"),
        (HEADER + '"马小云,,,,,\n', 2, "", "quotation mark"),
        (HEADER + "马小云,,," + "长" * 2000 + ",,\n", 2, "服务队", "The cell is too long."),
        (HEADER + "马小云\n" * 20_001, 20_002, "", "At most 20000 rows at a time."),
    ],
)
async def test_files_that_are_no_such_table_are_refused(
    cast: Cast, content: bytes | str, line: int, column: str, message: str
) -> None:
    (first, *_) = await faults(cast, content)
    assert first[:2] == (line, column)
    assert message in first[2]


async def test_only_who_may_import_imports_and_only_at_home(cast: Cast) -> None:
    for name, slug in (("李阿姨", "hongqi"), ("孙店员", "hongqi"), ("陈社工", "xinxing")):
        viewer = await cast.viewer(name, slug)
        with pytest.raises(NotFound):
            await import_csv(viewer, SMALL.encode(), ZONE)
        with pytest.raises(NotFound):
            await look_through(viewer, SMALL.encode(), ZONE)


async def test_an_import_is_a_fixed_number_of_statements(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")

    async def statements(people: int, team: str) -> int:
        text = HEADER + "".join(f"王{team}{i},1381{i:07d},,{team},,\n" for i in range(people))
        with cast.house.db.watch() as log:
            await import_csv(worker, text.encode(), ZONE)
        return len(log)

    assert await statements(2, "甲队") == await statements(400, "乙队")
