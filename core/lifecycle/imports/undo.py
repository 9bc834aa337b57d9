"""Taking an import back: all that its act did, in one act, or nothing of it."""

from core.base.act import Unit
from core.base.errors import Message, NotFound, Refused
from core.lifecycle.imports.flow import may
from core.lifecycle.imports.runs import Run

_TAKE = """
update import_run set state = 'undone', undone_by = :by, changed_at = :now
where id = :run and community = :community and state = 'done' and act is not null
returning act
"""


async def undo(unit: Unit, run: Run) -> None:
    """Takes back what an import did. Raises BuiltOn (with reasons), NotFound, Refused (undone already)."""
    if not may(unit.viewer, run.kind):
        raise NotFound
    act = await unit.value(_TAKE, run=run.id, community=unit.community, by=unit.act, now=unit.now)
    if act is None:
        raise Refused(Message("This import was undone already, or is not in."))
    await run.kind.take_back(unit, act, run.report.wrote)
    await unit.audit("import.undo", "act", act, kind=run.kind.key)
