"""PINs and the codes on cards: hashed, chosen well, ended at once, and telling nothing."""

import re

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound, Refused
from core.community import cards, pins
from core.community.lost import new_card
from core.community.notices import inbox
from core.community.roles import NewGrant, grant_roles
from core.community.volunteers import by_number
from tests.support.cast import Cast
from tests.support.ways import PIN, give_card, give_pin


@pytest.mark.parametrize(
    "typed",
    [
        "", "12345", "1234567", "12345a", "123456", "654321", "345678", "098765", "000000", "111111",
        "121212",
        "112233", "123123", "520314", "195203", "031452", "140352", "900101", "201412",
    ],
)  # fmt: skip
async def test_what_a_thief_tries_first_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        pins.clean_pin(typed)
    assert list(refused.value.fields) == ["pin"]


@pytest.mark.parametrize(
    ("typed", "pin"), [("804172", "804172"), (" 80 41 72 ", "804172"), ("８０４１７２", "804172")]
)
async def test_six_digits_in_any_width_are_fine(typed: str, pin: str) -> None:
    assert pins.clean_pin(typed) == pin


async def test_nothing_out_of_ones_own_numbers(cast: Cast) -> None:
    li = cast["李阿姨"]
    own = await pins.own_numbers(cast.house, cast.house.db, li.person)
    assert set(own) == {li.phone, li.number}
    for pin in (li.number[:6], li.number[2:], li.phone[-6:]):
        with pytest.raises(Invalid):
            pins.clean_pin(pin, *own)


async def test_a_pin_is_kept_as_argon2id_with_a_key_of_its_community(cast: Cast) -> None:
    await give_pin(cast, "李阿姨")
    row = await cast.house.db.one("select community, hash from pin")
    assert row is not None
    assert row["community"] == cast.hongqi
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$.+", row["hash"])
    from core.community.hashing import matches

    assert not await matches(row["hash"], PIN), "the digits alone are not what was hashed"
    assert await pins.is_pin(cast.house, cast["李阿姨"].person, PIN)
    assert not await pins.is_pin(cast.house, cast["李阿姨"].person, "804173")
    assert not await pins.is_pin(cast.house, cast["赵叔叔"].person, PIN)
    assert not await pins.is_pin(cast.house, None, PIN)


async def test_the_first_is_set_at_the_counter_and_told_the_next_only_after_it_was_removed(
    cast: Cast,
) -> None:
    await give_pin(cast, "李阿姨")
    with pytest.raises(Refused):
        await give_pin(cast, "李阿姨", "917253")
    clerk, worker = await cast.viewer("孙店员"), await cast.viewer("陈社工")
    who = await by_number(worker, cast["李阿姨"].number)
    with pytest.raises(NotFound):
        await cast.do(clerk, lambda unit: pins.remove_pin(unit, who))
    await cast.do(worker, lambda unit: pins.remove_pin(unit, who))
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: pins.remove_pin(unit, who))
    await give_pin(cast, "李阿姨", "917253")
    told = [n.message for n in await inbox(await cast.viewer("李阿姨"))]
    assert told == [pins.WAS_SET, pins.WAS_REMOVED, pins.WAS_SET]
    rows = await cast.house.db.fetch(
        "select action, on_behalf from audit where subject = 'person' order by id"
    )
    assert ("pin.set", cast["李阿姨"].person) in [(r["action"], r["on_behalf"]) for r in rows]


async def test_nobody_sets_one_for_himself_or_for_who_has_more_rights(cast: Cast) -> None:
    async def both(unit: Unit) -> None:
        await grant_roles(
            unit,
            [
                NewGrant(cast["吴大爷"].person, "clerk", community=cast.hongqi),
                NewGrant(cast["赵叔叔"].person, "administrator", community=cast.hongqi),
            ],
        )

    await cast.do(cast.system(), both)
    for whom, clerk in (("吴大爷", "吴大爷"), ("赵叔叔", "孙店员"), ("吴大爷", "孙店员")):
        with pytest.raises(Refused):
            await give_pin(cast, whom, clerk=clerk)
    for clerk in ("李阿姨", "王队长", "周审计"):
        with pytest.raises(NotFound):
            await give_pin(cast, "钱奶奶", clerk=clerk)
    assert await cast.house.db.value("select count(*) from pin") == 0


