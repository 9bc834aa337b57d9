"""Past service: who helped, when and how long. It gives hours and no points."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.activity.history import Past, Ready, Written, make_ready, record_past, take_back_past
from core.base.act import Unit
from core.base.database import Reads, Row
from core.base.errors import Message
from core.lifecycle.imports import cells as read
from core.lifecycle.imports import times
from core.lifecycle.imports.days import day
from core.lifecycle.imports.kind import Answers, Cells, Column, Kind, Plan, Setting
from core.lifecycle.imports.known_people import WHO, who_of
from core.lifecycle.imports.people import find_known
from core.lifecycle.imports.records_times import EARLIEST, When, times_of
from core.lifecycle.imports.register import Known, look_up
from core.lifecycle.imports.team_names import team_of, teams_here

_MOST_TEXT = 100
_LONGEST = 31 * 24 * 60 * 60_000  # milliseconds: no attendance is longer, so an earlier one is over
_TITLE = Message("Past service")

# `returned` and `reversed` records stand no more.
_THERE = """
select a.volunteer, a.day, a.minutes, a.from_at, y.title
from rows(:items; volunteer bigint, day text) as r
join attendance a on a.volunteer = r.volunteer and a.day = r.day and +a.community = :community
join activity y on y.id = a.activity
where not exists (select 1 from attendance_decision d
                  where d.attendance = a.id and d.decision in ('returned', 'reversed'))
"""

_BUSY = """
-- everywhere (interval): nobody is in two places at once, in whatever community
select r.n from rows(:items; n bigint, person bigint, from_at bigint, to_at bigint) as r
where exists (select 1 from interval i where i.person = r.person and i.from_at < r.to_at
              and i.to_at > r.from_at and i.from_at > r.from_at - :longest)
"""

COLUMNS = (
    *WHO,
    Column(
        "day",
        Message("Day"),
        "日期 服务日期 活动日期 志愿服务日期 参加日期 day date",
        lambda text, setting: day(text, setting.today, EARLIEST),
        sample="2025-11-08",
    ),
    Column(
        "from",
        Message("From what time"),
        "开始时间 开始 起 签到时间 签到 上岗时间 服务开始时间 起始时间 活动开始时间 from start",
        lambda text, _: times.clock(text),
        empty=None,
        sample="19:30",
    ),
    Column(
        "to",
        Message("Until what time"),
        "结束时间 结束 止 签退时间 签退 离岗时间 服务结束时间 终止时间 活动结束时间 to end until",
        lambda text, _: times.clock(text),
        empty=None,
        sample="21:30",
    ),
    Column(
        "span",
        Message("From and to in one column"),
        "时间段 时段 服务时间 活动时间 时间 起止时间 time",
        lambda text, _: times.span(text),
        empty=None,
    ),
    Column(
        "hours",
        Message("Hours"),
        "时长 服务时长 小时 小时数 服务小时 服务时数 志愿时长 hours duration",
        lambda text, _: times.length(text),
        empty=None,
        sample="2",
    ),
    Column(
        "minutes",
        Message("Length in minutes"),
        "分钟 时长分钟 服务时长分钟 服务分钟 minutes",
        lambda text, _: times.length(text, "minutes"),
        empty=None,
    ),
    Column(
        "title",
        Message("What was done"),
        "活动名称 活动 服务内容 内容 项目 服务项目 活动主题 活动内容 服务名称 activity title what",
        lambda text, _: read.words(text, _MOST_TEXT),
        sample="夜间巡逻",
    ),
    Column(
        "place",
        Message("Place"),
        "地点 活动地点 服务地点 place where",
        lambda text, _: read.words(text, _MOST_TEXT),
        sample="东门",
    ),
    Column(
        "team",
        Message("Team"),
        "服务队 志愿服务队 队伍 所属队伍 所在队伍 团队 team",
        lambda text, _: team_of(text),
        sample="夜间义务巡逻队",
    ),
)


@dataclass(slots=True)
class Found:
    """Who each row is, when, and which rows stand already; `busy` rows overlap with something recorded."""

    who: list[Known | None]
    when: list[When | None]
    proposals: list[Any]
    teams: dict[str, int]
    titles: list[str] = field(default_factory=list)
    there: set[int] = field(default_factory=set)
    busy: set[int] = field(default_factory=set)


@dataclass(slots=True)
class RecordsPlan(Plan):
    records: list[Past] = field(default_factory=list)


class Records(Kind):
    key = "records"
    title = Message("Past service")
    about = Message("Who helped on which day, from when to when or for how long. It gives hours, no points.")
    columns = COLUMNS
    required = (("number", "name"), ("day", "from"), ("hours", "minutes", "to", "span"))
    permissions = ("volunteer.write",)
    signed = True

    def entries(self, cells: Cells, setting: Setting) -> Any:
        return who_of(cells, setting), times_of(cells, setting)

    async def look(
        self, reads: Reads, cells: Cells, entries: Any, answers: Answers, setting: Setting
    ) -> Found:
        given, when = entries
        good = [g for g in given if g is not None]
        register = await look_up(
            reads,
            setting.community,
            numbers={g.number for g in good},
            phones={g.phone for g in good},
        )
        who, proposals = await asyncio.to_thread(find_known, cells, given, register, answers)
        found = Found(who, when, proposals, await teams_here(reads, setting.community))
        default = setting.words(_TITLE)
        found.titles = [title or default for title in cells.of("title")]
        items = await asyncio.to_thread(_days, found)
        rows = await reads.fetch(_THERE, community=setting.community, items=items) if items else []
        asked = await asyncio.to_thread(_not_there, found, rows)
        rows = await reads.fetch(_BUSY, items=asked, longest=_LONGEST) if asked else []
        found.busy = {row["n"] for row in rows}
        return found

    def plan(self, cells: Cells, entries: Any, known: Any, answers: Answers, setting: Setting) -> RecordsPlan:
        found: Found = known
        plan = RecordsPlan(proposals=found.proposals)
        _look_at_rows(cells, found)
        _look_at_people(cells, found)
        places, teams = cells.of("place"), cells.of("team")
        for row, (who, when) in enumerate(zip(found.who, found.when, strict=True)):
            if who is None or when is None or row in cells.bad or row in found.there:
                continue
            plan.records.append(
                Past(
                    who.id,
                    when.day,
                    when.minutes,
                    found.titles[row],
                    places[row],
                    found.teams[teams[row]] if teams[row] else None,
                    when.from_at,
                    when.to_at,
                )
            )
        plan.counts = {
            "rows": len(cells.table.rows),
            "records": len(plan.records),
            "volunteers": len({record.volunteer for record in plan.records}),
            "minutes": sum(record.minutes for record in plan.records),
            "there": len(found.there),
        }
        plan.adds = len(plan.records)
        plan.outline = [len(plan.records), plan.counts["minutes"], plan.counts["volunteers"]]
        return plan

    def prepare(self, plan: Any, setting: Setting) -> Ready:
        return make_ready(plan.records, setting.zone)

    async def write(self, unit: Unit, plan: Any, ready: Any) -> dict[str, Any]:
        return {"written": list(await record_past(unit, ready))}

    async def take_back(self, unit: Unit, act: int, wrote: Mapping[str, Any]) -> None:
        await take_back_past(unit, act, Written(*wrote["written"]))


def _days(found: Found) -> list[dict[str, Any]]:
    """The days of each volunteer that rows are about."""
    pairs = zip(found.who, found.when, strict=True)
    days = {(who.id, when.day) for who, when in pairs if who is not None and when is not None}
    return [{"volunteer": volunteer, "day": on} for volunteer, on in days]


def _not_there(found: Found, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Notes the rows that stand already; of the others those with times, to be compared with all there is."""
    stands = {(r["volunteer"], r["day"], r["title"], r["minutes"], r["from_at"]) for r in rows}
    asked = []
    for row, (who, when) in enumerate(zip(found.who, found.when, strict=True)):
        if who is None or when is None:
            continue
        if (who.id, when.day, found.titles[row], when.minutes, when.from_at) in stands:
            found.there.add(row)
        elif when.from_at is not None:
            asked.append({"n": row, "person": who.person, "from_at": when.from_at, "to_at": when.to_at})
    return asked


