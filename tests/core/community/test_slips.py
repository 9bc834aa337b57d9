"""Printed slips: good once, for their person, for a while; and for nobody who would gain by making one."""

from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import DAY, HOUR, FixedClock
from core.base.errors import Invalid, NotFound, NotProved, Refused, TooMany
from core.base.ids import request_id
from core.community import slips
from core.community.credentials import prepare_password, sign_in
from core.community.notices import inbox
from core.community.roles import NewGrant, grant_roles
from core.community.sessions import hash_of
from core.community.slips import Used, use_slip
from core.community.viewer import load_viewer
from tests.support.cast import PASSWORD, Cast
from tests.support.offices import Offices
from tests.support.ways import make_slip, proved, shown, shut_out, without_password

NEW = "another-lantern-77"
NOT_GOOD = {"": slips.WRONG}


async def use(cast: Cast, account: str, code: str, *, request: str = "", address: str = "10.0.0.1") -> Used:
    prepared = await prepare_password(NEW)
    return await use_slip(
        cast.house, request or request_id(), account, code, password=prepared, address=address
    )


async def enters(cast: Cast, account: str, password: str) -> bool:
    try:
        return bool(await sign_in(cast.house, account, password, "10.0.0.2"))
    except Invalid:
        return False


async def test_an_invitation_lets_its_person_choose_a_password(cast: Cast) -> None:
    await without_password(cast, "李阿姨")
    li = cast["李阿姨"]
    code = await make_slip(cast, "李阿姨")
    used = await use(cast, li.number, f" {code[:5].lower()}-{code[5:]} ")
    assert (used.person, used.has_factor, used.replayed) == (li.person, False, False)
    assert await enters(cast, li.number, NEW)


async def test_it_is_good_once_with_the_telephone_as_well(cast: Cast) -> None:
    li = cast["李阿姨"]
    code = await make_slip(cast, "李阿姨")
    assert (await use(cast, li.phone, code)).person == li.person
    with pytest.raises(Invalid) as refused:
        await use(cast, li.number, code)
    assert refused.value.fields == NOT_GOOD
    assert not await enters(cast, li.number, PASSWORD)


async def test_using_it_ends_all_sessions_and_is_told(cast: Cast) -> None:
    li = cast["李阿姨"]
    token = hash_of(await cast.token("李阿姨"))
    code = await make_slip(cast, "李阿姨")
    assert (await load_viewer(cast.house, token, None))[0].person == li.person
    await use(cast, li.number, code)
    assert (await load_viewer(cast.house, token, None))[0].person is None
    told = [n.message for n in await inbox(await cast.viewer("李阿姨"))]
    assert told[:2] == [slips.USED, slips.MADE]


async def test_an_invitation_ends_after_two_weeks_a_reset_after_a_day(cast: Cast, clock: FixedClock) -> None:
    await without_password(cast, "李阿姨")
    invitation, reset = await make_slip(cast, "李阿姨"), await make_slip(cast, "赵叔叔")
    clock.advance(24 * HOUR)
    with pytest.raises(Invalid) as refused:
        await use(cast, cast["赵叔叔"].number, reset)
    assert refused.value.fields == NOT_GOOD
    clock.advance(13 * DAY - 1)
    assert (await use(cast, cast["李阿姨"].number, invitation)).person == cast["李阿姨"].person


async def test_a_new_one_voids_the_one_before(cast: Cast) -> None:
    first, second = await make_slip(cast, "李阿姨"), await make_slip(cast, "李阿姨")
    with pytest.raises(Invalid):
        await use(cast, cast["李阿姨"].number, first)
    assert (await use(cast, cast["李阿姨"].number, second)).person == cast["李阿姨"].person


async def test_one_taken_back_is_worth_nothing(cast: Cast) -> None:
    code = await make_slip(cast, "李阿姨")
    viewer = await cast.viewer("陈社工")
    (one,) = await slips.open_slips(viewer)
    foreign = await cast.viewer("何社工", "xinxing")
    with pytest.raises(NotFound):
        await cast.do(foreign, lambda unit: slips.revoke_slip(unit, one.public_id))
    await cast.do(viewer, lambda unit: slips.revoke_slip(unit, one.public_id))
    with pytest.raises(Invalid) as refused:
        await use(cast, cast["李阿姨"].number, code)
    assert refused.value.fields == NOT_GOOD
    assert await slips.open_slips(viewer) == []
    with pytest.raises(NotFound):
        await cast.do(viewer, lambda unit: slips.revoke_slip(unit, one.public_id))


async def test_wrong_used_old_revoked_and_foreign_run_the_same_statements(
    cast: Cast, clock: FixedClock
) -> None:
    old = await make_slip(cast, "钱奶奶")
    clock.advance(2 * DAY)
    used, of_another = await make_slip(cast, "赵叔叔"), await make_slip(cast, "吴大爷")
    await use(cast, cast["赵叔叔"].number, used)
    tries = (
        (cast["李阿姨"].number, "0123456789"),
        (cast["赵叔叔"].number, used),
        (cast["钱奶奶"].number, old),
        (cast["李阿姨"].number, of_another),
        ("28899999", of_another),
        ("13899999999", of_another),
        ("x' or 1=1 --", "' or '"),
        ("", ""),
    )
    seen = []
    for place, (account, code) in enumerate(tries):
        with cast.house.db.watch() as log, pytest.raises(Invalid) as refused:
            await use(cast, account, code, address=f"10.0.1.{place}")
        assert refused.value.fields == NOT_GOOD
        seen.append([statement.sql for statement in log])
    assert all(statements == seen[0] for statements in seen)


