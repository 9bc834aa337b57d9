"""Events: after the commit, at least once, in order per subject, set aside when they never work."""

from core.base.act import Unit, act
from core.base.clock import HOUR, FixedClock
from core.base.house import Handler, House
from core.base.ids import request_id
from core.base.outbox import MOST_ATTEMPTS, Event, delay, deliver
from core.base.viewer import Viewer


class Listener:
    """A handler that notes what it got and fails for the subjects it is told to."""

    def __init__(self, name: str = "listener") -> None:
        self.got: list[tuple[str, int]] = []
        self.broken: set[str] = set()
        self.handler = Handler(name, frozenset({"happened"}), self.run)

    async def run(self, house: House, event: Event) -> None:
        if event.subject in self.broken:
            raise ValueError("not today")
        self.got.append((event.subject, event.payload["n"]))


async def happen(house: House, *events: tuple[str, int]) -> None:
    async def work(unit: Unit) -> dict[str, int]:
        for subject, n in events:
            await unit.emit("happened", subject, n=n)
        return {}

    await act(Viewer(house, system=True), "happen", request_id(), {}, work)


async def test_a_handler_gets_each_event_once_it_is_committed(house: House) -> None:
    listener = Listener()
    house.handlers = (listener.handler,)
    await happen(house, ("a", 1), ("b", 2))
    assert listener.got == []
    assert await deliver(house) == 2
    assert sorted(listener.got) == [("a", 1), ("b", 2)]
    assert await deliver(house) == 0


async def test_one_subject_keeps_its_order_and_does_not_hold_up_another(house: House) -> None:
    listener = Listener()
    listener.broken = {"a"}
    house.handlers = (listener.handler,)
    await happen(house, ("a", 1))
    await happen(house, ("a", 2), ("b", 3))
    for _ in range(3):
        await deliver(house)
    assert listener.got == [("b", 3)]
    listener.broken = set()
    assert isinstance(house.clock, FixedClock)
    house.clock.advance(HOUR)
    for _ in range(3):
        await deliver(house)
    assert listener.got == [("b", 3), ("a", 1), ("a", 2)]


async def test_an_event_that_never_works_is_set_aside_and_the_next_goes_on(house: House) -> None:
    listener = Listener()
    listener.broken = {"a"}
    house.handlers = (listener.handler,)
    await happen(house, ("a", 1))
    assert isinstance(house.clock, FixedClock)
    for _ in range(MOST_ATTEMPTS):
        await deliver(house)
        house.clock.advance(2 * HOUR)
    row = await house.db.one("select state, attempts, error from delivery")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("dead", MOST_ATTEMPTS)
    assert "not today" in row["error"]
    listener.broken = set()
    await happen(house, ("a", 2))
    await deliver(house)
    assert listener.got == [("a", 2)]


async def test_each_handler_has_its_own_deliveries(house: House) -> None:
    one, two = Listener("one"), Listener("two")
    one.broken = {"a"}
    house.handlers = (one.handler, two.handler)
    await happen(house, ("a", 1))
    await deliver(house)
    assert (one.got, two.got) == ([], [("a", 1)])


async def test_a_handler_that_went_away_keeps_its_events_waiting(house: House) -> None:
    listener = Listener()
    house.handlers = (listener.handler,)
    await happen(house, ("a", 1))
    house.handlers = ()
    assert await deliver(house) == 0
    assert isinstance(house.clock, FixedClock)
    house.clock.advance(HOUR)
    house.handlers = (listener.handler,)
    assert await deliver(house) == 1


def test_pauses_grow_to_an_hour() -> None:
    pauses = [delay(n) for n in range(1, 20)]
    assert pauses[0] == 5000 and pauses == sorted(pauses) and pauses[-1] == HOUR
