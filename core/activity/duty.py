"""What teams have set themselves to do each month, and how it went: so many activities, so long on average.

The field's text: each team carries out two or three voluntary activities a month, on average at least three
hours. An activity counts when somebody's confirmed attendance stands; its length is what those who were there
served on average. The goal is the team's, not a rule about points.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from core.base.act import Unit
from core.base.clock import moment
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.communities import place
from core.community.team_pages import Goal

READ, WRITE = "team.read", "team.write"
NOTICE = "duty.remind"
MOST_ACTIVITIES = 99
MOST_MINUTES = 1440

_SET = """
insert into team_duty (community, team, from_month, least, most, minutes, act)
select t.community, t.id, :from_month, :least, :most, :minutes, :act from team t
where t.community = :community and t.id = :team and t.closed_at is null
on conflict (team, from_month) do update set least = excluded.least, most = excluded.most,
    minutes = excluded.minutes, act = excluded.act
"""

_HISTORY = """
select from_month, least, most, minutes from team_duty
where team = :team and +community = :community order by from_month desc limit 60
"""

_REPORT = """
with served as (
    select y.team, count(distinct y.id) as activities, count(*) as times, sum(x.minutes) as minutes
    from activity y join attendance x on x.activity = y.id
    where y.community = :community and y.from_at >= :since and y.from_at < :until and y.team is not null
        and exists (select 1 from attendance_decision d
                    where d.attendance = x.id and d.decision = 'confirmed')
        and not exists (select 1 from attendance_decision d
                        where d.attendance = x.id and d.decision = 'reversed')
    group by y.team
)
select t.id, t.public_id, t.name, t.category, d.least, d.most, d.minutes as goal_minutes,
    coalesce(s.activities, 0) as activities, coalesce(s.times, 0) as times, coalesce(s.minutes, 0) as minutes
from team t
left join served s on s.team = t.id
left join team_duty d on d.team = t.id and d.from_month = (
    select max(o.from_month) from team_duty o where o.team = t.id and o.from_month <= :month)
where t.community = :community and (s.team is not null or (t.created_at < :until and t.closed_at is null))
    and (:everything = 1 or t.id in ids(:teams))
order by t.name, t.id
"""

_MEMBERS = """
select v.number, p.name, max(g.member) as member, sum(g.times) as times, sum(g.minutes) as minutes
from (
    select m.volunteer, 1 as member, 0 as times, 0 as minutes from team_member m
    where m.team = :team and +m.community = :community and m.from_day < :next_month
        and (m.to_day is null or m.to_day >= :month)
    union all
    select x.volunteer, 0, 1, x.minutes from activity y join attendance x on x.activity = y.id
    where y.team = :team and y.from_at >= :since and y.from_at < :until and +y.community = :community
        and exists (select 1 from attendance_decision d
                    where d.attendance = x.id and d.decision = 'confirmed')
        and not exists (select 1 from attendance_decision d
                        where d.attendance = x.id and d.decision = 'reversed')
) g
join volunteer v on v.id = g.volunteer and +v.community = :community
join person p on p.id = v.person
group by v.id, v.number, v.sort, p.name order by sum(g.times) desc, v.sort, v.number
"""

# Once for each leader, team and month: the address says which.
_REMIND = """
insert into notice (community, person, kind, message, arguments, href, act, at)
select cast(:community as bigint), v.person, cast(:kind as text), r.message, r.arguments, r.href,
    cast(:act as bigint), cast(:at as bigint)
from rows(:items; team bigint, message text, arguments text, href text) as r
join team_member m on m.team = r.team and m.to_day is null and m.role in ('leader', 'deputy')
    and +m.community = :community
join volunteer v on v.id = m.volunteer and v.status = 'active'
join person p on p.id = v.person and p.erased_at is null and p.died_on is null
where not exists (select 1 from notice n where n.person = v.person and n.community = v.community
    and n.kind = :kind and n.href = r.href)
returning id
"""


class TeamMonth(msgspec.Struct, frozen=True):
    """What a team did in a month. `times` are people's single attendances; `minutes` theirs together."""

    id: int
    public_id: str
    name: str
    category: str
    goal: Goal | None
    activities: int
    times: int
    minutes: int

    @property
    def average(self) -> int:
        """Minutes that somebody who came served on average at one activity."""
        return self.minutes // self.times if self.times else 0

    @property
    def state(self) -> str:
        """'none' without a goal, 'few' (activities), 'short' (on average), 'met', 'more' (than planned)."""
        return state_of(self.goal, self.activities, self.average)

    @property
    def under(self) -> bool:
        return self.state in ("few", "short")


class MemberMonth(msgspec.Struct, frozen=True):
    """What one person did with the team in a month; `member` is false for a guest."""

    number: str
    name: str
    member: bool
    times: int
    minutes: int


class Span(msgspec.Struct, frozen=True):
    """A month of the community: its first moment and the next month's, in milliseconds since 1970 UTC."""

    month: str
    next_month: str
    since: int
    until: int


def state_of(goal: Goal | None, activities: int, average: int) -> str:
    if goal is None:
        return "none"
    if activities < goal.least:
        return "few"
    if activities and average < goal.minutes:
        return "short"
    return "more" if activities > goal.most else "met"


def month_before(month: str, back: int = 1) -> str:
    """'2026-10' of '2026-11'."""
    whole = int(month[:4]) * 12 + int(month[5:7]) - 1 - back
    return f"{whole // 12:04}-{whole % 12 + 1:02}"