def _look_at_rows(cells: Cells, found: Found) -> None:
    """Teams that are not here, and people who were elsewhere at the time."""
    for row, team in enumerate(cells.of("team")):
        if team and team not in found.teams and row not in cells.bad:
            message = Message("There is no team “%(text)s” here.", text=team)
            cure = Message("Import the teams first, or write the name as it stands there.")
            cells.fault(row, "team", message, cure)
    for row in sorted(found.busy):
        if row not in cells.bad:
            message = Message("This person was recorded elsewhere at this time.")
            cells.fault(row, _times(cells), message, Message("Correct the times, or delete the line."))


def _look_at_people(cells: Cells, found: Found) -> None:
    """What the rows about one person say against each other: twice the same, or two places at once."""
    seen: dict[tuple[Any, ...], int] = {}
    mine: dict[int, list[tuple[int, int, int]]] = {}
    for row, (who, when) in enumerate(zip(found.who, found.when, strict=True)):
        if who is None or when is None or row in cells.bad:
            continue
        key = (who.id, when.day, found.titles[row], when.minutes, when.from_at)
        first = seen.setdefault(key, row)
        if first != row:
            message = Message("Line %(line)s says the same.", line=cells.line(first))
            cells.fault(row, "", message, Message("Delete one of the two lines, or give both their times."))
        elif when.from_at is not None and when.to_at is not None:
            mine.setdefault(who.person, []).append((when.from_at, when.to_at, row))
    for spans in mine.values():
        if len(spans) > 1:
            _no_two_at_once(cells, sorted(spans))


def _no_two_at_once(cells: Cells, spans: Sequence[tuple[int, int, int]]) -> None:
    _, until, last = spans[0]
    for from_at, to_at, row in spans[1:]:
        if from_at < until:
            message = Message("Line %(line)s has this person elsewhere at this time.", line=cells.line(last))
            cells.fault(row, _times(cells), message, Message("Correct the times in one of the two lines."))
        if to_at > until:
            until, last = to_at, row


def _times(cells: Cells) -> str:
    """The column that says when."""
    return "from" if "from" in cells.used else "span"
