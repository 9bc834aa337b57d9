"""Deciding on applications: accept to the card, refuse to nothing left, or it is somebody known."""

import msgspec

from core.community.teams import create_team
from tests.support.cast import Cast
from tests.support.life import APPLICATION, applies, open_teams, the_applicant, value
from tests.web.conftest import Enter

QUEUE = "/c/hongqi/applications"


async def team_of(cast: Cast) -> str:
    return str(await value(cast, "select public_id from team where id = :t", t=cast.team))


async def page_of(cast: Cast) -> str:
    return f"{QUEUE}/{(await the_applicant(cast)).volunteer.number}"


async def test_the_queue_tells_who_waits_in_three_statements(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    assert "没有待处理的申请" in (await worker.get(QUEUE)).text
    await applies(cast, msgspec.structs.replace(APPLICATION, name="李阿姨", age="minor"))
    with cast.house.db.watch() as log:
        page = await worker.get(QUEUE)
    assert len(log) <= 1 + 3
    for text in ("李阿姨", "14 至 17 周岁", "可能已登记过"):
        assert text in page.text
    assert "· 1</a>" in (await worker.get("/c/hongqi/people")).text


async def test_accepted_he_gets_a_card_and_his_teams(enter: Enter, cast: Cast) -> None:
    team = await team_of(cast)
    await applies(cast, msgspec.structs.replace(APPLICATION, teams=(team,), note="会修车"))
    worker, base = await enter("陈社工"), await page_of(cast)
    page = await worker.get(base)
    for text in ("会修车", "13700000001", "夜间义务巡逻队"):
        assert text in page.text
    answers = [await worker.submit(page, base + "/accept") for _ in range(3)]
    number = base.rpartition("/")[2]
    assert {a.location for a in answers} == {f"/c/hongqi/people/{number}/card?done=accepted"}
    assert "马小红" in (await worker.get(answers[0].location)).text
    assert (await worker.get(base)).status == 404
    members = await value(
        cast,
        "select count(*) from team_member m join volunteer v on v.id = m.volunteer where v.number = :n",
        n=number,
    )
    assert members == 1


async def test_a_minor_is_accepted_with_the_paper_only(enter: Enter, cast: Cast) -> None:
    await applies(cast, msgspec.structs.replace(APPLICATION, age="minor"))
    worker, base = await enter("陈社工"), await page_of(cast)
    page = await worker.get(base)
    wrong = await worker.submit(page, base + "/accept")
    assert wrong.status == 422
    assert 'id="guardian-error"' in wrong.text
    assert (await worker.submit(wrong, base + "/accept", guardian="yes")).status == 303


async def test_refused_with_a_reason_nothing_is_left(enter: Enter, cast: Cast) -> None:
    await applies(cast)
    worker, base = await enter("陈社工"), await page_of(cast)
    page = await worker.get(base)
    wrong = await worker.submit(page, base + "/refuse")
    assert wrong.status == 422
    assert 'id="reason-error"' in wrong.text
    answer = await worker.submit(wrong, base + "/refuse", reason="outside")
    assert answer.location == QUEUE + "?done=refused"
    assert "已删除" in (await worker.get(answer.location)).text
    assert (await worker.get(base)).status == 404
    assert await value(cast, "select count(*) from person where name = '马小红'") == 0


async def test_it_is_somebody_known_and_his_teams_are_offered(enter: Enter, cast: Cast) -> None:
    await cast.do(cast.system(), lambda unit: create_team(unit, "银龄互助队"))
    team = await value(cast, "select public_id from team where name = '银龄互助队'")
    li = cast["李阿姨"]
    await applies(cast, msgspec.structs.replace(APPLICATION, phone=li.phone, teams=(team,)))
    worker, base = await enter("陈社工"), await page_of(cast)
    answer = await worker.submit(await worker.get(base), base + "/same", known=li.number)
    assert answer.location == f"/c/hongqi/people/{li.number}/teams?done=same&team={team}"
    page = await worker.get(answer.location)
    assert (await worker.submit(page, f"/c/hongqi/people/{li.number}/teams")).status == 303
    assert await open_teams(cast, "李阿姨") == 2
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 0


async def test_nothing_of_an_applicant_is_shown_to_others(enter: Enter, cast: Cast) -> None:
    await applies(cast)
    base = await page_of(cast)
    for name in ("王队长", "孙店员", "周审计", "李阿姨", "何社工"):
        guest = await enter(name)
        for path in (QUEUE, base, base.replace("applications", "people")):
            answer = await guest.get(path)
            assert answer.status == 404
            assert "马小红" not in answer.text
