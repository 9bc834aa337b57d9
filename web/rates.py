"""How often somebody may send forms: counted in the database, so that several workers count together.

Each class counts for itself (a bucket carries its class), per person or, before sign-in, per address.
Addresses are kept as keyed hashes. Wrong passwords have budgets of their own in `core.community.credentials`.
"""

from core.base.clock import HOUR, MINUTE
from core.base.house import House
from core.community import throttle
from core.community.throttle import Budget

# class: (requests, in so many milliseconds)
BUDGETS: dict[str, tuple[int, int]] = {
    "write": (120, MINUTE),
    "sign_in": (60, MINUTE),
    "apply": (20, HOUR),  # a neighbourhood behind one address, but no flood of invented people
}


async def spend(house: House, rate: str, person: int | None, address: str) -> None:
    """Counts one request. Raises TooMany when the budget of its class is used up."""
    if rate not in BUDGETS:
        return
    most, span = BUDGETS[rate]
    who = f"person:{person}" if person is not None else "address:" + house.vault.hash("address", address)
    await throttle.spend(house, [Budget(f"web.{rate}:{who}", most, span)])
