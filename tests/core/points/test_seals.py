"""Seals: what is written is sealed once, in one chain, and its receipt proves it without the database."""

import asyncio
import json

import pytest

from core.base.act import note
from core.base.clock import DAY
from core.base.errors import NotFound
from core.base.receipts import (
    BadReceipt,
    Receipt,
    check_receipt,
    read_checkpoint,
    read_receipt,
    written,
)
from core.base.seal_form import canonical, transfer_row
from core.base.seals import is_waiting, seal, seal_key
from core.base.viewer import Viewer
from core.lifecycle.reconcile.checkpoints import against, checkpoint
from core.lifecycle.reconcile.run import prove
from core.points.receipts import MARK, NotSealed, receipt_of, receipt_shown
from tests.support.town import Town


async def receipt(town: Town) -> Receipt:
    """The receipt of the first volunteer's latest line."""
    return await receipt_of(town.as_volunteer(0), await latest(town))


async def latest(town: Town) -> str:
    sql = (
        "select t.public_id from transfer t join points_account a on a.id = t.account "
        "where a.volunteer = :v order by t.id desc limit 1"
    )
    return str(await town.house.db.value(sql, v=town.volunteers[0]))


async def test_every_row_is_sealed_once(town: Town) -> None:
    await town.earn([(0, 5), (1, 6)])
    assert await is_waiting(town.house)
    first = await seal(town.house)
    rows = "select (select count(*) from transfer) + (select count(*) from audit)"
    assert first == await town.house.db.value(rows)
    assert not await is_waiting(town.house)
    assert await seal(town.house) == 0
    await town.earn([(2, 7)])
    town.house.clock.advance(3 * DAY)  # type: ignore[attr-defined]  # the tests' own clock
    await seal(town.house)
    await town.earn([(2, 8)])
    await seal(town.house)
    assert await town.house.db.value("select count(*) from seal") == await town.house.db.value(rows)
    assert await prove(town.house, town.community) == []


async def test_two_that_seal_at_once_make_one_chain(town: Town) -> None:
    await town.earn([(0, 5), (1, 6)])
    await asyncio.gather(*(seal(town.house) for _ in range(4)))
    await town.earn([(0, 5)])
    await asyncio.gather(*(seal(town.house) for _ in range(4)))
    assert not await is_waiting(town.house)
    assert await prove(town.house, town.community) == []


def test_the_bytes_of_a_row_are_these() -> None:
    row: dict[str, object] = dict.fromkeys((*_COLUMNS, "expires_at"))
    row |= {"community": 1, "id": 2, "amount": 5, "text": '巡逻 “夜”\n"x" \\ \x01 é', "arguments": '{"n":1}'}
    assert canonical(transfer_row(row)).decode() == (  # type: ignore[arg-type]  # a row is read by name
        '["linli transfer 1",1,2,null,null,null,null,null,5,null,null,null,null,null,null,null,null,'
        'null,null,null,null,null,null,null,"{\\"n\\":1}","巡逻 “夜”\\n\\"x\\" \\\\ \\u0001 é",null]'
    )


_COLUMNS = (
    *("community", "id", "public_id", "act", "kind", "debit", "credit", "amount", "effective_at"),
    "booked_at",
    *("recorded_at", "award", "redemption", "hold", "reverses", "approval", "actor", "approver", "account"),
    *("version", "posted_after", "held_after", "message", "arguments", "text"),
)


async def test_a_receipt_proves_a_line_by_itself(town: Town) -> None:
    await town.earn([(0, 5), (1, 6)])
    with pytest.raises(NotSealed):
        await receipt(town)
    await seal(town.house)
    text = written(await receipt(town))
    known = check_receipt(read_receipt(text))
    assert (known.line["amount"], known.line["text"]) == (5, "Watch: 60 minutes")
    assert check_receipt(read_receipt(text), seal_key(town.house).public) == known


async def test_an_altered_receipt_proves_nothing(town: Town) -> None:
    await town.earn([(0, 5), (1, 6), (2, 7)])
    await seal(town.house)
    good = json.loads(written(await receipt(town)))
    amount = good["row"].index(5, 8)
    for change in (
        {"row": [*good["row"][:amount], 500, *good["row"][amount + 1 :]]},
        {"sequence": good["sequence"] + 1},
        {"path": good["path"][1:]},
        {"block": [*good["block"][:4], "0" * 64, *good["block"][5:]]},
        {"block": [*good["block"][:-1], good["block"][-1] + 1]},
        {"signature": "0" * 128},
        {"signature": good["signature"].upper()},
        {"key": "0" * 64},
        {"row": []},
        {"linli": "another thing"},
        {"path": ["x" * 64]},
    ):
        with pytest.raises(BadReceipt):
            check_receipt(read_receipt(json.dumps({**good, **change})))
    for text in ("", "{}", "[]", "null", "\x00", '{"linli": 5}', "[" * 50_000, "9" * 70_000, '"\\ud800"'):
        with pytest.raises(BadReceipt):
            read_receipt(text)
    with pytest.raises(BadReceipt, match="another key"):
        check_receipt(read_receipt(json.dumps(good)), "ab" * 32)


async def test_a_checkpoint_kept_elsewhere_shows_a_book_that_was_rewritten(town: Town) -> None:
    await town.earn([(0, 5)])
    await seal(town.house)
    early = read_checkpoint(written(await checkpoint(town.house)))
    old = await receipt(town)
    assert check_receipt(old, checkpoint=early).checked
    await town.earn([(0, 6)])
    await seal(town.house)
    with pytest.raises(BadReceipt, match="older than this receipt"):
        check_receipt(await receipt(town), checkpoint=early)
    late = await checkpoint(town.house)
    assert check_receipt(old, checkpoint=late).checked
    assert await against(town.house, early) == await against(town.house, late) == []
    chains = json.loads(written(late))
    chains["chains"][0]["blocks"][0][2] += 1
    forged = read_checkpoint(json.dumps(chains))
    with pytest.raises(BadReceipt, match="signature does not fit"):
        check_receipt(old, checkpoint=forged)
    assert await against(town.house, forged) != []


async def test_a_receipt_is_for_its_owner_and_whoever_holds_the_paper(town: Town) -> None:
    await town.earn([(0, 5)])
    await seal(town.house)
    shown = await latest(town)
    with pytest.raises(NotFound):
        await receipt_of(town.as_volunteer(1), shown)
    nobody = Viewer(town.house)
    mark = str(
        await town.house.db.value(
            "select s.digest from seal s join transfer t on t.id = s.transfer where t.public_id = :shown",
            shown=shown,
        )
    )[:MARK]
    assert await receipt_shown(nobody, "hongqi", shown, mark) == await receipt(town)
    for wrong in ("", mark[:-1], "0" * MARK):
        with pytest.raises(NotFound):
            await receipt_shown(nobody, "hongqi", shown, wrong)


async def test_erasing_a_person_breaks_no_seal(town: Town) -> None:
    await town.earn([(0, 5)])
    await seal(town.house)

    async def erase(unit: object) -> None:
        await unit.execute("update person set name = '', search = '', erased_at = 1")  # type: ignore[attr-defined]

    await note(town.house, erase)
    assert await prove(town.house, town.community) == []
    assert check_receipt(await receipt(town)).line["amount"] == 5
