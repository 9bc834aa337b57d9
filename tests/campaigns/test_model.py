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
from msgspec.structs import replace

from core.base.act import Unit
from core.base.clock import DAY, FixedClock, day_of
from core.base.errors import Message, Refused
from core.base.house import open_house
from core.base.ids import request_id
from core.community.approvals import DAYS as APPROVAL_DAYS
from core.community.approvals import decide
from core.lifecycle.approval_kinds import KINDS
from core.points import adjust, expiry, gifts, holds, ledger, periods, stars, statement
from core.points.caps import Caps
from core.points.page import Note, open_page
from core.points.policy import EXPIRIES, Policy, change_policy
from core.reward import redemption
from tests.conftest import TONIGHT
from tests.support.book import check_book
from tests.support.campaign import Campaign
from tests.support.databases import fresh_database, migrated
from tests.support.member_model import Lot, Member
from tests.support.town import ZONE, Town, found_town

pytestmark = pytest.mark.campaign

PEOPLE = 3
CAP = 12
HOLD_DAYS = 30
PRICES = {"Soap": 3, "Rice": 11}
people = st.integers(0, PEOPLE - 1)
days = st.sampled_from(["2026-10-30", "2026-11-22", "2026-11-23"])


class Life(RuleBasedStateMachine):
    """Earning, spending, undoing, holding, taking back, ending, giving, adjusting, closing, in any order."""

    attendances, sold, holds = Bundle("attendances"), Bundle("sold"), Bundle("holds")
    given, wishes = Bundle("given"), Bundle("wishes")

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
        self.policy = Policy(gifts=True, gift_month_most=1_000_000, star_hours=(1, 2, 4), gift_days=20)
        self.closed = ""
        self.pinned: list[dict[str, Any]] = []
        self.asked: set[int] = set()

    @initialize()
    def found(self) -> None:
        async def work() -> Town:
            house = await open_house(self.settings, clock=self.clock, approvals=KINDS)
            town = await found_town(house, volunteers=PEOPLE)
            await town.appoint()
            await town.do(town.as_worker(), self._settle)
            await town.do(town.as_worker(), self._set_stars)
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
        made = []
        lots: defaultdict[int, list[Lot]] = defaultdict(list)
        for attendance, (n, points) in zip(ids, served, strict=True):
            posted = min(points, CAP - self.used[n, day])
            self.used[n, day] += posted
            lot = Lot(posted, self.policy.end(day, ZONE, self.clock.now()))
            if posted:
                lots[n].append(lot)
            self.members[n].minutes += 60
            made.append({"id": attendance, "n": n, "day": day, "points": posted, "lot": lot, "gone": False})
        for n, came in lots.items():
            self._come(n, came)
        return multiple(*made)

    @rule(attendance=attendances)
    def take_back(self, attendance: dict[str, Any]) -> None:
        if attendance["gone"]:
            return
        self.runner.run(self.town.take_back([attendance["id"]]))
        attendance["gone"] = True
        self.members[attendance["n"]].lose(attendance["points"], attendance["lot"])
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
        uses = self.members[n].spend(points)
        self.stock[name] -= quantity
        sale = {"id": answer["redemption"], "n": n, "name": name, "quantity": quantity, "undone": False}
        return {**sale, "uses": uses}

    @rule(sale=sold)
    def undo(self, sale: dict[str, Any]) -> None:
        async def work(unit: Unit) -> dict[str, Any]:
            return await redemption.undo(unit, sale["id"], "model")

        if self._try(work, "Refused" if sale["undone"] else "", self.town.as_worker()) is not None:
            sale["undone"] = True
            self.members[sale["n"]].give_back(sale["uses"], self.clock.now(), self._grace())
            self.members[sale["n"]].posted += PRICES[sale["name"]] * sale["quantity"]
            self.stock[sale["name"]] += sale["quantity"]

    @rule(target=holds, n=people, amount=st.integers(1, 9))
    def hold(self, n: int, amount: int) -> Any:
        async def work(unit: Unit) -> dict[str, Any]:
            page = await open_page(unit, [self.town.volunteers[n]])
            until = unit.now + HOLD_DAYS * DAY
            held = await ledger.hold(page, self.town.volunteers[n], amount, self._note(unit), until=until)
            await page.write()
            return {"hold": page.ids[held.ref]}  # type: ignore[index]  # a fresh hold is named by its key

        answer = self._try(work, "InsufficientPoints" if self.members[n].free < amount else "")
        if answer is None:
            return multiple()
        uses = self.members[n].set_aside(amount)
        until = self.clock.now() + HOLD_DAYS * DAY
        held = {"id": answer["hold"], "n": n, "amount": amount, "uses": uses, "gone": False, "until": until}
        self.pinned.append(held)
        return held

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
            self.members[hold["n"]].settle(hold["uses"], amount, self.clock.now(), self._grace())

    @rule(days_=st.integers(1, 40), twice=st.booleans())
    def time_passes(self, days_: int, twice: bool) -> None:
        """Jobs run, perhaps twice: holds and gifts end, then points."""
        self.clock.advance(days_ * DAY)
        now, grace = self.clock.now(), self._grace()
        for _ in range(1 + twice):
            for job in (holds.release_overdue, gifts.end_overdue, expiry.expire, expiry.tell):
                self.runner.run(job(self.town.house))
        for pinned in self.pinned:
            if not pinned["gone"] and pinned["until"] <= now:
                pinned["gone"] = True
                self.members[pinned["n"]].settle(pinned["uses"], 0, now, grace)
        for member in self.members:
            member.expire(now)

    @rule(expiry_=st.sampled_from(EXPIRIES), months=st.integers(1, 3))
    def rules_change(self, expiry_: str, months: int) -> None:
        self.policy = replace(self.policy, expiry=expiry_, expiry_months=months, grace_days=months * 5)
        self.runner.run(self.town.do(self.town.as_worker(), self._settle))

    @rule(target=given, n=people, to=people, points=st.integers(1, 9))
    def give(self, n: int, to: int, points: int) -> Any:
        expected = "Invalid" if n == to or self.members[n].free < points else ""
        number = f"hongqi-{self.town.persons[to]}"

        async def work(unit: Unit) -> dict[str, Any]:
            return await gifts.give(unit, number, f"某{to + 2}", points)

        answer = self._try(work, expected, self.town.as_volunteer(n))
        if answer is None:
            return multiple()
        until = self.clock.now() + self.policy.gift_days * DAY
        gift = {"id": answer["gift"], "n": n, "to": to, "until": until, "gone": False}
        self.pinned.append(gift)
        gift["uses"] = self.members[n].set_aside(points)
        return gift

    @rule(gift=given, accept=st.booleans())
    def answer(self, gift: dict[str, Any], accept: bool) -> None:
        async def work(unit: Unit) -> dict[str, Any]:
            await gifts.answer(unit, gift["id"], "accepted" if accept else "declined")
            return {}

        if self._try(work, "Refused" if gift["gone"] else "", self.town.as_volunteer(gift["to"])) is None:
            return
        gift["gone"] = True
        giver, now, grace = self.members[gift["n"]], self.clock.now(), self._grace()
        if not accept:
            giver.settle(gift["uses"], 0, now, grace)
            return
        giver.settle(gift["uses"], sum(points for _, points in gift["uses"]), now, grace)
        by_end: defaultdict[int | None, int] = defaultdict(int)
        for lot, points in gift["uses"]:
            if lot.end is not None and lot.end <= now:
                lot.end = grace
            by_end[lot.end] += points
        self._come(gift["to"], [Lot(points, end) for end, points in by_end.items()])

    @rule(target=wishes, n=people, points=st.integers(-9, 9).filter(bool))
    def ask(self, n: int, points: int) -> Any:
        number = f"hongqi-{self.town.persons[n]}"

        async def work(unit: Unit) -> dict[str, Any]:
            return await adjust.ask_adjustment(unit, number, points, "model", "model")

        expected = "InsufficientPoints" if self.members[n].free < -points else ""
        expected = expected or ("Refused" if n in self.asked else "")
        answer = self._try(work, expected, self.town.as_worker())
        if answer is None:
            return multiple()
        self.asked.add(n)
        wish = {"id": answer["approval"], "n": n, "points": points, "gone": False}
        return {**wish, "until": self.clock.now() + APPROVAL_DAYS * DAY}

    @rule(wish=wishes)
    def adjust(self, wish: dict[str, Any]) -> None:
        member, points = self.members[wish["n"]], wish["points"]
        over = wish["gone"] or wish["until"] <= self.clock.now()
        expected = "Refused" if over else "InsufficientPoints" if member.free < -points else ""

        async def work(unit: Unit) -> dict[str, Any]:
            return await decide(unit, wish["id"], "approved")

        if self._try(work, expected, self.town.as_second()) is None:
            return
        wish["gone"] = True
        self.asked.discard(wish["n"])
        if points > 0:
            today = day_of(self.clock.now(), ZONE)
            self._come(wish["n"], [Lot(points, self.policy.end(today, ZONE, self.clock.now()))])
        else:
            member.spend(-points)

    @rule(several=st.booleans())
    def close(self, several: bool) -> None:
        open_months = self.runner.run(periods.ready(self.town.as_worker())).months
        if open_months:
            month = open_months[-1 if several else 0]
            done = self._try(lambda unit: periods.close(unit, month), "", self.town.as_worker())
            assert done is not None
            self.closed = done["period"]

    @rule()
    def reopen(self) -> None:
        if not self.closed:
            return
        shown, self.closed = self.closed, ""
        ask = self._try(lambda unit: periods.ask_reopening(unit, shown, "model"), "", self.town.as_worker())
        assert ask is not None
        self._try(lambda unit: decide(unit, ask["approval"], "approved"), "", self.town.as_second())

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

    def _come(self, n: int, lots: list[Lot]) -> None:
        self.members[n].come(lots)

    def _grace(self) -> int:
        return self.policy.grace(self.clock.now(), ZONE)

    async def _settle(self, unit: Unit) -> dict[str, Any]:
        await change_policy(unit, self.policy)
        return {}

    async def _set_stars(self, unit: Unit) -> dict[str, Any]:
        return {"changed": await stars.change_hours(unit, self.policy.star_hours)}

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
