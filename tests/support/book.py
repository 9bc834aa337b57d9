"""Audits a whole database: every invariant of the book, from its rows alone. Slow on purpose, trusts
nothing kept."""

from collections import defaultdict
from typing import Any

from core.base.clock import local
from core.base.database import Database, Row
from core.points import rules
from core.points.caps import windows
from tests.support.book_time import check_time

# What a kind does to posted, held, debt; and what its lot uses sum up to, in amounts.
MOVES: dict[str, tuple[int, int, int, int]] = {
    "earn": (1, 0, 0, 0),
    "hold": (0, 1, 0, 1),
    "capture": (-1, -1, 0, 0),
    "release": (0, -1, 0, -1),
    "refund": (1, 0, 0, -1),
    "reverse": (-1, 0, 0, 1),
    "debt": (1, 0, 1, 0),
    "repay": (-1, 0, -1, 1),
    "opening": (1, 0, 0, 0),
    "expire": (-1, 0, 0, 1),
}


def moves(t: Row) -> tuple[int, int, int, int]:
    """What a line does. Some go either way: out of lots, or into a lot of its own."""
    if t["kind"] in ("merge", "gift", "adjust"):
        return (1, 0, 0, 0) if t["credit"] == t["account"] else (-1, 0, 0, 1)
    return MOVES[t["kind"]]


async def check_book(db: Database) -> list[str]:
    """The faults of the book, in words; empty when every invariant holds."""
    transfers = await db.fetch("select * from transfer order by account, version")
    faults = _accounts(await db.fetch("select * from points_account"), transfers)
    faults += _lots(
        await db.fetch("select * from lot"),
        await db.fetch("select * from lot_use"),
        transfers,
        await db.fetch("select * from points_account where kind = 'member'"),
    )
    faults += _holds(transfers)
    faults += await _months(db, transfers)
    faults += await _caps(db)
    faults += await _shelves(db)
    faults += await check_time(db, transfers)
    faults += await _openings(db, {t["id"]: t for t in transfers})
    faults += [
        f"act {row['id']} has no answer"
        for row in await db.fetch("select id from act where id not in (select act from act_answer)")
    ]
    return faults


def _accounts(accounts: list[Row], transfers: list[Row]) -> list[str]:
    faults: list[str] = []
    lines: defaultdict[int, list[Row]] = defaultdict(list)
    total: defaultdict[int, int] = defaultdict(int)
    for t in transfers:
        lines[t["account"]].append(t)
        if t["kind"] not in ("hold", "release"):
            total[t["credit"]] += t["amount"]
            total[t["debit"]] -= t["amount"]
    for account in accounts:
        name = f"account {account['id']}"
        if account["kind"] == "member":
            faults += [
                f"{name}: {fault}" for fault in _member(account, lines[account["id"]], total[account["id"]])
            ]
        elif account["posted"] or account["held"] or account["version"]:
            faults.append(f"{name}: a system account has a hot row")
    if sum(total.values()):
        faults.append("the trial balance is not zero")
    return faults


def _member(account: Row, lines: list[Row], total: int) -> list[str]:
    faults: list[str] = []
    posted = held = debt = 0
    for number, t in enumerate(lines, 1):
        by_posted, by_held, by_debt, _ = moves(t)
        posted += by_posted * t["amount"]
        held += by_held * t["amount"]
        debt += by_debt * t["amount"]
        if t["version"] != number:
            faults.append(f"version {t['version']} where {number} belongs")
        if (t["posted_after"], t["held_after"]) != (posted, held):
            faults.append(f"line {number} says another balance than its lines")
        if posted - held < 0 or held < 0 or debt < 0:
            faults.append(f"negative at line {number}")
    kept = (account["posted"], account["held"], account["debt"], account["version"])
    if kept != (posted, held, debt, len(lines)):
        faults.append(f"kept {kept}, its lines say {(posted, held, debt)}")
    if total != posted:
        faults.append(f"debits and credits give {total}, not {posted}")
    return faults


