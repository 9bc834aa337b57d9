"""Communities: what a neighbourhood is called, its day, its settings."""

import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from core.base.act import Unit
from core.base.errors import ConstraintBroken, Invalid, Message, NotFound
from core.base.house import House
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.community.post_kinds import enter_post_kinds
from core.community.roles import ensure_roles

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
RESERVED = frozenset(
    ("api", "admin", "design", "healthz", "new", "prefs", "sign-in", "sign-out", "static", "x")
)

_CREATE = """
insert into community (slug, name, area, zone, locale, help_phone, settings, created_at)
values (:slug, :name, :area, :zone, :locale, :help_phone, :settings, :at)
returning id
"""

_TAKE_NODE = "update area set community = :community where id = :area and community is null"

_ADD_HOLIDAYS = """
insert into holiday (community, day, name, kind)
select :community, r.day, r.name, r.kind from rows(:items; day text, name text, kind text) as r where true
on conflict (community, day) do update set name = excluded.name, kind = excluded.kind
"""


_OF_PERSON = """
select c.slug, c.name, c.help_phone
-- everywhere (volunteer, role_grant, area): a person's own communities, whichever they are
from community c join area n on n.id = c.area
where c.closed_at is null and (
    exists (select 1 from volunteer v where v.community = c.id and v.person = :person and v.status = 'active')
    or exists (select 1 from role_grant g left join area a on a.id = g.area
               where g.person = :person and g.from_at <= :now and (g.to_at is null or g.to_at > :now)
                 and (g.community = c.id or (g.community is null
                      and (a.path is null or a.path = substr(n.path, 1, length(a.path)))))))
order by c.name, c.id
"""


_CHANGE = """
update community set name = :name, help_phone = :help_phone, zone = :zone, locale = :locale,
    version = version + 1
where id = :id
"""

_HOLIDAYS = "select day, name, kind from holiday where community = :community order by day desc limit 200"

LONGEST_NAME = 60
LONGEST_PHONE = 40


class OpenCommunity(msgspec.Struct, frozen=True):
    """A community as anybody may see it."""

    slug: str
    name: str
    help_phone: str


class Holiday(msgspec.Struct, frozen=True):
    """A day that is not what its weekday says: `kind` is 'holiday' or 'workday'."""

    day: str
    name: str
    kind: str


def place(unit: Unit) -> int:
    """The community an act happens in. Raises NotFound for an act outside all of them."""
    if unit.community is None:
        raise NotFound
    return unit.community


async def create_community(
    unit: Unit,
    slug: str,
    name: str,
    area: int,
    *,
    zone: str = "Asia/Shanghai",
    locale: str = "zh-Hans",
    help_phone: str = "",
    settings: dict[str, Any] | None = None,
) -> int:
    """Opens a community, with its standard posts, on a node of the area forest; returns its id.

    Raises Invalid (slug, name, area, zone, locale), NotFound without permission `operator`.
    """
    unit.viewer.require("operator")
    wrong = _wrong(slug, name, zone, locale)
    if wrong:
        raise Invalid(wrong)
    await ensure_roles(unit)
    try:
        community: int = await unit.value(
            _CREATE,
            slug=slug,
            name=name.strip(),
            area=area,
            zone=zone,
            locale=locale,
            help_phone=help_phone,
            settings=to_json(settings or {}),
            at=unit.now,
        )
    except ConstraintBroken as error:
        if "slug" in error.constraint:
            raise Invalid({"slug": Message("Another community has this address.")}) from error
        raise Invalid({"area": Message("This area has a community already.")}) from error
    if await unit.execute(_TAKE_NODE, community=community, area=area) != 1:
        raise Invalid({"area": Message("This area has a community already.")})
    await enter_post_kinds(unit, community)
    await unit.audit("community.create", "community", community)
    return community


