"""Slow hashing of passwords and PINs: argon2id, off the event loop, so many at a time."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.base.errors import Unavailable

T = TypeVar("T")

THREADS = 2  # hashings at a time in one process: each takes 19 MiB and a core
QUEUE = 32  # and so many waiting; more are told that the system is busy

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="linli-password")


@dataclass
class _Busy:
    """How many hashings are under way or waiting in this process."""

    waiting: int = 0


_busy = _Busy()


async def hashed(secret: str) -> str:
    """The hash to keep of a password or PIN. Raises Unavailable when too many wait."""
    return await _in_thread(lambda: _hasher.hash(secret))


async def matches(stored: str, secret: str) -> bool:
    """Whether the secret is the one of a hash; for '' (nobody's) it takes as long. Raises Unavailable."""
    good = await _in_thread(lambda: _verify(stored or _nobody(), secret))
    return good and bool(stored)


def is_old(stored: str) -> bool:
    """Whether the parameters have grown since this hash was made."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, secret: str) -> bool:
    try:
        return _hasher.verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash no secret is known for: verified for people who do not exist."""
    return _hasher.hash(secrets.token_urlsafe(32))


async def _in_thread(work: Callable[[], T]) -> T:
    if _busy.waiting >= QUEUE:
        raise Unavailable
    _busy.waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work)
    finally:
        _busy.waiting -= 1
