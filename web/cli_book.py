"""The book from the command line: `linli verify`, `linli checkpoint`, `linli verify-receipt`."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import rich_click as click

from core.base.errors import Message
from core.base.house import House
from core.base.migrate import pending
from core.base.receipts import (
    BadReceipt,
    Checkpoint,
    check_receipt,
    headers_of,
    read_checkpoint,
    read_receipt,
    written,
)
from core.base.seals import seal
from core.extension.registry import load
from core.lifecycle.reconcile.checkpoints import against, checkpoint
from core.lifecycle.reconcile.faults import Fault
from core.lifecycle.reconcile.freeze import frozen
from core.lifecycle.reconcile.run import communities, prove, prove_own
from web import cli_parts
from web.app import texts_of
from web.cli_parts import said, screen
from web.serve import open_linli

DIFFERS = 1
_SHOWN = 20


@click.command("verify")
@click.option("--community", help="only this one (its short name in addresses)")
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="also compare with a checkpoint that was kept elsewhere",
)
@click.option("--json", "as_json", is_flag=True, help="print what was found as JSON")
def verify(community: str | None, kept: Path | None, as_json: bool) -> None:
    """Prove every balance, lot, month, cap, shelf and seal from the journal; exit with 1 where one differs.

    Only reads. The desks are stopped by the hourly proof of a running server, not by this.
    """
    if asyncio.run(_verify(community, kept, as_json)):
        sys.exit(DIFFERS)


async def _verify(community: str | None, kept: Path | None, as_json: bool) -> bool:
    against_this = _read_checkpoint(kept) if kept is not None else None
    house = await _open()
    try:
        found: dict[str, list[Fault]] = {}
        for place in await communities(house):
            if community in (None, place["slug"]):
                found[place["slug"]] = await prove(house, place["id"])
        if community is not None and not found:
            raise click.ClickException(f"there is no community {community!r}")
        if community is None:
            found["(the house)"] = await prove_own(house)
        if against_this is not None:
            found["(checkpoint)"] = await against(house, against_this)
        still = await frozen(house)
    finally:
        await house.close()
    if as_json:
        told = {"differs": any(found.values()), "frozen": still, "found": msgspec.to_builtins(found)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _tell(found, still)
    return any(found.values())


async def _open() -> House:
    """The house, with its database up to date. Raises ClickException."""
    settings = cli_parts.settings()
    registry = load(settings.plugins)
    house = await open_linli(settings, registry)
    if "core" in await pending(settings, house.db, registry.sources()):
        await house.close()
        raise click.ClickException("the database is not up to date: run `linli migrate` first")
    return house


def _tell(found: dict[str, list[Fault]], still: list[str]) -> None:
    for place, faults in found.items():
        if not faults:
            screen.print(f"✓ {place}: everything follows from the journal", markup=False)
        for fault in faults[:_SHOWN]:
            screen.print(f"✗ {place}: {fault}", style="red", markup=False, soft_wrap=True)
        if len(faults) > _SHOWN:
            screen.print(f"  and {len(faults) - _SHOWN} more (--json names them)", style="red")
    for place in still:
        screen.print(f"! {place}: nothing is handed over until two persons let it", style="yellow")


@click.command("checkpoint")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="write the whole checkpoint to this file"
)
def take_checkpoint(out: Path | None) -> None:
    """Seal what waits, and print the head of every chain: keep it where nobody here can change it.

    With --out also the file receipts are checked against (`linli verify-receipt`, `linli verify`).
    """
    taken = asyncio.run(_checkpoint())
    if out is not None:
        out.write_text(written(taken) + "\n", encoding="utf-8")
    _print_heads(taken)


async def _checkpoint() -> Checkpoint:
    house = await _open()
    try:
        await seal(house)
        return await checkpoint(house)
    finally:
        await house.close()


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _print_heads(taken: Checkpoint) -> None:
    click.echo(f"checkpoint of {_when(taken.at)}")
    click.echo(f"key {taken.key}")
    for chain in taken.chains:
        last = headers_of(chain, taken.key)[-1]
        name = chain.name or "(the house)"
        click.echo(f"{name}: block {last.number}, {last.last} rows, {_when(last.at)}, head {last.head()}")


@click.command("verify-receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a checkpoint that was kept elsewhere",
)
@click.option("--key", default="", help="the book's key, as the community publishes it")
def verify_receipt(file: Path, kept: Path | None, key: str) -> None:
    """Check a receipt, without database or network; exit with 1 when it proves nothing."""
    against_this = _read_checkpoint(kept) if kept is not None else None
    try:
        known = check_receipt(read_receipt(_text(file)), key.strip().lower(), against_this)
    except BadReceipt as bad:
        raise click.ClickException(_said(bad.message)) from bad
    line, header = known.line, known.receipt.block
    if line:
        sign = "+" if line["credit"] == line["account"] else "-"
        screen.print(f"✓ {sign}{line['amount']}  {line['text']}", markup=False)
        booked = f"effective {_when(line['effective_at'])}, booked {_when(line['recorded_at'])}"
        click.echo(f"line {line['public_id']}, {booked}")
    click.echo(f"sealed {_when(header.at)} in block {header.number} of community {header.community}")
    click.echo(f"head {header.head()}")
    if not known.checked and not key:
        screen.print(
            f"signed with the key {known.receipt.key}: compare it with the one the community publishes",
            style="yellow",
            soft_wrap=True,
        )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def _read_checkpoint(file: Path) -> Checkpoint:
    try:
        return read_checkpoint(_text(file))
    except BadReceipt as bad:
        raise click.ClickException(_said(bad.message)) from bad


def _said(message: Message) -> str:
    return said(texts_of(None), message)
