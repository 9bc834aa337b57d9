"""What a volunteer reads: home, statement, one line, rewards, notices; and how he likes to read it."""

import pytest

from core.base.errors import Message
from core.community.notices import notify
from tests.support.cast import Cast
from tests.support.lists import table, take, take_out
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest
from tests.web.walks import SHIFTS, points_of, record_patrol


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_after_a_patrol_home_statement_and_line_agree(enter: Enter, cast: Cast) -> None:
    leader = await enter("王队长")
    number = cast["赵叔叔"].number
    times = {"from": "2026-11-22T21:00", "to": "2026-11-22T23:00", f"from-{number}": "21:30"}
    assert (await record_patrol(leader, cast, "李阿姨", "赵叔叔", **times)).status == 303
    # An hour and a half, an hour of it at night: (90 + 60 × 50 %) × 3 / 60.
    assert await points_of(cast, "赵叔叔") == 6
    member = await enter("赵叔叔")
    home = await member.get("/c/hongqi")
    assert 'class="balance-sum">6<' in home.text
    statement = await member.get("/c/hongqi/points")
    assert "夜间巡逻" in statement.text
    shown = await cast.house.db.value(
        "select t.public_id from transfer t join points_account a on a.id = t.account where a.volunteer = :v",
        v=cast["赵叔叔"].volunteer,
    )
    assert f"/c/hongqi/points/{shown}" in statement.text
    line = await member.get(f"/c/hongqi/points/{shown}")
    for words in (
        "巡逻 90 分钟，其中夜间 60 分钟（加 50%）",
        "夜间义务巡逻队",
        "21:30–23:00",
        "1 小时 30 分",
        "第 1 版，2026-01-01 起施行",
        "巡逻每小时 3 分，按分钟计算。",
        "王队长 登记",
        "+6",
        shown,
    ):
        assert words in line.text, words


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_points_from_a_paper_book_are_explained_and_so_is_their_taking_back(
    enter: Enter, cast: Cast
) -> None:
    number = cast["赵叔叔"].number
    book = table("编号,积分,时长,日期,台账", f"{number},128,36.5,2025-12-31,积分存折<二>")
    await take(await cast.viewer("陈社工"), book, kind="openings")
    member = await enter("赵叔叔")

    async def line(nth: int) -> str:
        rows = await cast.house.db.fetch("select public_id from transfer order by id")
        shown = rows[nth]["public_id"]
        assert f"/c/hongqi/points/{shown}" in (await member.get("/c/hongqi/points")).text
        return (await member.get(f"/c/hongqi/points/{shown}")).text

    entered = await line(0)
    for words in ("从纸质台账转入", "积分存折&lt;二&gt;", "转入的时长", "36 小时 30 分", "+128"):
        assert words in entered, words
    await take_out(cast, await cast.viewer("陈社工"))
    back = await line(1)
    assert "−128" in back and "积分存折&lt;二&gt;" in back and "转入的时长" not in back


async def test_a_cap_that_bit_is_told(enter: Enter, cast: Cast) -> None:
    leader = await enter("王队长")
    times = {"from": "2026-11-21T20:00", "to": "2026-11-22T04:00"}
    assert (await record_patrol(leader, cast, "赵叔叔", **times)).status == 303
    assert await points_of(cast, "赵叔叔") == 20
    shown = await cast.house.db.value("select public_id from transfer where kind = 'earn'")
    line = await (await enter("赵叔叔")).get(f"/c/hongqi/points/{shown}")
    assert "已到每天的积分上限" in line.text


async def test_the_statement_goes_on_page_by_page(enter: Enter, cast: Cast) -> None:
    leader = await enter("王队长")
    for number in range(22):
        day, hour = 10 + number // 2, 18 + 2 * (number % 2)
        times = {"from": f"2026-11-{day}T{hour}:00", "to": f"2026-11-{day}T{hour + 1}:00"}
        assert (await record_patrol(leader, cast, "赵叔叔", **times)).status == 303
    member = await enter("赵叔叔")
    first = await member.get("/c/hongqi/points")
    assert first.text.count('class="line"') == 20
    more = first.text.split('href="/c/hongqi/points?before=')[1].split('"')[0].replace("&amp;", "&")
    rest = await member.get(f"/c/hongqi/points?before={more}")
    assert rest.text.count('class="line"') == 2
    for query in ("kind=spent", "kind=nothing", "before=x", "before=%00", "kind[]=1", "month=<b>"):
        assert (await member.get("/c/hongqi/points?" + query)).status == 200


async def test_somebody_new_sees_first_steps(enter: Enter) -> None:
    page = await (await enter("赵叔叔")).get("/c/hongqi")
    assert 'class="balance-sum">0<' in page.text
    assert "问问队长" in page.text


