"""Opening the house for a process: with its plugins, handlers and jobs; and the application uvicorn runs."""

import gc
import json
import os
from collections.abc import Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar
from litestar.types import Receive, Scope, Send

from core.activity.retry import is_waiting, retry_waiting
from core.base import seals
from core.base.clock import HOUR, MINUTE, SECOND
from core.base.house import House, Job, open_house
from core.base.outbox import deliver, is_due
from core.base.settings import Settings, from_environment
from core.community import forgot, overdue, sessions, throttle
from core.extension.registry import Registry, leave_out_unmigrated, load
from core.lifecycle import tallies
from core.lifecycle.approval_kinds import approval_kinds
from core.lifecycle.demo import SignIn
from core.lifecycle.imports import jobs as imports
from core.lifecycle.reconcile import freeze
from core.points import expiry, gifts, holds
from web.app import create_app, texts_of
from web.pages.account import DEMO

JOBS = (
    Job("outbox", SECOND, deliver, is_due),
    Job("awards.retry", 30 * SECOND, retry_waiting, is_waiting),
    Job("points.expire", 10 * MINUTE, expiry.expire, expiry.is_due),
    Job("points.expiry", HOUR, expiry.tell, expiry.is_untold),
    Job("points.holds", MINUTE, holds.release_overdue, holds.is_due),
    Job("points.gifts", MINUTE, gifts.end_overdue, gifts.is_due),
    Job("approvals.overdue", MINUTE, overdue.end_overdue, overdue.is_due),
    Job("throttle.sweep", HOUR, throttle.sweep),
    Job("session.sweep", HOUR, sessions.sweep),
    Job("tallies", 10 * MINUTE, tallies.count, tallies.is_due),
    Job("seals", MINUTE, seals.seal, seals.is_waiting),
    Job("book.verify", 5 * MINUTE, freeze.prove_all, freeze.is_due),
    Job("imports", SECOND, imports.work_on, imports.is_waiting),
    Job("imports.sweep", HOUR, imports.sweep),
)


async def open_linli(settings: Settings, registry: Registry | None = None) -> House:
    """The house as every command and worker uses it. Migrations are not run here."""
    registry = load(settings.plugins) if registry is None else registry
    approvals = approval_kinds(registry)  # first: it may find a plugin that cannot run
    house = await open_house(
        settings,
        registry=registry,
        texts=texts_of(registry),
        handlers=(forgot.HANDLER, *registry.handlers()),
        jobs=JOBS,
        approvals=approvals,
    )
    await leave_out_unmigrated(house)
    return house


def demo_file(settings: Settings) -> Path:
    """Where `linli demo` keeps the demo's sign-ins for the sign-in page; absent in a real installation."""
    return settings.data_dir / "demo-sign-ins.json"


def keep_demo(settings: Settings, sign_ins: Sequence[SignIn]) -> None:
    demo_file(settings).write_text(json.dumps(sign_ins, ensure_ascii=False), encoding="utf-8")


def demo_sign_ins(settings: Settings) -> list[SignIn]:
    """The ways into the demo; empty where there is none."""
    try:
        return msgspec.json.decode(demo_file(settings).read_bytes(), type=list[SignIn])
    except (OSError, msgspec.DecodeError):
        return []


class Application:
    """An ASGI application that opens its house when the server starts it, and closes it at the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Litestar | None = None

    @asynccontextmanager
    async def _open(self) -> Any:
        house = await open_linli(self._settings)
        house.cache[DEMO] = demo_sign_ins(self._settings)
        try:
            app = create_app(house, jobs=True)
            app.state.site.renderer.warm()
            # What was made at start stays for ever: the collector need not look at it again.
            gc.collect()
            gc.freeze()
            yield app
        finally:
            await house.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":  # type: ignore[comparison-overlap]  # litestar leaves lifespan out of Scope
            async with self._open() as app:
                self._app = app
                await app(scope, receive, send)
            return
        if self._app is None:
            raise RuntimeError("the server did not announce its start")
        await self._app(scope, receive, send)


def application() -> Application:
    """What each worker process runs: `uvicorn --factory web.serve:application`."""
    return Application(from_environment(os.environ))
