"""The tables of the ways in (0007_access.sql) as Piccolo classes; see `core.community.tables`."""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class Slip(Table, tablename="slip"):
    id = BigSerial(primary_key=True)
    community = BigInt(null=True, default=None)
    public_id = Text()
    person = BigInt()
    purpose = Text()
    code_hash = Text()
    drops_factor = BigInt()
    made_by = BigInt(null=True, default=None)
    made_at = BigInt()
    expires_at = BigInt()
    used_at = BigInt(null=True, default=None)
    ended_at = BigInt(null=True, default=None)
    act = BigInt()
    mailed = BigInt(default=0)


class Pin(Table, tablename="pin"):
    person = BigInt(primary_key=True)
    community = BigInt()
    hashed = Text(db_column_name="hash")
    changed_at = BigInt()
    act = BigInt()


class Card(Table, tablename="card"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    number = Text()
    public_id = Text()
    token_hash = Text()
    made_at = BigInt()
    ended_at = BigInt(null=True, default=None)
    act = BigInt()


class Visit(Table, tablename="visit"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    volunteer = BigInt()
    person = BigInt()
    helper = BigInt()
    session = BigInt()
    by_card = BigInt()
    opened_at = BigInt()
    expires_at = BigInt()
    closed_at = BigInt(null=True, default=None)
    act = BigInt()


class SecondFactor(Table, tablename="second_factor"):
    person = BigInt(primary_key=True)
    since_at = BigInt()
    last_step = BigInt()


class RecoveryCode(Table, tablename="recovery_code"):
    person = BigInt(primary_key=True)
    hashed = Text(db_column_name="hash")


class FirstToken(Table, tablename="first_token"):
    hashed = Text(primary_key=True, db_column_name="hash")
    expires_at = BigInt()


class Guess(Table, tablename="guess"):
    bucket = Text(primary_key=True)
    free = BigInt()
    step = BigInt()
    longest = BigInt()
    hits = BigInt(db_column_name="count")
    next_at = BigInt()
    forget_at = BigInt()
    refused = BigInt()
