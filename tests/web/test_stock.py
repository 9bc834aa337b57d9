"""Rewards and stock: put on the list, changed, delivered, counted, written off; exchanges listed."""

import pytest

from tests.support.cast import Cast
from tests.support.offices import Offices
from tests.support.served import serve
from tests.web.conftest import BOTH, Enter
from tests.web.guest import Guest
from tests.web.test_areas import send
from tests.web.walks import choose

STOCK = "/c/hongqi/stock"


async def shown(cast: Cast, name: str) -> str:
    found = await cast.house.db.value("select public_id from reward where name = :name", name=name)
    return f"{STOCK}/{found}"


async def stock_of(cast: Cast, name: str) -> int:
    return int(await cast.house.db.value("select stock from reward where name = :name", name=name))


async def hand_over(clerk: Guest, cast: Cast, name: str, reward: str) -> str:
    done = await clerk.submit(await choose(clerk, cast, name, reward), "/c/hongqi/redemptions")
    assert done.status == 303
    return done.location


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_reward_is_added_with_its_first_pieces_and_changed(enter: Enter, offices: Offices) -> None:
    worker, cast = await enter("陈社工"), offices.cast
    wanted = {"name": "雨伞", "price": "３０", "description": "长柄", "per_person": "1", "first": "12"}
    done = await send(worker, STOCK + "/new", **wanted)
    address = await shown(cast, "雨伞")
    assert done.location == address + "?done=added"
    page = await worker.get(address)
    for words in ("雨伞", "长柄", "每人每月限 1 份", "进货", "+12", "陈社工"):
        assert words in page.text, words
    assert (await send(worker, address + "/edit", **{**wanted, "name": "大伞", "price": "25"})).status == 303
    assert "大伞" in (await (await enter("赵叔叔")).get("/c/hongqi/rewards")).text
    for wrong in (
        {"name": ""}, {"price": "0"}, {"price": "x"}, {"per_person": "0"}, {"first": "-1"},
        {"description": "长" * 201}, {"price": ""},
    ):  # fmt: skip
        reply = await send(worker, STOCK + "/new", **{**wanted, "name": "新", **wrong})
        assert reply.status == 422, wrong
        assert f'id="{next(iter(wrong))}-error"' in reply.text


async def test_deliveries_counts_and_losses_move_the_stock_once(enter: Enter, offices: Offices) -> None:
    worker, cast = await enter("陈社工"), offices.cast
    address = await shown(cast, "香皂")
    for part, field, typed, left, said in (
        ("/receive", "quantity", "10", 60, "received"),
        ("/count", "counted", "57", 57, "counted"),
        ("/count", "counted", "57", 57, "agrees"),
        ("/spoiled", "quantity", "7", 50, "spoiled"),
    ):
        page = await worker.get(address + part)
        fields = {**page.form(address + part), field: typed}
        replies = [await worker.post(address + part, fields) for _ in range(2)]
        assert [r.location for r in replies] == [f"{address}?done={said}"] * 2
        assert await stock_of(cast, "香皂") == left
    page = await worker.get(address)
    assert "账面 60，实物 57" in page.text
    for part, field, typed in (
        ("/receive", "quantity", "0"), ("/receive", "quantity", "许多"), ("/count", "counted", "-1"),
        ("/spoiled", "quantity", "51"), ("/spoiled", "quantity", ""),
    ):  # fmt: skip
        reply = await send(worker, address + part, **{field: typed})
        assert reply.status == 422, (part, typed)
        assert await stock_of(cast, "香皂") == 50


async def test_a_count_that_was_overtaken_is_refused_and_shows_the_book_of_now(
    enter: Enter, offices: Offices
) -> None:
    worker, cast = await enter("陈社工"), offices.cast
    await serve(cast, "2026-11-20", 360, "赵叔叔")
    address = await shown(cast, "香皂")
    page = await worker.get(address + "/count")
    fields = {**page.form(address + "/count"), "counted": "48"}
    await hand_over(await enter("孙店员"), cast, "赵叔叔", "香皂")
    refused = await worker.post(address + "/count", fields)
    assert refused.status == 409
    assert "账面原为 50，现为 49" in refused.text
    assert refused.form(address + "/count")["book"] == "49"
    assert await stock_of(cast, "香皂") == 49
    again = await worker.submit(refused, address + "/count", counted="48")
    assert again.location == address + "?done=counted"


