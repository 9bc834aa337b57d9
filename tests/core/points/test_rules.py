"""Rule sheets: versions follow each other, finished service keeps its rules."""

import msgspec
import pytest

from core.base.errors import Invalid, NotFound
from core.points import rules
from core.points.caps import Caps
from tests.support.town import PROGRAMME, Rules, Town


async def in_force(town: Town, day: str) -> int | None:
    sheet = await rules.in_force(town.house, town.community, PROGRAMME, day)
    return sheet.version if sheet else None


async def test_the_version_of_the_day_holds(town: Town) -> None:
    assert await town.rule(Caps(day=5), "2026-12-01") == 2
    assert [await in_force(town, d) for d in ("2025-12-31", "2026-11-30", "2026-12-01")] == [None, 1, 2]


async def test_a_later_version_cannot_start_before_today(town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        await town.rule(Caps(day=5), "2026-11-22")
    assert list(refusal.value.fields) == ["from_day"]
    assert await town.rule(Caps(day=5), "2026-11-23") == 2


async def test_publishing_moves_the_community_version(town: Town) -> None:
    select = "select version from community where id = :c"
    before = await town.house.db.value(select, c=town.community)
    await town.rule(Caps(), "2026-12-01")
    assert await town.house.db.value(select, c=town.community) == before + 1


async def test_a_volunteer_cannot_publish_rules(town: Town) -> None:
    async def work(unit: object) -> dict[str, int]:
        return {"v": await rules.publish(unit, PROGRAMME, Rules(), "2026-12-01")}  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        await town.do(town.as_volunteer(0), work)


async def test_every_version_can_be_read_back(town: Town) -> None:
    await town.rule(Caps(day=5), "2026-12-01")
    sheets = await rules.versions(town.as_volunteer(0), PROGRAMME)
    assert [(s.version, msgspec.json.decode(s.rules, type=Rules).caps.day) for s in sheets] == [
        (2, 5),
        (1, None),
    ]


def test_caps_are_said_in_sentences() -> None:
    said = [str(m) for m in Caps(day=4, month=40).sentences()]
    assert said == ["At most 4 points a day.", "At most 40 points a month."]


def test_a_negative_cap_is_refused() -> None:
    with pytest.raises(ValueError, match="cap"):
        Caps(day=-1)


def test_the_core_reads_caps_from_any_programme_rules() -> None:
    assert rules.terms(b'{"points_per_hour": 2, "caps": {"day": 6}}').caps == Caps(day=6)
    assert rules.terms(b'{"points_per_hour": 2}').caps == Caps()
