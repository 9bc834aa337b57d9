"""The page for new volunteers: open to anybody, the same answer for all, nothing typed is lost."""

from core.community.communities import change_settings
from core.community.notices import inbox
from tests.support.cast import Cast
from tests.support.life import grids, the_applicant, value
from tests.web.conftest import Enter
from tests.web.guest import Guest

JOIN = "/c/hongqi/join"
GOOD = {"name": "马小红", "phone": "137 0000 0001", "age": "adult", "agreed": "1"}


async def test_anybody_applies_and_the_office_hears_of_it(visitor: Guest, enter: Enter, cast: Cast) -> None:
    area = (await grids(cast, "第1网格"))["第1网格"]
    team = await value(cast, "select public_id from team where id = :t", t=cast.team)
    page = await visitor.get(JOIN)
    assert page.status == 200
    for text in ("邻居帮邻居", "夜间义务巡逻队", "第1网格", "监护人", "加密保存"):
        assert text in page.text
    answers = [await visitor.submit(page, JOIN, **GOOD, team=[team], area=area) for _ in range(3)]
    assert {a.location for a in answers} == {JOIN + "/thanks"}
    assert "申请已收到" in (await visitor.get(JOIN + "/thanks")).text
    found = await the_applicant(cast)
    assert (found.volunteer.name, found.wish.teams) == ("马小红", (team,))
    (notice,) = await inbox(await cast.viewer("陈社工"))
    assert notice.href == "/c/hongqi/applications"
    assert "马小红" not in str(notice.message)


async def test_the_answer_is_the_same_whether_somebody_is_known(visitor: Guest, cast: Cast) -> None:
    seen = set()
    for name, phone in (
        ("马小红", "13700000001"),
        ("李阿姨", cast["李阿姨"].phone),
        ("马小红", "13700000001"),
    ):
        page = await visitor.get(JOIN)
        answer = await visitor.submit(page, JOIN, **{**GOOD, "name": name, "phone": phone})
        seen.add((answer.status, answer.location, answer.body))
    assert len(seen) == 1


async def test_what_is_missing_is_told_and_what_was_typed_stays(visitor: Guest, cast: Cast) -> None:
    page = await visitor.get(JOIN)
    wrong = await visitor.submit(page, JOIN, name="马小红", phone="1", note="周末有空", age="minor")
    assert wrong.status == 422
    for field in ("phone", "agreed"):
        assert f'id="{field}-error"' in wrong.text
        assert f'href="#{field}"' in wrong.text
    typed = wrong.form(JOIN)
    assert (typed["name"], typed["phone"], typed["age"]) == ("马小红", "1", "minor")
    assert "周末有空" in wrong.text
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 0


async def test_a_community_may_close_the_page(visitor: Guest, cast: Cast) -> None:
    assert JOIN in (await visitor.get("/")).text
    await cast.do(cast.system(), lambda unit: change_settings(unit, applications=False))
    page = await visitor.get(JOIN)
    assert page.status == 200
    assert "只在服务台受理" in page.text
    assert JOIN not in (await visitor.get("/")).text
    fields = {**GOOD, "_csrf_token": page.csrf, "request_id": "A" * 26}
    await visitor.post(JOIN, fields)
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 0


async def test_the_way_leads_from_sign_in_over_the_first_page(visitor: Guest) -> None:
    assert 'href="/#join"' in (await visitor.get("/sign-in")).text
    for slug in ("hongqi", "xinxing"):
        assert f"/c/{slug}/join" in (await visitor.get("/")).text
    assert (await visitor.get("/c/nowhere/join")).status == 404


async def test_a_flood_of_invented_people_stops(visitor: Guest, cast: Cast) -> None:
    page = await visitor.get(JOIN)
    for number in range(22):
        fields = {**page.form(JOIN), **GOOD, "phone": f"1370000{number:04}", "request_id": f"R{number:025}"}
        last = await visitor.post(JOIN, fields)
    assert last.status == 429
    assert await value(cast, "select count(*) from volunteer where status = 'applied'") == 20


async def test_somebody_signed_in_is_asked_for_no_name_and_told_when_he_is_here(enter: Enter) -> None:
    feng = await enter("冯阿姨")
    page = await feng.get(JOIN)
    assert "冯阿姨的身份申请" in page.text
    assert "name" not in page.form(JOIN)
    assert (await feng.submit(page, JOIN, age="adult", agreed="1")).status == 303
    li = await enter("李阿姨")
    refused = await li.submit(await li.get(JOIN), JOIN, age="adult", agreed="1")
    assert refused.status == 409
    assert "已经是本社区的志愿者" in refused.text
