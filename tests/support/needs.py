"""What the machine lends the tests: PostgreSQL's programs and chromium, found once, missed loudly."""

import os
import shutil
from functools import cache
from pathlib import Path


@cache
def postgres_programs() -> Path | None:
    """Folder with initdb, pg_ctl and psql, the newest release first; None where there is none."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    folders.sort(key=lambda folder: -int(folder.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@cache
def chromium() -> str | None:
    """Path of the browser; playwright's own download is not used."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing() -> dict[str, str]:
    """Marker name to the sentence that says what is not on this machine."""
    lacks = {}
    if postgres_programs() is None:
        lacks["postgres"] = "PostgreSQL's server programs are not installed (Debian: postgresql)"
    if chromium() is None:
        lacks["browser"] = "chromium is not installed (Debian: chromium)"
    return lacks


def required() -> frozenset[str]:
    """Markers whose tests may not be skipped: all under CI, else those named in LINLI_TEST_REQUIRE."""
    if os.environ.get("CI", "").lower() == "true":
        return frozenset({"postgres", "browser"})
    return frozenset(name for name in os.environ.get("LINLI_TEST_REQUIRE", "").split(",") if name)
