"""A new community from two spreadsheets to its first recorded activity: pages, clicks and fields counted."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.styles import Alignment
from playwright.async_api import Page

from tests.support.browser import DESK, Phone, axe
from tests.support.people import sign_in_of
from tests.support.server import Server
from tests.support.walk import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PASSWORD = "lotus-lantern-77"
PEOPLE = 24
MOST_PAGES, MOST_CLICKS, MOST_FIELDS = 36, 36, 18


@dataclass
class Hand:
    """Somebody at a desk; what he has to do is counted."""

    page: Page
    pages: int = 0
    clicks: int = 0
    fields: int = 0

    def __post_init__(self) -> None:
        self.page.on("framenavigated", lambda frame: self._arrived(frame.parent_frame is None))

    def _arrived(self, whole: bool) -> None:
        self.pages += whole

    async def click(self, text: str, role: str = "link") -> None:
        self.clicks += 1
        target = self.page.locator("main, nav").get_by_role(role, name=text)  # type: ignore[arg-type]
        await target.first.click()
        await self.page.wait_for_load_state()

    async def press(self, text: str) -> None:
        await self.click(text, "button")

    async def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.fields += 1
            await self.page.locator(f"[name={name}]").fill(text)


def areas_sheet(path: Path) -> Path:
    """Grids and buildings by indentation, under a title that spans the sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["荷塘社区网格一览表"])
    sheet.merge_cells("A1:C1")
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(["区域名称", "户数", "人数"])
    for grid in range(1, 4):
        sheet.append([f"第{grid}网格", 200, 520])
        for building in range(1, 4):
            sheet.append([f"　　{grid * 10 + building}号楼", 66, 173])
    book.save(path)
    return path


def people_sheet(path: Path) -> Path:
    """A roster as offices keep it: a title, a heading of two rows, names set apart, telephones as numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["荷塘社区志愿者花名册（２０２６年）"])
    sheet.merge_cells("A1:F1")
    sheet.append(["序号", "姓名", "联系方式", "", "服务队", "职务"])
    sheet.append(["", "", "手机号", "住址", "", ""])
    for cells in ("A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3"):
        sheet.merge_cells(cells)
    for number in range(1, PEOPLE + 1):
        role = {1: "队长", 2: "副队长"}.get(number, "")
        name = f"何　{'荷莲藕萍菱芦苇蒲芡茭兰竹菊梅松柏桃李杏桂枫杨柳榆'[number - 1]}"
        sheet.append([number, name, 13_700_100_000 + number, f"{10 + number % 3}号楼", "荷塘夜巡队", role])
    sheet.append(["", "", "", "", "", ""])
    book.save(path)
    return path


async def bring(hand: Hand, kind: str, file: Path) -> None:
    """Brings a file and goes through its check to the end."""
    await hand.click("导入")
    hand.clicks += 2
    await hand.page.locator(f"input[name=kind][value={kind}]").check()
    await hand.page.locator("input[type=file]").set_input_files(file)
    await hand.press("读取文件")
    assert not await axe(hand.page)
    await hand.press("检查名单")
    agree = hand.page.locator("form[action$='/agree'] button")
    await agree.wait_for(timeout=30_000)
    assert not await axe(hand.page)
    hand.clicks += 1
    await agree.click()
    await hand.page.locator("form[action$='/undo/look'] button").wait_for(timeout=30_000)


async def test_a_new_community_from_two_spreadsheets_to_its_first_activity(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    hers = await (await phone.context(viewport=DESK)).new_page()
    operator = Hand(hers)
    await sign_in(hers, sign_in_of(server.settings, "operator"))
    await operator.click("新建社区")
    await operator.fill(
        name="荷塘社区",
        slug="hetang",
        help_phone="0571-86005555",
        admin_name="何荷花",
        admin_phone="13700109999",
        password=PASSWORD,
        password_again=PASSWORD,
    )
    operator.clicks += 1
    await hers.locator("select[name=above]").select_option(label="　城关街道")
    await operator.press("新建社区")

    his = await (await phone.context(viewport=DESK)).new_page()
    worker = Hand(his)
    await his.goto("/sign-in")
    await worker.fill(login="13700109999", password=PASSWORD)
    await worker.press("登录")
    await bring(worker, "areas", areas_sheet(tmp_path / "荷塘网格.xlsx"))
    await bring(worker, "volunteers", people_sheet(tmp_path / "荷塘花名册.xlsx"))

    yesterday = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)
    await worker.click("设置")
    await worker.click("巡逻")
    await worker.click("开启")
    await worker.press("开启")
    await worker.click("公布首版规则")
    await worker.fill(from_day=f"{yesterday:%Y-%m-%d}")
    await worker.press("看")
    await worker.press("公布")

    day = f"{yesterday:%Y-%m-%d}"
    await worker.click("带队")
    await worker.click("登记巡逻")
    await worker.fill(**{"from": f"{day}T19:00", "to": f"{day}T21:00", "route": "荷塘一圈"})
    await worker.press("全选")
    await worker.press("登记这次巡逻")
    await his.wait_for_url(re.compile("/shifts/[0-9A-Z]{12}"))
    assert await his.locator(".line").count() == PEOPLE
    assert await his.locator(".line .points", has_text="+6").count() == PEOPLE

    await worker.click("人员")
    shown = await his.locator("main").inner_text()
    assert "何荷" in shown
    assert "11号楼" in shown
    told = (
        operator.pages + worker.pages,
        operator.clicks + worker.clicks,
        operator.fields + worker.fields,
    )
    print("pages, clicks, fields:", *told)  # noqa: T201  # the story's figures, for the reader
    assert all(n <= most for n, most in zip(told, (MOST_PAGES, MOST_CLICKS, MOST_FIELDS), strict=True)), told
