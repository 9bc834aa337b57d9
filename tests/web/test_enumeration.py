"""Nobody learns who is known: text, status, headers, cookies and statements are the same."""

import pytest

from core.base.clock import DAY, FixedClock
from core.community.numbers import new_number
from core.community.people import change_phone
from tests.support.cast import Cast
from tests.support.ways import PIN, give_card, give_pin, make_slip, shut_out, without_password
from tests.web.conftest import BOTH, Enter
from tests.web.entering import plain, set_up_factor, use_slip
from tests.web.guest import Guest

UNKNOWN = ("28899999", "13899999999", "00000000", "nobody")


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_at_sign_in(visitor: Guest, enter: Enter, cast: Cast) -> None:
    """Known, with a second step, disabled, without a password, a shared telephone, unknown."""
    await set_up_factor(await enter("陈社工"), cast)
    await shut_out(cast, "吴大爷")
    await cast.do(cast.system(), lambda unit: change_phone(unit, cast["钱奶奶"].person, cast["赵叔叔"].phone))
    await without_password(cast, "李阿姨")
    logins = [
        cast["赵叔叔"].number, cast["赵叔叔"].phone, cast["陈社工"].phone, cast["吴大爷"].number,
        cast["李阿姨"].number, *UNKNOWN,
    ]  # fmt: skip
    seen = []
    for place, login in enumerate(logins):
        guest = Guest(visitor.app, address=f"192.0.2.{place}")
        await guest.get("/sign-in")
        with cast.house.db.watch() as log:
            page = await guest.get("/sign-in")
            reply = await guest.submit(page, "/sign-in", login=login, password="not-the-password")
        seen.append((plain(reply, login), [s.sql for s in log]))
    assert all(one == seen[0] for one in seen), logins
    assert seen[0][0][0] == 422


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_with_a_slips_code(visitor: Guest, cast: Cast, clock: FixedClock) -> None:
    """Wrong, used, expired, voided, another person's, another's number, unknown people."""
    old = await make_slip(cast, "钱奶奶")
    clock.advance(2 * DAY)
    used, voided = await make_slip(cast, "赵叔叔"), await make_slip(cast, "吴大爷")
    await make_slip(cast, "吴大爷")
    await use_slip(Guest(visitor.app, address="192.0.2.99"), cast["赵叔叔"].number, used)
    foreign = await make_slip(cast, "李阿姨")
    tries = [
        (cast["李阿姨"].number, "K7QM29XZ4D"), (cast["赵叔叔"].number, used), (cast["钱奶奶"].number, old),
        (cast["吴大爷"].number, voided), (cast["赵叔叔"].number, foreign), (cast["冯阿姨"].number, foreign),
        *((login, foreign) for login in UNKNOWN),
    ]  # fmt: skip
    seen = []
    for place, (login, code) in enumerate(tries):
        guest = Guest(visitor.app, address=f"192.0.2.{place}")
        await guest.get("/code")
        with cast.house.db.watch() as log:
            reply = await use_slip(guest, login, code)
        shown = f"{code[:5]} {code[5:]}"
        seen.append((plain(reply, shown, login), [s.sql for s in log]))
    assert all(one == seen[0] for one in seen)
    assert seen[0][0][0] == 422
    assert "不对" in seen[0][0][1]


async def test_the_address_on_a_slip_tells_nothing_about_it(visitor: Guest, cast: Cast) -> None:
    code = await make_slip(cast, "李阿姨")
    await visitor.get("/code")
    seen = []
    for typed in (code, "K7QM29XZ4D"):
        with cast.house.db.watch() as log:
            reply = await visitor.get(f"/code?c={typed}")
        assert not log, "nothing is looked up"
        seen.append(plain(reply, typed, f"{typed[:5]} {typed[5:]}", f"c={typed}"))
    assert seen[0] == seen[1]


async def test_the_address_on_a_card_tells_nothing_about_it(visitor: Guest, cast: Cast) -> None:
    token = await give_card(cast, "李阿姨")
    await visitor.get("/sign-in")
    seen = []
    for typed in (token, "0" * 26, "x"):
        with cast.house.db.watch() as log:
            reply = await visitor.get(f"/k/{typed}")
        assert not log
        seen.append(plain(reply, f"/k/{typed}"))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == 200


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_at_the_counter(enter: Enter, cast: Cast) -> None:
    """A wrong PIN, a card nobody has, somebody without a PIN, somebody of another community."""
    await give_pin(cast, "李阿姨")
    token = await give_card(cast, "李阿姨")
    clerk = await enter("孙店员")
    seen = []
    for typed, pin in (
        (cast["李阿姨"].number, "917253"),
        (token, "917253"),
        (cast["赵叔叔"].number, PIN),
        (cast["冯阿姨"].number, PIN),
        (new_number(), PIN),
    ):
        page = await clerk.get("/c/hongqi/on-behalf")
        with cast.house.db.watch() as log:
            reply = await clerk.submit(page, "/c/hongqi/on-behalf", q=typed, pin=pin)
        seen.append((plain(reply, typed), [s.sql for s in log]))
    assert all(one == seen[0] for one in seen)
    assert seen[0][0][0] == 422


async def test_on_the_page_of_slips_foreign_people_are_absent(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    page = await worker.get("/c/hongqi/slips")
    seen = []
    for typed in (cast["冯阿姨"].number, cast["冯阿姨"].phone, cast["何社工"].phone, *UNKNOWN[:2]):
        reply = await worker.submit(page, "/c/hongqi/slips/find", q=typed)
        seen.append(plain(reply, typed))
    assert all(one == seen[0] for one in seen)
    assert seen[0][0] == 422
