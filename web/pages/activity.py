"""One activity: who was there with what became of it, and taking records back after a second look."""

from collections.abc import Sequence

from core.activity import review
from core.activity.listing import READ, Activity, Present, activity_of, present_at
from core.activity.review import REASONS
from core.base.act import Unit, act
from core.base.clock import day_of
from core.base.errors import Invalid, Message, Refused
from web import format as written
from web.ask import Ask
from web.pages.activities import programme_title
from web.pages.office import as_file, columns, done, exports, field, file_wanted, wrong
from web.pages.words import EVIDENCE
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, Flash, NavItem, Tone, grouped
from web.views_office import Cell, Grid, GridRow, Picking, Press, RecordView, Section

_DONE = {"reversed": Message("Taken back: points and hours no longer count.")}
_STATES: dict[str, tuple[Message, Tone]] = {
    "waiting": (Message("Waiting"), "warn"),
    "confirmed": (Message("Confirmed"), "ok"),
    "returned": (Message("Returned"), "bad"),
    "reversed": (Message("Taken back"), ""),
}


@get("/c/{slug}/activities/{activity}", name="activity", permission=READ, tenant="team")
async def one(ask: Ask) -> Answer:
    found = await activity_of(ask.viewer, ask.path["activity"])
    people = await present_at(ask.viewer, found)
    form = file_wanted(ask)
    if form:
        return _people_file(ask, form, found, people)
    return _page(ask, found, people, flash=done(ask, _DONE))


def _page(
    ask: Ask,
    found: Activity,
    people: Sequence[Present],
    *,
    error: str = "",
    reason_error: str = "",
    status: int = 200,
    flash: Flash | None = None,
) -> Answer:
    base = f"{ask.home}/activities/{found.public_id}"
    stands = [p for p in people if p.status in ("waiting", "confirmed")]
    facts = [
        Fact(label=ask._("When"), text=ask.span(found.from_at, found.to_at)),
        Fact(label=ask._("Place"), text=found.place or "—"),
        Fact(label=ask._("Team"), text=found.team_name or "—", href=_team_href(ask, found)),
        Fact(label=ask._("Programme"), text=programme_title(ask, found.programme)),
        Fact(label=ask._("People"), text=grouped(len(stands))),
        Fact(label=ask._("Time in all"), text=ask.duration(sum(p.minutes for p in stands))),
        Fact(label=ask._("Points booked"), text=grouped(sum(p.points for p in people if _books(p)))),
    ]
    if found.area_name:
        facts.insert(2, Fact(label=ask._("Area"), text=found.area_name))
    view = RecordView(
        heading=found.title,
        kind=programme_title(ask, found.programme),
        back=NavItem(title=ask._("Activities"), href=ask.home + "/activities"),
        facts=tuple(facts),
        sections=(_people(ask, base, people, error=error, reason_error=reason_error),),
        exports=exports(ask, base),
        printable=True,
        error=error or reason_error,
    )
    current = ask.home + "/activities"
    return ask.page("record.html", view, title=found.title, current=current, status=status, flash=flash)


def _books(present: Present) -> bool:
    return present.status == "confirmed"


def _team_href(ask: Ask, found: Activity) -> str:
    if not found.team_public or not ask.viewer.may("team.read", team=found.team):
        return ""
    return f"{ask.home}/teams/{found.team_public}"


def _people(ask: Ask, base: str, people: Sequence[Present], *, error: str, reason_error: str) -> Section:
    titles = (
        ask._("Name of a person"),
        ask._("Number"),
        ask._("Time"),
        ask._("Evidence"),
        ask._("Recorded by"),
        ask._("State"),
        "#" + ask._("Points"),
    )
    grid = Grid(
        caption=ask._("Who was there"),
        columns=columns(*titles),
        rows=tuple(_person(ask, present) for present in people),
        empty=ask._("Nobody was recorded."),
    )
    picking = None
    if any(present.may_reverse for present in people):
        reasons = tuple(FieldOption(value=key, label=ask.render(text)) for key, text in REASONS.items())
        errors = {"reason": reason_error} if reason_error else {}
        picking = Picking(
            action=base + "/reverse/look",
            fields=(
                field(
                    ask,
                    errors,
                    "reason",
                    ask._("Reason"),
                    kind="select",
                    options=(FieldOption(value="", label=ask._("choose")), *reasons),
                    required=True,
                ),
            ),
            error=error,
            button=ask._("Take the ticked ones back"),
            danger=True,
        )
    note = ask._("A record is never changed: it is taken back and, if need be, recorded anew.")
    return Section(
        title=ask._("Who was there"), grid=grid, picking=picking, note=note if picking is not None else ""
    )


def _time(ask: Ask, present: Present) -> str:
    if present.from_at is None or present.to_at is None:
        return ask.duration(present.minutes)
    clock = written.clock
    span = f"{clock(present.from_at, ask.zone)}–{clock(present.to_at, ask.zone)}"
    return f"{span} · {ask.duration(present.minutes)}"


