"""Slips on the pages: made after a second look, printed by their maker, used once by their person."""

import re

import pytest

from core.base.clock import DAY, FixedClock
from core.community.people import change_phone
from tests.support.cast import PASSWORD, Cast
from tests.support.offices import Offices
from tests.support.ways import make_slip, shown, without_password
from tests.web.conftest import BOTH, Enter
from tests.web.entering import NEW, app_code, is_in, set_up_factor, sign_in, step_up, use_slip
from tests.web.guest import Fields, Guest, Reply
from web.qr import code as drawn

SLIPS = "/c/hongqi/slips"


async def at_work(enter: Enter, name: str = "陈社工") -> Guest:
    guest = await enter(name)
    await step_up(guest)
    return guest


async def print_one(worker: Guest, number: str) -> tuple[Reply, str]:
    """The page of the slip, and its code."""
    page = await worker.get(f"{SLIPS}/new?number={number}")
    made = await worker.submit(page, SLIPS)
    assert made.status == 303, made.text
    paper = await worker.get(made.location)
    found = re.search(r'class="slip-code">([0-9A-Z]{5}) ([0-9A-Z]{5})<', paper.text)
    assert found is not None
    return paper, found[1] + found[2]


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_from_the_workers_desk_to_the_first_sign_in(enter: Enter, cast: Cast) -> None:
    await without_password(cast, "李阿姨")
    li = cast["李阿姨"]
    worker = await at_work(enter)
    found = await worker.submit(await worker.get(SLIPS), SLIPS + "/find", q=li.phone)
    assert found.location == f"{SLIPS}/new?number={li.number}", "the telephone is in no address"
    look = await worker.get(found.location)
    assert "首次登录" in look.text
    assert "14 天" in look.text
    paper, code = await print_one(worker, li.number)
    for told in ("红旗社区", "李阿姨", li.number[4:], "linli.test/code", "0571-86000001", '<svg class="qr"'):
        assert told in paper.text, told
    hers = Guest(worker.app)
    reply = await use_slip(hers, li.number, code)
    assert is_in(reply)
    assert (await hers.get("/c/hongqi/points")).status == 200
    assert (await worker.get(SLIPS)).text.count("李阿姨") == 0


async def test_the_qr_code_holds_an_address_and_nothing_personal(enter: Enter, cast: Cast) -> None:
    paper, code = await print_one(await at_work(enter), cast["李阿姨"].number)
    found = re.search(r'<path d="([^"]+)"', paper.text)
    assert found is not None
    assert found[1] == drawn(f"http://linli.test/code?c={code}").path


async def test_it_is_made_once_however_often_the_form_is_sent(enter: Enter, cast: Cast) -> None:
    worker = await at_work(enter)
    page = await worker.get(f"{SLIPS}/new?number={cast['李阿姨'].number}")
    places = {(await worker.submit(page, SLIPS)).location for _ in range(3)}
    assert len(places) == 1
    assert await cast.house.db.value("select count(*) from slip") == 1


async def test_asking_once_more_who_it_is_comes_first(enter: Enter, cast: Cast) -> None:
    worker = await enter("陈社工")
    address = f"{SLIPS}/new?number={cast['李阿姨'].number}"
    sent = await worker.get(address)
    assert sent.location.startswith("/step-up?next=")
    back = await step_up(worker, next_page=sent.location.partition("next=")[2])
    assert back.location == address
    fields = {"_csrf_token": (await worker.get(address)).csrf, "request_id": "A" * 26}
    fields["person"] = await shown(cast, "李阿姨")
    cast.house.clock.advance(10 * 60_000)  # type: ignore[attr-defined]  # the tests' clock
    late = await worker.post(SLIPS, fields)
    assert late.location == "/step-up?next=" + SLIPS.replace("/", "%2F")
    assert await cast.house.db.value("select count(*) from slip") == 0


async def test_more_rights_than_ones_own_are_said_on_the_page(enter: Enter, offices: Offices) -> None:
    cast = offices.cast
    worker = await at_work(enter)
    for name in ("周审计", "林主任"):
        found = await worker.submit(await worker.get(SLIPS), SLIPS + "/find", q=cast[name].phone)
        assert "person=" in found.location
        assert cast[name].phone not in found.location
        reply = await worker.submit(await worker.get(found.location), SLIPS)
        assert reply.status == 409
        assert "权限" in reply.text
    # The operator is nobody of this community, so to a worker he is not there at all.
    assert (
        await worker.submit(await worker.get(SLIPS), SLIPS + "/find", q=cast["施运维"].phone)
    ).status == 422
    assert await cast.house.db.value("select count(*) from slip") == 0


