"""`linli import`: a file taken in from the command line, all of it or nothing."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rich_click as click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from core.base.errors import Message, Refused
from core.base.house import House
from core.base.settings import Settings
from core.base.viewer import Viewer
from core.community.viewer import load_viewer, system_viewer
from core.lifecycle.imports.faults import BadFile, Fault
from core.lifecycle.imports.flow import KINDS, Checked
from core.lifecycle.imports.grids import MOST_BYTES
from core.lifecycle.imports.kind import Proposal
from core.lifecycle.imports.whole import Brought, bring, import_brought, in_whose_name, look_through
from web.cli_parts import said, screen, settings
from web.serve import open_linli

MISTAKES, ASKED = 1, 3  # exit codes
_SHOWN = 500  # mistakes and questions on the screen


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", required=True, help="address of the community, such as hongqi")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="kind of list (default: by its headings)")
@click.option("--dry-run", is_flag=True, help="only say what would be added and what is wrong")
@click.option("--same-as-proposed", is_flag=True, help="answer questions as proposed")
@click.option("--column", "columns", multiple=True, metavar="HEADING=KEY", help="what it holds; -: nothing")
@click.option("--by", default="", help="in whose name: his volunteer number or telephone")
def import_file(
    *,
    file: Path,
    community: str,
    kind: str | None,
    dry_run: bool,
    same_as_proposed: bool,
    columns: tuple[str, ...],
    by: str,
) -> None:
    """Import people, teams, areas, opening points or past service from XLSX or CSV; all of it or nothing.

    Exit code 0: done, or nothing to add. 1: something is wrong, and nothing was imported. 3: there are
    questions; answer them on the imports page, or with --same-as-proposed.
    """
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException(f"the file is too large: at most {MOST_BYTES // 1_000_000} MB")
    chosen = dict(_pair(text) for text in columns)
    wish = _Wish(file, community, kind or "", chosen, by, dry_run, same_as_proposed)
    sys.exit(asyncio.run(_run(settings(), wish)))


def _pair(text: str) -> tuple[str, str]:
    heading, found, key = text.partition("=")
    if not found or not heading:
        raise click.BadParameter("write HEADING=KEY, such as 联系方式=phone", param_hint="--column")
    return heading, key


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was typed."""

    file: Path
    community: str
    kind: str
    columns: Mapping[str, str]
    by: str
    dry_run: bool
    same_as_proposed: bool


async def _run(known: Settings, wish: _Wish) -> int:
    house = await open_linli(known)
    try:
        _, place = await load_viewer(house, None, wish.community)
        if place is None:
            raise click.ClickException(f"there is no community {wish.community!r}")
        return await _import(house, system_viewer(house, place.id), wish)
    except BadFile as bad:
        _print_faults(house, bad.faults)
        return MISTAKES
    except Refused as refusal:
        raise click.ClickException(_said(house, refusal.message)) from refusal
    finally:
        await house.close()


async def _import(house: House, viewer: Viewer, wish: _Wish) -> int:
    with _bar() as bar:
        task = bar.add_task("reading", total=100)

        async def told(percent: int) -> None:
            bar.update(task, completed=percent, description="writing" if percent >= 95 else "checking")

        content = await asyncio.to_thread(wish.file.read_bytes)
        brought = await bring(viewer, wish.file.name, content, wish.kind, wish.columns)
        if brought.wish.kind.signed or wish.by:
            viewer = await in_whose_name(viewer, wish.by)
        checked = await look_through(viewer, brought, told)
        stop = _what_stops(checked, wish)
        done = await import_brought(viewer, brought, told, checked) if stop is None else None
        bar.update(task, completed=100)
    if checked.plan.faults:
        _print_faults(house, checked.plan.faults)
    for proposal in checked.plan.proposals[:_SHOWN]:
        screen.print(_question(proposal), style="yellow", markup=False)
    if done is None:
        return _print_plan(checked, wish, stop or 0)
    if done.act is None or done.replayed:
        screen.print("everything in this file was there already; nothing was added")
        return 0
    _print_counts(brought, done.counts)
    screen.print("imported; it can be undone on the imports page of the community")
    return 0


def _what_stops(checked: Checked, wish: _Wish) -> int | None:
    """The exit code to end with before anything is written; None to go on."""
    if checked.plan.faults:
        return MISTAKES
    if checked.plan.proposals and not wish.same_as_proposed:
        return ASKED
    return 0 if wish.dry_run else None


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=screen, transient=True)


def _print_plan(checked: Checked, wish: _Wish, code: int) -> int:
    plan = checked.plan
    if plan.faults:
        return code
    counts = dict(plan.counts)
    rows = counts.pop("rows", 0)
    told = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    screen.print(f"{rows} rows; " + (f"would add: {told}" if plan.adds else f"nothing to add: {told}"))
    if code == ASKED:
        screen.print(
            f"{len(plan.proposals)} questions; nothing was imported. Answer them on the imports page, "
            "or add --same-as-proposed.",
            style="yellow",
        )
        return 0 if wish.dry_run else code
    return code


def _print_counts(brought: Brought, counts: Mapping[str, int]) -> None:
    table = Table(brought.wish.kind.key, brought.file_name, show_edge=False)
    for name, number in counts.items():
        if number:
            table.add_row(name, f"{number:,}")
    screen.print(table)


def _question(proposal: Proposal) -> str:
    other = f"number {proposal.other_number}" if proposal.other_number else f"line {proposal.other_line}"
    answer = "the same" if proposal.answer else "two people"
    asked = f"line {proposal.line}: {proposal.name} - the same as {proposal.other_name} ({other})?"
    return f"{asked} proposed: {answer}"


def _print_faults(house: House, faults: list[Fault]) -> None:
    for fault in faults[:_SHOWN]:
        where = f"{fault.sheet}, " if fault.sheet else ""
        where += f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
        cure = " " + _said(house, fault.cure) if fault.cure is not None else ""
        screen.print(
            f"{where}: {_said(house, fault.message)}{cure}", style="red", markup=False, soft_wrap=True
        )
    more = f" (the first {_SHOWN} are shown)" if len(faults) > _SHOWN else ""
    screen.print(f"{len(faults)} mistakes{more}; nothing was imported", style="red")


def _said(house: House, message: Message) -> str:
    return said(house.texts, message)
