"""A page of the book: the lines one act writes, collected first, then written as a few sets.

Every credit to a member opens a lot or fills one again; every debit (and every hold) says which lots it took.
So the lots of an account always hold exactly what is posted and not held.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.base.act import Unit
from core.base.clock import day_of, local
from core.base.errors import Message
from core.base.ids import public_id
from core.base.sql import to_json
from core.points import accounts, tallies
from core.points.accounts import Accounts, Member

_TRANSFERS = """
insert into transfer (community, public_id, act, kind, debit, credit, amount, effective_at, recorded_at,
    award, redemption, hold, reverses, approval, booked_at, actor, approver, account, version, posted_after,
    held_after, message, arguments, text)
select cast(:community as bigint), r.public_id, cast(:act as bigint), r.kind, r.debit, r.credit, r.amount,
    r.effective_at, cast(:at as bigint), r.award, r.redemption, r.hold, r.reverses, r.approval, r.booked_at,
    r.actor, r.approver,
    r.account, r.version, r.posted_after, r.held_after, r.message, r.arguments, r.text
from rows(:lines; public_id text, kind text, debit bigint, credit bigint, amount bigint, effective_at bigint,
    award bigint, redemption bigint, hold bigint, reverses bigint, approval bigint, booked_at bigint,
    actor bigint, approver bigint, account bigint, version bigint, posted_after bigint, held_after bigint,
    message text, arguments text, text text) as r
returning id, account, version
"""

_LOTS = """
insert into lot (community, account, transfer, amount, remaining, expires_at)
select cast(:community as bigint), r.account, r.transfer, r.amount, r.remaining, r.expires_at
from rows(:lots; account bigint, transfer bigint, amount bigint, remaining bigint, expires_at bigint) as r
returning id, transfer
"""

_TAKE = """
update lot as l set remaining = l.remaining - r.taken
from rows(:lots; id bigint, taken bigint) as r where l.id = r.id and +l.community = :community
"""

_USES = """
insert into lot_use (community, lot, transfer, amount)
select cast(:community as bigint), r.lot, r.transfer, r.amount
from rows(:uses; lot bigint, transfer bigint, amount bigint) as r
"""

_GRACES = """
insert into lot_grace (community, lot, transfer, was_at, expires_at)
select cast(:community as bigint), r.lot, r.transfer, r.was_at, r.expires_at
from rows(:graces; lot bigint, transfer bigint, was_at bigint, expires_at bigint) as r
"""

_LAST = """
update lot as l set expires_at = r.expires_at
from rows(:graces; lot bigint, expires_at bigint) as r where l.id = r.lot and +l.community = :community
"""

_STAND = """
insert into hold_open (hold, community, until_at)
select r.hold, cast(:community as bigint), r.until_at from rows(:holds; hold bigint, until_at bigint) as r
"""

_SETTLE = "delete from hold_open where hold in ids(:holds) and +community = :community"

Key = tuple[int, int]  # a line's account and version: known before the database gives it an id


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a line says about itself. `text` is the message in the community's language, rendered once."""

    message: Message
    text: str
    effective_at: int
    actor: int | None = None
    approver: int | None = None
    award: int | None = None
    redemption: int | None = None
    approval: int | None = None


class Line(NamedTuple):
    """A line just added to the page; its id is known after `write`."""

    key: Key
    public_id: str
    amount: int


@dataclass(slots=True)
class Lot:
    """A lot: `id` is None until it is written, then found by the line that opened it."""

    id: int | None
    remaining: int
    opened_by: Key | None = None
    expires_at: int | None = None


class Use(NamedTuple):
    """Points a line took from a lot, and when the lot ends."""

    lot: int
    amount: int
    expires_at: int | None


