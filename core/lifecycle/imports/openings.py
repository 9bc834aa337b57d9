"""Points and hours from paper books: what each volunteer had when the community began."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Message
from core.lifecycle.imports import cells as read
from core.lifecycle.imports import times
from core.lifecycle.imports.days import day
from core.lifecycle.imports.kind import Answers, Cells, Column, Kind, Plan, Setting
from core.lifecycle.imports.known_people import WHO, who_of
from core.lifecycle.imports.people import Given, find_known
from core.lifecycle.imports.register import Known, look_up
from core.points.opening import Opening, Span, add_openings, take_back_openings

MOST_POINTS = 1_000_000_000
MOST_MINUTES = 10_000_000
_MOST_BOOK = 40
_EARLIEST = "1949-10-01"
_BOOK = Message("Paper book")

_STANDING = """
select o.volunteer, o.source, o.points, o.minutes from opening o
where o.volunteer in ids(:volunteers) and +o.community = :community and o.reverses is null
    and not exists (select 1 from opening r where r.reverses = o.id)
"""

COLUMNS = (
    *WHO,
    Column(
        "points",
        Message("Points"),
        "积分 积分余额 剩余积分 结余积分 现有积分 期初积分 累计积分 总积分 结存积分 points balance",
        lambda text, _: read.whole(text, MOST_POINTS),
        empty=None,
        sample="128",
    ),
    Column(
        "hours",
        Message("Hours"),
        "时长 服务时长 累计时长 小时 小时数 服务小时 累计服务时长 总时长 服务时数 志愿时长 hours",
        lambda text, _: times.length(text),
        empty=None,
        sample="36.5",
    ),
    Column(
        "minutes",
        Message("Minutes"),
        "分钟 时长分钟 服务时长分钟 服务分钟 累计时长分钟 minutes",
        lambda text, _: times.length(text, "minutes"),
        empty=None,
    ),
    Column(
        "day",
        Message("As of"),
        "日期 截止日期 截至日期 登记日期 结转日期 统计日期 day date asof",
        lambda text, setting: day(text, setting.today, _EARLIEST),
        sample="2026-01-31",
    ),
    Column(
        "source",
        Message("Name of the paper book"),
        "台账 台账名称 来源 纸质台账 账本 账册 册 登记本 存折 book source",
        lambda text, _: read.words(text, _MOST_BOOK),
        sample="积分存折",
    ),
)


class Values(NamedTuple):
    points: int | None
    hours: int | None
    minutes: int | None
    day: str
    source: str


@dataclass(slots=True)
class Found:
    who: list[Known | None]
    proposals: list[Any]
    standing: dict[tuple[int, str], tuple[int, int]]  # volunteer, book → points, minutes


@dataclass(slots=True)
class OpeningsPlan(Plan):
    openings: list[Opening] = field(default_factory=list)


class Openings(Kind):
    key = "openings"
    title = Message("Opening points and hours")
    about = Message("What stood in a paper book: points, hours, or both. They count in no month.")
    columns = COLUMNS
    required = (("number", "name"), ("points", "hours", "minutes"))
    permissions = ("volunteer.write",)

    def entries(self, cells: Cells, setting: Setting) -> list[Given | None]:
        return who_of(cells, setting)

    async def look(
        self, reads: Reads, cells: Cells, entries: Any, answers: Answers, setting: Setting
    ) -> Found:
        good: list[Given] = [g for g in entries if g is not None]
        register = await look_up(
            reads,
            setting.community,
            numbers=(g.number for g in good),
            phones=(g.phone for g in good),
        )
        who, proposals = find_known(cells, entries, register, answers)
        known = sorted({k.id for k in who if k is not None})
        rows = await reads.fetch(_STANDING, community=setting.community, volunteers=known) if known else []
        return Found(
            who, proposals, {(r["volunteer"], r["source"]): (r["points"], r["minutes"]) for r in rows}
        )

    def plan(
        self, cells: Cells, entries: Any, known: Any, answers: Answers, setting: Setting
    ) -> OpeningsPlan:
        found: Found = known
        plan = OpeningsPlan(proposals=found.proposals)
        columns = ("points", "hours", "minutes", "day", "source")
        values = zip(*(cells.of(k, None if k in columns[:3] else "") for k in columns), strict=True)
        book = setting.words(_BOOK)
        lines: dict[tuple[int, str], int] = {}
        nothing = there = 0
        for row, (who, given) in enumerate(zip(found.who, values, strict=True)):
            has = Values(*given)
            if who is None or row in cells.bad:
                continue
            minutes = has.hours if has.hours is not None else has.minutes or 0
            opening = Opening(who.id, has.points or 0, minutes, has.day or setting.today, has.source or book)
            if not opening.points and not opening.minutes:
                nothing += 1
                continue
            stands = found.standing.get((who.id, opening.source))
            first = lines.setdefault((who.id, opening.source), row)
            if _in_the_way(cells, row, first, opening, stands):
                continue
            if stands is not None:
                there += 1
                continue
            plan.openings.append(opening)
        plan.counts = {
            "rows": len(cells.table.rows),
            "openings": len(plan.openings),
            "points": sum(o.points for o in plan.openings),
            "minutes": sum(o.minutes for o in plan.openings),
            "there": there,
            "nothing": nothing,
        }
        plan.adds = len(plan.openings)
        plan.outline = [(o.volunteer, o.points, o.minutes, o.source) for o in plan.openings]
        return plan

    def prepare(self, plan: Any, setting: Setting) -> None:
        return None

    async def write(self, unit: Unit, plan: Any, ready: Any) -> dict[str, Any]:
        span = await add_openings(unit, plan.openings)
        return {"span": list(span)}

    async def take_back(self, unit: Unit, act: int, wrote: Mapping[str, Any]) -> None:
        await take_back_openings(unit, act, Span(*wrote["span"]))


def _in_the_way(cells: Cells, row: int, first: int, opening: Opening, stands: tuple[int, int] | None) -> bool:
    """What speaks against this opening, named at its line."""
    if opening.minutes > MOST_MINUTES:
        message = Message("This is more time than anybody can have served.")
        cells.fault(row, "hours", message, Message("Write hours, such as 36.5, or 36:30."))
    elif first != row:
        message = Message("Line %(line)s is about the same person and the same book.", line=cells.line(first))
        cells.fault(row, "", message, Message("Delete one of the two lines, or name the two books."))
    elif stands is not None and stands != (opening.points, opening.minutes):
        message = Message(
            "An entry of this book stands already: %(points)s points, %(minutes)s minutes.",
            points=stands[0],
            minutes=stands[1],
        )
        cure = Message("Undo the import it came with first, or give this book another name.")
        cells.fault(row, "", message, cure)
    else:
        return False
    return True
