"""Random lives of a small town against a model of a few lines; the book is audited after every step."""

import asyncio
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from core.base.act import Unit
from core.base.clock import DAY, FixedClock
from core.base.errors import Message, Refused
from core.base.house import open_house
from core.base.ids import request_id
from core.points import ledger, statement
from core.points.caps import Caps
from core.points.page import Note, open_page
from core.reward import redemption
from tests.conftest import TONIGHT
from tests.support.book import check_book
from tests.support.campaign import Campaign
from tests.support.databases import fresh_database, migrated
from tests.support.town import Town, found_town

pytestmark = pytest.mark.campaign

PEOPLE = 3
CAP = 12
PRICES = {"Soap": 3, "Rice": 11}
people = st.integers(0, PEOPLE - 1)
days = st.sampled_from(["2026-10-30", "2026-11-22", "2026-11-23"])


class Member:
    """What the model knows of a volunteer: a few sums, no lots, no lines."""

    def __init__(self) -> None:
        self.posted = self.held = self.debt = self.minutes = 0

    @property
    def free(self) -> int:
        return self.posted - self.held

    def earn(self, points: int) -> None:
        repaid = min(self.debt, points)
        self.posted += points - repaid
        self.debt -= repaid

    def lose(self, points: int) -> None:
        short = max(0, points - self.free)
        self.posted -= points - short
        self.debt += short


