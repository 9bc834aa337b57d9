"""A person's teams on the page: join with days, lead, leave; mistakes at the form they belong to."""

from core.community.teams import create_team
from tests.support.cast import Cast
from tests.support.life import open_teams, value
from tests.web.conftest import Enter


def at(cast: Cast, rest: str = "") -> str:
    return f"/c/hongqi/people/{cast['李阿姨'].number}/teams{rest}"


async def new_team(cast: Cast, name: str = "银龄互助队") -> str:
    await cast.do(cast.system(), lambda unit: create_team(unit, name))
    return str(await value(cast, "select public_id from team where name = :n", n=name))


async def test_joins_leads_and_leaves(enter: Enter, cast: Cast) -> None:
    team, worker = await new_team(cast), await enter("陈社工")
    page = await worker.get(at(cast))
    answer = await worker.submit(page, at(cast), team=team, from_day="2026-11-01")
    assert answer.location == at(cast, "?done=joined")
    page = await worker.get(answer.location)
    assert "2026-11-01" in page.text
    fields = {**page.form(at(cast, "/role")), "team": team, f"role-{team}": "leader"}
    assert (await worker.post(at(cast, "/role"), fields)).status == 303
    viewer = await cast.viewer("李阿姨")
    which = await value(cast, "select id from team where public_id = :t", t=team)
    assert viewer.may("activity.record", team=which)
    fields = {**page.form(at(cast, "/leave")), "team": team, f"day-{team}": "2026-11-20"}
    assert (await worker.post(at(cast, "/leave"), fields)).status == 303
    page = await worker.get(at(cast))
    assert "2026-11-01 至 2026-11-20" in page.text
    assert not (await cast.viewer("李阿姨")).may("activity.record", team=which)


async def test_a_mistake_stands_at_the_form_it_belongs_to(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    page = await worker.get(at(cast))
    fields = {**page.form(at(cast, "/leave")), "team": team, f"day-{team}": "2027-01-01"}
    wrong = await worker.post(at(cast, "/leave"), fields)
    assert wrong.status == 422
    assert f'id="day-{team}-error"' in wrong.text
    wrong = await worker.submit(page, at(cast), team="", from_day="2026-01-01")
    assert wrong.status == 422
    assert 'id="team-error"' in wrong.text
    assert wrong.form(at(cast))["from_day"] == "2026-01-01"


async def test_the_teams_an_application_asked_for_are_ticked_and_joined_together(
    enter: Enter, cast: Cast
) -> None:
    teams = [await new_team(cast, name) for name in ("银龄互助队", "四点半课堂")]
    worker = await enter("陈社工")
    page = await worker.get(at(cast, f"?done=same&team={teams[0]}&team={teams[1]}"))
    assert sorted(page.form(at(cast))["team"]) == sorted(teams)
    assert (await worker.submit(page, at(cast))).status == 303
    assert await open_teams(cast, "李阿姨") == 3


async def test_joined_three_times_by_one_form_is_joined_once(enter: Enter, cast: Cast) -> None:
    team, worker = await new_team(cast), await enter("陈社工")
    page = await worker.get(at(cast))
    assert {(await worker.submit(page, at(cast), team=team)).status for _ in range(3)} == {303}
    assert await open_teams(cast, "李阿姨") == 2
