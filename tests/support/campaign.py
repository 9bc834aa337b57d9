"""Campaigns: the same random trials, a few in every run of the suite and many under `make torture`."""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Campaign:
    """How long a campaign goes on: `minutes` when given, else the number of rounds the test asks for."""

    seed: int
    minutes: float

    def rounds(self, few: int) -> Iterator[random.Random]:
        """A source of chance for each round. Its seed is printed, so that a failure can be played again."""
        until = time.monotonic() + self.minutes * 60
        number = 0
        while number < few or time.monotonic() < until:
            seed = self.seed * 1_000_003 + number
            print(f"round {number}, seed {seed}")  # noqa: T201 - pytest shows it beside the failure
            yield random.Random(seed)  # noqa: S311 - repeatable on purpose
            number += 1

    def examples(self, few: int) -> int:
        """How many examples a property test draws: `few`, or a hundred for every second of the minutes."""
        return max(few, int(self.minutes * 6_000))


def from_environment() -> Campaign:
    """Reads LINLI_TEST_SEED and LINLI_TEST_MINUTES, which `make torture` sets."""
    seed = int(os.environ.get("LINLI_TEST_SEED", "1"))
    return Campaign(seed, float(os.environ.get("LINLI_TEST_MINUTES", "0")))
