"""Editing one person: one form, one act, every mistake at once; where he lives keeps its history."""

import pytest

from core.base.errors import Invalid, NotFound
from core.community.editing import Changes, edit, recorded
from core.community.id_number import birth_date_of, is_id_number, sex_of
from core.community.people import phones_of
from core.community.search import search
from tests.support.cast import Cast
from tests.support.life import grids, who

GOOD_ID = "11010519491231002X"


async def homes(cast: Cast, name: str) -> list[tuple[str, str, str | None]]:
    rows = await cast.house.db.fetch(
        "select a.name, h.from_day, h.to_day from residence h join area a on a.id = h.area "
        "where h.volunteer = :v order by h.id",
        v=cast[name].volunteer,
    )
    return [tuple(row) for row in rows]


async def change(cast: Cast, figure: str, **changes: object) -> list[str]:
    viewer, person = await cast.viewer("陈社工"), await who(cast, figure)
    given = Changes(**{"name": person.name, **changes})  # type: ignore[arg-type]  # the test's own fields
    done = await cast.do(viewer, lambda unit: edit(unit, person, given))
    return list(done.answer["value"])


async def test_one_form_changes_all_of_it(cast: Cast) -> None:
    public = await grids(cast, "第1网格")
    sealed = {
        "phone": "139 7777 6666",
        "address": "3号楼 2单元",
        "email": "li@example.com",
        "id_number": GOOD_ID,
    }
    changed = await change(cast, "李阿姨", name="李大姐", area=public["第1网格"], sealed=sealed)
    assert {"name", "area", "phone", "address", "email", "id_number", "birth_date", "sex"} == set(changed)
    worker = await cast.viewer("陈社工")
    assert [v.name for v in await search(worker, "6666")] == ["李大姐"]
    found = await recorded(worker, cast["李阿姨"].number)
    assert found.sealed["birth_date"] == "1949-12-31"
    assert found.sealed["sex"] == "female"
    assert found.sealed["address"] == "3号楼 2单元"
    assert found.area == public["第1网格"]


async def test_an_empty_field_stays_and_a_ticked_one_is_removed(cast: Cast) -> None:
    await change(cast, "李阿姨", sealed={"address": "3号楼", "id_number": GOOD_ID})
    await change(cast, "李阿姨", sealed={"phone": "", "address": ""}, remove=("id_number", "phone"))
    person = cast["李阿姨"].person
    opened = await cast.house.vault.get(cast.house.db, [person], ["address", "id_number", "phone"])
    assert opened[person] == {"address": "3号楼"}
    assert await phones_of(cast.house, cast.house.db, [person]) == {}
    found = await cast.house.db.fetch("select kind from person_lookup where person = :p", p=person)
    assert [row["kind"] for row in found] == []


async def test_every_mistake_is_told_at_once_and_nothing_is_changed(cast: Cast) -> None:
    sealed = {
        "phone": "12",
        "email": "li@",
        "id_number": GOOD_ID[:-1] + "1",
        "birth_date": "2030-01-01",
        "sex": "x",
    }
    with pytest.raises(Invalid) as refused:
        await change(cast, "李阿姨", name=" ", area="nowhere", sealed=sealed)
    assert set(refused.value.fields) == {"name", "phone", "email", "id_number", "birth_date", "sex", "area"}
    assert (await who(cast, "李阿姨")).name == "李阿姨"


async def test_a_birth_date_that_does_not_fit_the_id_number_is_told(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await change(
            cast,
            "李阿姨",
            sealed={"id_number": GOOD_ID, "birth_date": "1950-01-01", "sex": "male"},
        )
    assert set(refused.value.fields) == {"birth_date", "sex"}


async def test_moving_within_the_community_ends_the_old_home_and_keeps_it(cast: Cast) -> None:
    public = await grids(cast, "第1网格", "第2网格")
    await change(cast, "李阿姨", area=public["第1网格"], since="2026-03-05")
    await change(cast, "李阿姨", area=public["第2网格"], since="2026-09-01")
    assert await homes(cast, "李阿姨") == [
        ("第1网格", "2026-03-05", "2026-09-01"),
        ("第2网格", "2026-09-01", None),
    ]
    assert await change(cast, "李阿姨", area=public["第2网格"]) == []
    await change(cast, "李阿姨", area="")
    assert (await homes(cast, "李阿姨"))[1] == ("第2网格", "2026-09-01", "2026-11-23")


@pytest.mark.parametrize("day", ["2026-11-24", "2026-02-30", "yesterday", "2026-01-01"])
async def test_a_home_begins_on_a_day_that_can_be(cast: Cast, day: str) -> None:
    public = await grids(cast, "第1网格", "第2网格")
    await change(cast, "李阿姨", area=public["第1网格"], since="2026-03-05")
    with pytest.raises(Invalid) as refused:
        await change(cast, "李阿姨", area=public["第2网格"], since=day)
    assert list(refused.value.fields) == ["since"]
    assert len(await homes(cast, "李阿姨")) == 1


async def test_an_area_of_another_community_is_none_of_these(cast: Cast) -> None:
    foreign = await cast.house.db.value("select public_id from area where community = :c", c=cast.xinxing)
    for area in (foreign, "absent"):
        with pytest.raises(Invalid) as refused:
            await change(cast, "李阿姨", area=area)
        assert str(refused.value.fields["area"]) == "Please choose one of these."


async def test_nobody_edits_without_permission_or_in_another_community(cast: Cast) -> None:
    person = await who(cast, "李阿姨")
    for viewer in (await cast.viewer("王队长"), await cast.viewer("李阿姨")):
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: edit(unit, person, Changes(name=person.name)))
    foreign = await cast.viewer("何社工", "xinxing")
    for changes in (Changes(name="别人"), Changes(name=person.name, sealed={"email": "a@b.cn"})):
        with pytest.raises(NotFound):
            await cast.do(foreign, lambda unit, changes=changes: edit(unit, person, changes))
    assert (await who(cast, "李阿姨")).name == "李阿姨"


def test_an_id_number_knows_its_own_slips() -> None:
    assert is_id_number(GOOD_ID)
    assert (birth_date_of(GOOD_ID), sex_of(GOOD_ID)) == ("1949-12-31", "female")
    wrong = [GOOD_ID[:i] + str((int(GOOD_ID[i]) + 1) % 10) + GOOD_ID[i + 1 :] for i in range(17)]
    wrong += [GOOD_ID[:-1], GOOD_ID.lower(), "", "1" * 18, "110105194913310028", "１" * 18]
    assert not any(is_id_number(text) for text in wrong)
