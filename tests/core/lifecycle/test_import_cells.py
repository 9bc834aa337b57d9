"""Cells as people and spreadsheets write them: read rightly, or refused with a cure. Nothing fails."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lifecycle.imports import cells, times
from core.lifecycle.imports.days import day
from core.lifecycle.imports.faults import Wrong
from core.lifecycle.imports.headings import heading_key
from core.lifecycle.imports.places import parts_of
from core.lifecycle.imports.team_names import teams_of

TODAY = "2026-11-23"


def read(reader: Callable[[str], Any], text: str) -> Any:
    """The value, or 'wrong'."""
    try:
        return reader(text)
    except Wrong as wrong:
        assert str(wrong.message) and str(wrong.cure)
        return "wrong"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "２０２６年３月５日",
        "20260305",
        "46086",
        "46086.0",
        "2026-03-05 00:00:00",
        "2026/3/5 0:00",
        "2026年3月5日 星期四",
        "2026年3月5日（周四）",
        "二〇二六年三月五日",
        "5 Mar 2026",
        "March 5, 2026",
        "2026-03-05T08:00:00Z",
        "'2026-03-05",
        "2026 - 03 - 05",
        "2026年3月5号",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert day(text, TODAY) == "2026-03-05"


@pytest.mark.parametrize(
    "text",
    [
        "3/5/2026",
        "05/03/26",
        "26-3-5",
        "2026-02-30",
        "2026-13-01",
        "2026.3",
        "2026年3月",
        "明天",
        "",
        "0",
        "1e9",
        "2026-11-24",
        "1899-01-01",
        "2026-3-5-7",
        "二〇二六年",
        "99999",
    ],
)
def test_a_day_that_could_be_another_is_refused(text: str) -> None:
    assert read(lambda t: day(t, TODAY), text) == "wrong"


def test_a_month_is_its_first_day_where_that_is_enough() -> None:
    for text in ("2026年3月", "2026-03"):
        assert day(text, TODAY, month_is_enough=True) == "2026-03-01"
    # What a spreadsheet makes of 2026.10 is 2026.1.
    assert read(lambda t: day(t, TODAY, month_is_enough=True), "2026.1") == "wrong"


@given(st.dates(date(1950, 1, 1), date(2026, 11, 23)))
def test_every_day_is_read_back_in_every_way(when: date) -> None:
    ways = (
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}.{0.month:02}.{0.day:02}",
        "{0.year}{0.month:02}{0.day:02}",
        "{0.year}-{0.month}-{0.day} 12:30:00",
    )
    for way in ways:
        assert day(way.format(when), TODAY) == when.isoformat()
    serial = (when - date(1899, 12, 30)) // timedelta(days=1)
    if serial >= 20_000:
        assert day(str(serial), TODAY) == when.isoformat()


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800000001", "13800000001"),
        ("138 0000 0001", "13800000001"),
        ("１３８００００００01", "13800000001"),
        ("13800000001.0", "13800000001"),
        ("1.3800000001E+10", "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("0571-86000001", "057186000001"),
        ("（0571）86000001", "057186000001"),
        ("'13800000001", "13800000001"),
        ("\u202d13800000001\u202c", "13800000001"),
        ("", ""),
        ("1.38E+10", "wrong"),
        ("86000001", "wrong"),
        ("13800000001、13800000002", "wrong"),
        ("无", "wrong"),
        ("1380000000", "wrong"),
    ],
)
def test_a_telephone_number_is_read_or_refused(text: str, phone: str) -> None:
    assert read(cells.phone, text) == phone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("110105 19491231 002X", "11010519491231002X"),
        ("", ""),
        ("110105194912310021", "wrong"),
        ("110105194913310022", "wrong"),
        ("1.10105194912E+17", "wrong"),
        ("110105491231002", "wrong"),
    ],
)
def test_an_id_number_is_reckoned_through(text: str, number: str) -> None:
    assert read(cells.id_number, text) == number


def test_an_id_number_says_birth_and_sex() -> None:
    assert cells.born_by("11010519491231002X") == "1949-12-31"
    assert cells.sex_by("11010519491231002X") == "female"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("12.5", 750),
        ("12:30", 750),
        ("12小时30分", 750),
        ("12小時30分鐘", 750),
        ("12 h", 720),
        ("90分钟", 90),
        ("1.5小时", 90),
        ("半小时", 30),
        ("1个半小时", 90),
        ("两小时半", 150),
        ("36:30:00", 2190),
        ("1,280", 76_800),
        ("０．５", 30),
        ("0", 0),
        ("", None),
        ("3天", "wrong"),
        ("一会儿", "wrong"),
        ("-1", "wrong"),
        ("12:75", "wrong"),
        ("1e3", "wrong"),
    ],
)
def test_a_length_of_time_is_read_or_refused(text: str, minutes: object) -> None:
    assert read(times.length, text) == minutes


def test_a_bare_number_counts_in_the_column_s_unit() -> None:
    assert times.length("90", "minutes") == 90
    assert times.length("90", "hours") == 5400
    assert times.length("1小时", "minutes") == 60
    assert read(lambda t: times.length(t, "minutes"), "1.5") == "wrong"


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("8:30", 510),
        ("08:30:00", 510),
        ("8点半", 510),
        ("８：３０", 510),
        ("下午3点", 900),
        ("3:20 PM", 920),
        ("0830", 510),
        ("24:00", 1440),
        ("0.354166666666667", 510),
        ("12:00 AM", 0),
        ("25:00", "wrong"),
        ("8", "wrong"),
        ("8.30", "wrong"),
        ("8:61", "wrong"),
        ("上午", "wrong"),
    ],
)
def test_a_time_of_the_day_is_read_or_refused(text: str, clock: object) -> None:
    found = read(times.clock, text)
    assert (found.minutes if isinstance(found, times.Clock) else found) == clock


def test_a_time_may_bring_its_day_along() -> None:
    assert times.clock("2024-03-05 08:30") == times.Clock(510, "2024-03-05")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("8:00-10:30", (480, 630)),
        ("下午2点至4点", (840, 960)),
        ("08:00～10:00", (480, 600)),
        ("22:00-02:00", (1320, 120)),
        ("8:00", "wrong"),
        ("上午", "wrong"),
        ("8:00-9:00-10:00", "wrong"),
    ],
)
def test_from_and_to_may_stand_in_one_cell(text: str, span: object) -> None:
    assert read(times.span, text) == span


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("128", 128),
        ("1,280", 1280),
        ("１２８分", 128),
        ("128积分", 128),
        ("128.0", 128),
        ("48户", 48),
        ("", None),
        ("128.5", "wrong"),
        ("-5", "wrong"),
        ("五", "wrong"),
        ("1001", "wrong"),
    ],
)
def test_a_whole_number_is_read_or_refused(text: str, number: object) -> None:
    assert read(lambda t: cells.whole(t, 1280 if number == 1280 else 1000), text) == number


def test_names_teams_and_paths_lose_their_stray_blanks() -> None:
    assert cells.name(" 王　芳 ") == "王芳"
    assert cells.name("Ａｎｎａ  Li") == "Anna Li"
    assert teams_of("夜间巡逻队、 银龄互助队；\n夜跑队") == ("夜间巡逻队", "银龄互助队", "夜跑队")
    assert teams_of("Morning, walkers") == ("Morning, walkers",)
    assert parts_of("第1网格 / 3幢／2单元") == ("第1网格", "3幢", "2单元")
    assert cells.words("红旗路\x01８号\u200b", 40) == "红旗路 8号"
    assert cells.words("a\x01b", 40) == "a b"


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("手机号（11位）*", "手机号"),
        ("手 机 号：", "手机号"),
        ("時長（分鐘）", "时长分钟"),
        ("志願者編號", "志愿者编号"),
        ("Volunteer Number", "volunteernumber"),
        ("＊姓名\n(必填)", "姓名"),
    ],
)
def test_headings_are_boiled_down(heading: str, key: str) -> None:
    assert heading_key(heading) == key


READERS: list[Callable[[str], Any]] = [
    lambda t: day(t, TODAY),
    lambda t: day(t, TODAY, month_is_enough=True),
    cells.phone,
    cells.number,
    cells.id_number,
    cells.name,
    cells.email,
    cells.sex,
    cells.role,
    lambda t: cells.words(t, 40),
    lambda t: cells.whole(t, 10**9),
    times.length,
    lambda t: times.length(t, "minutes"),
    times.clock,
    times.span,
    teams_of,
    parts_of,
    heading_key,
]
CELLS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789:.-/年月日点半小时分至到E+ 　０１２〇一二十上下午AMpm", max_size=20),
    st.floats().map(str),
    st.integers().map(str),
)


@given(CELLS)
def test_whatever_stands_in_a_cell_is_a_value_or_a_complaint(text: str) -> None:
    for reader in READERS:
        read(reader, text)