async def test_staff_without_an_account_start_at_their_work(enter: Enter) -> None:
    clerk = await enter("孙店员")
    page = await clerk.get("/c/hongqi")
    assert "/c/hongqi/counter" in page.text
    assert (await clerk.get("/c/hongqi/points")).location == "/c/hongqi"
    auditor = await (await enter("周审计")).get("/c/hongqi")
    assert auditor.status == 200
    assert "/c/hongqi/counter" not in auditor.text


async def test_rewards_say_what_is_missing(enter: Enter, cast: Cast) -> None:
    member = await enter("赵叔叔")
    page = await member.get("/c/hongqi/rewards")
    assert "大米 5 公斤" in page.text
    assert "还差 44 分" in page.text
    assert "大米" not in (await member.get("/c/hongqi/rewards?show=mine")).text


async def test_notices_are_read_up_to_what_was_shown(enter: Enter, cast: Cast) -> None:
    person = cast["赵叔叔"].person
    message = Message("Please sign in first.")
    await cast.do(cast.system(), lambda unit: notify(unit, [person], "test", message))
    member = await enter("赵叔叔")
    page = await member.get("/c/hongqi/notices")
    assert "请先登录。" in page.text
    await cast.do(cast.system(), lambda unit: notify(unit, [person], "test", message))
    action = next(line for line in page.text.split('"') if line.startswith("/c/hongqi/notices/read/"))
    assert (await member.submit(page, action)).status == 303
    unread = "select count(*) from notice where person = :person and read_at is null"
    assert await cast.house.db.value(unread, person=person) == 1
    for path in ("/c/hongqi/notices/read/x", "/c/hongqi/notices/read/" + "9" * 40):
        fields = {"_csrf_token": page.csrf, "request_id": "B" * 26}
        assert (await member.post(path, fields)).status == 404
    assert (await member.get("/c/hongqi/notices?before=9x")).status == 200


async def test_language_size_and_colours_stay_with_the_person(enter: Enter, cast: Cast) -> None:
    member = await enter("赵叔叔")
    for change, sign in (
        ({"size": "elder"}, 'data-size="elder"'),
        ({"theme": "dark"}, 'data-theme="dark"'),
        ({"lang": "en"}, '<html lang="en"'),
    ):
        token = (await member.get("/c/hongqi")).csrf
        reply = await member.post("/prefs", {"_csrf_token": token, "next": "/c/hongqi/points", **change})
        assert (reply.status, reply.location) == (303, "/c/hongqi/points")
        assert sign in (await member.get("/c/hongqi")).text
    elsewhere = await (await enter("赵叔叔")).get("/c/hongqi")
    for sign in ('data-size="elder"', 'data-theme="dark"', '<html lang="en"', "My points"):
        assert sign in elsewhere.text


async def test_a_visitors_likes_stay_in_his_browser(visitor: Guest) -> None:
    page = await visitor.get("/sign-in")
    fields = {"_csrf_token": page.csrf, "next": "/sign-in", "lang": "zh-Hant"}
    assert (await visitor.post("/prefs", fields)).location == "/sign-in"
    assert '<html lang="zh-Hant"' in (await visitor.get("/sign-in")).text


@pytest.mark.parametrize(
    "change", [{"lang": "xx"}, {"size": '"><script>'}, {"theme": "\x00"}, {"next": "https://evil.example"}]
)
async def test_likes_that_do_not_exist_change_nothing(visitor: Guest, change: dict[str, str]) -> None:
    page = await visitor.get("/sign-in")
    reply = await visitor.post("/prefs", {"_csrf_token": page.csrf, "next": "/sign-in", **change})
    assert reply.status == 303
    assert reply.location in ("/sign-in", "/")
    after = await visitor.get("/sign-in")
    assert '<html lang="zh-Hans">' in after.text


async def test_a_member_of_two_communities_chooses(enter: Enter, cast: Cast) -> None:
    operator = await enter("施运维")
    page = await operator.get("/")
    assert "/c/hongqi" in page.text
    assert "/c/xinxing" in page.text
    assert (await operator.get("/design")).status == 200


async def test_the_leaders_tab_leads_to_the_programme(enter: Enter) -> None:
    leader = await (await enter("王队长")).get("/c/hongqi")
    assert f'href="{SHIFTS}"' in leader.text
    member = await (await enter("赵叔叔")).get("/c/hongqi")
    assert SHIFTS not in member.text


async def test_names_cannot_bring_markup_in(enter: Enter, cast: Cast) -> None:
    from core.community.people import rename

    evil = "<script>alert('x')</script>"
    await cast.do(cast.system(), lambda unit: rename(unit, cast["赵叔叔"].person, evil))
    page = await (await enter("赵叔叔")).get("/c/hongqi")
    assert "&lt;script&gt;" in page.text
    assert evil not in page.text
    roster = await (await enter("王队长")).get(SHIFTS + "/new")
    assert evil not in roster.text