def span_of(month: str, zone: str) -> Span:
    year, number = int(month[:4]), int(month[5:7])
    following = year * 12 + number
    after = (following // 12, following % 12 + 1)
    return Span(
        month,
        f"{after[0]:04}-{after[1]:02}",
        moment(datetime(year, number, 1), zone),  # noqa: DTZ001  # a wall-clock time of the zone
        moment(datetime(after[0], after[1], 1), zone),  # noqa: DTZ001
    )


async def set_duty(unit: Unit, team: int, from_month: str, goal: Goal) -> None:
    """Sets a team's monthly goal from a month on; all of it 0 takes the goal away from then.

    Raises Invalid (least, most, minutes), NotFound.
    """
    unit.viewer.require(WRITE)
    least, most, minutes = goal.least, goal.most, goal.minutes
    wrong: dict[str, Message] = {}
    if not 0 <= least <= MOST_ACTIVITIES:
        wrong["least"] = Message("Give a whole number from 0 to %(most)s.", most=MOST_ACTIVITIES)
    if not least <= most <= MOST_ACTIVITIES:
        wrong["most"] = Message("Give at least as many as the least, up to %(most)s.", most=MOST_ACTIVITIES)
    if not 0 <= minutes <= MOST_MINUTES:
        wrong["minutes"] = Message("Give the minutes as a whole number, up to a day.")
    if wrong:
        raise Invalid(wrong)
    done = await unit.execute(
        _SET,
        community=place(unit),
        team=team,
        from_month=from_month,
        least=least,
        most=most,
        minutes=minutes,
        act=unit.act,
    )
    if not done:
        raise NotFound
    await unit.audit("team.duty", "team", team, least=least, most=most, minutes=minutes)


async def duties_of(viewer: Viewer, team: int) -> list[tuple[str, Goal | None]]:
    """The goals a team has had, with the month each began, the latest first. Raises NotFound."""
    viewer.require(READ, team=team)
    rows = await viewer.house.db.fetch(_HISTORY, community=viewer.community, team=team)
    return [(r["from_month"], Goal(r["least"], r["most"], r["minutes"]) if r["most"] else None) for r in rows]


async def report(viewer: Viewer, span: Span) -> list[TeamMonth]:
    """How a month went for the teams one may read. One statement. Raises NotFound."""
    teams = viewer.teams(READ)
    if teams is not None and not teams:
        raise NotFound
    rows = await viewer.house.db.fetch(
        _REPORT,
        community=viewer.community,
        month=span.month,
        since=span.since,
        until=span.until,
        everything=int(teams is None),
        teams=sorted(teams or ()),
    )
    return [_team_month(row) for row in rows]


def _team_month(row: Row) -> TeamMonth:
    goal = Goal(row["least"], row["most"], row["goal_minutes"]) if row["most"] else None
    return TeamMonth(
        row["id"],
        row["public_id"],
        row["name"],
        row["category"],
        goal,
        row["activities"],
        row["times"],
        int(row["minutes"]),
    )


async def members_month(viewer: Viewer, team: int, span: Span) -> list[MemberMonth]:
    """What each member, and each guest, did with a team in a month. One statement. Raises NotFound."""
    viewer.require(READ, team=team)
    rows = await viewer.house.db.fetch(
        _MEMBERS,
        community=viewer.community,
        team=team,
        month=span.month,
        next_month=span.next_month,
        since=span.since,
        until=span.until,
    )
    return [
        MemberMonth(r["number"], r["name"], bool(r["member"]), int(r["times"]), int(r["minutes"]))
        for r in rows
    ]


async def remind(unit: Unit, span: Span, base: str, only: Sequence[int] | None = None) -> int:
    """Tells the leaders of teams that stayed under their goal; returns how many notices. Two statements.

    A leader is told once for a team and month, whoever presses and however often. `base` is the address below
    which teams have their pages; `only` are the teams that are meant, all of them where it is None.
    """
    unit.viewer.require(WRITE)
    rows = await unit.fetch(
        _REPORT,
        community=place(unit),
        month=span.month,
        since=span.since,
        until=span.until,
        everything=int(only is None),
        teams=sorted(only or ()),
    )
    under = [found for found in map(_team_month, rows) if found.under]
    told = await unit.fetch(
        _REMIND,
        community=place(unit),
        kind=NOTICE,
        act=unit.act,
        at=unit.now,
        items=_items(under, span, base),
    )
    await unit.audit("team.remind", "team", None, teams=len(under), notices=len(told))
    return len(told)


def _items(under: Iterable[TeamMonth], span: Span, base: str) -> list[dict[str, object]]:
    return [
        {
            "team": team.id,
            "message": message.id,
            "arguments": to_json(message.args),
            "href": f"{base}/{team.public_id}/duty?month={span.month}",
        }
        for team in under
        for message in (_words(team, span.month),)
    ]


def _words(team: TeamMonth, month: str) -> Message:
    goal = team.goal or Goal(0, 0, 0)
    if team.state == "few":
        return Message(
            "%(team)s in %(month)s: %(held)s activities; the goal is %(least)s to %(most)s.",
            team=team.name,
            month=month,
            held=team.activities,
            least=goal.least,
            most=goal.most,
        )
    return Message(
        "%(team)s in %(month)s: %(average)s minutes an activity on average; the goal is %(goal)s.",
        team=team.name,
        month=month,
        average=team.average,
        goal=goal.minutes,
    )
