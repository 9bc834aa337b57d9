"""What somebody tries who is inside but wants more: foreign ids in forms, lost roles, others' request ids."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar import Litestar

from core.base.clock import MINUTE, FixedClock
from core.base.database import Database
from core.base.ids import request_id
from core.community import audit_log
from core.community.roles import NewGrant, end_grant, grant_roles
from tests.support.offices import Offices
from tests.web.conftest import BOTH
from tests.web.forms import Form, forms_of
from tests.web.guest import Guest
from tests.web.places import filled, values_in
from tests.web.test_matrix import routes_of
from tests.web.walks import points_of
from tests.web.world import ROLES, World, make_world, record

# What a try may leave behind: that it was made.
TRACES = frozenset({"act", "audit", "event", "session", "notice", "tally"})
# How to find ids in forms: by table and column; those of few digits by the field's name too.
IDS = (
    ("volunteer", "number", ""),
    ("reward", "public_id", ""),
    ("counter", "public_id", ""),
    ("team", "public_id", ""),
    ("area", "public_id", ""),
    ("activity", "public_id", ""),
    ("redemption", "public_id", ""),
    ("transfer", "public_id", ""),
    ("post", "public_id", ""),
    ("approval", "public_id", ""),
    ("import_run", "public_id", ""),
    ("patrol_shift", "public_id", ""),
    ("role", "key", ""),
    ("slip", "public_id", ""),
    ("visit", "public_id", ""),
    ("volunteer", "(select p.public_id from person p where p.id = volunteer.person)", ""),
    ("attendance", "id", "attendance"),
    ("team_member", "id", "member"),
    ("role_grant", "id", "grant"),
)


@pytest.fixture
async def world(app: Litestar, offices: Offices, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(audit_log, "MOST_REFUSED", 0)
    return await make_world(app, offices)


async def tables_of(db: Database) -> list[str]:
    """The tables of communities, but for the traces."""
    if db.engine == "sqlite":
        rows = await db.run_text(
            "select t.name as t from sqlite_master t join pragma_table_info(t.name) c "
            "on c.name = 'community' where t.type = 'table'",
            [],
        )
    else:
        rows = await db.run_text(
            "select table_name::text as t from information_schema.columns where column_name = 'community' "
            "and table_schema = 'public'",
            [],
        )
    return sorted({row["t"] for row in rows} - TRACES)


async def fingerprint(db: Database, community: int, tables: list[str]) -> dict[str, list[str]]:
    """All rows of a community, by table."""
    found = {}
    for table in tables:
        rows = await db.run_text(f"select * from {table} where community = {community}", [])  # noqa: S608
        found[table] = sorted(str([row[key] for key in row.keys()]) for row in rows)  # noqa: SIM118
    return found


async def foreign_ids(world: World) -> dict[str, str]:
    """For each id of 红旗社区 (or `field=id`) one of the same kind of 新兴社区."""
    db, cast = world.cast.house.db, world.cast
    found: dict[str, str] = {}
    for table, column, name in IDS:
        sql = f"select {column} as id from {table} where community = "  # noqa: S608  # names of ours
        ours = await db.run_text(f"{sql}{cast.hongqi}", [])
        theirs = await db.run_text(f"{sql}{cast.xinxing}", [])
        if theirs:
            before = f"{name}=" if name else ""
            found.update({f"{before}{row['id']}": str(theirs[0]["id"]) for row in ours})
    return found


async def pages_with_forms(world: World, name: str) -> list[tuple[str, list[Form]]]:
    found = []
    for route in routes_of(world.app):
        if route.rule.method != "GET":
            continue
        values = await values_in(world.cast.house.db, route, world.cast.hongqi) or {}
        path = filled(route, "hongqi", values)
        reply = await world.guests[name].get(path)
        if reply.status == 200 and "html" in reply.header("content-type"):
            found.append((path, forms_of(reply.text)))
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_foreign_id_in_a_form_changes_and_shows_nothing_of_the_other_community(
    world: World, clock: FixedClock
) -> None:
    db, cast = world.cast.house.db, world.cast
    foreign, tables = await foreign_ids(world), await tables_of(db)
    before = await fingerprint(db, cast.xinxing, tables)
    faults, tried = [], 0
    for name in (n for n in ROLES if world.home(n) == "hongqi"):
        for path, forms in await pages_with_forms(world, name):
            clock.advance(2 * MINUTE)
            sent_here = 0
            for form in forms:
                for swapped in form.swaps(foreign):
                    fields = [(k, request_id() if k == "request_id" else v) for k, v in swapped]
                    reply = await world.guests[name].post(form.action, _encoded(fields))
                    sent_here += 1
                    if reply.status >= 500 or "冯阿姨" in reply.text or "冯*姨" in reply.text:
                        faults.append(f"{path} as {ROLES[name]}: {form.action} answers {reply.status}")
            tried += sent_here
            if sent_here:
                after = await fingerprint(db, cast.xinxing, tables)
                if after != before:
                    changed = [table for table in tables if after[table] != before[table]]
                    faults.append(f"{path} as {ROLES[name]} changed {changed}")
                    before = after
    assert not faults, "\n".join(faults)
    assert tried > 60


def _encoded(fields: list[tuple[str, str]]) -> bytes:
    return urlencode(fields).encode()


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_role_taken_away_in_the_middle_of_a_form_closes_it(world: World, clock: FixedClock) -> None:
    """All forms of a worker are open before him when his role goes: none of them does anything any more."""
    db, cast = world.cast.house.db, world.cast
    pages = await pages_with_forms(world, "陈社工")
    rules = {
        re.sub(r"\{[a-z_]+:[a-z]+\}", "[^/]+", route.rule.path.replace("{slug:str}", "hongqi")): route.rule
        for route in routes_of(world.app)
        if route.rule.method == "POST" and route.rule.permission
    }
    grant = await db.value("select id from role_grant where person = :p", p=cast["陈社工"].person)
    await cast.do(cast.system(), lambda unit: end_grant(unit, grant))
    tables = await tables_of(db)
    before = await fingerprint(db, cast.hongqi, tables)
    tried = 0
    for _, forms in pages:
        clock.advance(2 * MINUTE)
        for form in forms:
            path = form.action.partition("?")[0]
            if not any(re.fullmatch(pattern, path) for pattern in rules):
                continue
            tried += 1
            reply = await world.guests["陈社工"].post(form.action, _encoded(form.filled()))
            assert reply.status == 404, form.action
    assert tried > 20
    assert await fingerprint(db, cast.hongqi, tables) == before


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_the_request_id_of_another_brings_neither_his_answer_nor_anything_of_his(world: World) -> None:
    cast = world.cast
    first, second = world.guests["孙店员"], world.guests["陈社工"]
    for day in (9, 10, 11, 19, 20):
        await record(world.guests["王队长"], "hongqi", day, [cast["赵叔叔"].number])
    shown = await cast.house.db.value("select public_id from reward where id = :id", id=cast.soap)

    async def confirm_page(guest: Guest, member: str) -> dict[str, Any]:
        page = await guest.get("/c/hongqi/counter")
        chosen = {"_csrf_token": page.csrf, "member": cast[member].number, "reward": shown}
        page = await guest.post("/c/hongqi/counter/confirm", chosen)
        return dict(page.form("/c/hongqi/redemptions"))

    form = await confirm_page(first, "赵叔叔")
    done = await first.post("/c/hongqi/redemptions", form)
    assert done.status == 303
    again = await first.post("/c/hongqi/redemptions", form)
    assert again.location == done.location, "his own is answered again"
    mine = {**await confirm_page(second, "赵叔叔"), "request_id": form["request_id"]}
    answer = await second.post("/c/hongqi/redemptions", mine)
    assert answer.location != done.location
    assert answer.status in (303, 409)
    other = await first.post("/c/hongqi/redemptions", {**form, "member": cast["李阿姨"].number})
    assert other.status == 409, "the same id for something else is refused"


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_permission_for_one_team_is_worth_nothing_for_another(world: World) -> None:
    db, cast = world.cast.house.db, world.cast
    leader = world.guests["王队长"]
    quiet = await db.value("select public_id from team where id = :id", id=world.quiet_team)
    base = "/c/hongqi/x/patrol/shifts"
    before = await points_of(cast, "钱奶奶")
    assert (await leader.get(f"{base}/new?team={quiet}")).status == 404
    page = await leader.get(base + "/new")
    fields = {**page.form(base), "from": "2026-11-21T20:00", "to": "2026-11-21T22:00", "route": "东门"}
    tried = await leader.post(base, {**fields, "team": quiet, "who": [cast["钱奶奶"].number]})
    assert tried.status == 404
    narrow = NewGrant(cast["吴大爷"].person, "worker", community=cast.hongqi, team=cast.team)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [narrow]))
    helper = Guest(world.app, {"linli": await cast.token("吴大爷")})
    own = await db.value("select public_id from team where id = :id", id=cast.team)
    edits = {shown: await helper.get(f"/c/hongqi/teams/{shown}/edit") for shown in (own, quiet)}
    assert edits[quiet].status == 404
    assert await points_of(cast, "钱奶奶") == before
    assert await db.value("select count(*) from activity where team = :t", t=world.quiet_team) == 3


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_a_leader_does_not_confirm_his_own_hours(world: World) -> None:
    """His own wait in the queue whatever the programme says; the queue he may read offers him no such box."""
    cast, db = world.cast, world.cast.house.db
    reviewer = NewGrant(cast["王队长"].person, "worker", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [reviewer]))
    own = await db.value(
        "select attendance from attendance_pending where volunteer = :v limit 1", v=cast["王队长"].volunteer
    )
    leader = world.guests["王队长"]
    page = await leader.get("/c/hongqi/review")
    sent = {**page.form("/c/hongqi/review"), "attendance": [str(own)], "decision": "confirm"}
    tried = await leader.post("/c/hongqi/review", sent)
    assert tried.status == 409
    assert await db.value("select count(*) from attendance_decision where attendance = :a", a=own) == 0
