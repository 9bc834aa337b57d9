"""The real server as a process of its own, the way an operator starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from core.base.settings import Settings

ROOT = Path(__file__).parents[2]
LINLI = Path(sys.executable).with_name("linli")


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The variables that make a `linli` process use these settings and nothing of this machine's."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    return env | {
        "LINLI_DATA_DIR": str(settings.data_dir),
        "LINLI_DATABASE": settings.database,
        "LINLI_OWNER_DATABASE": settings.owner_database,
        "LINLI_SECRET": settings.secret.decode(),
        "LINLI_PLUGINS": ",".join(settings.plugins),
        **more,
    }


def linli(settings: Settings, *arguments: str) -> str:
    """Runs a command to its end and returns what it said. Raises RuntimeError when it fails."""
    command = [str(LINLI), *arguments]
    done = subprocess.run(
        command, env=environment(settings), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"linli {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running `linli serve`; `url` is its address, `log` the file with its words."""

    def __init__(self, settings: Settings, workers: int = 1) -> None:
        self.settings = settings
        self.workers = workers
        self.port = free_port()
        self.log = settings.data_dir / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 30) -> None:
        """Starts and waits until it answers. Raises RuntimeError with its log if it does not."""
        env = environment(self.settings, LINLI_PORT=str(self.port), LINLI_WORKERS=str(self.workers))
        with self.log.open("ab") as log:
            # A session of its own, so that `kill` reaches the workers too.
            self.process = subprocess.Popen(
                [str(LINLI), "serve"], env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError("linli serve did not answer:\n" + self.log.read_text(encoding="utf-8"))

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self, seconds: float = 20) -> None:
        """Asks it to end, as an operator would; kills it when it does not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """kill -9 of the server and all its workers."""
        if self.process is not None:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def serving(settings: Settings, workers: int = 1) -> Iterator[Server]:
    """A server for a `with` block."""
    server = Server(settings, workers)
    server.start()
    try:
        yield server
    finally:
        server.stop()
