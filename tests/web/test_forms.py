"""What was typed: read without ever failing, named at its field, kept."""

import random
from datetime import datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from core.base.clock import moment
from core.base.errors import Invalid
from core.community.teams import Member
from tests.support.cast import Cast
from tests.web.conftest import BOTH, Enter
from tests.web.walks import SHIFTS
from web.cookies import SIZES, THEMES, likes, parse
from web.forms import Form, read, safe_path
from web.roster import parse_roster
from web.site import Site

ZONE = "Asia/Shanghai"
ANYBODY = [Member(n, n, f"1000000{n}", f"人{n}", f"ren{n}", "member") for n in range(1, 4)]


@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    try:
        form = read(body)
    except Invalid:
        return
    for name in form.names():
        assert not any(ord(c) < 9 or 0xD800 <= ord(c) <= 0xDFFF for c in form.raw(name))


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=5))
def test_any_fields_are_read_by_name_or_refused_by_name(fields: dict[str, str]) -> None:
    form = read(
        urlencode(
            {k.encode("utf-8", "replace"): v.encode("utf-8", "replace") for k, v in fields.items()}
        ).encode()
    )
    for name in fields:
        for reader in (form.text, form.whole):
            try:
                reader(name)
            except Invalid as invalid:
                assert set(invalid.fields) == {name}


def test_far_too_many_fields_are_refused() -> None:
    with pytest.raises(Invalid):
        read(b"&".join(b"a=" for _ in range(3000)))


@pytest.mark.parametrize(("typed", "number"), [("12", 12), (" 12 ", 12), ("１２", 12), ("0", 0), ("007", 7)])
def test_whole_numbers_are_understood(typed: str, number: int) -> None:
    assert read(urlencode({"n": typed}).encode()).whole("n") == number


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "1e3", "abc", "²", "٣", "9" * 30, "1 2", "0x1"])
def test_what_is_no_whole_number_is_named(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(urlencode({"n": typed}).encode()).whole("n", most=100)
    assert list(caught.value.fields) == ["n"]


@given(st.text(max_size=60))
def test_a_next_page_is_always_in_the_house(text: str) -> None:
    path = safe_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert not any(ord(c) < 33 for c in path)


@given(st.text(max_size=60))
def test_any_cookie_is_likes(text: str) -> None:
    found = likes(text)
    assert found.size in SIZES
    assert found.theme in THEMES
    parse(text.encode("utf-8", "replace"))


def roster_form(**fields: str | list[str]) -> Form:
    return Form(
        {k.rstrip("_").replace("__", "-"): v if isinstance(v, list) else [v] for k, v in fields.items()}
    )


def wall(text: str) -> int:
    return moment(datetime.fromisoformat(text), ZONE)


def test_one_shift_for_all_with_exceptions() -> None:
    form = roster_form(
        from_="2026-11-22T20:00",
        to="2026-11-23T01:00",
        who=["10000001", "10000002", "10000003"],
        from__10000002="21:30",
        to__10000003="00:15",
    )
    roster = parse_roster(form, ANYBODY, ZONE)
    roster.check()
    assert [(p.volunteer, p.from_at, p.to_at, p.minutes) for p in roster.people] == [
        (1, wall("2026-11-22T20:00"), wall("2026-11-23T01:00"), 300),
        (2, wall("2026-11-22T21:30"), wall("2026-11-23T01:00"), 210),
        (3, wall("2026-11-22T20:00"), wall("2026-11-23T00:15"), 255),
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"who": []}, {"who"}),
        ({"who": ["99999999"]}, {"who"}),
        ({"from_": ""}, {"from"}),
        ({"from_": "2026-13-01T00:00", "to": "x"}, {"from", "to"}),
        ({"from_": "2026-11-22T20:00+08:00"}, {"from"}),
        ({"from_": "0001-01-01T00:00"}, {"from"}),
        ({"to": "2026-11-22T20:00"}, {"to"}),
        ({"to": "2026-11-24T20:00"}, {"to"}),
        ({"from__10000001": "25:00"}, {"who-10000001"}),
        ({"from__10000001": "昨天"}, {"who-10000001"}),
        ({"from__10000001": "21:00", "to__10000001": "20:30"}, {"who-10000001"}),
        ({"to__10000001": "23:00"}, {"who-10000001"}),
    ],
)
def test_what_is_wrong_on_a_roster_is_named(fields: dict[str, str | list[str]], wrong: set[str]) -> None:
    good: dict[str, str | list[str]] = {
        "from_": "2026-11-22T20:00",
        "to": "2026-11-22T22:00",
        "who": ["10000001"],
    }
    roster = parse_roster(roster_form(**{**good, **fields}), ANYBODY, ZONE)
    assert set(roster.errors) == wrong
    with pytest.raises(Invalid):
        roster.check()


