"""Stands in for the process that opens XLSX files: answers with the house's settings it can see."""

import os
import sys

import msgspec

from core.lifecycle.imports.grids import Grid, Line

if __name__ == "__main__":
    seen = [name for name in os.environ if name.startswith("LINLI_")]
    sys.stdout.buffer.write(msgspec.msgpack.encode([Grid("", [Line(1, seen)])]))
