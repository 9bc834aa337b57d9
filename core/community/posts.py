"""Posts: who holds which, for which area, from when to when; the chain of responsibility; the contact card.

A person may hold many posts, and a post several people. The same person holds the same post of an area once
at a time. Names are for those who may read people; others see which posts are filled.
"""

from collections.abc import Iterable, Sequence

import msgspec

from core.base.act import Unit
from core.base.clock import day_of
from core.base.database import Row
from core.base.errors import Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.community.areas import Area
from core.community.communities import place
from core.community.consent import CONTACT_CARD, PURPOSES
from core.community.people import phones_of
from core.community.post_kinds import HELD_AT, STEWARDS
from core.community.teams import zone_here

# A person can be given a post where he serves, works, or holds one already; or in the act that enters him.
_CHECK = """
select count(*) as known, count(h.id) as held
from rows(:items; kind bigint, person bigint, area bigint) as r
join post_kind k on k.id = r.kind and k.community = :community
join area a on a.id = r.area and a.community = :community
join person p on p.id = r.person and p.erased_at is null and p.died_on is null
left join post h on h.area = r.area and h.kind = r.kind and h.person = r.person and h.to_day is null
    and h.community = :community
where p.act = :act or exists (select 1 from volunteer v where v.person = p.id and v.community = :community)
    or exists (select 1 from role_grant g where g.person = p.id and g.community = :community)
    or exists (select 1 from post o where o.person = p.id and o.community = :community)
"""

_ENTER = """
insert into post (community, public_id, kind, person, area, from_day, act)
select cast(:community as bigint), r.public_id, r.kind, r.person, r.area, r.from_day, cast(:act as bigint)
from rows(:items; public_id text, kind bigint, person bigint, area bigint, from_day text) as r where true
on conflict do nothing returning public_id
"""

_END = """
update post set to_day = case when from_day > :day then from_day else :day end
where community = :community and public_id = :public_id and to_day is null returning id, person
"""

# All kinds, each with who holds it at some areas. Entered by post_by_area.
_HELD = """
select k.key, k.name as kind, k.level, k.place, p.public_id, p.area, p.person, p.from_day, p.to_day, n.name,
    (select min(c.given_at) from consent c where c.person = p.person and c.community = :community
        and c.purpose = :purpose and c.version = :version and c.ended_at is null) as agreed
from post_kind k
left join post p on p.kind = k.id and p.area in ids(:areas) and +p.community = :community
    and (p.to_day is null or :past = 1)
left join person n on n.id = p.person
where k.community = :community
order by k.place, k.id, p.from_day, p.id
"""


_ONE = """
select p.id, p.public_id, p.person, p.from_day, p.to_day, n.name, n.public_id as person_public, k.key,
    k.name as kind, k.level, a.public_id as area, a.name as area_name, coalesce(v.number, '') as number,
    (select min(c.given_at) from consent c where c.person = p.person and c.community = :community
        and c.purpose = :purpose and c.version = :version and c.ended_at is null) as agreed_at
from post p join person n on n.id = p.person join post_kind k on k.id = p.kind join area a on a.id = p.area
left join volunteer v on v.person = p.person and v.community = :community
where p.public_id = :public_id and +p.community = :community
"""

# People who work here or hold a post here without being volunteers, by the beginning of a name.
_STAFF = """
select n.id, n.public_id, n.name from person n where n.erased_at is null and n.died_on is null
    and n.name like :pattern escape '!' and n.id in (
        select g.person from role_grant g where g.community = :community
        union select p.person from post p where p.community = :community)
    and not exists (select 1 from volunteer v where v.person = n.id and v.community = :community)
order by n.name, n.id limit 10
"""


class NewPost(msgspec.Struct, frozen=True):
    """A post for a person; `from_day` '' is today. All are ids."""

    kind: int
    person: int
    area: int
    from_day: str = ""


class Holder(msgspec.Struct, frozen=True):
    """Who holds a post. `person` is 0 and `name` '' for who may not see people."""

    public_id: str
    area: int
    person: int
    name: str
    from_day: str
    to_day: str | None
    agreed: bool  # to the contact card


