"""Awards: the lines a programme's rules propose for an attendance, posted when it is confirmed.

Proposing and confirming take the same number of statements for one person and for two hundred.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.base.act import Unit
from core.base.clock import MINUTE, moment
from core.base.database import Row
from core.base.errors import Message, Refused
from core.base.house import House
from core.base.sql import to_json
from core.extension.types import Line
from core.points import counters, ledger
from core.points.ledger import Earning
from core.points.page import Note, Page, open_page

_LOCALE = "select locale from community where id = :community"

_PROPOSE = """
insert into award (community, attendance, volunteer, programme, rule, sheet, points, inputs, message,
    arguments,
    text, day, act)
select cast(:community as bigint), r.attendance, r.volunteer, r.programme, r.rule, r.sheet, r.points,
    r.inputs,
    r.message, r.arguments, r.text, r.day, cast(:act as bigint)
from rows(:items; attendance bigint, volunteer bigint, programme text, rule text, sheet bigint, points bigint,
    inputs text, message text, arguments text, text text, day text) as r
"""

_WAIT = """
insert into award_waiting (attendance, community, programme, error, attempts, next_at)
select r.attendance, cast(:community as bigint), r.programme, r.error, 1, cast(:next_at as bigint)
from rows(:items; attendance bigint, programme text, error text) as r where true
on conflict (attendance) do update set error = excluded.error, attempts = award_waiting.attempts + 1,
    next_at = excluded.next_at + 60000 * award_waiting.attempts * award_waiting.attempts
"""

_WAITING = """
select w.attendance, w.community, w.programme, w.error, w.attempts
-- everywhere (award_waiting): one job tries again for all communities
from award_waiting w
where w.next_at <= :now order by w.next_at, w.attendance limit :most
"""

_SETTLE = """
delete from award_waiting where attendance in ids(:attendances)
    and +community = :community returning attendance
"""

_CONFIRMED = """
select d.attendance, d.decider from attendance_decision d
where d.attendance in ids(:attendances) and +d.community = :community and d.decision = 'confirmed'
    and not exists (select 1 from attendance_decision r
                    where r.attendance = d.attendance and r.decision = 'reversed')
"""

# Whose service it is by now: an account that was merged takes nothing more.
_SERVICE = """
select a.id, coalesce(v.merged_into, v.id) as volunteer, a.minutes, a.day
from attendance a join volunteer v on v.id = a.volunteer
where a.id in ids(:attendances) and +a.community = :community order by a.id
"""

_PROPOSED = """
select w.id, w.attendance, coalesce(v.merged_into, v.id) as volunteer, w.programme, w.rule, w.points, w.sheet,
    w.message, w.arguments, w.text, w.day, t.activity, t.recorder
from award w join attendance t on t.id = w.attendance join volunteer v on v.id = w.volunteer
where w.attendance in ids(:attendances) and +w.community = :community
    and not exists (select 1 from award_outcome o where o.award = w.id)
order by w.attendance, w.id
"""

_OUTCOMES = """
insert into award_outcome (award, community, transfer, points, cap, lost, act)
select r.award, cast(:community as bigint), r.transfer, r.points, r.cap, r.lost, cast(:act as bigint)
from rows(:items; award bigint, transfer bigint, points bigint, cap text, lost bigint) as r
"""

_POSTED = """
select t.id, t.amount, coalesce(v.merged_into, v.id) as volunteer, w.programme, w.rule, w.sheet,
    w.day, d.activity
