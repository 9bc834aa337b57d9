"""What is sealed is read with the person's key, and gone with it."""

import base64

import pytest

from core.base.act import Unit, note
from core.base.house import House
from core.base.vault import Unreadable, Vault


async def person(house: House, public: str = "P1") -> int:
    async def work(unit: Unit) -> int:
        return await unit.value(
            "insert into person (public_id, name, created_at) values (:public, '李秀英', 0) returning id",
            public=public,
        )

    return await note(house, work)


async def put(house: House, values: dict[int, dict[str, str]]) -> None:
    async def work(unit: Unit) -> None:
        await house.vault.put(unit.transaction, values)

    await note(house, work)


async def test_a_sealed_field_is_read_back_and_is_not_in_the_table(house: House) -> None:
    who = await person(house)
    await put(house, {who: {"phone": "13800000001", "address": "红旗路 8 号"}})
    assert await house.vault.get(house.db, [who], ["phone"]) == {who: {"phone": "13800000001"}}
    raw = await house.db.fetch("select sealed from person_secret")
    assert all("138" not in base64.b64decode(r["sealed"]).decode("latin-1") for r in raw)


async def test_a_new_value_replaces_the_old_under_the_same_key(house: House) -> None:
    who = await person(house)
    await put(house, {who: {"phone": "1"}})
    await put(house, {who: {"phone": "2"}})
    assert await house.vault.get(house.db, [who], ["phone"]) == {who: {"phone": "2"}}


async def test_sealing_costs_the_same_statements_for_one_person_and_for_fifty(house: House) -> None:
    people = [await person(house, f"P{i}") for i in range(50)]
    counts = []
    for some in (people[:1], people):
        with house.db.watch() as log:
            await put(house, {p: {"phone": "1", "address": "2"} for p in some})
        counts.append(len(log))
    assert counts[0] == counts[1]


async def test_without_his_key_a_person_s_fields_are_gone(house: House) -> None:
    who = await person(house)
    await put(house, {who: {"phone": "13800000001"}})

    async def destroy(unit: Unit) -> None:
        await unit.execute("delete from person_key where person = :who", who=who)
        await unit.execute("update person set erased_at = 1, name = '' where id = :who", who=who)

    await note(house, destroy)
    assert await house.vault.get(house.db, [who], ["phone"]) == {}
    with pytest.raises(Unreadable):
        await put(house, {who: {"phone": "1"}})


async def test_a_value_moved_to_another_person_or_field_does_not_open(house: House) -> None:
    one, two = await person(house, "P1"), await person(house, "P2")
    await put(house, {one: {"phone": "1"}, two: {"phone": "2"}})

    async def swap(unit: Unit) -> None:
        await unit.execute(
            "update person_secret set sealed = (select o.sealed from person_secret o where o.person = :two) "
            "where person = :one",
            one=one,
            two=two,
        )

    await note(house, swap)
    with pytest.raises(Unreadable):
        await house.vault.get(house.db, [one], ["phone"])


def test_hashes_need_the_master_key_and_know_their_kind() -> None:
    a, b = Vault(b"a" * 32), Vault(b"b" * 32)
    assert a.hash("phone", "138") == a.hash("phone", "138") != b.hash("phone", "138")
    assert a.hash("phone", "138") != a.hash("phone4", "138")
    assert a.digest("x", {"a": 1}) != a.digest("x", {"a": 2})


async def test_new_persons_are_sealed_in_two_statements_however_many(house: House) -> None:
    people = [await person(house, f"P{i}") for i in range(250)]
    values = {p: {"phone": f"138{p:08}", "address": "红旗路 8 号"} for p in people}
    counts = []
    for some in (people[:1], people[1:]):

        async def work(unit: Unit, some: list[int] = some) -> None:
            await house.vault.put_new(unit.transaction, {p: values[p] for p in some})

        with house.db.watch() as log:
            await note(house, work)
        counts.append(len(log))
    assert counts == [2, 2]
    assert await house.vault.get(house.db, people, ["phone", "address"]) == values


async def test_somebody_with_a_key_does_not_get_a_second_one(house: House) -> None:
    who = await person(house)
    await put(house, {who: {"phone": "1"}})

    async def work(unit: Unit) -> None:
        await house.vault.put_new(unit.transaction, {who: {"address": "2"}})

    with pytest.raises(RuntimeError):
        await note(house, work)
    assert await house.vault.get(house.db, [who], ["phone", "address"]) == {who: {"phone": "1"}}


def test_what_is_sealed_for_a_purpose_opens_for_that_purpose_and_place_only() -> None:
    vault = Vault(b"a secret of at least thirty-two characters")
    sealed = vault.seal("import content", "名册".encode(), "ABC")
    assert vault.open("import content", sealed, "ABC") == "名册".encode()
    for purpose, place in (("other", "ABC"), ("import content", "ABD")):
        with pytest.raises(Unreadable):
            vault.open(purpose, sealed, place)