def _lots(lots: list[Row], uses: list[Row], transfers: list[Row], accounts: list[Row]) -> list[str]:
    faults: list[str] = []
    used: defaultdict[int, int] = defaultdict(int)
    by_transfer: defaultdict[int, int] = defaultdict(int)
    free: defaultdict[int, int] = defaultdict(int)
    opened = {lot["transfer"]: lot for lot in lots}
    for use in uses:
        used[use["lot"]] += use["amount"]
        by_transfer[use["transfer"]] += use["amount"]
    for lot in lots:
        free[lot["account"]] += lot["remaining"]
        if lot["remaining"] != lot["amount"] - used[lot["id"]]:
            faults.append(f"lot {lot['id']}: remaining {lot['remaining']}, its uses say otherwise")
    for account in accounts:
        if free[account["id"]] != account["posted"] - account["held"]:
            faults.append(f"account {account['id']}: its lots hold {free[account['id']]}")
    for t in transfers:
        lot = opened.get(t["id"])
        # What was bought from an account that was merged since comes back into a lot of its own.
        own_lot = t["kind"] == "refund" and lot is not None
        if by_transfer[t["id"]] != (0 if own_lot else moves(t)[3] * t["amount"]):
            faults.append(f"transfer {t['id']} ({t['kind']}): lots used for {by_transfer[t['id']]}")
        comes = t["kind"] in ("earn", "debt", "opening") or own_lot
        comes = comes or (t["kind"] in ("merge", "gift", "adjust") and moves(t)[0] == 1)
        if comes != (lot is not None and lot["amount"] == t["amount"]):
            faults.append(f"transfer {t['id']} ({t['kind']}): its lot is wrong")
    return faults


def _holds(transfers: list[Row]) -> list[str]:
    resolved: defaultdict[int, int] = defaultdict(int)
    for t in transfers:
        if t["hold"] is not None:
            resolved[t["hold"]] += t["amount"]
    return [
        f"hold {t['id']}: resolved for {resolved[t['id']]} of {t['amount']}"
        for t in transfers
        if t["kind"] == "hold" and resolved[t["id"]] not in (0, t["amount"])
    ]


async def _months(db: Database, transfers: list[Row]) -> list[str]:
    owner = {
        row["id"]: (row["volunteer"], row["zone"])
        for row in await db.fetch(
            "select a.id, coalesce(v.merged_into, v.id) as volunteer, c.zone from points_account a "
            "join community c on c.id = a.community left join volunteer v on v.id = a.volunteer"
        )
    }
    said: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    signs = {"earn": (0, 1), "reverse": (0, -1), "capture": (1, 1), "refund": (1, -1)}
    kinds = {t["id"]: t["kind"] for t in transfers}
    for t in transfers:
        # What stood in a paper book was earned in no month, and so it is not taken back from one.
        if t["kind"] in signs and kinds.get(t["reverses"]) != "opening":
            column, sign = signs[t["kind"]]
            volunteer, zone = owner[t["account"]]
            said[volunteer, local(t["effective_at"], zone).strftime("%Y-%m")][column] += sign * t["amount"]
    served = await db.fetch(
        "select coalesce(v.merged_into, v.id) as volunteer, a.day, a.minutes from attendance a "
        "join volunteer v on v.id = a.volunteer "
        "where exists (select 1 from attendance_decision d where d.attendance = a.id "
        "and d.decision = 'confirmed') and not exists (select 1 from attendance_decision d "
        "where d.attendance = a.id and d.decision = 'reversed')"
    )
    minutes: defaultdict[int, int] = defaultdict(int)
    for row in served:
        said[row["volunteer"], row["day"][:7]][2] += row["minutes"]
        minutes[row["volunteer"]] += row["minutes"]
    for row in await db.fetch(
        "select coalesce(v.merged_into, v.id) as volunteer, o.minutes from opening o "
        "join volunteer v on v.id = o.volunteer"
    ):
        minutes[row["volunteer"]] += row["minutes"]
    kept = {
        (row["volunteer"], row["month"]): [row["earned"], row["spent"], row["minutes"]]
        for row in await db.fetch("select * from volunteer_month")
    }
    zero = [0, 0, 0]
    faults = [
        f"month {key}: kept {kept.get(key, zero)}, the lines say {said.get(key, zero)}"
        for key in sorted(kept.keys() | said.keys())
        if kept.get(key, zero) != said.get(key, zero)
    ]
    for row in await db.fetch("select id, minutes from volunteer"):
        if row["minutes"] != minutes[row["id"]]:
            faults.append(
                f"volunteer {row['id']}: {row['minutes']} minutes kept, {minutes[row['id']]} served"
            )
    return faults


