"""Volunteering oneself: it waits, sealed, seen by nobody but those who decide; the answer tells nothing."""

import msgspec
import pytest

from core.base.act import act
from core.base.errors import Invalid, NotFound, Refused
from core.base.ids import request_id
from core.community.applicants import how_many_wait, waiting
from core.community.applications import Application, apply
from core.community.credentials import sign_in
from core.community.search import SERVED, Wanted, browse, search
from core.community.volunteers import by_number
from tests.support.cast import PASSWORD, Cast
from tests.support.life import APPLICATION, applies, grids, stranger, the_applicant, value


def with_(**changes: object) -> Application:
    return msgspec.structs.replace(APPLICATION, **changes)


async def test_the_office_reads_all_that_was_written(cast: Cast) -> None:
    area = (await grids(cast, "第1网格"))["第1网格"]
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    assert await applies(cast, with_(area=area, teams=(team, "absent"), note="会修 自行车", age="minor"))
    found = await the_applicant(cast)
    assert (found.volunteer.name, found.phone, found.volunteer.status) == ("马小红", "13700000001", "applied")
    assert (found.wish.age, found.wish.area, found.wish.note) == ("minor", area, "会修 自行车")
    assert found.wish.teams == (team,)
    assert await how_many_wait(await cast.viewer("陈社工")) == 1


async def test_nobody_else_finds_records_or_serves_him_and_he_cannot_sign_in(cast: Cast) -> None:
    await applies(cast)
    found = await the_applicant(cast)
    number, phone = found.volunteer.number, found.phone
    clerk, worker = await cast.viewer("孙店员"), await cast.viewer("陈社工")
    for viewer, permission in ((clerk, "redemption.make"), (worker, "volunteer.read")):
        for text in ("马小红", "maxiaohong", phone, phone[-4:], number):
            for status in ("active", "", SERVED):
                assert await search(viewer, text, permission=permission, status=status) == []
    with pytest.raises(NotFound):
        await by_number(clerk, number, "redemption.make")
    for name in ("孙店员", "王队长", "周审计", "李阿姨"):
        viewer = await cast.viewer(name)
        with pytest.raises(NotFound):
            await waiting(viewer)
        assert await how_many_wait(viewer) == 0
        with pytest.raises(NotFound):
            await browse(viewer, Wanted(status="applied"), permission="redemption.make")
    for login in (number, phone):
        with pytest.raises(Invalid):
            await sign_in(cast.house, login, PASSWORD, "192.0.2.1")


async def test_a_volunteer_s_telephone_still_signs_him_in_whoever_applies_with_it(cast: Cast) -> None:
    zhao = cast["赵叔叔"]
    for name in ("假一", "假二", "假三"):
        await applies(cast, with_(name=name, phone=zhao.phone))
    assert (await sign_in(cast.house, zhao.phone, PASSWORD, "192.0.2.1"))[0].person == zhao.person


async def test_from_one_telephone_one_application_waits(cast: Cast) -> None:
    assert [await applies(cast), await applies(cast, with_(name="马晓红"))] == [True, False]
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 1


async def test_who_may_be_known_already_is_shown_to_the_office_alone(cast: Cast) -> None:
    li = cast["李阿姨"]
    await applies(cast, with_(name="李阿姨", phone=li.phone))
    (alike,) = (await the_applicant(cast)).alike
    assert (alike.number, set(alike.why)) == (li.number, {"phone", "name"})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"phone": ""}, {"phone"}),
        ({"phone": "123"}, {"phone"}),
        ({"age": ""}, {"age"}),
        ({"age": "12"}, {"age"}),
        ({"agreed": False}, {"agreed"}),
        ({"note": "字" * 301}, {"note"}),
        ({"area": "absent"}, {"area"}),
        ({"name": "", "phone": "", "age": "", "agreed": False}, {"name", "phone", "age", "agreed"}),
    ],
)
async def test_what_is_missing_is_told_at_its_field(
    cast: Cast, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await applies(cast, with_(**changes))
    assert set(refused.value.fields) == fields
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 0


async def test_consent_is_kept_with_the_words_and_the_hour(cast: Cast) -> None:
    await applies(cast)
    row = await cast.house.db.one(
        "select purpose, version, taken_by, given_at from consent where ended_at is null"
    )
    assert row is not None
    assert tuple(row) == ("volunteering", 1, None, cast.house.clock.now())


async def test_the_same_form_three_times_is_one_application(cast: Cast) -> None:
    viewer, request = stranger(cast), request_id()

    async def work(unit: object) -> dict[str, bool]:
        return {"new": await apply(unit, APPLICATION)}  # type: ignore[arg-type]  # act hands a unit

    done = [await act(viewer, "apply", request, None, work) for _ in range(3)]
    assert {d.answer["new"] for d in done} == {True}
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 1


async def test_nothing_of_it_is_readable_in_the_database(cast: Cast) -> None:
    await applies(cast, with_(note="会修自行车"))
    rows = await cast.house.db.fetch("select sealed from person_secret")
    hashes = await cast.house.db.fetch("select kind, hash from person_lookup where kind = 'applied'")
    assert len(hashes) == 1
    assert not any("自行车" in row[0] or "13700000001" in row[0] for row in rows)


async def test_somebody_who_is_signed_in_applies_as_himself(cast: Cast) -> None:
    feng = await cast.viewer("冯阿姨")
    assert await applies(cast, Application(age="adult", agreed=True), feng)
    found = await the_applicant(cast)
    assert found.volunteer.person == cast["冯阿姨"].person
    with pytest.raises(Refused):
        await applies(cast, Application(age="adult", agreed=True), feng)
    with pytest.raises(Refused):
        await applies(cast, Application(age="adult", agreed=True), await cast.viewer("李阿姨"))
