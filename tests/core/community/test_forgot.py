"""A code by e-mail: for who has an address, told to nobody else; who did not ask loses nothing."""

import re
from collections.abc import AsyncIterator

import pytest

from core.base.act import Unit
from core.base.clock import HOUR, MINUTE, FixedClock
from core.base.errors import Invalid, NotFound, TooMany
from core.base.ids import request_id
from core.base.outbox import deliver
from core.community import slips
from core.community.audit_log import Wanted, read_log
from core.community.credentials import prepare_password, set_password, sign_in
from core.community.erasure import erase_person
from core.community.forgot import ask_for_code
from core.community.notices import inbox
from core.community.people import NewPerson, add_people, change_phone
from core.community.roles import NewGrant, grant_roles
from core.community.slips import Used, use_slip
from core.lifecycle.death import record_death
from tests.support.cast import PASSWORD, Cast
from tests.support.mails import BASE, arrived, give_address, with_mail
from tests.support.smtp import Letter, Post, post_office
from tests.support.ways import make_slip, shut_out

NEW = "another-lantern-77"


@pytest.fixture
async def post(cast: Cast) -> AsyncIterator[Post]:
    """The house's mail server; 李阿姨 and 陈社工 have addresses."""
    async with post_office() as office:
        with_mail(cast.house, office)
        await give_address(cast, 李阿姨="li@example.org", 陈社工="chen@example.org")
        yield office


async def ask(cast: Cast, account: str, *, request: str = "", address: str = "10.0.0.1") -> None:
    await ask_for_code(cast.house, request or request_id(), account, address=address)


def code_in(letter: Letter) -> str:
    found = re.search(re.escape(BASE) + r"/code\?c=([0-9A-Z]{10})\b", letter.text)
    assert found is not None, letter.text
    assert f"{found[1][:5]} {found[1][5:]}" in letter.text
    return found[1]


async def use(cast: Cast, account: str, code: str) -> Used:
    prepared = await prepare_password(NEW)
    return await use_slip(cast.house, request_id(), account, code, password=prepared, address="10.0.0.3")


async def not_good(cast: Cast, account: str, code: str) -> bool:
    with pytest.raises(Invalid) as refused:
        await use(cast, account, code)
    return refused.value.fields == {"": slips.WRONG}


async def test_a_code_comes_and_opens_the_account_once(cast: Cast, post: Post) -> None:
    li = cast["李阿姨"]
    await ask(cast, li.number)
    (letter,) = await arrived(cast.house, post)
    assert letter.to == ["li@example.org"]
    assert letter.sender == "noreply@linli.example.org"
    used = await use(cast, li.number, code_in(letter))
    assert used.person == li.person
    assert [one.person for one in await sign_in(cast.house, li.number, NEW, "10.0.0.2")] == [li.person]
    assert await not_good(cast, li.number, code_in(letter))
    assert (await inbox(await cast.viewer("李阿姨")))[0].message == slips.USED_MAILED


async def test_the_message_names_nobody_else_and_says_whom_to_call(cast: Cast, post: Post) -> None:
    await ask(cast, cast["李阿姨"].phone)
    (letter,) = await arrived(cast.house, post)
    whole = letter.message.as_string() + letter.text
    assert not [name for name in cast.figures if name in whole]
    assert not [figure.phone for figure in cast.figures.values() if figure.phone in whole]
    assert cast["李阿姨"].number not in whole
    assert "李*姨" in letter.text
    assert "0571-86000001" in letter.text
    assert letter.message["To"] == "li@example.org"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert "22:00" in letter.text, "an hour from nine in the evening, by the community's clock"


async def test_known_and_unknown_run_the_same_statements(cast: Cast, post: Post) -> None:
    """With and without an address, shut, unknown, two on one telephone, asked before, nonsense."""
    await give_address(cast, 吴大爷="wu@example.org", 钱奶奶="qian@example.org", 赵叔叔="zhao@example.org")
    await shut_out(cast, "吴大爷")
    await cast.do(cast.system(), lambda unit: change_phone(unit, cast["钱奶奶"].person, cast["赵叔叔"].phone))
    accounts = (
        cast["李阿姨"].number, cast["李阿姨"].phone, cast["王队长"].number, cast["吴大爷"].number,
        cast["赵叔叔"].phone, cast["陈社工"].phone, "28899999", "13899999999", "x' or 1=1 --", "",
    )  # fmt: skip
    seen = []
    for place, account in enumerate(accounts):
        with cast.house.db.watch() as log:
            await ask(cast, account, address=f"10.0.1.{place}")
        seen.append([statement.sql for statement in log])
    assert all(one == seen[0] for one in seen)
    events = await cast.house.db.fetch(
        "-- everywhere (event): a test looks at all\nselect name, payload from event order by id"
    )
    assert len(events) == len(accounts) + 1, "two share a telephone"
    assert len({len(event["payload"]) for event in events}) == 1
    got = sorted(letter.to[0] for letter in await arrived(cast.house, post))
    assert got == [
        "chen@example.org", "li@example.org", "li@example.org", "qian@example.org", "zhao@example.org",
    ]  # fmt: skip


