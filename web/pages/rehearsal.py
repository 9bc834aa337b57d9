"""A draft of rules tried on the service of the last months: shown before it is published."""

from typing import Any

from core.activity.rehearsal import Rehearsal, last_months, rehearse
from core.base.clock import day_of
from core.extension.registry import Plugin
from web.ask import Ask
from web.pages.office import cells, columns, day_words
from web.view_parts import Fact, grouped, signed
from web.views_office import Grid, GridRow, Section


async def section(ask: Ask, plugin: Plugin, draft: Any) -> Section | None:
    """The section; None for whoever may not read everybody's points. Two statements."""
    if not ask.viewer.may("points.read"):
        return None
    found = await rehearse(ask.viewer, plugin, draft, *last_months(day_of(ask.now, ask.zone)))
    title = ask._(
        "Tried on the service from %(from_day)s to %(to_day)s",
        from_day=day_words(ask, found.from_day),
        to_day=day_words(ask, found.to_day),
    )
    if not found.records and not found.failed:
        return Section(title=title, text=ask._("No confirmed service of that time to try it on."))
    return Section(
        id="rehearsal",
        title=title,
        text=ask._("What these rules would have given. Nothing is changed by trying."),
        facts=_facts(ask, found),
        grid=_movers(ask, found) if found.movers else None,
        note=_note(ask, found),
    )


def _facts(ask: Ask, found: Rehearsal) -> tuple[Fact, ...]:
    change = found.after - found.before
    return (
        Fact(label=ask._("Records"), text=grouped(found.records)),
        Fact(label=ask._("Points they really earned"), text=grouped(found.before)),
        Fact(
            label=ask._("Points under these rules"),
            text=ask._("%(points)s (%(change)s)", points=grouped(found.after), change=signed(change)),
        ),
        Fact(label=ask._("People who would have more"), text=grouped(found.more)),
        Fact(label=ask._("People who would have less"), text=grouped(found.less)),
        Fact(label=ask._("As before"), text=grouped(found.people - found.more - found.less)),
    )


def _movers(ask: Ask, found: Rehearsal) -> Grid:
    return Grid(
        caption=ask._("For whom it changes most"),
        columns=columns(
            ask._("Volunteer"),
            ask._("Number"),
            "#" + ask._("Really"),
            "#" + ask._("In the trial"),
            "#" + ask._("Difference"),
        ),
        rows=tuple(
            GridRow(
                cells=cells(
                    mover.name,
                    mover.number,
                    grouped(mover.before),
                    grouped(mover.after),
                    signed(mover.after - mover.before),
                )
            )
            for mover in found.movers
        ),
    )


def _note(ask: Ask, found: Rehearsal) -> str:
    notes = [ask._("Caps begin empty on the first day of that time.")]
    if found.shortened:
        notes.append(ask._("There was more: the latest %(n)s records were tried.", n=grouped(found.records)))
    if found.failed:
        notes.append(
            ask._(
                "%(n)s records could not be worked out under these rules: %(why)s",
                n=grouped(found.failed),
                why=found.error,
            )
        )
    return " ".join(notes)
