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
