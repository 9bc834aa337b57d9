"""Files on their way in, as rows: brought, looked at, wanted, done, undone, dropped.

The content waits sealed, and is gone as soon as the file is in or dropped. What is wrong with it may quote
it, so that is sealed too; the row itself knows numbers only.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from core.base.act import Unit
from core.base.database import Reads, Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.ids import public_id
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.lifecycle.imports.content import pack
from core.lifecycle.imports.flow import KINDS, Checked, may
from core.lifecycle.imports.headings import heading_key
from core.lifecycle.imports.kind import Kind
from core.lifecycle.imports.table import Table

_MOST_NAME = 200

_BEGIN = """
insert into import_run (community, public_id, person, kind, file_name, digest, state, content, choices,
    report, whole, created_at, changed_at)
values (:community, :public_id, cast(:person as bigint), :kind, :file_name, :digest, 'read', :content,
    :choices, '{}', :whole, :now, :now)
returning id
"""

_COLUMNS = """
select r.id, r.public_id, r.person, r.kind, r.file_name, r.digest, r.state, r.choices, r.report, r.done,
    r.whole, r.act, r.created_at, r.changed_at, p.name, u.at as undone_at, q.name as undone_by
from import_run r left join person p on p.id = r.person
left join act u on u.id = r.undone_by and +u.community = r.community left join person q on q.id = u.actor
where r.community = :community and r.public_id = :public
"""

_LIST = """
select r.id, r.public_id, r.person, r.kind, r.file_name, r.digest, r.state, r.choices, r.report, r.done,
    r.whole, r.act, r.created_at, r.changed_at, p.name, u.at as undone_at, q.name as undone_by
from import_run r left join person p on p.id = r.person
left join act u on u.id = r.undone_by and +u.community = r.community left join person q on q.id = u.actor
where r.community = :community and r.id < :before and r.state <> 'dropped'
order by r.id desc limit :most
"""

_CONTENT = "select content from import_run where id = :run and community = :community"

_HEADINGS = "select heading, column_key from import_heading where community = :community and kind = :kind"

_REMEMBER = """
insert into import_heading (community, kind, heading, column_key)
select cast(:community as bigint), cast(:kind as text), r.heading, r.column_key
from rows(:items; heading text, column_key text) as r where true
on conflict (community, kind, heading) do update set column_key = excluded.column_key
"""

_MOVE = """
update import_run set state = :to, choices = coalesce(cast(:choices as text), choices), done = 0,
    changed_at = :now
where id = :run and community = :community and state in (select s.name from rows(:from; name text) as s)
"""

_DROP = """
update import_run set state = 'dropped', content = '', report = '{}', choices = '{}', changed_at = :now
where id = :run and community = :community
    and state in ('read', 'checking', 'checked', 'failed', 'wanted')
