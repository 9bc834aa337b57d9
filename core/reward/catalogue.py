"""The catalogue: what a community offers for points, at which counters, and how much of it is there."""

from dataclasses import dataclass

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.points.access import require, require_sight

_ADD = """
insert into reward (community, public_id, name, description, price, stock, per_person, created_at)
values (:community, :public_id, :name, :description, :price, 0, cast(:per_person as bigint), :at)
returning id
"""

_RECEIVE = """
update reward set stock = stock + :quantity where id = :reward and community = :community returning stock
"""

_MOVE = """
insert into stock_move (community, reward, quantity, stock_after, reason, redemption, actor, act, at)
values (:community, :reward, :quantity, :stock_after, :reason, cast(:redemption as bigint),
    cast(:actor as bigint), :act, :at)
"""

_OFFERED = """
select id, public_id, name, description, price, stock - held as stock, per_person from reward
where community = :community and status = 'offered' order by price, id limit 500
"""

_AFFORDABLE = """
select 1 as part, r.id as id, r.public_id, r.name, r.description, r.price as price,
    r.stock - r.held as stock, r.per_person,
    m.available, cast(null as bigint) as collector
from (select v.id, coalesce(a.posted - a.held, 0) as available from volunteer v
      join person p on p.id = v.person left join points_account a on a.volunteer = v.id
      where v.id = :volunteer and v.community = :community and v.status <> 'applied'
      and p.died_on is null) as m
left join reward r on r.community = :community and r.status = 'offered'
union all
select 0, null, w.number, p.name, '', null, null, null, null, r.person
from volunteer v join relation r on r.subject = v.person and r.community = v.community
join volunteer w on w.person = r.person and w.community = r.community and w.status <> 'applied'
join person p on p.id = r.person and p.died_on is null
where v.id = :volunteer and v.community = :community and r.kind = 'collector' and r.to_day is null
order by part, price, id limit 500
"""

_ONE = """
select id, public_id, name, description, price, stock - held as stock, per_person from reward
where community = :community and public_id = :public_id and status = 'offered'
"""

_ADD_COUNTER = """
insert into counter (community, public_id, name, place, hours)
values (:community, :public_id, :name, :place, :hours) returning id
"""

_COUNTERS = "select id, public_id, name, place, hours from counter where community = :community order by id"

NAME_LENGTH = 60
MOST_POINTS = 1_000_000_000
MOST_STOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Reward:
    """One thing on offer; `price` in points a piece, `per_person` the most one person may take in a month."""

    id: int
    public_id: str
    name: str
    description: str
    price: int
    stock: int
    per_person: int | None


@dataclass(frozen=True, slots=True)
class Collector:
    """Somebody (`person`) who may take home what a volunteer exchanges points for."""

    person: int
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one volunteer has to spend, what he can get for it now, what not yet, who may collect it."""

    available: int
    affordable: list[Reward]
    others: list[Reward]
    collectors: list[Collector]


@dataclass(frozen=True, slots=True)
class Counter:
    """Where rewards are handed over."""

    id: int
    public_id: str
    name: str
    place: str
    hours: str


def _reward(row: Row) -> Reward:
    return Reward(
        row["id"],
        row["public_id"],
        row["name"],
        row["description"],
        row["price"],
        row["stock"],
        row["per_person"],
    )


async def offered(viewer: Viewer) -> list[Reward]:
    """The community's catalogue, the cheapest first; open to everybody of the community."""
    return [_reward(r) for r in await viewer.house.db.fetch(_OFFERED, community=viewer.community)]


async def by_public_id(viewer: Viewer, reward: str) -> Reward:
    """One reward on offer here. Raises NotFound."""
    row = await viewer.house.db.one(_ONE, community=viewer.community, public_id=reward)
    if row is None:
        raise NotFound
    return _reward(row)


