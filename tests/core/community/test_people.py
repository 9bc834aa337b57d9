"""People and volunteers: added, found, changed, and hidden from those they are no business of."""

import pytest

from core.base.act import Unit
from core.base.errors import Invalid, NotFound
from core.community.numbers import is_number, new_number
from core.community.people import (
    NewPerson,
    add_people,
    add_person,
    change_phone,
    phones_of,
    prefer,
    rename,
)
from core.community.search import search
from core.community.volunteers import NewVolunteer, add_volunteers, by_number
from tests.support.cast import Cast


async def found(cast: Cast, text: str, name: str = "陈社工", slug: str = "hongqi") -> list[str]:
    return [v.name for v in await search(await cast.viewer(name, slug), text)]


async def test_volunteers_are_found_by_all_one_may_remember_of_them(cast: Cast) -> None:
    li = cast["李阿姨"]
    for text in (
        "李阿姨",
        "阿姨",
        "liayi",
        "LAY",
        li.number,
        li.phone,
        li.phone[-4:],
        f" {li.number[:4]} {li.number[4:]}",
    ):
        assert await found(cast, text) == ["李阿姨"], text


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "!", "'", "冯阿姨", "nobody", "0" * 400, "%阿姨"])
async def test_nothing_is_found_by_what_nobody_here_is_called(cast: Cast, text: str) -> None:
    assert await found(cast, text) == []


async def test_a_volunteer_of_another_community_looks_like_one_that_does_not_exist(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    refusals = []
    for number in (cast["冯阿姨"].number, new_number()):
        with cast.house.db.watch() as log, pytest.raises(NotFound) as refused:
            await by_number(worker, number)
        refusals.append((str(refused.value), [statement.sql for statement in log]))
    assert refusals[0] == refusals[1]
    assert await found(cast, cast["冯阿姨"].phone) == []


async def test_a_clerk_finds_a_volunteer_at_the_counter_and_a_volunteer_finds_nobody(cast: Cast) -> None:
    clerk = await cast.viewer("孙店员")
    assert (await by_number(clerk, cast["李阿姨"].number, "redemption.make")).name == "李阿姨"
    with pytest.raises(NotFound):
        await by_number(clerk, cast["李阿姨"].number)
    for name in ("李阿姨", "孙店员"):
        with pytest.raises(NotFound):
            await found(cast, "李阿姨", name)


async def test_a_leader_finds_the_people_of_his_own_team_only(cast: Cast) -> None:
    leader = await cast.viewer("王队长")
    assert (await by_number(leader, cast["李阿姨"].number, "activity.record")).name == "李阿姨"

    async def outsider(unit: Unit) -> dict[str, str]:
        person = await add_person(unit, "外人")
        return {"number": (await add_volunteers(unit, [NewVolunteer(person, "2026-01-01")]))[0].number}

    number = (await cast.do(cast.system(), outsider)).answer["number"]
    with pytest.raises(NotFound):
        await by_number(leader, number, "activity.record")
    assert await search(leader, "外人", permission="activity.record") == []


async def test_a_slip_in_a_number_is_told_as_a_slip(cast: Cast) -> None:
    number = cast["李阿姨"].number
    slip = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(Invalid) as refused:
        await by_number(await cast.viewer("陈社工"), slip)
    assert list(refused.value.fields) == ["number"]


async def test_many_people_are_as_many_statements_as_one(cast: Cast) -> None:
    async def statements(count: int) -> int:
        async def work(unit: Unit) -> None:
            people = await add_people(unit, [NewPerson(f"某{i}", f"1370000{i:04d}") for i in range(count)])
            added = await add_volunteers(unit, [NewVolunteer(p, "2026-01-01") for p in people])
            assert [a.person for a in added] == people
            assert all(is_number(a.number) for a in added)

        with cast.house.db.watch() as log:
            await cast.do(cast.system(), work)
        return len(log)

    assert await statements(1) == await statements(300)


async def test_a_volunteer_added_again_stays_who_he_is(cast: Cast) -> None:
    li = cast["李阿姨"]

    async def work(unit: Unit) -> dict[str, str]:
        return {"number": (await add_volunteers(unit, [NewVolunteer(li.person, "2026-11-01")]))[0].number}

    assert (await cast.do(cast.system(), work)).answer["number"] == li.number


async def test_a_number_given_out_before_cannot_be_given_to_another(cast: Cast) -> None:
    async def work(unit: Unit) -> None:
        person = await add_person(unit, "外人")
        await add_volunteers(unit, [NewVolunteer(person, "2026-01-01", cast["冯阿姨"].number)])

    with pytest.raises(Invalid) as refused:
        await cast.do(cast.system(), work)
    assert list(refused.value.fields) == ["number"]


async def test_a_changed_phone_finds_and_the_old_one_does_not(cast: Cast) -> None:
    li = cast["李阿姨"]
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: change_phone(unit, li.person, "139 8888 6666"))
    assert await found(cast, li.phone) == []
    assert await found(cast, "6666") == ["李阿姨"]
    assert await phones_of(cast.house, cast.house.db, [li.person]) == {li.person: "13988886666"}
    await cast.do(worker, lambda unit: change_phone(unit, li.person, ""))
    assert await phones_of(cast.house, cast.house.db, [li.person]) == {}


async def test_phones_are_readable_nowhere_in_the_database(cast: Cast) -> None:
    li = cast["李阿姨"]
    sealed = await cast.house.db.fetch("select sealed from person_secret where person = :p", p=li.person)
    hashes = await cast.house.db.fetch("select hash from person_lookup where person = :p", p=li.person)
    assert len(sealed) == 1
    assert len(hashes) == 2
    assert not any(li.phone in str(tuple(r)) or li.phone[-4:] == r[0] for r in [*sealed, *hashes])


async def test_a_worker_changes_his_own_community_s_people_and_everybody_himself(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    await cast.do(worker, lambda unit: rename(unit, cast["李阿姨"].person, "李大姐"))
    assert await found(cast, "lidajie") == ["李大姐"]
    own = await cast.viewer("赵叔叔")
    await cast.do(own, lambda unit: rename(unit, cast["赵叔叔"].person, "赵师傅"))
    for viewer, other in ((worker, "冯阿姨"), (own, "钱奶奶")):
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit, other=other: rename(unit, cast[other].person, "别人"))
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit, other=other: change_phone(unit, cast[other].person, ""))


async def test_one_s_own_language_size_and_theme_are_kept(cast: Cast) -> None:
    own = await cast.viewer("李阿姨")
    await cast.do(own, lambda unit: prefer(unit, size="elder", locale="zh-Hant"))
    await cast.do(own, lambda unit: prefer(unit, theme="dark"))
    again = await cast.viewer("李阿姨")
    assert (again.locale, again.size, again.theme) == ("zh-Hant", "elder", "dark")
