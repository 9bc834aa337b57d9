"""Posts: the chain of responsibility, stewards, kinds of one's own, and the public card."""

import pytest

from core.base.clock import DAY, FixedClock
from core.base.errors import Invalid, NotFound
from core.community.area_tree import around
from core.community.consent import CONTACT_CARD, agreed, consents_of, give_consent, take_consent_back
from core.community.people import add_person
from core.community.post_kinds import (
    add_post_kind,
    ensure_post_kinds,
    kinds_of,
    remove_post_kind,
    rename_post_kind,
)
from core.community.posts import NewPost, add_posts, card_of, chain_of, end_post, posts_of
from tests.support.cast import Cast
from tests.support.offices import Offices

CHAIN = ["street_leader", "party_secretary", "grid_head", "building_head", "unit_head"]


def post(offices: Offices, kind: str, name: str, area: str, day: str = "") -> NewPost:
    return NewPost(offices.kinds[kind], offices.cast[name].person, offices.areas[area], day)


async def give(offices: Offices, *posts: NewPost, by: str = "陈社工") -> list[str]:
    made: list[str] = []
    viewer = await offices.cast.viewer(by)

    async def work(unit: object) -> None:
        made[:] = await add_posts(unit, posts)  # type: ignore[arg-type]  # act hands a unit

    await offices.cast.do(viewer, work)
    return made


async def seats(offices: Offices, area: str, by: str = "陈社工") -> dict[str, list[str]]:
    viewer = await offices.cast.viewer(by)
    chain = await chain_of(viewer, (await around(viewer, offices.shown[area])).area)
    return {seat.key: [holder.name for holder in seat.holders] for seat in chain}


async def test_the_chain_of_an_area_runs_from_the_street_to_the_door_and_shows_what_is_vacant(
    offices: Offices,
) -> None:
    offices.areas["top"] = offices.top
    await give(
        offices,
        post(offices, "party_secretary", "林主任", "top"),
        post(offices, "grid_head", "王队长", "第1网格"),
        post(offices, "grid_head", "郑副队", "第2网格"),
        post(offices, "building_head", "赵叔叔", "1号楼"),
        post(offices, "building_head", "钱奶奶", "1号楼"),
    )
    assert await seats(offices, "1号楼") == {
        "street_leader": [],
        "party_secretary": ["林主任"],
        "grid_head": ["王队长"],
        "building_head": ["赵叔叔", "钱奶奶"],
    }
    assert list(await seats(offices, "1号楼")) == CHAIN[:4]
    assert (await seats(offices, "第2网格"))["grid_head"] == ["郑副队"]
    assert list(await seats(offices, "第一工作站")) == CHAIN[:2]


async def test_one_person_holds_many_posts_but_each_only_once(offices: Offices) -> None:
    await give(
        offices,
        post(offices, "grid_head", "王队长", "第1网格"),
        post(offices, "grid_head", "王队长", "第2网格"),
        post(offices, "station_head", "王队长", "第一工作站"),
    )
    for again in (
        [post(offices, "grid_head", "王队长", "第1网格")],
        [post(offices, "fire", "李阿姨", "第1网格"), post(offices, "fire", "李阿姨", "第1网格")],
    ):
        with pytest.raises(Invalid) as refused:
            await give(offices, *again)
        assert list(refused.value.fields) == ["who"]
    assert await offices.house.db.value("select count(*) from post") == 3


async def test_hundreds_of_posts_take_as_many_statements_as_one(offices: Offices) -> None:
    counted = []
    names = ["王队长", "郑副队", "李阿姨", "赵叔叔", "钱奶奶", "吴大爷"]
    kinds = list(offices.kinds)
    await offices.cast.viewer("陈社工")  # caches are warm
    for batch in (
        [post(offices, "police", "王队长", "第2网格")],
        [post(offices, k, n, a) for k in kinds if k != "police" for n in names for a in offices.areas],
    ):
        with offices.house.db.watch() as log:
            await give(offices, *batch)
        counted.append(len(log))
    assert counted[0] == counted[1]
    assert await offices.house.db.value("select count(*) from post") == 1 + 12 * 6 * 5