class Seat(msgspec.Struct, frozen=True):
    """One kind of post and who holds it; no holders: vacant. `name` is a message id, or as typed."""

    key: str
    name: str
    level: int | None
    holders: tuple[Holder, ...]


class Posts(msgspec.Struct, frozen=True):
    """The posts of an area: the chain above and at it, the stewards at it, everything else at it."""

    chain: tuple[Seat, ...]
    stewards: tuple[Seat, ...]
    others: tuple[Seat, ...]
    past: tuple[Seat, ...] = ()


class Held(msgspec.Struct, frozen=True):
    """One post with its holder, for who may change it. Times in milliseconds since 1970 UTC."""

    id: int
    public_id: str
    person: int
    name: str
    number: str  # his volunteer number here, '' without one
    key: str
    kind: str
    level: int | None
    area: str  # public id
    area_name: str
    from_day: str
    to_day: str | None
    agreed_at: int | None  # when he agreed to stand on the contact card


class Entry(msgspec.Struct, frozen=True):
    """A line of the public card; without consent `name` and `phone` are ''."""

    name: str
    post: str
    level: int | None
    phone: str


def sees_people(viewer: Viewer) -> bool:
    """Whether a page may name people here: not to those who see totals only, such as the street office."""
    return viewer.may("volunteer.read") or viewer.may("team.read")


async def add_posts(unit: Unit, posts: Sequence[NewPost]) -> list[str]:
    """Gives posts; returns their public ids in order. Three statements, whatever their number.

    Raises Invalid (who: holds it already, from_day: still to come), NotFound (kind, person or area of another
    community, permission `area.write`).
    """
    unit.viewer.require("area.write")
    if not posts:
        return []
    today = day_of(unit.now, await zone_here(unit))
    items = [
        {
            "public_id": public_id(),
            "kind": p.kind,
            "person": p.person,
            "area": p.area,
            "from_day": p.from_day or today,
        }
        for p in posts
    ]
    if any(item["from_day"] > today for item in items):  # type: ignore[operator]  # days are text
        raise Invalid({"from_day": Message("This day is still to come.")})
    found = await unit.one(_CHECK, community=place(unit), items=items, act=unit.act)
    if found is None or found["known"] < len(items):
        raise NotFound
    twice = len({(i["kind"], i["person"], i["area"]) for i in items}) < len(items)
    rows = (
        []
        if found["held"] or twice
        else await unit.fetch(_ENTER, community=place(unit), items=items, act=unit.act)
    )
    if len(rows) < len(items):
        raise Invalid({"who": Message("This person holds this post here already.")})
    await unit.audit("post.add", "post", None, count=len(items))
    return [str(item["public_id"]) for item in items]


async def end_post(unit: Unit, shown: str, day: str = "") -> None:
    """Ends a post, on a day or today ('' ). Raises Invalid (to_day: still to come), NotFound."""
    unit.viewer.require("area.write")
    today = day_of(unit.now, await zone_here(unit))
    if day > today:
        raise Invalid({"to_day": Message("This day is still to come.")})
    row = await unit.one(_END, community=place(unit), public_id=shown, day=day or today)
    if row is None:
        raise NotFound
    await unit.audit("post.end", "post", row["id"], person=row["person"])


async def posts_of(viewer: Viewer, area: Area, *, past: bool = False) -> Posts:
    """The posts of an area and its chain of responsibility, vacant ones too. One statement.

    Raises NotFound without `area.read`.
    """
    viewer.require("area.read", area=area.path)
    rows = await _held(viewer, area, past=past)
    return _posts(area, rows, named=sees_people(viewer))


async def post_of(viewer: Viewer, shown: str) -> Held:
    """One post of this community. Raises NotFound without `area.write`."""
    viewer.require("area.write")
    row = await viewer.house.db.one(
        _ONE,
        community=viewer.community,
        public_id=shown,
        purpose=CONTACT_CARD,
        version=PURPOSES[CONTACT_CARD].version,
    )
    if row is None:
        raise NotFound
    return Held(**{k: row[k] for k in Held.__struct_fields__})


