"""Three spreadsheets as they come out of drawers: the right rows come in, the right complaints come out."""

from datetime import datetime
from typing import Any

from tests.support.book import check_book
from tests.support.cast import Cast
from tests.support.lists import complaints, dry, everything, table, take, take_with, told, xlsx


def register(*more: list[Any]) -> bytes:
    """A register of people: titles, a header of two rows with merged cells, sums, a sheet of advice."""
    return xlsx(
        [
            ["红旗社区志愿者花名册（２０２６年）"],
            ["填表人：陈晓梅", None, None, None, None, None, "2026年3月5日"],
            [],
            ["序号", "姓名", "联系方式", None, "所属队伍", "职务", "加入日期", "备注", None],
            [None, None, "手机", "住址", None, None, None, None, None],
            [1, "王 芳", 13800009001, "红旗路８号", "晨练队", "队长", datetime(2025, 3, 5), None, None],
            ["２", "李　娜", 13800009002.0, "同上", None, None, "2025年3月5日", "〃", None],
            ["3", "欧阳文静", "１３８ ０００ ０９００３", "〃", None, "副队长", "2025.3.5", "", " "],
            [4, "歐陽文靜", "138-0000-9003", "", "银龄互助队", "", "20250305", None, None],
            [5, "张莉", "+86 13800009004", None, "银龄互助队、棋友队", "队员", 45721, None, None],
            [6, "张丽", "13800009004.0", None, "棋友队", None, "2025/3/5 星期三", None, None],
            [7, "赵大妈", "13800009001", "红旗路9号", None, None, None, "与王芳同号", None],
            *more,
            [None, None, None, None, None, None, None, None, None],
            ["合计", 7, None, None, None, None, None, None, None],
            ["注：同号者为一家人", None, None, None, None, None, None, None, None],
        ],
        merge=["A1:I1", "A4:A5", "B4:B5", "C4:D4", "E4:E5", "F4:F5", "G4:G5", "H4:H5", "E6:E8"],
        others={"填表说明": [["一、手机号填 11 位。"], ["二、日期填年月日。"]]},
    )


