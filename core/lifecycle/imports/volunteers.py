"""People who become volunteers here: with what is sealed of them, their teams, and where they live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Message
from core.community.entered import enter_homes, take_out_people
from core.community.people import NewPerson, Ready, enter_people, make_ready
from core.community.teams import NewMember, NewTeam, add_members, create_teams
from core.community.volunteers import NewVolunteer, Spoken, add_volunteers, speak
from core.lifecycle.imports import cells as read
from core.lifecycle.imports.days import day
from core.lifecycle.imports.kind import Answers, Cells, Column, Kind, Setting
from core.lifecycle.imports.people import Given
from core.lifecycle.imports.places import parts_of, places_of
from core.lifecycle.imports.register import look_up
from core.lifecycle.imports.team_names import teams_here, teams_of
from core.lifecycle.imports.volunteers_plan import Entry, Found, PeoplePlan, make_plan

_MOST_ADDRESS = 200
_BELONGS = """
select m.team, m.volunteer from team_member m
where m.volunteer in ids(:volunteers) and +m.community = :community and m.to_day is null
"""

_HOMES = """
select h.volunteer from residence h
where h.volunteer in ids(:volunteers) and +h.community = :community and h.to_day is null
"""

COLUMNS = (
    Column(
        "name",
        Message("Name"),
        "姓名 名字 志愿者姓名 队员姓名 成员姓名 志愿者 name fullname",
        lambda text, _: read.name(text),
        sample="张莉",
    ),
    Column(
        "phone",
        Message("Telephone"),
        "手机号 手机 手机号码 电话 电话号码 联系电话 联系方式 联系手机 移动电话 phone mobile telephone tel",
        lambda text, _: read.phone(text),
        sample="13800000001",
    ),
    Column(
        "number",
        Message("Volunteer number"),
        "编号 志愿者编号 志愿者号 志愿者号码 number volunteernumber",
        lambda text, _: read.number(text),
    ),
    Column("sex", Message("Sex"), "性别 sex gender", lambda text, _: read.sex(text), sample="女"),
    Column(
        "birth_date",
        Message("Birth date"),
        "出生日期 出生年月日 生日 出生 birthdate dateofbirth birthday",
        lambda text, setting: day(text, setting.today),
        sample="1956-03-08",
    ),
    Column(
        "id_number",
        Message("ID number"),
        "身份证号 身份证号码 身份证 证件号码 证件号 公民身份号码 idnumber",
        lambda text, _: read.id_number(text),
    ),
    Column(
        "address",
        Message("Address"),
        "住址 地址 家庭住址 居住地址 家庭地址 现住址 通讯地址 address",
        lambda text, _: read.words(text, _MOST_ADDRESS),
        sample="红旗路8号3幢201室",
    ),
    Column(
        "email",
        Message("E-mail"),
        "邮箱 电子邮箱 电子邮件 email mail",
        lambda text, _: read.email(text),
    ),
    Column(
        "area",
        Message("Area"),
        "网格 所属网格 所在网格 区域 所属区域 所在区域 楼栋 所在楼栋 楼幢 单元 area grid building",
        lambda text, _: parts_of(text),
        empty=(),
        many=True,
        sample="第1网格",
    ),
    Column(
        "team",
        Message("Team"),
        "服务队 志愿服务队 队伍 所属队伍 所属服务队 所在队伍 所在服务队 团队 所属团队 小队 team teams",
        lambda text, _: teams_of(text),
        empty=(),
        many=True,
        sample="夜间义务巡逻队",
    ),
    Column(
        "role",
        Message("Role in the team"),
        "职务 角色 身份 队内职务 担任职务 role position",
        lambda text, _: read.role(text),
        empty="member",
        sample="队员",
    ),
    Column(
        "joined",
        Message("Joined on"),
        "加入日期 加入时间 入队日期 入队时间 注册日期 注册时间 登记日期 joined joinedon",
        lambda text, setting: day(text, setting.today, month_is_enough=True),
        sample="2024-03-05",
    ),
)


@dataclass(slots=True)
class ReadyPeople:
    people: Ready
    spoken: list[Spoken]


class Volunteers(Kind):
    key = "volunteers"
    title = Message("People and volunteers")
    about = Message("Name, telephone, teams and more; teams that are not there yet are created.")
    columns = COLUMNS
    required = (("name",),)
    permissions = ("volunteer.write", "team.write")

    def entries(self, cells: Cells, setting: Setting) -> list[Entry | None]:
        values = zip(*(cells.of(column.key, column.empty) for column in COLUMNS), strict=True)
        return [_entry(cells, row, Values(*given), setting) for row, given in enumerate(values)]

    async def look(
        self, reads: Reads, cells: Cells, entries: Any, answers: Answers, setting: Setting
    ) -> Found:
        good: list[Entry] = [e for e in entries if e is not None]
        register = await look_up(
            reads,
            setting.community,
            numbers=(e.given.number for e in good),
            names=(e.given.name for e in good),
            phones=(e.given.phone for e in good),
            id_numbers=(e.given.id_number for e in good),
        )
        teams = await teams_here(reads, setting.community)
        places = await places_of(reads, setting.community) if any(e.area for e in good) else None
        known = sorted({k.id for k in register.everybody()})
        belongs, homes = [], []
        if known:
            here = {"community": setting.community, "volunteers": known}
            belongs = await reads.fetch(_BELONGS, **here)
            homes = await reads.fetch(_HOMES, **here)
        return Found(
            register,
            teams,
            places,
            {(row["team"], row["volunteer"]) for row in belongs},
            {row["volunteer"] for row in homes},
        )

    def plan(self, cells: Cells, entries: Any, known: Any, answers: Answers, setting: Setting) -> PeoplePlan:
        return make_plan(cells, entries, known, answers, setting)

    def prepare(self, plan: Any, setting: Setting) -> ReadyPeople:
        ready = make_ready(setting.house.vault, plan.people)
        spoken = {name: speak(name) for name in {person.name for person in plan.people}}
        return ReadyPeople(ready, [spoken[person.name] for person in plan.people])

    async def write(self, unit: Unit, plan: Any, ready: Any) -> dict[str, Any]:
        ids = await enter_people(unit, ready.people)
        added = await add_volunteers(
            unit,
            [
                NewVolunteer(person, joined, number, spoken=spoken)
                for person, joined, number, spoken in zip(
                    ids, plan.joined, plan.numbers, ready.spoken, strict=True
                )
            ],
        )
        volunteers = [one.id for one in added]
        teams = dict(plan.teams)
        if plan.new_teams:
            teams |= await create_teams(unit, [NewTeam(name) for name in plan.new_teams])
        members = [
            NewMember(teams[team], known or volunteers[place], role, from_day)
            for (known, place, team), (role, from_day) in plan.members.items()
        ]
        if members:
            await add_members(unit, members)
        homes = [
            (known or volunteers[place], area, from_day)
            for (known, place), (area, from_day) in plan.homes.items()
        ]
        await enter_homes(unit, homes)
        return {}

    async def take_back(self, unit: Unit, act: int, wrote: Mapping[str, Any]) -> None:
        await take_out_people(unit, act)


class Values(NamedTuple):
    """A row's values, in the order of COLUMNS."""

    name: str
    phone: str
    number: str
    sex: str
    birth_date: str
    id_number: str
    address: str
    email: str
    area: tuple[tuple[str, ...], ...]
    team: tuple[tuple[str, ...], ...]
    role: str
    joined: str