async def test_the_same_form_sent_again_changes_nothing_and_says_so(cast: Cast) -> None:
    li, code, request = cast["李阿姨"], await make_slip(cast, "李阿姨"), request_id()
    assert not (await use(cast, li.number, code, request=request)).replayed
    assert (await use(cast, li.number, code, request=request)).replayed
    assert await cast.house.db.value("select count(*) from slip where used_at is not null") == 1


async def test_codes_are_nowhere_in_the_database(cast: Cast) -> None:
    code = await make_slip(cast, "李阿姨")
    for table in (
        "select code_hash as text from slip",
        "select public_id as text from slip",
        "select answer as text from act_answer",
        "select detail as text from audit",
    ):
        rows = await cast.house.db.fetch(table)
        assert rows
        assert not any(code in row["text"] for row in rows)


@pytest.mark.parametrize("whom", ["施运维", "林主任", "高科长", "周审计", "陈社工", "何社工"])
async def test_a_worker_makes_none_for_who_has_more_rights_nor_for_himself(
    offices: Offices, whom: str
) -> None:
    with pytest.raises((Refused, NotFound)):
        await make_slip(offices.cast, whom)
    assert await offices.house.db.value("select count(*) from slip") == 0


async def test_two_who_review_each_other_cannot_become_each_other(offices: Offices) -> None:
    cast = offices.cast

    async def second(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(cast["吴大爷"].person, "worker", community=cast.hongqi)])

    await cast.do(cast.system(), second)
    with pytest.raises(Refused):
        await make_slip(cast, "吴大爷")
    assert await make_slip(cast, "孙店员")  # a worker holds all a clerk holds, and more
    assert await make_slip(cast, "吴大爷", "林主任")
    for whom in ("周审计", "施运维", "林主任"):
        with pytest.raises((Refused, NotFound)):
            await make_slip(cast, whom, "林主任")


async def test_who_is_somebody_elsewhere_is_helped_there_or_by_the_operator(offices: Offices) -> None:
    cast = offices.cast

    async def elsewhere(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(cast["赵叔叔"].person, "clerk", community=cast.xinxing)])

    await cast.do(cast.system(), elsewhere)
    with pytest.raises(Refused):
        await make_slip(cast, "赵叔叔")
    assert await make_slip(cast, "赵叔叔", "施运维")
    for whom in ("林主任", "周审计", "陈社工"):
        assert await make_slip(cast, whom, "施运维")
    with pytest.raises(Refused):
        await make_slip(cast, "施运维", "施运维")


@pytest.mark.parametrize("maker", ["王队长", "孙店员", "周审计", "李阿姨"])
async def test_who_does_not_look_after_the_people_makes_none(cast: Cast, maker: str) -> None:
    with pytest.raises(NotFound):
        await make_slip(cast, "赵叔叔", maker)


async def test_foreign_people_look_absent(cast: Cast) -> None:
    viewer = await proved(cast, "陈社工")
    for whom in (await shown(cast, "冯阿姨"), "0123456789AB"):
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit, w=whom: slips.make_slip(unit, w))
    assert await slips.people_of(viewer, cast["冯阿姨"].number) == []
    assert await slips.people_of(viewer, cast["冯阿姨"].phone) == []
    assert [one.name for one in await slips.people_of(viewer, cast["孙店员"].phone)] == ["孙店员"]


async def test_only_after_showing_once_more_who_one_is(cast: Cast, clock: FixedClock) -> None:
    whom = await shown(cast, "李阿姨")
    with pytest.raises(NotProved):
        await cast.do(await cast.viewer("陈社工"), lambda unit: slips.make_slip(unit, whom))
    viewer = await proved(cast, "陈社工")
    clock.advance(10 * 60_000)
    with pytest.raises(NotProved):
        await cast.do(viewer, lambda unit: slips.make_slip(unit, whom))


async def test_a_slip_kept_back_does_not_open_the_account_of_who_rose_since(
    cast: Cast, clock: FixedClock
) -> None:
    await without_password(cast, "李阿姨")
    code = await make_slip(cast, "李阿姨")
    clock.advance(DAY)

    async def rise(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(cast["李阿姨"].person, "administrator", community=cast.hongqi)])

    await cast.do(cast.system(), rise)
    with pytest.raises(Invalid) as refused:
        await use(cast, cast["李阿姨"].number, code)
    assert refused.value.fields == NOT_GOOD


async def test_the_slips_of_who_was_shut_out_are_worth_nothing(cast: Cast) -> None:
    code = await make_slip(cast, "李阿姨")
    await shut_out(cast, "陈社工")
    with pytest.raises(Invalid):
        await use(cast, cast["李阿姨"].number, code)


async def test_only_its_maker_sees_the_paper_while_it_is_good(cast: Cast, clock: FixedClock) -> None:
    code = await make_slip(cast, "李阿姨")
    (one,) = await slips.open_slips(await cast.viewer("陈社工"))
    maker = await proved(cast, "陈社工")
    assert (await slips.paper(maker, one.public_id))[1] == code
    for viewer in (await proved(cast, "施运维"), await proved(cast, "何社工", "xinxing")):
        with pytest.raises(NotFound):
            await slips.paper(viewer, one.public_id)
    with pytest.raises(NotProved):
        await slips.paper(await cast.viewer("陈社工"), one.public_id)
    clock.advance(2 * DAY)
    with pytest.raises(NotFound):
        await slips.paper(await proved(cast, "陈社工"), one.public_id)


async def test_guessing_codes_is_slowed(cast: Cast) -> None:
    answers: list[Any] = []
    for n in range(8):
        try:
            await use(cast, cast["李阿姨"].number, f"{n:010d}")
        except (Invalid, TooMany) as refusal:
            answers.append(type(refusal))
    assert answers == [Invalid] * 5 + [TooMany] * 3
