"""Finding people among a hundred thousand: one statement each, entered by an index, few rows more than shown.

What is typed decides the way in: digits are a volunteer number or a telephone number (whole, or its last four
digits); anything else is the beginning of a name, of its pinyin or of its initials, from any part on. Without
anything typed a list runs by pinyin. A list goes on after a mark: the order's text and the volunteer's id.
"""

from typing import NamedTuple

import msgspec

from core.base.database import Row
from core.base.viewer import Viewer
from core.community.numbers import digits_of
from core.community.volunteers import Volunteer, reach, volunteer_of

LONGEST = 60
_LAST = "\U0010ffff"

# Each statement has the same filters; 0 and '' are no filter. A unary plus keeps SQLite from entering by an
# index that walks through the community (tests/core/community/test_search_plans.py).
_BY_DIGITS = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, v.sort as mark,
    t.name as team, a.name as area
from volunteer v join person p on p.id = v.person
left join team_member m on m.id = (select min(i.id) from team_member i
    where i.volunteer = v.id and i.to_day is null)
left join team t on t.id = m.team
left join residence h on h.volunteer = v.id and h.to_day is null left join area a on a.id = h.area
where v.id in (
    select coalesce(n.merged_into, n.id) from volunteer n
    where n.number = :number and +n.community = :community
    union select w.id from person_lookup l
    join volunteer w on w.person = l.person and w.community = :community
    where (l.kind = 'phone' and l.hash = :phone) or (l.kind = 'phone4' and l.hash = :phone4))
  and +v.community = :community and v.merged_into is null
  and (:status = '' or v.status = :status)
  and (:everybody = 1 or exists (
       select 1 from team_member o where o.volunteer = v.id and o.to_day is null and o.team in ids(:teams)))
  and (:team = 0 or exists (
       select 1 from team_member o where o.volunteer = v.id and o.to_day is null and o.team = :team))
  and (:area = '' or (a.path >= :area and a.path < :area_end))
  and (v.sort > :mark or (v.sort = :mark and v.id > :last))
order by v.sort, v.id limit :most
"""

_BY_WORD = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, w.word as mark,
    t.name as team, a.name as area
from volunteer_word w cross join volunteer v cross join person p
left join team_member m on m.id = (select min(i.id) from team_member i
    where i.volunteer = v.id and i.to_day is null)
left join team t on t.id = m.team
left join residence h on h.volunteer = v.id and h.to_day is null left join area a on a.id = h.area
where v.id = w.volunteer and p.id = v.person
  and w.community = :community and w.word >= :word and w.word < :word_end
  and (w.word, w.volunteer) > (:mark, :last) and +v.community = :community and v.merged_into is null
  and not exists (select 1 from volunteer_word e
                  where e.volunteer = w.volunteer and e.word >= :word and e.word < w.word)
  and (:status = '' or v.status = :status)
  and (:everybody = 1 or exists (
       select 1 from team_member o where o.volunteer = v.id and o.to_day is null and o.team in ids(:teams)))
  and (:team = 0 or exists (
       select 1 from team_member o where o.volunteer = v.id and o.to_day is null and o.team = :team))
  and (:area = '' or (a.path >= :area and a.path < :area_end))
order by w.word, w.volunteer limit :most
"""

_BY_TEAM = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, v.sort as mark,
    t.name as team, a.name as area
from team_member k join volunteer v on v.id = k.volunteer join person p on p.id = v.person
join team t on t.id = k.team
left join residence h on h.volunteer = v.id and h.to_day is null left join area a on a.id = h.area
where k.team in ids(:teams) and k.to_day is null and +k.community = :community and v.merged_into is null
  and (:team = 0 or k.team = :team)
  and (:status = '' or v.status = :status)
  and (:area = '' or (a.path >= :area and a.path < :area_end))
  and (v.sort > :mark or (v.sort = :mark and v.id > :last))
