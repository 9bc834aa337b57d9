"""What the model of the book knows of a volunteer: a few sums, and lots as a plain list."""

from collections.abc import Iterable
from dataclasses import dataclass, field

Use = tuple["Lot", int]


@dataclass(eq=False)
class Lot:
    """Points left, and the moment they end (ms; None: never)."""

    left: int
    end: int | None


@dataclass
class Member:
    """Points, points set aside, debt and minutes; lots in the order in which they were opened."""

    posted: int = 0
    held: int = 0
    debt: int = 0
    minutes: int = 0
    lots: list[Lot] = field(default_factory=list)

    @property
    def free(self) -> int:
        return self.posted - self.held

    def come(self, lots: Iterable[Lot]) -> None:
        """Points come in; a debt is paid from them first."""
        for lot in lots:
            self.lots.append(lot)
            self.posted += lot.left
            paid = min(self.debt, lot.left)
            lot.left -= paid
            self.debt -= paid
            self.posted -= paid

    def take(self, points: int, first: Lot | None = None) -> list[Use]:
        """Takes points out of lots: one of them first, then those that end soonest, then the oldest."""
        order = sorted(
            enumerate(self.lots),
            key=lambda x: (x[1] is not first, x[1].end is None, x[1].end or 0, x[0]),
        )
        uses = []
        for _, lot in order:
            taken = min(lot.left, points)
            if taken:
                lot.left -= taken
                points -= taken
                uses.append((lot, taken))
        return uses

    def spend(self, points: int) -> list[Use]:
        self.posted -= points
        return self.take(points)

    def lose(self, points: int, own: Lot) -> None:
        """Points are taken back; what was spent is owed."""
        short = max(0, points - self.free)
        self.posted -= points - short
        self.debt += short
        self.take(points - short, own)

    def set_aside(self, points: int) -> list[Use]:
        self.held += points
        return self.take(points)

    def give_back(self, uses: Iterable[Use], now: int, grace: int) -> None:
        """Points return to their lots; one that is over lasts a while more."""
        for lot, points in uses:
            lot.left += points
            if lot.end is not None and lot.end <= now:
                lot.end = grace

    def settle(self, uses: list[Use], spent: int, now: int, grace: int) -> list[Use]:
        """What was set aside is spent, the rest returns (the latest to end first); what was spent."""
        rest = sum(points for _, points in uses) - spent
        self.held -= rest + spent
        self.posted -= spent
        back, gone = [], []
        for lot, points in reversed(uses):
            given = min(points, rest)
            rest -= given
            if given:
                back.append((lot, given))
            if points > given:
                gone.append((lot, points - given))
        self.give_back(back, now, grace)
        return gone[::-1]

    def expire(self, now: int) -> None:
        for lot in self.lots:
            if lot.end is not None and lot.end <= now:
                self.posted -= lot.left
                lot.left = 0
