"""The command line: serve, migrate, demo, import, check, and the book's proofs."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import rich_click as click
import uvicorn
from rich.progress import Progress
from rich.table import Table

from core.base.act import SYSTEM, Unit, act
from core.base.errors import Message, Refused
from core.base.house import House
from core.base.ids import request_id
from core.base.migrate import migrate as run_migrations
from core.base.migrate import pending
from core.base.settings import Settings
from core.base.sqlite import wal_race
from core.community.first_operator import new_first_token
from core.community.roles import ensure_roles
from core.community.slips import code_of, make_slip, people_of
from core.community.viewer import system_viewer
from core.extension.registry import Registry, load, names_of
from core.lifecycle.approval_kinds import approval_kinds
from core.lifecycle.demo import is_empty, load_demo
from core.lifecycle.reconcile.freeze import frozen
from web import cli_parts
from web.cli_book import take_checkpoint, verify, verify_receipt
from web.cli_import import import_file
from web.cli_parts import screen
from web.serve import demo_sign_ins, keep_demo, open_linli

_KEY_MODE = 0o077  # what others must not be allowed to do with the key file


def _runs(command: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(command(*args, **kwargs))

    return run


@click.group()
@click.version_option(package_name="linli")
def main() -> None:
    """Linli 邻里: volunteer work, points and rewards of a community."""


@main.command()
@click.option("--workers", type=click.IntRange(1, 64), help="number of processes (default: LINLI_WORKERS)")
def serve(workers: int | None) -> None:
    """Serve the pages and do the background work, until stopped."""
    settings = cli_parts.settings()
    waiting = asyncio.run(_waiting(settings))
    if waiting:
        raise click.ClickException("the database is not up to date: run `linli migrate` first")
    count = workers or settings.workers
    if count > 1 and settings.engine == "sqlite":
        screen.print("SQLite writes one at a time: several workers help reading only.", style="yellow")
    if settings.engine == "sqlite" and wal_race():
        screen.print(
            "This SQLite release has a race of several connections; see docs/operators.md.", style="yellow"
        )
    screen.print(f"Linli is at [bold]http://{settings.host}:{settings.port}[/bold]  (stop with Ctrl-C)")
    _print_sign_ins(settings)
    asyncio.run(_greet_first(settings))
    uvicorn.run(
        "web.serve:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=count,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=15,
    )


def _address(settings: Settings) -> str:
    return settings.base_url or f"http://{settings.host}:{settings.port}"


async def _greet_first(settings: Settings) -> None:
    """In a house with nobody the operator comes in by an address that is printed here, on his own screen."""
    house = await open_linli(settings)
    try:
        if await is_empty(house):
            await _print_first_token(house)
    finally:
        await house.close()


async def _print_first_token(house: House) -> None:
    token = await new_first_token(house)
    screen.print("Nobody is the operator yet. Whoever opens this address within an hour becomes it:")
    screen.print(f"{_address(house.settings)}/first-operator?token={token}", soft_wrap=True, markup=False)


@main.command("operator-token")
@_runs
async def operator_token() -> None:
    """Print an address through which the first operator comes in; refused once there is one."""
    house = await open_linli(cli_parts.settings())
    try:
        await _print_first_token(house)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    finally:
        await house.close()


@main.command()
@click.argument("account")
@_runs
async def slip(account: str) -> None:
    """Print a code for a new password of an operator or a street office: ACCOUNT is the telephone number.

    For the one operator who has forgotten his: nobody else can make him a slip.
    """
    house = await open_linli(cli_parts.settings())
    viewer = system_viewer(house, None)
    try:
        found = await people_of(viewer, account)
        if len(found) != 1:
            raise click.ClickException("no operator and no street office has this telephone number")

        async def work(unit: Unit) -> dict[str, Any]:
            return {"slip": await make_slip(unit, found[0].public_id, drops_factor=True)}

        done = await act(viewer, "slip.make", f"{SYSTEM}slip:{request_id()}", account, work)
        code = code_of(house, done.answer["slip"])
        screen.print(f"{_address(house.settings)}/code?c={code}", soft_wrap=True, markup=False)
        screen.print("good once, within 24 hours; an app's codes are no longer asked for", style="dim")
    finally:
        await house.close()


async def _waiting(settings: Settings) -> dict[str, list[str]]:
    registry = load(settings.plugins)
    house = await open_linli(settings, registry)
    try:
        return await pending(settings, house.db, registry.sources())
    finally:
        await house.close()


@main.command()
@_runs
async def migrate() -> None:
    """Bring the database to this release. SQLite is copied first."""
    settings = cli_parts.settings()
    registry = load(settings.plugins)
    report = await run_migrations(settings, registry.sources(), lambda text: screen.print(text, style="dim"))
    if report.backup is not None:
        screen.print(f"copy of the database before: {report.backup}")
    await _bring_up_roles(settings, registry)
    screen.print(f"{len(report.ran)} migrations run" if report.ran else "the database is up to date")
    for name, reason in {**registry.broken, **report.failed}.items():
        screen.print(f"plugin {name} does not run: {reason}", style="red")
    if report.failed:
        sys.exit(1)


async def _bring_up_roles(settings: Settings, registry: Registry) -> None:
    """The core's roles are data: a release that gives one of them more brings it with the migrations."""
    house = await open_linli(settings, registry)

    async def work(unit: Unit) -> dict[str, Any]:
        return {"changed": await ensure_roles(unit)}

    try:
        await act(system_viewer(house, None), "roles.ensure", f"{SYSTEM}roles:{request_id()}", None, work)
    finally:
        await house.close()


