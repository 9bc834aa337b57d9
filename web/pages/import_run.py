"""One file on its way in: which column is what, the check's report, the agreement, and taking it back."""

import asyncio
from collections import Counter

from core.base import sheets
from core.base.act import Unit, act
from core.base.errors import Invalid, Message, NotFound, Refused
from core.community.entered import BuiltOn
from core.lifecycle.imports.content import Findings, unpack_findings, unpack_table
from core.lifecycle.imports.faults import BadFile
from core.lifecycle.imports.kind import LEFT_OUT, check_choice
from core.lifecycle.imports.runs import Run, agree, choose, content_of, drop, run_of
from core.lifecycle.imports.table import Table
from core.lifecycle.imports.undo import undo
from web.ask import Ask
from web.pages.import_words import STATES, agreement, counted, fault_of, line_of, question
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, FieldOption, Flash, Tone, grouped
from web.views import ConfirmView
from web.views_imports import ImportColumn, ImportColumnsView, ImportRunView

PERMISSION = "import.run"
_SHOWN = 200  # faults on the page
_SAMPLES = 3
_BY_COLUMN = 6
_OPEN = ("read", "checked", "failed")


@get("/c/{slug}/imports/{run}", name="imports.run", permission=PERMISSION)
async def look(ask: Ask) -> Answer:
    run = await run_of(ask.viewer, ask.path["run"])
    if run.state == "read" or (run.state in _OPEN and "columns" in ask.query.names()):
        return await _columns(ask, run)
    return await _report(ask, run)


@post("/c/{slug}/imports/{run}/columns", name="imports.columns", permission=PERMISSION)
async def choose_columns(ask: Ask) -> Answer:
    run = await run_of(ask.viewer, ask.path["run"])
    table = await _table(ask, run)
    allowed = {column.key for column in run.kind.columns}
    form = ask.form
    chosen = [form.raw(f"column-{n}") for n in range(len(table.headings))]
    chosen = [key if key in allowed else LEFT_OUT for key in chosen]
    try:
        check_choice(run.kind, table, chosen)
    except BadFile as bad:
        return await _columns(ask, run, table, chosen, bad)

    async def work(unit: Unit) -> dict[str, int]:
        await choose(unit, run, table, chosen)
        return {}

    await act(ask.viewer, "import.choose", ask.form.request_id, [run.public_id, chosen], work)
    return ask.redirect(f"{ask.home}/imports/{run.public_id}")


@post("/c/{slug}/imports/{run}/agree", name="imports.agree", permission=PERMISSION)
async def agree_to_it(ask: Ask) -> Answer:
    """Takes it in as it was shown; with other answers it is checked once more first."""
    run = await run_of(ask.viewer, ask.path["run"])
    found = await _findings(ask, run)
    asked = {proposal.key: proposal.answer for proposal in found.proposals}
    form = ask.form
    answers = {"same": True, "different": False}
    same = {key: answers.get(form.raw(f"same-{key}"), asked[key]) for key in asked}

    async def work(unit: Unit) -> dict[str, bool]:
        return {"wanted": await agree(unit, run, same, asked)}

    try:
        await act(ask.viewer, "import.agree", ask.form.request_id, [run.public_id, same], work)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status not in (409, 422):
            raise
        return await _report(ask, run, error=ask.render(_told(refusal)), status=refusal.status)
    return ask.redirect(f"{ask.home}/imports/{run.public_id}")


@post("/c/{slug}/imports/{run}/drop", name="imports.drop", permission=PERMISSION)
async def drop_it(ask: Ask) -> Answer:
    run = await run_of(ask.viewer, ask.path["run"])

    async def work(unit: Unit) -> dict[str, int]:
        await drop(unit, run)
        return {}

    await act(ask.viewer, "import.drop", ask.form.request_id, [run.public_id], work)
    return ask.redirect(f"{ask.home}/imports")


@post("/c/{slug}/imports/{run}/undo/look", name="imports.undo_look", permission=PERMISSION)
async def look_before_undo(ask: Ask) -> Answer:
    run = await run_of(ask.viewer, ask.path["run"])
    if run.state != "done" or run.act is None:
        raise NotFound
    base = f"{ask.home}/imports/{run.public_id}"
    view = ConfirmView(
        heading=ask._("Take all of this import out again?"),
        facts=(
            Fact(label=ask._("List"), text=f"{ask.render(run.kind.title)} · {run.file_name}"),
            Fact(label=ask._("Taken in"), text=f"{run.who or ask._('Command line')} · {_when(ask, run)}"),
            *counted(ask, run.report.counts),
        ),
        action=base + "/undo",
        request_id=ask.new_request_id(),
        button=ask._("Undo this import"),
        back_href=base,
    )
    title = ask._("Look at it once more")
    return ask.page("counter_confirm.html", view, title=title, current=ask.home + "/imports")


