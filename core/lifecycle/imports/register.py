"""Volunteers of this community as rows of a file may mean them: by number, name, telephone or ID number.

Names are entered by the words they are found by, telephones and ID numbers by their hashes: each statement is
one, whatever the number of rows. (A look-up's kind is compared as an expression: its own index, which begins
with the kind, would make SQLite walk through everybody's telephones.)
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from core.base.database import Reads, Row
from core.community.names import is_chinese, sounds_alike, words_of

_BY_NUMBER = """
select n.number as wanted, v.id, v.person, v.number, p.name, v.status, l.hash
from rows(:numbers; number text) as r join volunteer n on n.number = r.number and +n.community = :community
join volunteer v on v.id = coalesce(n.merged_into, n.id) and +v.community = :community
join person p on p.id = v.person
left join person_lookup l on l.person = v.person and l.kind || '' = 'phone'
order by v.id
"""

_BY_WORD = """
select v.id, v.person, v.number, p.name, v.status, l.hash
from rows(:words; word text) as r
join volunteer_word w on w.community = :community and w.word = r.word
join volunteer v on v.id = w.volunteer and +v.community = :community and v.merged_into is null
join person p on p.id = v.person
left join person_lookup l on l.person = v.person and l.kind || '' = 'phone'
order by v.id
"""

_BY_HASH = """
select r.kind, r.hash as wanted, v.id, v.person, v.number, p.name, v.status, l.hash
from rows(:hashes; kind text, hash text) as r
join person_lookup f on f.kind = r.kind and f.hash = r.hash
join volunteer v on v.person = f.person and v.community = :community and v.merged_into is null
join person p on p.id = v.person
left join person_lookup l on l.person = v.person and l.kind || '' = 'phone'
order by v.id
"""

_TAKEN = """
-- everywhere (volunteer, old_number): numbers are unique everywhere
select r.number from rows(:numbers; number text) as r join volunteer v on v.number = r.number
where v.community <> :community
union select r.number from rows(:numbers; number text) as r join old_number o on o.number = r.number
"""


class Known(msgspec.Struct, frozen=True):
    """A volunteer who is here already; `phone` is the hash of his telephone number, '' for none."""

    id: int
    person: int
    number: str
    name: str
    status: str
    phone: str


@dataclass(slots=True)
class Register:
    """The known volunteers that rows may mean."""

    by_number: dict[str, Known] = field(default_factory=dict)
    by_name: defaultdict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_phone: defaultdict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_id_number: defaultdict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    taken: set[str] = field(default_factory=set)  # numbers of elsewhere, and lost ones

    def everybody(self) -> Iterator[Known]:
        """All that were found; some more than once."""
        yield from self.by_number.values()
        for index in (self.by_name, self.by_phone, self.by_id_number):
            for found in index.values():
                yield from found


def alike(known: Sequence[Known], name: str) -> list[Known]:
    """Those whose names are read like this one."""
    return [k for k in known if sounds_alike(k.name, name)]


async def look_up(
    reads: Reads,
    community: int,
    *,
    numbers: Iterable[str] = (),
    names: Iterable[str] = (),
    phones: Iterable[str] = (),
    id_numbers: Iterable[str] = (),
) -> Register:
    """The volunteers of this community with these numbers, names and hashes. Four statements."""
    given = [{"number": n} for n in set(numbers) - {""}]
    wanted = set(names) - {""}
    words = await asyncio.to_thread(_words, wanted)
    hashes = [{"kind": "phone", "hash": h} for h in set(phones) - {""}]
    hashes += [{"kind": "id_number", "hash": h} for h in set(id_numbers) - {""}]
    by_number = await reads.fetch(_BY_NUMBER, community=community, numbers=given) if given else []
    taken = await reads.fetch(_TAKEN, community=community, numbers=given) if given else []
    by_word = await reads.fetch(_BY_WORD, community=community, words=words) if words else []
    by_hash = await reads.fetch(_BY_HASH, community=community, hashes=hashes) if hashes else []
    return await asyncio.to_thread(_gather, by_number, taken, by_word, by_hash, wanted)


def _words(names: Iterable[str]) -> list[dict[str, str]]:
    """The whole names as they stand among the words; of a Chinese name without working out its pinyin."""
    found = set()
    for name in names:
        if all(map(is_chinese, name)):
            found.add(name)
        else:
            found.update(words_of(name)[:1])
    return [{"word": word} for word in found]


def _gather(
    by_number: list[Row], taken: list[Row], by_word: list[Row], by_hash: list[Row], wanted: set[str]
) -> Register:
    found = Register()
    for row in by_number:
        found.by_number.setdefault(row["wanted"], _known(row))
    found.taken = {row["number"] for row in taken} - set(found.by_number)
    for row in by_word:
        if row["name"] in wanted:
            _enter(found.by_name[row["name"]], _known(row))
    for row in by_hash:
        to = found.by_phone if row["kind"] == "phone" else found.by_id_number
        _enter(to[row["wanted"]], _known(row))
    return found


def _known(row: Row) -> Known:
    return Known(row["id"], row["person"], row["number"], row["name"], row["status"], row["hash"] or "")


def _enter(where: list[Known], known: Known) -> None:
    if known not in where:
        where.append(known)
