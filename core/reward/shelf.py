"""The storekeeper's side of the catalogue: every reward, what changes about it, and what is on the shelf.

Stock moves only by rows that say why. A count on the shelf is compared with the book; what differs is a row
of its own, with both figures. A price that changes leaves every exchange made before as it was.
"""

import msgspec

from core.base.act import Unit
from core.base.database import Row
from core.base.errors import N_, Invalid, Message, NotFound, Refused
from core.base.viewer import Viewer
from core.points.access import require
from core.reward.catalogue import MOST_POINTS, MOST_STOCK, NAME_LENGTH, move_stock

WRITE = "reward.write"
_SET_ASIDE = N_(
    "%(held)s pieces are set aside for exchanges that wait for approval. Decide about those first."
)
LONGEST_TEXT = 200
_PAGE = 100

_ALL = """
select id, public_id, name, description, price, stock, per_person, status from reward
where community = :community order by case status when 'offered' then 0 else 1 end, price, id limit 1000
"""

_ONE = """
select id, public_id, name, description, price, stock, per_person, status from reward
where public_id = :public_id and +community = :community
"""

_LOCK = """
select id, name, description, price, stock, per_person, status, held from reward
where id = :reward and +community = :community for_update
"""

_CHANGE = """
update reward set name = :name, description = :description, price = :price,
    per_person = cast(:per_person as bigint)
where id = :reward and +community = :community
"""

_STATUS = "update reward set status = :status where id = :reward and +community = :community"

_STOCK = "update reward set stock = :stock where id = :reward and +community = :community"

_MOVES = """
select m.id, m.quantity, m.stock_after, m.reason, m.at, e.public_id as redemption, p.name as actor
from stock_move m left join redemption e on e.id = m.redemption left join person p on p.id = m.actor
where m.reward = :reward and +m.community = :community
    and m.id < coalesce(cast(:before as bigint), 9223372036854775807)
order by m.id desc limit :most
"""

_COUNTER = """
update counter set name = :name, place = :place, hours = :hours
where public_id = :public_id and community = :community
"""


class ShelfReward(msgspec.Struct, frozen=True):
    """A reward as the storekeeper sees it. `status` is 'offered' or 'withdrawn'."""

    id: int
    public_id: str
    name: str
    description: str
    price: int
    stock: int
    per_person: int | None
    status: str


class StockMove(msgspec.Struct, frozen=True):
    """One movement of stock; `redemption` is the receipt's public id. Times in ms since 1970 UTC."""

    id: int
    quantity: int
    stock_after: int
    reason: str  # received, redeemed, undone, counted, spoiled
    at: int
    redemption: str | None
    actor: str | None


class Terms(msgspec.Struct, frozen=True):
    """What stands on a reward's label; `per_person` is the most for one person in a month, None: no limit."""

    name: str
    price: int
    description: str = ""
    per_person: int | None = None


def _row(row: Row) -> ShelfReward:
    return ShelfReward(**{k: row[k] for k in ShelfReward.__struct_fields__})


async def all_rewards(viewer: Viewer) -> list[ShelfReward]:
    """Every reward of the community, those on offer first. Raises NotFound."""
    viewer.require(WRITE)
    rows = await viewer.house.db.fetch(_ALL, community=viewer.community)
    return [_row(row) for row in rows]


async def reward_of(viewer: Viewer, shown: str) -> ShelfReward:
    """One reward of this community, withdrawn ones too. Raises NotFound."""
    viewer.require(WRITE)
    row = await viewer.house.db.one(_ONE, community=viewer.community, public_id=shown)
    if row is None:
        raise NotFound
    return _row(row)


async def moves_of(
    viewer: Viewer, reward: int, before: int | None = None, most: int = _PAGE
) -> list[StockMove]:
    """The movements of a reward's stock, the latest first, before a move's id. Raises NotFound."""
    viewer.require(WRITE)
    rows = await viewer.house.db.fetch(
        _MOVES, community=viewer.community, reward=reward, before=before, most=most
    )
    return [StockMove(**{k: row[k] for k in StockMove.__struct_fields__}) for row in rows]


async def change_reward(unit: Unit, reward: int, terms: Terms) -> None:
    """Changes a reward's label. Raises Invalid (name, price, description, per_person), NotFound."""
    require(unit, WRITE)
    terms = clean_terms(terms)
    before = await _locked(unit, reward)
    await unit.execute(_CHANGE, community=unit.community, reward=reward, **msgspec.structs.asdict(terms))
    changed = [name for name in terms.__struct_fields__ if getattr(terms, name) != before[name]]
    await unit.audit("reward.change", "reward", reward, changed=changed)
    if terms.price != before["price"]:
        await unit.audit("reward.price", "reward", reward, price=terms.price, was=before["price"])


