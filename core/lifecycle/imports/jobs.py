"""The background work of imports: files that wait are checked or written, one after the other."""

import asyncio
import logging
from typing import Any

import msgspec

from core.base.act import Unit, note
from core.base.clock import DAY
from core.base.database import Row
from core.base.errors import Message, Refused, Unavailable
from core.base.house import House
from core.base.sql import to_json
from core.base.viewer import Viewer
from core.lifecycle.imports.content import findings_of, pack_findings, unpack_table
from core.lifecycle.imports.faults import BadFile
from core.lifecycle.imports.flow import Changed, Told, Wish, check, take_in
from core.lifecycle.imports.runs import Report, Run, content_of, report_of, run_of
from core.lifecycle.imports.table import Table

log = logging.getLogger("linli.imports")

_WAITING = """
-- everywhere (import_run): one job works for all communities
select public_id, community, person from import_run
where state in ('checking', 'wanted') order by changed_at, id limit :most
"""

_TOLD = """
update import_run set done = whole * :percent / 100
where id = :run and community = :community and state in ('checking', 'wanted')
"""

_CHECKED = """
update import_run set state = :to, report = :report, content = :content, done = whole, changed_at = :now
where id = :run and community = :community and state in ('checking', 'wanted')
"""

_END = """
update import_run set state = :to, report = :report, done = whole, changed_at = :now,
    content = case when :to = 'done' then '' else content end
where id = :run and community = :community and state in ('checking', 'wanted')
"""

_DONE = """
update import_run set state = 'done', act = :act, report = :report, content = '', choices = '{}',
    done = whole, changed_at = :now
where id = :run and community = :community and state = 'wanted'
"""

_SWEEP = """
-- everywhere (import_run): one job clears up for all communities
update import_run set state = 'dropped', content = '', report = '{}', choices = '{}'
where state in ('read', 'checking', 'checked', 'failed') and changed_at < :before
"""

_BROKEN = Message("Something went wrong. It was written down for the operator; nothing was taken in.")


async def is_waiting(house: House) -> bool:
    """Whether a file waits to be checked or written."""
    return bool(await house.db.fetch(_WAITING, most=1))


async def work_on(house: House) -> int:
    """Checks or writes what waits; returns how many files. A second run changes nothing."""
    rows = await house.db.fetch(_WAITING, most=20)
    for row in rows:
        await _work_on_one(house, row)
    return len(rows)


async def sweep(house: House) -> int:
    """Drops files that nobody went on with for a day."""

    async def work(unit: Unit) -> int:
        return await unit.execute(_SWEEP, before=unit.now - DAY)

    return await note(house, work)


async def _work_on_one(house: House, row: Row) -> None:
    # Whoever agreed to it was allowed to, at that moment; the house does it in his name.
    viewer = Viewer(house, person=row["person"], community=row["community"], system=True)
    run = await run_of(viewer, row["public_id"])
    try:
        content = await content_of(house.db, viewer.community, run)
        table = await asyncio.to_thread(unpack_table, house.vault, run.public_id, content)
        wish = Wish(run.kind, table, run.choices.columns, run.choices.same, run.digest)
        if run.state == "wanted":
            await _write(viewer, run, wish)
        else:
            await _check(viewer, run, wish)
    except Unavailable:
        raise  # the database was busy: the job comes again
    except Refused as refusal:
        await _end(viewer, run, "failed", Report(why=str(refusal.message)))
    except Exception:
        log.exception("an import of community %s failed", viewer.community)
        await _end(viewer, run, "failed", Report(why=_BROKEN.id))


def _teller(viewer: Viewer, run: Run) -> Told:
    async def told(percent: int) -> None:
        async def work(unit: Unit) -> int:
            return await unit.execute(_TOLD, run=run.id, community=viewer.community, percent=percent)

        await note(viewer.house, work)

    return told


async def _check(viewer: Viewer, run: Run, wish: Wish, remark: str = "") -> None:
    checked = await check(viewer, wish, _teller(viewer, run))
    vault = viewer.house.vault
    found = findings_of(checked.plan, wish.table)
    sealed = await asyncio.to_thread(pack_findings, vault, run.public_id, found)
    content = await content_of(viewer.house.db, viewer.community, run)

    async def work(unit: Unit) -> int:
        return await unit.execute(
            _CHECKED,
            run=run.id,
            community=viewer.community,
            to="checked",
            report=to_json(report_of(checked, wish.table, remark)),
            content=content.partition("\n")[0] + "\n" + sealed,
            now=unit.now,
        )

    await note(viewer.house, work)


async def _write(viewer: Viewer, run: Run, wish: Wish) -> None:
    async def finish(unit: Unit, counts: dict[str, int], wrote: dict[str, Any]) -> None:
        await keep_done(unit, run, wish.table, counts, wrote)

    try:
        done = await take_in(viewer, wish, finish, shown=run.report.outline, told=_teller(viewer, run))
    except (Changed, BadFile):
        await _check(viewer, run, wish, "changed")
        return
    if done.act is None or done.replayed:
        await _end(viewer, run, "done", Report(note="again"))


async def keep_done(
    unit: Unit, run: Run, table: Table, counts: dict[str, int], wrote: dict[str, Any]
) -> None:
    """Notes, in the act that wrote the file, that it is in. Raises Refused when it was dropped meanwhile."""
    report = Report(counts=counts, left_out=len(table.left_out), skipped=len(table.skipped), wrote=wrote)
    kept = await unit.execute(
        _DONE,
        run=run.id,
        community=unit.community,
        act=unit.act,
        report=to_json(report),
        now=unit.now,
    )
    if not kept:
        raise Refused(Message("This file is in already, or was dropped."))


async def _end(viewer: Viewer, run: Run, to: str, report: Report) -> None:
    kept = msgspec.structs.replace(report, counts=report.counts or run.report.counts)

    async def work(unit: Unit) -> int:
        return await unit.execute(
            _END, run=run.id, community=viewer.community, to=to, report=to_json(kept), now=unit.now
        )

    await note(viewer.house, work)