async def test_one_changes_only_ones_own(cast: Cast) -> None:
    own = await cast.viewer("李阿姨")
    for person in (cast["李阿姨"].person, cast["赵叔叔"].person):
        prepared = await pins.prepare_pin(cast.house, person, cast.hongqi, PIN)
        if person == own.person:
            await cast.do(own, lambda unit, p=prepared: pins.change_own_pin(unit, p))
        else:
            with pytest.raises(NotFound):
                await cast.do(own, lambda unit, p=prepared: pins.change_own_pin(unit, p))
    assert await pins.own_pin(own) == (cast.hongqi, True)
    assert await pins.own_pin(await cast.viewer("赵叔叔")) == (cast.hongqi, False)
    assert await pins.own_pin(await cast.viewer("施运维")) == (None, False)


# -- cards ---------------------------------------------------------------------------------------------------


async def test_a_card_leads_to_its_holder_whatever_the_scanner_adds(cast: Cast) -> None:
    token = await give_card(cast, "李阿姨")
    clerk = await cast.viewer("孙店员")
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", token)
    for typed in (token, f"https://linli.example/k/{token}", f" https://linli.example/k/{token.lower()}/ "):
        found = await cards.holder(clerk, typed, "redemption.make")
        assert found is not None
        assert found.number == cast["李阿姨"].number
    assert cast["李阿姨"].number not in token


async def test_the_token_is_not_kept(cast: Cast) -> None:
    token = await give_card(cast, "李阿姨")
    row = await cast.house.db.one("select token_hash, public_id from card")
    assert row is not None
    assert token not in (row["token_hash"], row["public_id"])
    assert token != (await give_card(cast, "赵叔叔"))


async def test_a_stopped_card_a_new_card_and_a_new_number_end_the_code(cast: Cast) -> None:
    clerk, worker = await cast.viewer("孙店员"), await cast.viewer("陈社工")
    who = await by_number(worker, cast["李阿姨"].number)
    first = await give_card(cast, "李阿姨")
    second = await give_card(cast, "李阿姨")
    assert await cards.number_on(clerk, first) == ""
    assert await cards.number_on(clerk, second) == who.number
    await cast.do(clerk, lambda unit: cards.stop_card(unit, who))
    assert await cards.number_on(clerk, second) == ""
    with pytest.raises(NotFound):
        await cast.do(clerk, lambda unit: cards.stop_card(unit, who))
    third = await give_card(cast, "李阿姨")
    await cast.do(worker, lambda unit: new_card(unit, who))
    assert await cards.number_on(clerk, third) == ""
    found = await cards.holder(clerk, who.number, "redemption.make")
    assert found is None


async def test_foreign_cards_and_numbers_lead_to_nobody(cast: Cast) -> None:
    token = await give_card(cast, "李阿姨")
    foreign = await cast.viewer("何社工", "xinxing")
    assert await cards.holder(foreign, token, "redemption.make") is None
    assert await cards.holder(foreign, cast["李阿姨"].number, "redemption.make") is None
    for name in ("李阿姨", "王队长"):
        with pytest.raises(NotFound):
            await cards.holder(await cast.viewer(name), token, "redemption.make")


@pytest.mark.parametrize("name", ["孙店员", "王队长", "周审计", "李阿姨"])
async def test_only_the_office_prints_cards(cast: Cast, name: str) -> None:
    who = await by_number(await cast.viewer("陈社工"), cast["李阿姨"].number)
    viewer = await cast.viewer(name)
    with pytest.raises(NotFound):
        await cast.do(viewer, lambda unit: cards.make_card(unit, who))
    with pytest.raises(NotFound):
        await cards.card_of(viewer, who)
    if name != "孙店员":
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: cards.stop_card(unit, who))
