"""What the pages of imports show; see `web.views`."""

from web.view_parts import Fact, FieldError, FieldOption, NavItem, Tone, View


class ImportRow(View, frozen=True, kw_only=True):
    """A file that was brought, as it stands in the list."""

    href: str
    title: str  # what kind of list
    file_name: str
    who: str
    when: str
    when_full: str
    counts: str  # "62 人、3 支队伍"
    state: str  # 已导入, 等你确认 …
    tone: Tone = ""
    icon: str = "list"


class ImportsView(View, frozen=True, kw_only=True):
    """`imports.html`: POST multipart `kind`, `file` to `action`."""

    action: str
    request_id: str
    kinds: tuple[FieldOption, ...] = ()
    kind: str = ""
    kind_error: str = ""
    file_error: str = ""
    file_cure: str = ""
    limits: str = ""  # how large a file may be
    templates: tuple[NavItem, ...] = ()  # empty lists to download
    runs: tuple[ImportRow, ...] = ()
    more_href: str = ""


class ImportColumn(View, frozen=True, kw_only=True):
    """One column of the file: what it is called, what stands in it, what it holds."""

    name: str  # of the field: "column-0"
    heading: str
    samples: tuple[str, ...] = ()
    value: str = ""
    unknown: bool = False  # nobody has called a column so before
    error: str = ""


class ImportColumnsView(View, frozen=True, kw_only=True):
    """`import_columns.html`: POST `column-<n>` to `action`."""

    heading: str
    file_name: str
    action: str
    request_id: str
    columns: tuple[ImportColumn, ...]
    options: tuple[FieldOption, ...]
    needed: str  # what has to be there, in one sentence
    remarks: tuple[str, ...] = ()  # lines and sheets that are left out
    errors: tuple[FieldError, ...] = ()
    drop_action: str = ""
    back_href: str = ""


class ImportFault(View, frozen=True, kw_only=True):
    """One thing to correct."""

    line: str  # "第 12 行", with the sheet where there are several
    column: str = ""
    what: str
    cure: str = ""


class ImportProposal(View, frozen=True, kw_only=True):
    """One question: is this row that person?"""

    name: str  # of the field: "same-0-12"
    question: str
    why: str
    same: str  # label of the answer yes
    different: str
    value: str  # "same" or "different"


class ImportRunView(View, frozen=True, kw_only=True):
    """`import_run.html`: a file on its way in, or one that is in. Block `run` alone is what polling fetches.

    Answers go to `agree_action` as `same-<sheet>-<line>` = "same" or "different".
    """

    heading: str
    file_name: str
    brought: str  # by whom and when
    tone: Tone = ""
    lead: str = ""  # where it stands, in one sentence
    poll_href: str = ""  # while something is being done
    percent: int = 0
    progress: str = ""  # "第 12,000 行，共 20,000 行"
    facts: tuple[Fact, ...] = ()
    by_column: tuple[Fact, ...] = ()  # how many faults in which column
    faults: tuple[ImportFault, ...] = ()
    faults_more: str = ""  # how many are not shown
    faults_href: str = ""  # all of them as a file
    proposals: tuple[ImportProposal, ...] = ()
    remarks: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # why it cannot be undone
    error: str = ""
    agree_action: str = ""
    agree_label: str = ""
    columns_href: str = ""
    drop_action: str = ""
    undo_action: str = ""
    request_id: str = ""
    back_href: str = ""
