"""A load client of its own (no tool to install): keep-alive connections that ask again and again."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop

_TICKS = 100  # clock ticks a second of /proc/<pid>/stat on Linux


@dataclass(frozen=True)
class Load:
    """One round: answers a second, the server's CPU milliseconds for each, bytes of one answer."""

    per_second: float
    cpu: float
    size: int
    errors: int


class _Asker(asyncio.Protocol):
    """Sends the same request as soon as the answer before has arrived whole."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.answered = 0
        self.errors = 0
        self.size = 0
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is not a subclass
        self._transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        self.answered += 1
        self.errors += not head.startswith(b"HTTP/1.1 200")
        self.size = length
        self._buffer = body[length:]
        assert self._transport is not None
        self._transport.write(self.request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def cpu_seconds(pid: int) -> float:
    """CPU time a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def request(port: int, path: str, cookie: str = "") -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept-Language: zh-CN"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _ask(port: int, text: bytes, seconds: float, connections: int, pid: int) -> Load:
    loop = asyncio.get_running_loop()
    askers = [
        (await loop.create_connection(lambda: _Asker(text), "127.0.0.1", port))[1] for _ in range(connections)
    ]
    await asyncio.sleep(0.3)  # warm
    answered, errors = sum(a.answered for a in askers), sum(a.errors for a in askers)
    cpu, started = cpu_seconds(pid), time.perf_counter()
    await asyncio.sleep(seconds)
    took, used = time.perf_counter() - started, cpu_seconds(pid) - cpu
    count = sum(a.answered for a in askers) - answered
    for asker in askers:
        asker.close()
    return Load(
        count / took, used * 1000 / max(count, 1), askers[0].size, sum(a.errors for a in askers) - errors
    )


def ask(port: int, text: bytes, pid: int, seconds: float = 2.0, connections: int = 8) -> Load:
    """Asks one server for `seconds` over `connections` connections. `pid` is the process that answers."""
    return uvloop.run(_ask(port, text, seconds, connections, pid))