async def _caps(db: Database) -> list[str]:
    faults: list[str] = []
    used: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    for row in await db.fetch(
        "select t.amount, coalesce(v.merged_into, v.id) as volunteer, w.programme, w.rule, w.day, "
        "d.activity, "
        "s.rules "
        "from transfer t join award w on w.id = t.award join attendance d on d.id = w.attendance "
        "join volunteer v on v.id = w.volunteer "
        "join rule_sheet s on s.id = w.sheet where t.kind = 'earn' and not exists "
        "(select 1 from transfer x where x.reverses = t.id and x.kind = 'reverse')"
    ):
        for window in windows(
            rules.terms(row["rules"]).caps, row["programme"], row["rule"], row["day"], row["activity"]
        ):
            used[row["volunteer"], window.cap, window.span] += row["amount"]
    for row in await db.fetch("select * from cap_counter"):
        key = (row["volunteer"], row["cap"], row["span"])
        if row["used"] != used.pop(key, 0):
            faults.append(f"cap {key}: counter and lines disagree")
    faults += [f"cap {key}: no counter" for key in used]
    for row in await db.fetch(
        "select w.id, w.points as proposed, o.points, o.lost, t.amount from award w "
        "join award_outcome o on o.award = w.id left join transfer t on t.id = o.transfer"
    ):
        if row["points"] + row["lost"] != row["proposed"] or (row["amount"] or 0) != row["points"]:
            faults.append(f"award {row['id']}: proposed, posted and lost do not add up")
    return faults


async def _openings(db: Database, transfers: dict[int, Row]) -> list[str]:
    rows = await db.fetch("select * from opening order by id")
    standing: defaultdict[tuple[int, str], int] = defaultdict(int)
    by_id = {row["id"]: row for row in rows}
    faults: list[str] = []
    for row in rows:
        standing[row["volunteer"], row["source"]] += -1 if row["reverses"] else 1
        line = transfers.get(row["transfer"])
        kind, first = ("reverse", by_id.get(row["reverses"])) if row["reverses"] else ("opening", None)
        if (line["kind"], line["amount"]) != (kind, abs(row["points"])) if line else row["points"]:
            faults.append(f"opening {row['id']}: its line says something else")
        if first is not None and (first["points"], first["minutes"]) != (-row["points"], -row["minutes"]):
            faults.append(f"opening {row['id']}: reverses something else")
    faults += [f"opening of {key} stands {n} times" for key, n in standing.items() if n not in (0, 1)]
    posted = {row["transfer"] for row in rows}
    faults += [
        f"transfer {t['id']}: an opening without its row"
        for t in transfers.values()
        if t["kind"] == "opening" and t["id"] not in posted
    ]
    return faults


async def _shelves(db: Database) -> list[str]:
    faults = [
        f"reward {row['id']}: stock {row['stock']}, moves say {row['moved']}"
        for row in await db.fetch(
            "select r.id, r.stock, coalesce((select sum(m.quantity) from stock_move m "
            "where m.reward = r.id), 0) as moved from reward r"
        )
        if row["stock"] != row["moved"]
    ]
    for row in await db.fetch(
        "select e.id, e.points, "
        "(select sum(t.amount) from transfer t where t.redemption = e.id and t.kind = 'capture') as paid, "
        "(select sum(t.amount) from transfer t where t.redemption = e.id and t.kind = 'refund') as refunded, "
        "(select count(*) from redemption_step s where s.redemption = e.id "
        "and s.step = 'collected') as collected, "
        "(select count(*) from redemption_step s where s.redemption = e.id and s.step = 'undone') as undone, "
        "(select sum(m.quantity) from stock_move m where m.redemption = e.id) as pieces, e.quantity "
        "from redemption e"
    ):
        pieces = 0 if row["undone"] else -row["quantity"]
        back = row["points"] if row["undone"] else None
        kept = (row["paid"], row["refunded"], row["collected"], row["pieces"])
        if kept != (row["points"], back, 1, pieces):
            faults.append(f"redemption {row['id']}: points, steps and stock do not agree")
    return faults