def clean_terms(terms: Terms) -> Terms:
    """The same without stray blanks. Raises Invalid (name, price, description, per_person)."""
    name, description = " ".join(terms.name.split()), " ".join(terms.description.split())
    wrong: dict[str, Message] = {}
    if not 1 <= len(name) <= NAME_LENGTH:
        wrong["name"] = Message("Give the reward a name of at most %(most)s characters.", most=NAME_LENGTH)
    if not 1 <= terms.price <= MOST_POINTS:
        wrong["price"] = Message("The price is a whole number of points, at least 1.")
    if len(description) > LONGEST_TEXT:
        wrong["description"] = Message("This is too long: at most %(most)s characters.", most=LONGEST_TEXT)
    if terms.per_person is not None and not 1 <= terms.per_person <= 999:  # a month's limit
        wrong["per_person"] = Message("Leave this empty, or give a whole number from 1 to 999.")
    if wrong:
        raise Invalid(wrong)
    return Terms(name, terms.price, description, terms.per_person)


async def withdraw(unit: Unit, reward: int) -> None:
    """Takes a reward off the list; what is in stock stays on the shelf. Raises NotFound."""
    await _set_status(unit, reward, "withdrawn")


async def offer(unit: Unit, reward: int) -> None:
    """Puts a withdrawn reward on the list again. Raises NotFound."""
    await _set_status(unit, reward, "offered")


async def _set_status(unit: Unit, reward: int, status: str) -> None:
    require(unit, WRITE)
    if not await unit.execute(_STATUS, community=unit.community, reward=reward, status=status):
        raise NotFound
    await unit.audit("reward." + ("offer" if status == "offered" else "withdraw"), "reward", reward)


async def count_stock(unit: Unit, reward: int, counted: int, book: int) -> int:
    """Books what was counted on the shelf against what the book said (`book`); returns the difference.

    Raises Invalid (counted), NotFound, Refused where the book has moved since it was looked at.
    """
    require(unit, WRITE)
    if not 0 <= counted <= MOST_STOCK:
        raise Invalid({"counted": Message("Give a whole number from 0 to %(most)s.", most=MOST_STOCK)})
    before = await _locked(unit, reward)
    if before["stock"] != book:
        message = Message(
            "The book said %(book)s and says %(now)s now: something was handed over meanwhile. Count again.",
            book=book,
            now=before["stock"],
        )
        raise Refused(message)
    if counted < before["held"]:
        raise Invalid({"counted": Message(_SET_ASIDE, held=before["held"])})
    difference = counted - book
    if difference:
        await unit.execute(_STOCK, community=unit.community, reward=reward, stock=counted)
        await move_stock(unit, reward, difference, stock_after=counted, reason="counted")
    await unit.audit("reward.count", "reward", reward, book=book, counted=counted)
    return difference


async def write_off(unit: Unit, reward: int, quantity: int) -> int:
    """Takes spoiled or lost pieces off the shelf; returns what is left. Raises Invalid, NotFound."""
    require(unit, WRITE)
    before = await _locked(unit, reward)
    free = before["stock"] - before["held"]
    if not 1 <= quantity <= free:
        message = Message("Give a whole number from 1 to %(most)s.", most=max(1, free))
        raise Invalid({"quantity": message if free else Message(_SET_ASIDE, held=before["held"])})
    left: int = before["stock"] - quantity
    await unit.execute(_STOCK, community=unit.community, reward=reward, stock=left)
    await move_stock(unit, reward, -quantity, stock_after=left, reason="spoiled")
    await unit.audit("reward.spoiled", "reward", reward, quantity=quantity)
    return left


async def change_counter(unit: Unit, shown: str, name: str, place: str, hours: str) -> None:
    """Changes a counter's name, place and hours. Raises Invalid (name, place, hours), NotFound."""
    require(unit, WRITE)
    values = clean_counter(name, place, hours)
    if not await unit.execute(_COUNTER, community=unit.community, public_id=shown, **values):
        raise NotFound
    await unit.audit("counter.change", "counter")


def clean_counter(name: str, place: str, hours: str) -> dict[str, str]:
    """Name, place and hours without stray blanks. Raises Invalid."""
    given = {"name": name, "place": place, "hours": hours}
    values = {field: " ".join(text.split()) for field, text in given.items()}
    wrong: dict[str, Message] = {}
    if not 1 <= len(values["name"]) <= NAME_LENGTH:
        wrong["name"] = Message("Give the counter a name of at most %(most)s characters.", most=NAME_LENGTH)
    for field in ("place", "hours"):
        if len(values[field]) > LONGEST_TEXT:
            wrong[field] = Message("This is too long: at most %(most)s characters.", most=LONGEST_TEXT)
    if wrong:
        raise Invalid(wrong)
    return values


async def _locked(unit: Unit, reward: int) -> Row:
    row = await unit.one(_LOCK, community=unit.community, reward=reward)
    if row is None:
        raise NotFound
    return row
