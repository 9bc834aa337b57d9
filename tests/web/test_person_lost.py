"""A lost telephone and a lost card on the page: looked at once more, done once, the new card shown."""

from core.community.search import search
from tests.support.cast import Cast
from tests.support.life import value
from tests.web.conftest import Enter

PEOPLE = "/c/hongqi/people"


async def test_a_lost_telephone_is_replaced_at_once(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base + "/phone-lost")
    wrong = await worker.submit(page, base + "/phone-lost", phone="1")
    assert wrong.status == 422
    assert wrong.form(base + "/phone-lost")["phone"] == "1"
    answer = await worker.submit(wrong, base + "/phone-lost", phone="139 2222 3333")
    assert answer.location == base + "?done=phone"
    assert "139****3333" in (await worker.get(answer.location)).text
    assert await search(await cast.viewer("陈社工"), cast["李阿姨"].phone) == []


async def test_a_lost_card_leads_to_the_new_one_however_often_it_is_sent(enter: Enter, cast: Cast) -> None:
    worker, base = await enter("陈社工"), f"{PEOPLE}/{cast['李阿姨'].number}"
    page = await worker.get(base + "/card-lost")
    answers = [await worker.submit(page, base + "/card-lost") for _ in range(3)]
    number = await value(cast, "select number from volunteer where id = :v", v=cast["李阿姨"].volunteer)
    assert {a.location for a in answers} == {f"{PEOPLE}/{number}/card?done=lost"}
    card = await worker.get(answers[0].location)
    assert f"{number[:4]} {number[4:]}" in card.text
    assert (await worker.get(base)).status == 404
