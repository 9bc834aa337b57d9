"""Who might be the same person: the same telephone, or the same name, here in this community."""

from collections.abc import Sequence

import msgspec

from core.base.database import Reads
from core.base.house import House
from core.community.names import words_of

MOST = 12  # of one name; a common one has hundreds

# Looked up row by row in this order, on both engines: a telephone and a name lead to few.
_ALIKE = """
select r.key, 'phone' as why, v.id, v.number, (select p.name from person p where p.id = v.person) as name,
    v.status, v.joined_on
from rows(:items; key bigint, name text, word text, hash text) as r
cross join person_lookup l cross join volunteer v
where l.kind = 'phone' and l.hash = r.hash and v.person = l.person and v.community = :community
  and v.status <> 'applied' and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
union all
select f.key, 'name', v.id, v.number, f.name, v.status, v.joined_on
from (select r.key, r.name, w.volunteer
      from rows(:items; key bigint, name text, word text, hash text) as r cross join volunteer_word w
      where w.community = :community and w.word = r.word limit 200) as f
cross join volunteer v
where v.id = f.volunteer and +v.community = :community
  and v.status <> 'applied' and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
  and (select p.name from person p where p.id = v.person) = f.name
"""


class Sought(msgspec.Struct, frozen=True):
    """Somebody with a clean name and phone ('' for none); `key` is what his likes are filed under."""

    key: int
    name: str
    phone: str = ""


class Alike(msgspec.Struct, frozen=True):
    """A volunteer who may be the one sought; `why` is 'phone' or 'name' (or both), or 'id_number'."""

    number: str
    name: str
    status: str
    joined_on: str
    why: tuple[str, ...]


async def alike(
    house: House, reads: Reads, community: int | None, sought: Sequence[Sought]
) -> dict[int, list[Alike]]:
    """By key, volunteers of the community who may be the ones sought. One statement.

    For verbs that have checked that the reader may see everybody here.
    """
    items = [
        {
            "key": s.key,
            "name": s.name,
            "word": next(iter(words_of(s.name)), ""),
            "hash": house.vault.hash("phone", s.phone) if s.phone else "",
        }
        for s in sought
    ]
    rows = await reads.fetch(_ALIKE, items=items, community=community)
    found: dict[int, dict[int, Alike]] = {}
    for row in rows:
        of_key = found.setdefault(row["key"], {})
        before = of_key[row["id"]].why if row["id"] in of_key else ()
        of_key[row["id"]] = Alike(
            row["number"], row["name"], row["status"], row["joined_on"], (*before, row["why"])
        )
    # Who has the telephone comes first, and of a common name only some.
    return {
        key: sorted(likes.values(), key=lambda a: "phone" not in a.why)[:MOST] for key, likes in found.items()
    }
