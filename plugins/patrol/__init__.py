"""Patrols: a team walks a route, finds things, and earns points by the minute, more at night."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from core.api import (
    N_,
    Attendance,
    Entry,
    Event,
    Kind,
    Line,
    Manifest,
    Message,
    NoticeKind,
    Permission,
    PersonalData,
    Viewer,
    hookimpl,
)
from plugins.patrol import demo, service
from plugins.patrol import rules as sheet


class PatrolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a community sets: the routes it offers when a shift is recorded (others can be typed)."""

    routes: tuple[str, ...] = ()


LABELS = (N_("Routes"),)  # of the fields above, on the form made from them


manifest = Manifest(
    name="patrol",
    title=Message("Patrol"),
    api=(1, 1),
    folder=Path(__file__).parent,
    permissions=(
        Permission(
            key=service.RECORD, title=Message("Record patrols"), roles=("leader", "worker", "administrator")
        ),
        Permission(
            key=service.READ,
            title=Message("Look at patrols"),
            roles=("leader", "worker", "administrator", "auditor"),
        ),
        Permission(
            key=service.FINDINGS,
            title=Message("Be told what patrols find"),
            roles=("worker", "administrator"),
        ),
    ),
    entries=(
        Entry(title=Message("Patrols"), path="/shifts", permission=service.READ, icon="shield", weight=20),
        Entry(title=Message("My patrols"), path="/mine", place="home", icon="shield"),
        Entry(
            title=Message("Record a patrol"),
            path="/shifts/new",
            permission=service.RECORD,
            place="team",
            icon="edit",
        ),
    ),
    kinds=(Kind(key=service.KIND, title=Message("Patrol")),),
    rules=sheet.PatrolRules,
    settings=PatrolSettings,
    events=("patrol.found",),
    notices=(NoticeKind(key="patrol.found", title=Message("A patrol found something")),),
    personal_data=(
        PersonalData(
            table="patrol_pair",
            person="volunteer",
            names="volunteer",
            purpose=Message("Who walked with whom, should a question about a patrol come up."),
            months=24,
            erasure="delete",
            merging="move",
        ),
        PersonalData(
            table="patrol_finding",
            columns=("text",),
            purpose=Message("What a patrol found. The form asks for no names."),
            months=24,
            erasure="keep",
        ),
    ),
)


@hookimpl
def routes() -> Sequence[object]:
    from plugins.patrol.pages import ROUTES  # noqa: PLC0415  # pages need web; rules and migrations do not

    return ROUTES


@hookimpl
def score(attendance: Attendance, rules: Any) -> Sequence[Line]:
    return sheet.score(attendance, rules)


@hookimpl
async def on_event(viewer: Viewer, event: Event) -> None:
    await service.tell_workers(viewer, event)


@hookimpl
async def demo_data(viewer: Viewer, seed: int, since: int) -> dict[str, int]:
    return await demo.load(viewer, seed, since)
