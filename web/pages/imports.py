"""Imports: the files that were brought, and the way in for a new one."""

import asyncio

from core.base.act import Unit, act
from core.base.errors import NotFound
from core.lifecycle.imports import grids
from core.lifecycle.imports.content import digest_of
from core.lifecycle.imports.faults import BadFile
from core.lifecycle.imports.flow import KINDS, may
from core.lifecycle.imports.kind import Kind, suggest
from core.lifecycle.imports.reading import read_file
from core.lifecycle.imports.runs import Brought, Run, begin, remembered, runs
from core.lifecycle.imports.table import find_table
from core.lifecycle.imports.template import template
from web.ask import Ask
from web.forms import Upload
from web.pages.import_words import STATES, in_short
from web.routes import Answer, get, post
from web.view_parts import FieldOption, NavItem
from web.views_imports import ImportRow, ImportsView

PERMISSION = "import.run"
MEGABYTE = 1024 * 1024
_PAGE = 20
_DIGITS = 15


@get("/c/{slug}/imports", name="imports", permission=PERMISSION)
async def imports(ask: Ask) -> Answer:
    return await _page(ask)


@post("/c/{slug}/imports", name="imports.bring", permission=PERMISSION, files=True, body=21 * MEGABYTE)
async def bring(ask: Ask) -> Answer:
    """Reads the file; the next page asks what its columns hold. Nothing is taken in yet."""
    kind = KINDS.get(ask.form.raw("kind"))
    upload = ask.files.get("file")
    if kind is None or not may(ask.viewer, kind):
        return await _page(ask, kind_error=ask._("Choose what kind of list it is."), status=422)
    if upload is None or not upload.content:
        return await _page(ask, kind, file_error=ask._("Choose a file."), status=422)
    try:
        brought = await _read(ask, kind, upload)
    except BadFile as bad:
        fault = bad.faults[0]
        return await _page(
            ask,
            kind,
            file_error=ask.render(fault.message),
            file_cure=ask.render(fault.cure) if fault.cure is not None else "",
            status=422,
        )

    async def work(unit: Unit) -> dict[str, str]:
        return {"run": await begin(unit, brought)}

    done = await act(ask.viewer, "import.begin", ask.form.request_id, [kind.key, brought.digest], work)
    return ask.redirect(f"{ask.home}/imports/{done.answer['run']}")


async def _read(ask: Ask, kind: Kind, upload: Upload) -> Brought:
    sheets = await read_file(ask.house, upload.content)
    chosen = await remembered(ask.house.db, ask.viewer.community, kind)
    table = await asyncio.to_thread(find_table, sheets, {**kind.known(), **chosen})
    keys = suggest(kind, table, chosen)
    name = upload.name.replace("\\", "/").rpartition("/")[2]
    return Brought(kind, name, digest_of(upload.content), table, keys)


@get("/c/{slug}/imports/template/{kind}", name="imports.template.file", permission=PERMISSION)
async def empty_list(ask: Ask) -> Answer:
    kind = KINDS.get(ask.path["kind"])
    if kind is None:
        raise NotFound
    file = await asyncio.to_thread(template, kind, ask.render)
    return ask.download(file.content, file.media_type, f"{ask.render(kind.title)}.{file.ending}")


async def _page(
    ask: Ask,
    kind: Kind | None = None,
    *,
    kind_error: str = "",
    file_error: str = "",
    file_cure: str = "",
    status: int = 200,
) -> Answer:
    before = ask.query.raw("before")
    known = before.isascii() and before.isdecimal() and len(before) <= _DIGITS
    found = await runs(ask.viewer, int(before) if known else 2**62, _PAGE + 1)
    shown, more = found[:_PAGE], len(found) > _PAGE
    base = ask.home + "/imports"
    kinds = [k for k in KINDS.values() if may(ask.viewer, k)]
    view = ImportsView(
        action=base,
        request_id=ask.new_request_id(),
        kinds=tuple(
            FieldOption(value=k.key, label=ask.render(k.title), hint=ask.render(k.about)) for k in kinds
        ),
        kind=kind.key if kind is not None else ask.form.raw("kind"),
        kind_error=kind_error,
        file_error=file_error,
        file_cure=file_cure,
        limits=ask._(
            "XLSX or CSV; at most %(size)s MB, %(rows)s rows and %(columns)s columns.",
            size=grids.MOST_BYTES // 1_000_000,
            rows=f"{grids.MOST_ROWS:,}",
            columns=grids.MOST_COLUMNS,
        ),
        templates=tuple(
            NavItem(title=ask.render(k.title), href=f"{base}/template/{k.key}", icon="down") for k in kinds
        ),
        runs=tuple(_row(ask, run) for run in shown),
        more_href=f"{base}?before={shown[-1].id}" if more else "",
    )
    return ask.page("imports.html", view, title=ask._("Imports"), status=status, fragment="runs")


def _row(ask: Ask, run: Run) -> ImportRow:
    state, tone, icon = STATES[run.state]
    return ImportRow(
        href=f"{ask.home}/imports/{run.public_id}",
        title=ask.render(run.kind.title),
        file_name=run.file_name,
        who=run.who or ask._("Command line"),
        when=ask.when(run.created_at),
        when_full=ask.when_full(run.created_at),
        counts=in_short(ask, run),
        state=ask.render(state),
        tone=tone,
        icon=icon,
    )


ROUTES = (imports, bring, empty_list)
