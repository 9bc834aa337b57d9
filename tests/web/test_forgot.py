"""The page for a forgotten password: only where there is mail, and the same for everybody."""

import re
from collections.abc import AsyncIterator

import pytest

from core.base.settings import Settings
from core.community import forgot
from core.community.people import change_phone
from tests.support.cast import Cast
from tests.support.mails import BASE, arrived, give_address, with_mail
from tests.support.smtp import Letter, Post, post_office
from tests.support.ways import shut_out
from tests.web.conftest import BOTH, Enter
from tests.web.entering import is_in, plain, set_up_factor, use_slip
from tests.web.guest import Guest, Reply
from web.serve import open_linli


@pytest.fixture
async def post(cast: Cast) -> AsyncIterator[Post]:
    """The house's mail server; 李阿姨 and 陈社工 have addresses."""
    async with post_office() as office:
        with_mail(cast.house, office)
        await give_address(cast, 李阿姨="li@example.org", 陈社工="chen@example.org")
        yield office


async def ask(guest: Guest, login: str) -> Reply:
    page = await guest.get("/forgot")
    return await guest.submit(page, "/forgot", login=login)


def code_in(letter: Letter) -> str:
    found = re.search(re.escape(BASE) + r"/code\?c=([0-9A-Z]{10})\b", letter.text)
    assert found is not None, letter.text
    return found[1]


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_from_the_sign_in_page_to_a_new_password(visitor: Guest, cast: Cast, post: Post) -> None:
    assert 'href="/forgot"' in (await visitor.get("/sign-in")).text
    sent = await ask(visitor, cast["李阿姨"].number)
    assert (sent.status, sent.location) == (303, "/forgot?done=sent")
    page = await visitor.get(sent.location)
    assert "如果这个号码登记过电子邮箱" in page.text
    assert 'href="/code"' in page.text
    (letter,) = await arrived(cast.house, post)
    assert letter.message["Subject"] == "重设密码的登录码"
    assert "李*姨" in letter.text
    form = await visitor.get(f"/code?c={code_in(letter)}")
    assert "邮件里的登录码" in form.text
    assert is_in(await use_slip(visitor, cast["李阿姨"].number, code_in(letter)))
    again = await use_slip(Guest(visitor.app, address="192.0.2.9"), cast["李阿姨"].number, code_in(letter))
    assert again.status == 422


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_known_and_unknown_get_one_answer(visitor: Guest, cast: Cast, post: Post) -> None:
    """With an address and without, shut, by number and telephone, shared, unknown."""
    await give_address(cast, 吴大爷="wu@example.org", 钱奶奶="qian@example.org", 赵叔叔="zhao@example.org")
    await shut_out(cast, "吴大爷")
    await cast.do(cast.system(), lambda unit: change_phone(unit, cast["钱奶奶"].person, cast["赵叔叔"].phone))
    logins = [
        cast["李阿姨"].number, cast["李阿姨"].phone, cast["陈社工"].phone, cast["王队长"].number,
        cast["吴大爷"].number, cast["赵叔叔"].phone, "28899999", "13899999999", "00000000", "nobody",
    ]  # fmt: skip
    seen = []
    for place, login in enumerate(logins):
        guest = Guest(visitor.app, address=f"192.0.2.{place}")
        await guest.get("/sign-in")
        with cast.house.db.watch() as log:
            sent = await ask(guest, login)
            page = await guest.get(sent.location)
        seen.append((plain(sent, login), plain(page, login), sent.location, [s.sql for s in log]))
    assert all(one == seen[0] for one in seen), logins
    assert len(await arrived(cast.house, post)) == 5


async def test_the_message_is_in_its_readers_language(visitor: Guest, cast: Cast, post: Post) -> None:
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "update person set locale = 'en' where id = :person", person=cast["李阿姨"].person
        ),
    )
    await ask(visitor, cast["李阿姨"].number)
    (letter,) = await arrived(cast.house, post)
    assert letter.message["Subject"] == "Your code for a new password"
    assert "0571-86000001" in letter.text


async def test_the_links_address_is_the_settings_whatever_the_browser_says(
    visitor: Guest, cast: Cast, post: Post
) -> None:
    page = await visitor.get("/forgot", host="evil.example.net")
    fields = {**page.form("/forgot"), "login": cast["李阿姨"].number}
    await visitor.post("/forgot", fields, host="evil.example.net")
    letters = await arrived(cast.house, post)
    assert letters
    assert all("evil" not in letter.text and BASE in letter.text for letter in letters)


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_without_a_mail_server_the_page_is_not_there(visitor: Guest, cast: Cast) -> None:
    await give_address(cast, 李阿姨="li@example.org")
    absent = await visitor.get("/forgot")
    assert absent.status == 404
    door = await visitor.get("/sign-in")
    assert "/forgot" not in door.text
    assert "邮件" not in (await visitor.get("/code")).text
    fields = {"_csrf_token": door.csrf, "login": cast["李阿姨"].number, "request_id": "0123456789abcdef"}
    assert (await visitor.post("/forgot", fields)).status == 404
    assert (await visitor.post("/forgot", {**fields, "login": ""})).status == 404
    assert await cast.house.db.value("select count(*) from delivery") == 0


async def test_an_empty_form_says_what_is_missing(visitor: Guest, post: Post) -> None:
    reply = await ask(visitor, "")
    assert reply.status == 422
    assert 'aria-invalid="true"' in reply.text


async def test_too_often_is_told_with_what_was_typed(visitor: Guest, cast: Cast, post: Post) -> None:
    for login in (cast["李阿姨"].number, "28899999"):
        for _ in range(3):
            assert (await ask(visitor, login)).status == 303
        refused = await ask(visitor, login)
        assert refused.status == 429
        assert refused.header("retry-after")
        assert f'value="{login}"' in refused.text


async def test_the_office_still_shows_its_second_step(
    visitor: Guest, enter: Enter, cast: Cast, post: Post
) -> None:
    await set_up_factor(await enter("陈社工"), cast)
    await ask(visitor, cast["陈社工"].phone)
    (letter,) = await arrived(cast.house, post)
    reply = await use_slip(visitor, cast["陈社工"].phone, code_in(letter))
    assert not is_in(reply)
    assert 'action="/sign-in/code"' in reply.text


async def test_a_worker_sees_the_code_is_out_and_takes_it_back(
    visitor: Guest, enter: Enter, cast: Cast, post: Post
) -> None:
    await ask(visitor, cast["李阿姨"].number)
    (letter,) = await arrived(cast.house, post)
    worker = await enter("陈社工")
    page = await worker.get("/c/hongqi/slips")
    assert "邮件登录码" in page.text
    assert code_in(letter) not in page.text.replace(" ", "")
    action = re.search(r'action="(/c/hongqi/slips/[^"]+/revoke)"', page.text)
    assert action is not None
    await worker.submit(page, action[1])
    reply = await use_slip(visitor, cast["李阿姨"].number, code_in(letter))
    assert reply.status == 422


async def test_the_log_has_a_word_for_it(visitor: Guest, enter: Enter, cast: Cast, post: Post) -> None:
    await ask(visitor, cast["李阿姨"].number)
    assert "申请邮件登录码" in (await (await enter("周审计")).get("/c/hongqi/audit")).text


async def test_the_house_that_serves_sends_them(settings: Settings) -> None:
    house = await open_linli(settings)
    try:
        assert house.consumers(forgot.ASKED) == [forgot.HANDLER.name]
    finally:
        await house.close()
