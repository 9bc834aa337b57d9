"""Files taken in: read, understood by columns, looked through, written in one act, taken back in one act."""