async def test_an_operator_helps_the_administrator_who_signs_in_by_telephone(
    enter: Enter, offices: Offices
) -> None:
    cast = offices.cast
    operator = await at_work(enter, "施运维")
    found = await operator.submit(await operator.get(SLIPS), SLIPS + "/find", q=cast["林主任"].phone)
    made = await operator.submit(await operator.get(found.location), SLIPS)
    paper = await operator.get(made.location)
    code = re.findall(r'class="slip-code">([0-9A-Z ]{11})<', paper.text)[0]
    theirs = Guest(operator.app)
    assert is_in(await use_slip(theirs, cast["林主任"].phone, code))
    assert (await theirs.get("/c/hongqi/people")).status == 200


async def test_a_shared_telephone_asks_which_of_them(enter: Enter, cast: Cast) -> None:
    zhao = cast["赵叔叔"]
    await cast.do(cast.system(), lambda unit: change_phone(unit, cast["钱奶奶"].person, zhao.phone))
    worker = await at_work(enter)
    reply = await worker.submit(await worker.get(SLIPS), SLIPS + "/find", q=zhao.phone)
    assert reply.status == 200
    for name in ("赵叔叔", "钱奶奶"):
        assert f"{SLIPS}/new?number={cast[name].number}" in reply.text


async def test_anothers_slip_and_none_look_alike_and_can_be_taken_back_here_only(
    enter: Enter, cast: Cast
) -> None:
    paper, code = await print_one(await at_work(enter), cast["李阿姨"].number)
    address = re.findall(rf"{SLIPS}/([0-9A-Z]{{12}})/revoke", paper.text)[0]
    operator, foreign = await at_work(enter, "施运维"), await at_work(enter, "何社工")
    for guest, base in ((operator, SLIPS), (foreign, SLIPS), (foreign, "/c/xinxing/slips")):
        assert (await guest.get(f"{base}/{address}")).status == 404
        assert (await guest.get(f"{base}/{'0' * 12}")).status == 404
    token = (await foreign.get("/c/xinxing/slips")).csrf
    fields: Fields = {"_csrf_token": token, "request_id": "B" * 26}
    assert (await foreign.post(f"/c/xinxing/slips/{address}/revoke", fields)).status == 404
    listing = await operator.get(SLIPS)
    assert "李阿姨" in listing.text
    gone = await operator.submit(listing, f"{SLIPS}/{address}/revoke")
    assert gone.location == SLIPS + "?done=revoked"
    assert not is_in(await use_slip(Guest(operator.app), cast["李阿姨"].number, code))


# -- choosing the password -----------------------------------------------------------------------------------


async def test_opening_the_address_uses_nothing_up(visitor: Guest, cast: Cast) -> None:
    code = await make_slip(cast, "李阿姨")
    for _ in range(5):
        page = await visitor.get(f"/code?c={code.lower()}")
        assert page.form("/code")["code"] == f"{code[:5]} {code[5:]}"
    assert is_in(await use_slip(visitor, cast["李阿姨"].number, code))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"login": ""}, "login"),
        ({"password": ""}, "password"),
        ({"again": "something-else"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "12345678", "again": "12345678"}, "password"),
        ({"login": "9" * 300}, "login"),
    ],
)
async def test_what_is_wrong_is_named_and_what_was_typed_stays(
    visitor: Guest, cast: Cast, changes: dict[str, str], field: str
) -> None:
    code = await make_slip(cast, "李阿姨")
    page = await visitor.get(f"/code?c={code}")
    fields = {"login": cast["李阿姨"].number, "password": NEW, "again": NEW, **changes}
    reply = await visitor.submit(page, "/code", **fields)
    assert reply.status == 422
    assert f'id="{field}-error"' in reply.text
    assert f'href="#{field}"' in reply.text
    kept = reply.form("/code")
    assert kept["login"] == fields["login"][:200]
    if "code" not in changes:
        assert kept["code"] == f"{code[:5]} {code[5:]}"
    assert NEW not in reply.text
    assert is_in(await use_slip(visitor, cast["李阿姨"].number, code)), "nothing was used up"


