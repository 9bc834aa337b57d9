"""The plugin's tables as the query builder sees them. The schema itself is made by the migrations."""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class PatrolShift(Table, tablename="patrol_shift"):
    """A shift: the activity it was, its route, and how many useful clues it brought."""

    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text(unique=True)
    activity = BigInt(unique=True)
    route = Text()
    clues = BigInt(default=0)
    act = BigInt()


class PatrolPair(Table, tablename="patrol_pair"):
    """Who walked with whom: everybody of one pair has its number. Its key is (shift, volunteer)."""

    shift = BigInt(primary_key=True)
    community = BigInt()
    pair = BigInt()
    volunteer = BigInt()


class PatrolFinding(Table, tablename="patrol_finding"):
    """One thing that was found."""

    id = BigSerial(primary_key=True)
    community = BigInt()
    shift = BigInt()
    text = Text()
