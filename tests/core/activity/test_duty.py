"""Monthly targets: what counts, what holds from which month, who is under, and that he is told once."""

import pytest

from core.activity.duty import duties_of, members_month, remind, report, set_duty, span_of, state_of
from core.activity.review import reverse
from core.base.errors import Invalid, NotFound
from core.community.notices import inbox
from core.community.team_pages import Goal
from core.community.teams import create_team
from tests.support.offices import Offices
from tests.support.served import ZONE, serve

OCTOBER = span_of("2026-10", ZONE)
BASE = "/c/hongqi/teams"


async def goal(offices: Offices, month: str, *goal: int, team: int = 0) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda u: set_duty(u, team or cast.team, month, Goal(*goal)))


@pytest.mark.parametrize(
    ("activities", "average", "state"),
    [(0, 0, "few"), (1, 500, "few"), (2, 179, "short"), (2, 180, "met"), (3, 200, "met"), (4, 200, "more")],
)
def test_a_month_is_under_on_or_over_the_target(activities: int, average: int, state: str) -> None:
    assert state_of(Goal(2, 3, 180), activities, average) == state
    assert state_of(None, activities, average) == "none"


async def test_only_confirmed_attendance_of_the_month_counts(offices: Offices) -> None:
    cast = offices.cast
    await goal(offices, "2026-01", 2, 3, 100)
    await serve(cast, "2026-09-30", 120, "李阿姨")
    await serve(cast, "2026-10-01", 120, "李阿姨", "赵叔叔")
    taken_back = await serve(cast, "2026-10-11", 60, "李阿姨")
    await serve(cast, "2026-10-20", 60, "王队长")  # his own: waits for a second person
    await serve(cast, "2026-10-31", 90, "赵叔叔")
    await serve(cast, "2026-11-01", 120, "李阿姨")
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda u: reverse(u, taken_back, "twice"))
    (row,) = await report(worker, OCTOBER)
    assert (row.activities, row.times, row.minutes, row.average, row.state) == (2, 3, 330, 110, "met")
    found = {m.name: (m.times, m.minutes, m.member) for m in await members_month(worker, cast.team, OCTOBER)}
    assert found == {"赵叔叔": (2, 210, False), "李阿姨": (1, 120, False)}
    november = await members_month(worker, cast.team, span_of("2026-11", ZONE))
    assert [(m.name, m.times) for m in november][:1] == [("李阿姨", 1)]
    assert {(m.times, m.member) for m in november[1:]} == {(0, True)}
    assert len(november) == 6


async def test_a_goal_holds_from_its_month_until_the_next(offices: Offices) -> None:
    await goal(offices, "2026-01", 2, 3, 180)
    await goal(offices, "2026-10", 1, 2, 60)
    await goal(offices, "2026-12", 0, 0, 0)
    worker = await offices.cast.viewer("陈社工")
    wanted = {"2025-12": None, "2026-09": Goal(2, 3, 180), "2026-10": Goal(1, 2, 60), "2026-12": None}
    for month, held in wanted.items():
        rows = await report(worker, span_of(month, ZONE))
        assert [row.goal for row in rows] in ([held], []), month
    assert [month for month, _ in await duties_of(worker, offices.cast.team)] == [
        "2026-12",
        "2026-10",
        "2026-01",
    ]
    await goal(offices, "2026-10", 2, 2, 60)
    assert dict(await duties_of(worker, offices.cast.team))["2026-10"] == Goal(2, 2, 60)


async def test_a_team_that_was_not_there_yet_is_not_in_a_months_report(offices: Offices) -> None:
    worker = await offices.cast.viewer("陈社工")
    assert await report(worker, span_of("2026-09", ZONE)) == []
    assert len(await report(worker, span_of("2026-11", ZONE))) == 1


async def test_goals_that_cannot_be_are_said_at_the_field(offices: Offices) -> None:
    for least, most, minutes, field in ((3, 2, 60, "most"), (-1, 2, 60, "least"), (1, 2, 1441, "minutes")):
        with pytest.raises(Invalid) as refused:
            await goal(offices, "2026-10", least, most, minutes)
        assert list(refused.value.fields) == [field]
    for team in (offices.cast.other_team, 10**9):
        with pytest.raises(NotFound):
            await goal(offices, "2026-10", 1, 2, 60, team=team)
    leader = await offices.cast.viewer("王队长")
    with pytest.raises(NotFound):
        await offices.cast.do(leader, lambda u: set_duty(u, offices.cast.team, "2026-10", Goal(1, 2, 60)))


async def test_leaders_of_teams_under_target_are_told_once_whoever_presses(offices: Offices) -> None:
    cast = offices.cast
    span = span_of("2026-11", ZONE)
    await goal(offices, "2026-01", 2, 3, 180)
    for who in ("陈社工", "林主任"):
        viewer = await cast.viewer(who)
        done = await cast.do(viewer, lambda u: remind(u, span, BASE))
        assert done.answer == {"value": 2 if who == "陈社工" else 0}
    (notice,) = await inbox(await cast.viewer("王队长"))
    assert "0 activities" in str(notice.message)
    assert notice.href.startswith(BASE)
    assert notice.href.endswith("/duty?month=2026-11")
    assert len(await inbox(await cast.viewer("郑副队"))) == 1
    assert await inbox(await cast.viewer("李阿姨")) == []
    later, worker = span_of("2026-12", ZONE), await cast.viewer("陈社工")
    assert (await cast.do(worker, lambda u: remind(u, later, BASE))).answer == {"value": 2}


async def test_who_met_the_target_is_not_reminded(offices: Offices) -> None:
    cast = offices.cast
    await goal(offices, "2026-01", 1, 2, 60)
    await serve(cast, "2026-11-10", 90, "李阿姨")
    worker = await cast.viewer("陈社工")
    span = span_of("2026-11", ZONE)
    assert (await cast.do(worker, lambda u: remind(u, span, BASE))).answer == {"value": 0}


async def test_the_report_takes_one_statement_whatever_the_number_of_teams(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    for i in range(12):
        await cast.do(worker, lambda u, i=i: create_team(u, f"{i}队"))
    await serve(cast, "2026-11-10", 90, "李阿姨")
    with cast.house.db.watch() as log:
        rows = await report(worker, span_of("2026-11", ZONE))
        await members_month(worker, cast.team, span_of("2026-11", ZONE))
    assert (len(rows), len(log)) == (13, 2)


def test_a_month_is_the_communitys_own() -> None:
    december = span_of("2026-12", ZONE)
    assert december.next_month == "2027-01"
    assert (december.until - december.since) // 86_400_000 == 31
    assert december.since == span_of("2026-11", ZONE).until
