"""One's own security page: password, PIN, devices; and other people's ids in its hidden fields."""

import pytest

from core.base.clock import FixedClock
from core.community.roles import NewGrant, grant_roles
from tests.support.cast import PASSWORD, Cast
from tests.support.ways import give_card, give_pin, make_slip, shown
from tests.web.conftest import BOTH, Enter
from tests.web.entering import NEW, app_code, is_in, set_up_factor, sign_in, step_up
from tests.web.guest import Guest
from web.devices import words_of

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 Chrome/120 Mobile MicroMessenger/8.0.44"
)


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_devices_are_listed_in_words_and_ended_one_by_one_or_all(enter: Enter, cast: Cast) -> None:
    phone = Guest((await enter("赵叔叔")).app, headers={"user-agent": PHONE})
    await sign_in(phone, cast["赵叔叔"].number)
    desk = Guest(phone.app, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140"})
    await sign_in(desk, cast["赵叔叔"].number)
    page = await desk.get("/account")
    for words in ("手机 · 微信", "Windows 电脑 · 火狐浏览器", "本机"):
        assert words in page.text, words
    ended = await desk.submit(page, "/account/sessions/end")
    assert ended.location == "/account?done=ended"
    page = await desk.get("/account")
    await desk.submit(page, "/account/sessions/end-others")
    assert (await phone.get("/account")).status == 303
    assert (await desk.get("/account")).status == 200
    assert await cast.house.db.value("select count(*) from session") == 1


async def test_any_browser_may_call_itself_anything(visitor: Guest, cast: Cast) -> None:
    visitor.headers = {"user-agent": '<script>alert(1)</script>" onload="x'}
    await sign_in(visitor, cast["赵叔叔"].number)
    page = await visitor.get("/account")
    assert "未知设备" in page.text
    assert "<script>alert" not in page.text
    assert words_of("")[1] is None


async def test_a_new_password_needs_the_old_one_and_ends_other_devices(enter: Enter, cast: Cast) -> None:
    mine, other = await enter("赵叔叔"), await enter("赵叔叔")
    page = await mine.get("/account/password")
    wrong = await mine.submit(page, "/account/password", old="not-it-at-all", password=NEW, again=NEW)
    assert wrong.status == 422
    assert 'id="old-error"' in wrong.text
    weak = await mine.submit(page, "/account/password", old=PASSWORD, password="12345678", again="12345678")
    assert 'id="password-error"' in weak.text
    done = await mine.submit(page, "/account/password", old=PASSWORD, password=NEW, again=NEW)
    assert done.location == "/account?done=password"
    assert (await mine.get("/account")).status == 200
    assert (await other.get("/account")).status == 303
    assert not is_in(await sign_in(Guest(mine.app), cast["赵叔叔"].number))
    assert is_in(await sign_in(Guest(mine.app), cast["赵叔叔"].number, NEW))
    assert "密码" in (await mine.get("/c/hongqi/notices")).text


async def test_the_pin_changes_after_a_step_up(enter: Enter, cast: Cast) -> None:
    await give_pin(cast, "赵叔叔")
    mine = await enter("赵叔叔")
    assert (await mine.get("/account/pin")).location == "/step-up?next=%2Faccount%2Fpin"
    assert (await step_up(mine, "804172", "/account/pin")).location == "/account/pin", (
        "the PIN proves as well"
    )
    page = await mine.get("/account/pin")
    own = await mine.submit(
        page, "/account/pin", pin=cast["赵叔叔"].phone[-6:], again=cast["赵叔叔"].phone[-6:]
    )
    assert own.status == 422
    done = await mine.submit(page, "/account/pin", pin="917253", again="917253")
    assert done.location == "/account?done=pin"
    assert (await mine.submit(await mine.get("/step-up"), "/step-up", secret="804172")).status == 422
    assert (await step_up(mine, "917253")).status == 303


async def test_in_the_office_a_pin_does_not_prove(enter: Enter, cast: Cast) -> None:
    """Typed in the open at the counter, it must not make slips."""
    await give_pin(cast, "吴大爷")
    grant = NewGrant(cast["吴大爷"].person, "worker", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [grant]))
    worker = await enter("吴大爷")
    assert (await step_up(worker, "804172")).status == 422
    assert (await step_up(worker)).status == 303