class Life(RuleBasedStateMachine):
    """Earning, spending, undoing, holding and taking back, in any order."""

    attendances, sold, holds = Bundle("attendances"), Bundle("sold"), Bundle("holds")

    def __init__(self, engine: str, run: Path, folder: Path) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder.mkdir(exist_ok=True)
        self.settings = self.stack.enter_context(fresh_database(engine, run, folder, "migrated", migrated))
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.clock = FixedClock(TONIGHT)
        self.members = [Member() for _ in range(PEOPLE)]
        self.stock = dict.fromkeys(PRICES, 6)
        self.used: defaultdict[tuple[int, str], int] = defaultdict(int)

    @initialize()
    def found(self) -> None:
        async def work() -> Town:
            town = await found_town(await open_house(self.settings, clock=self.clock), volunteers=PEOPLE)
            await town.rule(Caps(day=CAP))
            for name, price in PRICES.items():
                await town.stock(name, price, self.stock[name])
            return town

        self.town = self.runner.run(work())
        self.rewards = {reward.name: reward.id for reward in self.town.rewards}

    @rule(
        target=attendances,
        served=st.lists(st.tuples(people, st.integers(1, 9)), min_size=1, max_size=4),
        day=days,
        again=st.booleans(),
    )
    def earn(self, served: list[tuple[int, int]], day: str, again: bool) -> Any:
        request = request_id()
        ids, _ = self.runner.run(self.town.earn(served, day, request=request))
        if again:
            repeated, _ = self.runner.run(self.town.earn(served, day, request=request))
            assert repeated == ids
        made, earned = [], defaultdict(int)
        for attendance, (n, points) in zip(ids, served, strict=True):
            posted = min(points, CAP - self.used[n, day])
            self.used[n, day] += posted
            earned[n] += posted
            self.members[n].minutes += 60
            made.append({"id": attendance, "n": n, "day": day, "points": posted, "gone": False})
        for n, points in earned.items():
            self.members[n].earn(points)
        return multiple(*made)

    @rule(attendance=attendances)
    def take_back(self, attendance: dict[str, Any]) -> None:
        if attendance["gone"]:
            return
        self.runner.run(self.town.take_back([attendance["id"]]))
        attendance["gone"] = True
        self.members[attendance["n"]].lose(attendance["points"])
        self.members[attendance["n"]].minutes -= 60
        self.used[attendance["n"], attendance["day"]] -= attendance["points"]

    @rule(target=sold, n=people, name=st.sampled_from(sorted(PRICES)), quantity=st.integers(1, 3))
    def redeem(self, n: int, name: str, quantity: int) -> Any:
        points = PRICES[name] * quantity
        expected = "InsufficientPoints" if self.members[n].free < points else ""
        expected = expected or ("OutOfStock" if self.stock[name] < quantity else "")

        async def work(unit: Unit) -> dict[str, Any]:
            return await redemption.redeem(unit, self.town.volunteers[n], self.rewards[name], quantity)

        answer = self._try(work, expected)
        if answer is None:
            return multiple()
        self.members[n].posted -= points
        self.stock[name] -= quantity
        return {"id": answer["redemption"], "n": n, "name": name, "quantity": quantity, "undone": False}

    @rule(sale=sold)
    def undo(self, sale: dict[str, Any]) -> None:
        async def work(unit: Unit) -> dict[str, Any]:
            return await redemption.undo(unit, sale["id"], "model")

        if self._try(work, "Refused" if sale["undone"] else "", self.town.as_worker()) is not None:
            sale["undone"] = True
            self.members[sale["n"]].posted += PRICES[sale["name"]] * sale["quantity"]
            self.stock[sale["name"]] += sale["quantity"]

    @rule(target=holds, n=people, amount=st.integers(1, 9))
    def hold(self, n: int, amount: int) -> Any:
        async def work(unit: Unit) -> dict[str, Any]:
            page = await open_page(unit, [self.town.volunteers[n]])
            held = await ledger.hold(page, self.town.volunteers[n], amount, self._note(unit))
            await page.write()
            return {"hold": page.ids[held.ref]}  # type: ignore[index]  # a fresh hold is named by its key

        answer = self._try(work, "InsufficientPoints" if self.members[n].free < amount else "")
        if answer is None:
            return multiple()
        self.members[n].held += amount
        return {"id": answer["hold"], "n": n, "amount": amount, "gone": False}

    @rule(hold=holds, part=st.integers(0, 9))
    def resolve(self, hold: dict[str, Any], part: int) -> None:
        amount = min(part, hold["amount"])

        async def work(unit: Unit) -> dict[str, Any]:
            page, held = await ledger.standing_hold(unit, hold["id"])
            if amount:
                ledger.capture(page, held, self._note(unit), amount)
            else:
                ledger.release(page, held, self._note(unit))
            await page.write()
            return {}

        if self._try(work, "Refused" if hold["gone"] else "") is not None:
            hold["gone"] = True
            self.members[hold["n"]].held -= hold["amount"]
            self.members[hold["n"]].posted -= amount

    @rule(days_=st.integers(1, 40))
    def time_passes(self, days_: int) -> None:
        self.clock.advance(days_ * DAY)

    @invariant()
    def the_model_and_the_book_agree(self) -> None:
        if not hasattr(self, "town"):
            return

        async def look() -> None:
            for n, member in enumerate(self.members):
                have = await statement.balance(self.town.system, self.town.volunteers[n])
                assert (have.posted, have.held, have.debt, have.minutes) == (
                    member.posted,
                    member.held,
                    member.debt,
                    member.minutes,
                )
            rows = await self.town.house.db.fetch("select name, stock from reward")
            assert {row["name"]: row["stock"] for row in rows} == self.stock
            assert await check_book(self.town.house.db) == []

        self.runner.run(look())

    def teardown(self) -> None:
        if hasattr(self, "town"):
            self.runner.run(self.town.house.close())
        self.stack.close()

    def _try(self, work: Any, expected: str, viewer: Any = None) -> dict[str, Any] | None:
        """Does an act that must succeed, or must be refused in just this way."""
        try:
            done = self.runner.run(self.town.do(viewer or self.town.as_clerk(), work))
        except Refused as refusal:
            assert type(refusal).__name__ == expected
            return None
        assert not expected, f"{expected} was expected"
        return done.answer

    def _note(self, unit: Unit) -> Note:
        return Note(message=Message("Model"), text="模型", effective_at=unit.now, actor=unit.actor)


def test_any_life_keeps_the_book(engine: str, run: Path, tmp_path: Path, campaign: Campaign) -> None:
    few = 12 if engine == "sqlite" else 6
    minutes = campaign.minutes
    run_machine(
        seed(campaign.seed)(lambda: Life(engine, run, tmp_path / "life")),
        settings=hypothesis_settings(
            max_examples=max(few, int(minutes * 20)),
            stateful_step_count=50 if minutes else 25,
            deadline=None,
            print_blob=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