@given(
    st.text(max_size=20),
    st.text(max_size=20),
    st.lists(st.text(max_size=10), max_size=4),
    st.text(max_size=9),
)
def test_any_roster_is_read_without_failing(start: str, end: str, who: list[str], clock: str) -> None:
    form = roster_form(from_=start, to=end, who=[*who, "10000001"], from__10000001=clock, to__10000001=clock)
    roster = parse_roster(form, ANYBODY, ZONE)
    assert roster.people == () or not roster.errors or "who-10000001" in roster.errors


NASTY = [
    "",
    " ",
    "\x00",
    "0",
    "-1",
    "1e999",
    "9" * 400,
    "' or 1=1 --",
    "%s%n%(x)s",
    "{{ 7 * 7 }}",
    "<svg onload=alert(1)>",
    "../../etc/passwd",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\u0000\ufeff",
    "2026-11-22T20:00",
    "2026-02-30T99:99",
    "confirm",
    "A" * 26,
    "null",
    "[]",
]


@pytest.mark.parametrize("engine", BOTH, indirect=True)
async def test_no_form_fails_whatever_is_typed(app: Litestar, enter: Enter, cast: Cast) -> None:
    """Every form of every page, with nonsense in every field its page has; seeded, so it can be repeated."""
    site: Site = app.state.site
    chance = random.Random(20261123)  # noqa: S311  # repeatable nonsense, no secret
    names = [
        "login",
        "password",
        "next",
        "q",
        "member",
        "reward",
        "price",
        "reason",
        "attendance",
        "decision",
    ]
    names += [
        "who",
        "from",
        "to",
        "route",
        "clues",
        "findings",
        "pairs",
        "team",
        "request_id",
        "lang",
        "size",
    ]
    for person in ("陈社工", "王队长"):
        for route in site.routes:
            if route.rule.method != "POST" or route.rule.name in ("sign_in.send", "sign_out"):
                continue
            guest = await enter(person)
            token = (await guest.get("/c/hongqi")).csrf
            for _ in range(6):
                path = route.rule.path.replace("{slug:str}", "hongqi")
                path = path.replace("{redemption:str}", "0123456789AB").replace(
                    "{last:str}", chance.choice("9x")
                )
                fields = {name: [chance.choice(NASTY) for _ in range(chance.randint(1, 2))] for name in names}
                body = urlencode(
                    {"_csrf_token": token, **fields}, doseq=True, encoding="utf-8", errors="replace"
                )
                cast.house.clock.advance(61_000)
                reply = await guest.post(path, body.encode())
                assert reply.status < 500, (route.rule, fields)
                assert b"onload=alert(1)>" not in reply.body


async def test_a_roster_sent_back_keeps_everything_that_was_typed(enter: Enter, cast: Cast) -> None:
    leader = await enter("王队长")
    page = await leader.get(SHIFTS + "/new")
    number = cast["赵叔叔"].number
    typed: dict[str, str | list[str]] = {
        "from": "2026-11-22T20:00",
        "to": "2026-11-22T22:00",
        "who": [number],
        f"to-{number}": "23:59",
        "route": "",
        "findings": "路灯坏了",
    }
    reply = await leader.post(SHIFTS, {**page.form(SHIFTS), **typed})
    assert reply.status == 422
    kept = reply.form(SHIFTS)
    assert kept["from"] == "2026-11-22T20:00"
    assert kept["who"] == [number]
    assert kept[f"to-{number}"] == "23:59"
    assert "路灯坏了" in reply.text
    assert f'id="who-{number}-error"' in reply.text
    assert 'id="route-error"' in reply.text
