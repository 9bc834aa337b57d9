"""Pages against a bare handler of the same framework, on both engines, in one run.

Requests a second are shown as a ratio to the bare handler measured in turn with them (a shared machine
drifts); CPU milliseconds of the worker are the steadier figure. Statements are counted in the process.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.load import Load, ask, request
from core.base.settings import Settings
from tests.support import postgres
from tests.support.databases import fresh_database, loaded
from tests.support.needs import postgres_programs
from tests.support.people import cookie_of, sign_in_of
from tests.support.server import free_port, serving
from web.app import create_app
from web.serve import open_linli

ROUNDS = int(os.environ.get("LINLI_BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("LINLI_BENCH_SECONDS", "2"))
GOAL_RATIO, GOAL_CPU, GOAL_STATEMENTS = 0.10, 1.5, 3


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    signed_in: bool


@contextmanager
def bare_server() -> Iterator[tuple[int, int]]:
    """Port and process id of the bare handler under the same server."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port), "--log-level", "error"]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def median(loads: list[Load]) -> Load:
    return Load(
        statistics.median(x.per_second for x in loads),
        statistics.median(x.cpu for x in loads),
        loads[0].size,
        sum(x.errors for x in loads),
    )


def workers_of(pid: int) -> int:
    """The process that answers: the server itself, or its only worker."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


def measure(settings: Settings) -> None:
    with serving(settings) as server, bare_server() as (bare_port, bare_pid):
        assert server.process is not None
        pid = workers_of(server.process.pid)
        cookie = cookie_of(server.url, sign_in_of(settings, "volunteer"))
        base = "/c/chengjiang"
        pages = [
            Page("sign-in page", "/sign-in", False),
            Page("home", base, True),
            Page("statement", f"{base}/points", True),
        ]
        counts = asyncio.run(statements(settings, pages, cookie))
        bare: list[Load] = []
        seen: dict[str, list[Load]] = {p.name: [] for p in pages}
        for _ in range(ROUNDS):
            bare.append(ask(bare_port, request(bare_port, "/"), bare_pid, SECONDS))
            for page in pages:
                text = request(server.port, page.path, cookie if page.signed_in else "")
                seen[page.name].append(ask(server.port, text, pid, SECONDS))
        yard = median(bare)
        print(f"\n{settings.engine}: one worker, {ROUNDS} rounds of {SECONDS:g} s in turn, medians")
        print(f"{'page':<14}{'a second':>10}{'ratio':>8}{'CPU ms':>8}{'bytes':>8}{'statements':>12}")
        print(f"{'bare handler':<14}{yard.per_second:>10.0f}{1:>8.2f}{yard.cpu:>8.2f}{yard.size:>8}{'':>12}")
        for page in pages:
            load = median(seen[page.name])
            ratio = load.per_second / yard.per_second
            print(
                f"{page.name:<14}{load.per_second:>10.0f}{ratio:>8.2f}{load.cpu:>8.2f}{load.size:>8}"
                f"{counts[page.path]:>12}" + (f"  {load.errors} ERRORS" if load.errors else "")
            )
            if page.name == "home":
                met = (
                    ratio >= GOAL_RATIO and load.cpu <= GOAL_CPU and counts[page.path] <= GOAL_STATEMENTS + 1
                )
                print(
                    f"  goal: ratio ≥ {GOAL_RATIO:.2f}, CPU ≤ {GOAL_CPU} ms, {GOAL_STATEMENTS} statements "
                    f"after the session look-up: {'met' if met else 'NOT MET'}"
                )


async def statements(settings: Settings, pages: list[Page], cookie: str) -> dict[str, int]:
    """Statements of each page, the session look-up among them, seen in this process on a warm cache."""
    house = await open_linli(settings)
    counts = {}
    try:
        transport = httpx.ASGITransport(create_app(house))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for page in pages:
                for _ in range(2):
                    with house.db.watch() as log:
                        answer = await client.get(
                            page.path, headers={"Cookie": cookie} if page.signed_in else {}
                        )
                    assert answer.status_code == 200, page.path
                counts[page.path] = len(log)
    finally:
        await house.close()
    return counts


def main() -> None:
    engines = ["sqlite"] + (["postgres"] if postgres_programs() else [])
    for engine in engines:
        with tempfile.TemporaryDirectory(prefix="linli-", dir="/tmp") as folder:
            run = Path(folder)
            run.chmod(0o755)
            os.environ["LINLI_TEST_RUN"] = folder
            (run / "data").mkdir()
            try:
                with fresh_database(engine, run, run / "data", "bench", loaded) as settings:
                    measure(settings)
            finally:
                postgres.stop(run)


if __name__ == "__main__":
    main()
