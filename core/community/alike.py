"""Who might be the same person: the same telephone, or the same name, here in this community."""

from collections.abc import Sequence

import msgspec

from core.base.database import Reads
from core.base.house import House
from core.community.names import words_of

MOST = 12  # of one name; a common one has hundreds

_ALIKE = """
select r.key, 'phone' as why, v.id, v.number, p.name, v.status, v.joined_on
from rows(:items; key bigint, name text, word text, hash text) as r
join person_lookup l on l.kind = 'phone' and l.hash = r.hash
join volunteer v on v.person = l.person and v.community = :community join person p on p.id = v.person
where v.status <> 'applied' and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
union all
select r.key, 'name', v.id, v.number, p.name, v.status, v.joined_on
from rows(:items; key bigint, name text, word text, hash text) as r
join volunteer v on v.id in (select w.volunteer from volunteer_word w
    where w.community = :community and w.word = r.word order by w.volunteer limit :most)
join person p on p.id = v.person
where p.name = r.name and +v.community = :community
  and v.status <> 'applied' and v.merged_into is null and coalesce(v.left_why, '') <> 'refused'
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
    rows = await reads.fetch(_ALIKE, items=items, community=community, most=MOST)
    found: dict[int, dict[int, Alike]] = {}
    for row in rows:
        of_key = found.setdefault(row["key"], {})
        before = of_key[row["id"]].why if row["id"] in of_key else ()
        of_key[row["id"]] = Alike(
            row["number"], row["name"], row["status"], row["joined_on"], (*before, row["why"])
        )
    return {key: list(likes.values()) for key, likes in found.items()}
