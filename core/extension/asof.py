"""Somebody in the past: what demo data is recorded by."""

from dataclasses import replace

from core.base.clock import FixedClock
from core.base.viewer import Viewer


def as_of(viewer: Viewer, at: int, person: int | None = None) -> Viewer:
    """The viewer at another time (ms since 1970 UTC) and, if given, as another person; for `demo_data` only.

    What he does is dated then. Raises ValueError for any viewer but the system: nobody backdates by hand.
    """
    if not viewer.system:
        raise ValueError("only the system's viewer can be moved in time")
    house = replace(viewer.house, clock=FixedClock(at))
    return replace(viewer, house=house, person=person if person is not None else viewer.person)