"""


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was chosen: a key for each column, and who is the same as whom."""

    columns: list[str] = []
    same: dict[str, bool] = {}


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the row says of the file: numbers only. `note`: 'changed' or 'again'; `why` of a failure."""

    counts: dict[str, int] = {}
    faults: int = 0
    asked: int = 0
    adds: int = 0
    outline: str = ""
    left_out: int = 0
    skipped: int = 0
    note: str = ""
    why: str = ""
    wrote: dict[str, Any] = {}


class Run(msgspec.Struct, frozen=True):
    """A file on its way in, or one that is in. Times in milliseconds since 1970 UTC."""

    id: int
    public_id: str
    kind: Kind
    file_name: str
    digest: str
    state: str
    choices: Choices
    report: Report
    done: int
    whole: int
    act: int | None
    who: str  # '' for the command line
    person: int | None
    created_at: int
    changed_at: int
    undone_at: int | None
    undone_by: str


class Brought(msgspec.Struct, frozen=True):
    """A file that was read; `suggested` is a column key for each heading."""

    kind: Kind
    file_name: str
    digest: str
    table: Table
    suggested: Sequence[str]


def report_of(checked: Checked, table: Table, note: str = "") -> Report:
    plan = checked.plan
    return Report(
        counts=plan.counts,
        faults=len(plan.faults),
        asked=len(plan.proposals),
        adds=plan.adds,
        outline=checked.outline,
        left_out=len(table.left_out),
        skipped=len(table.skipped),
        note=note,
    )


async def begin(unit: Unit, brought: Brought) -> str:
    """Keeps a file that was read, sealed; returns its public id. Raises NotFound."""
    _require(unit.viewer, brought.kind)
    public = public_id()
    await unit.execute(
        _BEGIN,
        community=unit.community,
        public_id=public,
        person=unit.actor,
        kind=brought.kind.key,
        file_name=brought.file_name[-_MOST_NAME:],
        digest=brought.digest,
        content=pack(unit.house.vault, public, brought.table),
        choices=to_json(Choices(list(brought.suggested))),
        whole=len(brought.table.rows),
        now=unit.now,
    )
    rows = len(brought.table.rows)
    await unit.audit("import.begin", "community", unit.community, kind=brought.kind.key, rows=rows)
    return public


async def choose(unit: Unit, run: Run, table: Table, columns: Sequence[str]) -> None:
    """Chooses what the columns hold, remembers it, and lets the file be checked. Raises NotFound, Refused."""
    _require(unit.viewer, run.kind)
    await _move(unit, run, ("read", "checked", "failed"), "checking", Choices(list(columns)))
    pairs = zip(table.headings, columns, strict=True)
    items = {heading_key(heading): key for heading, key in pairs if heading_key(heading) and key}
    rows = [{"heading": heading, "column_key": key} for heading, key in items.items()]
    if rows:
        await unit.execute(_REMEMBER, community=unit.community, kind=run.kind.key, items=rows)


async def agree(unit: Unit, run: Run, same: dict[str, bool], asked: dict[str, bool]) -> bool:
    """Agrees to what the check showed; returns whether it is wanted now.

    With other answers than those it was checked with (`asked`) it is checked once more first. Raises
    NotFound, Refused (somebody was quicker), Invalid (there is something wrong in it, or nothing to add).
    """
    _require(unit.viewer, run.kind)
    if run.report.faults and same == asked:
        raise Invalid({"": Message("Correct the file first; nothing of it was taken in.")})
    wanted = same == asked
    if wanted and not run.report.adds:
        raise Invalid({"": Message("There is nothing to add.")})
    choices = Choices(run.choices.columns, same)
    await _move(unit, run, ("checked",), "wanted" if wanted else "checking", choices)
    await unit.audit("import.agree", "community", unit.community, wanted=int(wanted))
    return wanted


async def drop(unit: Unit, run: Run) -> None:
    """Drops a file that is not in: its content is gone. Raises NotFound, Refused."""
    _require(unit.viewer, run.kind)
    if not await unit.execute(_DROP, run=run.id, community=unit.community, now=unit.now):
        raise Refused(Message("This file is in already, or was dropped."))
    await unit.audit("import.drop", "community", unit.community)


async def _move(unit: Unit, run: Run, before: Sequence[str], to: str, choices: Choices) -> None:
    moved = await unit.execute(
        _MOVE,
        run=run.id,
        community=unit.community,
        to=to,
        choices=to_json(choices),
        now=unit.now,
        **{"from": [{"name": state} for state in before]},
    )
    if not moved:
        raise Refused(Message("Somebody has just gone on with this file. Look again."))


def _require(viewer: Viewer, kind: Kind) -> None:
    if not may(viewer, kind):
        raise NotFound


async def runs(viewer: Viewer, before: int = 2**62, most: int = 30) -> list[Run]:
    """The files brought here, the latest first. One statement. Raises NotFound."""
    viewer.require("import.run")
    rows = await viewer.house.db.fetch(_LIST, community=viewer.community, before=before, most=most)
    return [_run(row) for row in rows if row["kind"] in KINDS]


async def run_of(viewer: Viewer, public: str) -> Run:
    """One file. One statement. Raises NotFound."""
    viewer.require("import.run")
    row = await viewer.house.db.one(_COLUMNS, community=viewer.community, public=public)
    if row is None or row["kind"] not in KINDS or row["state"] == "dropped":
        raise NotFound
    return _run(row)


async def content_of(reads: Reads, community: int | None, run: Run) -> str:
    """What waits sealed; '' when it is gone."""
    return str(await reads.value(_CONTENT, run=run.id, community=community) or "")


async def remembered(reads: Reads, community: int | None, kind: Kind) -> dict[str, str]:
    """What a community has chosen for headings before: heading key → column key."""
    rows = await reads.fetch(_HEADINGS, community=community, kind=kind.key)
    return {row["heading"]: row["column_key"] for row in rows}


def _run(row: Row) -> Run:
    return Run(
        id=row["id"],
        public_id=row["public_id"],
        kind=KINDS[row["kind"]],
        file_name=row["file_name"],
        digest=row["digest"],
        state=row["state"],
        choices=msgspec.json.decode(row["choices"], type=Choices),
        report=msgspec.json.decode(row["report"], type=Report),
        done=row["done"],
        whole=row["whole"],
        act=row["act"],
        who=row["name"] or "",
        person=row["person"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        undone_at=row["undone_at"],
        undone_by=row["undone_by"] or "",
    )