from award w join transfer t on t.award = w.id and t.kind = 'earn' join attendance d on d.id = w.attendance
join volunteer v on v.id = w.volunteer
where w.attendance in ids(:attendances) and +w.community = :community order by t.id
"""


FIRST_RETRY = 2 * MINUTE


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What a programme's rules said about one attendance, under which sheet, and for which day."""

    attendance: int
    volunteer: int
    person: int
    programme: str
    sheet: int
    day: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation did: lines and points posted, points lost to caps, minutes counted."""

    lines: int = 0
    points: int = 0
    lost: int = 0
    minutes: int = 0


async def propose(unit: Unit, items: Iterable[Proposed]) -> int:
    """Writes the proposed lines; returns how many. Two statements."""
    locale = await unit.value(_LOCALE, community=unit.community)
    texts = unit.house.texts
    rows = [
        {
            "attendance": item.attendance,
            "volunteer": item.volunteer,
            "programme": item.programme,
            "rule": line.rule,
            "sheet": item.sheet,
            "points": line.points,
            "inputs": to_json(line.inputs),
            "message": line.message.id,
            "arguments": to_json(line.message.args),
            "text": texts.render(locale, line.message) if texts is not None else str(line.message),
            "day": item.day,
        }
        for item in items
        for line in item.lines
    ]
    if rows:
        await unit.execute(_PROPOSE, community=unit.community, act=unit.act, items=rows)
    return len(rows)


async def wait(unit: Unit, programme: str, errors: Mapping[int, str]) -> None:
    """Sets attendances aside whose score failed (attendance to why): they stand, their award is tried
    again."""
    rows = [{"attendance": a, "programme": programme, "error": error} for a, error in errors.items()]
    if rows:
        await unit.execute(_WAIT, community=unit.community, next_at=unit.now + FIRST_RETRY, items=rows)


async def waiting(house: House, now: int, most: int = 200) -> list[Row]:
    """Attendances (attendance, community, programme, error, attempts) whose award is due for another try."""
    return await house.db.fetch(_WAITING, now=now, most=most)


async def confirm(unit: Unit, attendances: Sequence[int], approver: int | None) -> Confirmed:
    """Counts the minutes of confirmed attendances and posts their proposed lines under the caps.

    `approver` is the second person; None: the community's policy confirms at once. Call it once per
    attendance (the decision row sees to that). Raises NotFound for volunteers who are not of this community.
    """
    service = await unit.fetch(_SERVICE, attendances=attendances, community=unit.community)
    if not service:
        return Confirmed()
    page = await open_page(unit, [row["volunteer"] for row in service])
    for row in service:
        page.months.add(row["volunteer"], row["day"][:7], minutes=row["minutes"])
    return await _post(page, attendances, {row["id"]: approver for row in service}, service)


async def settle(unit: Unit, items: Sequence[Proposed]) -> Confirmed:
    """Ends the wait of attendances that could be scored after all: proposes, and posts what is confirmed
    already.

    Attendances that no longer wait are left alone, so a second run changes nothing.
    """
    rows = await unit.fetch(_SETTLE, attendances=[i.attendance for i in items], community=unit.community)
    waited = {row["attendance"] for row in rows}
    items = [item for item in items if item.attendance in waited]
    await propose(unit, items)
    decided = await unit.fetch(_CONFIRMED, attendances=list(waited), community=unit.community)
    if not decided:
        return Confirmed()
    approvers = {row["attendance"]: row["decider"] for row in decided}
    service = await unit.fetch(_SERVICE, attendances=list(approvers), community=unit.community)
    page = await open_page(unit, [row["volunteer"] for row in service])
    return await _post(page, list(approvers), approvers, ())


async def _post(
    page: Page, attendances: Sequence[int], approvers: dict[int, int | None], service: Sequence[Row]
) -> Confirmed:
    unit = page.unit
    awards = await unit.fetch(_PROPOSED, attendances=attendances, community=unit.community)
    if any(approvers[award["attendance"]] == award["recorder"] for award in awards):
        raise Refused(Message("Somebody else has to confirm what you recorded yourself."))
    cuts = await counters.cut_and_count(unit, awards)
    earnings = [
        Earning(volunteer=a["volunteer"], amount=c.points, note=_note(page, a, approvers[a["attendance"]]))
        for a, c in zip(awards, cuts, strict=True)
        if c.points
    ]
    lines = iter(ledger.post_batch(page, earnings))
    keys = [next(lines).key if c.points else None for c in cuts]
    await page.write()
    outcomes = [
        {
            "award": award["id"],
            "transfer": page.ids[key] if key else None,
            "points": c.points,
            "cap": c.cap,
            "lost": c.lost,
        }
        for award, c, key in zip(awards, cuts, keys, strict=True)
    ]
    if outcomes:
        await unit.execute(_OUTCOMES, community=unit.community, act=unit.act, items=outcomes)
    return Confirmed(
        lines=len(earnings),
        points=sum(c.points for c in cuts),
        lost=sum(c.lost for c in cuts),
        minutes=sum(row["minutes"] for row in service),
    )


def _note(page: Page, award: Row, approver: int | None) -> Note:
    return Note(
        message=Message(award["message"], **msgspec.json.decode(award["arguments"])),
        text=award["text"],
        effective_at=moment(datetime.fromisoformat(award["day"]), page.accounts.zone),
        actor=award["recorder"],
        approver=approver,
        award=award["id"],
    )


async def take_back(unit: Unit, attendances: Sequence[int], message: Message) -> Confirmed:
    """Reverses all that confirming these attendances did: lines, minutes, months, and the room under the
    caps.

    The activity layer writes the decision row first. Raises Refused when a line was reversed already.
    """
    service = await unit.fetch(_SERVICE, attendances=attendances, community=unit.community)
    if not service:
        return Confirmed()
    page = await open_page(unit, [row["volunteer"] for row in service])
    for row in service:
        page.months.add(row["volunteer"], row["day"][:7], minutes=-row["minutes"])
    posted = await unit.fetch(_POSTED, attendances=attendances, community=unit.community)
    if posted:
        await ledger.reverse(page, [row["id"] for row in posted], message)
        await counters.give_room(unit, posted)
    await page.write()
    return Confirmed(
        lines=len(posted),
        points=sum(row["amount"] for row in posted),
        minutes=sum(row["minutes"] for row in service),
    )
