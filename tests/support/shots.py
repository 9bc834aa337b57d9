"""Pictures of every page: `make shots` walks the demo as each role and makes a contact sheet for each."""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from core.base.settings import Settings
from core.extension.registry import load
from core.lifecycle.demo import SignIn
from tests.support.browser import DESK, NARROW, PHONE, Phone, open_phone
from tests.support.databases import SECRET, loaded
from tests.support.server import ROOT, serving
from tests.support.walk import Map, sign_in, walk
from web.app import gather
from web.serve import demo_sign_ins

TALLEST = 1800  # CSS pixels of a page that are shown
THUMB = 300  # pixels of a picture's width on the sheet
COLUMNS = 8
FONTS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


@dataclass(frozen=True)
class Way:
    """One way of looking: the device, and what its owner chose."""

    name: str
    device: dict[str, Any]
    likes: dict[str, str] = field(default_factory=dict)


WAYS = (
    Way("phone", {"viewport": PHONE}),
    Way("narrow-large", {"viewport": NARROW}, {"size": "elder"}),
    Way("dark", {"viewport": PHONE, "color_scheme": "dark"}),
    Way("desk", {"viewport": DESK}),
)


async def take(phone: Phone, places: Map, who: SignIn | None, folder: Path) -> list[Path]:
    """A picture of each page this person reaches, in each way; the files, a page's ways side by side."""
    taken: dict[tuple[str, int], Path] = {}
    for number, way in enumerate(WAYS):
        device = await phone.context(**way.device)
        page = await device.new_page()
        await (page.goto("/sign-in") if who is None else sign_in(page, who))
        for name, value in way.likes.items():
            async with page.expect_navigation():
                await page.locator(f"form[action='/prefs'] [name={name}][value={value}]").first.click()
        async for rule in walk(page, places):
            height = await page.evaluate("document.documentElement.scrollHeight")
            size = page.viewport_size or PHONE
            path = folder / f"{rule.name}.{way.name}.png"
            # A window as tall as the page: the bar that keeps to the window's foot stays at the page's foot.
            await page.set_viewport_size({"width": size["width"], "height": min(height, TALLEST)})
            await page.screenshot(path=path, animations="disabled")
            await page.set_viewport_size(size)
            taken[rule.name, number] = path
        await device.close()
    return [taken[key] for key in sorted(taken)]


def sheet(pictures: list[Path], target: Path) -> None:
    """Lays pictures in rows of COLUMNS, each with its name below."""
    font = ImageFont.truetype(FONTS, 13) if Path(FONTS).exists() else ImageFont.load_default()
    thumbs = []
    for path in pictures:
        with Image.open(path) as picture:
            height = round(picture.height * THUMB / picture.width)
            thumbs.append(picture.convert("RGB").resize((THUMB, height)))
    rows = [thumbs[at : at + COLUMNS] for at in range(0, len(thumbs), COLUMNS)]
    heights = [max(thumb.height for thumb in row) + 40 for row in rows]
    whole = Image.new("RGB", (COLUMNS * (THUMB + 20) + 20, sum(heights) + 20), "#8a8f98")
    pen = ImageDraw.Draw(whole)
    top = 20
    for number, row in enumerate(rows):
        for column, thumb in enumerate(row):
            left = 20 + column * (THUMB + 20)
            whole.paste(thumb, (left, top))
            pen.text((left, top + thumb.height + 4), pictures[number * COLUMNS + column].stem, "white", font)
        top += heights[number]
    whole.save(target)


async def photograph(settings: Settings, folder: Path) -> list[str]:
    """Walks a served demo as nobody and as each role; returns the sheets and the browser's complaints."""
    people: dict[str, SignIn | None] = {"nobody": None}
    for who in demo_sign_ins(settings):
        people.setdefault(who.role, who)
    places = Map(gather(load(settings.plugins)))
    said = []
    with serving(settings) as server:
        async with open_phone(server.url) as phone:
            for role, somebody in people.items():
                own = folder / role
                await asyncio.to_thread(own.mkdir, parents=True)
                sheet(await take(phone, places, somebody, own), folder / f"{role}.png")
                said.append(str(folder / f"{role}.png"))
            said += phone.complaints
            phone.complaints = []
    return said


def main(folder: Path) -> None:
    """Loads a demo into a folder that is thrown away, and photographs it."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as data:
        home = Path(data)
        settings = Settings(data_dir=home, database=f"sqlite:///{home / 'linli.db'}", secret=SECRET)
        loaded(settings)
        said = asyncio.run(photograph(settings, folder))
    sys.stdout.write("\n".join(said) + "\n")


if __name__ == "__main__":
    main(ROOT / "shots")
