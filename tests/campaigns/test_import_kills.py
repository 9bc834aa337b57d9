"""Kill −9 of a real `linli import` at random moments: the database holds all of the file or nothing of it."""

import asyncio
import random
import subprocess
import time
from pathlib import Path

import pytest

from core.base.database import Database
from core.base.house import House
from core.base.settings import Settings
from tests.support.book import check_book
from tests.support.campaign import Campaign
from tests.support.cast import make_cast
from tests.support.server import LINLI, ROOT, environment, linli

pytestmark = [pytest.mark.campaign, pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE = 1_000
_COUNTS = """
select (select count(*) from person) as persons, (select count(*) from volunteer) as volunteers,
    (select count(*) from volunteer_word) as words, (select count(*) from person_lookup) as lookups,
    (select count(*) from person_secret) as secrets, (select count(*) from team_member) as members,
    (select count(*) from attendance) as attendances, (select count(*) from attendance_decision) as decisions,
    (select count(*) from interval) as intervals, (select count(*) from activity) as activities,
    (select count(*) from act) as acts, (select count(*) from import_run) as runs
"""


def people(path: Path) -> Path:
    lines = (f"王{n // 40}号{n % 40},137{n:08},第{n % 9}队,2024-03-05" for n in range(PEOPLE))
    path.write_text("姓名,手机号,服务队,加入日期\n" + "\n".join(lines), encoding="utf-8")
    return path


def service(path: Path) -> Path:
    lines = (
        f"王{n // 40}号{n % 40},137{n:08},2025-11-{n % 28 + 1:02},8:00,10:00,巡逻" for n in range(PEOPLE)
    )
    path.write_text("姓名,手机号,日期,开始时间,结束时间,活动名称\n" + "\n".join(lines), encoding="utf-8")
    return path


async def test_a_killed_import_leaves_nothing(
    live_house: House, settings: Settings, campaign: Campaign, tmp_path: Path
) -> None:
    await make_cast(live_house)
    db = live_house.db
    await kill_until_whole(db, settings, campaign, people(tmp_path / "people.csv"))
    await kill_until_whole(db, settings, campaign, service(tmp_path / "service.csv"))
    assert await check_book(db) == []
    assert await db.value("select sum(minutes) from volunteer") == PEOPLE * 120


async def kill_until_whole(db: Database, settings: Settings, campaign: Campaign, file: Path) -> None:
    """Kills imports of a file in the middle; each leaves the database as it was. Then one may end."""
    before = await counts(db)
    took = await asyncio.to_thread(duration, settings, file)
    for chance in campaign.rounds(2):
        await asyncio.to_thread(kill_one, settings, file, took, chance)
        if (await counts(db))[-1] > before[-1]:
            break  # it was quicker than the killer, and then all of it is there
        assert await counts(db) == before
    else:
        await asyncio.to_thread(linli, settings, *command(file))
    after = await counts(db)
    assert after[-2:] == [before[-2] + 1, before[-1] + 1]
    assert max(now - was for now, was in zip(after[:-2], before[:-2], strict=True)) >= PEOPLE
    # Once more it adds nothing, whatever was killed on the way.
    assert "nothing was added" in await asyncio.to_thread(linli, settings, *command(file))
    assert await counts(db) == after


def command(file: Path) -> list[str]:
    return ["import", str(file), "--community", "hongqi"]


def duration(settings: Settings, file: Path) -> float:
    """How long the way to the act takes: that of a dry run."""
    began = time.monotonic()
    linli(settings, *command(file), "--dry-run")
    return time.monotonic() - began


def kill_one(settings: Settings, file: Path, took: float, chance: random.Random) -> None:
    """Starts an import and kills it around the time of its act, if it has not ended by then."""
    process = subprocess.Popen(
        [str(LINLI), *command(file)],
        env=environment(settings),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(chance.uniform(took * 0.7, took * 1.15))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def counts(db: Database) -> list[int]:
    row = await db.one(_COUNTS)
    return list(row) if row is not None else []
