"""The core's tables as Piccolo classes, for queries: what ends, gifts, star levels, closed months.

See `core.points.tables`.
"""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class LotGrace(Table, tablename="lot_grace"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    lot = BigInt()
    transfer = BigInt()
    was_at = BigInt()
    expires_at = BigInt()


class ExpiryTold(Table, tablename="expiry_told"):
    account = BigInt(primary_key=True)
    expires_at = BigInt()
    community = BigInt()
    act = BigInt()


class HoldOpen(Table, tablename="hold_open"):
    hold = BigInt(primary_key=True)
    community = BigInt()
    until_at = BigInt()


class Gift(Table, tablename="gift"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    giver = BigInt()
    receiver = BigInt()
    points = BigInt()
    hold = BigInt()
    act = BigInt()
    at = BigInt()
    ends_at = BigInt()


class GiftOpen(Table, tablename="gift_open"):
    gift = BigInt(primary_key=True)
    community = BigInt()
    ends_at = BigInt()


class GiftEnd(Table, tablename="gift_end"):
    gift = BigInt(primary_key=True)
    community = BigInt()
    result = Text()
    act = BigInt()
    at = BigInt()


class StarChange(Table, tablename="star_change"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    stars = BigInt()
    minutes = BigInt()
    act = BigInt()
    at = BigInt()


class Period(Table, tablename="period"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    first_day = Text()
    last_day = Text()
    since_at = BigInt()
    until_at = BigInt()
    closer = BigInt(null=True, default=None)
    act = BigInt()
    at = BigInt()


class PeriodReopened(Table, tablename="period_reopened"):
    period = BigInt(primary_key=True)
    community = BigInt()
    approval = BigInt()
    act = BigInt()
    at = BigInt()


class PeriodBalance(Table, tablename="period_balance"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    period = BigInt()
    account = BigInt()
    posted = BigInt()
    held = BigInt()
    debt = BigInt()


class PeriodTotal(Table, tablename="period_total"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    period = BigInt()
    kind = Text()
    lines = BigInt()
    late = BigInt()
    came = BigInt()
    went = BigInt()