async def test_what_ended_is_past_and_may_begin_again(offices: Offices, clock: FixedClock) -> None:
    (shown,) = await give(offices, post(offices, "grid_head", "王队长", "第1网格", "2026-03-01"))
    worker = await offices.cast.viewer("陈社工")
    with pytest.raises(Invalid):
        await offices.cast.do(worker, lambda unit: end_post(unit, shown, "2026-11-24"))
    await offices.cast.do(worker, lambda unit: end_post(unit, shown, "2026-10-31"))
    with pytest.raises(NotFound):
        await offices.cast.do(worker, lambda unit: end_post(unit, shown))
    clock.advance(DAY)
    await give(offices, post(offices, "grid_head", "王队长", "第1网格"))
    area = (await around(worker, offices.shown["第1网格"])).area
    found = await posts_of(worker, area, past=True)
    assert [(h.from_day, h.to_day) for s in found.past for h in s.holders] == [("2026-03-01", "2026-10-31")]
    assert [h.from_day for s in found.chain for h in s.holders] == ["2026-11-24"]


async def test_a_grid_has_its_eight_stewards_filled_or_vacant(offices: Offices) -> None:
    await give(offices, post(offices, "cleaner", "吴大爷", "第1网格"))
    worker = await offices.cast.viewer("陈社工")
    grid = (await around(worker, offices.shown["第1网格"])).area
    stewards = (await posts_of(worker, grid)).stewards
    assert [seat.key for seat in stewards] == [
        "grid_head", "grid_assistant", "police", "fire", "legal", "residents", "livelihood", "cleaner",
    ]  # fmt: skip
    assert [len(seat.holders) for seat in stewards] == [0, 0, 0, 0, 0, 0, 0, 1]
    station = (await around(worker, offices.shown["第一工作站"])).area
    assert (await posts_of(worker, station)).stewards == ()


async def test_posts_of_other_communities_people_and_areas_cannot_be_given(offices: Offices) -> None:
    cast, db = offices.cast, offices.house.db
    foreign = await db.value("select id from post_kind where community = :c limit 1", c=cast.xinxing)
    area = await db.value("select area from community where id = :c", c=cast.xinxing)
    good = post(offices, "grid_head", "王队长", "第1网格")
    for bad in (
        NewPost(foreign, good.person, good.area),
        NewPost(good.kind, cast["冯阿姨"].person, good.area),
        NewPost(good.kind, good.person, area),
        NewPost(good.kind, good.person, 10**9),
    ):
        with pytest.raises(NotFound):
            await give(offices, good, bad)
    for who in ("孙店员", "周审计", "高科长", "李阿姨"):
        with pytest.raises(NotFound):
            await give(offices, good, by=who)
    with pytest.raises(Invalid):
        await give(offices, post(offices, "grid_head", "王队长", "第1网格", "2026-11-24"))
    assert await db.value("select count(*) from post") == 0


async def test_somebody_new_gets_a_post_in_the_act_that_enters_him(offices: Offices) -> None:
    async def work(unit: object) -> None:
        person = await add_person(unit, "高领导", "13900009999")  # type: ignore[arg-type]
        await add_posts(unit, [NewPost(offices.kinds["street_leader"], person, offices.top)])  # type: ignore[arg-type]

    await offices.cast.do(await offices.cast.viewer("陈社工"), work)
    assert (await seats(offices, "1号楼"))["street_leader"] == ["高领导"]


async def test_those_who_see_totals_see_filled_posts_and_no_names(offices: Offices) -> None:
    await give(offices, post(offices, "grid_head", "王队长", "第1网格"))
    street = await offices.cast.viewer("高科长")
    chain = await chain_of(street, (await around(street, offices.shown["第1网格"])).area)
    heads = next(seat for seat in chain if seat.key == "grid_head").holders
    assert [(h.name, h.person) for h in heads] == [("", 0)]
    with pytest.raises(NotFound):
        await seats(offices, "第1网格", by="李阿姨")