async def test_each_of_two_on_one_telephone_gets_his_own(cast: Cast, post: Post) -> None:
    qian, zhao = cast["钱奶奶"], cast["赵叔叔"]
    await give_address(cast, 钱奶奶="both@example.org", 赵叔叔="both@example.org")
    await cast.do(cast.system(), lambda unit: change_phone(unit, qian.person, zhao.phone))
    await ask(cast, zhao.phone)
    letters = await arrived(cast.house, post)
    assert {(await use(cast, zhao.phone, code_in(one))).person for one in letters} == {
        qian.person,
        zhao.person,
    }


async def test_no_code_stands_in_the_database(cast: Cast, post: Post) -> None:
    await ask(cast, cast["李阿姨"].number)
    (letter,) = await arrived(cast.house, post)
    for table in (
        "select code_hash || public_id as text from slip",
        "select payload as text from event",
        "select answer as text from act_answer",
        "select detail as text from audit",
    ):
        rows = await cast.house.db.fetch("-- everywhere (slip, event, audit): a test looks at all\n" + table)
        assert rows
        assert not any(code_in(letter) in row["text"] for row in rows)


async def test_a_server_that_is_away_is_tried_again(cast: Cast, post: Post, clock: FixedClock) -> None:
    await ask(cast, cast["李阿姨"].number)
    await post.close()
    assert await deliver(cast.house) == 0
    row = await cast.house.db.one("select state, attempts, error from delivery")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("waiting", 1)
    assert "example.org" not in row["error"]
    await post.open()
    assert await arrived(cast.house, post) == []
    clock.advance(MINUTE)
    (letter,) = await arrived(cast.house, post)
    assert (await use(cast, cast["李阿姨"].number, code_in(letter))).person == cast["李阿姨"].person


async def test_a_refused_mailbox_holds_up_nobody(cast: Cast, post: Post) -> None:
    post.refuses.add("li@example.org")
    await ask(cast, cast["李阿姨"].number)
    await ask(cast, cast["陈社工"].phone)
    assert [letter.to for letter in await arrived(cast.house, post)] == [["chen@example.org"]]
    error = await cast.house.db.value("select error from delivery")
    assert "550" in error
    assert "li@" not in error


async def test_a_printed_slip_stays_good(cast: Cast, post: Post) -> None:
    printed = await make_slip(cast, "李阿姨")
    await ask(cast, cast["李阿姨"].number)
    assert len(await arrived(cast.house, post)) == 1
    assert (await use(cast, cast["李阿姨"].number, printed)).person == cast["李阿姨"].person


async def test_asked_again_the_code_stays_until_little_of_its_hour_is_left(
    cast: Cast, post: Post, clock: FixedClock
) -> None:
    number, codes = cast["李阿姨"].number, []
    for _ in range(3):
        await ask(cast, number)
        codes += [code_in(letter) for letter in await arrived(cast.house, post)]
        clock.advance(25 * MINUTE)
    first, again, other = codes
    assert first == again != other
    assert await not_good(cast, number, first)
    assert (await use(cast, number, other)).person == cast["李阿姨"].person


async def test_the_same_form_twice_is_one_message(cast: Cast, post: Post) -> None:
    request = request_id()
    for _ in range(2):
        await ask(cast, cast["李阿姨"].number, request=request)
    assert len(await arrived(cast.house, post)) == 1


async def test_it_is_good_for_an_hour(cast: Cast, post: Post, clock: FixedClock) -> None:
    await ask(cast, cast["李阿姨"].number)
    (letter,) = await arrived(cast.house, post)
    clock.advance(HOUR)
    assert await not_good(cast, cast["李阿姨"].number, code_in(letter))


async def test_nothing_is_sent_when_the_hour_is_over(cast: Cast, post: Post, clock: FixedClock) -> None:
    await ask(cast, cast["李阿姨"].number)
    clock.advance(HOUR)
    assert await arrived(cast.house, post) == []
    assert await cast.house.db.value("select count(*) from delivery") == 0