@post("/c/{slug}/imports/{run}/undo", name="imports.undo", permission=PERMISSION)
async def undo_it(ask: Ask) -> Answer:
    run = await run_of(ask.viewer, ask.path["run"])

    async def work(unit: Unit) -> dict[str, int]:
        await undo(unit, run)
        return {}

    try:
        await act(ask.viewer, "import.undo", ask.form.request_id, [run.public_id], work)
    except BuiltOn as built:
        reasons = tuple(ask.render(reason) for reason in built.reasons)
        error = ask._("This import cannot be undone any more; nothing was changed.")
        return await _report(ask, run, error=error, reasons=reasons, status=409)
    except Refused as refusal:
        if isinstance(refusal, NotFound) or refusal.status not in (409, 422):
            raise
        return await _report(ask, run, error=ask.render(refusal.message), status=refusal.status)
    return ask.redirect(f"{ask.home}/imports/{run.public_id}")


@get("/c/{slug}/imports/{run}/faults", name="imports.faults.file", permission=PERMISSION)
async def all_faults(ask: Ask) -> Answer:
    """Everything that is to be corrected, as a table to work through."""
    run = await run_of(ask.viewer, ask.path["run"])
    found = await _findings(ask, run)
    head = [ask._("Sheet"), ask._("Line"), ask._("Column"), ask._("What is wrong"), ask._("What to do")]
    rows: list[list[sheets.Cell]] = [
        [f.sheet, f.line, f.column, ask.render(f.message), ask.render(f.cure) if f.cure else ""]
        for f in found.faults
    ]
    file = await asyncio.to_thread(sheets.write, "csv", ask._("To be corrected"), head, rows)
    return ask.download(file.content, file.media_type, ask._("To be corrected") + ".csv")


async def _table(ask: Ask, run: Run) -> Table:
    content = await content_of(ask.house.db, ask.viewer.community, run)
    return await asyncio.to_thread(unpack_table, ask.house.vault, run.public_id, content)


async def _findings(ask: Ask, run: Run) -> Findings:
    content = await content_of(ask.house.db, ask.viewer.community, run)
    return await asyncio.to_thread(unpack_findings, ask.house.vault, run.public_id, content)


def _told(refusal: Refused) -> Message:
    return next(iter(refusal.fields.values())) if isinstance(refusal, Invalid) else refusal.message


def _when(ask: Ask, run: Run) -> str:
    return ask.when_full(run.created_at)


async def _columns(
    ask: Ask,
    run: Run,
    table: Table | None = None,
    chosen: list[str] | None = None,
    bad: BadFile | None = None,
) -> Answer:
    table = await _table(ask, run) if table is None else table
    values = run.choices.columns if chosen is None else chosen
    base = f"{ask.home}/imports/{run.public_id}"
    columns = tuple(
        ImportColumn(
            name=f"column-{n}",
            heading=heading or ask._("Column %(place)s, without a heading", place=n + 1),
            samples=_samples(table, n),
            value=values[n] or LEFT_OUT,
            unknown=not values[n],
        )
        for n, heading in enumerate(table.headings)
    )
    first = next((c.name for c in columns if c.value == LEFT_OUT), "column-0")
    errors = tuple(
        FieldError(field=first, text=ask.render(fault.message)) for fault in (bad.faults if bad else ())
    )
    options = [FieldOption(value=LEFT_OUT, label=ask._("— not taken in —"))]
    options += [FieldOption(value=c.key, label=ask.render(c.title)) for c in run.kind.columns]
    view = ImportColumnsView(
        heading=ask._("What do the columns hold?"),
        file_name=run.file_name,
        action=base + "/columns",
        request_id=ask.new_request_id(),
        columns=columns,
        options=tuple(options),
        needed=_needed(ask, run),
        remarks=_remarks(ask, run, [(table.sheets[s], n) for s, n in table.left_out], table.skipped),
        errors=errors,
        drop_action=base + "/drop",
        back_href=ask.home + "/imports" if run.state == "read" else base,
    )
    title = ask.render(run.kind.title)
    current = ask.home + "/imports"
    return ask.page("import_columns.html", view, title=title, current=current, status=422 if bad else 200)


