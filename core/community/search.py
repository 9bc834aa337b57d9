"""Finding people among a hundred thousand: entered by an index, few rows more than shown.

What is typed decides the way in: digits are a volunteer number or a telephone number (whole, or its last
four digits); anything else is the beginning of a name, of its pinyin or of its initials, from any part on.
Without anything typed a list runs by pinyin. Where several wishes meet, the rarest of them is the way in,
found by one more statement that counts no further than FEW. A list goes on after a mark: the order's text,
the volunteer's id, and which way it came.
"""

from typing import Any, NamedTuple

import msgspec

from core.base.database import Row
from core.base.errors import NotFound
from core.base.viewer import Viewer
from core.community.numbers import digits_of
from core.community.search_sql import BY_AREA, BY_DIGITS, BY_TEAM, BY_WORD, HOW_MANY, IN_ORDER
from core.community.volunteers import Volunteer, reach, volunteer_of

LONGEST = 60
FEW = 2500  # rows that may be looked through and sorted for one page
STATUSES = ("active", "left")
SERVED = "served"  # a wish: whoever may fetch rewards, those who left among them
_LAST = "\U0010ffff"
_WAYS = {"digits": BY_DIGITS, "word": BY_WORD, "team": BY_TEAM, "area": BY_AREA, "order": IN_ORDER}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: `text` as typed; a team's id (0: any), an area's path ('': any), a status.

    `status` is 'active', 'left', 'applied' (with `volunteer.write` only), SERVED, or '': active and left.
    """

    text: str = ""
    team: int = 0
    area: str = ""
    status: str = "active"


class Mark(NamedTuple):
    """Where a list ended: the text of its order, the volunteer's id, the way it came ('' at the front)."""

    text: str = ""
    last: int = 0
    way: str = ""


BEGIN = Mark()


class Found(msgspec.Struct, frozen=True):
    """A volunteer in a list, with one of his teams and where he lives ('' for none)."""

    volunteer: Volunteer
    team: str
    area: str
    mark: Mark
    left_why: str = ""


async def browse(
    viewer: Viewer, wanted: Wanted, after: Mark = BEGIN, most: int = 50, permission: str = "volunteer.read"
) -> list[Found]:
    """The people wanted, in order, after a mark; within the permission's reach. Two statements at most.

    Raises NotFound.
    """
    everybody, teams = reach(viewer, permission)
    if wanted.status == "applied":
        viewer.require("volunteer.write")
    text = " ".join(wanted.text.lower().split())[:LONGEST]
    digits = digits_of(text)
    word = text.replace(" ", "")
    by_digits = bool(digits) and digits.isdecimal()
    asked: dict[str, Any] = {
        "community": viewer.community,
        "word": "" if by_digits else word,
        "word_end": word + _LAST,
        "status": wanted.status,
        "team": wanted.team,
        "area": wanted.area,
        "area_end": wanted.area + "a",
    }
    if by_digits:
        way = "digits"
    elif not everybody:
        way = "team"
    elif _leads_on(after.way, asked):
        way = after.way
    else:
        way = await _way_in(viewer, wanted, asked)
    hashed = viewer.house.vault.hash
    first, other = _statuses(wanted.status)
    rows = await viewer.house.db.fetch(
        _WAYS[way],
        **asked,
        first=first,
        other=other,
        number=digits,
        phone=hashed("phone", digits),
        phone4=hashed("phone4", digits),
        everybody=everybody,
        teams=[wanted.team] if wanted.team and everybody else teams,
        mark=after.text or (word if way == "word" else ""),
        last=after.last,
        most=most,
    )
    # Somebody in two of a leader's teams comes once.
    return list({row["id"]: _found(row, way) for row in rows}.values())


def _leads_on(way: str, asked: dict[str, Any]) -> bool:
    """Whether a list may go on the way it came: what that way enters by is still wished for."""
    return way == "order" or (way in ("word", "team", "area") and bool(asked[way]))


def _statuses(status: str) -> tuple[str, str]:
    """The one or two statuses a list by pinyin runs through."""
    return ("active", "left") if status in ("", SERVED) else (status, "")


async def _way_in(viewer: Viewer, wanted: Wanted, asked: dict[str, Any]) -> str:
    """The rarest of the wishes, when it is rare; else the list's own order, in which they are met often."""
    word, rare = bool(asked["word"]), wanted.status not in ("active", "", SERVED)
    if not (wanted.team or wanted.area or (word and rare)):
        return "word" if word else "order"
    row = await viewer.house.db.one(HOW_MANY, **asked, few=FEW)
    if row is None:
        raise NotFound
    sizes = {
        "team": row["members"] if wanted.team else FEW,
        "area": row["residents"] if wanted.area else FEW,
        "word": row["words"] if word else FEW,
        "order": row["of_status"] if rare else FEW,
    }
    smallest = min(sizes, key=lambda way: sizes[way])
    if sizes[smallest] < FEW:
        return smallest
    return "word" if word else "order"


async def search(
    viewer: Viewer,
    text: str,
    most: int = 20,
    permission: str = "volunteer.read",
    *,
    status: str = "active",
) -> list[Volunteer]:
    """Volunteers found by number, name, pinyin, initials, whole phone or its last four digits."""
    if not text.strip():
        reach(viewer, permission)
        return []
    wanted = Wanted(text=text, status=status)
    return [f.volunteer for f in await browse(viewer, wanted, most=most, permission=permission)]


def _found(row: Row, way: str) -> Found:
    return Found(
        volunteer_of(row),
        row["team"] or "",
        row["area"] or "",
        Mark(row["mark"], row["id"], way),
        row["left_why"] or "",
    )