async def test_another_password_ends_it(cast: Cast, post: Post) -> None:
    await ask(cast, cast["李阿姨"].number)
    (letter,) = await arrived(cast.house, post)
    prepared = await prepare_password(NEW)
    await cast.do(cast.system(), lambda unit: set_password(unit, cast["李阿姨"].person, prepared))
    assert await not_good(cast, cast["李阿姨"].number, code_in(letter))


async def test_who_rose_since_asks_again(cast: Cast, post: Post, clock: FixedClock) -> None:
    li = cast["李阿姨"]
    await ask(cast, li.number)
    clock.advance(MINUTE)

    async def rise(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(li.person, "clerk", community=cast.hongqi)])

    await cast.do(cast.system(), rise)
    clock.advance(MINUTE)
    await ask(cast, li.number)
    *_, letter = await arrived(cast.house, post)
    assert (await use(cast, li.number, code_in(letter))).person == li.person


async def test_the_dead_the_shut_and_who_took_the_address_back_get_nothing(cast: Cast, post: Post) -> None:
    """Whether it happened before they asked or after."""
    await give_address(cast, 吴大爷="wu@example.org", 钱奶奶="qian@example.org", 赵叔叔="zhao@example.org")
    names = ("吴大爷", "钱奶奶", "赵叔叔")
    for place, name in enumerate(names):
        await ask(cast, cast[name].number, address=f"10.0.2.{place}")
    await shut_out(cast, "吴大爷")
    await cast.do(cast.system(), lambda unit: record_death(unit, cast["钱奶奶"].volunteer or 0, "2026-11-20"))
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "delete from person_secret where person = :person", person=cast["赵叔叔"].person
        ),
    )
    for place, name in enumerate(names):
        await ask(cast, cast[name].number, address=f"10.0.3.{place}")
        await ask(cast, cast[name].phone, address=f"10.0.4.{place}")
    assert await arrived(cast.house, post) == []


async def test_who_was_erased_meanwhile_gets_nothing(cast: Cast, post: Post) -> None:
    async def enter(unit: Unit) -> int:
        (person,) = await add_people(unit, [NewPerson("周女士", "13900009999", email="zhou@example.org")])
        return int(person)

    person = (await cast.do(cast.system(), enter)).answer["value"]
    await ask(cast, "13900009999")
    assert (await cast.do(cast.system(), lambda unit: erase_person(unit, person))).answer["value"]
    await ask(cast, "13900009999")
    assert await arrived(cast.house, post) == []
    assert await cast.house.db.value("select count(*) from delivery") == 0


async def test_it_stands_in_the_log_of_his_community(cast: Cast, post: Post) -> None:
    await ask(cast, cast["李阿姨"].number)
    await ask(cast, "28899999")
    lines = await read_log(await cast.viewer("周审计"), Wanted(action="password.forgot"))
    assert [(line.subject_name, line.actor_name) for line in lines] == [("李阿姨", "")]
    (one,) = await slips.open_slips(await cast.viewer("陈社工"))
    assert (one.mailed, one.mine, one.maker) == (True, False, "")


async def test_the_second_step_stays(cast: Cast, post: Post) -> None:
    chen = cast["陈社工"]
    await cast.do(
        cast.system(),
        lambda unit: unit.execute(
            "insert into second_factor (person, since_at, last_step) values (:person, :now, 0)",
            person=chen.person,
            now=unit.now,
        ),
    )
    await ask(cast, chen.phone)
    (letter,) = await arrived(cast.house, post)
    assert (await use(cast, chen.phone, code_in(letter))).has_factor


async def test_hammering_is_slowed_and_keeps_nobody_out_elsewhere(cast: Cast, post: Post) -> None:
    number = cast["李阿姨"].number
    for _ in range(3):
        await ask(cast, number)
    with pytest.raises(TooMany):
        await ask(cast, number)
    await ask(cast, number, address="10.0.0.9")
    await ask(cast, cast["陈社工"].phone)


async def test_without_a_mail_server_there_is_none(cast: Cast) -> None:
    await give_address(cast, 李阿姨="li@example.org")
    with pytest.raises(NotFound):
        await ask(cast, cast["李阿姨"].number)
    assert await cast.house.db.value("-- everywhere (slip): a test\nselect count(*) from slip") == 0
    assert [one.person for one in await sign_in(cast.house, cast["李阿姨"].number, PASSWORD, "10.0.0.2")]
