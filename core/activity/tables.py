"""The core's tables as Piccolo classes, for queries: activities, attendance and decisions about it.

The schema itself is SQL (core/migrations/sql); a test compares the two on both engines. Piccolo knows one key
column, so of a key of several the first stands here. No app lists these classes: nothing may recreate them.
"""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class Activity(Table, tablename="activity"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    programme = Text()
    kind = Text()
    team = BigInt(null=True, default=None)
    area = BigInt(null=True, default=None)
    title = Text()
    place = Text()
    from_at = BigInt()
    to_at = BigInt()
    status = Text(default="held")
    act = BigInt()


class Attendance(Table, tablename="attendance"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    activity = BigInt()
    volunteer = BigInt()
    person = BigInt()
    from_at = BigInt(null=True, default=None)
    to_at = BigInt(null=True, default=None)
    minutes = BigInt()
    counts = Text(default="{}")
    fields = Text(default="{}")
    evidence = Text()
    recorder = BigInt()
    recorded_at = BigInt()
    day = Text()
    late = BigInt()
    corrects = BigInt(null=True, default=None)
    act = BigInt()


class AttendanceDecision(Table, tablename="attendance_decision"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    attendance = BigInt()
    decision = Text()
    decider = BigInt(null=True, default=None)
    reason = Text()
    approval = BigInt(null=True, default=None)
    act = BigInt()
    at = BigInt()


class AttendancePending(Table, tablename="attendance_pending"):
    attendance = BigInt(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    programme = Text()
    team = BigInt(null=True, default=None)
    since_at = BigInt()


class Interval(Table, tablename="interval"):
    attendance = BigInt(primary_key=True)
    person = BigInt()
    community = BigInt()
    from_at = BigInt()
    to_at = BigInt()
