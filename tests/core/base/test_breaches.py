"""Each promise of the book is broken with raw SQL, as the role the product works with: the database refuses.

What SQL does not stop is found by the reconciler (docs/decisions/0040), and the damage campaign shows that.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.base.act import Unit
from core.base.clock import HOUR
from core.base.errors import ConstraintBroken, Message
from core.base.house import House, open_house
from core.base.seals import seal
from core.base.settings import Settings
from core.points import ledger
from core.points.page import Note, open_page
from core.reward import redemption
from tests.support.databases import fresh_database, in_thread, migrated
from tests.support.town import Town, found_town


def line(
    kind: str,
    debit: str,
    credit: str,
    *,
    amount: str = "5",
    community: str = "c",
    account: str = "a",
    version: int = 99,
    award: str = "null",
    hold: str = "null",
    reverses: str = "null",
    persons: str = "null, null",
) -> str:
    """A line written past the ledger; words are ids of the town below."""
    columns = (
        "community, public_id, act, kind, debit, credit, amount, effective_at, recorded_at, account, "
        "version, posted_after, held_after, message, text, award, hold, reverses, actor, approver"
    )
    values = (
        f"<{community}>, 'x', <act>, '{kind}', <{debit}>, <{credit}>, {amount}, 0, 0, <{account}>, "
        f"{version}, 0, 0, '', '', {award}, {hold}, {reverses}, {persons}"
    )
    return f"insert into transfer ({columns}) values ({values})"  # noqa: S608  # this file's own words


# Words in angle brackets are ids of the town below.
BREACHES = {
    # 1, 21: two sides, of one community
    "a line against its own account": line("earn", "a", "a"),
    "a line between communities": line("earn", "theirs", "a"),
    "a line of an account that is on neither side": line("earn", "issued", "a", account="b"),
    "a line for another community's award": line(
        "earn", "their_issued", "theirs", community="other", account="theirs", award="<award>"
    ),
    "a lot in another community's account": (
        "insert into lot (community, account, transfer, amount, remaining) values (<c>, <theirs>, "
        "<hold>, 5, 5)"
    ),
    # 2: whole amounts within bounds
    "an amount of nought": line("earn", "issued", "a", amount="0"),
    "a negative amount": line("earn", "issued", "a", amount="-5"),
    "an amount beyond all bounds": line("earn", "issued", "a", amount="1000000001"),
    "a kind nobody knows": line("magic", "issued", "a"),
    # 3, 16: nothing of the book is changed, removed or replaced
    "a line changed": "update transfer set amount = amount + 1 where id = <earn>",
    "a line removed": "delete from transfer where id = <earn>",
    "a lot's use changed": "update lot_use set amount = amount + 1",
    "a lot's use removed": "delete from lot_use",
    "an outcome changed": "update award_outcome set lost = 0",
    "a proposed line changed": "update award set points = points + 1",
    "published rules changed": "update rule_sheet set rules = '{}'",
    "published rules removed": "delete from rule_sheet",
    "an attendance changed": "update attendance set minutes = 0",
    "a decision changed": "update attendance_decision set decision = 'reversed'",
    "an exchange changed": "update redemption set points = 0",
    "a step of an exchange removed": "delete from redemption_step",
    "a movement of stock changed": "update stock_move set quantity = 1",
    "the log changed": "update audit set action = 'nothing'",
    "the log shortened": "delete from audit",
    "an act changed": "update act set actor = null",
    "an answer changed": "update act_answer set answer = '{}'",
    "a seal changed": "update seal set digest = '" + "0" * 64 + "'",
    "a seal removed": "delete from seal",
    "a block changed": "update seal_block set at = 0",
    "a block removed": "delete from seal_block",
    # 4: one act for one request
    "an act done twice": (
        "insert into act (actor, request_id, name, digest, at) select actor, request_id, name, "
        "digest, at from act "
        "where id = <act>"
    ),
    # 5: one earning, one award, one refund, one hand-over for one fact
    "an award earned twice": line("earn", "issued", "a", award="<award>"),
    "a rule applied twice to one attendance": (
        "insert into award (community, attendance, volunteer, programme, rule, sheet, points, "
        "inputs, message, text, "
        "day, act) select community, attendance, volunteer, programme, rule, sheet, points, "
        "inputs, message, text, "
        "day, act from award"
    ),
    "an award with two outcomes": (
        "insert into award_outcome (award, community, transfer, points, act) "
        "select award, community, transfer, points, act from award_outcome"
    ),
    "an exchange refunded twice": line("refund", "redeemed", "a", amount="3", reverses="<capture>"),
    "an exchange undone twice": (
        "insert into redemption_step (community, redemption, step, actor, act, at) "
        "select community, redemption, step, actor, act, at from redemption_step where step = 'undone'"
    ),
    # 6: a hold is settled once, and for no more than it holds
    "a hold captured twice": line("capture", "a", "redeemed", amount="3", hold="<settled>"),
    "a hold captured for more than it holds": line("capture", "b", "redeemed", account="b", hold="<hold>"),
    "a hold released to somebody else": line("release", "redeemed", "a", amount="4", hold="<hold>"),
    "an earning captured as if it were a hold": line("capture", "a", "redeemed", hold="<earn>"),
    "a capture of nothing": line("capture", "a", "redeemed"),
    # 7: nobody spends what he has not
    "more held than there is": "update points_account set held = posted + 1 where id = <a>",
    "a balance below nought": "update points_account set posted = -1, held = 0 where id = <a>",
    "a debt below nought": "update points_account set debt = -1 where id = <a>",
    # 9: a version is given once
    "two lines of one version": line("earn", "issued", "a", version=1),
    # 11: lots hold between nothing and all
    "a lot below nought": "update lot set remaining = -1",
    "a lot with more than it began with": "update lot set remaining = amount + 1",
    # 14: what reverses is not reversed, and takes back no more than there was
    "a reversal without anything to reverse": line("reverse", "a", "issued"),
    "more taken back than was earned": line("reverse", "a", "issued", amount="21", reverses="<earn>"),
    "a refund taken back": line("reverse", "a", "issued", amount="3", reverses="<refund>"),
    # 18: caps
    "a cap passed": "update cap_counter set used = most + 1",
    # 19: nobody is in two places at once
    "two places at once": (
        "insert into interval (attendance, person, community, from_at, to_at) "
        "select <attendance>, person, community, from_at + 1, to_at from interval"
    ),
    # 20: two persons are two
    "a line confirmed by whoever recorded it": line("earn", "issued", "a", persons="1, 1"),
    "an approval of one's own request": (
        "insert into approval_decision (approval, community, requester, approver, decision, act, at) "
        "select id, community, requester, requester, 'approved', act, 0 from approval"
    ),
    "an approval of what is for oneself": (
        "insert into approval_decision (approval, community, requester, approver, beneficiary, "
        "decision, act, at) "
        "select id, community, requester, 3, 3, 'approved', act, 0 from approval"
    ),
    "a freeze that ends without two persons": "update book_freeze set ended_at = 1",
    # 23: the shelf
    "stock below nought": "update reward set stock = -1",
    "more set aside than there is": "update reward set held = stock + 1",
    # 25: a chain does not fork
    "a second block of one number": (
        "insert into seal_block (community, number, first, last, root, previous, at, head, signature) "
        "select community, number, first, last + 1, root, previous, at, '"
        + "0" * 64
        + "', signature from seal_block"
    ),
    "a second seal of one row": (
        "insert into seal (community, sequence, block, transfer, digest) "
        "select community, 999, block, transfer, digest from seal where transfer = <earn>"
    ),
    "a second row under one number": (
        "insert into seal (community, sequence, block, audit, digest) "
        "select community, sequence, block, 999999, digest from seal where transfer = <earn>"
    ),
}
POSTGRES = {
    "the book emptied": "truncate transfer cascade",
    "the log emptied": "truncate audit",
    "the seals emptied": "truncate seal",
    "the triggers taken off": "alter table transfer disable trigger all",
    "a trigger dropped": "drop trigger transfer_no_change on transfer",
}
SQLITE = {
    "a line replaced": "insert or replace into transfer select * from transfer where id = <earn>",
    "an entry of the log replaced": "insert or replace into audit select * from audit",
    "an amount in words": line("earn", "issued", "a", amount="'many'"),
}
IDS = """
with here as (select id as c from community where slug = 'hongqi'),
    there as (select id as c from community where slug = 'other')
