"""From bytes to rows: where the header is, what is no row, and files made to do harm."""

import io
import zipfile
from datetime import datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment

from core.base.house import House
from core.lifecycle.imports import grids, reading, xlsx_child
from core.lifecycle.imports.faults import BadFile
from core.lifecycle.imports.headings import known_as
from core.lifecycle.imports.reading import read_file
from core.lifecycle.imports.table import Table, find_table
from tests.support.lists import table, xlsx

KNOWN = known_as(
    [
        ("name", "姓名"),
        ("phone", "手机 手机号"),
        ("address", "地址"),
        ("team", "服务队"),
        ("leader", "队长姓名"),
        ("joined", "加入日期"),
    ]
)


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def read(house: House, content: bytes) -> Table:
    return find_table(await read_file(house, content), KNOWN)


def rows(found: Table) -> list[tuple[int, list[str]]]:
    return [(row.line, row.cells) for row in found.rows]


async def refused(house: House, content: bytes) -> str:
    with pytest.raises(BadFile) as bad:
        await read(house, content)
    return str(bad.value.faults[0].message)


async def test_titles_above_and_sums_below_are_no_rows(house: House) -> None:
    found = await read(
        house,
        xlsx(
            [
                ["城江社区志愿者花名册"],
                ["填表人：陈晓梅", None, "2026年3月"],
                [],
                ["序号", "姓名", "手机号"],
                ["例：1", "张三", "13800000000"],
                [1, "王芳", 13800009001],
                ["序号", "姓名", "手机号"],
                [2, "李娜", 13800009002.0],
                [None, None, None, None],
                ["合计", 2],
                ["注：以上为在册人员"],
                ["第二季度", "第二季度", "第二季度"],
            ],
            merge=["A1:C1"],
        ),
    )
    assert found.headings == ["序号", "姓名", "手机号"]
    assert rows(found) == [(6, ["1", "王芳", "13800009001"]), (8, ["2", "李娜", "13800009002"])]
    assert [line for _, line in found.left_out] == [5, 10, 11, 12]


async def test_a_header_of_two_rows_is_read_as_one_with_and_without_merged_cells(house: House) -> None:
    head = [["姓名", "联系方式", None, "服务队", "队长"], [None, "手机", "地址", None, "姓名"]]
    body = ["王芳", "13800009001", "红旗路8号", "晨练队", "赵四"]
    merged = await read(house, xlsx([*head, body], merge=["A1:A2", "B1:C1", "D1:D2"]))
    plain = await read(house, table("姓名,联系方式,,服务队,队长", ",手机,地址,,姓名", ",".join(body)))
    assert merged.headings == plain.headings == ["姓名", "手机", "地址", "服务队", "队长姓名"]
    assert rows(merged) == rows(plain) == [(3, body)]


async def test_merged_cells_hold_what_their_first_says(house: House) -> None:
    body = [["姓名", "服务队"], ["王芳", "晨练队"], ["李娜"], ["张莉"], [None, None]]
    found = await read(house, xlsx(body, merge=["B2:B5"]))
    assert rows(found) == [(2, ["王芳", "晨练队"]), (3, ["李娜", "晨练队"]), (4, ["张莉", "晨练队"])]


async def test_the_same_as_above_is_said_in_many_ways(house: House) -> None:
    found = await read(house, table("姓名,服务队", "王芳,晨练队", "李娜,同上", "张莉,〃", "赵四,″"))
    assert [row.cells[1] for row in found.rows] == ["晨练队"] * 4


async def test_blank_columns_and_rows_to_the_right_and_below_vanish(house: House) -> None:
    found = await read(house, table("姓名,手机号,,,", "王芳,13800009001,,,", ",,,,", "  ,\t,,,", "李娜,,,,"))
    assert found.headings == ["姓名", "手机号"]
    assert rows(found) == [(2, ["王芳", "13800009001"]), (5, ["李娜", ""])]


async def test_all_sheets_with_such_a_list_are_read_and_the_others_named(house: House) -> None:
    found = await read(
        house,
        xlsx(
            [["姓名", "手机号"], ["王芳", "13800009001"]],
            others={
                "说明": [["请按表填写"]],
                "二队": [["手机号", "姓名", "加入日期"], ["13800009002", "李娜", "2026-03-05"]],
            },
        ),
    )
    assert found.headings == ["姓名", "手机号", "加入日期"]
    assert [row.cells for row in found.rows] == [
        ["王芳", "13800009001", ""],
        ["李娜", "13800009002", "2026-03-05"],
    ]
    assert [found.sheet(row) for row in found.rows] == ["名单", "二队"]
    assert found.skipped == ["说明"]


