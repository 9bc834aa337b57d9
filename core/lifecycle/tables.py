"""The tables of files on their way in, as Piccolo classes (see core.community.tables)."""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table


class ImportRun(Table, tablename="import_run"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    person = BigInt(null=True, default=None)
    kind = Text()
    file_name = Text()
    digest = Text()
    state = Text()
    content = Text()
    choices = Text(default="{}")
    report = Text(default="{}")
    done = BigInt(default=0)
    whole = BigInt(default=0)
    act = BigInt(null=True, default=None)
    undone_by = BigInt(null=True, default=None)
    created_at = BigInt()
    changed_at = BigInt()


class ImportHeading(Table, tablename="import_heading"):
    community = BigInt(primary_key=True)
    kind = Text()
    heading = Text()
    column_key = Text()