def _wrong(slug: str, name: str, zone: str, locale: str) -> dict[str, Message]:
    wrong = {}
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        wrong["slug"] = Message("Use 3 to 40 small letters, digits and dashes; some words are taken.")
    if not name.strip():
        wrong["name"] = Message("Please give the name.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wrong["zone"] = Message("There is no time zone of this name.")
    if locale not in LANGUAGES:
        wrong["locale"] = Message("This language is not available.")
    return wrong


async def change_community(unit: Unit, name: str, help_phone: str, zone: str, locale: str) -> None:
    """Changes what a community is called, its help telephone, time zone and language. Raises Invalid."""
    unit.viewer.require("community.settings")
    wrong = _wrong("any", name, zone, locale)
    if len(name.strip()) > LONGEST_NAME:
        wrong["name"] = Message("Give a name of at most %(most)s characters.", most=LONGEST_NAME)
    if len(help_phone) > LONGEST_PHONE:
        wrong["help_phone"] = Message("This is too long: at most %(most)s characters.", most=LONGEST_PHONE)
    if wrong:
        raise Invalid(wrong)
    values = {"name": name.strip(), "help_phone": help_phone.strip(), "zone": zone, "locale": locale}
    await unit.execute(_CHANGE, id=place(unit), **values)
    await unit.audit("community.change", "community", place(unit))


async def change_settings(unit: Unit, **changes: Any) -> None:
    """Changes some settings of the community; None takes one away. Seen at once by every worker."""
    unit.viewer.require("community.settings")
    text = await unit.value("select settings from community where id = :id for_update", id=place(unit))
    if text is None:
        raise NotFound
    settings: dict[str, Any] = {**msgspec.json.decode(text), **changes}
    await unit.execute(
        "update community set settings = :settings, version = version + 1 where id = :id",
        settings=to_json({k: v for k, v in settings.items() if v is not None}),
        id=place(unit),
    )
    await unit.audit("community.settings", "community", place(unit), changed=sorted(changes))


async def add_holidays(unit: Unit, holidays: list[Holiday]) -> None:
    """Enters holidays and make-up workdays; a day entered again is replaced."""
    unit.viewer.require("community.settings")
    items = [msgspec.to_builtins(h) for h in holidays]
    await unit.execute(_ADD_HOLIDAYS, community=place(unit), items=items)
    await unit.execute("update community set version = version + 1 where id = :id", id=place(unit))


async def remove_holiday(unit: Unit, day: str) -> None:
    """Takes a holiday or make-up workday out. Raises NotFound."""
    unit.viewer.require("community.settings")
    gone = await unit.execute(
        "delete from holiday where community = :community and day = :day", community=place(unit), day=day
    )
    if not gone:
        raise NotFound
    await unit.execute("update community set version = version + 1 where id = :id", id=place(unit))


async def holidays_of(viewer: Viewer) -> list[Holiday]:
    """The community's holidays and make-up workdays, the latest first; open to everybody here."""
    rows = await viewer.house.db.fetch(_HOLIDAYS, community=viewer.community)
    return [Holiday(row["day"], row["name"], row["kind"]) for row in rows]


_JOINABLE = """
select slug, name, help_phone, settings from community where closed_at is null order by name, id limit 500
"""


async def taking_applications(house: House) -> list[OpenCommunity]:
    """The communities whose page for new volunteers is open, by name. One statement."""
    rows = await house.db.fetch(_JOINABLE)
    return [
        OpenCommunity(r["slug"], r["name"], r["help_phone"])
        for r in rows
        if takes_applications(msgspec.json.decode(r["settings"]))
    ]


def takes_applications(settings: dict[str, Any]) -> bool:
    """Whether a community takes applications on the web; it does until its settings say otherwise."""
    return settings.get("applications", True) is not False


async def communities_of(viewer: Viewer) -> list[OpenCommunity]:
    """The communities the viewer belongs to, as a volunteer or by a role, by name. One statement."""
    rows = await viewer.house.db.fetch(_OF_PERSON, person=viewer.person, now=viewer.house.clock.now())
    return [OpenCommunity(r["slug"], r["name"], r["help_phone"]) for r in rows]