async def affordable(viewer: Viewer, volunteer: int) -> Shelf:
    """The catalogue as one volunteer can use it. Raises NotFound. For himself, clerks and readers of
    points."""
    if not viewer.may_somewhere("redemption.make"):
        require_sight(viewer, volunteer)
    rows = await viewer.house.db.fetch(_AFFORDABLE, volunteer=volunteer, community=viewer.community)
    rewards = [_reward(row) for row in rows if row["id"] is not None]
    collectors = [
        Collector(row["collector"], row["public_id"], row["name"]) for row in rows if row["collector"]
    ]
    here = [row["available"] for row in rows if row["available"] is not None]
    if not here:
        raise NotFound
    available = here[0]
    now = [r for r in rewards if r.price <= available and r.stock > 0]
    return Shelf(available, now, [r for r in rewards if r not in now], collectors)


async def add_reward(
    unit: Unit, name: str, price: int, *, description: str = "", per_person: int | None = None
) -> Reward:
    """Puts a reward into the catalogue, with nothing in stock yet. Raises Invalid (name, price,
    per_person)."""
    require(unit, "reward.write")
    name = name.strip()
    faults: dict[str, Message] = {}
    if not 1 <= len(name) <= NAME_LENGTH:
        faults["name"] = Message("Give the reward a name of at most %(most)s characters.", most=NAME_LENGTH)
    if not 1 <= price <= MOST_POINTS:
        faults["price"] = Message("The price is a whole number of points, at least 1.")
    if per_person is not None and not 1 <= per_person <= 999:
        faults["per_person"] = Message("Leave this empty, or give a whole number from 1 to 999.")
    if faults:
        raise Invalid(faults)
    shown = public_id()
    reward = await unit.value(
        _ADD,
        community=unit.community,
        public_id=shown,
        name=name,
        description=description.strip(),
        price=price,
        per_person=per_person,
        at=unit.now,
    )
    await unit.audit("reward.add", "reward", reward, price=price)
    return Reward(reward, shown, name, description.strip(), price, 0, per_person)


async def receive_stock(unit: Unit, reward: int, quantity: int) -> int:
    """Books a delivery; returns what is in stock now. Raises Invalid (quantity), NotFound."""
    require(unit, "reward.write")
    if not 1 <= quantity <= MOST_STOCK:
        raise Invalid({"quantity": Message("Give a whole number from 1 to %(most)s.", most=MOST_STOCK)})
    stock = await unit.value(_RECEIVE, community=unit.community, reward=reward, quantity=quantity)
    if stock is None:
        raise NotFound
    await move_stock(unit, reward, quantity, stock_after=stock, reason="received")
    await unit.audit("reward.receive", "reward", reward, quantity=quantity)
    return int(stock)


async def move_stock(
    unit: Unit,
    reward: int,
    quantity: int,
    *,
    stock_after: int,
    reason: str,
    redemption: int | None = None,
) -> None:
    """Writes down a movement of stock that was just made."""
    await unit.execute(
        _MOVE,
        community=unit.community,
        reward=reward,
        quantity=quantity,
        stock_after=stock_after,
        reason=reason,
        redemption=redemption,
        actor=unit.actor,
        act=unit.act,
        at=unit.now,
    )


async def add_counter(unit: Unit, name: str, *, place: str = "", hours: str = "") -> Counter:
    """Opens a counter. Raises Invalid (name)."""
    require(unit, "reward.write")
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise Invalid(
            {"name": Message("Give the counter a name of at most %(most)s characters.", most=NAME_LENGTH)}
        )
    shown = public_id()
    counter = await unit.value(
        _ADD_COUNTER, community=unit.community, public_id=shown, name=name.strip(), place=place, hours=hours
    )
    await unit.audit("counter.add", "counter", counter)
    return Counter(counter, shown, name.strip(), place, hours)


async def counters(viewer: Viewer) -> list[Counter]:
    """The community's counters."""
    rows = await viewer.house.db.fetch(_COUNTERS, community=viewer.community)
    return [Counter(r["id"], r["public_id"], r["name"], r["place"], r["hours"]) for r in rows]