@dataclass(slots=True)
class Page:
    """The lines of one act. `ids` has the line's id by key once written."""

    unit: Unit
    accounts: Accounts
    ids: dict[Key, int] = field(default_factory=dict)
    months: tallies.Months = field(default_factory=tallies.Months)
    _lines: list[dict[str, Any]] = field(default_factory=list)
    _opened: list[tuple[Key, int, int | None, Lot]] = field(default_factory=list)
    _taken: dict[int, int] = field(default_factory=dict)
    _uses: list[tuple[Lot, Key, int]] = field(default_factory=list)
    _graces: list[dict[str, Any]] = field(default_factory=list)
    _standing: list[dict[str, Any]] = field(default_factory=list)
    _settled: list[int] = field(default_factory=list)

    def member(self, volunteer: int) -> Member:
        return self.accounts.members[volunteer]

    def words(self, message: Message) -> str:
        """The message in the community's language."""
        texts = self.unit.house.texts
        rendered: str = texts.render(self.accounts.locale, message) if texts is not None else str(message)
        return rendered

    def booked(self, at: int) -> int | None:
        """When a line of this moment counts, where its own month is closed: as soon as the book is open."""
        return None if at >= self.accounts.closed_to else self.accounts.closed_to

    def end(self, at: int) -> int | None:
        """When points earned at a moment end, by the community's rule."""
        zone = self.accounts.zone
        return self.accounts.policy.end(day_of(at, zone), zone, self.unit.now)

    def not_over(self, end: int) -> int:
        """The end of points, or, where that is past, the end of the days of grace."""
        policy, now = self.accounts.policy, self.unit.now
        return end if end > now else policy.grace(now, self.accounts.zone)

    def last_day(self, end: int) -> str:
        """The last day on which points that end at a moment are good."""
        return day_of(end - 1, self.accounts.zone)

    def month(self, at: int) -> str:
        """The community's month of a moment."""
        return local(at, self.accounts.zone).strftime("%Y-%m")

    def add(
        self,
        member: Member,
        kind: str,
        amount: int,
        note: Note,
        *,
        other: int,
        posted: int = 0,
        held: int = 0,
        into: bool = False,
        hold: "int | Key | None" = None,
        reverses: int | None = None,
    ) -> Line:
        """Adds a line between the member and the `other` account; `posted` and `held` are what it moves."""
        member.posted += posted
        member.held += held
        member.version += 1
        line = Line((member.account, member.version), public_id(), amount)
        self._lines.append(
            {
                "public_id": line.public_id,
                "kind": kind,
                "debit": other if into else member.account,
                "credit": member.account if into else other,
                "amount": amount,
                "effective_at": note.effective_at,
                "award": note.award,
                "redemption": note.redemption,
                "hold": hold,
                "reverses": reverses,
                "approval": note.approval,
                "booked_at": self.booked(note.effective_at),
                "actor": note.actor,
                "approver": note.approver,
                "account": member.account,
                "version": member.version,
                "posted_after": member.posted,
                "held_after": member.held,
                "message": note.message.id,
                "arguments": to_json(note.message.args),
                "text": note.text,
            }
        )
        return line

    def open_lot(self, line: Line, expires_at: int | None = None) -> Lot:
        """Opens the lot of a line that brought points."""
        lot = Lot(None, line.amount, line.key, expires_at)
        self._opened.append((line.key, line.amount, expires_at, lot))
        return lot

    def take(self, line: Line, lots: Iterable[Lot], amount: int) -> int:
        """Takes up to `amount` from the lots, in their order, for a line; returns what was not found."""
        for lot in lots:
            taken = min(lot.remaining, amount)
            if taken:
                self._use(line, lot, taken)
                amount -= taken
        return amount

    def grace(self, uses: Iterable[Use]) -> tuple[int, int]:
        """Of what comes back: how many points return to lots that are over, and until when they last."""
        late = sum(
            use.amount for use in uses if use.expires_at is not None and use.expires_at <= self.unit.now
        )
        return late, self.accounts.policy.grace(self.unit.now, self.accounts.zone) if late else 0

    def give_back(self, line: Line, uses: Iterable[Use]) -> None:
        """Gives points back to the lots they came from; one that is over meanwhile lasts a while more."""
        until = self.accounts.policy.grace(self.unit.now, self.accounts.zone)
        for use in uses:
            self._use(line, Lot(use.lot, 0), -use.amount)
            if use.expires_at is not None and use.expires_at <= self.unit.now:
                self._graces.append(
                    {"lot": use.lot, "key": line.key, "was_at": use.expires_at, "expires_at": until}
                )

    def stands_until(self, line: Line, until: int) -> None:
        """A hold that stands by itself ends by a job."""
        self._standing.append({"key": line.key, "until_at": until})

    def settles(self, hold: int) -> None:
        """A hold of an earlier act is resolved by this one."""
        self._settled.append(hold)

    def _use(self, line: Line, lot: Lot, amount: int) -> None:
        lot.remaining -= amount
        self._uses.append((lot, line.key, amount))
        if lot.id is not None:
            self._taken[lot.id] = self._taken.get(lot.id, 0) + amount

    async def write(self) -> None:
        """Writes the page: a dozen statements at most, whatever the number of lines."""
        unit = self.unit
        # A capture names its hold by id: when both are of this page, the hold is written first.
        await self._write_lines([line for line in self._lines if not isinstance(line["hold"], tuple)])
        await self._write_lines([line for line in self._lines if isinstance(line["hold"], tuple)])
        await self._write_lots()
        await accounts.move(unit, self.accounts.members.values())
        await self.months.write(unit, self.accounts.policy)
        await self._write_holds()
        self._lines, self._opened, self._uses, self._taken = [], [], [], {}

    async def _write_lines(self, lines: list[dict[str, Any]]) -> None:
        if not lines:
            return
        for line in lines:
            if isinstance(line["hold"], tuple):
                line["hold"] = self.ids[line["hold"]]
        unit = self.unit
        rows = await unit.fetch(_TRANSFERS, community=unit.community, act=unit.act, at=unit.now, lines=lines)
        self.ids.update(((row["account"], row["version"]), row["id"]) for row in rows)

    async def _write_lots(self) -> None:
        community = self.unit.community
        if self._opened:
            rows = [
                {
                    "account": key[0],
                    "transfer": self.ids[key],
                    "amount": amount,
                    "remaining": lot.remaining,
                    "expires_at": expires_at,
                }
                for key, amount, expires_at, lot in self._opened
            ]
            ids = {
                r["transfer"]: r["id"] for r in await self.unit.fetch(_LOTS, community=community, lots=rows)
            }
            for key, _, _, lot in self._opened:
                lot.id = ids[self.ids[key]]
        if self._taken:
            taken = [{"id": lot, "taken": amount} for lot, amount in sorted(self._taken.items())]
            await self.unit.execute(_TAKE, community=community, lots=taken)
        if self._uses:
            uses = [{"lot": lot.id, "transfer": self.ids[key], "amount": n} for lot, key, n in self._uses]
            await self.unit.execute(_USES, community=community, uses=uses)

        if self._graces:
            rows = [{**grace, "transfer": self.ids[grace.pop("key")]} for grace in self._graces]
            await self.unit.execute(_GRACES, community=community, graces=rows)
            await self.unit.execute(_LAST, community=community, graces=rows)
            self._graces = []

    async def _write_holds(self) -> None:
        if self._standing:
            rows = [{"hold": self.ids[hold["key"]], "until_at": hold["until_at"]} for hold in self._standing]
            await self.unit.execute(_STAND, community=self.unit.community, holds=rows)
        if self._settled:
            await self.unit.execute(_SETTLE, community=self.unit.community, holds=self._settled)
        self._standing, self._settled = [], []


async def open_page(unit: Unit, volunteers: Iterable[int]) -> Page:
    """Locks the accounts and opens a page for them. Raises NotFound (see `accounts.lock`)."""
    return Page(unit, await accounts.lock(unit, volunteers))
