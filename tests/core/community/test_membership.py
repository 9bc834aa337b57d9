"""Joining and leaving a team with days, and leading it: at once, and never twice at the same time."""

import asyncio

import pytest

from core.base.act import act
from core.base.errors import Invalid, NotFound, Refused
from core.base.ids import request_id
from core.community.membership import Joining, become, join, leave_team, memberships
from core.community.teams import create_team
from core.lifecycle.farewell import leave
from tests.support.cast import Cast
from tests.support.life import who


async def public_of(cast: Cast, team: int) -> str:
    return str(await cast.house.db.value("select public_id from team where id = :t", t=team))


async def new_team(cast: Cast, name: str = "银龄互助队") -> str:
    done = await cast.do(cast.system(), lambda unit: create_team(unit, name))
    return await public_of(cast, done.answer["value"])


async def joins(cast: Cast, name: str, team: str, **more: str) -> None:
    viewer, person = await cast.viewer("陈社工"), await who(cast, name)
    await cast.do(viewer, lambda unit: join(unit, person, Joining(team=team, **more)))


async def days(cast: Cast, name: str, team: str) -> list[tuple[str, str | None, str]]:
    rows = await memberships(await cast.viewer("陈社工"), await who(cast, name))
    return [(r["c"], r["d"], r["e"]) for r in rows if r["b"] == team]


async def test_joins_today_or_on_a_day_and_an_earlier_time_can_be_entered(cast: Cast) -> None:
    team = await new_team(cast)
    await joins(cast, "李阿姨", team, from_day="2025-01-01", to_day="2025-12-31")
    await joins(cast, "李阿姨", team)
    assert await days(cast, "李阿姨", team) == [
        ("2026-11-23", None, "member"),
        ("2025-01-01", "2025-12-31", "member"),
    ]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"from_day": "2026-11-24"}, "from_day"),
        ({"from_day": "2026-01-01", "to_day": "2026-11-24"}, "to_day"),
        ({"from_day": "2026-02-01", "to_day": "2026-01-31"}, "to_day"),
        ({"from_day": "2026-13-01"}, "from_day"),
        ({"role": "chief"}, "role"),
        ({"from_day": "2025-06-01", "to_day": "2025-07-01"}, "from_day"),  # within an earlier one
        ({"from_day": "2024-12-01", "to_day": "2025-02-01"}, "from_day"),  # over its beginning
        ({"from_day": "2025-01-01", "to_day": "2025-01-01"}, "from_day"),
        ({"from_day": "2024-01-01"}, "from_day"),  # still there: over all of it
    ],
)
async def test_days_that_cannot_be_are_told_at_the_field(
    cast: Cast, more: dict[str, str], field: str
) -> None:
    team = await new_team(cast)
    await joins(cast, "李阿姨", team, from_day="2025-01-01", to_day="2025-12-31")
    with pytest.raises(Invalid) as refused:
        await joins(cast, "李阿姨", team, **more)
    assert list(refused.value.fields) == [field]
    assert len(await days(cast, "李阿姨", team)) == 1


async def test_who_left_on_a_day_may_join_again_on_it(cast: Cast) -> None:
    team = await public_of(cast, cast.team)
    viewer, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    await cast.do(viewer, lambda unit: leave_team(unit, person, team))
    await joins(cast, "李阿姨", team)
    assert [to for _, to, _ in await days(cast, "李阿姨", team)] == [None, "2026-11-23"]


async def test_a_leader_leads_at_once_several_may_and_stops_at_once(cast: Cast) -> None:
    team = await public_of(cast, cast.team)
    worker, li = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    assert not (await cast.viewer("李阿姨")).may("activity.record", team=cast.team)
    await cast.do(worker, lambda unit: become(unit, li, team, "leader"))
    for name in ("李阿姨", "王队长"):
        assert (await cast.viewer(name)).may("activity.record", team=cast.team)
    await cast.do(worker, lambda unit: leave_team(unit, li, team))
    assert not (await cast.viewer("李阿姨")).may("activity.record", team=cast.team)


@pytest.mark.parametrize("day", ["2026-11-24", "2026-01-01", "x"])
async def test_nobody_leaves_before_he_came_or_in_days_to_come(cast: Cast, day: str) -> None:
    team = await public_of(cast, cast.team)
    viewer, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    with pytest.raises(Invalid) as refused:
        await cast.do(viewer, lambda unit: leave_team(unit, person, team, day))
    assert list(refused.value.fields) == ["day"]


async def test_two_who_enter_the_same_membership_enter_it_once(cast: Cast) -> None:
    team = await new_team(cast)
    viewer, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    results = await asyncio.gather(
        *(cast.do(viewer, lambda unit: join(unit, person, Joining(team=team))) for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Invalid) for r in results) == 2
    assert len(await days(cast, "李阿姨", team)) == 1


async def test_the_same_form_three_times_is_one_membership(cast: Cast) -> None:
    team, request = await new_team(cast), request_id()
    viewer, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")

    async def work(unit: object) -> dict[str, int]:
        return {"team": await join(unit, person, Joining(team=team))}  # type: ignore[arg-type]

    done = [await act(viewer, "team.join", request, [team], work) for _ in range(3)]
    assert [d.replayed for d in done] == [False, True, True]
    assert len(await days(cast, "李阿姨", team)) == 1


async def test_foreign_and_absent_teams_and_people_look_alike(cast: Cast) -> None:
    foreign = await public_of(cast, cast.other_team)
    person = await who(cast, "李阿姨")
    worker = await cast.viewer("陈社工")
    said = []
    for team in (foreign, "absent"):
        with pytest.raises(Invalid) as refused:
            await joins(cast, "李阿姨", team)
        said.append(str(refused.value.fields["team"]))
        with pytest.raises(NotFound):
            await cast.do(worker, lambda unit, team=team: leave_team(unit, person, team))
    assert said[0] == said[1]
    team = await new_team(cast)
    feng = await who(cast, "冯阿姨", "何社工", "xinxing")
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: join(unit, feng, Joining(team=team)))
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("王队长"), lambda unit: join(unit, person, Joining(team=team)))


async def test_who_has_left_joins_no_team(cast: Cast) -> None:
    team = await new_team(cast)
    worker, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    await cast.do(worker, lambda unit: leave(unit, person.id, "own_wish"))
    with pytest.raises(Refused):
        await joins(cast, "李阿姨", team)
