"""The way of a file: checked as often as one likes, then written in one act or not at all.

What the database says may change between the look and the act. So the act counts, under the community's lock,
the audit lines of the register that were added since; if there are any, everything is looked at again.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.database import Reads
from core.base.errors import Message, NotFound, Refused
from core.base.viewer import Viewer
from core.lifecycle.imports.areas import Areas
from core.lifecycle.imports.faults import BadFile
from core.lifecycle.imports.kind import Answers, Kind, Plan, Setting, read_cells
from core.lifecycle.imports.openings import Openings
from core.lifecycle.imports.records import Records
from core.lifecycle.imports.table import Table
from core.lifecycle.imports.teams import Teams
from core.lifecycle.imports.volunteers import Volunteers

KINDS: Mapping[str, Kind] = {
    kind.key: kind for kind in (Volunteers(), Teams(), Areas(), Openings(), Records())
}
TRIES = 4
_MARGIN = 200  # audit ids are given out before they are seen: so many back are counted again

_COMMUNITY = "select zone, locale from community where id = :community"

_SEEN = "select max(id) from audit where community = :community"

_MOVED = """
select count(*) from audit where community = :community and id > :floor
    and (action like 'person.%' or action like 'volunteer.%' or action like 'team.%' or action like 'area.%'
         or action like 'points.opening%' or action like 'attendance.past%')
"""

_LOCK = "select id from community where id = :community for_update"

_UNDONE = """
select count(*) from import_run
where community = :community and kind = :kind and digest = :digest and state = 'undone'
"""

Told = Callable[[int], Awaitable[None]]  # percent of the way
Finish = Callable[[Unit, dict[str, int], dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken in: the table, which column is what, who is the same as whom."""

    kind: Kind
    table: Table
    chosen: Sequence[str]
    answers: Answers
    digest: str  # of the file's bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan, and where the register stood when it was made."""

    plan: Plan
    setting: Setting
    floor: int
    moved: int

    @property
    def outline(self) -> str:
        """Equal for two plans that would do the same."""
        said = [
            self.plan.outline,
            self.plan.counts,
            [(p.key, p.other_number, p.other_line, p.answer) for p in self.plan.proposals],
        ]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken in; `act` is None where everything was there already."""

    act: int | None
    counts: dict[str, int]
    replayed: bool = False


class Changed(Refused):
    """The plan is not what was shown: the register was changed since."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(Message("The register was changed meanwhile. Look at it once more."))
        self.checked = checked


class _Moved(Exception):
    """Somebody changed the register between our look and our act."""


async def nobody_listens(percent: int) -> None:
    """Progress nobody asked for."""


async def setting_of(viewer: Viewer) -> Setting:
    """Where the viewer would take a file in. Raises NotFound without the permission."""
    viewer.require("import.run")
    house = viewer.house
    row = await house.db.one(_COMMUNITY, community=viewer.community)
    if row is None or viewer.community is None:
        raise NotFound
    now = house.clock.now()
    return Setting(house, viewer.community, row["zone"], day_of(now, row["zone"]), now, row["locale"])


def may(viewer: Viewer, kind: Kind) -> bool:
    """Whether the viewer may take in files of this kind."""
    return viewer.may("import.run") and all(viewer.may(name) for name in kind.permissions)


async def check(viewer: Viewer, wish: Wish, told: Told = nobody_listens) -> Checked:
    """The dry run: what would be added, what is wrong, what is asked. Changes nothing. Raises NotFound."""
    setting = await setting_of(viewer)
    if not may(viewer, wish.kind):
        raise NotFound
    reads = viewer.house.db
    floor, moved = await _stand(reads, setting.community)
    await told(5)
    cells = await asyncio.to_thread(read_cells, wish.kind, wish.table, wish.chosen, setting)
    await told(30)
    entries = await asyncio.to_thread(wish.kind.entries, cells, setting)
    await told(45)
    known = await wish.kind.look(reads, cells, entries, wish.answers, setting)
    await told(75)
    plan = await asyncio.to_thread(wish.kind.plan, cells, entries, known, wish.answers, setting)
    plan.faults = sorted(cells.faults, key=lambda fault: (fault.sheet, fault.line))
    await told(90)
    return Checked(plan, setting, floor, moved)


async def _stand(reads: Reads, community: int, floor: int | None = None) -> tuple[int, int]:
    """How many lines the register's audit has above an id."""
    if floor is None:
        floor = (await reads.value(_SEEN, community=community) or 0) - _MARGIN
    return floor, await reads.value(_MOVED, community=community, floor=floor)


async def take_in(
    viewer: Viewer,
    wish: Wish,
    finish: Finish,
    *,
    checked: Checked | None = None,
    shown: str | None = None,
    told: Told = nobody_listens,
) -> Imported:
    """Checks it (unless that was done just now) and writes it, in one act.

    `shown` is the outline of the plan that was agreed to: with another one nothing is written.

    `finish` keeps, in the same act, what was counted and what undoing needs. Raises BadFile, Changed,
    NotFound, Refused, Unavailable; nothing was changed then.
    """
    for _ in range(TRIES):
        checked = checked or await check(viewer, wish, told)
        if checked.plan.faults:
            raise BadFile(checked.plan.faults)
        if shown is not None and checked.outline != shown:
            raise Changed(checked)
        if checked.plan.empty:
            return Imported(None, checked.plan.counts)
        ready = await asyncio.to_thread(wish.kind.prepare, checked.plan, checked.setting)
        await told(95)
        request = await _request_id(viewer, wish, checked)

        async def work(unit: Unit, checked: Checked = checked, ready: Any = ready) -> dict[str, Any]:
            return await _write(unit, wish, checked, ready, finish)

        try:
            done = await act(viewer, "import." + wish.kind.key, request, [wish.kind.key, wish.digest], work)
        except _Moved:
            checked = None
            continue
        return Imported(done.act, done.answer["counts"], done.replayed)
    raise Refused(Message("Others are changing the register just now. Please try again in a moment."))


async def _request_id(viewer: Viewer, wish: Wish, checked: Checked) -> str:
    """The same file with the same choices and the same effect is one act; after an undo it is another."""
    undone = await viewer.house.db.value(
        _UNDONE, community=viewer.community, kind=wish.kind.key, digest=wish.digest
    )
    choices = [list(wish.chosen), dict(wish.answers), checked.outline, undone]
    return "import:" + viewer.house.vault.digest(viewer.community, wish.kind.key, wish.digest, choices)


async def _write(unit: Unit, wish: Wish, checked: Checked, ready: Any, finish: Finish) -> dict[str, Any]:
    await unit.fetch(_LOCK, community=unit.community)
    _, moved = await _stand(unit, checked.setting.community, checked.floor)
    if moved != checked.moved:
        raise _Moved
    wrote = await wish.kind.write(unit, checked.plan, ready)
    counts = checked.plan.counts
    await finish(unit, counts, wrote)
    await unit.audit("import." + wish.kind.key, "community", unit.community, counts=counts)
    return {"counts": counts}