@main.command()
@click.option("--if-empty", is_flag=True, help="do nothing when there is data already")
@_runs
async def demo(if_empty: bool) -> None:
    """Fill an empty database with four invented communities, and print their sign-ins."""
    settings = cli_parts.settings()
    house = await open_linli(settings)
    try:
        if not await is_empty(house):
            if not if_empty:
                raise click.ClickException("the database is not empty: the demo is for a new one")
            screen.print("there is data already; the demo was not loaded")
            return
        with Progress(console=screen, transient=True) as bar:
            task = bar.add_task("demo", total=None)

            def progress(done: int, of: int, what: Message) -> None:
                bar.update(task, description=str(what), completed=done, total=of)

            sign_ins = await load_demo(house, progress)
    finally:
        await house.close()
    keep_demo(settings, sign_ins)
    screen.print("the demo is loaded")
    _print_sign_ins(settings)


def _print_sign_ins(settings: Settings) -> None:
    found = demo_sign_ins(settings)
    if not found:
        return
    table = Table("demo sign-in", "name", "community", "number or telephone", "password")
    for way in found:
        table.add_row(*way)
    screen.print(table)


@main.command()
@click.option("--deploy", is_flag=True, help="also what only matters when others can reach it")
@_runs
async def check(deploy: bool) -> None:
    """Look whether everything is fit to run; exit with 1 when it is not."""
    settings = cli_parts.settings()
    found = [
        f"migrations have not run: {app}: {', '.join(n)}" for app, n in (await _waiting(settings)).items()
    ]
    still = await _frozen(settings) if not found else []
    found += [f"the book of {slug} does not add up: `linli verify` says where" for slug in still]
    registry = load(settings.plugins)
    approval_kinds(registry)
    states = names_of(registry)
    found += [f"plugin {name} does not run: {state}" for name, state in states.items() if state != "runs"]
    if deploy:
        found += _unfit(settings)
    for fault in found:
        screen.print(f"✗ {fault}", style="red", markup=False)
    if found:
        sys.exit(1)
    screen.print("✓ fit to run")


async def _frozen(settings: Settings) -> list[str]:
    house = await open_linli(settings)
    try:
        return await frozen(house)
    finally:
        await house.close()


def _unfit(settings: Settings) -> list[str]:
    """What would be dangerous in an installation others can reach."""
    found = []
    if settings.engine == "sqlite" and wal_race():
        found.append(
            "this SQLite release has the WAL race of several connections: use 3.51.3, 3.50.7 or 3.44.6"
        )
    if not settings.secure_cookies:
        found.append("LINLI_SECURE_COOKIES is not true: serve over https")
    if not settings.base_url.startswith("https://"):
        found.append("LINLI_BASE_URL does not begin with https://")
    if not settings.staff_totp:
        found.append("LINLI_STAFF_TOTP is not true: who works in the office signs in with a password alone")
    key = settings.data_dir / "secret.key"
    if key.exists() and key.stat().st_mode & _KEY_MODE:
        found.append(f"others may read {key}: chmod 600")
    if demo_sign_ins(settings):
        found.append("the demo is loaded: its passwords are printed on the sign-in page")
    return found


for command in (import_file, verify, take_checkpoint, verify_receipt):
    main.add_command(command)
