"""A lost telephone opens nothing any more; a new number, where there is one, counts at once."""

import pytest

from core.base.errors import Invalid, NotFound
from core.community.credentials import sign_in
from core.community.lost import lose_phone
from core.community.search import search
from core.community.sessions import hash_of
from core.community.viewer import load_viewer
from tests.support.cast import PASSWORD, Cast
from tests.support.life import who


async def test_sessions_end_and_the_number_finds_and_signs_in_nobody(cast: Cast) -> None:
    li, worker, person = cast["李阿姨"], await cast.viewer("陈社工"), await who(cast, "李阿姨")
    token = await cast.token("李阿姨")
    await cast.do(worker, lambda unit: lose_phone(unit, person))
    viewer, _ = await load_viewer(cast.house, hash_of(token), "hongqi")
    assert viewer.person is None
    assert await search(worker, li.phone) == []
    assert await search(worker, li.phone[-4:]) == []
    with pytest.raises(Invalid):
        await sign_in(cast.house, li.phone, PASSWORD, "192.0.2.1")
    assert (await sign_in(cast.house, li.number, PASSWORD, "192.0.2.1"))[0].person == li.person


async def test_the_new_number_counts_at_once(cast: Cast) -> None:
    worker, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    await cast.do(worker, lambda unit: lose_phone(unit, person, "139 5555 4444"))
    assert (await sign_in(cast.house, "13955554444", PASSWORD, "192.0.2.1"))[0].person == cast[
        "李阿姨"
    ].person


async def test_a_wrong_new_number_changes_nothing(cast: Cast) -> None:
    worker, person = await cast.viewer("陈社工"), await who(cast, "李阿姨")
    with pytest.raises(Invalid) as refused:
        await cast.do(worker, lambda unit: lose_phone(unit, person, "12345"))
    assert list(refused.value.fields) == ["phone"]
    assert [v.name for v in await search(worker, cast["李阿姨"].phone)] == ["李阿姨"]


async def test_the_office_of_another_community_cannot(cast: Cast) -> None:
    person = await who(cast, "李阿姨")
    for viewer in (await cast.viewer("何社工", "xinxing"), await cast.viewer("赵叔叔")):
        with pytest.raises(NotFound):
            await cast.do(viewer, lambda unit: lose_phone(unit, person))
