"""One private PostgreSQL for a whole test run: made by the first test that asks, stopped with the run.

The server listens on a socket in a folder of the run only. Two roles as in production: `linli_owner`
makes the tables, `linli_app` works in them; neither is a superuser.
"""

import fcntl
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.needs import postgres_programs

OWNER, APPLICATION, SUPERUSER = "linli_owner", "linli_app", "postgres"
OPTIONS = "-c listen_addresses='' -c max_connections=120 -c shared_buffers=64MB"
# What protects from a machine that loses power is off: tests kill processes only. New log files are not
# filled with zeros, and a database is copied as files: a fresh one for each test costs 50 ms instead of 550.
QUIET = (
    "-c log_min_messages=fatal -c fsync=off -c full_page_writes=off -c synchronous_commit=off "
    "-c wal_init_zero=off -c autovacuum=off"
)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the file `path` against every other process of the run."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Cluster:
    """A running server; `folder` holds its data and its socket."""

    folder: Path

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    def url(self, database: str, role: str = APPLICATION) -> str:
        return f"postgresql://{role}@/{database}?host={self.socket}"

    def sql(self, text: str, database: str = "postgres", role: str = SUPERUSER) -> str:
        """Runs statements by psql, stops at the first error; returns the unadorned rows."""
        psql = [str(_bin() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket), "-U", role]
        done = subprocess.run([*psql, database], input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or done.stdout.strip())
        return done.stdout.strip()

    def create(self, template: str = "template0") -> str:
        """A new database owned by `linli_owner`, a copy of `template`; its name."""
        name = "t_" + secrets.token_hex(6)
        self.sql(f"create database {name} template {template} strategy file_copy owner {OWNER}")
        return name

    def drop(self, name: str) -> None:
        self.sql(f"drop database if exists {name} with (force)")

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """A database the tests copy, called `template_<name>`; `fill(database)` makes it once a run."""
        database = f"template_{name}"
        with locked(self.folder / f"{name}.lock"):
            ready = self.folder / f"{name}.ready"
            if not ready.exists():
                self.drop(database)
                self.sql(f"create database {database} template template0 owner {OWNER}")
                fill(database)
                ready.touch()
        return database


def _bin() -> Path:
    folder = postgres_programs()
    if folder is None:
        raise RuntimeError("PostgreSQL's server programs are not installed")
    return folder


def _as_server(*command: str) -> None:
    """Runs a server program; PostgreSQL refuses root, so root becomes the user postgres."""
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    prefix = become if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def cluster_of(run: Path) -> Cluster:
    """The run's server, started by whoever asks first. `run` is the folder all processes of the run share."""
    cluster = Cluster(run / "pg")
    with locked(run / "pg.lock"):
        if not (run / "pg.ready").exists():
            _start(cluster)
            (run / "pg.ready").touch()
    return cluster


def _start(cluster: Cluster) -> None:
    cluster.folder.mkdir(mode=0o755)
    cluster.socket.mkdir()
    if os.geteuid() == 0:
        for path in (cluster.folder, cluster.socket):
            subprocess.run(["chown", "postgres", str(path)], check=True)
    data = cluster.folder / "d"
    manner = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    _as_server(str(_bin() / "initdb"), "-D", str(data), *manner)
    options = f"{OPTIONS} {QUIET} -k {cluster.socket}"
    log = str(cluster.folder / "log")
    _as_server(str(_bin() / "pg_ctl"), "-D", str(data), "-w", "-t", "60", "-l", log, "-o", options, "start")
    cluster.sql(f"create role {OWNER} login; create role {APPLICATION} login")


def stop(run: Path) -> None:
    """Ends the run's server if one was started."""
    if (run / "pg.ready").exists():
        _as_server(str(_bin() / "pg_ctl"), "-D", str(run / "pg" / "d"), "-m", "immediate", "-w", "stop")