async def test_a_replayed_form_lets_nobody_in(visitor: Guest, cast: Cast) -> None:
    """Whoever copied the form, or its request id, has not shown that he knows the password."""
    code = await make_slip(cast, "李阿姨")
    page = await visitor.get(f"/code?c={code}")
    sent = {**page.form("/code"), "login": cast["李阿姨"].number, "password": NEW, "again": NEW}
    assert is_in(await visitor.post("/code", sent))
    thief = Guest(visitor.app)
    token = (await thief.get("/code")).csrf
    for password in (NEW, "the-thiefs-own-words"):
        copied = {**sent, "_csrf_token": token, "password": password, "again": password}
        reply = await thief.post("/code", copied)
        assert not is_in(reply)
        assert reply.location in ("", "/sign-in?done=set")
    assert is_in(await sign_in(Guest(visitor.app), cast["李阿姨"].number, NEW))
    assert "密码已设好" in (await thief.get("/sign-in?done=set")).text


async def test_the_request_id_of_another_person_is_worth_nothing(visitor: Guest, cast: Cast) -> None:
    mine, hers = await make_slip(cast, "赵叔叔"), await make_slip(cast, "李阿姨")
    page = await visitor.get(f"/code?c={mine}")
    sent = {**page.form("/code"), "login": cast["赵叔叔"].number, "password": NEW, "again": NEW}
    assert is_in(await visitor.post("/code", sent))
    other = Guest(visitor.app)
    token = (await other.get("/code")).csrf
    fields = {**sent, "_csrf_token": token, "code": hers, "login": cast["李阿姨"].number}
    reply = await other.post("/code", fields)
    assert (reply.status, is_in(reply)) == (409, False)


async def test_with_a_second_step_the_slip_alone_is_not_enough(
    enter: Enter, cast: Cast, clock: FixedClock
) -> None:
    clerk = await enter("孙店员")
    secret, _ = await set_up_factor(clerk, cast)
    clock.advance(60_000)
    theirs = Guest(clerk.app)
    reply = await use_slip(theirs, cast["孙店员"].phone, await make_slip(cast, "孙店员"))
    assert (reply.status, is_in(reply)) == (200, False)
    done = await theirs.submit(reply, "/sign-in/code", code=app_code(secret, cast))
    assert is_in(done)


async def test_a_slip_may_end_a_lost_second_step_too(enter: Enter, cast: Cast) -> None:
    await set_up_factor(await enter("孙店员"), cast)
    worker = await at_work(enter)
    found = await worker.submit(await worker.get(SLIPS), SLIPS + "/find", q=cast["孙店员"].phone)
    page = await worker.get(found.location)
    assert 'name="drops"' in page.text
    made = await worker.submit(page, SLIPS, drops="1")
    code = re.findall(r'class="slip-code">([0-9A-Z ]{11})<', (await worker.get(made.location)).text)[0]
    assert await cast.house.db.value("select count(*) from second_factor") == 1, "not before it is used"
    assert is_in(await use_slip(Guest(worker.app), cast["孙店员"].phone, code))
    assert await cast.house.db.value("select count(*) from second_factor") == 0


async def test_who_is_signed_in_on_the_telephone_is_not_who_types(enter: Enter, cast: Cast) -> None:
    """A couple on one phone: she is signed in, he uses his slip; afterwards he is, and nothing is hers."""
    hers = await enter("钱奶奶")
    old = dict(hers.cookies)
    assert is_in(await use_slip(hers, cast["赵叔叔"].number, await make_slip(cast, "赵叔叔")))
    assert "赵叔叔" in (await hers.get("/account")).text
    assert (await Guest(hers.app, old).get("/account")).status == 303
    actor = await cast.house.db.one("select actor from audit where action = 'slip.use'")
    assert actor is not None
    assert actor["actor"] is None


async def test_a_slip_that_is_out_of_date_says_what_to_do(
    visitor: Guest, cast: Cast, clock: FixedClock
) -> None:
    code = await make_slip(cast, "李阿姨")
    clock.advance(2 * DAY)
    reply = await use_slip(visitor, cast["李阿姨"].number, code, PASSWORD)
    assert reply.status == 422
    assert "失效" in reply.text