select (select c from here) as c, (select c from there) as other,
    (select min(id) from points_account where volunteer > 0 and community = (select c from here)) as a,
    (select max(id) from points_account where volunteer > 0 and community = (select c from here)) as b,
    (select id from points_account where volunteer > 0 and community = (select c from there)) as theirs,
    (select id from points_account where community = (select c from here) and kind = 'issued') as issued,
    (select id from points_account where community = (select c from here) and kind = 'redeemed') as redeemed,
    (select id from points_account
        where community = (select c from there) and kind = 'issued') as their_issued,
    (select max(id) from act) as act, (select min(id) from award) as award,
    (select min(id) from transfer where kind = 'earn' and community = (select c from here)) as earn,
    (select id from transfer where kind = 'hold' and not exists
        (select 1 from transfer x where x.hold = transfer.id)) as hold,
    (select min(id) from transfer where kind = 'hold') as settled,
    (select id from transfer where kind = 'capture') as capture,
    (select id from transfer where kind = 'refund') as refund,
    (select max(id) from attendance where community = (select c from here)) as attendance
"""


def filled(settings: Settings) -> None:
    """A town with one of everything a breach needs, sealed."""
    migrated(settings)
    in_thread(_fill(settings))


async def _fill(settings: Settings) -> None:
    house = await open_house(settings)
    town = await found_town(house)
    other = await found_town(house, slug="other")
    rice = await town.stock("Rice", 3, 9)
    await town.earn([(0, 20), (1, 20)])
    await other.earn([(0, 7)])

    async def trade(unit: Unit) -> dict[str, Any]:
        sold = await redemption.redeem(unit, town.volunteers[0], rice.id)
        return {"sold": sold["redemption"]}

    sold = (await town.do(town.as_clerk(), trade)).answer["sold"]

    async def more(unit: Unit) -> dict[str, Any]:
        return await redemption.undo(unit, sold, "mistake")

    await town.do(town.as_worker(), more)
    await town.do(town.system, lambda unit: _rest(unit, town))
    await seal(house)
    await house.close()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def filled_settings(request: pytest.FixtureRequest, run: Path, tmp_path_factory: Any) -> Iterator[Settings]:
    """One such town for all breaches: none of them changes it."""
    folder = tmp_path_factory.mktemp("breaches")
    with fresh_database(request.param, run, folder, "breaches", filled) as settings:
        yield settings


@pytest.fixture
async def there(filled_settings: Settings) -> AsyncIterator[House]:
    house = await open_house(filled_settings)
    try:
        yield house
    finally:
        await house.close()


async def _rest(unit: Unit, town: Town) -> dict[str, Any]:
    page = await open_page(unit, [town.volunteers[1]])
    note = Note(message=Message("x"), text="x", effective_at=unit.now)
    await ledger.hold(page, town.volunteers[1], 4, note)
    await page.write()
    common = {"c": town.community, "act": unit.act, "at": unit.now}
    await unit.execute(
        "insert into interval (attendance, person, community, from_at, to_at) select min(a.id), "
        "min(a.person), "
        "a.community, cast(:since as bigint), cast(:at as bigint) from attendance a where a.community = :c "
        "group by a.community",
        c=town.community,
        at=unit.now,
        since=unit.now - HOUR,
    )
    await unit.execute(
        "insert into cap_counter (community, volunteer, cap, span, used, most) values (:c, :v, "
        "'x', 'y', 1, 1)",
        c=town.community,
        v=town.volunteers[0],
    )
    await unit.execute(
        "insert into approval (community, public_id, kind, subject, subject_id, requester, "
        "beneficiary, reason, "
        "act, at) values (:c, 'x', 'x', 'x', 1, :worker, :person, 'x', :act, :at)",
        worker=town.worker,
        person=town.persons[0],
        **common,
    )
    await unit.execute(
        "insert into book_freeze (community, public_id, faults, at) values (:c, 'x', '[]', :at)",
        c=town.community,
        at=unit.now,
    )
    return {}


async def refusal(house: House, breach: str) -> Exception:
    """How the database refuses a statement of the application's own role."""
    row = await house.db.one(IDS)
    assert row is not None
    text = re.sub(r"<(\w+)>", lambda found: str(row[found[1]]), breach)
    with pytest.raises(Exception, match=r".") as raised:
        async with house.db.transaction() as transaction:
            await transaction.run_text(text, [])
    return raised.value


@pytest.mark.parametrize("breach", BREACHES)
async def test_the_database_refuses(there: House, breach: str) -> None:
    said = await refusal(there, BREACHES[breach])
    # A rule of the schema, or a right that is missing; never a mistake in the statement itself.
    if not isinstance(said, ConstraintBroken):
        assert re.search(r"append-only|permission denied", str(said))
    assert not re.search(r"(?i)not null constraint|null value", str(said))


@pytest.mark.parametrize(
    ("filled_settings", "breach"),
    [
        *(pytest.param("postgres", name, marks=pytest.mark.postgres) for name in POSTGRES),
        *(("sqlite", name) for name in SQLITE),
    ],
    indirect=["filled_settings"],
)
async def test_the_engine_refuses(there: House, breach: str) -> None:
    said = str(await refusal(there, {**POSTGRES, **SQLITE}[breach]))
    assert re.search(r"append-only|permission denied|must be owner|cannot store", said)
