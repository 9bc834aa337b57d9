"""What the pages of the book's proofs show: finished strings, as in `web.views`."""

from web.qr import Code
from web.view_parts import Fact, FieldError, FormField, NavItem, Tone, View


class SealedView(View, frozen=True, kw_only=True):
    """`receipt_sealed.html`: the receipt of one line, to print and to keep as a file."""

    community: str
    amount: str  # `signed`
    what: str
    facts: tuple[Fact, ...]
    mark: str  # the digest's beginning, in groups
    qr: Code
    file_href: str
    check_href: str
    back_href: str


class CheckView(View, frozen=True, kw_only=True):
    """`receipt_check.html`: POST `receipt` (text) or `file`; and what came of it."""

    action: str
    text: str = ""  # what was pasted
    verdict: str = ""  # "" as long as nothing was checked
    tone: Tone = ""
    explained: str = ""
    facts: tuple[Fact, ...] = ()
    errors: tuple[FieldError, ...] = ()
    error: str = ""


class BookFault(View, frozen=True, kw_only=True):
    """A row that differs."""

    where: str
    says: str
    journal: str


class BookView(View, frozen=True, kw_only=True):
    """`book.html`: when the book was proved, what differs, and the way to open the desk again."""

    verdict: str
    tone: Tone
    facts: tuple[Fact, ...]
    faults: tuple[BookFault, ...] = ()
    more: str = ""  # "and 12 more"
    waits: NavItem | None = None  # the request that waits
    action: str = ""  # "" where the reader may not ask, or nothing stands still
    reason: FormField
    request_id: str
    errors: tuple[FieldError, ...] = ()
    check_href: str
