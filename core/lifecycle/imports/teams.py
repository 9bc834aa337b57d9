"""Teams: name, what they do, where, since when, and who leads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.base.act import Unit
from core.base.clock import moment
from core.base.database import Reads
from core.base.errors import Message
from core.community.entered import take_out_teams
from core.community.teams import NewMember, NewTeam, add_members, create_teams
from core.lifecycle.imports import cells as read
from core.lifecycle.imports.days import day
from core.lifecycle.imports.kind import Answers, Cells, Column, Kind, Plan, Setting
from core.lifecycle.imports.known_people import who_of
from core.lifecycle.imports.people import Given, find_known
from core.lifecycle.imports.places import Places, one_place, parts_of, places_of
from core.lifecycle.imports.register import Known, look_up
from core.lifecycle.imports.team_names import team_of, teams_here

_MOST_CATEGORY = 30
_LEADER = ("leader_number", "leader", "leader_phone")
_COLUMNS = dict(zip(("number", "name", "phone"), _LEADER, strict=True))

_BELONGS = """
select m.team, m.volunteer from team_member m
where m.volunteer in ids(:volunteers) and +m.community = :community and m.to_day is null
"""

COLUMNS = (
    Column(
        "name",
        Message("Team"),
        "服务队名称 服务队 队伍名称 队伍 团队名称 团队 志愿服务队 名称 队名 team teamname name",
        lambda text, _: team_of(text),
        sample="夜间义务巡逻队",
    ),
    Column(
        "category",
        Message("What it does"),
        "类别 类型 服务类别 服务类型 服务内容 服务领域 category kind",
        lambda text, _: read.words(text, _MOST_CATEGORY),
        sample="平安巡逻",
    ),
    Column(
        "area",
        Message("Area"),
        "区域 网格 所属网格 所在网格 服务区域 所属区域 area grid",
        lambda text, _: parts_of(text),
        empty=(),
        sample="第1网格",
    ),
    Column(
        "founded",
        Message("Founded on"),
        "成立日期 成立时间 组建时间 组建日期 founded foundedon",
        lambda text, setting: day(text, setting.today, month_is_enough=True),
        sample="2022-03-05",
    ),
    Column(
        "leader_number",
        Message("Leader's volunteer number"),
        "队长编号 负责人编号 leadernumber",
        lambda text, _: read.number(text),
    ),
    Column(
        "leader",
        Message("Leader"),
        "队长 队长姓名 负责人 负责人姓名 联系人 leader",
        lambda text, _: read.name(text),
        sample="王建国",
    ),
    Column(
        "leader_phone",
        Message("Leader's telephone"),
        "队长电话 队长手机 队长手机号 负责人电话 负责人手机 联系电话 电话 手机 手机号 leaderphone phone",
        lambda text, _: read.phone(text),
        sample="13800000001",
    ),
)


@dataclass(slots=True)
class Found:
    teams: dict[str, int]
    places: Places | None
    leaders: list[Known | None]
    proposals: list[Any]
    memberships: set[tuple[int, int]]


@dataclass(slots=True)
class TeamsPlan(Plan):
    teams: dict[str, int] = field(default_factory=dict)
    new: list[NewTeam] = field(default_factory=list)
    leaders: list[tuple[str, int, str]] = field(default_factory=list)  # team, volunteer, from which day


class Teams(Kind):
    key = "teams"
    title = Message("Teams")
    about = Message("Name, what it does, area, and who leads it; leaders must be volunteers here already.")
    columns = COLUMNS
    required = (("name",),)
    permissions = ("team.write",)

    def entries(self, cells: Cells, setting: Setting) -> list[Given | None]:
        seen: dict[str, int] = {}
        for row, name in enumerate(cells.of("name")):
            if cells.is_blank(row, "name"):
                message = Message("The name is missing.")
                cells.fault(row, "name", message, Message("Write the name, or delete the line."))
            elif name and seen.setdefault(name, row) != row:
                message = Message("Line %(line)s is about the same.", line=cells.line(seen[name]))
                cells.fault(row, "name", message, Message("Delete one of the two lines."))
        return who_of(cells, setting, _LEADER, everybody=False)

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
        leaders, proposals = find_known(cells, entries, register, answers, _COLUMNS)
        teams = await teams_here(reads, setting.community)
        places = await places_of(reads, setting.community) if "area" in cells.columns else None
        known = sorted({leader.id for leader in leaders if leader is not None})
        rows = await reads.fetch(_BELONGS, community=setting.community, volunteers=known) if known else []
        return Found(teams, places, leaders, proposals, {(r["team"], r["volunteer"]) for r in rows})

    def plan(self, cells: Cells, entries: Any, known: Any, answers: Answers, setting: Setting) -> TeamsPlan:
        found: Found = known
        plan = TeamsPlan(proposals=found.proposals, teams=found.teams)
        columns = zip(*(cells.of(k, ()) for k in ("name", "category", "area", "founded")), strict=True)
        for row, (name, category, area, founded) in enumerate(columns):
            place = one_place(cells, row, area, found.places) if area else None
            if row in cells.bad:
                continue
            if name not in found.teams:
                at = moment(datetime.fromisoformat(founded), setting.zone) if founded else None
                plan.new.append(NewTeam(name, category or "", place, at))
            leader = found.leaders[row]
            if leader is not None and leader.status != "active":
                message = Message("This person is not an active volunteer here.")
                cure = Message("Take him in again on his own page first, or delete the line.")
                cells.fault(row, "leader", message, cure)
            elif leader is not None and (found.teams.get(name, 0), leader.id) not in found.memberships:
                plan.leaders.append((name, leader.id, founded or setting.today))
        plan.counts = {
            "rows": len(cells.table.rows),
            "teams": len(plan.new),
            "known": len(cells.table.rows) - len(plan.new) - len(cells.bad),
            "members": len(plan.leaders),
        }
        plan.adds = len(plan.new) + len(plan.leaders)
        plan.outline = [[team.name for team in plan.new], [(t, v) for t, v, _ in plan.leaders]]
        return plan

    def prepare(self, plan: Any, setting: Setting) -> None:
        return None

    async def write(self, unit: Unit, plan: Any, ready: Any) -> dict[str, Any]:
        teams = dict(plan.teams)
        if plan.new:
            teams |= await create_teams(unit, plan.new)
        if plan.leaders:
            members = [NewMember(teams[team], v, "leader", from_day) for team, v, from_day in plan.leaders]
            await add_members(unit, members)
        return {}

    async def take_back(self, unit: Unit, act: int, wrote: Mapping[str, Any]) -> None:
        await take_out_teams(unit, act)
