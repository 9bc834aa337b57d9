"""Refusing an application: what was given is erased, unless he is somebody elsewhere."""

import pytest

from core.base.errors import Invalid, NotFound
from core.base.vault import Unreadable
from core.community.admission import refuse
from core.community.applications import Application
from core.community.search import Wanted, browse
from core.community.volunteers import by_number
from tests.support.cast import Cast
from tests.support.life import applies, the_applicant, value


async def test_name_telephone_and_what_was_written_are_gone(cast: Cast) -> None:
    await applies(cast)
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: refuse(unit, found, "outside"))
    person = {"p": found.person}
    assert await value(cast, "select name || search from person where id = :p", **person) == ""
    for table in ("person_secret", "person_key", "person_lookup"):
        counts = {
            "person_secret": "select count(*) from person_secret where person = :p",
            "person_key": "select count(*) from person_key where person = :p",
            "person_lookup": "select count(*) from person_lookup where person = :p",
        }
        assert await value(cast, counts[table], **person) == 0
    assert await value(cast, "select count(*) from volunteer_word where volunteer = :v", v=found.id) == 0
    row = await cast.house.db.one("select status, left_why, sort from volunteer where id = :v", v=found.id)
    assert row is not None
    assert tuple(row) == ("left", "refused", "")
    with pytest.raises(Unreadable):
        await cast.do(
            cast.system(),
            lambda unit: cast.house.vault.put(unit.transaction, {found.person: {"phone": "1"}}),
        )


async def test_he_stands_in_no_list_and_his_number_leads_nowhere(cast: Cast) -> None:
    await applies(cast)
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: refuse(unit, found, "other"))
    for status in ("active", "left", ""):
        assert found.id not in [f.volunteer.id for f in await browse(worker, Wanted(status=status))]
        assert await browse(worker, Wanted(text=found.number, status=status)) == []
    with pytest.raises(NotFound):
        await by_number(worker, found.number)


async def test_who_is_somebody_elsewhere_stays_who_he_is_and_may_ask_again(cast: Cast) -> None:
    application = Application(age="adult", agreed=True)
    await applies(cast, application, await cast.viewer("冯阿姨"))
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: refuse(unit, found, "outside"))
    there = await cast.viewer("何社工", "xinxing")
    assert (await by_number(there, cast["冯阿姨"].number)).name == "冯阿姨"
    assert await applies(cast, application, await cast.viewer("冯阿姨"))
    assert (await the_applicant(cast)).volunteer.id == found.id


async def test_a_reason_is_one_of_those_offered(cast: Cast) -> None:
    await applies(cast)
    found, worker = (await the_applicant(cast)).volunteer, await cast.viewer("陈社工")
    with pytest.raises(Invalid) as refused:
        await cast.do(worker, lambda unit: refuse(unit, found, "他很烦"))
    assert list(refused.value.fields) == ["reason"]
    assert (await the_applicant(cast)).volunteer.id == found.id


async def test_a_volunteer_cannot_be_refused_nor_a_stranger_s_applicant(cast: Cast) -> None:
    await applies(cast)
    applicant = (await the_applicant(cast)).volunteer
    worker = await cast.viewer("陈社工")
    li = await by_number(worker, cast["李阿姨"].number)
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: refuse(unit, li, "other"))
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("何社工", "xinxing"), lambda unit: refuse(unit, applicant, "other"))
