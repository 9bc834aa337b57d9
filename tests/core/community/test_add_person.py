"""Adding one person at the desk: a name is enough; who may be here already is asked once, and typed once."""

from typing import Any

import pytest

from core.base.act import Unit, act
from core.base.errors import Invalid, NotFound
from core.base.ids import request_id
from core.community.joining import Newcomer, PerhapsKnown, add_newcomer
from core.community.numbers import is_number, new_number
from core.community.search import search
from core.community.teams import members_for_roster
from tests.support.cast import Cast
from tests.support.life import grids, value


async def add(cast: Cast, newcomer: Newcomer, by: str = "陈社工", **more: Any) -> str:
    async def work(unit: Unit) -> dict[str, Any]:
        return {"number": (await add_newcomer(unit, newcomer, **more)).number}

    return str((await cast.do(await cast.viewer(by), work)).answer["number"])


async def test_a_name_and_a_telephone_make_a_volunteer_of_today(cast: Cast) -> None:
    number = await add(cast, Newcomer(name="马 小红", phone="137-0000-0001"))
    assert is_number(number)
    (found,) = await search(await cast.viewer("陈社工"), "13700000001")
    assert (found.name, found.number, found.joined_on) == ("马小红", number, "2026-11-23")


async def test_the_fold_brings_number_area_team_and_day(cast: Cast) -> None:
    area = (await grids(cast, "第1网格"))["第1网格"]
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    typed = new_number()
    newcomer = Newcomer(name="马小红", number=typed, area=area, team=team, joined="2024-03-05")
    assert await add(cast, newcomer) == typed
    worker = await cast.viewer("陈社工")
    assert [v.joined_on for v in await search(worker, typed)] == ["2024-03-05"]
    assert "马小红" in [m.name for m in await members_for_roster(worker, cast.team)]
    assert await value(cast, "select count(*) from residence where to_day is null") == 1


@pytest.mark.parametrize(
    ("name", "phone", "why"),
    [
        ("别人", "13900000008", ("phone",)),  # 李阿姨's
        ("李阿姨", "", ("name",)),
        ("李阿姨", "13900000008", ("phone", "name")),
    ],
)
async def test_somebody_alike_is_asked_about_and_added_when_it_is_not_him(
    cast: Cast, name: str, phone: str, why: tuple[str, ...]
) -> None:
    assert cast["李阿姨"].phone == "13900000008"
    newcomer = Newcomer(name=name, phone=phone)
    with pytest.raises(PerhapsKnown) as asked:
        await add(cast, newcomer)
    assert [(a.number, a.why) for a in asked.value.found] == [(cast["李阿姨"].number, why)]
    assert await add(cast, newcomer, sure=True) != cast["李阿姨"].number


async def test_people_of_another_community_are_not_told_of(cast: Cast) -> None:
    await add(cast, Newcomer(name="冯阿姨", phone=cast["冯阿姨"].phone))


async def test_the_form_sent_three_times_sure_or_not_adds_one(cast: Cast) -> None:
    worker, request = await cast.viewer("陈社工"), request_id()
    newcomer = Newcomer(name="李阿姨")

    def work(sure: bool) -> Any:
        async def do(unit: Unit) -> dict[str, Any]:
            return {"number": (await add_newcomer(unit, newcomer, sure=sure)).number}

        return do

    with pytest.raises(PerhapsKnown):
        await act(worker, "volunteer.new", request, ["李阿姨"], work(sure=False))
    numbers = {
        (await act(worker, "volunteer.new", request, ["李阿姨"], work(sure))).answer["number"]
        for sure in (True, True, False)
    }
    assert len(numbers) == 1


async def test_every_mistake_is_told_at_once(cast: Cast) -> None:
    newcomer = Newcomer(name="", phone="1", number="123", area="x", joined="2027-01-01")
    with pytest.raises(Invalid) as refused:
        await add(cast, newcomer)
    assert set(refused.value.fields) == {"name", "phone", "number", "area", "joined"}
    with pytest.raises(Invalid) as refused:
        await add(cast, Newcomer(name="马小红", team="x"))
    assert list(refused.value.fields) == ["team"]
    with pytest.raises(Invalid) as refused:
        await add(cast, Newcomer(name="马小红", number=cast["李阿姨"].number))
    assert list(refused.value.fields) == ["number"]
    assert await search(await cast.viewer("陈社工"), "马小红") == []


async def test_only_the_office_adds(cast: Cast) -> None:
    for name in ("王队长", "孙店员", "周审计", "李阿姨"):
        with pytest.raises(NotFound):
            await add(cast, Newcomer(name="马小红"), name)
