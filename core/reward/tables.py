"""The core's tables as Piccolo classes, for queries: the catalogue, counters, redemptions and stock.

The schema itself is SQL (core/migrations/sql); a test compares the two on both engines. Piccolo knows one key
column, so of a key of several the first stands here. No app lists these classes: nothing may recreate them.
"""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class Reward(Table, tablename="reward"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    name = Text()
    description = Text()
    price = BigInt()
    stock = BigInt()
    per_person = BigInt(null=True, default=None)
    status = Text(default="offered")
    created_at = BigInt()
    held = BigInt()


class Counter(Table, tablename="counter"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    name = Text()
    place = Text()
    hours = Text()


class Redemption(Table, tablename="redemption"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    volunteer = BigInt()
    person = BigInt()
    reward = BigInt()
    reward_name = Text()
    counter = BigInt(null=True, default=None)
    quantity = BigInt()
    price = BigInt()
    points = BigInt()
    clerk = BigInt()
    act = BigInt()
    at = BigInt()
    collector = BigInt(null=True, default=None)


class RedemptionStep(Table, tablename="redemption_step"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    redemption = BigInt()
    step = Text()
    actor = BigInt()
    reason = Text()
    act = BigInt()
    at = BigInt()


class StockMove(Table, tablename="stock_move"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    reward = BigInt()
    quantity = BigInt()
    stock_after = BigInt()
    reason = Text()
    redemption = BigInt(null=True, default=None)
    actor = BigInt(null=True, default=None)
    act = BigInt()
    at = BigInt()
