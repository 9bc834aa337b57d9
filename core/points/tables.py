"""The core's tables as Piccolo classes, for queries: rule sheets, awards and the book.

The schema itself is SQL (core/migrations/sql); a test compares the two on both engines. Piccolo knows one key
column, so of a key of several the first stands here. No app lists these classes: nothing may recreate them.
"""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class RuleSheet(Table, tablename="rule_sheet"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    programme = Text()
    version = BigInt()
    from_day = Text()
    rules = Text()
    publisher = BigInt(null=True, default=None)
    act = BigInt()
    at = BigInt()


class Award(Table, tablename="award"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    attendance = BigInt()
    volunteer = BigInt()
    programme = Text()
    rule = Text()
    sheet = BigInt()
    points = BigInt()
    inputs = Text()
    message = Text()
    arguments = Text(default="{}")
    text = Text()
    day = Text()
    act = BigInt()


class AwardWaiting(Table, tablename="award_waiting"):
    attendance = BigInt(primary_key=True)
    community = BigInt()
    programme = Text()
    error = Text()
    attempts = BigInt(default=1)
    next_at = BigInt()


class PointsAccount(Table, tablename="points_account"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    kind = Text()
    volunteer = BigInt(null=True, default=None)
    posted = BigInt()
    held = BigInt()
    debt = BigInt()
    version = BigInt()
    closed_at = BigInt(null=True, default=None)


class Transfer(Table, tablename="transfer"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    act = BigInt()
    kind = Text()
    debit = BigInt()
    credit = BigInt()
    amount = BigInt()
    effective_at = BigInt()
    recorded_at = BigInt()
    award = BigInt(null=True, default=None)
    redemption = BigInt(null=True, default=None)
    hold = BigInt(null=True, default=None)
    reverses = BigInt(null=True, default=None)
    booked_at = BigInt(null=True, default=None)
    approval = BigInt(null=True, default=None)
    actor = BigInt(null=True, default=None)
    approver = BigInt(null=True, default=None)
    account = BigInt()
    version = BigInt()
    posted_after = BigInt()
    held_after = BigInt()
    message = Text()
    arguments = Text(default="{}")
    text = Text()


class AwardOutcome(Table, tablename="award_outcome"):
    award = BigInt(primary_key=True)
    community = BigInt()
    transfer = BigInt(null=True, default=None)
    points = BigInt()
    cap = Text(null=True, default=None)
    lost = BigInt()
    act = BigInt()


class Lot(Table, tablename="lot"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    account = BigInt()
    transfer = BigInt()
    amount = BigInt()
    remaining = BigInt()
    expires_at = BigInt(null=True, default=None)


class LotUse(Table, tablename="lot_use"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    lot = BigInt()
    transfer = BigInt()
    amount = BigInt()


class CapCounter(Table, tablename="cap_counter"):
    community = BigInt()
    volunteer = BigInt(primary_key=True)
    cap = Text()
    span = Text()
    used = BigInt()
    most = BigInt()


class VolunteerMonth(Table, tablename="volunteer_month"):
    community = BigInt()
    volunteer = BigInt(primary_key=True)
    month = Text()
    earned = BigInt()
    spent = BigInt()
    minutes = BigInt()


class Opening(Table, tablename="opening"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    points = BigInt()
    minutes = BigInt()
    day = Text()
    source = Text()
    reverses = BigInt(null=True, default=None)
    transfer = BigInt(null=True, default=None)
    act = BigInt()
    at = BigInt()


class BookProof(Table, tablename="book_proof"):
    community = BigInt(primary_key=True)
    at = BigInt()
    faults = BigInt()


class BookFreeze(Table, tablename="book_freeze"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    faults = Text()
    at = BigInt()
    ended_at = BigInt(null=True, default=None)
    approval = BigInt(null=True, default=None)