def _samples(table: Table, column: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in table.rows[:500]:
        text = " ".join(row.cells[column].split())
        if text and text not in found:
            found.append(text[:40])
            if len(found) == _SAMPLES:
                break
    return tuple(found)


def _needed(ask: Ask, run: Run) -> str:
    """What has to be there: 姓名；积分或时长."""
    comma, or_ = ("; ", " / ")
    groups = []
    for group in run.kind.required:
        titles = [ask.render(c.title) for key in group if (c := run.kind.column(key)) is not None]
        groups.append(or_.join(titles))
    return ask._("Needed: %(columns)s.", columns=comma.join(groups))


def _remarks(ask: Ask, run: Run, left_out: list[tuple[str, int]], skipped: list[str]) -> tuple[str, ...]:
    told = []
    if left_out:
        lines = "、".join(line_of(ask, "", line) for _, line in left_out[:5])
        told.append(
            ask.ngettext(
                "%(count)s line with a sum or a remark is left out: %(lines)s",
                "%(count)s lines with sums or remarks are left out: %(lines)s",
                len(left_out),
                count=grouped(len(left_out)),
                lines=lines + (" …" if len(left_out) > 5 else ""),
            )
        )
    if skipped:
        names = "、".join(skipped[:5])
        told.append(ask._("Sheets without such a list are left out: %(names)s", names=names))
    return tuple(told)


async def _report(
    ask: Ask, run: Run, *, error: str = "", reasons: tuple[str, ...] = (), status: int = 200
) -> Answer:
    found = await _findings(ask, run) if run.state == "checked" else Findings([], [], [], [])
    base = f"{ask.home}/imports/{run.public_id}"
    counts, report = run.report.counts, run.report
    busy = run.state in ("checking", "wanted")
    good = run.state == "checked" and not report.faults
    flash = Flash(text=ask._("The register was changed meanwhile. Look at it once more."), tone="warn")
    view = ImportRunView(
        heading=ask.render(run.kind.title),
        file_name=run.file_name,
        brought=f"{run.who or ask._('Command line')} · {_when(ask, run)}",
        tone=_tone(run),
        lead=_lead(ask, run),
        poll_href=base if busy else "",
        percent=run.done * 100 // max(run.whole, 1),
        progress=ask._("%(done)s of %(whole)s lines", done=grouped(run.done), whole=grouped(run.whole)),
        facts=counted(ask, counts) if counts and not busy else (),
        by_column=_by_column(ask, found),
        faults=tuple(fault_of(ask, fault) for fault in found.faults[:_SHOWN]),
        faults_more=_more(ask, len(found.faults)),
        faults_href=base + "/faults" if found.faults else "",
        proposals=tuple(question(ask, proposal) for proposal in found.proposals),
        remarks=_remarks(ask, run, found.left_out, found.skipped),
        reasons=reasons,
        error=error,
        agree_action=base + "/agree" if (good and report.adds) or found.proposals else "",
        agree_label=agreement(ask, run.kind, counts) if good else ask._("Check again with these answers"),
        columns_href=base + "?columns" if run.state in _OPEN else "",
        drop_action=base + "/drop" if run.state in _OPEN else "",
        undo_action=base + "/undo/look" if run.state == "done" and run.act is not None else "",
        request_id=ask.new_request_id(),
        back_href=ask.home + "/imports",
    )
    return ask.page(
        "import_run.html",
        view,
        title=view.heading,
        current=ask.home + "/imports",
        fragment="run",
        status=status,
        flash=flash if report.note == "changed" else None,
    )


def _tone(run: Run) -> Tone:
    if run.state == "checked":
        return "bad" if run.report.faults else "ok" if run.report.adds else "info"
    return STATES[run.state][1]


def _lead(ask: Ask, run: Run) -> str:
    report = run.report
    if run.state == "checked":
        return _lead_of_check(ask, run)
    if run.state == "done":
        if report.note == "again":
            return ask._("Everything in this file was there already. Nothing was added.")
        return ask._("Taken in, all of it.")
    if run.state == "undone":
        when = ask.when_full(run.undone_at or 0)
        return ask._("Undone by %(who)s, %(when)s.", who=run.undone_by, when=when)
    told = {
        "checking": ask._("The list is being checked. Nothing is taken in yet."),
        "wanted": ask._("The list is being taken in, all of it or nothing."),
        "failed": ask._(report.why) if report.why else ask._("Something went wrong."),
    }
    return told[run.state]


def _lead_of_check(ask: Ask, run: Run) -> str:
    report = run.report
    if report.faults:
        return ask.ngettext(
            "%(count)s thing is to be corrected. Nothing was taken in.",
            "%(count)s things are to be corrected. Nothing was taken in.",
            report.faults,
            count=grouped(report.faults),
        )
    if not report.adds:
        return ask._("Everything in this file is there already. There is nothing to add.")
    if report.asked:
        return ask.ngettext(
            "The list is in order. %(count)s question is asked below; this is what would be added:",
            "The list is in order. %(count)s questions are asked below; this is what would be added:",
            report.asked,
            count=grouped(report.asked),
        )
    return ask._("The list is in order. This is what would be added:")


def _by_column(ask: Ask, found: Findings) -> tuple[Fact, ...]:
    """Where most of it is wrong: often the same in a whole column."""
    if len(found.faults) < 2:
        return ()
    counts = Counter(fault.column for fault in found.faults)
    return tuple(
        Fact(label=column or ask._("Whole lines"), text=grouped(number))
        for column, number in counts.most_common(_BY_COLUMN)
    )


def _more(ask: Ask, count: int) -> str:
    if count <= _SHOWN:
        return ""
    return ask._(
        "The first %(shown)s of %(count)s are shown; the file has all of them.",
        shown=_SHOWN,
        count=grouped(count),
    )


ROUTES = (look, choose_columns, agree_to_it, drop_it, look_before_undo, undo_it, all_faults)
