"""Two real processes over one database, each with its own caches: what is decided in one holds in the other.

At its next request, that is: nobody waits for a cache to grow old.
"""

import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from core.base.settings import Settings
from core.community.roles import NewGrant, end_grant, grant_roles
from tests.support.cast import PASSWORD, Cast, make_cast
from tests.support.server import serving
from tests.support.ways import shut_out
from web.serve import open_linli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

COUNTER, REVIEW = "/c/hongqi/counter", "/c/hongqi/review"


@pytest.fixture
async def cast(settings: Settings) -> AsyncIterator[Cast]:
    """The cast in a house that keeps real time, as the servers do."""
    house = await open_linli(settings)
    try:
        yield await make_cast(house)
    finally:
        await house.close()


@pytest.fixture
def workers(settings: Settings, cast: Cast) -> Iterator[list[str]]:
    """The addresses of two processes."""
    with serving(settings) as one, serving(settings) as two:
        yield [one.url, two.url]


def signed_in(url: str, login: str) -> dict[str, str]:
    """The cookies of somebody who came in through this process."""
    with httpx.Client(base_url=url) as client:
        found = re.search(r'name="_csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert found is not None
        form = {"_csrf_token": found[1], "login": login, "password": PASSWORD, "next": ""}
        assert client.post("/sign-in", data=form).status_code == 303
        return dict(client.cookies)


def seen(workers: list[str], path: str, cookies: dict[str, str]) -> list[int]:
    """What each process answers."""
    return [httpx.get(url + path, cookies=cookies).status_code for url in workers]


async def test_a_disabled_account_ends_at_once_in_every_worker(workers: list[str], cast: Cast) -> None:
    cookies = [signed_in(url, cast["孙店员"].phone) for url in workers]
    others = signed_in(workers[0], cast["陈社工"].phone)
    for _ in range(2):  # the second time from what each has kept
        assert [seen(workers, COUNTER, c) for c in cookies] == [[200, 200], [200, 200]]
    await shut_out(cast, "孙店员")
    assert [seen(workers, COUNTER, c) for c in cookies] == [[303, 303], [303, 303]]
    assert seen(workers, REVIEW, others) == [200, 200]


async def test_a_role_given_or_taken_counts_at_once_in_every_worker(workers: list[str], cast: Cast) -> None:
    worker = signed_in(workers[0], cast["陈社工"].phone)
    assert seen(workers, REVIEW, worker) == [200, 200]
    grant = await cast.house.db.value("select id from role_grant where person = :p", p=cast["陈社工"].person)
    await cast.do(cast.system(), lambda unit: end_grant(unit, grant))
    assert seen(workers, REVIEW, worker) == [404, 404]
    again = NewGrant(cast["陈社工"].person, "auditor", community=cast.hongqi)
    await cast.do(cast.system(), lambda unit: grant_roles(unit, [again]))
    # A session older than a role of the office is not good for it.
    assert seen(workers, REVIEW, worker) == [303, 303]
