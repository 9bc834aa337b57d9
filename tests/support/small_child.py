"""The process that opens XLSX files, with the memory of a toy."""

import sys

from core.lifecycle.imports import xlsx_child

if __name__ == "__main__":
    xlsx_child.MEMORY = 90_000_000
    sys.exit(xlsx_child.main())
