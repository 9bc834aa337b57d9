"""The core's tables as Piccolo classes, for queries: acts, audit, events, jobs, sessions, notices.

The schema itself is SQL (core/migrations/sql); a test compares the two on both engines. Piccolo knows one key
column, so of a key of several the first stands here. No app lists these classes: nothing may recreate them.
"""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class Act(Table, tablename="act"):
    id = BigSerial(primary_key=True)
    actor = BigInt(null=True, default=None)
    request_id = Text()
    name = Text()
    community = BigInt(null=True, default=None)
    digest = Text()
    at = BigInt()


class ActAnswer(Table, tablename="act_answer"):
    act = BigInt(primary_key=True)
    answer = Text()


class Audit(Table, tablename="audit"):
    id = BigSerial(primary_key=True)
    act = BigInt(null=True, default=None)
    community = BigInt(null=True, default=None)
    actor = BigInt(null=True, default=None)
    on_behalf = BigInt(null=True, default=None)
    action = Text()
    subject = Text()
    subject_id = BigInt(null=True, default=None)
    result = Text()
    detail = Text(default="{}")
    at = BigInt()


class Event(Table, tablename="event"):
    id = BigSerial(primary_key=True)
    act = BigInt()
    community = BigInt(null=True, default=None)
    name = Text()
    subject = Text()
    payload = Text()
    at = BigInt()


class Delivery(Table, tablename="delivery"):
    event = BigInt(primary_key=True)
    consumer = Text()
    subject = Text()
    state = Text(default="waiting")
    attempts = BigInt()
    next_at = BigInt()
    error = Text()


class Lease(Table, tablename="lease"):
    name = Text(primary_key=True)
    holder = Text()
    until_at = BigInt()


class Job(Table, tablename="job"):
    name = Text(primary_key=True)
    next_at = BigInt()
    started_at = BigInt(null=True, default=None)
    finished_at = BigInt(null=True, default=None)
    attempts = BigInt()
    error = Text()


class Session(Table, tablename="session"):
    id = BigSerial(primary_key=True)
    token_hash = Text()
    person = BigInt()
    created_at = BigInt()
    seen_at = BigInt()
    expires_at = BigInt()
    stepped_up_at = BigInt(null=True, default=None)
    agent = Text()


class Throttle(Table, tablename="throttle"):
    bucket = Text(primary_key=True)
    hits = BigInt(db_column_name="count")
    until_at = BigInt()


class Notice(Table, tablename="notice"):
    id = BigSerial(primary_key=True)
    community = BigInt(null=True, default=None)
    person = BigInt()
    kind = Text()
    message = Text()
    arguments = Text(default="{}")
    href = Text()
    act = BigInt(null=True, default=None)
    at = BigInt()
    read_at = BigInt(null=True, default=None)


class SealBlock(Table, tablename="seal_block"):
    community = BigInt(primary_key=True)
    number = BigInt()
    first_sequence = BigInt(db_column_name="first")
    last_sequence = BigInt(db_column_name="last")
    root = Text()
    previous = Text()
    at = BigInt()
    head = Text()
    signature = Text()


class Seal(Table, tablename="seal"):
    community = BigInt(primary_key=True)
    sequence = BigInt()
    block = BigInt()
    transfer = BigInt(null=True, default=None)
    audit = BigInt(null=True, default=None)
    digest = Text()
