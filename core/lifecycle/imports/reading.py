"""A file's bytes as grids, whatever it turns out to be; safe against files made to do harm.

XLSX is a zip of XML: what its directory claims is looked at first, then a process of its own with limits
opens it (`xlsx_child`). That process is given no secrets: no settings, no database.
"""

import asyncio
import io
import os
import sys
import zipfile
from pathlib import Path

import msgspec

from core.base.errors import Message
from core.base.house import House
from core.lifecycle.imports import xlsx_child
from core.lifecycle.imports.csv_file import read_csv
from core.lifecycle.imports.faults import unreadable
from core.lifecycle.imports.grids import MOST_BYTES, Grid, check_size

MOST_UNPACKED = 250_000_000  # bytes all members of the archive may unpack to
MOST_MEMBERS = 2_000
STEEPEST = 400  # times a member may grow, once it is large
LARGE = 10_000_000  # bytes
PATIENCE = 90  # seconds
AT_ONCE = 2  # files opened at a time

_ENCRYPTED = 0x1
_ROOT = Path(__file__).parents[3]
_AS_XLSX = Message("In the spreadsheet, save it as XLSX without a password, or as CSV (UTF-8).")
_BOMB = Message("This file is packed in a way that would use up the computer. It was not opened.")


async def read_file(house: House, content: bytes) -> list[Grid]:
    """The sheets that have rows. Raises BadFile."""
    if len(content) > MOST_BYTES:
        raise unreadable(
            Message("The file is too large: more than %(most)s MB.", most=MOST_BYTES // 1_000_000),
            Message("Cut the file into several, each with its header, and import one after the other."),
        )
    if content[:4] == b"PK\x03\x04":
        check_archive(content)
        turns: asyncio.Semaphore = house.cache.setdefault("xlsx", asyncio.Semaphore(AT_ONCE))
        async with turns:
            return check_size(await _open(content))
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise unreadable(Message("This is an old or a protected spreadsheet file."), _AS_XLSX)
    if content[:5] == b"%PDF-":
        raise unreadable(Message("This is a document, not a table."), _AS_XLSX)
    return check_size([await asyncio.to_thread(read_csv, content)])


def check_archive(content: bytes) -> None:
    """Looks at what the archive claims to hold, before anything of it is unpacked. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise unreadable(Message("The file cannot be read."), _AS_XLSX) from error
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise unreadable(Message("This is an old or a protected spreadsheet file."), _AS_XLSX)
    if (
        len(members) > MOST_MEMBERS
        or sum(member.file_size for member in members) > MOST_UNPACKED
        or any(m.file_size > LARGE and m.file_size > STEEPEST * m.compress_size for m in members)
    ):
        raise unreadable(_BOMB)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise unreadable(Message("This is not an XLSX file."), _AS_XLSX)


async def _open(content: bytes) -> list[Grid]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        xlsx_child.__name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_ROOT,
        env=kept,
    )
    try:
        rows, _ = await asyncio.wait_for(process.communicate(content), PATIENCE)
    except TimeoutError as error:
        raise unreadable(_BOMB) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return msgspec.msgpack.decode(rows, type=list[Grid])
    if process.returncode == xlsx_child.BROKEN:
        raise unreadable(Message("The file cannot be read."), _AS_XLSX)
    # Out of memory, out of time, or XML made to do harm.
    raise unreadable(_BOMB)