async def staff_named(viewer: Viewer, text: str) -> list[tuple[int, str, str]]:
    """Id, public id and name of people who work or hold a post here and are no volunteers. Ten at most."""
    viewer.require("area.write")
    plain = text.strip()
    for special in "!%_":
        plain = plain.replace(special, "!" + special)
    if not plain:
        return []
    pattern = f"{plain}%"
    rows = await viewer.house.db.fetch(_STAFF, community=viewer.community, pattern=pattern)
    return [(row["id"], row["public_id"], row["name"]) for row in rows]


async def chain_of(viewer: Viewer, area: Area) -> tuple[Seat, ...]:
    """The posts with a level at an area and above it here, the highest first; vacant ones too.

    Raises NotFound without `area.read`.
    """
    return (await posts_of(viewer, area)).chain


async def card_of(viewer: Viewer, area: Area) -> list[Entry]:
    """What anybody may read about who is responsible for an area: names and telephones by consent only.

    Two statements. Open to everybody: nothing in it is told without the consent of the person it is about.
    """
    rows = await _held(viewer, area)
    posts = _posts(area, rows, named=True)
    known = {seat.key for seat in posts.chain}
    seats = [*posts.chain, *(s for s in (*posts.stewards, *posts.others) if s.key not in known)]
    named = sorted({h.person for s in seats for h in s.holders if h.agreed})
    phones = await phones_of(viewer.house, viewer.house.db, named) if named else {}
    return [
        Entry(
            name=holder.name if holder.agreed else "",
            post=seat.name,
            level=seat.level,
            phone=phones.get(holder.person, "") if holder.agreed else "",
        )
        for seat in seats
        for holder in seat.holders
    ]


async def _held(viewer: Viewer, area: Area, *, past: bool = False) -> list[Row]:
    return await viewer.house.db.fetch(
        _HELD,
        community=viewer.community,
        areas=_line_of(area),
        purpose=CONTACT_CARD,
        version=PURPOSES[CONTACT_CARD].version,
        past=int(past),
    )


def _line_of(area: Area) -> list[int]:
    """An area and all above it, by its path; those above the community belong to nobody's posts."""
    return [int(part) for part in area.path.split("/") if part]


def _posts(area: Area, rows: Iterable[Row], *, named: bool) -> Posts:
    kinds: dict[str, Row] = {}
    held: dict[str, list[Holder]] = {}
    for row in rows:
        kinds.setdefault(row["key"], row)
        holders = held.setdefault(row["key"], [])
        if row["public_id"] is not None:
            holders.append(
                Holder(
                    row["public_id"],
                    row["area"],
                    row["person"] if named else 0,
                    (row["name"] or "") if named else "",
                    row["from_day"],
                    row["to_day"],
                    row["agreed"] is not None,
                )
            )

    def places(keys: Iterable[str], *, here: bool, now: bool = True) -> tuple[Seat, ...]:
        return tuple(
            Seat(
                key,
                kinds[key]["kind"],
                kinds[key]["level"],
                tuple(h for h in held[key] if (not here or h.area == area.id) and (h.to_day is None) is now),
            )
            for key in keys
            if key in kinds
        )

    leveled = sorted((k for k, r in kinds.items() if r["level"] is not None), key=lambda k: kinds[k]["level"])
    stewards = places(STEWARDS, here=True)
    rest = [key for key, row in kinds.items() if row["level"] is None and key not in STEWARDS]
    return Posts(
        chain=tuple(p for p in places(leveled, here=False) if p.holders or _belongs(p.key, area)),
        stewards=stewards if area.kind == "grid" or any(p.holders for p in stewards[1:]) else (),
        others=tuple(p for p in places(rest, here=True) if p.holders),
        past=tuple(p for p in places(kinds, here=True, now=False) if p.holders),
    )


def _belongs(key: str, area: Area) -> bool:
    """Whether a vacant post of the chain is to be shown: those held at this kind of area or above it."""
    order = ("community", "station", "grid", "estate", "building", "unit")
    at = HELD_AT.get(key)
    if at is None or area.kind not in order:
        return True
    return any(order.index(kind) <= order.index(area.kind) for kind in at)