async def test_a_code_of_the_app_proves_once(enter: Enter, cast: Cast, clock: FixedClock) -> None:
    worker = await enter("陈社工")
    secret, _ = await set_up_factor(worker, cast)
    clock.advance(11 * 60_000)
    code = app_code(secret, cast)
    assert (await step_up(worker, code)).status == 303
    assert (await step_up(worker, code)).status == 422


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
async def test_after_a_step_up_nobody_is_led_out_of_the_house(enter: Enter, wish: str) -> None:
    member = await enter("赵叔叔")
    page = await member.get("/step-up?next=" + wish)
    reply = await member.submit(page, "/step-up", secret=PASSWORD, next=wish)
    assert (reply.status, reply.location) == (303, "/")


async def test_staff_without_an_account_have_no_pin(enter: Enter) -> None:
    operator = await enter("施运维")
    assert "/account/pin" not in (await operator.get("/account")).text
    assert (await operator.get("/account/pin")).status == 404


# -- swapped ids ---------------------------------------------------------------------------------------------


async def test_another_persons_session_is_not_there_to_be_ended(enter: Enter, cast: Cast) -> None:
    mine, his = await enter("赵叔叔"), await enter("钱奶奶")
    session = await cast.house.db.value("select id from session where person = :p", p=cast["钱奶奶"].person)
    page = await mine.get("/account")
    for wanted in (str(session), "999999", "-1", "0", "x", "", "１"):
        fields = {"_csrf_token": page.csrf, "request_id": f"{len(wanted):026d}", "session": wanted}
        assert (await mine.post("/account/sessions/end", fields)).status == 404, wanted
    assert (await his.get("/account")).status == 200


async def test_a_strangers_number_or_person_in_a_hidden_field_is_nobody(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    await step_up(worker)
    foreign, number = await shown(cast, "冯阿姨"), cast["冯阿姨"].number
    page = await worker.get(f"/c/hongqi/slips/new?number={cast['赵叔叔'].number}")
    for person in (foreign, "0" * 12, "", "x"):
        assert (await worker.submit(page, "/c/hongqi/slips", person=person)).status == 404, person
    page = await worker.get(f"/c/hongqi/pins/new?number={cast['赵叔叔'].number}")
    for other in (number, "28899999", "", "x"):
        reply = await worker.submit(page, "/c/hongqi/pins", number=other, pin="804172", again="804172")
        assert reply.status == 404, other
    await give_pin(cast, "李阿姨")
    page = await worker.get(f"/c/hongqi/pins/remove?number={cast['李阿姨'].number}")
    assert (await worker.submit(page, "/c/hongqi/pins/remove", number=number)).status == 404
    for path in (f"/c/hongqi/cards/{number}", "/c/hongqi/cards/28899999", f"/c/hongqi/cards/{number}/stop"):
        fields = {"_csrf_token": page.csrf, "request_id": "A" * 26}
        assert (await worker.post(path, fields)).status == 404
    assert await cast.house.db.value("select count(*) from slip") == 0
    assert await cast.house.db.value("select count(*) from card") == 0


async def test_the_request_id_of_another_person_replays_nothing(enter: Enter, cast: Cast) -> None:
    """Whoever copies a form's id gets his own act, or a conflict; never the other's answer."""
    await give_pin(cast, "李阿姨")
    await give_card(cast, "李阿姨")
    clerk, worker = await enter("孙店员"), await enter("陈社工")
    page = await clerk.get("/c/hongqi/on-behalf")
    sent = {**page.form("/c/hongqi/on-behalf"), "q": cast["李阿姨"].number, "pin": "804172"}
    first = await clerk.post("/c/hongqi/on-behalf", sent)
    token = (await worker.get("/c/hongqi/on-behalf")).csrf
    copied = await worker.post("/c/hongqi/on-behalf", {**sent, "_csrf_token": token, "pin": "000000"})
    assert copied.status == 422, "the PIN is asked for, whatever the id"
    own = await worker.post("/c/hongqi/on-behalf", {**sent, "_csrf_token": token})
    assert own.location != first.location
    slip = await make_slip(cast, "赵叔叔")
    assert slip


async def test_a_form_of_one_act_is_not_a_form_of_another(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    await step_up(worker)
    page = await worker.get(f"/c/hongqi/slips/new?number={cast['赵叔叔'].number}")
    request = str(page.form("/c/hongqi/slips")["request_id"])
    assert (await worker.submit(page, "/c/hongqi/slips")).status == 303
    other = await worker.get(f"/c/hongqi/slips/new?number={cast['钱奶奶'].number}")
    reply = await worker.submit(other, "/c/hongqi/slips", request_id=request)
    assert reply.status == 409
    assert await cast.house.db.value("select count(*) from slip") == 1
