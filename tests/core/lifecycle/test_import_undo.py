"""Taking an import back: all of it, and only while nothing was built on it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.base.act import Unit
from core.base.errors import Message, NotFound, Refused
from core.community.credentials import set_password
from core.community.entered import BuiltOn
from core.community.households import create_household
from core.community.notices import notify
from core.community.roles import NewGrant, grant_roles
from core.community.search import search
from core.community.teams import NewMember, add_members, create_team
from core.lifecycle.demo import EXAMPLE
from core.lifecycle.imports.runs import Run
from core.lifecycle.imports.undo import undo
from core.points.opening import Opening, add_openings
from core.reward import redemption
from tests.core.lifecycle.test_import_openings import books
from tests.support import cast as casting
from tests.support.book import check_book
from tests.support.cast import Cast
from tests.support.lists import everything, last_run, table, take, take_out

PEOPLE = table(
    "姓名,手机号,服务队,职务,网格", "马小云,13800009001,晨练队,队长,第1网格", "苗青,13800009002,晨练队,,"
)
AREAS = table("路径,户数", "第1网格,100", "第1网格/3幢,20")
TEAMS = table("服务队名称,类别", "暖心队,助老", "棋友队,文化")


async def person_of(cast: Cast, name: str) -> int:
    return int(await cast.house.db.value("select id from person where name = :name", name=name))


async def volunteer_of(cast: Cast, name: str) -> int:
    return int(
        await cast.house.db.value(
            "select v.id from volunteer v join person p on p.id = v.person where p.name = :name", name=name
        )
    )


async def test_people_teams_and_homes_are_gone_and_nothing_leads_to_them(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, AREAS)
    before = await everything(worker)
    await take(worker, PEOPLE)
    person = await person_of(cast, "马小云")

    async def tell(unit: Unit) -> None:
        await notify(unit, [person], "x", Message("Hello"))

    await cast.do(cast.system(), tell)
    await take_out(cast, worker)
    after = await everything(worker)
    # The persons' rows stay as erased ones stay; acts and the import's own row stay as history.
    assert after[1:14] == before[1:14]
    row = await cast.house.db.one("select name, search, erased_at from person where id = :p", p=person)
    assert row is not None
    assert (row["name"], row["search"]) == ("", "") and row["erased_at"] is not None
    for left in (
        "select count(*) from person_key where person = :p",
        "select count(*) from notice where person = :p",
    ):
        assert await cast.house.db.value(left, p=person) == 0
    for text in ("马小云", "maxiao", "13800009001", "9001"):
        assert await search(worker, text) == []
    assert await cast.house.db.value("select count(*) from audit where action = 'import.undo'") == 1
    run = await last_run(worker)
    assert (run.state, run.undone_by) == ("undone", "陈社工")


async def test_memberships_of_people_who_were_there_before_go_too(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    before = await everything(worker)
    await take(worker, table("编号,姓名,服务队,职务", f"{cast['李阿姨'].number},李阿姨,晨练队,队长"))
    team = await cast.house.db.value("select id from team where name = '晨练队'")
    assert (await cast.viewer("李阿姨")).may("activity.record", team=team)
    await take_out(cast, worker)
    assert (await everything(worker))[:14] == before[:14]
    assert not (await cast.viewer("李阿姨")).may("activity.record", team=team)


async def test_an_undo_is_done_once(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, TEAMS)
    run = await last_run(worker)
    await take_out(cast, worker)

    async def again(unit: Unit) -> None:
        await undo(unit, run)

    with pytest.raises(Refused, match="undone already"):
        await cast.do(worker, again)


async def test_only_who_may_import_undoes_and_only_at_home(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, TEAMS)
    run = await last_run(worker)

    async def work(unit: Unit) -> None:
        await undo(unit, run)

    for name, slug in (("王队长", "hongqi"), ("孙店员", "hongqi"), ("何社工", "hongqi")):
        with pytest.raises(NotFound):
            await cast.do(await cast.viewer(name, slug), work)
    with pytest.raises(Refused):
        await cast.do(await cast.viewer("何社工", "xinxing"), work)
    assert await cast.house.db.value("select count(*) from team where name = '暖心队'") == 1


Build = Callable[[Cast], Awaitable[None]]


async def _attended(cast: Cast) -> None:
    text = table("姓名,手机号,日期,时长", "马小云,13800009001,2026-01-05,2")
    await take(await cast.viewer("陈社工"), text, "records")


async def _opened(cast: Cast) -> None:
    volunteer = await volunteer_of(cast, "苗青")

    async def work(unit: Unit) -> None:
        await add_openings(unit, [Opening(volunteer, 50, 0, "2026-01-01", "存折")])

    await cast.do(cast.system(), work)


async def _joined(cast: Cast) -> None:
    volunteer = await volunteer_of(cast, "苗青")

    async def work(unit: Unit) -> None:
        await add_members(unit, [NewMember(cast.team, volunteer)])

    await cast.do(await cast.viewer("陈社工"), work)


async def _others_joined(cast: Cast) -> None:
    team = await cast.house.db.value("select id from team where name = '晨练队'")

    async def work(unit: Unit) -> None:
        await add_members(unit, [NewMember(team, cast["李阿姨"].volunteer or 0)])

    await cast.do(await cast.viewer("陈社工"), work)


async def _left(cast: Cast) -> None:
    volunteer = await volunteer_of(cast, "苗青")

    async def work(unit: Unit) -> None:
        await unit.execute("update volunteer set status = 'left' where id = :v", v=volunteer)

    await cast.do(cast.system(), work)


async def _signed_in(cast: Cast) -> None:
    person = await person_of(cast, "苗青")

    async def work(unit: Unit) -> None:
        await set_password(unit, person, casting._prepared[0])

    await cast.do(cast.system(), work)


async def _has_a_role(cast: Cast) -> None:
    person = await person_of(cast, "苗青")

    async def work(unit: Unit) -> None:
        await grant_roles(unit, [NewGrant(person, "clerk", community=cast.hongqi)])

    await cast.do(cast.system(), work)


async def _lives_with_somebody(cast: Cast) -> None:
    person = await person_of(cast, "苗青")

    async def work(unit: Unit) -> None:
        await create_household(unit, {person: ""})

    await cast.do(cast.system(), work)


BUILT: dict[str, tuple[Build, str]] = {
    "attended": (_attended, "Service or points"),
    "opening": (_opened, "Service or points"),
    "joined": (_joined, "have joined other teams"),
    "others joined": (_others_joined, "Others have joined"),
    "left": (_left, "have moved, left"),
    "password": (_signed_in, "a password by now"),
    "role": (_has_a_role, "a password by now"),
    "household": (_lives_with_somebody, "a password by now"),
}


@pytest.mark.parametrize("what", BUILT)
async def test_people_something_was_built_on_stay_and_the_reason_is_told(cast: Cast, what: str) -> None:
    build, reason = BUILT[what]
    worker = await cast.viewer("陈社工")
    await take(worker, AREAS)
    await take(worker, PEOPLE)
    run = await last_run(worker)
    await build(cast)
    (told,) = await reasons_of(cast, run)
    assert reason in told


async def reasons_of(cast: Cast, run: Run) -> list[str]:
    """Why it cannot be undone; nothing is changed by trying."""
    worker = await cast.viewer("陈社工")
    before = await everything(worker)

    async def work(unit: Unit) -> None:
        await undo(unit, run)

    with pytest.raises(BuiltOn) as built:
        await cast.do(worker, work)
    assert await everything(worker) == before
    assert (await last_run(worker)).state == "done"
    return [str(reason) for reason in built.value.reasons]


async def test_areas_in_use_and_teams_at_work_stay(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, AREAS)
    areas = await last_run(worker)
    await take(worker, TEAMS)
    teams = await last_run(worker)
    await take(worker, PEOPLE)
    await take(worker, table("路径", "第1网格/4幢"))

    async def team(unit: Unit) -> None:
        node = await unit.value("select id from area where name = '3幢'")
        await create_team(unit, "楼组队", area=node)
        warm = await unit.value("select id from team where name = '暖心队'")
        await add_members(unit, [NewMember(warm, cast["李阿姨"].volunteer or 0)])

    await cast.do(worker, team)
    assert await reasons_of(cast, areas) == [
        "Areas have been entered below these since.",
        "People have been entered as living in these areas.",
        "Teams, posts, households or activities belong to these areas by now.",
    ]
    assert await reasons_of(cast, teams) == ["Others have joined these teams since."]


async def test_spent_opening_points_become_a_visible_debt(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await take(worker, books(cast))

    async def buy(unit: Unit) -> dict[str, Any]:
        return await redemption.redeem(unit, cast["王队长"].volunteer or 0, cast.rice)

    await cast.do(await cast.viewer("孙店员"), buy)
    await take_out(cast, worker)
    row = await cast.house.db.one(
        "select posted, debt from points_account where volunteer = :v", v=cast["王队长"].volunteer
    )
    assert row is not None
    assert (row["posted"], row["debt"]) == (0, 44)
    assert await check_book(cast.house.db) == []
    # The corrected book pays the debt first.
    await take(worker, books(cast).replace(b"44", b"60"))
    row = await cast.house.db.one(
        "select posted, debt from points_account where volunteer = :v", v=cast["王队长"].volunteer
    )
    assert row is not None
    assert (row["posted"], row["debt"]) == (16, 0)
    assert await check_book(cast.house.db) == []


async def test_an_undo_costs_the_same_statements_whatever_the_number(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    counts = []
    for content in (PEOPLE.replace("第1网格".encode(), b""), EXAMPLE.read_bytes()):
        await take(worker, content)
        with cast.house.db.watch() as log:
            await take_out(cast, worker)
        counts.append(len(log))
    assert counts[0] == counts[1]
