"""Accepting an application: a volunteer from today, in the teams he asked for, found like everybody."""

import msgspec
import pytest

from core.base.act import act
from core.base.errors import Invalid, NotFound
from core.base.ids import request_id
from core.community.admission import accept
from core.community.search import search
from core.community.teams import members_for_roster
from tests.support.cast import Cast
from tests.support.life import APPLICATION, applies, grids, the_applicant, value


async def team_id(cast: Cast) -> str:
    return str(await value(cast, "select public_id from team where id = :t", t=cast.team))


async def test_he_is_a_volunteer_from_today_and_in_his_teams(cast: Cast) -> None:
    area, team = (await grids(cast, "第1网格"))["第1网格"], await team_id(cast)
    await applies(cast, msgspec.structs.replace(APPLICATION, teams=(team,), area=area))
    cast.house.clock.advance(3 * 86_400_000)  # type: ignore[attr-defined]  # the suite's own clock
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: accept(unit, found, [team, "absent"]))
    for text in ("马小红", "mxh", "13700000001", "0001", found.number):
        (volunteer,) = await search(worker, text)
        assert (volunteer.status, volunteer.joined_on) == ("active", "2026-11-26")
    assert "马小红" in [m.name for m in await members_for_roster(worker, cast.team)]
    assert await value(cast, "select count(*) from residence where volunteer = :v", v=found.id) == 1
    left = await cast.house.db.fetch(
        "select field from person_secret where person = :p order by field", p=found.person
    )
    assert [row["field"] for row in left] == ["phone"]
    assert await value(cast, "select count(*) from person_lookup where kind = 'applied'") == 0


async def test_a_minor_needs_the_guardian_s_consent_on_paper(cast: Cast) -> None:
    await applies(cast, msgspec.structs.replace(APPLICATION, age="minor"))
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    with pytest.raises(Invalid) as refused:
        await cast.do(worker, lambda unit: accept(unit, found, []))
    assert list(refused.value.fields) == ["guardian"]
    await cast.do(worker, lambda unit: accept(unit, found, [], guardian_agreed=True))
    taken = await value(cast, "select taken_by from consent where purpose = 'guardian'")
    assert taken == cast["陈社工"].person


async def test_accepted_once_the_same_form_is_answered_and_another_finds_nothing(cast: Cast) -> None:
    await applies(cast)
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    request = request_id()

    async def work(unit: object) -> dict[str, int]:
        return {"teams": len(await accept(unit, found, []))}  # type: ignore[arg-type]  # act hands a unit

    assert [(await act(worker, "accept", request, None, work)).replayed for _ in range(3)] == [
        False,
        True,
        True,
    ]
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: accept(unit, found, []))


async def test_only_the_own_community_s_office_accepts(cast: Cast) -> None:
    await applies(cast)
    found = (await the_applicant(cast)).volunteer
    for viewer in (await cast.viewer("何社工", "xinxing"), await cast.viewer("王队长")):
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: accept(unit, found, []))
