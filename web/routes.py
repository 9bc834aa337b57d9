"""Every address of the house is declared here: who may come, and how.

A page is a `Route`: what to run and the `Rule` that the door (`web.door`) enforces before it runs. There is
no default that lets somebody in: a route without a rule cannot be built, and `web.app` refuses to start with
a handler that did not come from here.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from litestar.response.base import ASGIResponse

if TYPE_CHECKING:
    from web.ask import Ask

Answer = ASGIResponse
Run = Callable[["Ask"], Awaitable[ASGIResponse]]
Tenant = Literal["none", "public", "community", "own", "team"]
Rate = Literal["read", "write", "sign_in", "apply"]

KILOBYTE = 1024
_PARAMETER = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")


class Undeclared(Exception):
    """A handler did not come through this registry, or its declaration contradicts itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What must be true before a page runs.

    `tenant`: "none" is outside any community; "public" is what a community shows to anybody at all;
    "community" is for whoever belongs to the one in the address;
    "own" is about the viewer's own account there; "team" is for whoever holds the permission for some team
    of it (the verbs check which). `permission` is checked at the door; "" asks for none beyond belonging.
    `rate` is a budget counted per person, or per address for anonymous visitors. `body` is in bytes.
    A `plain` answer is the same for everybody: nobody is looked up, no cookie is set. With `files` a form may
    bring files (multipart); they are read whole, so `body` caps them too.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    permission: str
    tenant: Tenant
    anonymous: bool
    csrf: bool
    rate: Rate
    body: int
    plain: bool = False
    plugin: str = ""
    files: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A declared page."""

    rule: Rule
    run: Run

    def below(self, base: str, plugin: str) -> "Route":
        """The same page mounted below `base` as a plugin's own."""
        path = (base + self.rule.path).rstrip("/")
        return replace(self, rule=replace(self.rule, path=path, plugin=plugin))


def _declare(
    method: Literal["GET", "POST"],
    path: str,
    *,
    name: str,
    permission: str,
    tenant: Tenant,
    anonymous: bool,
    rate: Rate,
    body: int,
    plain: bool = False,
    files: bool = False,
) -> Callable[[Run], Route]:
    if anonymous and permission:
        raise Undeclared(f"{name}: a page that asks for a permission cannot be anonymous")
    if anonymous and tenant not in ("none", "public"):
        raise Undeclared(f"{name}: an anonymous page belongs to nobody, or to the public")
    if not path.startswith("/"):
        raise Undeclared(f"{name}: the path {path!r} does not begin with a slash")
    clean = _PARAMETER.sub(lambda found: f"{{{found[1]}:{found[2] or 'str'}}}", path)
    csrf = method == "POST"
    rule = Rule(name, method, clean, permission, tenant, anonymous, csrf, rate, body, plain, files=files)

    def decorate(run: Run) -> Route:
        return Route(rule, run)

    return decorate


def get(
    path: str,
    *,
    name: str,
    permission: str = "",
    tenant: Tenant = "community",
    anonymous: bool = False,
    plain: bool = False,
) -> Callable[[Run], Route]:
    """Declares a page that changes nothing. Reading has no budget of its own: it leaves nothing behind."""
    return _declare(
        "GET",
        path,
        name=name,
        permission=permission,
        tenant=tenant,
        anonymous=anonymous,
        rate="read",
        body=0,
        plain=plain,
    )


def post(
    path: str,
    *,
    name: str,
    permission: str = "",
    tenant: Tenant = "community",
    anonymous: bool = False,
    rate: Rate = "write",
    body: int = 64 * KILOBYTE,
    files: bool = False,
) -> Callable[[Run], Route]:
    """Declares a form's target. It is always guarded against forged requests; `body` caps what is read."""
    return _declare(
        "POST",
        path,
        name=name,
        permission=permission,
        tenant=tenant,
        anonymous=anonymous,
        rate=rate,
        body=body,
        files=files,
    )


def clashes(routes: list[Route]) -> list[str]:
    """What would stop the house from starting: one address or one name declared twice."""
    found: list[str] = []
    seen: set[tuple[str, str]] = set()
    for route in routes:
        rule = route.rule
        for key in ((rule.method, _PARAMETER.sub("{}", rule.path)), ("name", rule.name)):
            if key in seen:
                found.append(f"{key[0]} {key[1]} is declared twice")
            seen.add(key)
    return found
