"""Reading: one statement each, only one's own, and every line explains itself."""

import pytest

from core.base.errors import NotFound
from core.base.house import House
from core.points import statement
from core.points.caps import Caps
from core.points.home import home
from core.reward import redemption
from tests.support.town import PROGRAMME, Town, found_town


async def test_the_home_is_read_in_one_statement(town: Town) -> None:
    await town.stock("Soap", 15, 3)
    await town.stock("Rice", 44, 3)
    for day in ("2026-10-30", "2026-11-20", "2026-11-21", "2026-11-22"):
        await town.earn([(0, 5)], day)
    with town.house.db.watch() as log:
        page = await home(town.as_volunteer(0))
    assert len(log) == 1
    assert page.balance == statement.Balance(20, 0, 0, 240)
    assert [line.amount for line in page.lines] == [5, 5, 5]
    assert [line.title for line in page.lines] == ["夜间巡逻"] * 3
    assert [(m.month, m.earned, m.minutes) for m in page.months] == [("2026-10", 5, 60), ("2026-11", 15, 180)]
    assert page.goal is not None
    assert (page.goal.name, page.goal.missing) == ("Rice", 24)
    assert (page.unread, page.expiring) == (0, 0)


async def test_the_home_of_a_beginner_is_empty_but_there(town: Town) -> None:
    page = await home(town.as_volunteer(0))
    assert (page.balance, page.lines, page.months, page.goal) == (statement.Balance(0, 0, 0, 0), [], [], None)


async def test_lines_are_paged_by_key_without_gap_or_twin(town: Town) -> None:
    for n in range(1, 8):
        await town.earn([(0, n), (1, 1)])
    viewer, seen, before = town.as_volunteer(0), [], None
    while page := await statement.lines(viewer, town.volunteers[0], before, limit=3):
        with town.house.db.watch() as log:
            await statement.lines(viewer, town.volunteers[0], before, limit=3)
        assert len(log) == 1
        seen += [line.amount for line in page]
        before = page[-1].public_id
    assert seen == [7, 6, 5, 4, 3, 2, 1]


async def test_lines_can_be_sorted_out_by_kind(town: Town) -> None:
    await town.earn([(0, 20)])
    reward = await town.stock("Soap", 15, 3)
    await town.do(town.as_clerk(), lambda unit: redemption.redeem(unit, town.volunteers[0], reward.id))
    viewer, mine = town.as_volunteer(0), town.volunteers[0]
    amounts = {k: [e.amount for e in await statement.lines(viewer, mine, kind=k)] for k in statement.KINDS}
    assert amounts == {"": [-15, 20], "earned": [20], "spent": [-15], "other": []}
    with pytest.raises(NotFound):
        await statement.lines(viewer, mine, kind="nonsense")


async def test_a_line_explains_itself_in_one_statement(town: Town) -> None:
    await town.rule(Caps(day=2))
    await town.earn([(0, 3)], minutes=90, approver=town.clerk)
    entry = (await statement.lines(town.as_volunteer(0), town.volunteers[0]))[0]
    with town.house.db.watch() as log:
        explained = await statement.line(town.as_volunteer(0), entry.public_id)
    facts = explained.facts
    assert len(log) == 1
    assert (facts["title"], facts["place"], facts["minutes"]) == ("夜间巡逻", "西门", 90)
    assert (facts["rule"], facts["sheet_version"], facts["programme"]) == ("hours", 2, PROGRAMME)
    assert (facts["proposed"], explained.entry.amount, facts["cap"], facts["lost"]) == (3, 2, "watch.day", 1)
    assert (facts["inputs"], facts["rules"]["caps"]["day"]) == ({"minutes": 90}, 2)
    assert (facts["actor_name"], facts["approver_name"], facts["evidence"]) == ("某1", "某0", "roster")


async def test_a_reversed_line_and_its_reversal_point_at_each_other(town: Town) -> None:
    attendances, _ = await town.earn([(0, 3)])
    await town.take_back(attendances)
    viewer = town.as_volunteer(0)
    reverse, earn = await statement.lines(viewer, town.volunteers[0])
    assert (await statement.line(viewer, earn.public_id)).facts["reversed_by"] == reverse.public_id
    assert (await statement.line(viewer, reverse.public_id)).facts["reverses"] == earn.public_id


async def test_another_persons_account_looks_absent(town: Town, house: House) -> None:
    other = await found_town(house, slug="xinxing")
    await town.earn([(0, 3)])
    mine = town.volunteers[0]
    entry = (await statement.lines(town.as_volunteer(0), mine))[0]
    for viewer in (town.as_volunteer(1), town.as_clerk(), other.as_worker(), other.as_volunteer(0)):
        with pytest.raises(NotFound):
            await statement.balance(viewer, mine)
        with pytest.raises(NotFound):
            await home(viewer, mine)
        with pytest.raises(NotFound):
            await statement.line(viewer, entry.public_id)
    for viewer in (town.as_volunteer(1), town.as_clerk(), other.as_volunteer(0)):
        for read in (statement.lines, statement.months):
            with pytest.raises(NotFound):
                await read(viewer, mine)
    # With permission at home the foreign account is as empty as one that does not exist.
    assert (
        await statement.lines(other.as_worker(), mine)
        == await statement.lines(other.as_worker(), 99999)
        == []
    )
    with pytest.raises(NotFound):
        await statement.line(town.as_volunteer(0), "0" * 12)
    assert (await statement.balance(town.as_worker(), mine)).posted == 3