def _person(ask: Ask, present: Present) -> GridRow:
    text, tone = _STATES[present.status]
    why = REASONS.get(present.reason)
    points = grouped(present.points) if _books(present) else "—"
    evidence = ask.render(EVIDENCE.get(present.evidence, Message("Roster")))
    return GridRow(
        cells=(
            Cell(text=present.name or "—"),
            Cell(text=present.number),
            Cell(text=_time(ask, present)),
            Cell(text=evidence, note=ask._("Recorded late") if present.late else ""),
            Cell(text=present.recorder_name or "—", note=ask.when(present.recorded_at)),
            Cell(text=ask.render(text), tone=tone, tag=True, note=ask.render(why) if why else ""),
            Cell(text=ask._("points follow") if present.waits and _books(present) else points),
        ),
        tick=str(present.id) if present.may_reverse else "",
        idle=present.status in ("returned", "reversed"),
    )


def _people_file(ask: Ask, form: str, found: Activity, people: Sequence[Present]) -> Answer:
    head = [
        ask._("Number"),
        ask._("Name of a person"),
        ask._("From"),
        ask._("To"),
        ask._("Minutes"),
        ask._("Evidence"),
        ask._("Recorded by"),
        ask._("State"),
        ask._("Points"),
    ]
    table = [
        (
            p.number,
            p.name,
            written.clock(p.from_at, ask.zone) if p.from_at is not None else "",
            written.clock(p.to_at, ask.zone) if p.to_at is not None else "",
            p.minutes,
            ask.render(EVIDENCE.get(p.evidence, Message("Roster"))),
            p.recorder_name,
            ask.render(_STATES[p.status][0]),
            p.points if _books(p) else 0,
        )
        for p in people
    ]
    return as_file(ask, form, f"{found.title} {day_of(found.from_at, ask.zone)}", head, table)


# -- taking back -------------------------------------------------------------------------------------------


def _picked(ask: Ask, people: Sequence[Present]) -> list[Present]:
    """The ticked attendances of this activity. Raises Invalid."""
    if ask.form.raw("reason") not in REASONS:
        raise Invalid({"reason": Message("Say why.")})
    ticked = set(ask.form.many("pick"))
    found = [present for present in people if str(present.id) in ticked]
    if not found:
        raise Invalid({"pick": Message("Tick at least one entry.")})
    return found


@post("/c/{slug}/activities/{activity}/reverse/look", name="activity.look", permission=READ, tenant="team")
async def look(ask: Ask) -> Answer:
    found = await activity_of(ask.viewer, ask.path["activity"])
    ask.viewer.require(review.PERMISSION, team=found.team)
    people = await present_at(ask.viewer, found)
    try:
        picked = _picked(ask, people)
    except Invalid as invalid:
        texts = ask.error_texts(invalid)
        pick, reason = texts.get("pick", ""), texts.get("reason", "")
        return _page(ask, found, people, error=pick, reason_error=reason, status=invalid.status)
    base = f"{ask.home}/activities/{found.public_id}"
    reason = ask.form.raw("reason")
    view = RecordView(
        heading=ask.ngettext("Take %(n)s record back?", "Take %(n)s records back?", len(picked)),
        kind=found.title,
        facts=(
            Fact(label=ask._("Who"), text="、".join(f"{p.name} {p.number}" for p in picked)),
            Fact(label=ask._("Reason"), text=ask.render(REASONS[reason])),
            Fact(label=ask._("Points"), text=grouped(-sum(p.points for p in picked))),
            Fact(label=ask._("Time in all"), text=ask.duration(sum(p.minutes for p in picked))),
        ),
        presses=(
            Press(
                label=ask._("Take back"),
                action=base + "/reverse",
                hidden=(*(("pick", str(p.id)) for p in picked), ("reason", reason)),
                request_id=ask.new_request_id(),
                kind="danger",
            ),
        ),
        actions=(NavItem(title=ask._("Go back, change nothing"), href=base),),
        sections=(
            Section(
                title=ask._("What happens"),
                text=ask._(
                    "Points booked for it are reversed, hours no longer count, and the time is free to be "
                    "recorded anew. The record itself stays and shows that it was taken back."
                ),
            ),
        ),
    )
    title = ask._("Look at it once more")
    return ask.page("record.html", view, title=title, current=ask.home + "/activities")


@post("/c/{slug}/activities/{activity}/reverse", name="activity.reverse", permission=READ, tenant="team")
async def reverse(ask: Ask) -> Answer:
    found = await activity_of(ask.viewer, ask.path["activity"])
    reason = ask.form.raw("reason")
    people = await present_at(ask.viewer, found)
    try:
        ids = sorted(present.id for present in _picked(ask, people))

        async def work(unit: Unit) -> dict[str, object]:
            await review.reverse(unit, ids, reason)
            return {"people": len(ids)}

        await act(ask.viewer, "attendance.reverse", ask.form.request_id, [ids, reason], work)
    except Refused as refusal:
        errors, status = wrong(ask, refusal)
        told = next(iter(errors.values()))
        return _page(ask, found, await present_at(ask.viewer, found), error=told, status=status)
    return ask.redirect(f"{ask.home}/activities/{found.public_id}?done=reversed")


ROUTES = (one, look, reverse)