order by v.sort, v.id limit :most
"""

_BY_AREA = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, v.sort as mark,
    t.name as team, a.name as area
from area a cross join residence h cross join volunteer v join person p on p.id = v.person
left join team_member m on m.id = (select min(i.id) from team_member i
    where i.volunteer = v.id and i.to_day is null)
left join team t on t.id = m.team
where h.area = a.id and h.to_day is null and v.id = h.volunteer
  and a.path >= :area and a.path < :area_end and +a.community = :community and v.merged_into is null
  and (:status = '' or v.status = :status)
  and (v.sort > :mark or (v.sort = :mark and v.id > :last))
order by v.sort, v.id limit :most
"""

_IN_ORDER = """
select v.id, v.person, v.number, p.name, v.status, v.minutes, v.joined_on, v.sort as mark,
    t.name as team, a.name as area
from volunteer v join person p on p.id = v.person
left join team_member m on m.id = (select min(i.id) from team_member i
    where i.volunteer = v.id and i.to_day is null)
left join team t on t.id = m.team
left join residence h on h.volunteer = v.id and h.to_day is null left join area a on a.id = h.area
where v.community = :community and v.status = :status and (v.sort, v.id) > (:mark, :last)
  and v.merged_into is null
order by v.sort, v.id limit :most
"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: `text` as typed; a team's id (0: any), an area's path ('': any), a status.

    `status` is 'active', 'applied' or 'left'; '' is any, which a list without any other wish takes as active.
    """

    text: str = ""
    team: int = 0
    area: str = ""
    status: str = "active"


class Mark(NamedTuple):
    """Where a list ended: the text of its order, and the volunteer's id."""

    text: str = ""
    last: int = 0


BEGIN = Mark()


class Found(msgspec.Struct, frozen=True):
    """A volunteer in a list, with one of his teams and where he lives ('' for none)."""

    volunteer: Volunteer
    team: str
    area: str
    mark: Mark


async def browse(
    viewer: Viewer, wanted: Wanted, after: Mark = BEGIN, most: int = 50, permission: str = "volunteer.read"
) -> list[Found]:
    """The people wanted, in order, after a mark; within the permission's reach. One statement.

    Raises NotFound.
    """
    everybody, teams = reach(viewer, permission)
    text = " ".join(wanted.text.lower().split())[:LONGEST]
    digits = digits_of(text)
    word = text.replace(" ", "")
    hashed = viewer.house.vault.hash
    rows = await viewer.house.db.fetch(
        _way_in(wanted, digits, word, everybody),
        community=viewer.community,
        number=digits,
        phone=hashed("phone", digits),
        phone4=hashed("phone4", digits),
        word=word,
        word_end=word + _LAST,
        status=wanted.status or ("" if word or wanted.team or wanted.area else "active"),
        everybody=everybody,
        teams=[wanted.team] if wanted.team and everybody else teams,
        team=wanted.team,
        area=wanted.area,
        area_end=wanted.area + "a",
        mark=after.text,
        last=after.last,
        most=most,
    )
    # Somebody in two of a leader's teams comes once.
    return list({row["id"]: _found(row) for row in rows}.values())


def _way_in(wanted: Wanted, digits: str, word: str, everybody: int) -> str:
    if digits and digits.isdecimal():
        return _BY_DIGITS
    if word:
        return _BY_WORD
    if wanted.team or not everybody:
        return _BY_TEAM
    return _BY_AREA if wanted.area else _IN_ORDER


async def search(
    viewer: Viewer, text: str, most: int = 20, permission: str = "volunteer.read"
) -> list[Volunteer]:
    """Active volunteers found by number, name, pinyin, initials, whole phone or its last four digits."""
    if not text.strip():
        reach(viewer, permission)
        return []
    return [f.volunteer for f in await browse(viewer, Wanted(text=text), most=most, permission=permission)]


def _found(row: Row) -> Found:
    return Found(volunteer_of(row), row["team"] or "", row["area"] or "", Mark(row["mark"], row["id"]))