async def test_a_communitys_own_kinds_are_added_renamed_and_taken_away_while_unused(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: add_post_kind(unit, " 电梯安全员 ", place=5))
    await cast.do(worker, lambda unit: rename_post_kind(unit, "grid_head", "片长"))
    kinds = {kind.key: kind for kind in await kinds_of(worker)}
    own = next(key for key in kinds if key.startswith("own_"))
    assert (kinds[own].name, kinds["grid_head"].name) == ("电梯安全员", "片长")
    assert next(iter(kinds)) == own
    await cast.do(worker, lambda unit: rename_post_kind(unit, "grid_head", ""))
    for name in ("电梯安全员", "", "长" * 41):
        with pytest.raises(Invalid):
            await cast.do(worker, lambda unit, name=name: add_post_kind(unit, name))
    await cast.do(worker, lambda unit: remove_post_kind(unit, own))
    left = {kind.key: kind.name for kind in await kinds_of(worker)}
    assert own not in left
    assert left["grid_head"] == "Grid head"
    for key in ("grid_head", own, "nothing"):
        with pytest.raises(NotFound):
            await cast.do(worker, lambda unit, key=key: remove_post_kind(unit, key))
    with pytest.raises(NotFound):
        await cast.do(await cast.viewer("李阿姨"), lambda unit: add_post_kind(unit, "某长"))


async def test_a_kind_somebody_holds_stays(offices: Offices) -> None:
    worker = await offices.cast.viewer("陈社工")
    done = await offices.cast.do(worker, lambda unit: add_post_kind(unit, "电梯安全员"))
    key = done.answer["value"]
    offices.kinds[key] = await offices.house.db.value("select id from post_kind where key = :key", key=key)
    await give(offices, post(offices, key, "吴大爷", "1号楼"))
    with pytest.raises(Invalid):
        await offices.cast.do(worker, lambda unit: remove_post_kind(unit, key))


async def test_communities_from_before_get_their_kinds_once(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    assert (await cast.do(worker, ensure_post_kinds)).answer == {"value": 0}
    await cast.do(cast.system(), lambda unit: unit.execute("delete from post_kind"))
    assert (await cast.do(worker, ensure_post_kinds)).answer == {"value": 13}
    assert len(await kinds_of(worker)) == 13


async def test_the_card_names_only_who_agreed_and_forgets_him_when_he_takes_it_back(offices: Offices) -> None:
    cast = offices.cast
    await give(
        offices,
        post(offices, "grid_head", "王队长", "第1网格"),
        post(offices, "fire", "李阿姨", "第1网格"),
    )
    worker, leader = await cast.viewer("陈社工"), await cast.viewer("王队长")
    area = (await around(worker, offices.shown["第1网格"])).area
    assert {(e.name, e.phone) for e in await card_of(worker, area)} == {("", "")}
    person = cast["王队长"].person
    assert (await cast.do(leader, lambda u: give_consent(u, person, CONTACT_CARD))).answer == {"value": True}
    assert (await cast.do(worker, lambda u: give_consent(u, person, CONTACT_CARD))).answer == {"value": False}
    entries = {e.post: (e.name, e.phone) for e in await card_of(cast.system(), area)}
    assert entries == {
        "Grid head": ("王队长", cast["王队长"].phone),
        "Fire safety contact": ("", ""),
    }
    await cast.do(worker, lambda u: take_consent_back(u, person, CONTACT_CARD))
    assert {e.name for e in await card_of(worker, area)} == {""}


async def test_who_wrote_a_consent_down_is_kept(offices: Offices) -> None:
    cast = offices.cast
    worker = await cast.viewer("陈社工")
    li = cast["李阿姨"].person
    await cast.do(worker, lambda unit: give_consent(unit, li, CONTACT_CARD))
    (given,) = await consents_of(worker, li)
    assert (given.taken_by_name, given.current) == ("陈社工", True)
    assert await consents_of(await cast.viewer("李阿姨"), li) == [given]
    assert await agreed(cast.house.db, cast.hongqi, [li], CONTACT_CARD) == {li}
    assert await agreed(cast.house.db, cast.xinxing, [li], CONTACT_CARD) == set()
    for who, person in (("赵叔叔", li), ("孙店员", li), ("陈社工", cast["冯阿姨"].person)):
        viewer = await cast.viewer(who)
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit, person=person: give_consent(unit, person, CONTACT_CARD))
    with pytest.raises(NotFound):
        await cast.do(worker, lambda unit: give_consent(unit, li, "anything"))