async def test_a_reward_goes_off_the_list_and_comes_back(enter: Enter, offices: Offices) -> None:
    worker, member = await enter("陈社工"), await enter("赵叔叔")
    address = await shown(offices.cast, "香皂")
    page = await worker.get(address + "/offer")
    assert "下架香皂" in page.text
    await worker.submit(page, address + "/offer")
    assert "香皂" not in (await member.get("/c/hongqi/rewards")).text
    assert "香皂" in (await worker.get(STOCK)).text
    await send(worker, address + "/offer")
    assert "香皂" in (await member.get("/c/hongqi/rewards")).text


async def test_service_desks_are_added_and_changed(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    done = await send(worker, STOCK + "/counters/new", name="二楼服务台", place="二楼", hours="周六")
    assert done.status == 303
    row = await offices.house.db.value("select public_id from counter where name = '二楼服务台'")
    address = f"{STOCK}/counters/{row}"
    assert (await send(worker, address, name="三楼服务台", place="", hours="")).status == 303
    page = await worker.get(STOCK)
    assert "三楼服务台" in page.text
    assert (await send(worker, address, name="", place="", hours="")).status == 422
    assert (await worker.get(STOCK + "/counters/0123456789AB")).status == 404


async def test_a_months_exchanges_are_listed_by_clerk_with_undone_ones_marked(
    enter: Enter, offices: Offices
) -> None:
    worker, clerk, cast = await enter("陈社工"), await enter("孙店员"), offices.cast
    await serve(cast, "2026-11-20", 360, "赵叔叔", "钱奶奶")
    receipt = await hand_over(clerk, cast, "赵叔叔", "香皂")
    await hand_over(clerk, cast, "钱奶奶", "香皂")
    await clerk.submit(await clerk.get(receipt), receipt + "/undo")
    address = STOCK + "/handed-over"
    page = await worker.get(address)
    assert page.text.count("data-row") == 2
    for words in ("赵*", "已撤销", "孙店员", receipt):
        assert words in page.text, words
    assert "赵叔叔" not in page.text
    me = await cast.house.db.value("select public_id from person where id = :id", id=cast["孙店员"].person)
    for query, count in (
        (f"clerk={me}", 2), ("clerk=nobody", 2), ("month=2026-10", 0), ("month=x", 2), ("after=1-1", 0),
    ):  # fmt: skip
        assert (await worker.get(f"{address}?{query}")).text.count("data-row") == count, query
    csv = (await worker.get(address + "?as=csv")).body.decode("utf-8-sig")
    assert "赵叔叔" in csv
    assert (await worker.get(STOCK + "?as=xlsx")).body[:2] == b"PK"
    assert "兑换" in (await worker.get(await shown(cast, "香皂") + "?as=csv")).body.decode("utf-8-sig")


async def test_stock_is_the_workers_business(enter: Enter, offices: Offices) -> None:
    address = await shown(offices.cast, "香皂")
    for name in ("孙店员", "周审计", "李阿姨", "王队长", "何社工"):
        guest = await enter(name)
        for page in (STOCK, STOCK + "/new", STOCK + "/handed-over", address, address + "/count"):
            assert (await guest.get(page)).status == 404, (name, page)


async def test_the_pages_of_stock_cost_three_statements(enter: Enter, offices: Offices) -> None:
    worker = await enter("陈社工")
    address = await shown(offices.cast, "香皂")
    for page in (
        STOCK, STOCK + "/new", STOCK + "/handed-over", STOCK + "/counters/new", address, address + "/edit",
        address + "/receive", address + "/count", address + "/spoiled", address + "/offer",
    ):  # fmt: skip
        await worker.get(page)
        with offices.house.db.watch() as log:
            assert (await worker.get(page)).status == 200
        assert len(log) <= 1 + 3, (page, [s.sql[:50] for s in log])
