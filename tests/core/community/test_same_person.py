"""An application of somebody who is here already is dropped; the teams it asked for are offered to him."""

import msgspec
import pytest

from core.base.errors import NotFound
from core.community.admission import same_person
from tests.support.cast import Cast
from tests.support.life import APPLICATION, applies, the_applicant, value, who


async def test_the_application_is_dropped_and_its_teams_come_back(cast: Cast) -> None:
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    await applies(cast, msgspec.structs.replace(APPLICATION, name="李阿姨", teams=(team,)))
    applicant, known = (await the_applicant(cast)).volunteer, await who(cast, "李阿姨")
    worker = await cast.viewer("陈社工")
    done = await cast.do(worker, lambda unit: same_person(unit, applicant, known))
    assert done.answer["value"] == [team]
    assert await value(cast, "select name from person where id = :p", p=applicant.person) == ""
    agreed = await value(cast, "select count(*) from consent where ended_at is null")
    assert agreed == 1
    assert await value(cast, "select person from consent where ended_at is null") == known.person


async def test_the_known_one_is_a_volunteer_of_this_community(cast: Cast) -> None:
    await applies(cast)
    applicant = (await the_applicant(cast)).volunteer
    worker = await cast.viewer("陈社工")
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: same_person(unit, applicant, applicant))
    feng = await who(cast, "冯阿姨", "何社工", "xinxing")
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: same_person(unit, applicant, feng))
    assert (await the_applicant(cast)).volunteer.id == applicant.id
