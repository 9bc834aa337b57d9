"""A lost card: a new number, and the old one leads nowhere and is never given out again."""

import pytest

from core.base.act import act
from core.base.errors import Invalid, NotFound
from core.base.ids import request_id
from core.community.credentials import sign_in
from core.community.lost import new_card
from core.community.numbers import is_number
from core.community.people import add_person
from core.community.search import search
from core.community.volunteers import NewVolunteer, add_volunteers, by_number
from tests.support.cast import PASSWORD, Cast
from tests.support.life import value, who


async def test_the_new_number_leads_to_the_person_and_the_old_one_nowhere(cast: Cast) -> None:
    li, worker, person = cast["李阿姨"], await cast.viewer("陈社工"), await who(cast, "李阿姨")
    number = (await cast.do(worker, lambda unit: new_card(unit, person))).answer["value"]
    assert is_number(number)
    assert number != li.number
    assert (await by_number(worker, number)).id == li.volunteer
    with pytest.raises(NotFound):
        await by_number(worker, li.number)
    assert await search(worker, li.number) == []
    with pytest.raises(Invalid):
        await sign_in(cast.house, li.number, PASSWORD, "192.0.2.1")
    assert (await sign_in(cast.house, number, PASSWORD, "192.0.2.1"))[0].person == li.person


async def test_the_old_number_is_never_given_out_again(cast: Cast) -> None:
    li, worker, person = cast["李阿姨"], await cast.viewer("陈社工"), await who(cast, "李阿姨")
    await cast.do(worker, lambda unit: new_card(unit, person))

    async def again(unit: object) -> None:
        stranger = await add_person(unit, "外人")  # type: ignore[arg-type]  # act hands a unit
        await add_volunteers(unit, [NewVolunteer(stranger, "2026-01-01", li.number)])  # type: ignore[arg-type]

    with pytest.raises(Invalid) as refused:
        await cast.do(worker, again)
    assert list(refused.value.fields) == ["number"]


async def test_the_same_form_three_times_is_one_new_card(cast: Cast) -> None:
    worker, person, request = await cast.viewer("陈社工"), await who(cast, "李阿姨"), request_id()

    async def work(unit: object) -> dict[str, str]:
        return {"number": await new_card(unit, person)}  # type: ignore[arg-type]  # act hands a unit

    numbers = {(await act(worker, "card", request, None, work)).answer["number"] for _ in range(3)}
    assert len(numbers) == 1
    assert await value(cast, "select count(*) from old_number") == 1


async def test_only_the_own_community_s_office_gives_a_new_card(cast: Cast) -> None:
    person = await who(cast, "李阿姨")
    for viewer in (await cast.viewer("何社工", "xinxing"), await cast.viewer("王队长")):
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: new_card(unit, person))
