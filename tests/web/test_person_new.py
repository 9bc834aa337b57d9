"""Ten seconds for a new person: two fields, Enter, the number; and a question when he may be here already."""

from tests.support.cast import Cast
from tests.support.life import value
from tests.web.conftest import Enter

NEW = "/c/hongqi/people/new"
COUNT = "select count(*) from volunteer where community = :c"


async def test_two_fields_lead_to_the_card_with_the_number_large(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    page = await worker.get(NEW)
    assert ' name="name" type="text" autocomplete="off" autofocus' in page.text
    answer = await worker.submit(page, NEW, name="马 小红", phone="137 0000 0001")
    number = await value(cast, "select number from volunteer order by id desc")
    assert answer.location == f"/c/hongqi/people/{number}/card?done=added"
    card = await worker.get(answer.location)
    for text in ("马小红", f"{number[:4]} {number[4:]}", "红旗社区", "0571-86000001"):
        assert text in card.text
    # Enter goes on to the next person.
    assert f'href="{NEW}" autofocus' in card.text


async def test_is_it_one_of_these_keeps_what_was_typed_and_adds_once(enter: Enter, cast: Cast) -> None:
    worker, li = await enter("陈社工"), cast["李阿姨"]
    before = await value(cast, COUNT, c=cast.hongqi)
    page = await worker.get(NEW)
    asked = await worker.submit(page, NEW, name="李小姐", phone=li.phone, joined="2024-01-05")
    assert asked.status == 409
    assert "是不是下面这位" in asked.text
    assert f"/c/hongqi/people/{li.number}" in asked.text
    kept = asked.form(NEW)
    assert (kept["name"], kept["phone"], kept["joined"]) == ("李小姐", li.phone, "2024-01-05")
    assert kept["request_id"] == page.form(NEW)["request_id"]
    answers = [await worker.submit(asked, NEW, sure="1") for _ in range(3)]
    assert {a.status for a in answers} == {303}
    assert len({a.location for a in answers}) == 1
    assert await value(cast, COUNT, c=cast.hongqi) == before + 1


async def test_mistakes_stand_at_their_fields_and_the_fold_is_open(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    page = await worker.get(NEW)
    wrong = await worker.submit(page, NEW, name="", phone="12", number="1", joined="2027-01-01")
    assert wrong.status == 422
    for field in ("name", "phone", "number", "joined"):
        assert f'id="{field}-error"' in wrong.text
        assert f'href="#{field}"' in wrong.text
    assert '<details class="fold" open>' in wrong.text
    assert wrong.form(NEW)["phone"] == "12"


async def test_only_the_office_adds(enter: Enter) -> None:
    for name in ("王队长", "孙店员", "周审计", "李阿姨", "何社工"):
        assert (await (await enter(name)).get(NEW)).status == 404
