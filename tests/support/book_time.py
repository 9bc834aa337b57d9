"""Audits what the book keeps about time: lots that end, holds, gifts, star levels, closed months."""

from collections import defaultdict

from core.base.database import Database, Row
from core.points.policy import read

OF_POSTED = {"earn": 1, "capture": -1, "refund": 1, "reverse": -1, "debt": 1, "repay": -1}
OF_POSTED |= {"opening": 1, "expire": -1, "hold": 0, "release": 0}


def moved(t: Row) -> int:
    """What a line does to what its member has."""
    sign = OF_POSTED.get(t["kind"], 1 if t["credit"] == t["account"] else -1)
    return int(sign * t["amount"])


async def check_time(db: Database, transfers: list[Row]) -> list[str]:
    """The faults, in words; empty when every projection is what its rows say."""
    faults = await _graces(db)
    faults += await _holds(db, transfers)
    faults += await _stars(db)
    faults += await _periods(db, transfers)
    return faults


async def _graces(db: Database) -> list[str]:
    lots = {row["id"]: row["expires_at"] for row in await db.fetch("select id, expires_at from lot")}
    last = {row["lot"]: row["expires_at"] for row in await db.fetch("select * from lot_grace order by id")}
    return [f"lot {lot}: ends otherwise than its grace says" for lot, end in last.items() if lots[lot] != end]


async def _holds(db: Database, transfers: list[Row]) -> list[str]:
    resolved = {t["hold"] for t in transfers}
    open_holds = {row["hold"] for row in await db.fetch("select hold from hold_open")}
    faults = [f"hold {hold} stands and is resolved" for hold in open_holds & resolved]
    held = {
        row["hold"]
        for row in await db.fetch(
            "select g.hold from gift g join gift_open o on o.gift = g.id and o.community = g.community"
        )
    }
    faults += [f"the hold {hold} of an open gift is resolved" for hold in held & resolved]
    ended = await db.fetch("select g.id, g.hold from gift g join gift_end e on e.gift = g.id")
    faults += [f"gift {row['id']} ended, its hold stands" for row in ended if row["hold"] not in resolved]
    return faults


async def _stars(db: Database) -> list[str]:
    policies = {
        row["id"]: read(row["settings"]) for row in await db.fetch("select id, settings from community")
    }
    return [
        f"volunteer {v['id']}: {v['stars']} stars for {v['minutes']} minutes"
        for v in await db.fetch("select id, community, minutes, stars from volunteer")
        if policies[v["community"]].stars(v["minutes"]) != v["stars"]
    ]


async def _periods(db: Database, transfers: list[Row]) -> list[str]:
    """What closed months say is what their lines say, however much was booked since."""
    periods = await db.fetch(
        "select p.* from period p where not exists (select 1 from period_reopened r where r.period = p.id)"
    )
    faults = []
    for period in periods:
        had: defaultdict[int, int] = defaultdict(int)
        for t in transfers:
            here = t["community"] == period["community"]
            if here and (t["booked_at"] or t["effective_at"]) < period["until_at"] and moved(t):
                had[t["account"]] += moved(t)
                had[t["debit"] if t["credit"] == t["account"] else t["credit"]] -= moved(t)
        kept = {
            row["account"]: row["posted"]
            for row in await db.fetch("select * from period_balance where period = :p", p=period["id"])
        }
        faults += [
            f"closed {period['last_day']}, account {account}: kept {kept.get(account, 0)}, had {points}"
            for account, points in had.items()
            if kept.get(account, 0) != points
        ]
        if sum(kept.values()):
            faults.append(f"closed {period['last_day']}: the trial balance is not zero")
    return faults