async def test_a_register_of_people(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    checked = await dry(worker, register(), "volunteers")
    assert checked.plan.faults == []
    assert [(p.line, p.name, p.other_name, p.why, p.answer) for p in checked.plan.proposals] == [
        (9, "歐陽文靜", "欧阳文静", "phone", True),
        (11, "张丽", "张莉", "phone", True),
    ]
    done = await take(worker, register(), "volunteers")
    assert [done.counts[k] for k in ("rows", "people", "teams", "members", "same")] == [7, 5, 3, 6, 2]
    rows = await cast.house.db.fetch(
        "select p.name, v.joined_on, (select count(*) from team_member m where m.volunteer = v.id) as teams "
        "from person p join volunteer v on v.person = p.id where v.act = :act order by v.id",
        act=done.act,
    )
    assert [tuple(row) for row in rows] == [
        ("王芳", "2025-03-05", 1),
        ("李娜", "2025-03-05", 1),
        ("欧阳文静", "2025-03-05", 2),
        ("张莉", "2025-03-05", 2),
        ("赵大妈", "2026-11-23", 0),
    ]
    sealed = await cast.house.vault.get(
        cast.house.db,
        [
            r["id"]
            for r in await cast.house.db.fetch("select id from person where act = :a order by id", a=done.act)
        ],
        ["phone", "address"],
    )
    assert [fields.get("phone") for fields in sealed.values()] == [
        "13800009001",
        "13800009002",
        "13800009003",
        "13800009004",
        "13800009001",
    ]
    assert [fields.get("address") for fields in sealed.values()] == [
        "红旗路8号",
        "红旗路8号",
        "红旗路8号",
        None,
        "红旗路9号",
    ]
    before = await everything(worker)
    assert (await take(worker, register(), "volunteers")).act is None
    assert await everything(worker) == before


async def test_a_register_with_everything_wrong_that_can_be(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    bad = register(
        [8, "孙某", "1.38E+10", None, "晨练队", "组长", "3/5/25", None, None],
        [9, None, "138000", None, "晨练队", None, "2026-02-30", None, None],
        [10, "周某", '="138"&"00009005"', None, None, "队长", "下周", None, None],
        [11, "吴某", "13800009006、13800009007", None, None, None, 2027, None, None],
    )
    faults = await complaints(worker, bad, "volunteers")
    assert [(f.line, f.column) for f in faults] == [
        (13, "手机"),
        (13, "职务"),
        (13, "加入日期"),
        (14, "手机"),
        (14, "加入日期"),
        (14, "姓名"),
        (15, "手机"),
        (15, "加入日期"),
        (15, "职务"),
        (16, "手机"),
        (16, "加入日期"),
    ]
    assert all(fault.cure is not None for fault in faults)


HISTORY = (
    "红旗社区2025年志愿服务记录,,,,,,,,",
    ",,,,,,,,",
    "序号,志愿者姓名,联系电话,服务日期,服务时间,服务时长,活动名称,地点,签名",
    "1,李 阿姨,{li},2025年11月8日,19:30—21:30,,夜间巡逻,东门,",
    "２,赵叔叔,{zhao},2025.11.8,１９：３０-２１：３０,１.5小时,夜间巡逻,东门,",
    "3,赵叔叔,{zhao}.0,45970,下午2点至4点半,,〃,〃,",
    "4,里阿姨,{li},2025/11/10,,1小时30分,打扫楼道,,",
    "序号,志愿者姓名,联系电话,服务日期,服务时间,服务时长,活动名称,地点,签名",
    "5,王队长,{wang},2025-11-10 00:00:00,22:00-02:00,,夜间巡逻,东门,",
    ",,,,,,,,",
    "合计,,,,,11,,,",
    "审核：周审计,,,,,,,,",
)


def history(cast: Cast, *more: str) -> bytes:
    phones = {
        "li": cast["李阿姨"].phone,
        "zhao": cast["赵叔叔"].phone,
        "wang": cast["王队长"].phone,
    }
    lines = [*HISTORY[:9], *more, *HISTORY[9:]]
    return "\r\n".join(line.format(**phones) for line in lines).encode("gb18030")


async def test_a_year_of_service_in_gb18030(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    plan = (await dry(worker, history(cast))).plan
    assert plan.faults == []
    assert [(p.line, p.name, p.other_name) for p in plan.proposals] == [(7, "里阿姨", "李阿姨")]
    done = await take(worker, history(cast))
    assert [done.counts[k] for k in ("rows", "records", "volunteers", "minutes")] == [5, 5, 3, 690]
    rows = await cast.house.db.fetch(
        "select p.name, a.day, a.minutes, y.title, y.place, a.from_at is not null as timed from attendance a "
        "join person p on p.id = a.person join activity y on y.id = a.activity order by a.id"
    )
    assert [tuple(row) for row in rows] == [
        ("李阿姨", "2025-11-08", 120, "夜间巡逻", "东门", True),
        ("赵叔叔", "2025-11-08", 90, "夜间巡逻", "东门", True),
        ("赵叔叔", "2025-11-09", 150, "夜间巡逻", "东门", True),
        ("李阿姨", "2025-11-10", 90, "打扫楼道", "", False),
        ("王队长", "2025-11-10", 240, "夜间巡逻", "东门", True),
    ]
    assert await check_book(cast.house.db) == []
    before = await everything(worker)
    assert (await take(worker, history(cast))).act is None
    assert await everything(worker) == before


async def test_a_year_of_service_with_complaints(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    bad = history(
        cast,
        "6,李阿姨,{li},2025-11-08,20:00-22:00,,楼道,,",
        "7,没有的人,13899999999,2025-11-09,8:00-9:00,,巡逻,,",
        "8,王队长,{wang},2025-11-09,上午,,巡逻,,",
        "9,王队长,1.39E+10,2025-11-31,,2,巡逻,,",
        "10,赵叔叔,{zhao},2025-11-12,8:00-9:00,3,巡逻,,",
    )
    assert told(await complaints(worker, bad)) == [
        (10, "服务时间", "Line 4 has this person elsewhere at this time."),
        (11, "志愿者姓名", "Nobody here has this name and telephone number."),
        (12, "服务时间", "“上午” does not say from when to when."),
        (13, "联系电话", "“1.39E+10” was shortened by the spreadsheet."),
        (13, "服务日期", "“2025-11-31” is not a day we can read."),
        (14, "服务时长", "The hours are more than from and to allow."),
    ]


def book(cast: Cast, *more: list[Any]) -> bytes:
    """A points book: a title, units in the headings, hours as times of the day, figures with thousands."""
    return xlsx(
        [
            ["积分存折总账", None, None, None, None],
            ["编号", "姓  名", "积分余额\n（分）", "累计时长（小时）", "截止日期"],
            [int(cast["李阿姨"].number), "李阿姨", "1,280分", 36.5, datetime(2025, 12, 31)],
            [cast["赵叔叔"].number + ".0", "赵叔叔", 0, "12小时30分", "〃"],
            [cast["王队长"].number, "王队长", "４４", None, "2025年12月31日"],
            *more,
            ["小计", None, "1324", 49, None],
        ],
        merge=["A1:E1"],
    )


async def test_a_points_book(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    done = await take_with(worker, book(cast), "openings", {})
    assert [done.counts[k] for k in ("rows", "openings", "points", "minutes")] == [3, 3, 1324, 2940]
    days = await cast.house.db.fetch("select distinct day from opening")
    assert [row["day"] for row in days] == ["2025-12-31"]
    assert await check_book(cast.house.db) == []
    assert (await take(worker, book(cast), "openings")).act is None
    bad = book(
        cast,
        [12345678, "没有的人", 10, None, None],
        [cast["钱奶奶"].number, "赵叔叔", 10, None, None],
        [cast["吴大爷"].number, "吴大爷", 10.5, "很久", "=TODAY()"],
    )
    assert told(await complaints(worker, bad, "openings")) == [
        (6, "编号", "“12345678” is not a volunteer number of ours."),
        (7, "姓 名", "This number belongs to somebody with another name."),
        (8, "积分余额 （分）", "“10.5” is not a whole number up to 1000000000."),
        (8, "累计时长（小时）", "“很久” is not a length of time."),
        (8, "截止日期", "This cell holds a formula."),
    ]


async def test_the_same_lists_as_csv_say_the_same(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(
        "红旗社区志愿者花名册,,,",
        "姓名,手机,所属队伍,加入日期",
        "王 芳,13800009001.0,晨练队,2025年3月5日",
        "李　娜,1.3800009002E+10,〃,45721",
        ",,,",
        "合计,2,,",
    )
    done = await take(worker, text)
    assert [done.counts[k] for k in ("rows", "people", "teams", "members")] == [2, 2, 1, 2]
