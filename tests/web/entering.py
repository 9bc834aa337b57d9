"""Ways in as a browser walks them; several tests begin with one."""

import re
from typing import Any

import pyotp

from tests.support.cast import PASSWORD, Cast
from tests.support.ways import make_slip
from tests.web.guest import Guest, Reply

NEW = "another-lantern-77"


async def sign_in(guest: Guest, login: str, password: str = PASSWORD, next_page: str = "") -> Reply:
    page = await guest.get("/sign-in")
    return await guest.submit(page, "/sign-in", login=login, password=password, next=next_page)


async def step_up(guest: Guest, secret: str = PASSWORD, next_page: str = "/") -> Reply:
    """Shows once more who it is."""
    page = await guest.get("/step-up?next=" + next_page)
    return await guest.submit(page, "/step-up", secret=secret)


async def use_slip(guest: Guest, login: str, code: str, password: str = NEW) -> Reply:
    page = await guest.get(f"/code?c={code}")
    return await guest.submit(page, "/code", login=login, password=password, again=password)


async def slip_and_use(guest: Guest, cast: Cast, name: str) -> Reply:
    return await use_slip(guest, cast[name].number, await make_slip(cast, name))


async def set_up_factor(guest: Guest, cast: Cast) -> tuple[str, list[str]]:
    """Turns the second step on for somebody signed in; the app's secret and the codes on paper."""
    await step_up(guest)
    page = await guest.get("/account/second-step")
    found = re.search(r'class="secret">([A-Z0-9 ]+)<', page.text)
    assert found is not None
    secret = found[1].replace(" ", "")
    reply = await guest.submit(page, "/account/second-step", code=app_code(secret, cast))
    assert reply.status == 200, reply.text
    codes = re.findall(r"<li>([0-9A-Z]{5} [0-9A-Z]{5})</li>", reply.text)
    assert len(codes) == 10
    return secret, codes


def app_code(secret: str, cast: Cast, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).at(cast.house.clock.now() // 1000 + 30 * steps)


def is_in(reply: Reply) -> bool:
    """Whether an answer gave the browser a session."""
    return any(c.startswith("linli=") and "Max-Age=0" not in c for c in reply.all("set-cookie"))


def plain(reply: Reply, *typed: str) -> tuple[Any, ...]:
    """What an answer tells: status, text without tokens, names of headers, cookies without their values."""
    text = re.sub(
        r'(name="(_csrf_token|request_id|ticket)" value|hx-headers:inherited)=("[^"]*"|\'[^\']*\')',
        "",
        reply.text,
    )
    for word in typed:
        text = text.replace(word, "TYPED") if word else text
    cookies = [re.sub(r"=[^;]*", "=", c, count=1) for c in reply.all("set-cookie")]
    return reply.status, text, [h for h, _ in reply.headers], cookies