def _entry(cells: Cells, row: int, has: Values, setting: Setting) -> Entry | None:
    teams = tuple(dict.fromkeys(team for cell in has.team for team in cell))
    _look_at(cells, row, has, teams)
    if row in cells.bad:
        return None
    hashed = setting.house.vault.hash
    details = {"phone": has.phone, "sex": has.sex, "birth_date": has.birth_date, "id_number": has.id_number}
    phone = hashed("phone", has.phone) if has.phone else ""
    id_number = hashed("id_number", has.id_number) if has.id_number else ""
    person = NewPerson(has.name, address=has.address, email=has.email, **details)
    return Entry(
        Given(row, has.name, has.number, phone, id_number, details),
        person,
        tuple(part for cell in has.area for part in cell),
        teams,
        has.role,
        has.joined,
    )


def _look_at(cells: Cells, row: int, has: Values, teams: Sequence[str]) -> None:
    """What does not fit together in one row."""
    compare = Message("Compare both with the ID card.")
    if cells.is_blank(row, "name"):
        message = Message("The name is missing.")
        cells.fault(row, "name", message, Message("Write the name, or delete the line."))
    if has.id_number and has.birth_date and read.born_by(has.id_number) != has.birth_date:
        cells.fault(row, "birth_date", Message("The ID number says another birth date."), compare)
    if has.id_number and has.sex and read.sex_by(has.id_number) != has.sex:
        cells.fault(row, "sex", Message("The ID number says another sex."), compare)
    if has.role != "member" and not teams:
        message = Message("A leader needs a team.")
        cells.fault(row, "role", message, Message("Write the team, or leave the role empty."))
