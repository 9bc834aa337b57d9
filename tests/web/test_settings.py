"""The settings page: the community itself, holidays, kinds of posts."""

import pytest

from tests.support.offices import Offices
from tests.web.conftest import Enter
from tests.web.test_areas import send

SETTINGS = "/c/hongqi/settings"


async def test_name_telephone_and_words_for_newcomers_change_at_once(enter: Enter, offices: Offices) -> None:
    admin = await enter("林主任")
    intro = "欢迎加入！<b>每周五</b>下午登记。"
    done = await send(
        admin,
        SETTINGS + "/community",
        name="红旗新村社区",
        help_phone="0571-87",
        zone="Asia/Urumqi",
        locale="zh-Hant",
        intro=intro,
    )
    assert done.location == SETTINGS + "?done=changed"
    page = await admin.get(done.location)
    for words in ("红旗新村社区", "0571-87", "Asia/Urumqi", "繁體中文", "欢迎加入！&lt;b&gt;"):
        assert words in page.text, words
    row = await offices.house.db.value("select settings from community where id = :c", c=offices.cast.hongqi)
    assert intro in row
    await send(admin, SETTINGS + "/community", intro="", zone="Asia/Shanghai", locale="zh-Hans")
    row = await offices.house.db.value("select settings from community where id = :c", c=offices.cast.hongqi)
    assert "intro" not in row


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "长" * 61}, {"zone": "Mars/Base"}, {"locale": "fr"}, {"intro": "长" * 1001},
        {"help_phone": "1" * 50},
    ],
)  # fmt: skip
async def test_what_cannot_be_is_said_at_the_field(
    enter: Enter, offices: Offices, changes: dict[str, str]
) -> None:
    admin = await enter("林主任")
    good = {"zone": "Asia/Shanghai", "locale": "zh-Hans"}
    reply = await send(admin, SETTINGS + "/community", **{**good, **changes})
    assert reply.status == 422
    (field,) = changes
    assert f'id="{field}-error"' in reply.text


async def test_a_week_of_holidays_is_entered_at_once_and_days_are_taken_away(
    enter: Enter, offices: Offices
) -> None:
    admin = await enter("林主任")
    address = SETTINGS + "/holidays/new"
    fields = {"name": "国庆节", "day": "2026-10-01", "last_day": "2026-10-07", "kind": "holiday"}
    assert (await send(admin, address, **fields)).status == 303
    again = {**fields, "name": "补班", "day": "2026-10-10", "last_day": "", "kind": "workday"}
    assert (await send(admin, address, **again)).status == 303
    page = await admin.get(SETTINGS)
    assert page.text.count("国庆节") == 7
    assert "调休上班" in page.text
    await admin.submit(page, SETTINGS + "/holidays/remove")
    assert await offices.house.db.value("select count(*) from holiday") == 7
    for wrong in (
        {"last_day": "2026-09-30"}, {"last_day": "2027-10-01"}, {"day": ""}, {"day": "x"}, {"name": ""},
    ):  # fmt: skip
        assert (await send(admin, address, **{**fields, **wrong})).status == 422


async def test_posts_of_ones_own_are_added_renamed_and_taken_away(enter: Enter, offices: Offices) -> None:
    admin = await enter("林主任")
    assert (await send(admin, SETTINGS + "/posts/new", name="电梯安全员", level="0")).status == 303
    assert (await send(admin, SETTINGS + "/posts/new", name="电梯安全员", level="0")).status == 422
    assert (await send(admin, SETTINGS + "/posts/new", name="某", level="99")).status == 422
    key = await offices.house.db.value("select key from post_kind where name = '电梯安全员'")
    assert (await send(admin, f"{SETTINGS}/posts/{key}", name="电梯员")).status == 303
    assert (await send(admin, f"{SETTINGS}/posts/grid_head", name="片长")).status == 303
    page = await admin.get(SETTINGS)
    assert "电梯员" in page.text
    assert "片长" in page.text
    base = f"{SETTINGS}/posts/{key}"
    assert (await admin.submit(await admin.get(base), base + "/remove")).status == 303
    assert "电梯员" not in (await admin.get(SETTINGS)).text
    assert (await admin.get(base)).status == 404
    assert "/remove" not in (await admin.get(SETTINGS + "/posts/grid_head")).text


async def test_a_community_from_before_gets_the_usual_posts_with_one_press(
    enter: Enter, offices: Offices
) -> None:
    await offices.cast.do(offices.cast.system(), lambda unit: unit.execute("delete from post_kind"))
    admin = await enter("林主任")
    page = await admin.get(SETTINGS)
    assert (await admin.submit(page, SETTINGS + "/posts/usual")).status == 303
    assert "街道包联领导" in (await admin.get(SETTINGS)).text


async def test_settings_are_the_administrators(enter: Enter, offices: Offices) -> None:
    for name in ("陈社工", "周审计", "孙店员", "李阿姨", "高科长"):
        guest = await enter(name)
        for rest in ("", "/community", "/holidays/new", "/posts/new", "/posts/fire", "/programmes/patrol"):
            assert (await guest.get(SETTINGS + rest)).status == 404, (name, rest)
