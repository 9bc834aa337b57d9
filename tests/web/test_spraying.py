"""Password spraying: one password on many accounts, many on one, from one place and from many."""

from core.base.clock import MINUTE, FixedClock
from tests.support.cast import Cast
from tests.web.entering import is_in, sign_in
from tests.web.guest import Guest


async def test_one_password_on_many_accounts_from_one_place(visitor: Guest, cast: Cast) -> None:
    statuses = [(await sign_in(visitor, f"1380000{n:04d}", "linli-2026")).status for n in range(70)]
    assert statuses == [422] * 60 + [429] * 10
    reply = await sign_in(visitor, cast["赵叔叔"].number)
    assert reply.status == 429, "also the right one waits at this place"
    neighbour = Guest(visitor.app, address="192.0.2.77")
    assert is_in(await sign_in(neighbour, cast["赵叔叔"].number))


async def test_a_header_does_not_make_it_another_place(visitor: Guest, cast: Cast) -> None:
    statuses = []
    for n in range(66):
        visitor.headers = {
            "x-forwarded-for": f"203.0.113.{n}",
            "x-real-ip": f"203.0.113.{n}",
            "forwarded": f"for={n}",
        }
        statuses.append((await sign_in(visitor, f"1380000{n:04d}", "linli-2026")).status)
    assert statuses[60:] == [429] * 6


async def test_many_passwords_on_one_account_from_many_places(
    visitor: Guest, cast: Cast, clock: FixedClock
) -> None:
    number = cast["赵叔叔"].number
    statuses = []
    for n in range(60):
        stranger = Guest(visitor.app, address=f"198.51.100.{n}")
        statuses.append((await sign_in(stranger, number, f"guess-{n}")).status)
    assert statuses == [422] * 50 + [429] * 10
    clock.advance(MINUTE)
    assert is_in(await sign_in(visitor, number)), "and the owner waits a minute at most, not a day"


async def test_waiting_is_told_in_minutes_and_in_a_header(visitor: Guest, cast: Cast) -> None:
    for n in range(6):
        reply = await sign_in(visitor, cast["赵叔叔"].number, f"guess-{n}")
    assert reply.status == 429
    assert reply.header("retry-after") == "10"
    assert "1 分钟" in reply.text
    assert reply.form("/sign-in")["login"] == cast["赵叔叔"].number


async def test_unknown_accounts_wait_exactly_as_known_ones(visitor: Guest, cast: Cast) -> None:
    seen = []
    for place, login in enumerate((cast["赵叔叔"].number, "13899999999", "28899999")):
        guest = Guest(visitor.app, address=f"192.0.2.{100 + place}")
        seen.append([(await sign_in(guest, login, f"guess-{n}")).status for n in range(8)])
    assert seen[0] == seen[1] == seen[2]
