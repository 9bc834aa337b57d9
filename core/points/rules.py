"""Rule sheets: a programme's rules in a community, one immutable version after the other."""

from dataclasses import dataclass, field

import msgspec

from core.base.act import Unit
from core.base.clock import day_of
from core.base.errors import Invalid, Message, NotFound
from core.base.house import House
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.points.access import require
from core.points.caps import Caps

_LOCK_COMMUNITY = """
update community set version = version + 1 where id = :community
returning zone, (select max(version) from rule_sheet
                 where community = :community and programme = :programme) as last
"""

_PUBLISH = """
insert into rule_sheet (community, programme, version, from_day, rules, publisher, act, at)
values (:community, :programme, :version, :from_day, :rules, :publisher, :act, :at)
returning id
"""

_IN_FORCE = """
select id, community, programme, version, from_day, rules from rule_sheet
where community = :community and programme = :programme and from_day <= :day
order by version desc limit 1
"""

_NOW = """
select s.id, s.community, s.programme, s.version, s.from_day, s.rules from rule_sheet s
where s.community = :community and s.version = (
    select max(o.version) from rule_sheet o
    where o.community = s.community and o.programme = s.programme and o.from_day <= :day)
"""

_VERSIONS = """
select id, community, programme, version, from_day, rules from rule_sheet
where community = :community and programme = :programme
order by version desc limit 100
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One published version. `rules` is the JSON of the programme's rules struct."""

    id: int
    community: int
    programme: str
    version: int
    from_day: str
    rules: bytes = field(repr=False)


class Terms(msgspec.Struct, frozen=True):
    """What the core itself reads of a programme's rules."""

    caps: Caps = Caps()


def terms(rules: bytes | str) -> Terms:
    """The core's part of a rule sheet."""
    return msgspec.json.decode(rules, type=Terms)


def _sheet(row: object) -> Sheet:
    values = dict(row)  # type: ignore[call-overload]  # rows of both engines are mappings
    return Sheet(**{**values, "rules": values["rules"].encode()})


def check_from_day(from_day: str, today: str) -> None:
    """Raises Invalid (from_day) where rules after the first ones would start in the past."""
    if from_day < today:
        raise Invalid(
            {"from_day": Message("New rules start today or later; finished service keeps its rules.")}
        )


async def publish(unit: Unit, programme: str, rules: msgspec.Struct, from_day: str) -> int:
    """Publishes the next version of a programme's rules, in force from `from_day`; returns its version.

    A first version may start in the past (the community starts with its old records); a later one starts
    today or after, so that nobody's finished service changes its rules. Raises Invalid (from_day), NotFound.
    """
    require(unit, "community.settings")
    row = await unit.one(_LOCK_COMMUNITY, community=unit.community, programme=programme)
    if row is None:
        raise NotFound
    if row["last"] is not None:
        check_from_day(from_day, day_of(unit.now, row["zone"]))
    version: int = (row["last"] or 0) + 1
    sheet = await unit.value(
        _PUBLISH,
        community=unit.community,
        programme=programme,
        version=version,
        from_day=from_day,
        rules=to_json(rules),
        publisher=unit.actor,
        act=unit.act,
        at=unit.now,
    )
    await unit.audit("rules.publish", "rule_sheet", sheet, programme=programme, version=version)
    return version


async def in_force(house: House, community: int, programme: str, day: str) -> Sheet | None:
    """The version that holds on a day: the latest published of those that had started by then."""
    row = await house.db.one(_IN_FORCE, community=community, programme=programme, day=day)
    return None if row is None else _sheet(row)


async def all_in_force(viewer: Viewer, day: str) -> dict[str, Sheet]:
    """The versions that hold on a day, by programme: anybody of the community may read them."""
    rows = await viewer.house.db.fetch(_NOW, community=viewer.community, day=day)
    return {row["programme"]: _sheet(row) for row in rows}


async def versions(viewer: Viewer, programme: str) -> list[Sheet]:
    """Every version of a programme's rules here, the newest first: anybody of the community may read them."""
    rows = await viewer.house.db.fetch(_VERSIONS, community=viewer.community, programme=programme)
    return [_sheet(row) for row in rows]