async def test_a_hidden_sheet_stays_hidden(house: House) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([["姓名"], ["王芳"]], others={"旧": [["姓名"], ["赵四"]]})))
    book["旧"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert [row.cells for row in (await read(house, out.getvalue())).rows] == [["王芳"]]


async def test_values_are_read_as_a_person_reads_them(house: House) -> None:
    values: list[Any] = [
        13800000001,
        13800000001.0,
        12.5,
        True,
        datetime(2026, 3, 5),
        datetime(2026, 3, 5, 8, 30),
        time(8, 30),
        timedelta(hours=36, minutes=30),
        datetime(1900, 1, 1, 12, 30),
        datetime(1900, 3, 1, 12, 30),
        330102199001011234,
    ]
    found = await read(house, xlsx([["姓名", *"abcdefghijk"], ["王芳", *values]]))
    assert found.rows[0].cells[1:] == [
        "13800000001",
        "13800000001",
        "12.5",
        "TRUE",
        "2026-03-05",
        "2026-03-05 08:30",
        "08:30",
        "36:30",
        "36:30",
        "1476:30",
        "3.3010219900E+17",
    ]


async def test_formulas_errors_and_endless_cells_are_marked(house: House) -> None:
    content = xlsx([["姓名", "手机号", "地址"], ["=A1", "#N/A", "长" * 3000], ["王芳", '=B1&"1"', ""]])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0]["B2"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    found = await read(house, out.getvalue())
    assert found.rows[0].odd == {0: grids.FORMULA, 1: grids.ERROR, 2: grids.LONG}
    assert found.rows[1].odd == {1: grids.FORMULA}


async def test_an_indent_of_the_cell_is_an_indent(house: House) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([["姓名"], ["第1网格"], ["3幢"]])))
    book.worksheets[0]["A3"].alignment = Alignment(indent=2)
    out = io.BytesIO()
    book.save(out)
    assert [row.cells for row in (await read(house, out.getvalue())).rows] == [["第1网格"], ["    3幢"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_files_as_spreadsheets_save_them_are_read(house: House, encoding: str, separator: str) -> None:
    text = "姓名,手机号\r\n𠮷田镕堃,13800009001\r\n".replace(",", separator)
    found = await read(house, text.encode(encoding))
    assert rows(found) == [(2, ["𠮷田镕堃", "13800009001"])]


async def test_lines_are_counted_as_the_spreadsheet_counts_them(house: House) -> None:
    text = table("姓名,地址", '王芳,"红旗路', '8号"', "李娜,")
    assert [row.line for row in (await read(house, text)).rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xff\xfe\x00\x00\x81", "The file cannot be read."),
        (b"PK\x03\x04\x00\x00\x00\x00", "The file cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or a protected"),
        (b"%PDF-1.7 ...", "a document"),
        ("姓名\n".encode(), "no row below the header"),
        ('姓名\n"王芳\n'.encode(), "quotation mark"),
        (("姓名\n" + "王芳\n" * 20_001).encode(), "more than 20000 rows"),
        (("姓名," + "列," * 100 + "\n王芳\n").encode(), "more than 100 columns"),
        (b"a" * 20_000_001, "more than 20 MB"),
    ],
)
async def test_files_that_are_no_such_table_are_refused(house: House, content: bytes, said: str) -> None:
    assert said in await refused(house, content)


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A workbook in which one part is another."""
    with zipfile.ZipFile(io.BytesIO(xlsx([["姓名"], ["王芳"]]))) as archive:
        parts = {member: archive.read(member) for member in archive.namelist()}
    return packed({**parts, name: content})


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
BILLION = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
STRANGER = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("trick", [BILLION, STRANGER])
async def test_xml_made_to_do_harm_is_not_opened(house: House, part: str, trick: bytes) -> None:
    entity = b"&l9;" if trick is BILLION else b"&x;"
    body = SHEET + b'<c t="inlineStr"><is><t>' + entity + b"</t></is></c></row></sheetData></worksheet>"
    assert "use up the computer" in await refused(house, with_part(part, trick + body))


async def test_a_zip_bomb_is_not_unpacked(house: House) -> None:
    zeros = b"\0" * 40_000_000
    assert "use up the computer" in await refused(house, with_part("xl/media/a.bin", zeros))
    many = packed({"xl/workbook.xml": b"", **{f"x{n}": b"" for n in range(2_500)}})
    assert "use up the computer" in await refused(house, many)


async def test_an_archive_that_lies_about_its_size_is_not_believed(house: House) -> None:
    content = bytearray(with_part("xl/worksheets/sheet1.xml", SHEET + b" " * 30_000_000))
    # The directory at the end says that the part is small.
    at = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert await refused(house, bytes(content))


async def test_other_archives_and_protected_ones_are_named(house: House) -> None:
    assert "not an XLSX" in await refused(house, packed({"word/document.xml": b"<x/>"}))
    content = bytearray(with_part("xl/styles.xml", b"<x/>"))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag of encryption
    assert "protected" in await refused(house, bytes(content))


async def test_a_file_that_takes_too_much_memory_ends_its_own_process_only(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = xlsx([["姓名", *range(90)], *([n, *range(90)] for n in range(3_000))])
    assert len((await read(house, wide)).rows) == 3_000
    monkeypatch.setattr(xlsx_child, "__name__", "tests.support.small_child")
    assert "use up the computer" in await refused(house, wide)


async def test_a_file_that_takes_too_long_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.01)
    assert "use up the computer" in await refused(house, xlsx([["姓名"], ["王芳"]]))


async def test_the_process_that_opens_strangers_files_knows_no_secret(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_SECRET", "x" * 40)
    monkeypatch.setattr(xlsx_child, "__name__", "tests.support.telling_child")
    found = await read_file(house, xlsx([["姓名"], ["王芳"]]))
    assert found[0].lines[0].cells == []
