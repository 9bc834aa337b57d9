"""Walks through pages that several tests begin with."""

from tests.support.cast import Cast
from tests.web.guest import Guest, Reply

SHIFTS = "/c/hongqi/x/patrol/shifts"


async def record_patrol(leader: Guest, cast: Cast, *names: str, **changes: str | list[str]) -> Reply:
    """The leader records last night's patrol, 20:00 to 22:00, for these members."""
    page = await leader.get(SHIFTS + "/new")
    fields: dict[str, str | list[str]] = {
        "from": "2026-11-22T20:00",
        "to": "2026-11-22T22:00",
        "who": [cast[name].number for name in names],
        "route": "东门—广场",
        **changes,
    }
    return await leader.post(SHIFTS, {**page.form(SHIFTS), **fields})


async def find(clerk: Guest, number: str) -> Reply:
    """The clerk looks a member up."""
    page = await clerk.get("/c/hongqi/counter")
    return await clerk.submit(page, "/c/hongqi/counter", q=number)


async def choose(clerk: Guest, cast: Cast, name: str, reward: str) -> Reply:
    """The clerk finds a member and chooses a reward by its name; the page to look at once more."""
    page = await find(clerk, cast[name].number)
    shown = await cast.house.db.value("select public_id from reward where name = :name", name=reward)
    fields = {"_csrf_token": page.csrf, "member": cast[name].number, "reward": shown}
    return await clerk.post("/c/hongqi/counter/confirm", fields)


async def points_of(cast: Cast, name: str) -> int:
    """What the database says."""
    return int(
        await cast.house.db.value(
            "select coalesce(sum(posted - held), 0) from points_account where volunteer = :volunteer",
            volunteer=cast[name].volunteer,
        )
    )
